//! The wrong arrow.

nn::network! {
    pub struct Net = Input<4> -> Dense<3>;
}

fn main() {}
