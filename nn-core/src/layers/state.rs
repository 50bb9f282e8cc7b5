//! What a layer may leave in a state, so that no call suffers from the one before it.

#[cfg(feature = "alloc")]
use core::ops::Range;

use fearless_simd::prelude::*;

use crate::element::Element;
use crate::kernels::lanes;

/// What is kept of new values: 0, as at the start, for NaN and infinity, and for what is denormal or nearly so.
///
/// Arithmetic with denormal numbers takes longer on some processors, many times as long on a few, and a state that decays
/// gets there. What is smaller than [`Element::NEGLIGIBLE`] is dropped, so that products with it are not denormal either.
#[inline(always)]
pub(crate) fn kept<S: Simd, T: Element>(simd: S, new: T::Vector<S>) -> T::Vector<S> {
    let size = new.abs();
    // NaN is neither smaller nor greater than anything.
    let keeps = size.simd_ge(T::NEGLIGIBLE) & size.simd_lt(T::infinity());
    keeps.select(new, lanes::zeros::<S, T>(simd))
}

/// Keeps the first `len` of new values, which have room for whole vectors. `len` is a constant where this is called.
#[inline(always)]
pub(crate) fn keep<S: Simd, T: Element>(simd: S, len: usize, new: &[T], state: &mut [T]) {
    for at in (0..len).step_by(T::Vector::<S>::LEN) {
        let new = kept::<S, T>(simd, lanes::load(simd, new, at));
        lanes::store_part::<S, T>(new, state, at, len - at);
    }
}

/// The same where there is no such room.
#[inline(always)]
pub(crate) fn keep_packed<T: Element>(new: &[T], state: &mut [T]) {
    for (state, new) in state.iter_mut().zip(new) {
        *state = kept_number(*new);
    }
}

/// What is kept of one number.
#[inline(always)]
pub(crate) fn kept_number<T: Element>(new: T) -> T {
    let size = new.abs();
    if size >= T::NEGLIGIBLE && size < T::infinity() { new } else { T::zero() }
}

/// What a layer carries from batch to batch of training: its part of the states of a shard's samples.
#[cfg(feature = "alloc")]
#[derive(Debug)]
pub struct Carried<'a, T> {
    /// The states of all layers, sample after sample.
    states: &'a mut [T],
    /// From a sample to the next.
    stride: usize,
    /// Where the part of the layer begins.
    start: usize,
}

#[cfg(feature = "alloc")]
impl<'a, T: Element> Carried<'a, T> {
    /// The part that begins at `start` of each `stride` numbers.
    pub fn new(states: &'a mut [T], stride: usize, start: usize) -> Self {
        Carried { states, stride, start }
    }

    fn place(&self, sample: usize, at: usize, len: usize) -> Range<usize> {
        let first = sample * self.stride + self.start + at;
        first..first + len
    }

    /// Copies what a sample carries from `at` on.
    pub(crate) fn read(&self, sample: usize, at: usize, state: &mut [T]) {
        state.copy_from_slice(&self.states[self.place(sample, at, state.len())]);
    }

    /// Keeps the state of a sample for the next batch: finite and not denormal, as at inference.
    pub(crate) fn keep(&mut self, sample: usize, at: usize, state: &[T]) {
        let place = self.place(sample, at, state.len());
        keep_packed(state, &mut self.states[place]);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::kernels::vectors::dispatch;
    use fearless_simd::Level;

    #[test]
    fn a_state_is_finite_and_never_denormal() {
        let least = 2.0_f32.powi(-63);
        let mut new = [3.0; 32];
        new[..7].copy_from_slice(&[f32::NAN, f32::INFINITY, f32::NEG_INFINITY, 1e-40, -0.9 * least, -least, f32::MAX]);
        let expected = [0.0, 0.0, 0.0, 0.0, 0.0, -least, f32::MAX, 3.0, 3.0, 9.0];
        let (mut state, mut packed) = ([9.0; 10], [9.0; 10]);
        dispatch!(Level::baseline(), simd => keep(simd, 9, &new, &mut state));
        keep_packed(&new[..9], &mut packed);
        assert_eq!((state, packed), (expected, expected));
        assert_eq!(f32::NEGLIGIBLE * f32::NEGLIGIBLE, f32::MIN_POSITIVE);
        assert_eq!(f64::NEGLIGIBLE * f64::NEGLIGIBLE, f64::MIN_POSITIVE);
    }
}
