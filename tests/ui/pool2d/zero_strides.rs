//! A window that does not move.

nn::network! {
    pub struct Net = Input<4, 4, 1> => AvgPool2D<2, strides = (0, 1)>;
}

fn main() {}
