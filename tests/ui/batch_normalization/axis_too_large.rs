//! An axis that is not there.

nn::network! {
    pub struct Net = Input<4, 3> => BatchNormalization<axis = 3>;
}

fn main() {}
