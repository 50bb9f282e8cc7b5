//! A window that does not move.

nn::network! {
    pub struct Net = Input<28, 28, 1> => Conv2D<6, 3, strides = 0>;
}

fn main() {}
