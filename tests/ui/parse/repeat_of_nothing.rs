//! A repeat needs a layer.

nn::network! {
    pub struct Net = Input<4> => [; 2] => Dense<2>;
}

fn main() {}
