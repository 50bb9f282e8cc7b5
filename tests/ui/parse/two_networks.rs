//! One macro makes one network.

nn::network! {
    pub struct A = Input<4> => Dense<3>;
    pub struct B = Input<4> => Dense<3>;
}

fn main() {}
