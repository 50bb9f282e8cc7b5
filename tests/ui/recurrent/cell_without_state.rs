//! A cell needs the state of the step before.

nn::network! {
    pub struct Net(x: Input<4>) -> y {
        let (y, _) = x => GRUCell<8>;
    }
}

fn main() {}
