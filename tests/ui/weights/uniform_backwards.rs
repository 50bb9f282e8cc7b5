//! Bounds in the wrong order.

nn::network! {
    pub struct Net = Input<4> => Dense<3, kernel_initializer = uniform(0.1, -0.1)>;
}

fn main() {}
