//! A padding that is nearly spelled right.

nn::network! {
    pub struct Net = Input<28, 28, 1> => Conv2D<6, 3, padding = sane>;
}

fn main() {}
