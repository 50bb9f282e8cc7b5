//! An input in the middle of the chain.

nn::network! {
    pub struct Net = Input<4> => Dense<3> => Input<3>;
}

fn main() {}
