//! An index where the loss takes one number for each class.

use nn::prelude::*;

nn::network! {
    pub struct Net = Input<4> => fc: Dense<3>;
}

fn main() {
    let x = [Tensor1([0.0; 4])];
    let y = [1_u8];
    let mut model = Net::zeros().compile(SGD::new(0.1), CategoricalCrossentropy::default(), ());
    let _ = model.fit(&x, &y, Fit::default());
}
