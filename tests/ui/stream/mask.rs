//! A mask is that of a whole sequence.

nn::network! {
    #[stream]
    pub struct Net = Input<10, dtype = u32> => Embedding<50, 8, mask_zero = true> => LSTM<8> => Dense<1>;
}

fn main() {}
