//! A chain that starts without an input.

nn::network! {
    pub struct Net = Dense<3> => ReLU;
}

fn main() {}
