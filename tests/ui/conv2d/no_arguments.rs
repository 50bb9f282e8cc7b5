//! How many filters?

nn::network! {
    pub struct Net = Input<28, 28, 1> => Conv2D;
}

fn main() {}
