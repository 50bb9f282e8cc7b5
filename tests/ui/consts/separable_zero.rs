//! Sizes of a convolution in two parts, 0 behind a constant: one sentence each.

const NONE: usize = 0;

nn::network! {
    pub struct Filters = Input<8, 8, 2> => SeparableConv2D<NONE, 3>;
}

nn::network! {
    pub struct Multiplier = Input<8, 2> => SeparableConv1D<4, 3, depth_multiplier = NONE>;
}

fn main() {}
