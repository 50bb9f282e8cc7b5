//! Two layers of one name.

nn::network! {
    pub struct Net = Input<4> => fc: Dense<3> => fc: Dense<2>;
}

fn main() {}
