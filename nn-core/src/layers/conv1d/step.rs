//! One time step of a causal convolution.

use core::marker::PhantomData;

use fearless_simd::prelude::*;

use crate::activations::Activation;
use crate::element::Element;
use crate::kernels::lanes;
use crate::layers::conv2d::{Conv2DShape, Filters};
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
    match slots::<L>() {
        0 => 0,
        slots => slots * L::INPUT[2] + 1,
    }
}

/// How many steps the window reaches back.
const fn slots<L: Conv2DShape>() -> usize {
    crate::shape::reach(L::KERNEL_SIZE[1], L::DILATION_RATE[1]) - 1
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
/// use fearless_simd::{Level, dispatch};
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
    _shape: L,
    weights: &W,
    x: &[T],
    state: &mut [T],
    y: &mut [T],
    epilogue: Epilogue<'_, T, A, P>,
) {
    let (channels, slots) = (L::INPUT[2], const { slots::<L>() });
    let (Some(x), Some(state), Some(y)) =
        (x.get(..channels), state.get_mut(..const { state_len::<L>() }), y.get_mut(..L::FILTERS))
    else {
        debug_assert!(false, "{} inputs, a state of {}, {} outputs", x.len(), state.len(), y.len());
        return;
    };
    let Some((place, history)) = state.split_last_mut() else {
        return Step::<L, T, A, P> {
            kernel: weights.kernel(),
            x,
            history: &[],
            oldest: 0,
            epilogue,
            shape: PhantomData,
        }
        .run(simd, y);
    };
    // A whole number below the number of slots; anything else is no state of ours.
    let oldest = (Element::to_f64(*place) as usize).min(slots - 1);
    Step::<L, T, A, P> { kernel: weights.kernel(), x, history, oldest, epilogue, shape: PhantomData }.run(simd, y);
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
    shape: PhantomData<L>,
}

/// The constants of a layer on a machine.
struct Choice<S, L, T>(PhantomData<(S, L, T)>);

impl<S: Simd, L: Conv2DShape, T: Element> Choice<S, L, T> {
    /// Vectors of filters that are summed up at the same time.
    const VECTORS: usize = {
        let vectors = (L::FILTERS / L::GROUPS).div_ceil(T::Vector::<S>::LEN);
        if vectors < 4 { vectors } else { 4 }
    };
}

impl<L: Conv2DShape, T: Element, A: Activation<T>, P: Activation<T>> Step<'_, L, T, A, P> {
    /// Channels and filters of one group.
    const CHANNELS: usize = L::INPUT[2] / L::GROUPS;
    const FILTERS: usize = L::FILTERS / L::GROUPS;

    #[inline(always)]
    fn run<S: Simd>(&self, simd: S, y: &mut [T]) {
        // Vectors half as wide are better than vectors half empty, whose loads would straddle cache lines.
        #[cfg(any(target_arch = "x86", target_arch = "x86_64"))]
        if const { size_of::<T::Vector<S>>() == 64 && 2 * Self::FILTERS <= T::Vector::<S>::LEN }
            && let Some(narrower) = simd.level().as_avx2()
        {
            return self.groups(narrower, y);
        }
        self.groups(simd, y);
    }

    #[inline(always)]
    fn groups<S: Simd>(&self, simd: S, y: &mut [T]) {
        for group in 0..L::GROUPS {
            if Self::FILTERS == 1 {
                self.one_filter(simd, group, y);
                continue;
            }
            match const { Choice::<S, L, T>::VECTORS } {
                1 => self.filters::<S, 1, 8>(simd, group, y),
                2 => self.filters::<S, 2, 4>(simd, group, y),
                3 => self.filters::<S, 3, 2>(simd, group, y),
                _ => self.filters::<S, 4, 2>(simd, group, y),
            }
        }
    }

    /// The inputs that one step of the kernel meets, of one group.
    #[inline(always)]
    fn inputs(&self, tap: usize, group: usize) -> &[T] {
        let first = group * Self::CHANNELS;
        if tap + 1 == L::KERNEL_SIZE[1] {
            return self.x.get(first..first + Self::CHANNELS).unwrap_or(&[]);
        }
        let slot = self.oldest + tap * L::DILATION_RATE[1];
        let slots = const { slots::<L>() };
        let slot = if slot < slots { slot } else { slot - slots };
        let first = slot * L::INPUT[2] + first;
        self.history.get(first..first + Self::CHANNELS).unwrap_or(&[])
    }

    /// The weights of one step of the kernel, from the first filter of a group on.
    #[inline(always)]
    fn weights(&self, tap: usize, filter: usize) -> &[T] {
        self.kernel.get(tap * Self::CHANNELS * L::FILTERS + filter..).unwrap_or(&[])
    }

    /// All filters of a group, `NV` vectors after the other; each has `SUMS` sums, so that one need not wait for
    /// another.
    #[inline(always)]
    fn filters<S: Simd, const NV: usize, const SUMS: usize>(&self, simd: S, group: usize, y: &mut [T]) {
        let (lanes, block) = (T::Vector::<S>::LEN, NV * T::Vector::<S>::LEN);
        for first in (0..Self::FILTERS).step_by(block) {
            let first = group * Self::FILTERS + first.min(Self::FILTERS.saturating_sub(block));
            // The last vector may overlap the one before.
            let mut vectors = [0; NV];
            for (v, vector) in vectors.iter_mut().enumerate() {
                *vector = (v * lanes).min(Self::FILTERS.saturating_sub(lanes));
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
            *sum = self.epilogue.start(simd, filter + vector, Self::FILTERS.min(T::Vector::<S>::LEN));
        }
        for tap in 0..L::KERNEL_SIZE[1] {
            let (x, weights) = (self.inputs(tap, group), self.weights(tap, filter));
            let whole = Self::CHANNELS - Self::CHANNELS % SUMS;
            for first in (0..whole).step_by(SUMS) {
                for (u, sums) in sums.iter_mut().enumerate() {
                    self.add(simd, x, weights, first + u, vectors, sums);
                }
            }
            for (u, sums) in sums.iter_mut().enumerate() {
                if u < Self::CHANNELS % SUMS {
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
            let at = channel * L::FILTERS + vector;
            // Lanes past the last filter go unused. Behind the last weights there is not a whole vector to load.
            let whole = weights.len() >= at + T::Vector::<S>::LEN;
            let count = if whole { T::Vector::<S>::LEN } else { Self::FILTERS.min(T::Vector::<S>::LEN) };
            *sum = lanes::load_part::<S, T>(simd, weights, at, count).mul_add(input, *sum);
        }
    }

    /// A group of a single filter: where there is only one group, the lanes run over the inputs.
    #[inline(always)]
    fn one_filter<S: Simd>(&self, simd: S, group: usize, y: &mut [T]) {
        let mut sum = lanes::zeros::<S, T>(simd);
        let mut rest = T::zero();
        for tap in 0..L::KERNEL_SIZE[1] {
            let (x, weights) = (self.inputs(tap, group), self.weights(tap, group));
            let whole = if L::GROUPS == 1 { x.len() - x.len() % T::Vector::<S>::LEN } else { 0 };
            for first in (0..whole).step_by(T::Vector::<S>::LEN) {
                sum = lanes::load::<S, T>(simd, x, first).mul_add(lanes::load::<S, T>(simd, weights, first), sum);
            }
            for (x, weight) in x.iter().zip(weights.iter().step_by(L::FILTERS)).skip(whole) {
                rest += *x * *weight;
            }
        }
        let sum = T::Vector::<S>::splat(simd, sum.reduce_sum() + rest);
        self.finish(simd, group, sum + self.epilogue.start(simd, group, 1), y);
    }

    /// Applies the epilogue and stores.
    #[inline(always)]
    fn finish<S: Simd>(&self, simd: S, filter: usize, sum: T::Vector<S>, y: &mut [T]) {
        let count = Self::FILTERS.min(T::Vector::<S>::LEN);
        let value = self.epilogue.finish(simd, filter, count, sum);
        lanes::store_part::<S, T>(self.epilogue.pooled(simd, value), y, filter, count);
    }
}
