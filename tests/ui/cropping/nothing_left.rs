//! Nothing is left.

nn::network! {
    pub struct Net = Input<6, 7, 2> => Cropping2D<((1, 2), (4, 3))>;
}

fn main() {}
