//! A kernel whose dilation makes it longer than the sequence.

nn::network! {
    pub struct Net = Input<8, 1> => Conv1D<6, 3, dilation_rate = 4>;
}

fn main() {}
