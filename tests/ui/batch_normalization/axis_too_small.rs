//! An axis that is not there, counted from the end.

nn::network! {
    pub struct Net = Input<4, 3> => BatchNorm<axis = -3>;
}

fn main() {}
