//! Training: the samples of a shard.

use fearless_simd::prelude::*;

use super::infer::{extreme, load, product, vectors};
use super::{Kind, MergeShape, Runs, infer, infer_masked};
use crate::activations::Linear;
use crate::element::Element;
use crate::kernels::lanes;

/// Merges the inputs of every sample.
///
/// - `x`: `samples` inputs of each shape of `L::INPUTS`; `y`: as many outputs.
#[inline(always)]
pub fn forward<S: Simd, L: MergeShape<N>, T: Element, const N: usize>(
    simd: S,
    shape: L,
    samples: usize,
    x: [&[T]; N],
    y: &mut [T],
) {
    for (sample, y) in y.chunks_exact_mut(L::OUTPUT).take(samples).enumerate() {
        infer(simd, shape, of_sample(&L::RUNS.sizes, x, sample), y, Linear);
    }
}

/// [`forward`] for inputs of which some have masks; see [`infer_masked`].
#[inline(always)]
pub fn forward_masked<S: Simd, L: MergeShape<N>, T: Element, const N: usize>(
    simd: S,
    shape: L,
    samples: usize,
    x: [&[T]; N],
    masks: [Option<&[T]>; N],
    y: &mut [T],
) {
    for (sample, y) in y.chunks_exact_mut(L::OUTPUT).take(samples).enumerate() {
        let x = of_sample(&L::RUNS.sizes, x, sample);
        infer_masked(simd, shape, x, masks_of_sample(&L::ROWS, masks, sample), y);
    }
}

/// Writes the gradient of each input for which there is a slice, for all samples.
///
/// - `x`: what went into [`forward`]; empty slices do unless [`Kind::reads_inputs`]. `dy`: the gradient of the output.
/// - `dx`: as long as the inputs.
///
/// ```
/// use fearless_simd::{Level, dispatch};
/// use nn_core::layers::merge::{self, Kind, MergeShape};
///
/// #[derive(Clone, Copy)]
/// struct Larger;
/// impl MergeShape<2> for Larger {
///     const KIND: Kind = Kind::Maximum;
///     const INPUTS: [&'static [usize]; 2] = [&[3], &[3]];
/// }
/// let (mut da, mut db) = ([0.0; 3], [0.0; 3]);
/// dispatch!(Level::new(), simd => {
///     let x = [&[1.0_f32, 2.0, 5.0][..], &[4.0, 2.0, 3.0]];
///     merge::backward(simd, Larger, 1, x, &[10.0, 20.0, 30.0], [Some(&mut da), Some(&mut db)]);
/// });
/// assert_eq!((da, db), ([0.0, 20.0, 30.0], [10.0, 0.0, 0.0]));
/// ```
#[inline(always)]
pub fn backward<S: Simd, L: MergeShape<N>, T: Element, const N: usize>(
    simd: S,
    _shape: L,
    samples: usize,
    x: [&[T]; N],
    dy: &[T],
    dx: [Option<&mut [T]>; N],
) {
    every::<S, L, T, N>(
        simd,
        &const { L::RUNS },
        samples,
        x,
        #[inline(always)]
        |_, _| [true; N],
        dy,
        dx,
    );
}

/// [`backward`] of [`forward_masked`].
#[inline(always)]
pub fn backward_masked<S: Simd, L: MergeShape<N>, T: Element, const N: usize>(
    simd: S,
    shape: L,
    samples: usize,
    x: [&[T]; N],
    masks: [Option<&[T]>; N],
    dy: &[T],
    dx: [Option<&mut [T]>; N],
) {
    if !L::KIND.reads_masks() {
        return backward(simd, shape, samples, x, dy, dx);
    }
    let runs = const { L::ROWS };
    every::<S, L, T, N>(
        simd,
        &runs,
        samples,
        x,
        #[inline(always)]
        |sample, row| runs.counts(masks_of_sample(&runs, masks, sample), row),
        dy,
        dx,
    );
}

/// The inputs of one sample.
#[inline(always)]
fn of_sample<'a, T, const N: usize>(sizes: &[usize; N], mut x: [&'a [T]; N], sample: usize) -> [&'a [T]; N] {
    for (x, size) in x.iter_mut().zip(sizes) {
        *x = x.get(sample * size..(sample + 1) * size).unwrap_or_default();
    }
    x
}

/// The masks of one sample.
#[inline(always)]
fn masks_of_sample<'a, T, const N: usize>(
    rows: &Runs<N>,
    mut masks: [Option<&'a [T]>; N],
    sample: usize,
) -> [Option<&'a [T]>; N] {
    for (i, mask) in masks.iter_mut().enumerate() {
        let len = rows.sizes[i] / rows.width(i);
        *mask = mask.and_then(|mask| mask.get(sample * len..(sample + 1) * len));
    }
    masks
}

/// The gradients of all inputs; `counts(sample, run)` tells which inputs count.
///
/// The first two have calls of their own, in which the compiler knows the input.
#[inline(always)]
fn every<S: Simd, L: MergeShape<N>, T: Element, const N: usize>(
    simd: S,
    runs: &Runs<N>,
    samples: usize,
    x: [&[T]; N],
    counts: impl Fn(usize, usize) -> [bool; N] + Copy,
    dy: &[T],
    dx: [Option<&mut [T]>; N],
) {
    let mut dx = dx.into_iter();
    let samples = Samples { runs, samples, x, dy };
    if let Some(Some(dx)) = dx.next() {
        samples.gradient::<S, L>(simd, 0, counts, dx);
    }
    if let Some(Some(dx)) = dx.next() {
        samples.gradient::<S, L>(simd, 1, counts, dx);
    }
    for (input, dx) in (2..).zip(dx) {
        if let Some(dx) = dx {
            samples.gradient::<S, L>(simd, input, counts, dx);
        }
    }
}

/// What the gradients of all samples are computed from.
#[derive(Clone, Copy)]
struct Samples<'a, T, const N: usize> {
    runs: &'a Runs<N>,
    samples: usize,
    x: [&'a [T]; N],
    dy: &'a [T],
}

impl<T: Element, const N: usize> Samples<'_, T, N> {
    /// The gradient of one input.
    #[inline(always)]
    fn gradient<S: Simd, L: MergeShape<N>>(
        self,
        simd: S,
        input: usize,
        counts: impl Fn(usize, usize) -> [bool; N] + Copy,
        dx: &mut [T],
    ) {
        let Samples { runs, samples, x, dy } = self;
        if runs.repeats(input) {
            dx.fill(T::zero());
        }
        let gradients = dx.chunks_exact_mut(runs.sizes[input]).zip(dy.chunks_exact(L::OUTPUT));
        for (sample, (dx, dy)) in gradients.take(samples).enumerate() {
            let x = of_sample(&runs.sizes, x, sample);
            for (run, dy) in dy.chunks_exact(runs.len).enumerate() {
                let x = if L::KIND.reads_inputs() { runs.cut(x, run) } else { Some(x) };
                let (Some(x), Some(dx)) = (x, dx.get_mut(runs.place(input, run)..)) else { return };
                let Some(dx) = dx.get_mut(..runs.width(input)) else { return };
                Run { runs, input, x, counts: counts(sample, run), dy }.add_to::<S, L>(simd, dx);
            }
        }
    }
}

/// What the gradient of one input in one run is computed from.
#[derive(Clone, Copy)]
struct Run<'a, T, const N: usize> {
    runs: &'a Runs<N>,
    input: usize,
    x: [&'a [T]; N],
    counts: [bool; N],
    dy: &'a [T],
}

impl<T: Element, const N: usize> Run<'_, T, N> {
    /// Adds the gradient where elements are repeated, and writes it where not.
    #[inline(always)]
    fn add_to<S: Simd, L: MergeShape<N>>(self, simd: S, dx: &mut [T]) {
        let Run { runs, input, .. } = self;
        if runs.single[input] && runs.len > 1 {
            let (lanes, mut sum) = (T::Vector::<S>::LEN, lanes::zeros::<S, T>(simd));
            for at in (0..runs.len).step_by(lanes) {
                sum += self.gradient::<S, L>(simd, at, lanes.min(runs.len - at));
            }
            if let [dx] = dx {
                *dx += sum.reduce_sum();
            }
        } else {
            vectors::<S, T>(
                runs.len,
                dx,
                #[inline(always)]
                |dx, at, count| {
                    let gradient = self.gradient::<S, L>(simd, at, count);
                    if runs.repeats(input) {
                        lanes::load_part::<S, T>(simd, dx, at, count) + gradient
                    } else {
                        gradient
                    }
                },
            );
        }
    }

    /// The gradient in `count` lanes, zeros in the rest.
    #[inline(always)]
    fn gradient<S: Simd, L: MergeShape<N>>(self, simd: S, at: usize, count: usize) -> T::Vector<S> {
        let Run { runs, input, counts, .. } = self;
        let dy = lanes::load_part::<S, T>(simd, self.dy, at, count);
        match L::KIND {
            Kind::Add => dy,
            Kind::Subtract if input == 0 => dy,
            Kind::Subtract => dy * -T::one(),
            Kind::Average => dy * T::from_f64(1.0 / N as f64),
            Kind::Multiply if !counts[input] => lanes::zeros::<S, T>(simd),
            Kind::Multiply => {
                let mut others = counts;
                others[input] = false;
                dy * product::<S, T, N>(simd, load::<S, T, N>(simd, runs, self.x, at, count), others)
            }
            kind => extreme::<S, T, N>(simd, kind, load::<S, T, N>(simd, runs, self.x, at, count), counts, input, dy).1,
        }
    }
}
