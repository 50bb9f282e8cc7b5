//! An image that is a vector.

nn::network! {
    pub struct Net = Input<16> => MaxPool2D<2>;
}

fn main() {}
