//! The layer takes no positional argument.

nn::network! {
    pub struct Net = Input<4> => BatchNormalization<3>;
}

fn main() {}
