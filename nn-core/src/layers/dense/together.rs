//! Inference: several samples, each of which lies somewhere else.

use alloc::vec::Vec;

use fearless_simd::prelude::*;

use super::{Dense, infer};
use crate::activations::Activation;
use crate::element::Element;
use crate::kernels::gemm::{self, Left};
use crate::kernels::lanes;
use crate::layers::Bias;
use crate::layers::epilogue::Epilogue;
use crate::rt::spare;
use crate::shape::{MOST_TOGETHER, is_wide};

/// [`infer`] for `count` rows of `IN` inputs and `OUT` outputs, at most 128, wherever they are: each weight is
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
    count: usize,
    rows: impl Iterator<Item = (&'a [T], &'a mut [T])>,
    scratch: &mut Vec<T>,
    epilogue: Epilogue<'_, T, A, P>,
) {
    if !is_wide(IN * OUT) {
        // A size that the macro could not see.
        rows.for_each(|(x, y)| infer(simd, weights, x, y, epilogue));
        return;
    }
    debug_assert!(count <= MOST_TOGETHER, "{count} rows");
    let [x, y] = spare(scratch, count, [IN, OUT]);
    let mut targets: [&mut [T]; MOST_TOGETHER] = core::array::from_fn(|_| Default::default());
    let places = x.chunks_exact_mut(IN).zip(y.chunks_exact_mut(OUT)).zip(&mut targets);
    for (((x, y), place), (from, target)) in places.zip(rows) {
        x.copy_from_slice(from);
        match epilogue.bias {
            [] => y.fill(T::zero()),
            bias => y.copy_from_slice(bias),
        }
        *place = target;
    }
    gemm::multiply(simd, [count, OUT, IN], Left::Rows(x), weights.kernel(), y);
    for (sums, y) in y.chunks_exact(OUT).zip(targets) {
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
