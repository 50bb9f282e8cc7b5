//! A network with a state on each step of a sequence only infers.

use nn::prelude::*;

nn::network! {
    pub struct Net = Input<5, 10, 4> => TimeDistributed<LSTM<8, stateful = true>>;
}

fn main() {
    let _ = Net::zeros().compile(SGD::new(0.1), MeanSquaredError::default(), ());
}
