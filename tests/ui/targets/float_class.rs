//! The index of a class is no float.

use nn::prelude::*;

nn::network! {
    pub struct Net = Input<4> => fc: Dense<3>;
}

fn main() {
    let x = [Tensor1([0.0; 4])];
    let y = [1.0_f32];
    let mut model = Net::zeros().compile(SGD::new(0.1), SparseCategoricalCrossentropy::from_logits(), ());
    let _ = model.fit(&x, &y, Fit::default());
}
