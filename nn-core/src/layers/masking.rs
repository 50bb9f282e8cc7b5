//! `Masking`: steps of a sequence whose features all have one value do not count.
//!
//! Such a step becomes zeros; all others stay as they are. The mask is made by
//! [`masks::other_than`](super::masks::other_than).

use crate::element::Element;

/// `y = x`, with zeros for the steps whose `features` numbers all are `mask_value`; one sample or several.
///
/// ```
/// let mut y = [0.0; 4];
/// nn_core::layers::masking::infer(-1.0, 2, &[-1.0, -1.0, -1.0, 5.0], &mut y);
/// assert_eq!(y, [0.0, 0.0, -1.0, 5.0]);
/// ```
#[inline(always)]
pub fn infer<T: Element>(mask_value: T, features: usize, x: &[T], y: &mut [T]) {
    backward(mask_value, features, x, x, y);
}

/// `dx = dy` for the steps that count, else 0; for all samples.
///
/// - `x`: what went into [`infer`]; `dy`: the gradient of its output.
#[inline(always)]
pub fn backward<T: Element>(mask_value: T, features: usize, x: &[T], dy: &[T], dx: &mut [T]) {
    // No step is empty.
    let features = features.max(1);
    let gradients = dy.chunks_exact(features).zip(dx.chunks_exact_mut(features));
    for (x, (dy, dx)) in x.chunks_exact(features).zip(gradients) {
        if counts(mask_value, x) {
            dx.copy_from_slice(dy);
        } else {
            dx.fill(T::zero());
        }
    }
}

#[inline(always)]
fn counts<T: Element>(mask_value: T, step: &[T]) -> bool {
    step.iter().any(|x| *x != mask_value)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn steps_of_one_value() {
        let nan = f64::NAN;
        let x = [0.0, 0.0, 0.0, 1.0, -0.0, 0.0, nan, 0.0, 2.0, 2.0];
        let (mut y, mut dx) = ([7.0; 10], [7.0; 10]);
        infer(0.0, 2, &x, &mut y);
        backward(0.0, 2, &x, &[3.0; 10], &mut dx);
        assert_eq!(y[..6], [0.0, 0.0, 0.0, 1.0, 0.0, 0.0]);
        assert!(y[6].is_nan() && y[7..] == [0.0, 2.0, 2.0]);
        assert_eq!(dx, [0.0, 0.0, 3.0, 3.0, 0.0, 0.0, 3.0, 3.0, 3.0, 3.0]);
        infer(2.0, 2, &x, &mut y);
        assert_eq!(y[8..], [0.0, 0.0]);
    }
}
