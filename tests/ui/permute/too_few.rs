//! An axis too few.

nn::network! {
    pub struct Net = Input<3, 4, 5> => Permute<2, 1>;
}

fn main() {}
