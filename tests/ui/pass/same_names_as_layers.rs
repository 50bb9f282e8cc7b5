//! A network that is called like a layer.

nn::network! {
    pub struct Dense = Input<4> => Dense<3>;
}

fn main() {}
