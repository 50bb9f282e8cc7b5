//! One of the directions is the other already.

nn::network! {
    pub struct Net = Input<10, 4> => Bidirectional<LSTM<8, go_backwards = true>> => Dense<1>;
}

fn main() {}
