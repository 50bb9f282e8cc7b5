//! A kernel larger than the image.

nn::network! {
    pub struct Net = Input<28, 28, 1> => Conv2D<6, 31>;
}

fn main() {}
