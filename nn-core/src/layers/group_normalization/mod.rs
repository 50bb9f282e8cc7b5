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
use crate::geometry::{Geometry, geometry};
use crate::kernels::frame;
#[cfg(feature = "alloc")]
pub use crate::layers::normalization::Gradients;
use crate::layers::normalization::{self, Known, Layer};
pub use crate::layers::normalization::{Layout, Weights};

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

    /// All of it.
    const SIZES: GroupNormalizationSizes = GroupNormalizationSizes::new(Self::DIMS, Self::GROUPS, Self::EPSILON);
}

/// The sizes of one `GroupNormalization`.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct GroupNormalizationSizes {
    /// Which elements share a statistic, and which share a weight.
    pub layout: Layout,
    /// What is added to the variance.
    pub epsilon: f64,
}

impl GroupNormalizationSizes {
    /// The sizes of a layer over the elements `dims` of a sample before, along and after the axis of the channels, which fall
    /// into `groups` groups: a divisor of the number of channels.
    pub const fn new(dims: [usize; 3], groups: usize, epsilon: f64) -> Self {
        GroupNormalizationSizes { layout: Layout::groups(&dims, dims[1] / groups), epsilon }
    }

    /// How many elements of scratch [`infer_with`] needs.
    pub const fn scratch_len(&self) -> usize {
        2 * self.layout.statistics
    }

    /// How many elements [`forward_with`] saves of each sample.
    pub const fn saved_len(&self) -> usize {
        self.scratch_len()
    }
}

geometry!(GroupNormalizationShape, GroupNormalizationSizes);

/// What rustc knows of the layout.
struct Of<G>(core::marker::PhantomData<G>);

impl<G: Geometry<GroupNormalizationSizes>> Known for Of<G> {
    const LAYOUT: Option<Layout> = match G::KNOWN {
        Some(sizes) => Some(sizes.layout),
        None => None,
    };
}

/// How many elements of scratch [`infer`] needs.
pub const fn scratch_len<G: GroupNormalizationShape>() -> usize {
    G::SIZES.scratch_len()
}

/// How many elements [`forward`] keeps of each sample: means, and one over the standard deviations.
pub const fn saved_len<G: GroupNormalizationShape>() -> usize {
    G::SIZES.saved_len()
}

/// Normalizes one sample.
///
/// A slice that is too short is a mistake of the caller's; it gives wrong numbers, never a panic.
///
/// ```
/// use fearless_simd::Level;
/// use nn_core::rt::dispatch;
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
    shape: G,
    weights: &GroupNormalization<GAMMA, BETA, T>,
    x: &[T],
    y: &mut [T],
    scratch: &mut [T],
) {
    frame::step(
        simd,
        #[inline(always)]
        || infer_with(simd, shape, weights.parts(), x, y, scratch),
    );
}

/// [`infer`] with the weights as slices.
#[inline(always)]
pub fn infer_with<S: Simd, G: Geometry<GroupNormalizationSizes>, T: Element>(
    simd: S,
    shape: G,
    weights: Weights<'_, T>,
    x: &[T],
    y: &mut [T],
    scratch: &mut [T],
) {
    let sizes = shape.sizes();
    let layer = Layer::new::<Of<G>>(&sizes.layout, true, sizes.epsilon, weights);
    normalization::forward::<S, T, Of<G>>(simd, &layer, x, y, scratch);
}

/// Normalizes every sample.
///
/// - `x`, `y`: `samples` samples; `saved`: as many times [`saved_len`] elements, for [`backward`].
#[cfg(feature = "alloc")]
#[inline(always)]
pub fn forward<S: Simd, G: GroupNormalizationShape, const GAMMA: usize, const BETA: usize, T: Element>(
    simd: S,
    shape: G,
    weights: &GroupNormalization<GAMMA, BETA, T>,
    samples: usize,
    x: &[T],
    y: &mut [T],
    saved: &mut [T],
) {
    forward_with(simd, shape, weights.parts(), samples, x, y, saved);
}

/// [`forward`] with the weights as slices.
#[cfg(feature = "alloc")]
#[inline(always)]
pub fn forward_with<S: Simd, G: Geometry<GroupNormalizationSizes>, T: Element>(
    simd: S,
    shape: G,
    weights: Weights<'_, T>,
    samples: usize,
    x: &[T],
    y: &mut [T],
    saved: &mut [T],
) {
    infer_with(simd, shape, weights, &x[..samples * shape.sizes().layout.len], y, saved);
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
    shape: G,
    weights: &GroupNormalization<GAMMA, BETA, T>,
    samples: usize,
    x: &[T],
    saved: &[T],
    dy: &[T],
    gradients: &mut GroupNormalization<GAMMA, BETA, T>,
    dx: Option<&mut [T]>,
    scratch: &mut Vec<T>,
) {
    let gradients = Gradients { gamma: &mut gradients.gamma, beta: &mut gradients.beta };
    backward_with(simd, shape, weights.parts(), samples, x, saved, dy, gradients, dx, scratch);
}

/// [`backward`] with the weights and their gradients as slices.
#[cfg(feature = "alloc")]
#[inline(always)]
#[expect(clippy::too_many_arguments, reason = "the signature that all layers' backward shares")]
pub fn backward_with<S: Simd, G: Geometry<GroupNormalizationSizes>, T: Element>(
    simd: S,
    shape: G,
    weights: Weights<'_, T>,
    samples: usize,
    x: &[T],
    saved: &[T],
    dy: &[T],
    gradients: Gradients<'_, T>,
    dx: Option<&mut [T]>,
    scratch: &mut Vec<T>,
) {
    let (sizes, x) = (shape.sizes(), &x[..samples * shape.sizes().layout.len]);
    let layer = Layer::new::<Of<G>>(&sizes.layout, true, sizes.epsilon, weights);
    normalization::backward::<S, T, Of<G>>(simd, &layer, [x, saved, dy], gradients, dx, scratch);
}
