//! Inference where the sizes are numbers: of a network that is loaded while the program runs.
//!
//! The kernels are those of constant sizes, and the sums have the same bits, since no algorithm and no tile adds in another
//! order. What comes after the sums is a pass of its own here: a kernel is compiled for each tile, but the pooling and the
//! activations, of which there are many, only once.

use core::marker::PhantomData;

use fearless_simd::prelude::*;

use super::channels::Inputs;
use super::infer::run;
use super::plan::Plans;
use super::{Border, Conv2DSizes, DestinationSizes, Pooling};
use crate::activations::{Activation, AnyActivation};
use crate::element::Element;
use crate::kernels::{frame, lanes, slices};
use crate::layers::epilogue::Epilogue;
use crate::layers::pool2d::Kind;

/// A convolution for elements `T` whose sizes are numbers, with the plans for all machines that the program may find.
///
/// ```
/// use fearless_simd::Level;
/// use nn_core::rt::dispatch;
/// use nn_core::activations::{AnyActivation, Linear};
/// use nn_core::layers::conv2d::{Conv2DNumbers, Conv2DSizes, DestinationSizes};
/// use nn_core::layers::epilogue::Epilogue;
///
/// let sizes = Conv2DSizes {
///     input: [3, 3, 1],
///     filters: 1,
///     kernel_size: [2, 2],
///     strides: [1, 1],
///     pads: [[0; 2]; 2],
///     dilation_rate: [1, 1],
///     groups: 1,
/// };
/// let layer = Conv2DNumbers::<f32>::new(sizes, DestinationSizes::PLAIN);
/// let (kernel, x) = ([1.0; 4], [1.0, 2.0, 3.0, 4.0, 5.0, 6.0, 7.0, 8.0, 9.0]);
/// let (mut y, mut scratch) = ([0.0; 4], vec![0.0; layer.scratch_len()]);
/// dispatch!(Level::new(), simd => {
///     let linear = AnyActivation::from(Linear);
///     let epilogue = Epilogue::bias(&[0.5]).activation(linear).after_pool(linear);
///     layer.infer(simd, &kernel, &x, &mut y, &mut scratch, epilogue);
/// });
/// assert_eq!(y, [12.5, 16.5, 24.5, 28.5]);
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Conv2DNumbers<T> {
    sizes: Conv2DSizes,
    destination: DestinationSizes,
    /// Where there is a pooling, of the layer without it and without a border, whose output goes to scratch.
    plans: Plans,
    element: PhantomData<T>,
}

impl<T: Element> Conv2DNumbers<T> {
    /// A convolution with where it goes to.
    ///
    /// The sizes have passed the shape rules: nothing is checked here.
    pub const fn new(sizes: Conv2DSizes, destination: DestinationSizes) -> Self {
        let first = match destination.pool {
            Some(_) => DestinationSizes::PLAIN,
            None => destination,
        };
        Conv2DNumbers { sizes, destination, plans: Plans::of_numbers::<T>(&sizes, &first), element: PhantomData }
    }

    /// The sizes of the layer.
    pub const fn sizes(&self) -> &Conv2DSizes {
        &self.sizes
    }

    /// Where it goes to.
    pub const fn destination(&self) -> &DestinationSizes {
        &self.destination
    }

    /// How many elements of scratch [`infer`](Self::infer) needs, on any machine.
    pub const fn scratch_len(&self) -> usize {
        self.unpooled_len() + self.plans.most_scratch()
    }

    /// The elements of the output before pooling, where there is one.
    const fn unpooled_len(&self) -> usize {
        match self.destination.pool {
            Some(_) => {
                let [height, width, filters] = self.sizes.output();
                height * width * filters
            }
            None => 0,
        }
    }

    /// Convolves one sample, then applies the epilogue, with the pooling of the destination on the way: what
    /// [`infer`](super::infer()) does for constant sizes, to the bit.
    ///
    /// - `kernel`: the filters, `[row][column][channel][filter]`.
    /// - `x`: the input with its zeros around it; `y`: the output after pooling, inside of the border of the destination,
    ///   whose elements are left alone.
    /// - `scratch`: at least [`scratch_len`](Self::scratch_len) elements; what it holds does not matter.
    ///
    /// A slice that is too short is a mistake of the caller's: a panic in debug builds, nothing at all in release.
    pub fn infer<S: Simd>(
        &self,
        simd: S,
        kernel: &[T],
        x: &[T],
        y: &mut [T],
        scratch: &mut [T],
        epilogue: Epilogue<'_, T, AnyActivation, AnyActivation>,
    ) {
        let Epilogue { bias, affine, activation, value, after_pool } = epilogue;
        let sums = Epilogue { affine, ..Epilogue::bias(bias) };
        let [height, width, filters] = self.sizes.border().around(self.sizes.input);
        let (Some(x), Some(y)) = (x.get(..height * width * filters), y.get_mut(..self.output_len())) else {
            debug_assert!(false, "{} inputs and {} outputs of {self:?}", x.len(), y.len());
            return;
        };
        let Some((unpooled, scratch)) =
            scratch.get_mut(..self.scratch_len()).map(|scratch| scratch.split_at_mut(self.unpooled_len()))
        else {
            debug_assert!(false, "{} elements of scratch", scratch.len());
            return;
        };
        let inputs = Inputs { kernel, x, epilogue: sums };
        let end = End { activation, value, after_pool };
        match self.destination.pool {
            Some(pooling) => {
                run(simd, &self.plans, inputs, &mut *unpooled, scratch);
                end.pool(simd, pooling, self.sizes.output(), self.destination.border, unpooled, y);
            }
            None => {
                run(simd, &self.plans, inputs, &mut *y, scratch);
                let linear = |activation| matches!(activation, AnyActivation::Linear(_));
                if !linear(activation) || !linear(after_pool) || value.is_some() {
                    end.rows(simd, self.sizes.output(), self.destination.border, y);
                }
            }
        }
    }

    /// The elements of the output with its border.
    const fn output_len(&self) -> usize {
        let [height, width, filters] = self.sizes.output();
        let [down, right] = match self.destination.pool {
            Some(pooling) => pooling.size,
            None => [1, 1],
        };
        let [height, width, filters] = self.destination.border.around([height / down, width / right, filters]);
        height * width * filters
    }
}

/// The end of an epilogue: `after_pool(pool(activation(sum)) + value)`.
#[derive(Clone, Copy)]
pub(super) struct End<'a, T, A, P> {
    pub(super) activation: A,
    pub(super) value: Option<&'a [T]>,
    pub(super) after_pool: P,
}

impl<T: Element, A: Activation<T>, P: Activation<T>> End<'_, T, A, P> {
    /// Without pooling, in place: an output of this shape inside of a border.
    #[inline(always)]
    pub(super) fn rows<S: Simd>(self, simd: S, [height, width, filters]: [usize; 3], border: Border, y: &mut [T]) {
        frame::apart(
            simd,
            #[inline(always)]
            || {
                let (len, pitch) = (width * filters, (border.left + width + border.right) * filters);
                for row in 0..height {
                    let first = (border.top + row) * pitch + border.left * filters;
                    let Some(y) = y.get_mut(first..first + len) else { return };
                    match self.value {
                        None => self.row(simd, y),
                        Some(value) => self.sum(simd, slices::part(value, row * len, (row + 1) * len), y),
                    }
                }
            },
        );
    }

    /// A row that nothing is added to.
    #[inline(always)]
    fn row<S: Simd>(self, simd: S, y: &mut [T]) {
        slices::map_in_place(
            simd,
            y,
            #[inline(always)]
            |y| self.after_pool.apply(simd, self.activation.apply(simd, y)),
        );
    }

    /// A row that a part of another value is added to.
    #[inline(always)]
    fn sum<S: Simd>(self, simd: S, value: &[T], y: &mut [T]) {
        slices::zip_in_place(
            simd,
            value,
            y,
            #[inline(always)]
            |value, y| self.after_pool.apply(simd, self.activation.apply(simd, y) + value),
        );
    }

    /// With pooling: from an output `x` of this shape to one inside of a border.
    #[inline(always)]
    fn pool<S: Simd>(self, simd: S, pooling: Pooling, shape: [usize; 3], border: Border, x: &[T], y: &mut [T]) {
        frame::apart(
            simd,
            #[inline(always)]
            || {
                let [height, width] = [shape[0] / pooling.size[0], shape[1] / pooling.size[1]];
                for row in 0..height {
                    for column in 0..width {
                        let pixel = (border.top + row) * (border.left + width + border.right) + border.left + column;
                        let place = row * width + column;
                        self.pixel(simd, pooling, shape, [row, column, place, pixel], x, y);
                    }
                }
            },
        );
    }

    /// All channels of a pixel, which has this row, column and place without a border, and this place within it.
    #[inline(always)]
    fn pixel<S: Simd>(
        self,
        simd: S,
        Pooling { kind, size }: Pooling,
        [_, width, filters]: [usize; 3],
        [row, column, place, pixel]: [usize; 4],
        x: &[T],
        y: &mut [T],
    ) {
        let late = kind == Kind::Max && self.activation.is_monotone();
        let first = (row * size[0] * width + column * size[1]) * filters;
        for from in (0..filters).step_by(T::Vector::<S>::LEN) {
            let count = (filters - from).min(T::Vector::<S>::LEN);
            let mut all = lanes::zeros::<S, T>(simd);
            for r in 0..size[0] {
                for s in 0..size[1] {
                    let at = first + (r * width + s) * filters + from;
                    let mut value = lanes::load_part::<S, T>(simd, x, at, count);
                    if !late {
                        value = self.activation.apply(simd, value);
                    }
                    all = match kind {
                        _ if r + s == 0 => value,
                        Kind::Average => all + value,
                        Kind::Max => lanes::larger::<S, T>(all, value),
                    };
                }
            }
            if kind == Kind::Average {
                all *= T::Vector::<S>::splat(simd, T::from_f64(1.0 / (size[0] * size[1]) as f64));
            }
            if late {
                all = self.activation.apply(simd, all);
            }
            if let Some(value) = self.value {
                all += lanes::load_part::<S, T>(simd, value, place * filters + from, count);
            }
            all = self.after_pool.apply(simd, all);
            lanes::store_part::<S, T>(all, y, pixel * filters + from, count);
        }
    }
}
