//! A vector has no steps.

nn::network! {
    pub struct Net = Input<10> => LSTM<8> => Dense<1>;
}

fn main() {}
