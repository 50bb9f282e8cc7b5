//! A window longer than the sequence, through a constant.

const STEPS: usize = 3;

nn::network! {
    pub struct Net = Input<STEPS, 8> => MaxPool1D<4>;
}

fn main() {}
