//! A number too many.

nn::network! {
    pub struct Net = Input<3, 4, 2> => ZeroPadding2D<(1, 2, 3)>;
}

fn main() {}
