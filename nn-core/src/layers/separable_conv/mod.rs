//! `SeparableConv2D` and `SeparableConv1D`: filters for each channel of its own, then a pointwise convolution.
//!
//! Both parts are convolutions, and the kernels are those of [`conv2d`]: one with as many groups as
//! channels, and one of a single pixel. What lies between them is scratch at inference; training keeps it.

#[cfg(all(test, feature = "std"))]
mod tests;
#[cfg(feature = "alloc")]
mod train;

use core::marker::PhantomData;

use fearless_simd::prelude::*;

#[cfg(feature = "alloc")]
pub use train::{backward, forward};

use crate::activations::Activation;
use crate::element::Element;
use crate::kernels::frame;
use crate::layers::Bias;
use crate::layers::conv2d::{self, Conv2DShape, Destination, Plain};
use crate::layers::epilogue::Epilogue;
use crate::shape::tiles::Tilings;

/// The weights of a `SeparableConv2D`: `M` filters of `KH × KW` for each of `C` channels, and `F` pointwise filters of the `CM`
/// channels that they give, in Keras' layouts.
#[derive(Clone, Copy, Debug, PartialEq)]
#[repr(C)]
pub struct SeparableConv2D<
    const KH: usize,
    const KW: usize,
    const C: usize,
    const M: usize,
    const CM: usize,
    const F: usize,
    T = f32,
    B = [T; F],
> {
    /// The filters of each channel: `depthwise_kernel[row][column][channel][filter]`.
    pub depthwise_kernel: [[[[T; M]; C]; KW]; KH],
    /// The pointwise filters: `pointwise_kernel[0][0][channel][filter]`.
    pub pointwise_kernel: [[[[T; F]; CM]; 1]; 1],
    /// One number for each pointwise filter; `[T; 0]` with `use_bias = false`.
    pub bias: B,
}

/// The weights of a `SeparableConv1D`: the same for sequences.
#[derive(Clone, Copy, Debug, PartialEq)]
#[repr(C)]
pub struct SeparableConv1D<
    const K: usize,
    const C: usize,
    const M: usize,
    const CM: usize,
    const F: usize,
    T = f32,
    B = [T; F],
> {
    /// The filters of each channel: `depthwise_kernel[step][channel][filter]`.
    pub depthwise_kernel: [[[T; M]; C]; K],
    /// The pointwise filters: `pointwise_kernel[0][channel][filter]`.
    pub pointwise_kernel: [[[T; F]; CM]; 1],
    /// One number for each pointwise filter; `[T; 0]` with `use_bias = false`.
    pub bias: B,
}

/// The weights as the kernels see them.
pub trait SeparableFilters<T> {
    /// The filters of each channel, the pointwise filters, and the bias or nothing, in memory order.
    fn slices(&self) -> [&[T]; 3];
    /// The same, to write to.
    fn slices_mut(&mut self) -> [&mut [T]; 3];
}

/// The geometry of one separable convolution: that of its first part, and the number of pointwise filters.
pub trait SeparableShape: Conv2DShape {
    /// The channels of the output.
    const POINTWISE_FILTERS: usize;
    /// The tiles of the pointwise convolution for an output that goes to [`Plain`], where they are planned already.
    const POINTWISE_TILINGS: Option<Tilings> = None;
}

/// The second part: a convolution of a single pixel.
#[derive(Debug)]
pub struct Pointwise<L>(PhantomData<L>);

impl<L> Clone for Pointwise<L> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<L> Copy for Pointwise<L> {}

impl<L: SeparableShape> Conv2DShape for Pointwise<L> {
    const INPUT: [usize; 3] = L::OUTPUT;
    const FILTERS: usize = L::POINTWISE_FILTERS;
    const KERNEL_SIZE: [usize; 2] = [1, 1];
    const TILINGS: Option<Tilings> = L::POINTWISE_TILINGS;
}

/// The elements between the two parts, for one sample.
pub const fn between_len<L: SeparableShape>() -> usize {
    let [height, width, channels] = L::OUTPUT;
    height * width * channels
}

/// How many elements of scratch [`infer`] needs, on any machine.
pub const fn scratch_len<L: SeparableShape, D: Destination<Pointwise<L>>, T: Element>() -> usize {
    let (first, second) = (conv2d::scratch_len::<L, Plain, T>(), conv2d::scratch_len::<Pointwise<L>, D, T>());
    between_len::<L>() + if first > second { first } else { second }
}

/// Convolves one sample, then applies the epilogue, with the pooling that `D` asks for on the way.
///
/// The arguments are those of [`conv2d::infer`], and `scratch` has at least [`scratch_len`] elements.
///
/// A slice that is too short is a mistake of the caller's: a panic in debug builds, nothing at all in release.
///
/// ```
/// use fearless_simd::Level;
/// use nn_core::rt::dispatch;
/// use nn_core::layers::conv2d::{Conv2DShape, Plain};
/// use nn_core::layers::epilogue::Epilogue;
/// use nn_core::layers::separable_conv::{self, SeparableConv2D, SeparableShape};
///
/// #[derive(Clone, Copy)]
/// struct Both;
/// impl Conv2DShape for Both {
///     const INPUT: [usize; 3] = [1, 2, 2];
///     const FILTERS: usize = 2;
///     const KERNEL_SIZE: [usize; 2] = [1, 2];
///     const GROUPS: usize = 2;
/// }
/// impl SeparableShape for Both {
///     const POINTWISE_FILTERS: usize = 1;
/// }
/// let weights = SeparableConv2D::<1, 2, 2, 1, 2, 1> {
///     depthwise_kernel: [[[[1.0], [2.0]], [[1.0], [2.0]]]],
///     pointwise_kernel: [[[[1.0], [10.0]]]],
///     bias: [0.5],
/// };
/// let (x, mut y) = ([1.0, 2.0, 3.0, 4.0], [0.0]);
/// let mut scratch = [0.0; separable_conv::scratch_len::<Both, Plain, f32>()];
/// dispatch!(Level::new(), simd => {
///     let epilogue = Epilogue::bias(&weights.bias);
///     separable_conv::infer(simd, Both, Plain, &weights, &x, &mut y, &mut scratch, epilogue);
/// });
/// assert_eq!(y, [(1.0 + 3.0) + 10.0 * 2.0 * (2.0 + 4.0) + 0.5]);
/// ```
#[inline(always)]
#[expect(clippy::too_many_arguments, reason = "one call is one fused step of the emitted code")]
pub fn infer<
    S: Simd,
    L: SeparableShape,
    D: Destination<Pointwise<L>>,
    W: SeparableFilters<T>,
    T: Element,
    A: Activation<T>,
    P: Activation<T>,
>(
    simd: S,
    shape: L,
    destination: D,
    weights: &W,
    x: &[T],
    y: &mut [T],
    scratch: &mut [T],
    epilogue: Epilogue<'_, T, A, P>,
) {
    let [depthwise, pointwise, _] = weights.slices();
    let Some((between, scratch)) = scratch.split_at_mut_checked(const { between_len::<L>() }) else {
        debug_assert!(false, "{} elements of scratch", scratch.len());
        return;
    };
    frame::step(
        simd,
        #[inline(always)]
        || conv2d::infer_slices(simd, (shape, Plain), depthwise, x, between, scratch, Epilogue::bias(&[])),
    );
    frame::step(
        simd,
        #[inline(always)]
        || {
            conv2d::infer_slices(
                simd,
                (Pointwise::<L>(PhantomData), destination),
                pointwise,
                between,
                y,
                scratch,
                epilogue,
            )
        },
    );
}

impl<
    const KH: usize,
    const KW: usize,
    const C: usize,
    const M: usize,
    const CM: usize,
    const F: usize,
    T: Element,
    B: Bias<T>,
> SeparableFilters<T> for SeparableConv2D<KH, KW, C, M, CM, F, T, B>
{
    #[inline(always)]
    fn slices(&self) -> [&[T]; 3] {
        let depthwise = self.depthwise_kernel.as_flattened().as_flattened().as_flattened();
        [depthwise, self.pointwise_kernel.as_flattened().as_flattened().as_flattened(), self.bias.as_ref()]
    }

    #[inline(always)]
    fn slices_mut(&mut self) -> [&mut [T]; 3] {
        let depthwise = self.depthwise_kernel.as_flattened_mut().as_flattened_mut().as_flattened_mut();
        let pointwise = self.pointwise_kernel.as_flattened_mut().as_flattened_mut().as_flattened_mut();
        [depthwise, pointwise, self.bias.as_mut()]
    }
}

impl<const K: usize, const C: usize, const M: usize, const CM: usize, const F: usize, T: Element, B: Bias<T>>
    SeparableFilters<T> for SeparableConv1D<K, C, M, CM, F, T, B>
{
    #[inline(always)]
    fn slices(&self) -> [&[T]; 3] {
        let pointwise = self.pointwise_kernel.as_flattened().as_flattened();
        [self.depthwise_kernel.as_flattened().as_flattened(), pointwise, self.bias.as_ref()]
    }

    #[inline(always)]
    fn slices_mut(&mut self) -> [&mut [T]; 3] {
        let depthwise = self.depthwise_kernel.as_flattened_mut().as_flattened_mut();
        let pointwise = self.pointwise_kernel.as_flattened_mut().as_flattened_mut();
        [depthwise, pointwise, self.bias.as_mut()]
    }
}
