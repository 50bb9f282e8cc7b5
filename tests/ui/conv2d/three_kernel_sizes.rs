//! Three sizes for two axes.

nn::network! {
    pub struct Net = Input<28, 28, 1> => Conv2D<6, (3, 3, 3)>;
}

fn main() {}
