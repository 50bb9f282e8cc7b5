//! A regularizer that there is not.

nn::network! {
    pub struct Net = Input<4> => Dense<3, kernel_regularizer = l3(0.1)>;
}

fn main() {}
