//! One time step of a causal convolution.

use fearless_simd::Simd;

use super::windows::{Taps, Windows};
use crate::activations::Activation;
use crate::element::Element;
use crate::geometry::Geometry;
use crate::kernels::frame;
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
pub(super) const fn slots(sizes: &Conv2DSizes) -> usize {
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
    let kernel = weights.kernel();
    frame::step(
        simd,
        #[inline(always)]
        || step_slices(simd, shape, kernel, x, state, y, epilogue),
    );
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
        let taps = Ring { x, history: &[], oldest: 0, shape };
        return Windows { shape, kernel, taps, epilogue }.run(simd, y);
    };
    // A whole number below the number of slots; anything else is no state of ours.
    let oldest = (Element::to_f64(*place) as usize).min(slots - 1);
    Windows { shape, kernel, taps: Ring { x, history: &*history, oldest, shape }, epilogue }.run(simd, y);
    if let Some(slot) = history.get_mut(oldest * channels..(oldest + 1) * channels) {
        state::keep_packed(x, slot);
    }
    let next = if oldest + 1 == slots { 0 } else { oldest + 1 };
    *place = T::from_f64(next as f64);
}

/// What one step sees.
#[derive(Clone, Copy)]
struct Ring<'a, L, T> {
    x: &'a [T],
    /// The steps before.
    history: &'a [T],
    /// The slot of the oldest.
    oldest: usize,
    shape: L,
}

impl<L: Geometry<Conv2DSizes>, T: Element> Taps<T> for Ring<'_, L, T> {
    const MANY: bool = false;

    #[inline(always)]
    fn count(&self) -> usize {
        1
    }

    #[inline(always)]
    fn tap(&self, tap: usize) -> &[T] {
        let sizes = self.shape.sizes();
        if tap + 1 == sizes.kernel_size[1] {
            return self.x;
        }
        let slot = self.oldest + tap * sizes.dilation_rate[1];
        let slots = slots(&sizes);
        let slot = if slot < slots { slot } else { slot - slots };
        self.history.get(slot * sizes.input[2]..(slot + 1) * sizes.input[2]).unwrap_or(&[])
    }
}
