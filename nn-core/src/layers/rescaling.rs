//! `Normalization` and `Rescaling` by constants that lie along an axis.
//!
//! The kernels take their sizes as numbers: they are compiled once.

use fearless_simd::prelude::*;

use crate::element::Element;
use crate::kernels::{frame, lanes};

/// What becomes of an element, by its two constants.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// `(x − mean) / √variance`, where the root is at least 1e-7, as in Keras.
    Normalize,
    /// `mean + x · √variance`, the way back.
    Denormalize,
    /// `x · scale + offset`.
    Rescale,
}

/// A layer with its constants.
#[derive(Clone, Copy, Debug)]
pub struct Constants<'a, T> {
    kind: Kind,
    dims: [usize; 3],
    constants: [&'a [T]; 2],
}

impl<'a, T> Constants<'a, T> {
    /// - `dims`: the elements of a sample before, along and behind the axis.
    /// - `constants`: a number for each element along it: means and variances, or scales and offsets.
    ///
    /// # Panics
    ///
    /// If there are more or fewer numbers: in emitted code when it is compiled.
    pub const fn new(kind: Kind, dims: [usize; 3], constants: [&'a [T]; 2]) -> Self {
        let fit = constants[0].len() == dims[1] && constants[1].len() == dims[1];
        assert!(fit, "a constant of `Normalization` or `Rescaling` has a number for each element along its axis");
        Constants { kind, dims, constants }
    }
}

/// Writes what becomes of one or more samples to `y`.
///
/// ```
/// use fearless_simd::{Level, dispatch};
/// use nn_core::layers::rescaling::{self, Constants, Kind};
///
/// let constants = Constants::new(Kind::Normalize, [2, 2, 1], [&[1.0, 10.0], &[4.0, 0.25]]);
/// let mut y = [0.0_f32; 4];
/// dispatch!(Level::new(), simd => rescaling::infer(simd, &constants, &[3.0, 10.0, 1.0, 11.0], &mut y));
/// assert_eq!(y, [1.0, 0.0, 0.0, 2.0]);
/// ```
#[inline(always)]
pub fn infer<S: Simd, T: Element>(simd: S, constants: &Constants<'_, T>, x: &[T], y: &mut [T]) {
    all::<S, T, false>(simd, constants, x, y);
}

/// Writes the gradient of the input to `dx`, from that of the output.
#[inline(always)]
pub fn backward<S: Simd, T: Element>(simd: S, constants: &Constants<'_, T>, dy: &[T], dx: &mut [T]) {
    all::<S, T, true>(simd, constants, dy, dx);
}

/// `(x − center) · scale + offset`; the product is rounded before the sum, on all machines.
#[derive(Clone, Copy)]
struct Line<S: Simd, T: Element> {
    center: T::Vector<S>,
    scale: T::Vector<S>,
    offset: T::Vector<S>,
}

impl<S: Simd, T: Element> Line<S, T> {
    #[inline(always)]
    fn new(simd: S, kind: Kind, [first, second]: [T::Vector<S>; 2]) -> Self {
        let zero = lanes::zeros::<S, T>(simd);
        let root = || lanes::larger::<S, T>(second.sqrt(), T::Vector::<S>::splat(simd, T::from_f64(1e-7)));
        match kind {
            Kind::Normalize => {
                Line { center: first, scale: T::Vector::<S>::splat(simd, T::one()) / root(), offset: zero }
            }
            Kind::Denormalize => Line { center: zero, scale: root(), offset: first },
            Kind::Rescale => Line { center: zero, scale: first, offset: second },
        }
    }

    /// Or its derivative times a gradient.
    #[inline(always)]
    fn at<const BACKWARD: bool>(self, x: T::Vector<S>) -> T::Vector<S> {
        if BACKWARD { x * self.scale } else { (x - self.center) * self.scale + self.offset }
    }
}

/// Either direction, compiled once for all layers.
#[inline(never)]
fn all<S: Simd, T: Element, const BACKWARD: bool>(simd: S, layer: &Constants<'_, T>, x: &[T], y: &mut [T]) {
    frame::vectorize(
        simd,
        #[inline(always)]
        || {
            if layer.dims[2] > 1 {
                in_runs::<S, T, BACKWARD>(simd, layer, x, y);
            } else if layer.dims[1] >= T::Vector::<S>::LEN {
                in_columns::<S, T, BACKWARD>(simd, layer, x, y);
            } else {
                in_patterns::<S, T, BACKWARD>(simd, layer, x, y);
            }
        },
    );
}

/// Neighbours share their constants.
#[inline(always)]
fn in_runs<S: Simd, T: Element, const BACKWARD: bool>(simd: S, layer: &Constants<'_, T>, x: &[T], y: &mut [T]) {
    // Neither is zero, which the compiler cannot know.
    let (count, run) = (layer.dims[1].max(1), layer.dims[2].max(1));
    for (index, (x, y)) in x.chunks_exact(run).zip(y.chunks_exact_mut(run)).enumerate() {
        let line = Line::<S, T>::new(
            simd,
            layer.kind,
            layer.constants.map(|of| lanes::splat::<S, T>(simd, of, index % count)),
        );
        for from in (0..run).step_by(T::Vector::<S>::LEN) {
            let count = (run - from).min(T::Vector::<S>::LEN);
            let value = line.at::<BACKWARD>(lanes::load_or::<S, T>(simd, x, from, count, T::zero()));
            lanes::store_part::<S, T>(value, y, from, count);
        }
    }
}

/// Neighbours have constants of their own, vectors of them: those of a vector are used in all rows.
#[inline(always)]
fn in_columns<S: Simd, T: Element, const BACKWARD: bool>(simd: S, layer: &Constants<'_, T>, x: &[T], y: &mut [T]) {
    let row = layer.dims[1].max(1);
    for from in (0..row).step_by(T::Vector::<S>::LEN) {
        // The last vector overlaps the one before.
        let from = from.min(row.saturating_sub(T::Vector::<S>::LEN));
        let line = Line::<S, T>::new(simd, layer.kind, layer.constants.map(|of| lanes::load::<S, T>(simd, of, from)));
        for at in (from..x.len()).step_by(row) {
            lanes::store::<S, T>(line.at::<BACKWARD>(lanes::load::<S, T>(simd, x, at)), y, at);
        }
    }
}

/// The most lanes of a vector.
const LANES: usize = 16;

/// Rows are shorter than a vector: after so many vectors as a row has elements, the constants are the same again.
#[inline(always)]
fn in_patterns<S: Simd, T: Element, const BACKWARD: bool>(simd: S, layer: &Constants<'_, T>, x: &[T], y: &mut [T]) {
    let (row, len) = (layer.dims[1].clamp(1, LANES), T::Vector::<S>::LEN);
    let mut patterns = [[T::one(); LANES * LANES]; 2];
    for (pattern, of) in patterns.iter_mut().zip(layer.constants) {
        for (at, place) in pattern.iter_mut().enumerate() {
            *place = of.get(at % row).copied().unwrap_or(T::one());
        }
    }
    for column in (0..row * len).step_by(len) {
        let [first, second] = &patterns;
        let constants = [first, second].map(|of| lanes::load::<S, T>(simd, &of[..], column));
        let line = Line::<S, T>::new(simd, layer.kind, constants);
        for at in (column..x.len()).step_by(row * len) {
            let count = (x.len() - at).min(len);
            let value = line.at::<BACKWARD>(lanes::load_or::<S, T>(simd, x, at, count, T::zero()));
            lanes::store_part::<S, T>(value, y, at, count);
        }
    }
}
