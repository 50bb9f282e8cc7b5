//! An option that is nearly spelled right.

nn::network! {
    pub struct Net = Input<4> => BatchNormalization<momentun = 0.9>;
}

fn main() {}
