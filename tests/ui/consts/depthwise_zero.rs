//! Sizes of a convolution by channel, 0 behind a constant: one sentence each.

const NONE: usize = 0;

nn::network! {
    pub struct Multiplier = Input<8, 8, 2> => DepthwiseConv2D<3, depth_multiplier = NONE>;
}

nn::network! {
    pub struct Kernel = Input<8, 2> => DepthwiseConv1D<NONE, padding = same>;
}

fn main() {}
