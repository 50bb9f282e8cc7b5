//! `LayerNormalization`: mean zero and variance one over some axes of each sample, then a learned scale and shift.
//!
//! `y = (x − mean) / √(variance + epsilon) · gamma + beta`, the same in training and at inference.
//!
//! Ba, Kiros, Hinton: *Layer Normalization*, 2016, <https://arxiv.org/abs/1607.06450>.

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

/// The weights of a `LayerNormalization`, a number for each position along the axes that are normalized.
///
/// They lie in the order of memory: Keras' shapes, flat. `GAMMA` is 0 with `scale = false`, `BETA` with
/// `center = false`.
#[derive(Clone, Copy, Debug, PartialEq)]
#[repr(C)]
pub struct LayerNormalization<const GAMMA: usize, const BETA: usize, T = f32> {
    /// The scale.
    pub gamma: [T; GAMMA],
    /// The shift.
    pub beta: [T; BETA],
}

impl<const GAMMA: usize, const BETA: usize, T> LayerNormalization<GAMMA, BETA, T> {
    fn parts(&self) -> Weights<'_, T> {
        Weights { gamma: &self.gamma, beta: &self.beta }
    }
}

/// The geometry of one `LayerNormalization` in a network: a unit struct that the macro emits.
pub trait LayerNormalizationShape: Copy + Send + Sync + 'static {
    /// The axes of one sample.
    const SHAPE: &'static [usize];
    /// For each of them, whether it is normalized.
    const NORMALIZED: &'static [bool];
    /// What is added to the variance; Keras' default.
    const EPSILON: f64 = 1e-3;

    /// All of it.
    const SIZES: LayerNormalizationSizes = LayerNormalizationSizes::new(Self::SHAPE, Self::NORMALIZED, Self::EPSILON);
}

/// The sizes of one `LayerNormalization`.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct LayerNormalizationSizes {
    /// Which elements share a statistic, and which share a weight.
    pub layout: Layout,
    /// What is added to the variance.
    pub epsilon: f64,
}

impl LayerNormalizationSizes {
    /// The sizes of a layer over samples of a shape of at most six axes, with for each of them whether it is normalized.
    pub const fn new(shape: &[usize], normalized: &[bool], epsilon: f64) -> Self {
        LayerNormalizationSizes { layout: Layout::along(shape, normalized), epsilon }
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

geometry!(LayerNormalizationShape, LayerNormalizationSizes);

/// What rustc knows of the layout.
struct Of<G>(core::marker::PhantomData<G>);

impl<G: Geometry<LayerNormalizationSizes>> Known for Of<G> {
    const LAYOUT: Option<Layout> = match G::KNOWN {
        Some(sizes) => Some(sizes.layout),
        None => None,
    };
}

/// How many elements of scratch [`infer`] needs.
pub const fn scratch_len<G: LayerNormalizationShape>() -> usize {
    G::SIZES.scratch_len()
}

/// How many elements [`forward`] keeps of each sample: means, and one over the standard deviations.
pub const fn saved_len<G: LayerNormalizationShape>() -> usize {
    G::SIZES.saved_len()
}

/// Normalizes one sample.
///
/// A slice that is too short is a mistake of the caller's; it gives wrong numbers, never a panic.
///
/// ```
/// use fearless_simd::Level;
/// use nn_core::rt::dispatch;
/// use nn_core::layers::layer_normalization::{self, LayerNormalization, LayerNormalizationShape};
///
/// #[derive(Clone, Copy)]
/// struct Pairs;
/// impl LayerNormalizationShape for Pairs {
///     const SHAPE: &'static [usize] = &[2, 2];
///     const NORMALIZED: &'static [bool] = &[false, true];
///     const EPSILON: f64 = 0.0;
/// }
/// let weights = LayerNormalization { gamma: [1.0, 10.0], beta: [0.5, 0.0] };
/// let (mut y, mut scratch) = ([0.0; 4], [0.0; layer_normalization::scratch_len::<Pairs>()]);
/// dispatch!(Level::new(), simd => {
///     layer_normalization::infer(simd, Pairs, &weights, &[1.0, 3.0, 8.0, 4.0], &mut y, &mut scratch)
/// });
/// assert_eq!(y, [-0.5, 10.0, 1.5, -10.0]);
/// ```
#[inline(always)]
pub fn infer<S: Simd, G: LayerNormalizationShape, const GAMMA: usize, const BETA: usize, T: Element>(
    simd: S,
    shape: G,
    weights: &LayerNormalization<GAMMA, BETA, T>,
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
pub fn infer_with<S: Simd, G: Geometry<LayerNormalizationSizes>, T: Element>(
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
pub fn forward<S: Simd, G: LayerNormalizationShape, const GAMMA: usize, const BETA: usize, T: Element>(
    simd: S,
    shape: G,
    weights: &LayerNormalization<GAMMA, BETA, T>,
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
pub fn forward_with<S: Simd, G: Geometry<LayerNormalizationSizes>, T: Element>(
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
pub fn backward<S: Simd, G: LayerNormalizationShape, const GAMMA: usize, const BETA: usize, T: Element>(
    simd: S,
    shape: G,
    weights: &LayerNormalization<GAMMA, BETA, T>,
    samples: usize,
    x: &[T],
    saved: &[T],
    dy: &[T],
    gradients: &mut LayerNormalization<GAMMA, BETA, T>,
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
pub fn backward_with<S: Simd, G: Geometry<LayerNormalizationSizes>, T: Element>(
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
