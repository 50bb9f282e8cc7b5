//! As Python calls a wrapper.

nn::network! {
    pub struct Net = Input<10, 4> => Bidirectional(LSTM<16>) => Dense<1>;
}

fn main() {}
