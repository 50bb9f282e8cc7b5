//! The second layer needs what the first one leaves out.

nn::network! {
    pub struct Net = Input<10, 4> => LSTM<8> => LSTM<8> => Dense<1>;
}

fn main() {}
