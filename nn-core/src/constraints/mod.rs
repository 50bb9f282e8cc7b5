//! What holds for a weight after each step of the optimizer.

use crate::element::Element;

/// Keras' `epsilon`, which keeps a norm of zero from dividing.
const EPSILON: f64 = 1e-7;

/// A projection of a weight after each step of the optimizer.
#[derive(Clone, Copy, Debug)]
pub enum Constraint {
    /// No element below zero.
    NonNeg,
    /// The norm along axis 0 is at most this.
    MaxNorm(f64),
    /// The norm along axis 0 is one.
    UnitNorm,
    /// The norm along axis 0 lies between the first two, approached at the rate of the third.
    MinMaxNorm(f64, f64, f64),
    /// A Rust function that changes the weight of a shape, given as one flat slice.
    Custom(Project),
}

/// A constraint of one's own: changes the weight of a shape. The last axis varies fastest.
///
/// In a network it stands by its path: `Dense<8, kernel_constraint = crate::sums_to_one>`.
///
/// ```
/// use nn_core::constraints::{Constraint, Project};
///
/// /// Each column sums up to one.
/// fn sums_to_one(shape: &[usize], weight: &mut [f64]) {
///     for column in 0..shape[1] {
///         let sum: f64 = weight.iter().skip(column).step_by(shape[1]).sum();
///         weight.iter_mut().skip(column).step_by(shape[1]).for_each(|weight| *weight /= sum);
///     }
/// }
///
/// let mut kernel = [1.0_f32, 4.0, 3.0, 4.0];
/// Constraint::Custom(sums_to_one).apply(&[2, 2], &mut kernel);
/// assert_eq!(kernel, [0.25, 0.5, 0.75, 0.5]);
/// ```
pub type Project = fn(shape: &[usize], weight: &mut [f64]);

impl Constraint {
    /// Projects a weight of this shape; norms are taken along axis 0, as is Keras' default.
    ///
    /// ```
    /// use nn_core::constraints::Constraint;
    ///
    /// let mut kernel = [3.0, 0.3, 4.0, 0.4];
    /// Constraint::MaxNorm(1.0).apply(&[2, 2], &mut kernel);
    /// assert!((kernel[0] - 0.6_f64).abs() < 1e-6 && (kernel[1] - 0.3).abs() < 1e-6);
    /// ```
    pub fn apply<T: Element>(self, shape: &[usize], weights: &mut [T]) {
        self.apply_along(&[0], shape, weights);
    }

    /// Projects a weight of this shape; a norm is taken over all elements that differ only in their places on `axes`.
    pub fn apply_along<T: Element>(self, axes: &[usize], shape: &[usize], weights: &mut [T]) {
        if let Constraint::NonNeg = self {
            weights.iter_mut().filter(|weight| **weight < T::zero()).for_each(|weight| *weight = T::zero());
            return;
        }
        if let Constraint::Custom(project) = self {
            return projected(project, shape, weights);
        }
        let group = Group { axes, shape };
        for first in (0..weights.len()).filter(|&index| group.starts_at(index)) {
            let norm = group.members(first).map(|at| Element::to_f64(weights[at])).map(|x| x * x).sum::<f64>();
            let scale = T::from_f64(self.scale(num_traits::Float::sqrt(norm)));
            group.members(first).for_each(|at| weights[at] *= scale);
        }
    }

    /// What a group of elements with this norm is multiplied by.
    fn scale(self, norm: f64) -> f64 {
        let desired = match self {
            Constraint::NonNeg | Constraint::Custom(_) => norm,
            Constraint::UnitNorm => 1.0,
            Constraint::MaxNorm(max) => norm.min(max),
            Constraint::MinMaxNorm(min, max, rate) => rate * norm.max(min).min(max) + (1.0 - rate) * norm,
        };
        desired / (EPSILON + norm)
    }
}

/// A function of the user's on a weight, which it sees in `f64`.
#[cfg(feature = "alloc")]
fn projected<T: Element>(project: Project, shape: &[usize], weights: &mut [T]) {
    let mut numbers: alloc::vec::Vec<f64> = weights.iter().map(|weight| Element::to_f64(*weight)).collect();
    project(shape, &mut numbers);
    weights.iter_mut().zip(numbers).for_each(|(weight, number)| *weight = T::from_f64(number));
}

/// Without a heap nothing is trained.
#[cfg(not(feature = "alloc"))]
fn projected<T: Element>(_: Project, _: &[usize], _: &mut [T]) {}

/// The elements over which one norm is taken.
struct Group<'a> {
    axes: &'a [usize],
    shape: &'a [usize],
}

impl Group<'_> {
    /// The size of an axis, and how far apart its elements lie.
    fn axis(&self, axis: usize) -> (usize, usize) {
        match self.shape.get(axis..) {
            Some([size, inner @ ..]) => (*size, inner.iter().product()),
            _ => (1, 1),
        }
    }

    /// Whether an element is the first of its group.
    fn starts_at(&self, index: usize) -> bool {
        self.axes.iter().all(|&axis| {
            let (size, stride) = self.axis(axis);
            (index / stride).is_multiple_of(size)
        })
    }

    /// The places of the group whose first element is at `first`.
    fn members(&self, first: usize) -> impl Iterator<Item = usize> + '_ {
        let count = self.axes.iter().map(|&axis| self.axis(axis).0).product();
        (0..count).map(move |member: usize| {
            let mut member = member;
            let mut at = first;
            for &axis in self.axes.iter().rev() {
                let (size, stride) = self.axis(axis);
                at += member % size * stride;
                member /= size;
            }
            at
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn close(got: &[f64], want: &[f64]) {
        assert!(got.iter().zip(want).all(|(got, want)| (got - want).abs() < 1e-6), "{got:?} for {want:?}");
    }

    #[test]
    fn non_neg_clears_what_is_below_zero() {
        let mut weights = [-1.0, 0.0, 2.0];
        Constraint::NonNeg.apply(&[3], &mut weights);
        assert_eq!(weights, [0.0, 0.0, 2.0]);
    }

    #[test]
    fn norms_run_along_the_first_axis() {
        let mut weights = [3.0, 0.0, 4.0, 0.5];
        Constraint::UnitNorm.apply(&[2, 2], &mut weights);
        close(&weights, &[0.6, 0.0, 0.8, 1.0]);
    }

    #[test]
    fn norms_run_along_any_axes() {
        let mut weights = [3.0, 4.0, 0.3, 0.4];
        Constraint::MaxNorm(1.0).apply_along(&[1], &[2, 2], &mut weights);
        close(&weights, &[0.6, 0.8, 0.3, 0.4]);
        let mut weights = [1.0; 16];
        Constraint::UnitNorm.apply_along(&[0, 1, 2], &[2, 2, 2, 2], &mut weights);
        close(&weights, &[8.0_f64.sqrt().recip(); 16]);
    }

    #[test]
    fn min_max_norm_goes_part_of_the_way() {
        let mut weights = [4.0];
        Constraint::MinMaxNorm(0.5, 2.0, 0.5).apply(&[1], &mut weights);
        close(&weights, &[3.0]);
        let mut zero = [0.0];
        Constraint::MinMaxNorm(0.5, 2.0, 1.0).apply(&[1], &mut zero);
        assert_eq!(zero, [0.0]);
    }

    #[test]
    fn empty_and_scalar_weights_pass() {
        Constraint::UnitNorm.apply::<f32>(&[0, 4], &mut []);
        let mut scalar = [2.0];
        Constraint::UnitNorm.apply(&[], &mut scalar);
        close(&scalar, &[1.0]);
    }
}
