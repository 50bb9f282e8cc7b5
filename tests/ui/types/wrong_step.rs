//! A step takes the features of one step, not the sequence.

use nn::prelude::*;

nn::network! {
    #[stream]
    pub struct Net = Input<10, 4> => LSTM<8> => Dense<1>;
}

fn main() {
    let mut state = NetState::new();
    let _ = Net::zeros().step(&[[0.0; 4]; 10].into(), &mut state);
}
