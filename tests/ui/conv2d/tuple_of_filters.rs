//! Filters are one number.

nn::network! {
    pub struct Net = Input<28, 28, 1> => Conv2D<(6, 6), 3>;
}

fn main() {}
