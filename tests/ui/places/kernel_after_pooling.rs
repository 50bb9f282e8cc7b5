//! A kernel larger than what pooling left.

nn::network! {
    pub struct Net = Input<28, 28, 1> => conv1: Conv2D<6, 3> => MaxPool2D<8> => Conv2D<16, 5>;
}

fn main() {}
