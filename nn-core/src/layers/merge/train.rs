//! Training: the samples of a shard.

use fearless_simd::prelude::*;

use super::infer::{could_be, extreme, load, product, several, several_masked, vectors};
use super::inputs::{Inputs, Masks, SliceMasks, Slices};
use super::{Kind, MergeSizes, Place, Runs, infer, infer_masked};
use crate::activations::Linear;
use crate::element::Element;
use crate::geometry::Geometry;
use crate::kernels::{frame, lanes};

/// Merges the inputs of every sample.
///
/// - `x`: `samples` inputs of each shape of `L::INPUTS`; `y`: as many outputs.
#[inline(always)]
pub fn forward<S: Simd, L: Geometry<MergeSizes<[Place; N]>>, T: Element, const N: usize>(
    simd: S,
    shape: L,
    samples: usize,
    x: [&[T]; N],
    y: &mut [T],
) {
    let sizes = shape.sizes();
    for (sample, y) in y.chunks_exact_mut(sizes.output().max(1)).take(samples).enumerate() {
        infer(simd, shape, x.of_sample(&sizes.runs, sample), y, Linear);
    }
}

/// [`forward`] for any number of inputs.
pub fn forward_slices<S: Simd, T: Element>(
    simd: S,
    sizes: &MergeSizes<&[Place]>,
    samples: usize,
    x: &[&[T]],
    y: &mut [T],
) {
    several(simd, sizes, samples, x, y);
}

/// [`forward`] for inputs of which some have masks; see [`infer_masked`].
#[inline(always)]
pub fn forward_masked<S: Simd, L: Geometry<MergeSizes<[Place; N]>>, T: Element, const N: usize>(
    simd: S,
    shape: L,
    samples: usize,
    x: [&[T]; N],
    masks: [Option<&[T]>; N],
    y: &mut [T],
) {
    let sizes = shape.sizes();
    for (sample, y) in y.chunks_exact_mut(sizes.output().max(1)).take(samples).enumerate() {
        let (x, masks) = (x.of_sample(&sizes.runs, sample), masks.of_sample(&sizes.rows, sample));
        infer_masked(simd, shape, x, masks, y);
    }
}

/// [`forward_masked`] for any number of inputs.
pub fn forward_slices_masked<S: Simd, T: Element>(
    simd: S,
    sizes: &MergeSizes<&[Place]>,
    samples: usize,
    x: &[&[T]],
    masks: &[Option<&[T]>],
    y: &mut [T],
) {
    several_masked(simd, sizes, samples, x, masks, y);
}

/// Writes the gradient of each input for which there is a slice, for all samples.
///
/// - `x`: what went into [`forward`]; empty slices do unless [`Kind::reads_inputs`]. `dy`: the gradient of the output.
/// - `dx`: as long as the inputs.
///
/// ```
/// use fearless_simd::Level;
/// use nn_core::rt::dispatch;
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
pub fn backward<S: Simd, L: Geometry<MergeSizes<[Place; N]>>, T: Element, const N: usize>(
    simd: S,
    shape: L,
    samples: usize,
    x: [&[T]; N],
    dy: &[T],
    dx: [Option<&mut [T]>; N],
) {
    let MergeSizes { kind, runs, .. } = shape.sizes();
    Samples { kind, runs: &runs, samples, x, masks: (), dy }.all::<S, L>(simd, dx.into_iter());
}

/// [`backward`] for any number of inputs.
#[inline(never)]
pub fn backward_slices<S: Simd, T: Element>(
    simd: S,
    sizes: &MergeSizes<&[Place]>,
    samples: usize,
    x: &[&[T]],
    dy: &[T],
    dx: &mut [Option<&mut [T]>],
) {
    frame::vectorize(
        simd,
        #[inline(always)]
        || match (x, &mut *dx, sizes.as_array::<2>()) {
            (&[a, b], [da, db], Some(sizes)) => {
                backward(simd, &sizes, samples, [a, b], dy, [da.as_deref_mut(), db.as_deref_mut()]);
            }
            _ => {
                let dx = dx.iter_mut().map(|dx| dx.as_deref_mut());
                Samples { kind: sizes.kind, runs: &sizes.runs, samples, x: Slices::new(x, 0), masks: (), dy }
                    .all::<S, &MergeSizes<&[Place]>>(simd, dx);
            }
        },
    );
}

/// [`backward`] of [`forward_masked`].
#[inline(always)]
pub fn backward_masked<S: Simd, L: Geometry<MergeSizes<[Place; N]>>, T: Element, const N: usize>(
    simd: S,
    shape: L,
    samples: usize,
    x: [&[T]; N],
    masks: [Option<&[T]>; N],
    dy: &[T],
    dx: [Option<&mut [T]>; N],
) {
    let MergeSizes { kind, rows, .. } = shape.sizes();
    if !kind.reads_masks() {
        return backward(simd, shape, samples, x, dy, dx);
    }
    Samples { kind, runs: &rows, samples, x, masks, dy }.all::<S, L>(simd, dx.into_iter());
}

/// [`backward_masked`] for any number of inputs.
#[inline(never)]
pub fn backward_slices_masked<S: Simd, T: Element>(
    simd: S,
    sizes: &MergeSizes<&[Place]>,
    samples: usize,
    x: &[&[T]],
    masks: &[Option<&[T]>],
    dy: &[T],
    dx: &mut [Option<&mut [T]>],
) {
    frame::vectorize(
        simd,
        #[inline(always)]
        || {
            if !sizes.kind.reads_masks() {
                return backward_slices(simd, sizes, samples, x, dy, dx);
            }
            let (x, masks) = (Slices::new(x, 0), SliceMasks::new(masks));
            let dx = dx.iter_mut().map(|dx| dx.as_deref_mut());
            Samples { kind: sizes.kind, runs: &sizes.rows, samples, x, masks, dy }
                .all::<S, &MergeSizes<&[Place]>>(simd, dx);
        },
    );
}

/// What the gradients of all samples are computed from.
#[derive(Clone, Copy)]
struct Samples<'a, T, P, X, M> {
    kind: Kind,
    runs: &'a Runs<P>,
    samples: usize,
    x: X,
    masks: M,
    dy: &'a [T],
}

impl<'a, T: Element, P: AsRef<[Place]> + Copy, X: Inputs<'a, T>, M: Masks> Samples<'a, T, P, X, M> {
    /// The gradients of all inputs.
    ///
    /// The first two have calls of their own, in which the compiler knows the input.
    #[inline(always)]
    fn all<'x, S: Simd, L: Geometry<MergeSizes<P>>>(self, simd: S, mut dx: impl Iterator<Item = Option<&'x mut [T]>>)
    where
        T: 'x,
    {
        if let Some(Some(dx)) = dx.next() {
            self.gradient::<S, L>(simd, 0, dx);
        }
        if let Some(Some(dx)) = dx.next() {
            self.gradient::<S, L>(simd, 1, dx);
        }
        for (input, dx) in (2..).zip(dx) {
            if let Some(dx) = dx {
                self.gradient::<S, L>(simd, input, dx);
            }
        }
    }

    /// The gradient of one input.
    #[inline(always)]
    fn gradient<S: Simd, L: Geometry<MergeSizes<P>>>(self, simd: S, input: usize, dx: &mut [T]) {
        let Samples { kind, runs, samples, x, masks, dy } = self;
        if runs.repeats(input) {
            dx.fill(T::zero());
        }
        let (size, output, len) = (runs.place(input).size.max(1), (runs.len * runs.count).max(1), runs.len.max(1));
        let gradients = dx.chunks_exact_mut(size).zip(dy.chunks_exact(output));
        for (sample, (dx, dy)) in gradients.take(samples).enumerate() {
            let (x, masks) = (x.of_sample(runs, sample), masks.of_sample(runs, sample));
            for (run, dy) in dy.chunks_exact(len).enumerate() {
                let (Some(x), Some(dx)) = (x.cut(runs, run, kind.reads_inputs()), dx.get_mut(runs.start(input, run)..))
                else {
                    return;
                };
                let Some(dx) = dx.get_mut(..runs.width(input)) else { return };
                let counts = masks.counts(runs, run);
                Run { kind, runs, input, x, counts, dy }.add_to::<S, L>(simd, dx);
            }
        }
    }
}

/// What the gradient of one input in one run is computed from.
#[derive(Clone, Copy)]
struct Run<'a, T, P, X, C> {
    kind: Kind,
    runs: &'a Runs<P>,
    input: usize,
    x: X,
    counts: C,
    dy: &'a [T],
}

impl<'x, T, P, X, C> Run<'_, T, P, X, C>
where
    T: Element + 'x,
    P: AsRef<[Place]> + Copy,
    X: Fn(usize) -> &'x [T] + Copy,
    C: Fn(usize) -> bool + Copy,
{
    /// Adds the gradient where elements are repeated, and writes it where not.
    #[inline(always)]
    fn add_to<S: Simd, L: Geometry<MergeSizes<P>>>(self, simd: S, dx: &mut [T]) {
        let Run { runs, input, .. } = self;
        if runs.place(input).single && runs.len > 1 {
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
    fn gradient<S: Simd, L: Geometry<MergeSizes<P>>>(self, simd: S, at: usize, count: usize) -> T::Vector<S> {
        let Run { kind, runs, input: mine, x, counts, dy } = self;
        let (inputs, dy) = (runs.inputs(), lanes::load_part::<S, T>(simd, dy, at, count));
        if const { could_be::<L, P>(Kind::Add) } && kind == Kind::Add {
            dy
        } else if const { could_be::<L, P>(Kind::Subtract) } && kind == Kind::Subtract {
            if mine == 0 { dy } else { dy * -T::one() }
        } else if const { could_be::<L, P>(Kind::Divide) } && kind == Kind::Divide {
            let below = match runs.place(1).single {
                true => lanes::splat(simd, x(1), 0),
                // What lies behind the last element is added up too, and must not be 0 / 0.
                false => lanes::load_or(simd, x(1), at, count, T::one()),
            };
            let quotient = dy / below;
            if mine == 0 {
                quotient
            } else {
                quotient * load::<S, T, P>(simd, runs, x(0), 0, at, count) / below * -T::one()
            }
        } else if const { could_be::<L, P>(Kind::Where) } && kind == Kind::Where {
            let (zero, not) =
                (lanes::zeros::<S, T>(simd), load::<S, T, P>(simd, runs, x(0), 0, at, count).simd_eq(T::zero()));
            match mine {
                0 => zero,
                1 => not.select(zero, dy),
                _ => not.select(dy, zero),
            }
        } else if const { could_be::<L, P>(Kind::Average) } && kind == Kind::Average {
            dy * T::from_f64(1.0 / inputs as f64)
        } else if const { could_be::<L, P>(Kind::Multiply) } && kind == Kind::Multiply {
            if !counts(mine) {
                return lanes::zeros::<S, T>(simd);
            }
            let others = product::<S, T>(
                simd,
                inputs,
                #[inline(always)]
                |input| load::<S, T, P>(simd, runs, x(input), input, at, count),
                #[inline(always)]
                |input| input != mine && counts(input),
            );
            dy * others
        } else if const { could_be::<L, P>(Kind::Maximum) || could_be::<L, P>(Kind::Minimum) } {
            extreme::<S, T>(
                simd,
                kind,
                inputs,
                #[inline(always)]
                |input| load::<S, T, P>(simd, runs, x(input), input, at, count),
                counts,
                mine,
                dy,
            )
            .1
        } else {
            lanes::zeros::<S, T>(simd)
        }
    }
}
