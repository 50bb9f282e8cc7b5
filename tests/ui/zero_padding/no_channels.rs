//! An image without channels.

nn::network! {
    pub struct Net = Input<28, 28> => ZeroPadding2D<1>;
}

fn main() {}
