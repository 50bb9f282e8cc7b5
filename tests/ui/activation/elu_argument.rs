//! The layer takes no positional argument.

nn::network! {
    pub struct Net = Input<4> => ELU<0.5>;
}

fn main() {}
