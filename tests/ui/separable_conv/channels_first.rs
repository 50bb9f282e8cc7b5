//! A layout that is not built yet.

nn::network! {
    pub struct Net = Input<3, 28, 28> => SeparableConv2D<6, 3, data_format = channels_first>;
}

fn main() {}
