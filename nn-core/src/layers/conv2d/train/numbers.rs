//! Training where the sizes are numbers.

use alloc::vec::Vec;
use core::marker::PhantomData;

use fearless_simd::prelude::*;

use super::super::plan::{Plans, WIDTHS, machine, width};
use super::super::{Border, Conv2DSizes, DestinationSizes};
use super::layer::Layer;
use super::{backward_slices, forward_slices, input, packed, samples, weights};
use crate::activations::AnyActivation;
use crate::element::Element;
use crate::geometry::Geometry;
use crate::kernels::frame;
use crate::kernels::gemm::add_rows;

/// A convolution for elements `T` whose sizes are numbers, with what its training goes by on all machines.
///
/// The results are those of [`forward`](super::forward) and [`backward`](super::backward) for constant sizes, to the bit.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Conv2DTraining<T> {
    sizes: Conv2DSizes,
    border: Border,
    output: [usize; 3],
    whole: Plans,
    /// For each width of vectors, the pixels that share one, and the plans of that layer.
    packed: [(usize, Plans); WIDTHS],
    reverse: Plans,
    weights: [weights::Plan; WIDTHS],
    samples: [samples::Plan; WIDTHS],
    element: PhantomData<T>,
}

impl<T: Element> Conv2DTraining<T> {
    /// The plans for a convolution. The sizes have passed the shape rules: nothing is checked here.
    pub fn new(sizes: Conv2DSizes) -> Self {
        let plans = |sizes| Plans::of_numbers::<T>(&sizes, &DestinationSizes::PLAIN);
        let bytes = core::array::from_fn(|width| 16 << width);
        let lanes = |bytes| bytes / size_of::<T>();
        Conv2DTraining {
            sizes,
            border: sizes.border(),
            output: sizes.output(),
            whole: plans(sizes),
            packed: bytes.map(|bytes| {
                let pixels = packed::choose(&sizes, &machine::<T>(bytes));
                (pixels, plans(packed::sizes(&sizes, pixels)))
            }),
            reverse: plans(input::reverse(&sizes)),
            weights: bytes.map(|bytes| weights::Plan::of_numbers(&sizes, lanes(bytes), bytes)),
            samples: bytes.map(|bytes| samples::Plan::of_numbers::<T>(&sizes, lanes(bytes), bytes)),
            element: PhantomData,
        }
    }

    /// Convolves every sample: `y = activation(x * kernel + bias)`.
    ///
    /// - `kernel`: the filters, `[row][column][channel][filter]`; `bias`: one number for each filter, or none.
    /// - `x`: `samples` inputs without zeros around them; `y`: as many outputs.
    /// - `scratch`: grows as needed, what it holds does not matter.
    #[expect(clippy::too_many_arguments, reason = "the same as for constant sizes")]
    pub fn forward<S: Simd>(
        &self,
        simd: S,
        kernel: &[T],
        bias: &[T],
        samples: usize,
        x: &[T],
        y: &mut [T],
        activation: AnyActivation,
        scratch: &mut Vec<T>,
    ) {
        frame::apart(
            simd,
            #[inline(always)]
            || forward_slices(simd, self, (kernel, bias, activation), (samples, x), y, scratch),
        );
    }

    /// Adds the gradients of the weights to `dkernel` and `dbias`, and writes that of the input to `dx`.
    ///
    /// - `x`: what went into [`forward`](Self::forward); `dy`: the gradient before the activation.
    /// - `dbias`: as long as the bias, empty where there is none.
    /// - `dx`: as long as `x`; `scratch`: grows as needed, what it holds does not matter.
    #[expect(clippy::too_many_arguments, reason = "the same as for constant sizes")]
    pub fn backward<S: Simd>(
        &self,
        simd: S,
        kernel: &[T],
        samples: usize,
        x: &[T],
        dy: &[T],
        dkernel: &mut [T],
        dbias: &mut [T],
        dx: Option<&mut [T]>,
        scratch: &mut Vec<T>,
    ) {
        frame::apart(
            simd,
            #[inline(always)]
            || {
                add_rows(simd, &dy[..samples * self.output.iter().product::<usize>()], dbias);
                backward_slices(simd, self, kernel, samples, [x, dy], dkernel, dx, scratch);
            },
        );
    }
}

impl<T: Element> Geometry<Conv2DSizes> for &Conv2DTraining<T> {
    const KNOWN: Option<Conv2DSizes> = None;

    #[inline(always)]
    fn sizes(self) -> Conv2DSizes {
        self.sizes
    }
}

impl<'a, T: Element> Layer<T> for &'a Conv2DTraining<T> {
    type Whole = &'a Plans;
    type Packed<S: Simd> = &'a Plans;
    type Reverse = &'a Plans;

    #[inline(always)]
    fn whole(self) -> &'a Plans {
        &self.whole
    }

    #[inline(always)]
    fn packed<S: Simd>(self) -> &'a Plans {
        &self.packed[const { width::<S, T>() }].1
    }

    #[inline(always)]
    fn reverse(self) -> &'a Plans {
        &self.reverse
    }

    #[inline(always)]
    fn border(self) -> Border {
        self.border
    }

    #[inline(always)]
    fn output(self) -> [usize; 3] {
        self.output
    }

    #[inline(always)]
    fn pixels<S: Simd>(self) -> usize {
        self.packed[const { width::<S, T>() }].0
    }

    #[inline(always)]
    fn weights<S: Simd>(self) -> weights::Plan {
        self.weights[const { width::<S, T>() }]
    }

    #[inline(always)]
    fn samples<S: Simd>(self) -> samples::Plan {
        self.samples[const { width::<S, T>() }]
    }

    #[inline(always)]
    fn call<S: Simd, R>(self, simd: S, kernel: impl FnOnce() -> R) -> R {
        frame::apart(simd, kernel)
    }
}
