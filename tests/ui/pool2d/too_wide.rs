//! A window wider than the image.

nn::network! {
    pub struct Net = Input<4, 4, 1> => AvgPool2D<(2, 5)>;
}

fn main() {}
