//! A padding that sequences have.

nn::network! {
    pub struct Net = Input<28, 28, 1> => Conv2D<6, 3, padding = causal>;
}

fn main() {}
