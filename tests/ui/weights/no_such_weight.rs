//! A layer without this weight.

nn::network! {
    pub struct Net = Input<4> => Dense<3, recurrent_initializer = zeros>;
}

fn main() {}
