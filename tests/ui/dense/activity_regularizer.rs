//! The option is not built yet.

nn::network! {
    pub struct Net = Input<4> => Dense<3, activity_regularizer = l2(0.1)>;
}

fn main() {}
