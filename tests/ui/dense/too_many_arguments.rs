//! One positional argument too many.

nn::network! {
    pub struct Net = Input<4> => Dense<3, 2>;
}

fn main() {}
