//! An image without an axis of channels.

nn::network! {
    pub struct Net = Input<28, 28> => Conv2D<6, 3>;
}

fn main() {}
