//! An image that is a vector.

nn::network! {
    pub struct Net = Input<16> => GlobalAvgPool2D;
}

fn main() {}
