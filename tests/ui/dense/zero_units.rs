//! A layer without units.

nn::network! {
    pub struct Net = Input<4> => Dense<0>;
}

fn main() {}
