//! The attribute takes the path of a file.

nn::network! {
    #[weights(lenet)]
    pub struct A = Input<4> => Dense<3>;
}

nn::network! {
    #[weights]
    pub struct B = Input<4> => Dense<3>;
}

fn main() {}
