//! A layer that is nearly spelled right.

nn::network! {
    pub struct Net = Input<28, 28, 1> => Con2D<6, 3>;
}

fn main() {}
