//! Inference: one sample.

use fearless_simd::Select;
use fearless_simd::prelude::*;

use super::inputs::{Inputs, Masks, SliceMasks, Slices};
use super::{Kind, MergeSizes, Place, Runs};
use crate::activations::{Activation, Linear};
use crate::element::Element;
use crate::geometry::Geometry;
use crate::kernels::{frame, lanes, slices};

/// Merges the inputs of one sample, then applies the activation.
///
/// - `x`: each input, of shape `L::INPUTS`; `y`: the output.
///
/// ```
/// use fearless_simd::Level;
/// use nn_core::rt::dispatch;
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
pub fn infer<S: Simd, L: Geometry<MergeSizes<[Place; N]>>, T: Element, A: Activation<T>, const N: usize>(
    simd: S,
    shape: L,
    x: [&[T]; N],
    y: &mut [T],
    activation: A,
) {
    apart(simd, shape, x, y, activation);
}

/// [`infer`] for any number of inputs.
pub fn infer_slices<S: Simd, T: Element, A: Activation<T>>(
    simd: S,
    sizes: &MergeSizes<&[Place]>,
    x: &[&[T]],
    y: &mut [T],
    activation: A,
) {
    several(simd, sizes, 1, x, y);
    activate(simd, y, activation);
}

/// The outputs of so many samples, for any number of inputs.
#[inline(never)]
pub(super) fn several<S: Simd, T: Element>(
    simd: S,
    sizes: &MergeSizes<&[Place]>,
    samples: usize,
    x: &[&[T]],
    y: &mut [T],
) {
    frame::vectorize(
        simd,
        #[inline(always)]
        || {
            for (sample, y) in y.chunks_exact_mut(sizes.output().max(1)).take(samples).enumerate() {
                // Most merges have two inputs, for which the compiler unrolls the loops over inputs.
                match (x, sizes.as_array::<2>()) {
                    (&[a, b], Some(sizes)) => apart(simd, &sizes, [a, b].of_sample(&sizes.runs, sample), y, Linear),
                    _ => apart(simd, sizes, Slices::new(x, 0).of_sample(&sizes.runs, sample), y, Linear),
                }
            }
        },
    );
}

/// The activation in a pass of its own: any activation at every place where a merge has a result is much code.
#[inline(never)]
fn activate<S: Simd, T: Element, A: Activation<T>>(simd: S, y: &mut [T], activation: A) {
    frame::vectorize(
        simd,
        #[inline(always)]
        || {
            slices::map_in_place(
                simd,
                y,
                #[inline(always)]
                |y| activation.apply(simd, y),
            );
        },
    );
}

/// The output somewhere else than the inputs.
#[inline(always)]
pub(super) fn apart<'a, S: Simd, L: Geometry<MergeSizes<P>>, P: AsRef<[Place]> + Copy, T: Element, A: Activation<T>>(
    simd: S,
    shape: L,
    x: impl Inputs<'a, T>,
    y: &mut [T],
    activation: A,
) {
    let MergeSizes { kind, runs, .. } = shape.sizes();
    for (run, y) in y.chunks_exact_mut(runs.len.max(1)).take(runs.count).enumerate() {
        let Some(x) = x.cut(&runs, run, true) else { return };
        vectors::<S, T>(
            runs.len,
            y,
            #[inline(always)]
            |_, at, count| {
                let vector = combine::<S, T, L, P>(
                    simd,
                    kind,
                    runs.inputs(),
                    #[inline(always)]
                    |input| load::<S, T, P>(simd, &runs, x(input), input, at, count),
                    #[inline(always)]
                    |_| true,
                );
                activation.apply(simd, vector)
            },
        );
    }
}

/// [`infer`] where the output lies in the memory of the first input, which must have all of the output's elements.
///
/// - `y`: the first input, then the output; `others`: the inputs after it, of which there are `M = N - 1`.
#[inline(always)]
pub fn infer_in_place<S, L, T, A, const N: usize, const M: usize>(
    simd: S,
    shape: L,
    y: &mut [T],
    others: [&[T]; M],
    activation: A,
) where
    S: Simd,
    L: Geometry<MergeSizes<[Place; N]>>,
    T: Element,
    A: Activation<T>,
{
    const { assert!(M + 1 == N, "one slice for each input after the first") };
    const { assert!(!repeats_first(&L::KNOWN), "the first input must not be repeated") };
    let mut x = [&[][..]; N];
    for (x, other) in x.iter_mut().skip(1).zip(others) {
        *x = other;
    }
    in_place(simd, shape, x, y, activation);
}

/// Whether elements of the first input are used more than once, as far as rustc knows.
const fn repeats_first<const N: usize>(known: &Option<MergeSizes<[Place; N]>>) -> bool {
    match known {
        Some(sizes) => sizes.runs.repeats_first(),
        None => false,
    }
}

/// [`infer_in_place`] for any number of inputs.
pub fn infer_slices_in_place<S: Simd, T: Element, A: Activation<T>>(
    simd: S,
    sizes: &MergeSizes<&[Place]>,
    y: &mut [T],
    others: &[&[T]],
    activation: A,
) {
    slices_in_place(simd, sizes, y, others);
    activate(simd, y, activation);
}

#[inline(never)]
fn slices_in_place<S: Simd, T: Element>(simd: S, sizes: &MergeSizes<&[Place]>, y: &mut [T], others: &[&[T]]) {
    frame::vectorize(
        simd,
        #[inline(always)]
        || match (others, sizes.as_array::<2>()) {
            (&[other], Some(sizes)) => in_place(simd, &sizes, [&[], other], y, Linear),
            _ => in_place(simd, sizes, Slices::new(others, 1), y, Linear),
        },
    );
}

/// The output in the memory of the first input.
#[inline(always)]
fn in_place<'a, S: Simd, L: Geometry<MergeSizes<P>>, P: AsRef<[Place]> + Copy, T: Element, A: Activation<T>>(
    simd: S,
    shape: L,
    x: impl Inputs<'a, T>,
    y: &mut [T],
    activation: A,
) {
    let MergeSizes { kind, runs, .. } = shape.sizes();
    for (run, y) in y.chunks_exact_mut(runs.len.max(1)).take(runs.count).enumerate() {
        let Some(x) = x.cut_others(&runs, run) else { return };
        vectors::<S, T>(
            runs.len,
            y,
            #[inline(always)]
            |y, at, count| {
                let vector = combine::<S, T, L, P>(
                    simd,
                    kind,
                    runs.inputs(),
                    #[inline(always)]
                    |input| match input {
                        0 => lanes::load_part(simd, y, at, count),
                        _ => load::<S, T, P>(simd, &runs, x(input), input, at, count),
                    },
                    #[inline(always)]
                    |_| true,
                );
                activation.apply(simd, vector)
            },
        );
    }
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
pub fn infer_masked<S: Simd, L: Geometry<MergeSizes<[Place; N]>>, T: Element, const N: usize>(
    simd: S,
    shape: L,
    x: [&[T]; N],
    masks: [Option<&[T]>; N],
    y: &mut [T],
) {
    if !shape.sizes().kind.reads_masks() {
        return infer(simd, shape, x, y, Linear);
    }
    masked(simd, shape, x, masks, y);
}

/// [`infer_masked`] for any number of inputs.
pub fn infer_slices_masked<S: Simd, T: Element>(
    simd: S,
    sizes: &MergeSizes<&[Place]>,
    x: &[&[T]],
    masks: &[Option<&[T]>],
    y: &mut [T],
) {
    several_masked(simd, sizes, 1, x, masks, y);
}

/// The outputs of so many samples with masks, for any number of inputs.
#[inline(never)]
pub(super) fn several_masked<S: Simd, T: Element>(
    simd: S,
    sizes: &MergeSizes<&[Place]>,
    samples: usize,
    x: &[&[T]],
    masks: &[Option<&[T]>],
    y: &mut [T],
) {
    if !sizes.kind.reads_masks() {
        return several(simd, sizes, samples, x, y);
    }
    let (x, masks) = (Slices::new(x, 0), SliceMasks::new(masks));
    frame::vectorize(
        simd,
        #[inline(always)]
        || {
            for (sample, y) in y.chunks_exact_mut(sizes.output().max(1)).take(samples).enumerate() {
                let (x, masks) = (x.of_sample(&sizes.runs, sample), masks.of_sample(&sizes.rows, sample));
                masked(simd, sizes, x, masks, y);
            }
        },
    );
}

/// The output of inputs whose masks matter.
#[inline(always)]
pub(super) fn masked<'a, S: Simd, L: Geometry<MergeSizes<P>>, P: AsRef<[Place]> + Copy, T: Element>(
    simd: S,
    shape: L,
    x: impl Inputs<'a, T>,
    masks: impl Masks,
    y: &mut [T],
) {
    let MergeSizes { kind, rows: runs, .. } = shape.sizes();
    for (row, y) in y.chunks_exact_mut(runs.len.max(1)).take(runs.count).enumerate() {
        let Some(x) = x.cut(&runs, row, true) else { return };
        let counts = masks.counts(&runs, row);
        vectors::<S, T>(
            runs.len,
            y,
            #[inline(always)]
            |_, at, count| {
                combine::<S, T, L, P>(
                    simd,
                    kind,
                    runs.inputs(),
                    #[inline(always)]
                    |input| load::<S, T, P>(simd, &runs, x(input), input, at, count),
                    counts,
                )
            },
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

/// The lanes of an input's run `x`, which may be one element for all of them.
#[inline(always)]
pub(super) fn load<S: Simd, T: Element, P: AsRef<[Place]>>(
    simd: S,
    runs: &Runs<P>,
    x: &[T],
    input: usize,
    at: usize,
    count: usize,
) -> T::Vector<S> {
    if runs.place(input).single { lanes::splat(simd, x, 0) } else { lanes::load_part(simd, x, at, count) }
}

/// Whether a merge may be of this kind, as far as rustc knows: others are not compiled.
pub(super) const fn could_be<L: Geometry<MergeSizes<P>>, P: Copy>(kind: Kind) -> bool {
    match &L::KNOWN {
        Some(sizes) => sizes.kind as u8 == kind as u8,
        None => true,
    }
}

/// What those of `inputs` inputs that count become, in each lane.
#[inline(always)]
fn combine<S: Simd, T: Element, L: Geometry<MergeSizes<P>>, P: Copy>(
    simd: S,
    kind: Kind,
    inputs: usize,
    x: impl Fn(usize) -> T::Vector<S>,
    counts: impl Fn(usize) -> bool,
) -> T::Vector<S> {
    if const { could_be::<L, P>(Kind::Add) } && kind == Kind::Add {
        sum::<S, T>(inputs, x)
    } else if const { could_be::<L, P>(Kind::Average) } && kind == Kind::Average {
        sum::<S, T>(inputs, x) * T::from_f64(1.0 / inputs as f64)
    } else if const { could_be::<L, P>(Kind::Subtract) } && kind == Kind::Subtract {
        x(0) - x(1)
    } else if const { could_be::<L, P>(Kind::Divide) } && kind == Kind::Divide {
        x(0) / x(1)
    } else if const { could_be::<L, P>(Kind::Greater) } && kind == Kind::Greater {
        one_where::<S, T>(simd, x(0).simd_gt(x(1)))
    } else if const { could_be::<L, P>(Kind::GreaterEqual) } && kind == Kind::GreaterEqual {
        one_where::<S, T>(simd, x(0).simd_ge(x(1)))
    } else if const { could_be::<L, P>(Kind::Less) } && kind == Kind::Less {
        one_where::<S, T>(simd, x(0).simd_lt(x(1)))
    } else if const { could_be::<L, P>(Kind::LessEqual) } && kind == Kind::LessEqual {
        one_where::<S, T>(simd, x(0).simd_le(x(1)))
    } else if const { could_be::<L, P>(Kind::Equal) } && kind == Kind::Equal {
        one_where::<S, T>(simd, x(0).simd_eq(x(1)))
    } else if const { could_be::<L, P>(Kind::NotEqual) } && kind == Kind::NotEqual {
        // What is not a number equals nothing.
        x(0).simd_eq(x(1)).select(lanes::zeros::<S, T>(simd), T::Vector::<S>::splat(simd, T::one()))
    } else if const { could_be::<L, P>(Kind::Where) } && kind == Kind::Where {
        x(0).simd_eq(T::zero()).select(x(2), x(1))
    } else if const { could_be::<L, P>(Kind::Multiply) } && kind == Kind::Multiply {
        if (0..inputs).any(&counts) { product::<S, T>(simd, inputs, x, counts) } else { lanes::zeros::<S, T>(simd) }
    } else if const { could_be::<L, P>(Kind::Maximum) || could_be::<L, P>(Kind::Minimum) } {
        let zero = lanes::zeros::<S, T>(simd);
        extreme::<S, T>(simd, kind, inputs, x, counts, inputs, zero).0
    } else {
        lanes::zeros::<S, T>(simd)
    }
}

/// 1 where it holds, else 0.
#[inline(always)]
fn one_where<S: Simd, T: Element>(simd: S, holds: <T::Vector<S> as SimdBase<S>>::Mask) -> T::Vector<S> {
    holds.select(T::Vector::<S>::splat(simd, T::one()), lanes::zeros::<S, T>(simd))
}

#[inline(always)]
fn sum<S: Simd, T: Element>(inputs: usize, x: impl Fn(usize) -> T::Vector<S>) -> T::Vector<S> {
    let mut sum = x(0);
    for input in 1..inputs {
        sum += x(input);
    }
    sum
}

/// The product of the factors that count.
#[inline(always)]
pub(super) fn product<S: Simd, T: Element>(
    simd: S,
    inputs: usize,
    x: impl Fn(usize) -> T::Vector<S>,
    counts: impl Fn(usize) -> bool,
) -> T::Vector<S> {
    let mut product = None;
    for input in 0..inputs {
        let x = x(input);
        if counts(input) {
            product = Some(product.map_or(x, |product: T::Vector<S>| product * x));
        }
    }
    product.unwrap_or(T::Vector::<S>::splat(simd, T::one()))
}

/// The largest or smallest of those that count (the first input if none does), and `dy` in the lanes where it is
/// input `mine`'s, else 0. The first of several takes it; what is not a number stays so.
#[inline(always)]
pub(super) fn extreme<S: Simd, T: Element>(
    simd: S,
    kind: Kind,
    inputs: usize,
    x: impl Fn(usize) -> T::Vector<S>,
    counts: impl Fn(usize) -> bool,
    mine: usize,
    dy: T::Vector<S>,
) -> (T::Vector<S>, T::Vector<S>) {
    let zero = lanes::zeros::<S, T>(simd);
    let first = (0..inputs).position(&counts).unwrap_or(0);
    let share = |of: usize| if of == mine { dy } else { zero };
    let (mut best, mut gradient) = (x(0), share(0));
    for i in 1..inputs {
        let x = x(i);
        if i == first {
            (best, gradient) = (x, share(i));
        } else if i > first && counts(i) {
            let further = match kind {
                Kind::Maximum => x.simd_le(best),
                _ => x.simd_ge(best),
            };
            let stays = further | best.is_nan();
            best = stays.select(best, x);
            gradient = stays.select(gradient, share(i));
        }
    }
    (best, gradient)
}
