//! A data format that there is not.

nn::network! {
    pub struct Net = Input<28, 28, 1> => Conv2D<6, 3, data_format = channels_frist>;
}

fn main() {}
