//! A network with a state only infers.

use nn::prelude::*;

nn::network! {
    pub struct Net = Input<10, 4> => LSTM<8, stateful = true> => Dense<1>;
}

fn main() {
    let _ = Net::zeros().compile(SGD::new(0.1), MeanSquaredError::default(), ());
}
