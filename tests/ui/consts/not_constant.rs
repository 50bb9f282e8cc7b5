//! A block that is not constant.

nn::network! {
    pub struct Net = Input<4> => Dense<{ std::env::args().count() }>;
}

fn main() {}
