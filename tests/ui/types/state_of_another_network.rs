//! Each network has a state of its own type.

use nn::prelude::*;

nn::network! {
    #[stream]
    pub struct One = Input<10, 4> => LSTM<8> => Dense<1>;
}

nn::network! {
    #[stream]
    pub struct Two = Input<10, 4> => LSTM<8> => Dense<1>;
}

fn main() {
    let mut state = TwoState::new();
    let _ = One::zeros().step(&[0.0; 4].into(), &mut state);
}
