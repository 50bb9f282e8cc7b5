//! A type that is no layer.

pub struct Gate;

nn::network! {
    pub struct Net = Input<4> => Dense<3> => Custom<Gate> => Dense<2>;
}

fn main() {}
