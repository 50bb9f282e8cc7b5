//! Filters, which follow from the channels.

nn::network! {
    pub struct Net = Input<28, 28, 3> => DepthwiseConv2D<32, 3>;
}

fn main() {}
