//! Two values for a layer that takes one.

nn::network! {
    pub struct Net(x: Input<4>, w: Input<4>) -> y {
        let y = Dense<3>(x, w);
    }
}

fn main() {}
