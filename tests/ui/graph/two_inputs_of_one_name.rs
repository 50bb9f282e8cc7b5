//! Two inputs of one name.

nn::network! {
    pub struct Net(x: Input<4>, x: Input<3>) -> y {
        let y = x => ReLU;
    }
}

fn main() {}
