//! A momentum above one.

nn::network! {
    pub struct Net = Input<4> => BatchNormalization<momentum = 1.5>;
}

fn main() {}
