//! A target that is no number.

use nn::prelude::*;

nn::network! {
    pub struct Net = Input<4> => fc: Dense<3>;
}

fn main() {
    let x = [Tensor1([0.0; 4])];
    let y = ["cat"];
    let mut model = Net::zeros().compile(SGD::new(0.1), MeanSquaredError::default(), ());
    let _ = model.fit(&x, &y, Fit::default());
}
