//! A number where `true` or `false` belongs.

nn::network! {
    pub struct Net = Input<4> => Dense<3, use_bias = 1>;
}

fn main() {}
