//! An option given twice.

nn::network! {
    pub struct Net = Input<4> => Dense<3, use_bias = false, use_bias = true>;
}

fn main() {}
