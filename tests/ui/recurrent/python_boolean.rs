//! True is Python's.

nn::network! {
    pub struct Net = Input<10, 4> => LSTM<8, return_sequences = True> => LSTM<8>;
}

fn main() {}
