//! Units with a point.

nn::network! {
    pub struct Net = Input<4> => Dense<2.5>;
}

fn main() {}
