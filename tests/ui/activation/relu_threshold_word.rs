//! A threshold is a number.

nn::network! {
    pub struct Net = Input<4> => ReLU<max_value = six>;
}

fn main() {}
