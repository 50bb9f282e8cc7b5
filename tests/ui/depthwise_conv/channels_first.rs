//! A layout that is not built yet.

nn::network! {
    pub struct Net = Input<3, 28, 28> => DepthwiseConv2D<3, data_format = channels_first>;
}

fn main() {}
