//! Three targets for two outputs.

use nn::prelude::*;

nn::network! {
    pub struct Net(x: Input<4>) -> (main, aux) {
        let main = x => Dense<3>;
        let aux = x => Dense<1>;
    }
}

fn main() {
    let x = [Tensor1([0.0; 4])];
    let y = [([0.0_f32; 3], 1.0_f32, 2.0_f32)];
    let losses = (MeanSquaredError::default(), MeanSquaredError::default());
    let mut model = Net::zeros().compile(SGD::new(0.1), losses, ());
    let _ = model.fit(&x, &y, Fit::default());
}
