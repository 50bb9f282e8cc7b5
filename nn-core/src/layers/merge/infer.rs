//! Inference: one sample.

use fearless_simd::Select;
use fearless_simd::prelude::*;

use super::{Kind, MergeShape, Runs};
use crate::activations::{Activation, Linear};
use crate::element::Element;
use crate::kernels::{lanes, slices};

/// Merges the inputs of one sample, then applies the activation.
///
/// - `x`: each input, of shape `L::INPUTS`; `y`: the output.
///
/// ```
/// use fearless_simd::{Level, dispatch};
/// use nn_core::activations::Linear;
/// use nn_core::layers::merge::{self, Kind, MergeShape};
///
/// #[derive(Clone, Copy)]
/// struct Scaled;
/// impl MergeShape<2> for Scaled {
///     const KIND: Kind = Kind::Multiply;
///     const INPUTS: [&'static [usize]; 2] = [&[2, 3], &[1, 3]];
/// }
/// let mut y = [0.0; 6];
/// dispatch!(Level::new(), simd => {
///     let x = [&[1.0_f32, 2.0, 3.0, 4.0, 5.0, 6.0][..], &[10.0, 0.0, -1.0]];
///     merge::infer(simd, Scaled, x, &mut y, Linear);
/// });
/// assert_eq!(y, [10.0, 0.0, -3.0, 40.0, 0.0, -6.0]);
/// ```
#[inline(always)]
pub fn infer<S: Simd, L: MergeShape<N>, T: Element, A: Activation<T>, const N: usize>(
    simd: S,
    _shape: L,
    x: [&[T]; N],
    y: &mut [T],
    activation: A,
) {
    let runs = const { L::RUNS };
    for (run, y) in y.chunks_exact_mut(runs.len).take(runs.count).enumerate() {
        let Some(x) = runs.cut(x, run) else { return };
        vectors::<S, T>(
            runs.len,
            y,
            #[inline(always)]
            |_, at, count| {
                let x = load::<S, T, N>(simd, &runs, x, at, count);
                activation.apply(simd, combine::<S, T, N>(simd, L::KIND, x, [true; N]))
            },
        );
    }
}

/// [`infer`] where the output lies in the memory of the first input, which must have all of the output's elements.
///
/// - `y`: the first input, then the output; `others`: the inputs after it, of which there are `M = N - 1`.
#[inline(always)]
pub fn infer_in_place<S: Simd, L: MergeShape<N>, T: Element, A: Activation<T>, const N: usize, const M: usize>(
    simd: S,
    _shape: L,
    y: &mut [T],
    others: [&[T]; M],
    activation: A,
) {
    const { assert!(M + 1 == N, "one slice for each input after the first") };
    const { assert!(!L::RUNS.repeats(0), "the first input must not be repeated") };
    let runs = const { L::RUNS };
    let mut x = [&[][..]; N];
    for (x, other) in x.iter_mut().skip(1).zip(others) {
        *x = other;
    }
    for (run, y) in y.chunks_exact_mut(runs.len).take(runs.count).enumerate() {
        let Some(x) = cut_others(&runs, x, run) else { return };
        vectors::<S, T>(
            runs.len,
            y,
            #[inline(always)]
            |y, at, count| {
                let mut x = load::<S, T, N>(simd, &runs, x, at, count);
                x[0] = lanes::load_part(simd, y, at, count);
                activation.apply(simd, combine::<S, T, N>(simd, L::KIND, x, [true; N]))
            },
        );
    }
}

/// The run of each input after the first.
#[inline(always)]
fn cut_others<'a, T, const N: usize>(runs: &Runs<N>, x: [&'a [T]; N], run: usize) -> Option<[&'a [T]; N]> {
    let mut cut = x;
    for (i, x) in cut.iter_mut().enumerate().skip(1) {
        *x = x.get(runs.place(i, run)..)?.get(..runs.width(i))?;
    }
    Some(cut)
}

/// `y += x`: an `Add` of two equal shapes in the memory of the first, and of gradients that meet.
#[inline(always)]
pub fn add_in_place<S: Simd, T: Element>(simd: S, y: &mut [T], x: &[T]) {
    slices::zip_in_place(
        simd,
        x,
        y,
        #[inline(always)]
        |x, y| y + x,
    );
}

/// [`infer`] for inputs of which some have masks.
///
/// `Multiply`, `Maximum` and `Minimum` leave out rows of the last axis whose number in the mask is 0. Where no input
/// counts, a product is 0, and an extreme is the first input. The other kinds do not look at the masks.
///
/// - `masks`: for each input `None`, or a number for each row of its last axis.
#[inline(always)]
pub fn infer_masked<S: Simd, L: MergeShape<N>, T: Element, const N: usize>(
    simd: S,
    shape: L,
    x: [&[T]; N],
    masks: [Option<&[T]>; N],
    y: &mut [T],
) {
    if !L::KIND.reads_masks() {
        return infer(simd, shape, x, y, Linear);
    }
    let runs = const { L::ROWS };
    for (row, y) in y.chunks_exact_mut(runs.len).take(runs.count).enumerate() {
        let Some(x) = runs.cut(x, row) else { return };
        let counts = runs.counts(masks, row);
        vectors::<S, T>(
            runs.len,
            y,
            #[inline(always)]
            |_, at, count| combine::<S, T, N>(simd, L::KIND, load::<S, T, N>(simd, &runs, x, at, count), counts),
        );
    }
}

/// `y = f(y, at, count)` for the `count` lanes from each `at` on; `len` is the length of `y`, and a constant.
#[inline(always)]
pub(super) fn vectors<S: Simd, T: Element>(len: usize, y: &mut [T], f: impl Fn(&[T], usize, usize) -> T::Vector<S>) {
    let lanes = T::Vector::<S>::LEN;
    let whole = len - len % lanes;
    // Apart from the last one, so that the compiler sees whole vectors here.
    for at in (0..whole).step_by(lanes) {
        lanes::store::<S, T>(f(y, at, lanes), y, at);
    }
    if whole < len {
        lanes::store_part::<S, T>(f(y, whole, len - whole), y, whole, len - whole);
    }
}

/// The lanes of each input's run, which may be one element for all of them.
#[inline(always)]
pub(super) fn load<S: Simd, T: Element, const N: usize>(
    simd: S,
    runs: &Runs<N>,
    x: [&[T]; N],
    at: usize,
    count: usize,
) -> [T::Vector<S>; N] {
    let mut vectors = [lanes::zeros::<S, T>(simd); N];
    for (i, vector) in vectors.iter_mut().enumerate() {
        *vector = if runs.single[i] { lanes::splat(simd, x[i], 0) } else { lanes::load_part(simd, x[i], at, count) };
    }
    vectors
}

/// What the inputs that count become, in each lane.
#[inline(always)]
fn combine<S: Simd, T: Element, const N: usize>(
    simd: S,
    kind: Kind,
    x: [T::Vector<S>; N],
    counts: [bool; N],
) -> T::Vector<S> {
    match kind {
        Kind::Add => sum::<S, T, N>(x),
        Kind::Average => sum::<S, T, N>(x) * T::from_f64(1.0 / N as f64),
        Kind::Subtract => x[0] - x[1],
        Kind::Multiply if !counts.contains(&true) => lanes::zeros::<S, T>(simd),
        Kind::Multiply => product::<S, T, N>(simd, x, counts),
        Kind::Maximum | Kind::Minimum => extreme::<S, T, N>(simd, kind, x, counts, N, x[0]).0,
    }
}

#[inline(always)]
fn sum<S: Simd, T: Element, const N: usize>(x: [T::Vector<S>; N]) -> T::Vector<S> {
    let mut sum = x[0];
    for x in x.into_iter().skip(1) {
        sum += x;
    }
    sum
}

/// The product of the factors that count.
#[inline(always)]
pub(super) fn product<S: Simd, T: Element, const N: usize>(
    simd: S,
    x: [T::Vector<S>; N],
    counts: [bool; N],
) -> T::Vector<S> {
    let mut product = None;
    for (x, counts) in x.into_iter().zip(counts) {
        if counts {
            product = Some(product.map_or(x, |product: T::Vector<S>| product * x));
        }
    }
    product.unwrap_or(T::Vector::<S>::splat(simd, T::one()))
}

/// The largest or smallest of those that count (the first input if none does), and `dy` in the lanes where it is
/// input `mine`'s, else 0. The first of several takes it; what is not a number stays so.
#[inline(always)]
pub(super) fn extreme<S: Simd, T: Element, const N: usize>(
    simd: S,
    kind: Kind,
    x: [T::Vector<S>; N],
    counts: [bool; N],
    mine: usize,
    dy: T::Vector<S>,
) -> (T::Vector<S>, T::Vector<S>) {
    let zero = lanes::zeros::<S, T>(simd);
    let first = counts.iter().position(|counts| *counts).unwrap_or(0);
    let share = |of: usize| if of == mine { dy } else { zero };
    let (mut best, mut gradient) = (x[0], share(0));
    for i in 1..N {
        if i == first {
            (best, gradient) = (x[i], share(i));
        } else if i > first && counts[i] {
            let further = match kind {
                Kind::Maximum => x[i].simd_le(best),
                _ => x[i].simd_ge(best),
            };
            let stays = further | best.is_nan();
            best = stays.select(best, x[i]);
            gradient = stays.select(gradient, share(i));
        }
    }
    (best, gradient)
}
