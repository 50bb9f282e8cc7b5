//! A tile of sums in registers: several pixels times several vectors of channels.

use fearless_simd::prelude::*;

use crate::element::Element;
use crate::kernels::lanes;

/// How many vectors of sums fit in the registers beside the factors, for vectors of `bytes` bytes.
pub(crate) const fn sums(bytes: usize) -> usize {
    crate::shape::tiles::sums(bytes, cfg!(target_arch = "aarch64"))
}

/// What every sum of a tile runs over: `rows × runs` runs of `len` inputs that lie side by side.
///
/// The weights of the runs follow each other, `len` rows of `stride` elements each.
#[derive(Clone, Copy)]
pub(crate) struct Window {
    /// Rows of the kernel.
    pub(crate) rows: usize,
    /// From one row to the next, in inputs.
    pub(crate) row_step: usize,
    /// Runs in a row.
    pub(crate) runs: usize,
    /// From one run to the next, in inputs.
    pub(crate) run_step: usize,
    /// Inputs in a run.
    pub(crate) len: usize,
    /// From the weights of one input to those of the next.
    pub(crate) stride: usize,
}

/// Adds up `weight · input` over the window, for `MR` pixels and `NV` vectors of channels.
///
/// - `x`: from the first input of the first pixel on; `pixels`: where the inputs of each pixel start, ascending.
/// - `weights`: from the first weight on; `vectors`: where each vector of channels starts, ascending.
/// - `start`: what the sums of each vector of channels start from.
#[inline(always)]
pub(crate) fn tile<S: Simd, T: Element, const MR: usize, const NV: usize>(
    simd: S,
    window: Window,
    x: &[T],
    pixels: [usize; MR],
    weights: &[T],
    vectors: [usize; NV],
    start: [T::Vector<S>; NV],
) -> [[T::Vector<S>; NV]; MR] {
    let mut sums = [start; MR];
    let inputs = pixels[MR - 1] + window.len;
    let factors = (window.len - 1) * window.stride + vectors[NV - 1] + T::Vector::<S>::LEN;
    for row in 0..window.rows {
        for run in 0..window.runs {
            let at = row * window.row_step + run * window.run_step;
            let first = (row * window.runs + run) * window.len * window.stride;
            let (Some(x), Some(weights)) = (x.get(at..at + inputs), weights.get(first..first + factors)) else {
                return sums;
            };
            for i in 0..window.len {
                let mut factor = start;
                for v in 0..NV {
                    factor[v] = lanes::load(simd, weights, i * window.stride + vectors[v]);
                }
                for m in 0..MR {
                    let input = lanes::splat(simd, x, pixels[m] + i);
                    for v in 0..NV {
                        sums[m][v] = factor[v].mul_add(input, sums[m][v]);
                    }
                }
            }
        }
    }
    sums
}
