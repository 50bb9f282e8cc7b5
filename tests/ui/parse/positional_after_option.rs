//! Positional arguments come first.

nn::network! {
    pub struct Net = Input<4> => Dense<activation = relu, 3>;
}

fn main() {}
