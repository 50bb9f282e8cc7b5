//! A block of time steps of a causal convolution.

use fearless_simd::Simd;

use super::step::{slots, state_len_of};
use super::windows::{Taps, Windows};
use crate::activations::Activation;
use crate::element::Element;
use crate::geometry::Geometry;
use crate::kernels::{frame, slices};
use crate::layers::conv2d::{Conv2DShape, Conv2DSizes, Filters};
use crate::layers::epilogue::Epilogue;
use crate::layers::state;

/// How many elements of scratch [`steps`] needs for blocks of up to `block` steps.
///
/// Where a tap sees steps of the block itself, the past and the block are put in one piece; where all but the last see the past
/// alone, only what the end of the ring cuts in two.
#[inline]
pub const fn steps_scratch_len(sizes: &Conv2DSizes, dilation: usize, block: usize) -> usize {
    let before = sizes.kernel_size[1].saturating_sub(1);
    let steps = if before == 0 {
        0
    } else if dilation < block {
        before * dilation + block
    } else {
        before * block
    };
    steps * sizes.input[2]
}

/// Computes as many steps of the output as there are of the input: what [`step`](super::step) does one by one, with the same bits.
///
/// - `dilation`: takes the place of `L::DILATION_RATE`, so that layers that differ in nothing else share their code.
/// - `x`: the channels of each step; `y`: the filters of each step.
/// - `state`: that of `step`, for this dilation.
/// - `scratch`: [`steps_scratch_len`] elements for so many steps; what it holds does not matter.
///
/// A slice that is too short is a mistake of the caller's: a panic in debug builds, nothing at all in release.
///
/// ```
/// use fearless_simd::Level;
/// use nn_core::rt::dispatch;
/// use nn_core::layers::conv1d::{self, Conv1D};
/// use nn_core::layers::conv2d::Conv2DShape;
/// use nn_core::layers::epilogue::Epilogue;
///
/// #[derive(Clone, Copy)]
/// struct Echo;
/// impl Conv2DShape for Echo {
///     const INPUT: [usize; 3] = [1, 1, 1];
///     const FILTERS: usize = 1;
///     const KERNEL_SIZE: [usize; 2] = [1, 2];
/// }
/// let weights = Conv1D::<2, 1, 1> { kernel: [[[0.5]], [[1.0]]], bias: [0.0] };
/// let mut state = [0.0; 2 + 1];
/// let (mut y, mut scratch) = ([0.0; 4], [0.0; conv1d::steps_scratch_len(&Echo::SIZES, 2, 4)]);
/// dispatch!(Level::new(), simd => {
///     let epilogue = Epilogue::bias(&weights.bias);
///     conv1d::steps(simd, Echo, 2, &weights, &[8.0_f32, 0.0, 0.0, 2.0], &mut state, &mut y, &mut scratch, epilogue);
/// });
/// assert_eq!(y, [8.0, 0.0, 4.0, 2.0]);
/// ```
#[inline(always)]
#[expect(clippy::too_many_arguments, reason = "one call is one fused step of the emitted code")]
pub fn steps<S: Simd, L: Conv2DShape, W: Filters<T>, T: Element, A: Activation<T>, P: Activation<T>>(
    simd: S,
    shape: L,
    dilation: usize,
    weights: &W,
    x: &[T],
    state: &mut [T],
    y: &mut [T],
    scratch: &mut [T],
    epilogue: Epilogue<'_, T, A, P>,
) {
    let kernel = weights.kernel();
    // Layers of a network are often alike: their code is there once. A call is nothing beside a block.
    frame::apart(
        simd,
        #[inline(always)]
        || steps_slices(simd, shape, dilation, kernel, x, state, y, scratch, epilogue),
    );
}

/// [`steps`] with the filters as a slice, for constant sizes or for a reference to numbers.
#[inline(always)]
#[expect(clippy::too_many_arguments, reason = "as above")]
pub fn steps_slices<S: Simd, L: Geometry<Conv2DSizes>, T: Element, A: Activation<T>, P: Activation<T>>(
    simd: S,
    shape: L,
    dilation: usize,
    kernel: &[T],
    x: &[T],
    state: &mut [T],
    y: &mut [T],
    scratch: &mut [T],
    epilogue: Epilogue<'_, T, A, P>,
) {
    let mut sizes = shape.sizes();
    sizes.dilation_rate[1] = dilation;
    // No size is zero.
    let (channels, taps) = (sizes.input[2].max(1), sizes.kernel_size[1]);
    let count = x.len() / channels;
    let (Some(state), Some(y), Some(scratch)) = (
        state.get_mut(..state_len_of(&sizes)),
        y.get_mut(..count * sizes.filters),
        scratch.get_mut(..steps_scratch_len(&sizes, dilation, count)),
    ) else {
        debug_assert!(false, "a state of {}, {} outputs, {} of scratch", state.len(), y.len(), scratch.len());
        return;
    };
    // A state that is not empty has a slot.
    let slots = slots(&sizes).max(1);
    let mut block = Block { x, history: &[], past: &[], oldest: 0, count, channels, taps, dilation, slots };
    let Some((place, history)) = state.split_last_mut() else {
        return Windows { shape, kernel, taps: block, epilogue }.run(simd, y);
    };
    // As in `step`.
    block.oldest = (Element::to_f64(*place) as usize).min(slots - 1);
    block.assemble(history, scratch);
    (block.history, block.past) = (&*history, &*scratch);
    Windows { shape, kernel, taps: block, epilogue }.run(simd, y);
    let (oldest, first) = (block.oldest, count.saturating_sub(slots));
    remember(x.get(first * channels..).unwrap_or(&[]), history, (oldest + first) % slots * channels);
    *place = T::from_f64(((oldest + count) % slots) as f64);
}

/// What a block of steps sees.
#[derive(Clone, Copy)]
struct Block<'a, T> {
    x: &'a [T],
    /// The steps before, in a ring.
    history: &'a [T],
    /// What is put together of both.
    past: &'a [T],
    /// The slot of the oldest.
    oldest: usize,
    count: usize,
    /// Of a step.
    channels: usize,
    /// Of the kernel.
    taps: usize,
    dilation: usize,
    slots: usize,
}

impl<T: Element> Block<'_, T> {
    /// Whether taps before the last see steps of the block.
    #[inline(always)]
    fn sees_itself(&self) -> bool {
        self.dilation < self.count
    }

    /// The slot that a tap sees first.
    #[inline(always)]
    fn slot(&self, tap: usize) -> usize {
        let slot = self.oldest + tap * self.dilation;
        if slot < self.slots { slot } else { slot - self.slots }
    }

    /// Whether the end of the ring cuts what a tap sees in two.
    #[inline(always)]
    fn is_cut(&self, slot: usize) -> bool {
        slot + self.count > self.slots
    }

    /// Puts together in `past` what does not lie in one piece.
    #[inline(always)]
    fn assemble(&self, history: &[T], past: &mut [T]) {
        let channels = self.channels;
        if self.sees_itself() {
            let (newer, older) = halves(history, self.oldest * channels);
            let (old, new) = split(past, older.len());
            slices::copy(older, old);
            let (old, block) = split(new, newer.len());
            slices::copy(newer, old);
            // As the steps would find them in the ring.
            state::keep_packed(self.x, block);
            return;
        }
        let len = self.count * channels;
        for (tap, past) in past.chunks_exact_mut(len.max(1)).enumerate() {
            let slot = self.slot(tap);
            if self.is_cut(slot) {
                let (begin, _) = halves(history, (slot + self.count - self.slots) * channels);
                let end = history.get(slot * channels..).unwrap_or(&[]);
                let (first, last) = split(past, end.len());
                slices::copy(end, first);
                slices::copy(begin, last);
            }
        }
    }
}

/// The first `len` elements, or as many as there are, and the others.
#[inline(always)]
fn halves<T>(all: &[T], len: usize) -> (&[T], &[T]) {
    all.split_at_checked(len).unwrap_or((all, &[]))
}

/// The same to write.
#[inline(always)]
fn split<T>(all: &mut [T], len: usize) -> (&mut [T], &mut [T]) {
    let len = len.min(all.len());
    all.split_at_mut(len)
}

/// Puts steps into the ring, no more than it has slots, from an element of it on.
#[inline(always)]
fn remember<T: Element>(x: &[T], history: &mut [T], at: usize) {
    let (begin, end) = split(history, at);
    let (older, newer) = halves(x, end.len());
    state::keep_packed(older, end);
    state::keep_packed(newer, begin);
}

impl<T: Element> Taps<T> for Block<'_, T> {
    const MANY: bool = true;

    #[inline(always)]
    fn count(&self) -> usize {
        self.count
    }

    #[inline(always)]
    fn tap(&self, tap: usize) -> &[T] {
        if tap + 1 == self.taps {
            return self.x;
        }
        let (len, slot) = (self.count * self.channels, self.slot(tap));
        let (from, at) = if self.sees_itself() {
            (self.past, tap * self.dilation * self.channels)
        } else if self.is_cut(slot) {
            (self.past, tap * len)
        } else {
            (self.history, slot * self.channels)
        };
        from.get(at..at + len).unwrap_or(&[])
    }
}
