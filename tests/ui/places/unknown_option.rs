//! An option that is nearly spelled right.

nn::network! {
    pub struct Net = Input<4> => Dense<3, activtion = relu>;
}

fn main() {}
