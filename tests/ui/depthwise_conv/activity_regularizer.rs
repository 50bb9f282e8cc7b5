//! An option that is not built yet.

nn::network! {
    pub struct Net = Input<28, 28, 3> => DepthwiseConv2D<3, activity_regularizer = l2>;
}

fn main() {}
