//! A layer without a value.

nn::network! {
    pub struct Net(x: Input<4>) -> y {
        let y = Dense<3> => ReLU;
    }
}

fn main() {}
