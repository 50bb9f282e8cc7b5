//! reset_after belongs to GRU.

nn::network! {
    pub struct Net = Input<10, 4> => LSTM<8, reset_after = true> => Dense<1>;
}

fn main() {}
