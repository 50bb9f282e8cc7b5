//! No filter for each channel.

nn::network! {
    pub struct Net = Input<28, 28, 3> => SeparableConv2D<6, 3, depth_multiplier = 0>;
}

fn main() {}
