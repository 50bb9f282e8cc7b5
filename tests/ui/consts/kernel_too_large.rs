//! The compiler finds what the macro cannot see: a kernel larger than the image.

const SIZE: usize = 31;

nn::network! {
    pub struct Net = Input<28, 28, 1> => Conv2D<6, SIZE>;
}

fn main() {}
