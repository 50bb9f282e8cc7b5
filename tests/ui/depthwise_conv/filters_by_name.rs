//! Filters, which follow from the channels.

nn::network! {
    pub struct Net = Input<28, 28, 3> => DepthwiseConv2D<3, filters = 32>;
}

fn main() {}
