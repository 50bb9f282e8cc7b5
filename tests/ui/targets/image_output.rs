//! Classes for a network that was never flattened.

use nn::prelude::*;

nn::network! {
    pub struct Net = Input<8, 8, 1> => Conv2D<4, 3> => Dense<3>;
}

fn main() {
    let x = [Tensor3::<8, 8, 1>::zeros()];
    let y = [1_u8];
    let mut model = Net::zeros().compile(SGD::new(0.1), SparseCategoricalCrossentropy::from_logits(), ());
    let _ = model.fit(&x, &y, Fit::default());
}
