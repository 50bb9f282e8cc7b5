//! More axes than a tensor has.

nn::network! {
    pub struct Net = Input<3, 4> => Reshape<1, 1, 1, 1, 1, 3, 4>;
}

fn main() {}
