//! Sizes are arguments, not a tuple.

nn::network! {
    pub struct Net = Input<3, 4> => Reshape<(6, 2)>;
}

fn main() {}
