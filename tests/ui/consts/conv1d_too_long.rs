//! A kernel longer than the sequence, through a constant.

const SIZE: usize = 5;

nn::network! {
    pub struct Net = Input<3, 8> => Conv1D<16, SIZE>;
}

fn main() {}
