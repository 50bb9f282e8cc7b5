//! The attribute is not built yet.

nn::network! {
    #[stream]
    pub struct Net = Input<4> => Dense<3>;
}

fn main() {}
