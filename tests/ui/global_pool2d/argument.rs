//! The layer takes no size.

nn::network! {
    pub struct Net = Input<4, 4, 1> => GlobalMaxPool2D<2>;
}

fn main() {}
