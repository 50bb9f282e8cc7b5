//! Each option of a convolution, 0 behind a constant: one sentence each.

const NONE: usize = 0;

nn::network! {
    pub struct Strides = Input<8, 8, 1> => Conv2D<2, 3, strides = NONE>;
}

nn::network! {
    pub struct Same = Input<8, 8, 1> => Conv2D<2, 3, strides = NONE, padding = same>;
}

nn::network! {
    pub struct Groups = Input<8, 8, 1> => Conv2D<2, 3, groups = NONE>;
}

nn::network! {
    pub struct Filters = Input<8, 8, 1> => Conv2D<NONE, 3>;
}

fn main() {}
