//! An image where a sequence is needed.

nn::network! {
    pub struct Net = Input<28, 28, 3> => DepthwiseConv1D<3>;
}

fn main() {}
