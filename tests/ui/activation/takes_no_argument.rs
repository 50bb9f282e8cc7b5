//! A function that takes no arguments.

nn::network! {
    pub struct Net = Input<4> => Dense<3, activation = tanh(1.0)>;
}

fn main() {}
