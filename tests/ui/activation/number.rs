//! A number is no function.

nn::network! {
    pub struct Net = Input<4> => Dense<3, activation = 3>;
}

fn main() {}
