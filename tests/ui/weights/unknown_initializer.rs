//! An initializer that is nearly spelled right.

nn::network! {
    pub struct Net = Input<4> => Dense<3, kernel_initializer = he_nomal>;
}

fn main() {}
