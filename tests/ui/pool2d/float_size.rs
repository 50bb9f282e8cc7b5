//! A window of a size with a point.

nn::network! {
    pub struct Net = Input<4, 4, 1> => MaxPool2D<2.0>;
}

fn main() {}
