//! Every pass against the formula, on every level of SIMD; gradients against differences.

use fearless_simd::Simd;

use super::*;
use crate::activations::Activation;
use crate::layers::recurrent::testing::*;
use crate::layers::recurrent::{Backward, Forward, Kind, RecurrentShape, Sequence, Step};

impl<const IN: usize, const UNITS: usize, T: Element, const BIASES: usize> Tested<T> for GRU<IN, UNITS, T, BIASES> {
    const KIND: Kind = Kind::Gru;

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
        infer(simd, shape, self, sequence.one(), activations.0, activations.1);
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
        forward(simd, shape, self, pass.one(), activations.0, activations.1);
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
        backward(simd, shape, self, pass.one(), gradients, activations.0, activations.1);
    }
}

/// The weights where the reset gate acts before the product.
type Before<const IN: usize, const UNITS: usize, T> = GRU<IN, UNITS, T, 1>;

macro_rules! sizes {
    ($($test:ident: $element:ty, $inputs:literal -> $units:literal;)*) => {
        $(#[test]
        fn $test() {
            let shape = Shape::<5, $inputs, $units, SEQUENCES>;
            check::<$element, GRU<$inputs, $units, $element>, _, _, _>(shape, DEFAULT, false, true);
            let shape = Shape::<4, $inputs, $units, RESET_BEFORE>;
            check::<$element, Before<$inputs, $units, $element>, _, _, _>(shape, DEFAULT, true, false);
        })*
    };
}

sizes! {
    one_unit: f32, 3 -> 1;
    less_than_a_vector: f64, 1 -> 3;
    small: f32, 9 -> 8;
    overlapping_vectors: f32, 2 -> 20;
}

#[test]
fn options() {
    const BOTH: u32 = SEQUENCES | BACKWARDS | DROPOUT | RECURRENT_DROPOUT;
    check::<f64, GRU<3, 5, f64>, _, _, _>(Shape::<6, 3, 5, BOTH>, DEFAULT, true, true);
    check::<f64, Before<3, 5, f64>, _, _, _>(Shape::<6, 3, 5, { BOTH | RESET_BEFORE }>, DEFAULT, true, true);
    check::<f32, GRU<3, 5, f32, 0>, _, _, _>(Shape::<4, 3, 5, 0>, DEFAULT, false, true);
    check::<f32, GRU<3, 5, f32, 0>, _, _, _>(Shape::<4, 3, 5, RESET_BEFORE>, DEFAULT, false, true);
}

#[test]
fn streams() {
    check_steps::<f32, GRU<1, 8>, _, _, _>(Shape::<5, 1, 8, SEQUENCES>, DEFAULT);
    check_steps::<f64, Before<2, 3, f64>, _, _, _>(Shape::<5, 2, 3, RESET_BEFORE>, DEFAULT);
}

#[test]
fn gradients() {
    const ALL: u32 = SEQUENCES | BACKWARDS | DROPOUT | RECURRENT_DROPOUT;
    for masked in [false, true] {
        check_gradients::<GRU<2, 3, f64>, _, _, _>(Shape::<4, 2, 3, SEQUENCES>, DEFAULT, masked);
        check_gradients::<GRU<2, 9, f64>, _, _, _>(Shape::<3, 2, 9, ALL>, DEFAULT, masked);
        check_gradients::<Before<2, 3, f64>, _, _, _>(Shape::<4, 2, 3, { SEQUENCES | RESET_BEFORE }>, DEFAULT, masked);
        check_gradients::<Before<2, 9, f64>, _, _, _>(Shape::<3, 2, 9, { ALL | RESET_BEFORE }>, DEFAULT, masked);
    }
    check_gradients::<GRU<2, 3, f64, 0>, _, _, _>(Shape::<4, 2, 3, BACKWARDS>, DEFAULT, true);
    check_gradients::<GRU<2, 3, f64, 0>, _, _, _>(Shape::<4, 2, 3, RESET_BEFORE>, DEFAULT, true);
}

#[test]
fn activations() {
    let (after, before) = (Shape::<4, 2, 3, SEQUENCES>, Shape::<4, 2, 3, { SEQUENCES | RESET_BEFORE }>);
    check::<f64, GRU<2, 3, f64>, _, _, _>(after, (SOFTSIGN, HARD_SIGMOID), true, true);
    check_gradients::<GRU<2, 3, f64>, _, _, _>(after, (SWISH, SWISH), true);
    check_gradients::<Before<2, 3, f64>, _, _, _>(before, (SWISH, SWISH), true);
}

#[test]
fn shards() {
    let shape = Shape::<4, 2, 3, { DROPOUT | RECURRENT_DROPOUT | SEQUENCES }>;
    check_shards::<GRU<2, 3, f64>, _, _, _>(shape, DEFAULT);
}
