//! An image that is a vector.

nn::network! {
    pub struct Net = Input<784> => Conv2D<6, 3>;
}

fn main() {}
