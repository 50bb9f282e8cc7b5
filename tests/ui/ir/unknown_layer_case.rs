//! A layer in the wrong case.

nn::network! {
    pub struct Net = Input<4> => dense<3>;
}

fn main() {}
