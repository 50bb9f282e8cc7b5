//! A path to something else.

pub const LIMIT: usize = 3;

nn::network! {
    pub struct Net = Input<4> => Dense<3, activation = crate::LIMIT>;
}

fn main() {}
