//! A label without a layer.

nn::network! {
    pub struct Net = Input<4> => first: => Dense<3>;
}

fn main() {}
