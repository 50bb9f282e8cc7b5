//! A window larger than the image, through a constant.

nn::network! {
    pub struct Net = Input<4, 4, 1> => MaxPool2D<{ 2 + 3 }>;
}

fn main() {}
