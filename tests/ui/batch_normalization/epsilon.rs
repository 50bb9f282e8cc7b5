//! A negative epsilon.

nn::network! {
    pub struct Net = Input<4> => BatchNormalization<epsilon = -0.001>;
}

fn main() {}
