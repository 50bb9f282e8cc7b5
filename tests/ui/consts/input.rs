//! A size of the input, through a constant.

const SIDE: usize = 3;

nn::network! {
    pub struct Net = Input<SIDE, SIDE, 1> => MaxPool2D<4>;
}

fn main() {}
