//! A kernel taller than the image.

nn::network! {
    pub struct Net = Input<28, 28, 1> => Conv2D<6, (29, 3)>;
}

fn main() {}
