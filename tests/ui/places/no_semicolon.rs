//! The semicolon after the chain is missing.

nn::network! {
    pub struct Net = Input<4> => Dense<3>
}

fn main() {}
