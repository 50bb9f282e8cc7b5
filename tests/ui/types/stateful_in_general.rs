//! A network with a state where one is asked for that learns.

use nn::prelude::*;

nn::network! {
    pub struct Net = Input<10, 4> => LSTM<8, stateful = true> => Dense<1>;
}

fn train<N: Train>() {}

fn main() {
    train::<Net>();
}
