//! A label is an identifier.

nn::network! {
    pub struct Net = Input<4> => fn: Dense<3>;
}

fn main() {}
