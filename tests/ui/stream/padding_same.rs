//! A convolution with the padding `same` looks ahead.

nn::network! {
    #[stream]
    pub struct Net = Input<10, 4> => Conv1D<8, 3, padding = same> => GRU<8>;
}

fn main() {}
