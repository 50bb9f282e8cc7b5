//! An axis twice.

nn::network! {
    pub struct Net = Input<3, 4> => Permute<2, 2>;
}

fn main() {}
