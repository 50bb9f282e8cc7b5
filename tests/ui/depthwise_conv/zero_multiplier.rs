//! No filter for each channel.

nn::network! {
    pub struct Net = Input<28, 28, 3> => DepthwiseConv2D<3, depth_multiplier = 0>;
}

fn main() {}
