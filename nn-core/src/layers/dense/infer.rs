//! Inference: one sample.

use fearless_simd::prelude::*;

use super::Dense;
use crate::activations::Activation;
use crate::element::Element;
use crate::layers::Bias;
use crate::layers::epilogue::Epilogue;

/// Multiplies every row of `IN` inputs by the kernel, then applies the epilogue.
///
/// `x` holds one or more rows of `IN` elements, `y` as many rows of `OUT` elements.
/// A slice that is too short is a mistake of the caller's; it gives wrong numbers, never a panic.
#[inline(always)]
pub fn infer<S: Simd, const IN: usize, const OUT: usize, T: Element, B: Bias<T>, A: Activation<T>, P: Activation<T>>(
    simd: S,
    weights: &Dense<IN, OUT, T, B>,
    x: &[T],
    y: &mut [T],
    epilogue: Epilogue<'_, T, A, P>,
) {
    for (x, y) in x.chunks_exact(IN).zip(y.chunks_exact_mut(OUT)) {
        for (o, y) in y.iter_mut().enumerate() {
            let mut sum = T::zero();
            for (row, x) in weights.kernel.iter().zip(x) {
                sum += row[o] * *x;
            }
            let sum = epilogue.start(simd, o, 1) + T::Vector::<S>::splat(simd, sum);
            *y = epilogue.pooled(simd, epilogue.finish(simd, o, 1, sum))[0];
        }
    }
}
