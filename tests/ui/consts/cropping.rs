//! Nothing is left, through a constant.

const EDGE: usize = 3;

nn::network! {
    pub struct Net = Input<6, 2> => Cropping1D<EDGE>;
}

fn main() {}
