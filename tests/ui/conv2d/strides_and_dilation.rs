//! Strides and dilation exclude each other.

nn::network! {
    pub struct Net = Input<28, 28, 1> => Conv2D<6, 3, strides = 2, dilation_rate = 2>;
}

fn main() {}
