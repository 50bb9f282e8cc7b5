//! A label that a repeat counts up to.

nn::network! {
    pub struct Net = Input<4> => [fc: Dense<3>; 2] => fc_1: Dense<2>;
}

fn main() {}
