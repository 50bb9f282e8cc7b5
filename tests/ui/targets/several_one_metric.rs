//! One metric for two outputs.

use nn::prelude::*;

nn::network! {
    pub struct Net(x: Input<4>) -> (main, aux) {
        let main = x => Dense<3>;
        let aux = x => Dense<1>;
    }
}

fn main() {
    let losses = (MeanSquaredError::default(), MeanSquaredError::default());
    let _ = Net::zeros().compile(SGD::new(0.1), losses, metrics::accuracy());
}
