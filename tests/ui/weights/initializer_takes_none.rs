//! An initializer that takes no arguments.

nn::network! {
    pub struct Net = Input<4> => Dense<3, kernel_initializer = zeros(1.0)>;
}

fn main() {}
