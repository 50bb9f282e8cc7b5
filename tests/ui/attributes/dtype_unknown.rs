//! An element type that networks do not have.

nn::network! {
    #[dtype(f16)]
    pub struct Net = Input<4> => Dense<3>;
}

fn main() {}
