//! `GroupNormalization`: the channels fall into groups, each of which gets mean zero and variance one over itself and
//! all positions of the sample; then a learned scale and shift for each channel.
//!
//! `y = (x − mean) / √(variance + epsilon) · gamma + beta`, the same in training and at inference. One group is nearly
//! a layer normalization; one channel a group is an instance normalization.
//!
//! Wu, He: *Group Normalization*, 2018, <https://arxiv.org/abs/1803.08494>.

#[cfg(all(test, feature = "std"))]
mod tests;

#[cfg(feature = "alloc")]
use alloc::vec::Vec;

use fearless_simd::Simd;

use crate::element::Element;
use crate::layers::normalization::{self, Layout, Normalization, Weights};

/// The weights of a `GroupNormalization`, a number for each channel.
///
/// `GAMMA` is 0 with `scale = false`, `BETA` with `center = false`.
#[derive(Clone, Copy, Debug, PartialEq)]
#[repr(C)]
pub struct GroupNormalization<const GAMMA: usize, const BETA: usize, T = f32> {
    /// The scale.
    pub gamma: [T; GAMMA],
    /// The shift.
    pub beta: [T; BETA],
}

impl<const GAMMA: usize, const BETA: usize, T> GroupNormalization<GAMMA, BETA, T> {
    fn parts(&self) -> Weights<'_, T> {
        Weights { gamma: &self.gamma, beta: &self.beta }
    }
}

/// The geometry of one `GroupNormalization` in a network: a unit struct that the macro emits.
pub trait GroupNormalizationShape: Copy + Send + Sync + 'static {
    /// The elements of one sample before, along and after the axis of the channels.
    const DIMS: [usize; 3];
    /// How many groups there are: a divisor of the number of channels.
    const GROUPS: usize;
    /// What is added to the variance; Keras' default.
    const EPSILON: f64 = 1e-3;
}

/// The layout of a layer, worked out once.
struct Of<G>(core::marker::PhantomData<G>);

impl<G: GroupNormalizationShape> Normalization for Of<G> {
    const LAYOUT: Layout = Layout::groups(&G::DIMS, G::DIMS[1] / G::GROUPS);
    const CENTERED: bool = true;
    const EPSILON: f64 = G::EPSILON;
}

/// How many elements of scratch [`infer`] needs.
pub const fn scratch_len<G: GroupNormalizationShape>() -> usize {
    2 * Of::<G>::LAYOUT.statistics
}

/// How many elements [`forward`] keeps of each sample: means, and one over the standard deviations.
pub const fn saved_len<G: GroupNormalizationShape>() -> usize {
    scratch_len::<G>()
}

/// Normalizes one sample.
///
/// A slice that is too short is a mistake of the caller's; it gives wrong numbers, never a panic.
///
/// ```
/// use fearless_simd::{Level, dispatch};
/// use nn_core::layers::group_normalization::{self, GroupNormalization, GroupNormalizationShape};
///
/// #[derive(Clone, Copy)]
/// struct Two;
/// impl GroupNormalizationShape for Two {
///     const DIMS: [usize; 3] = [2, 2, 1];
///     const GROUPS: usize = 2;
///     const EPSILON: f64 = 0.0;
/// }
/// let weights = GroupNormalization { gamma: [1.0, 10.0], beta: [0.5, 0.0] };
/// let (mut y, mut scratch) = ([0.0; 4], [0.0; group_normalization::scratch_len::<Two>()]);
/// dispatch!(Level::new(), simd => {
///     group_normalization::infer(simd, Two, &weights, &[1.0, 8.0, 3.0, 4.0], &mut y, &mut scratch)
/// });
/// assert_eq!(y, [-0.5, 10.0, 1.5, -10.0]);
/// ```
#[inline(always)]
pub fn infer<S: Simd, G: GroupNormalizationShape, const GAMMA: usize, const BETA: usize, T: Element>(
    simd: S,
    _: G,
    weights: &GroupNormalization<GAMMA, BETA, T>,
    x: &[T],
    y: &mut [T],
    scratch: &mut [T],
) {
    normalization::forward::<S, T, Of<G>>(simd, weights.parts(), x, y, scratch);
}

/// Normalizes every sample.
///
/// - `x`, `y`: `samples` samples; `saved`: as many times [`saved_len`] elements, for [`backward`].
#[cfg(feature = "alloc")]
#[inline(always)]
pub fn forward<S: Simd, G: GroupNormalizationShape, const GAMMA: usize, const BETA: usize, T: Element>(
    simd: S,
    _: G,
    weights: &GroupNormalization<GAMMA, BETA, T>,
    samples: usize,
    x: &[T],
    y: &mut [T],
    saved: &mut [T],
) {
    let weights = weights.parts();
    let x = &x[..samples * const { Of::<G>::LAYOUT.len }];
    normalization::forward::<S, T, Of<G>>(simd, weights, x, y, saved);
}

/// Adds the gradients of the weights to `gradients`, and writes that of the input to `dx`.
///
/// - `x`: what went into [`forward`], and `saved`: what it saved; `dy`: the gradient of what came out.
/// - `dx`: as long as `x`; `scratch`: grows as needed, what it holds does not matter.
#[cfg(feature = "alloc")]
#[inline(always)]
#[expect(clippy::too_many_arguments, reason = "one call is one layer of the emitted code")]
pub fn backward<S: Simd, G: GroupNormalizationShape, const GAMMA: usize, const BETA: usize, T: Element>(
    simd: S,
    _: G,
    weights: &GroupNormalization<GAMMA, BETA, T>,
    samples: usize,
    x: &[T],
    saved: &[T],
    dy: &[T],
    gradients: &mut GroupNormalization<GAMMA, BETA, T>,
    dx: Option<&mut [T]>,
    scratch: &mut Vec<T>,
) {
    let weights = weights.parts();
    let x = &x[..samples * const { Of::<G>::LAYOUT.len }];
    let gradients: [&mut [T]; 2] = [&mut gradients.gamma, &mut gradients.beta];
    normalization::backward::<S, T, Of<G>>(simd, weights, x, saved, dy, gradients, dx, scratch);
}
