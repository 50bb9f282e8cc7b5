//! A layer of one input is called with two.

nn::network! {
    pub struct Net(a: Input<4>, b: Input<4>) -> y {
        let y = Dense<3>(a, b);
    }
}

fn main() {}
