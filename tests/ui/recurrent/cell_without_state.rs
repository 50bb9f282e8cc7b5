//! A cell needs the state of the step before.

nn::network! {
    pub struct Net(x: Input<4>) -> y {
        let (y, h) = x => GRUCell<8>;
    }
}

fn main() {}
