//! `state h: [128];`: a value that one call leaves for the next.

use crate::element::Element;
use crate::kernels::slices;

use super::state;

/// What the call before left.
///
/// ```
/// let mut y = [0.0; 2];
/// nn_core::layers::carry::recall(&[1.0, 2.0], &mut y);
/// assert_eq!(y, [1.0, 2.0]);
/// ```
pub fn recall<T: Element>(state: &[T], y: &mut [T]) {
    slices::copy(state, y);
}

/// Passes `x` on, and leaves a state for the next call: 0 where it is not finite, and where it is denormal or nearly so.
///
/// ```
/// let (mut state, mut y) = ([0.0; 2], [0.0; 1]);
/// nn_core::layers::carry::leave(&[5.0], &[1.0, f32::NAN], &mut state, &mut y);
/// assert_eq!((y, state), ([5.0], [1.0, 0.0]));
/// ```
pub fn leave<T: Element>(x: &[T], new: &[T], state: &mut [T], y: &mut [T]) {
    slices::copy(x, y);
    state::keep_packed(new, state);
}

/// The gradient of what was passed on; that of a state that goes nowhere is zero.
pub fn backward<T: Element>(dy: &[T], dx: Option<&mut [T]>, new: Option<&mut [T]>) {
    if let Some(dx) = dx {
        slices::copy(dy, dx);
    }
    if let Some(new) = new {
        new.fill(T::zero());
    }
}
