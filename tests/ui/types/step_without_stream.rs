//! Steps are made by `#[stream]`.

use nn::prelude::*;

nn::network! {
    pub struct Net = Input<10, 4> => LSTM<8> => Dense<1>;
}

fn main() {
    let _ = Net::zeros().step(&[0.0; 4].into(), &mut ());
}
