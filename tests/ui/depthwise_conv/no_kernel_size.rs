//! Nothing of what it needs.

nn::network! {
    pub struct Net = Input<28, 28, 3> => DepthwiseConv2D;
}

fn main() {}
