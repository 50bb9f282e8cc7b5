//! An option without a value.

nn::network! {
    pub struct Net = Input<4> => Dense<3, activation = >;
}

fn main() {}
