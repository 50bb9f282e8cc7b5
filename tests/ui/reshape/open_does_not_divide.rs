//! No whole number follows from the other sizes.

nn::network! {
    pub struct Net = Input<3, 4> => Reshape<5, -1>;
}

fn main() {}
