//! A kernel without rows.

nn::network! {
    pub struct Net = Input<28, 28, 1> => Conv2D<6, 0>;
}

fn main() {}
