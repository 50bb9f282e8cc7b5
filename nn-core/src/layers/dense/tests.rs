//! Inference against the oracle, on every level of SIMD.

use crate::kernels::vectors::dispatch;

use super::*;
use crate::kernels::testing::{Bent, assert_close, levels, random};
use crate::layers::epilogue::Epilogue;

const BEFORE: Bent = Bent(0.25);
const AFTER: Bent = Bent(-0.5);

fn check<const IN: usize, const OUT: usize, T: Element>(rows: usize) {
    let mut weights: Box<Dense<IN, OUT, T>> = bytemuck::zeroed_box();
    weights.kernel_mut().copy_from_slice(&random(1, IN * OUT));
    weights.bias.copy_from_slice(&random(2, OUT));
    let affine = random::<T>(3, 2 * OUT);
    let x = random::<T>(4, rows * IN);
    let mut expected = oracle::multiply(IN, OUT, weights.kernel(), &weights.bias, &x);
    for (i, value) in expected.iter_mut().enumerate() {
        *value = AFTER.of(BEFORE.of(*value * affine[i % OUT] + affine[OUT + i % OUT]));
    }
    for level in levels() {
        let mut y = vec![T::nan(); rows * OUT];
        let epilogue = Epilogue::bias(&weights.bias).affine(affine.split_at(OUT)).activation(BEFORE).after_pool(AFTER);
        dispatch!(level, simd => infer(simd, &*weights, &x, &mut y, epilogue));
        assert_close(&y, &expected, IN, &format!("{rows} x {IN} -> {OUT}, {:?} at {level:?}", T::DTYPE));
    }
}

/// Rows side by side have the bits that they have alone.
fn check_order<const IN: usize, const OUT: usize, T: Element>() {
    const ROWS: usize = 9;
    let mut weights: Box<Dense<IN, OUT, T>> = bytemuck::zeroed_box();
    weights.kernel_mut().copy_from_slice(&random(1, IN * OUT));
    weights.bias.copy_from_slice(&random(2, OUT));
    let x = random::<T>(4, ROWS * IN);
    let expected = oracle::multiply(IN, OUT, weights.kernel(), &weights.bias, &x);
    for level in levels() {
        let (mut y, mut numbers) = (vec![T::nan(); ROWS * OUT], vec![T::nan(); ROWS * OUT]);
        let mut alone = y.clone();
        let epilogue = Epilogue::bias(&weights.bias);
        dispatch!(level, simd => infer_in_order::<_, ROWS, IN, OUT, _, _, _, _>(simd, &*weights, &x, &mut y, epilogue));
        let sizes = DenseSizes { inputs: IN, units: OUT };
        let rows = alone.chunks_exact_mut(OUT).zip(numbers.chunks_exact_mut(OUT));
        for (x, (alone, numbers)) in x.chunks_exact(IN).zip(rows) {
            dispatch!(level, simd => infer_in_order::<_, 1, IN, OUT, _, _, _, _>(simd, &*weights, x, alone, epilogue));
            dispatch!(level, simd => infer_in_order_with(simd, &sizes, weights.kernel(), x, numbers, epilogue));
        }
        assert_close(&y, &expected, IN, &format!("{IN} -> {OUT}, {:?} at {level:?}", T::DTYPE));
        assert_eq!((&alone, &numbers), (&y, &y), "{IN} -> {OUT}, {:?} at {level:?}", T::DTYPE);
    }
}

macro_rules! cases {
    ($($test:ident: $($input:literal -> $output:literal),*;)*) => {
        $(#[test]
        fn $test() {
            $(for rows in [1, 2, 3, 7, 12] {
                check::<$input, $output, f32>(rows);
                check::<$input, $output, f64>(rows);
            }
            check_order::<$input, $output, f32>();
            check_order::<$input, $output, f64>();)*
        })*
    };
}

cases! {
    one_output: 1 -> 1, 7 -> 1, 64 -> 1, 133 -> 1;
    few_outputs: 1 -> 2, 5 -> 3, 33 -> 4, 84 -> 10, 40 -> 15;
    tails: 1 -> 16, 2 -> 17, 31 -> 24, 9 -> 33, 20 -> 70;
    blocks: 12 -> 64, 50 -> 120, 3 -> 128, 17 -> 200, 5 -> 300;
}

#[test]
fn without_bias() {
    let mut weights: Dense<3, 2, f64, [f64; 0]> = bytemuck::Zeroable::zeroed();
    weights.kernel = [[1.0, 2.0], [3.0, 4.0], [5.0, 6.0]];
    for level in levels() {
        let mut y = [0.0; 2];
        dispatch!(level, simd => infer(simd, &weights, &[1.0, 10.0, 100.0], &mut y, Epilogue::bias(&weights.bias)));
        assert_eq!(y, [531.0, 642.0]);
    }
}
