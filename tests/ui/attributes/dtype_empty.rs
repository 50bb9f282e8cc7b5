//! No element type.

nn::network! {
    #[dtype]
    pub struct Net = Input<4> => Dense<3>;
}

fn main() {}
