//! A network with a state on each step where one is asked for that learns.

use nn::prelude::*;

nn::network! {
    pub struct Net = Input<5, 10, 4> => TimeDistributed<LSTM<8, stateful = true>>;
}

fn train<N: Train>() {}

fn main() {
    train::<Net>();
}
