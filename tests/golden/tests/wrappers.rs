//! A layer in `TimeDistributed` gives for each step what it gives alone.

use nn::prelude::*;
use rand::RngExt;

nn::network! {
    struct Alone = Input<8, 4> => MultiHeadAttention<2, 3, use_causal_mask = true>;
}

nn::network! {
    struct OnEachStep = Input<3, 8, 4> => TimeDistributed<MultiHeadAttention<2, 3, use_causal_mask = true>>;
}

#[test]
fn attention_on_each_step() {
    let mut rng = nn::rng(5);
    let alone = Alone::new(&mut rng);
    let mut each = OnEachStep::zeros();
    each.as_flat_mut().copy_from_slice(alone.as_flat());
    let x =
        Tensor3(std::array::from_fn(|_| std::array::from_fn(|_| std::array::from_fn(|_| rng.random_range(-1.0..1.0)))));
    let y = each.infer(&x, &mut OnEachStep::workspace());
    for (step, y) in x.0.into_iter().zip(y.0) {
        assert_eq!(alone.infer(&Tensor2(step), &mut Alone::workspace()).0, y);
    }
}
