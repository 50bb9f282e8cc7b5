//! A size with a point.

nn::network! {
    pub struct Net = Input<4.0> => Dense<3>;
}

fn main() {}
