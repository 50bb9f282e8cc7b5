//! Every pass against the formula, on every level of SIMD; gradients against differences.

use fearless_simd::Simd;

use super::*;
use crate::activations::Activation;
use crate::layers::recurrent::testing::*;
use crate::layers::recurrent::{Backward, Forward, Kind, RecurrentShape, Sequence, Step};

impl<const IN: usize, const UNITS: usize, T: Element, const BIASES: usize> Tested<T> for LSTM<IN, UNITS, T, BIASES> {
    const KIND: Kind = Kind::Lstm;

    fn lens<L: RecurrentShape>() -> [usize; 3] {
        [scratch_len::<L, T>(), step_scratch_len::<L, T>(), saved_len::<L>()]
    }

    #[inline(always)]
    fn infer<S: Simd, L: RecurrentShape, A: Activation<T>, R: Activation<T>>(
        &self,
        simd: S,
        shape: L,
        sequence: Sequence<'_, T, 2>,
        activations: (A, R),
    ) {
        infer(simd, shape, self, sequence, activations.0, activations.1);
    }

    #[inline(always)]
    fn step<S: Simd, L: RecurrentShape, A: Activation<T>, R: Activation<T>>(
        &self,
        simd: S,
        shape: L,
        one: Step<'_, T>,
        activations: (A, R),
    ) {
        step(simd, shape, self, one, activations.0, activations.1);
    }

    fn steps<S: Simd, L: RecurrentShape, A: Activation<T>, R: Activation<T>>(
        &self,
        simd: S,
        shape: L,
        some: Step<'_, T>,
        activations: (A, R),
    ) {
        steps(simd, shape, self, some, activations.0, activations.1);
    }

    #[inline(always)]
    fn forward<S: Simd, L: RecurrentShape, A: Activation<T>, R: Activation<T>>(
        &self,
        simd: S,
        shape: L,
        pass: Forward<'_, T, 2>,
        activations: (A, R),
    ) {
        forward(simd, shape, self, pass, activations.0, activations.1);
    }

    #[inline(always)]
    fn backward<S: Simd, L: RecurrentShape, A: Activation<T>, R: Activation<T>>(
        &self,
        simd: S,
        shape: L,
        pass: Backward<'_, T, 2>,
        gradients: &mut Self,
        activations: (A, R),
    ) {
        backward(simd, shape, self, pass, gradients, activations.0, activations.1);
    }
}

macro_rules! sizes {
    ($($test:ident: $element:ty, $inputs:literal -> $units:literal;)*) => {
        $(#[test]
        fn $test() {
            let shape = Shape::<5, $inputs, $units, SEQUENCES>;
            check::<$element, LSTM<$inputs, $units, $element>, _, _, _>(shape, DEFAULT, false, true);
        })*
    };
}

sizes! {
    one_unit: f32, 3 -> 1;
    less_than_a_vector: f64, 1 -> 3;
    small: f32, 9 -> 8;
    overlapping_vectors: f64, 2 -> 9;
    several_blocks: f32, 4 -> 70;
}

#[test]
fn options() {
    const BOTH: u32 = SEQUENCES | BACKWARDS;
    type Weights = LSTM<3, 5, f64>;
    for masked in [false, true] {
        check::<f64, Weights, _, _, _>(Shape::<6, 3, 5, BOTH>, DEFAULT, masked, true);
        check::<f64, Weights, _, _, _>(Shape::<6, 3, 5, { BOTH | IN_TIME | ZERO }>, DEFAULT, masked, false);
        check::<f64, Weights, _, _, _>(Shape::<2, 3, 5, { DROPOUT | RECURRENT_DROPOUT }>, DEFAULT, masked, true);
    }
    check::<f32, LSTM<3, 5, f32, 0>, _, _, _>(Shape::<4, 3, 5, 0>, DEFAULT, true, true);
}

#[test]
fn streams() {
    check_steps::<f32, LSTM<1, 20>, _, _, _>(Shape::<5, 1, 20, SEQUENCES>, DEFAULT);
    check_steps::<f64, LSTM<2, 3, f64>, _, _, _>(Shape::<5, 2, 3, 0>, DEFAULT);
}

#[test]
fn gradients() {
    const ALL: u32 = SEQUENCES | BACKWARDS | DROPOUT | RECURRENT_DROPOUT;
    for masked in [false, true] {
        check_gradients::<LSTM<2, 3, f64>, _, _, _>(Shape::<4, 2, 3, SEQUENCES>, DEFAULT, masked);
        check_gradients::<LSTM<2, 3, f64>, _, _, _>(Shape::<4, 2, 3, ALL>, DEFAULT, masked);
        check_gradients::<LSTM<2, 9, f64>, _, _, _>(Shape::<3, 2, 9, 0>, DEFAULT, masked);
        check_gradients::<LSTM<1, 2, f64>, _, _, _>(Shape::<4, 1, 2, { ALL | IN_TIME | ZERO }>, DEFAULT, masked);
    }
    check_gradients::<LSTM<2, 3, f64, 0>, _, _, _>(Shape::<4, 2, 3, BACKWARDS>, DEFAULT, true);
}

#[test]
fn activations() {
    let shape = Shape::<4, 2, 3, SEQUENCES>;
    check::<f64, LSTM<2, 3, f64>, _, _, _>(shape, (SOFTSIGN, HARD_SIGMOID), true, true);
    check_gradients::<LSTM<2, 3, f64>, _, _, _>(shape, (RELU, SIGMOID), false);
    check_gradients::<LSTM<2, 3, f64>, _, _, _>(shape, (SWISH, SWISH), true);
}

#[test]
fn shards() {
    let shape = Shape::<4, 2, 3, { DROPOUT | RECURRENT_DROPOUT | SEQUENCES }>;
    check_shards::<LSTM<2, 3, f64>, _, _, _>(shape, DEFAULT);
}
