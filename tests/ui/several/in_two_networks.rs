//! Every network is checked.

nn::network! {
    pub struct A = Input<4> => Dense<0>;
}

nn::network! {
    pub struct B = Input<4, 4, 1> => MaxPool2D<5>;
}

fn main() {}
