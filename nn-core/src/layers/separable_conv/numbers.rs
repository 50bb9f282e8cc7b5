//! Separable convolutions whose sizes are numbers.

#[cfg(feature = "alloc")]
use alloc::vec::Vec;

use fearless_simd::prelude::*;

use crate::activations::{AnyActivation, Linear};
use crate::element::Element;
#[cfg(feature = "alloc")]
use crate::layers::conv2d::Conv2DTraining;
use crate::layers::conv2d::{Conv2DNumbers, Conv2DSizes, DestinationSizes};
use crate::layers::epilogue::Epilogue;
use crate::shape::Padding;

/// A separable convolution for elements `T` whose sizes are numbers: its two parts.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct SeparableNumbers<T> {
    depthwise: Conv2DNumbers<T>,
    pointwise: Conv2DNumbers<T>,
}

impl<T: Element> SeparableNumbers<T> {
    /// From the sizes of the first part, which has a group for each channel, and the number of pointwise filters.
    pub const fn new(sizes: Conv2DSizes, pointwise_filters: usize, destination: DestinationSizes) -> Self {
        SeparableNumbers {
            depthwise: Conv2DNumbers::new(sizes, DestinationSizes::PLAIN),
            pointwise: Conv2DNumbers::new(pointwise(&sizes, pointwise_filters), destination),
        }
    }

    /// The elements between the two parts, for one sample.
    pub const fn between_len(&self) -> usize {
        let [height, width, channels] = self.pointwise.sizes().input;
        height * width * channels
    }

    /// How many elements of scratch [`infer`](Self::infer) needs, on any machine.
    pub const fn scratch_len(&self) -> usize {
        let (first, second) = (self.depthwise.scratch_len(), self.pointwise.scratch_len());
        self.between_len() + if first > second { first } else { second }
    }

    /// Convolves one sample, then applies the epilogue, with the pooling of the destination on the way.
    ///
    /// `kernels` are the filters of each channel and the pointwise filters; the other arguments are those of
    /// [`Conv2DNumbers::infer`].
    pub fn infer<S: Simd>(
        &self,
        simd: S,
        kernels: [&[T]; 2],
        x: &[T],
        y: &mut [T],
        scratch: &mut [T],
        epilogue: Epilogue<'_, T, AnyActivation, AnyActivation>,
    ) {
        let Some((between, scratch)) = scratch.split_at_mut_checked(self.between_len()) else {
            debug_assert!(false, "{} elements of scratch", scratch.len());
            return;
        };
        let linear = AnyActivation::Linear(Linear);
        let nothing = Epilogue::bias(&[]).activation(linear).after_pool(linear);
        self.depthwise.infer(simd, kernels[0], x, between, scratch, nothing);
        self.pointwise.infer(simd, kernels[1], between, y, scratch, epilogue);
    }
}

/// The sizes of the second part.
const fn pointwise(first: &Conv2DSizes, filters: usize) -> Conv2DSizes {
    Conv2DSizes {
        input: first.output(),
        filters,
        kernel_size: [1, 1],
        strides: [1, 1],
        padding: Padding::Valid,
        dilation_rate: [1, 1],
        groups: 1,
    }
}

/// A separable convolution for elements `T` whose sizes are numbers, in training.
#[cfg(feature = "alloc")]
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct SeparableTraining<T> {
    depthwise: Conv2DTraining<T>,
    pointwise: Conv2DTraining<T>,
}

#[cfg(feature = "alloc")]
impl<T: Element> SeparableTraining<T> {
    /// From the sizes of the first part, which has a group for each channel, and the number of pointwise filters.
    pub fn new(sizes: Conv2DSizes, pointwise_filters: usize) -> Self {
        SeparableTraining {
            depthwise: Conv2DTraining::new(sizes),
            pointwise: Conv2DTraining::new(pointwise(&sizes, pointwise_filters)),
        }
    }

    /// Convolves every sample.
    ///
    /// - `weights`: the filters of each channel, the pointwise filters, and the bias or nothing.
    /// - `x`: `samples` inputs without zeros around them; `y`: as many outputs.
    /// - `between`: what lies between the two parts, for [`backward`](Self::backward), of all samples.
    /// - `scratch`: grows as needed, what it holds does not matter.
    #[expect(clippy::too_many_arguments, reason = "the same as for constant sizes")]
    pub fn forward<S: Simd>(
        &self,
        simd: S,
        [depthwise, pointwise, bias]: [&[T]; 3],
        samples: usize,
        x: &[T],
        between: &mut [T],
        y: &mut [T],
        activation: AnyActivation,
        scratch: &mut Vec<T>,
    ) {
        let linear = AnyActivation::Linear(Linear);
        self.depthwise.forward(simd, depthwise, &[], samples, x, between, linear, scratch);
        self.pointwise.forward(simd, pointwise, bias, samples, between, y, activation, scratch);
    }

    /// Adds the gradients of the weights to `gradients`, which are in the order of `weights` of [`forward`](Self::forward),
    /// and writes that of the input to `dx`.
    ///
    /// - `kernels`: the filters of each channel and the pointwise filters.
    /// - `x`, `between`: what went into [`forward`](Self::forward) and came out of it; `dy`: the gradient before the
    ///   activation.
    /// - `dbetween`: as long as `between`, what it holds does not matter; `dx`: as long as `x`.
    /// - `scratch`: grows as needed, what it holds does not matter.
    #[expect(clippy::too_many_arguments, reason = "the same as for constant sizes")]
    pub fn backward<S: Simd>(
        &self,
        simd: S,
        [depthwise, pointwise]: [&[T]; 2],
        samples: usize,
        [x, between, dy]: [&[T]; 3],
        [ddepthwise, dpointwise, dbias]: [&mut [T]; 3],
        dbetween: &mut [T],
        dx: Option<&mut [T]>,
        scratch: &mut Vec<T>,
    ) {
        self.pointwise.backward(
            simd,
            pointwise,
            samples,
            between,
            dy,
            dpointwise,
            dbias,
            Some(&mut *dbetween),
            scratch,
        );
        self.depthwise.backward(simd, depthwise, samples, x, dbetween, ddepthwise, &mut [], dx, scratch);
    }
}
