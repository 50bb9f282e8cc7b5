//! A kernel that dilation makes larger than the image.

nn::network! {
    pub struct Net = Input<8, 8, 1> => Conv2D<6, 3, dilation_rate = 4>;
}

fn main() {}
