//! An axis without elements.

nn::network! {
    pub struct Net = Input<3, 4> => Reshape<0, 12>;
}

fn main() {}
