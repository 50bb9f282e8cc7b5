//! The option is not built yet.

nn::network! {
    pub struct Net = Input<1, 28, 28> => Conv2D<6, 3, data_format = channels_first>;
}

fn main() {}
