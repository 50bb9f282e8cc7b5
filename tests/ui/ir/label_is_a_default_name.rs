//! A label that takes the default name of another layer.

nn::network! {
    pub struct Net = Input<4> => dense: Dense<3> => Dense<2>;
}

fn main() {}
