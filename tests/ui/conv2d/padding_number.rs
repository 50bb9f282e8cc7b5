//! A number of zeros is no padding.

nn::network! {
    pub struct Net = Input<28, 28, 1> => Conv2D<6, 3, padding = 1>;
}

fn main() {}
