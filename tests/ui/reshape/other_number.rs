//! Another number of elements.

nn::network! {
    pub struct Net = Input<3, 4> => Reshape<2, 5>;
}

fn main() {}
