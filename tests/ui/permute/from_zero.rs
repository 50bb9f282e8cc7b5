//! Axes counted from 0.

nn::network! {
    pub struct Net = Input<3, 4> => Permute<1, 0>;
}

fn main() {}
