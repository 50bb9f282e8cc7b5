//! Inference: several samples, each of which lies somewhere else.

use alloc::vec::Vec;

use fearless_simd::prelude::*;

use super::Dense;
use crate::activations::Activation;
use crate::element::Element;
use crate::kernels::gemm::{self, Left};
use crate::kernels::lanes;
use crate::layers::Bias;
use crate::layers::epilogue::Epilogue;
use crate::network::MOST;
use crate::rt::spare;

/// [`infer`](super::infer) for rows of `IN` inputs and `OUT` outputs, at most 32, wherever they are: each weight is
/// read once for all of them.
///
/// `scratch` grows as needed; what it holds before does not matter.
#[inline(always)]
pub fn together<
    'a,
    S: Simd,
    const IN: usize,
    const OUT: usize,
    T: Element,
    B: Bias<T>,
    A: Activation<T>,
    P: Activation<T>,
>(
    simd: S,
    weights: &Dense<IN, OUT, T, B>,
    rows: impl Iterator<Item = (&'a [T], &'a mut [T])>,
    scratch: &mut Vec<T>,
    epilogue: Epilogue<'_, T, A, P>,
) {
    let [x, y] = spare(scratch, MOST, [IN, OUT]);
    let mut targets: [&mut [T]; MOST] = core::array::from_fn(|_| Default::default());
    let mut count = 0;
    let places = x.chunks_exact_mut(IN).zip(y.chunks_exact_mut(OUT)).zip(&mut targets);
    for (((x, y), place), (from, target)) in places.zip(rows) {
        x.copy_from_slice(from);
        match epilogue.bias {
            [] => y.fill(T::zero()),
            bias => y.copy_from_slice(bias),
        }
        *place = target;
        count += 1;
    }
    gemm::multiply(simd, [count, OUT, IN], Left::Rows(&x[..count * IN]), weights.kernel(), &mut y[..count * OUT]);
    for (sums, y) in y.chunks_exact(OUT).zip(targets).take(count) {
        finish(simd, sums, y, &epilogue);
    }
}

/// What follows the sums of one sample.
#[inline(always)]
fn finish<S: Simd, T: Element, A: Activation<T>, P: Activation<T>>(
    simd: S,
    sums: &[T],
    y: &mut [T],
    epilogue: &Epilogue<'_, T, A, P>,
) {
    for first in (0..sums.len()).step_by(T::Vector::<S>::LEN) {
        let count = T::Vector::<S>::LEN.min(sums.len() - first);
        let value = epilogue.finish(simd, first, count, lanes::load_part(simd, sums, first, count));
        lanes::store_part::<S, T>(epilogue.pooled(simd, value), y, first, count);
    }
}
