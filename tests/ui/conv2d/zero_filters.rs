//! A layer without filters.

nn::network! {
    pub struct Net = Input<28, 28, 1> => Conv2D<0, 3>;
}

fn main() {}
