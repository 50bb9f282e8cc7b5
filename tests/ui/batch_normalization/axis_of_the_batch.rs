//! The batch is axis 0.

nn::network! {
    pub struct Net = Input<4, 3> => BatchNormalization<axis = 0>;
}

fn main() {}
