//! Units have no name here.

nn::network! {
    pub struct Net = Input<4> => Dense<unit = 3>;
}

fn main() {}
