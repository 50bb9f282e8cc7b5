//! `RMSNormalization` and `UnitNormalization`: mean square one over some axes of each sample, then a learned scale.
//!
//! `y = x / √(mean(x²) + epsilon) · scale`, the same in training and at inference; `y = x / √(Σ x²)`.
//!
//! Zhang, Sennrich: *Root Mean Square Layer Normalization*, 2019, <https://arxiv.org/abs/1910.07467>.

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

/// The weights of a `RMSNormalization`, a number for each position along the axes that are normalized.
///
/// They lie in the order of memory: Keras' shape, flat. A `UnitNormalization` has none.
#[derive(Clone, Copy, Debug, PartialEq)]
#[repr(C)]
pub struct RMSNormalization<const N: usize, T = f32> {
    /// The scale.
    pub scale: [T; N],
}

impl<const N: usize, T> RMSNormalization<N, T> {
    fn parts(&self) -> Weights<'_, T> {
        Weights { gamma: &self.scale, beta: &[] }
    }
}

/// The geometry of one `RMSNormalization` in a network: a unit struct that the macro emits.
pub trait RMSNormalizationShape: Copy + Send + Sync + 'static {
    /// The axes of one sample.
    const SHAPE: &'static [usize];
    /// For each of them, whether it is normalized.
    const NORMALIZED: &'static [bool];
    /// What is added to the mean square; Keras' default.
    const EPSILON: f64 = 1e-6;

    /// All of it.
    const SIZES: RMSNormalizationSizes = RMSNormalizationSizes::new(Self::SHAPE, Self::NORMALIZED, Self::EPSILON);
}

/// The sizes of one `RMSNormalization`.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct RMSNormalizationSizes {
    /// Which elements share a statistic, and which share a weight.
    pub layout: Layout,
    /// What is added to the mean square.
    pub epsilon: f64,
}

impl RMSNormalizationSizes {
    /// The sizes of a layer over samples of a shape of at most six axes, with for each of them whether it is normalized.
    pub const fn new(shape: &[usize], normalized: &[bool], epsilon: f64) -> Self {
        RMSNormalizationSizes { layout: Layout::along(shape, normalized), epsilon }
    }

    /// The sizes of a `UnitNormalization`: the sum of squares is 1, and there are no weights. As in Keras, the norm of what is shorter
    /// than 1e-12 is that.
    pub const fn unit(shape: &[usize], normalized: &[bool]) -> Self {
        RMSNormalizationSizes { layout: Layout::along(shape, normalized).of_sums(), epsilon: 1e-24 }
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

geometry!(RMSNormalizationShape, RMSNormalizationSizes);

/// What rustc knows of the layout.
struct Of<G>(core::marker::PhantomData<G>);

impl<G: Geometry<RMSNormalizationSizes>> Known for Of<G> {
    const LAYOUT: Option<Layout> = match G::KNOWN {
        Some(sizes) => Some(sizes.layout),
        None => None,
    };
}

/// How many elements of scratch [`infer`] needs.
pub const fn scratch_len<G: RMSNormalizationShape>() -> usize {
    G::SIZES.scratch_len()
}

/// How many elements [`forward`] keeps of each sample: one over the roots.
pub const fn saved_len<G: RMSNormalizationShape>() -> usize {
    G::SIZES.saved_len()
}

/// Normalizes one sample.
///
/// A slice that is too short is a mistake of the caller's; it gives wrong numbers, never a panic.
///
/// ```
/// use fearless_simd::Level;
/// use nn_core::rt::dispatch;
/// use nn_core::layers::rms_normalization::{self, RMSNormalization, RMSNormalizationShape};
///
/// #[derive(Clone, Copy)]
/// struct Pairs;
/// impl RMSNormalizationShape for Pairs {
///     const SHAPE: &'static [usize] = &[2, 2];
///     const NORMALIZED: &'static [bool] = &[false, true];
///     const EPSILON: f64 = 0.0;
/// }
/// let weights = RMSNormalization { scale: [1.0, 10.0] };
/// let (mut y, mut scratch) = ([0.0; 4], [0.0; rms_normalization::scratch_len::<Pairs>()]);
/// dispatch!(Level::new(), simd => {
///     rms_normalization::infer(simd, Pairs, &weights, &[1.0, 7.0, 5.0, -5.0], &mut y, &mut scratch)
/// });
/// assert_eq!(y, [0.2, 14.0, 1.0, -10.0]);
/// ```
#[inline(always)]
pub fn infer<S: Simd, G: RMSNormalizationShape, const N: usize, T: Element>(
    simd: S,
    shape: G,
    weights: &RMSNormalization<N, T>,
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
pub fn infer_with<S: Simd, G: Geometry<RMSNormalizationSizes>, T: Element>(
    simd: S,
    shape: G,
    weights: Weights<'_, T>,
    x: &[T],
    y: &mut [T],
    scratch: &mut [T],
) {
    let sizes = shape.sizes();
    let layer = Layer::new::<Of<G>>(&sizes.layout, false, sizes.epsilon, weights);
    normalization::forward::<S, T, Of<G>>(simd, &layer, x, y, scratch);
}

/// Normalizes every sample.
///
/// - `x`, `y`: `samples` samples; `saved`: as many times [`saved_len`] elements, for [`backward`].
#[cfg(feature = "alloc")]
#[inline(always)]
pub fn forward<S: Simd, G: RMSNormalizationShape, const N: usize, T: Element>(
    simd: S,
    shape: G,
    weights: &RMSNormalization<N, T>,
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
pub fn forward_with<S: Simd, G: Geometry<RMSNormalizationSizes>, T: Element>(
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
pub fn backward<S: Simd, G: RMSNormalizationShape, const N: usize, T: Element>(
    simd: S,
    shape: G,
    weights: &RMSNormalization<N, T>,
    samples: usize,
    x: &[T],
    saved: &[T],
    dy: &[T],
    gradients: &mut RMSNormalization<N, T>,
    dx: Option<&mut [T]>,
    scratch: &mut Vec<T>,
) {
    let gradients = Gradients { gamma: &mut gradients.scale, beta: &mut [] };
    backward_with(simd, shape, weights.parts(), samples, x, saved, dy, gradients, dx, scratch);
}

/// [`backward`] with the weights and their gradients as slices.
#[cfg(feature = "alloc")]
#[inline(always)]
#[expect(clippy::too_many_arguments, reason = "the signature that all layers' backward shares")]
pub fn backward_with<S: Simd, G: Geometry<RMSNormalizationSizes>, T: Element>(
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
    let layer = Layer::new::<Of<G>>(&sizes.layout, false, sizes.epsilon, weights);
    normalization::backward::<S, T, Of<G>>(simd, &layer, [x, saved, dy], gradients, dx, scratch);
}
