//! An axis without elements.

nn::network! {
    pub struct Net = Input<28, 0, 1> => Flatten;
}

fn main() {}
