//! A window larger than the image.

nn::network! {
    pub struct Net = Input<4, 4, 1> => MaxPool2D<5>;
}

fn main() {}
