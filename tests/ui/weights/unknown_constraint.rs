//! A constraint that is nearly spelled right.

nn::network! {
    pub struct Net = Input<4> => Dense<3, kernel_constraint = max_nrom(2.0)>;
}

fn main() {}
