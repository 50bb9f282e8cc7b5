//! A number where a regularizer belongs.

nn::network! {
    pub struct Net = Input<4> => Dense<3, kernel_regularizer = 0.1>;
}

fn main() {}
