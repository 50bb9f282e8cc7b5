//! A word where `true` or `false` belongs.

nn::network! {
    pub struct Net = Input<4> => Dense<3, trainable = no>;
}

fn main() {}
