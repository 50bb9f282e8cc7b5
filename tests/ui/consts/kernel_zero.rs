//! A kernel without rows, through a constant.

const SIZE: usize = 0;

nn::network! {
    pub struct Net = Input<28, 28, 1> => Conv2D<6, SIZE>;
}

fn main() {}
