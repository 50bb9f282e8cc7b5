//! An image that was flattened.

nn::network! {
    pub struct Net = Input<28, 28, 1> => Flatten => Conv2D<6, 3>;
}

fn main() {}
