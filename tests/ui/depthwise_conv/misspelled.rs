//! An option that is nearly right.

nn::network! {
    pub struct Net = Input<28, 28, 3> => DepthwiseConv2D<3, depth_multiplyer = 2>;
}

fn main() {}
