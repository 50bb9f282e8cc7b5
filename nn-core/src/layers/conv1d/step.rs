//! One time step of a causal convolution.

use fearless_simd::prelude::*;

use crate::activations::Activation;
use crate::element::Element;
use crate::geometry::Geometry;
use crate::kernels::{frame, lanes};
use crate::layers::conv2d::{Conv2DShape, Conv2DSizes, Filters};
use crate::layers::epilogue::Epilogue;
use crate::layers::state;

/// The elements of the state that [`step`] keeps: the steps that its window reaches back to, and the place of the oldest.
///
/// ```
/// use nn_core::layers::conv1d::state_len;
/// use nn_core::layers::conv2d::Conv2DShape;
/// #[derive(Clone, Copy)]
/// struct Dilated;
/// impl Conv2DShape for Dilated {
///     const INPUT: [usize; 3] = [1, 100, 8];
///     const FILTERS: usize = 4;
///     const KERNEL_SIZE: [usize; 2] = [1, 3];
///     const DILATION_RATE: [usize; 2] = [1, 4];
/// }
/// assert_eq!(state_len::<Dilated>(), (3 - 1) * 4 * 8 + 1);
/// ```
pub const fn state_len<L: Conv2DShape>() -> usize {
    state_len_of(&L::SIZES)
}

/// [`state_len`] of sizes that are numbers.
#[inline]
pub const fn state_len_of(sizes: &Conv2DSizes) -> usize {
    match slots(sizes) {
        0 => 0,
        slots => slots * sizes.input[2] + 1,
    }
}

/// How many steps the window reaches back.
#[inline]
const fn slots(sizes: &Conv2DSizes) -> usize {
    sizes.kernel_size[1].saturating_sub(1).saturating_mul(sizes.dilation_rate[1])
}

/// Computes one step of the output from one step of the input, then applies the epilogue.
///
/// The results are those of the whole sequence with `padding = causal`; with `padding = valid` they are too, from the
/// first step on that the window fits before: `(size - 1) · dilation` steps come earlier than there. How many steps
/// `L::INPUT` has does not matter, and neither does its padding. Strides are 1.
///
/// - `x`: the channels of this step; `y`: its filters.
/// - `state`: [`state_len`] elements, all 0 before the first step. An `x` that is NaN or infinite is remembered as 0.
///
/// A slice that is too short is a mistake of the caller's: a panic in debug builds, nothing at all in release.
///
/// ```
/// use fearless_simd::Level;
/// use nn_core::rt::dispatch;
/// use nn_core::layers::conv1d::{self, Conv1D, state_len};
/// use nn_core::layers::conv2d::Conv2DShape;
/// use nn_core::layers::epilogue::Epilogue;
///
/// #[derive(Clone, Copy)]
/// struct Echo;
/// impl Conv2DShape for Echo {
///     const INPUT: [usize; 3] = [1, 1, 1];
///     const FILTERS: usize = 1;
///     const KERNEL_SIZE: [usize; 2] = [1, 2];
///     const DILATION_RATE: [usize; 2] = [1, 2];
/// }
/// let weights = Conv1D::<2, 1, 1> { kernel: [[[0.5]], [[1.0]]], bias: [0.0] };
/// let mut state = [0.0; state_len::<Echo>()];
/// let heard = [8.0_f32, 0.0, 0.0, 2.0].map(|x| {
///     let mut y = [0.0];
///     dispatch!(Level::new(), simd => {
///         conv1d::step(simd, Echo, &weights, &[x], &mut state, &mut y, Epilogue::bias(&weights.bias));
///     });
///     y[0]
/// });
/// assert_eq!(heard, [8.0, 0.0, 4.0, 2.0]);
/// ```
#[inline(always)]
pub fn step<S: Simd, L: Conv2DShape, W: Filters<T>, T: Element, A: Activation<T>, P: Activation<T>>(
    simd: S,
    shape: L,
    weights: &W,
    x: &[T],
    state: &mut [T],
    y: &mut [T],
    epilogue: Epilogue<'_, T, A, P>,
) {
    step_slices(simd, shape, weights.kernel(), x, state, y, epilogue);
}

/// [`step`] with the filters as a slice, for constant sizes or for a reference to numbers.
///
/// - `kernel`: the filters, `[step][channel][filter]`.
/// - `state`: [`state_len_of`] the sizes.
#[inline(always)]
pub fn step_slices<S: Simd, L: Geometry<Conv2DSizes>, T: Element, A: Activation<T>, P: Activation<T>>(
    simd: S,
    shape: L,
    kernel: &[T],
    x: &[T],
    state: &mut [T],
    y: &mut [T],
    epilogue: Epilogue<'_, T, A, P>,
) {
    let sizes = shape.sizes();
    let (channels, slots) = (sizes.input[2], slots(&sizes));
    let (Some(x), Some(state), Some(y)) =
        (x.get(..channels), state.get_mut(..state_len_of(&sizes)), y.get_mut(..sizes.filters))
    else {
        debug_assert!(false, "{} inputs, a state of {}, {} outputs", x.len(), state.len(), y.len());
        return;
    };
    let Some((place, history)) = state.split_last_mut() else {
        return Step { kernel, x, history: &[], oldest: 0, epilogue, shape }.run(simd, y);
    };
    // A whole number below the number of slots; anything else is no state of ours.
    let oldest = (Element::to_f64(*place) as usize).min(slots - 1);
    Step { kernel, x, history: &*history, oldest, epilogue, shape }.run(simd, y);
    if let Some(slot) = history.get_mut(oldest * channels..(oldest + 1) * channels) {
        state::keep_packed(x, slot);
    }
    let next = if oldest + 1 == slots { 0 } else { oldest + 1 };
    *place = T::from_f64(next as f64);
}

/// What one step reads.
struct Step<'a, L, T, A, P> {
    kernel: &'a [T],
    x: &'a [T],
    /// The steps before, in a ring.
    history: &'a [T],
    /// The slot of the oldest.
    oldest: usize,
    epilogue: Epilogue<'a, T, A, P>,
    shape: L,
}

/// Vectors of filters that are summed up at the same time.
#[inline(always)]
const fn vectors(sizes: &Conv2DSizes, lanes: usize) -> usize {
    let vectors = (sizes.filters / sizes.groups).div_ceil(lanes);
    if vectors < 4 { vectors } else { 4 }
}

/// Whether it may be so many vectors: where the sizes are not known, everything is compiled.
const fn may_be(known: &Option<Conv2DSizes>, lanes: usize, count: usize) -> bool {
    match known {
        Some(sizes) => vectors(sizes, lanes) == count,
        None => true,
    }
}

/// Whether half a vector may do for the filters of a group.
const fn may_be_half(known: &Option<Conv2DSizes>, lanes: usize) -> bool {
    match known {
        Some(sizes) => 2 * (sizes.filters / sizes.groups) <= lanes,
        None => true,
    }
}

impl<L: Geometry<Conv2DSizes>, T: Element, A: Activation<T>, P: Activation<T>> Step<'_, L, T, A, P> {
    /// Channels of one group.
    #[inline(always)]
    fn channels(&self) -> usize {
        self.shape.sizes().input[2] / self.shape.sizes().groups
    }

    /// Filters of one group.
    #[inline(always)]
    fn group_filters(&self) -> usize {
        self.shape.sizes().filters / self.shape.sizes().groups
    }

    #[inline(always)]
    fn run<S: Simd>(&self, simd: S, y: &mut [T]) {
        // Vectors half as wide are better than vectors half empty, whose loads would straddle cache lines.
        #[cfg(any(target_arch = "x86", target_arch = "x86_64"))]
        if const { size_of::<T::Vector<S>>() == 64 && may_be_half(&L::KNOWN, T::Vector::<S>::LEN) }
            && 2 * self.group_filters() <= T::Vector::<S>::LEN
            && let Some(narrower) = simd.level().as_avx2()
        {
            return self.groups(narrower, y);
        }
        self.groups(simd, y);
    }

    #[inline(always)]
    fn groups<S: Simd>(&self, simd: S, y: &mut [T]) {
        let sizes = self.shape.sizes();
        let lanes = T::Vector::<S>::LEN;
        for group in 0..sizes.groups {
            if self.group_filters() == 1 {
                self.one_filter(simd, group, y);
                continue;
            }
            match vectors(&sizes, lanes) {
                1 if const { may_be(&L::KNOWN, T::Vector::<S>::LEN, 1) } => self.filters::<S, 1, 8>(simd, group, y),
                2 if const { may_be(&L::KNOWN, T::Vector::<S>::LEN, 2) } => self.filters::<S, 2, 4>(simd, group, y),
                3 if const { may_be(&L::KNOWN, T::Vector::<S>::LEN, 3) } => self.filters::<S, 3, 2>(simd, group, y),
                _ if const { may_be(&L::KNOWN, T::Vector::<S>::LEN, 4) } => self.filters::<S, 4, 2>(simd, group, y),
                _ => {}
            }
        }
    }

    /// The inputs that one step of the kernel meets, of one group.
    #[inline(always)]
    fn inputs(&self, tap: usize, group: usize) -> &[T] {
        let (sizes, channels) = (self.shape.sizes(), self.channels());
        let first = group * channels;
        if tap + 1 == sizes.kernel_size[1] {
            return self.x.get(first..first + channels).unwrap_or(&[]);
        }
        let slot = self.oldest + tap * sizes.dilation_rate[1];
        let slots = slots(&sizes);
        let slot = if slot < slots { slot } else { slot - slots };
        let first = slot * sizes.input[2] + first;
        self.history.get(first..first + channels).unwrap_or(&[])
    }

    /// The weights of one step of the kernel, from the first filter of a group on.
    #[inline(always)]
    fn weights(&self, tap: usize, filter: usize) -> &[T] {
        self.kernel.get(tap * self.channels() * self.shape.sizes().filters + filter..).unwrap_or(&[])
    }

    /// [`all_filters`](Self::all_filters): inline where it is the only one, apart where it is one of many.
    #[inline(always)]
    fn filters<S: Simd, const NV: usize, const SUMS: usize>(&self, simd: S, group: usize, y: &mut [T]) {
        if const { L::KNOWN.is_some() } {
            return self.all_filters::<S, NV, SUMS>(simd, group, y);
        }
        frame::apart(
            simd,
            #[inline(always)]
            || self.all_filters::<S, NV, SUMS>(simd, group, y),
        );
    }

    /// All filters of a group, `NV` vectors after the other; each has `SUMS` sums, so that one need not wait for
    /// another.
    #[inline(always)]
    fn all_filters<S: Simd, const NV: usize, const SUMS: usize>(&self, simd: S, group: usize, y: &mut [T]) {
        let (lanes, block) = (T::Vector::<S>::LEN, NV * T::Vector::<S>::LEN);
        let filters = self.group_filters();
        for first in (0..filters).step_by(block) {
            let first = group * filters + first.min(filters.saturating_sub(block));
            // The last vector may overlap the one before.
            let mut vectors = [0; NV];
            for (v, vector) in vectors.iter_mut().enumerate() {
                *vector = (v * lanes).min(filters.saturating_sub(lanes));
            }
            let sums = self.sums::<S, NV, SUMS>(simd, group, first, vectors);
            for (sum, vector) in sums.into_iter().zip(vectors) {
                self.finish(simd, first + vector, sum, y);
            }
        }
    }

    /// The sums of `NV` vectors of filters, the first of which is `filter`.
    #[inline(always)]
    fn sums<S: Simd, const NV: usize, const SUMS: usize>(
        &self,
        simd: S,
        group: usize,
        filter: usize,
        vectors: [usize; NV],
    ) -> [T::Vector<S>; NV] {
        let mut sums = [[lanes::zeros::<S, T>(simd); NV]; SUMS];
        for (sum, vector) in sums[0].iter_mut().zip(vectors) {
            *sum = self.epilogue.start(simd, filter + vector, self.group_filters().min(T::Vector::<S>::LEN));
        }
        let channels = self.channels();
        for tap in 0..self.shape.sizes().kernel_size[1] {
            let (x, weights) = (self.inputs(tap, group), self.weights(tap, filter));
            let whole = channels - channels % SUMS;
            for first in (0..whole).step_by(SUMS) {
                for (u, sums) in sums.iter_mut().enumerate() {
                    self.add(simd, x, weights, first + u, vectors, sums);
                }
            }
            for (u, sums) in sums.iter_mut().enumerate() {
                if u < channels % SUMS {
                    self.add(simd, x, weights, whole + u, vectors, sums);
                }
            }
        }
        let mut all = sums[0];
        for others in &sums[1..] {
            for (sum, other) in all.iter_mut().zip(others) {
                *sum += *other;
            }
        }
        all
    }

    /// Adds the products of one input and `NV` vectors of its weights.
    #[inline(always)]
    fn add<S: Simd, const NV: usize>(
        &self,
        simd: S,
        x: &[T],
        weights: &[T],
        channel: usize,
        vectors: [usize; NV],
        sums: &mut [T::Vector<S>; NV],
    ) {
        let input = lanes::splat(simd, x, channel);
        for (sum, vector) in sums.iter_mut().zip(vectors) {
            let at = channel * self.shape.sizes().filters + vector;
            // Lanes past the last filter go unused. Behind the last weights there is not a whole vector to load.
            let whole = weights.len() >= at + T::Vector::<S>::LEN;
            let count = if whole { T::Vector::<S>::LEN } else { self.group_filters().min(T::Vector::<S>::LEN) };
            *sum = lanes::load_part::<S, T>(simd, weights, at, count).mul_add(input, *sum);
        }
    }

    /// A group of a single filter: where there is only one group, the lanes run over the inputs.
    #[inline(always)]
    fn one_filter<S: Simd>(&self, simd: S, group: usize, y: &mut [T]) {
        let mut sum = lanes::zeros::<S, T>(simd);
        let mut rest = T::zero();
        let sizes = self.shape.sizes();
        for tap in 0..sizes.kernel_size[1] {
            let (x, weights) = (self.inputs(tap, group), self.weights(tap, group));
            let whole = if sizes.groups == 1 { x.len() - x.len() % T::Vector::<S>::LEN } else { 0 };
            for first in (0..whole).step_by(T::Vector::<S>::LEN) {
                sum = lanes::load::<S, T>(simd, x, first).mul_add(lanes::load::<S, T>(simd, weights, first), sum);
            }
            for (x, weight) in x.iter().zip(weights.iter().step_by(sizes.filters)).skip(whole) {
                rest += *x * *weight;
            }
        }
        let sum = T::Vector::<S>::splat(simd, sum.reduce_sum() + rest);
        self.finish(simd, group, sum + self.epilogue.start(simd, group, 1), y);
    }

    /// Applies the epilogue and stores.
    #[inline(always)]
    fn finish<S: Simd>(&self, simd: S, filter: usize, sum: T::Vector<S>, y: &mut [T]) {
        let count = self.group_filters().min(T::Vector::<S>::LEN);
        let value = self.epilogue.finish(simd, filter, count, sum);
        lanes::store_part::<S, T>(self.epilogue.pooled(simd, value), y, filter, count);
    }
}
