//! Rows of a kernel that lie on each other.

nn::network! {
    pub struct Net = Input<28, 28, 1> => Conv2D<6, 3, dilation_rate = (1, 0)>;
}

fn main() {}
