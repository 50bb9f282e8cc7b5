//! A kernel longer than what pooling leaves.

nn::network! {
    pub struct Net = Input<12, 8> => MaxPool1D<4> => Conv1D<16, 5>;
}

fn main() {}
