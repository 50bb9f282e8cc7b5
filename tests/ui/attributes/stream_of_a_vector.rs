//! A vector has no steps to stream.

nn::network! {
    #[stream]
    pub struct Net = Input<4> => Dense<3>;
}

fn main() {}
