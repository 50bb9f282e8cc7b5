//! More axes than a tensor has.

nn::network! {
    pub struct Net = Input<2, 2, 2, 2, 2, 2, 2> => Flatten;
}

fn main() {}
