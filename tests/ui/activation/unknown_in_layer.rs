//! A function that is nearly spelled right.

nn::network! {
    pub struct Net = Input<4> => Activation<sigmod>;
}

fn main() {}
