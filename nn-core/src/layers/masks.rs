//! Masks: which steps of a sequence count, 1 or 0 for each. A layer that reads one takes it as a further input.
//!
//! All functions take one sample, or several one after another.

use crate::element::Element;
use crate::layers::embedding::Id;

fn number<T: Element>(counts: bool) -> T {
    if counts { T::one() } else { T::zero() }
}

/// Ids other than 0 count: `Embedding<…, mask_zero = true>`.
#[inline(always)]
pub fn non_zero<T: Element, I: Id>(ids: &[I], out: &mut [T]) {
    for (id, out) in ids.iter().zip(out) {
        *out = number(id.index() != 0);
    }
}

/// Steps with any number other than this one count: `Masking`.
#[inline(always)]
pub fn other_than<T: Element>(x: &[T], mask_value: f64, out: &mut [T]) {
    let mask_value = T::from_f64(mask_value);
    let features = x.len().checked_div(out.len()).unwrap_or(0).max(1);
    for (step, out) in x.chunks_exact(features).zip(out) {
        *out = number(step.iter().any(|x| *x != mask_value));
    }
}

/// Every step counts.
#[inline(always)]
pub fn ones<T: Element>(out: &mut [T]) {
    out.fill(T::one());
}

/// A step counts if it does in any of the masks; one of a single step for each sample stands for all of them.
#[inline(always)]
pub fn any<T: Element, const N: usize>(samples: usize, masks: [&[T]; N], out: &mut [T]) {
    any_of(samples, &masks, out);
}

/// [`any`] of masks whose number is known only when the program runs.
#[inline(always)]
pub fn any_of<T: Element>(samples: usize, masks: &[&[T]], out: &mut [T]) {
    out.fill(T::zero());
    let steps = out.len().checked_div(samples).unwrap_or(0).max(1);
    for mask in masks {
        let width = mask.len().checked_div(samples).unwrap_or(0).max(1);
        for (mask, out) in mask.chunks_exact(width).zip(out.chunks_exact_mut(steps)) {
            for (step, out) in mask.iter().cycle().zip(out) {
                *out = number(*out != T::zero() || *step != T::zero());
            }
        }
    }
}

/// The masks behind each other, row by row: `Concatenate` along an axis before the last.
#[inline(always)]
pub fn chain<T: Element, const N: usize>(rows: usize, masks: [&[T]; N], out: &mut [T]) {
    chain_of(rows, &masks, out);
}

/// [`chain`] of masks whose number is known only when the program runs.
#[inline(always)]
pub fn chain_of<T: Element>(rows: usize, masks: &[&[T]], out: &mut [T]) {
    let width = out.len().checked_div(rows).unwrap_or(0).max(1);
    for (row, mut out) in out.chunks_exact_mut(width).enumerate() {
        for mask in masks {
            let width = mask.len().checked_div(rows).unwrap_or(0);
            let Some((part, rest)) = out.split_at_mut_checked(width) else { return };
            if let Some(mask) = mask.get(row * width..(row + 1) * width) {
                part.copy_from_slice(mask);
            }
            out = rest;
        }
    }
}

#[cfg(all(test, feature = "std"))]
mod tests {
    use super::*;

    #[test]
    fn masks_of_ids_and_of_numbers() {
        let mut out = [9.0_f32; 4];
        non_zero(&[3_u32, 0, 1, 0], &mut out);
        assert_eq!(out, [1.0, 0.0, 1.0, 0.0]);
        other_than(&[5.0, 5.0, 5.0, 4.0, 0.0, 0.0, 5.0, 5.0], 5.0, &mut out);
        assert_eq!(out, [0.0, 1.0, 1.0, 0.0]);
        other_than(&[-0.0, 0.0, f32::NAN, 0.0, 0.0, 0.0, 2.0, 2.0], 0.0, &mut out);
        assert_eq!(out, [0.0, 1.0, 0.0, 1.0], "minus zero is zero, and what is not a number is none");
    }

    #[test]
    fn masks_that_meet() {
        let (a, b) = ([1.0_f64, 0.0, 0.0, 0.0, 1.0, 0.0], [0.0, 0.0, 1.0, 0.0, 0.0, 0.0]);
        let mut out = [9.0; 6];
        any(2, [&a, &b], &mut out);
        assert_eq!(out, [1.0, 0.0, 1.0, 0.0, 1.0, 0.0]);
        // One step for each of the two samples.
        any(2, [&a, &[0.0, 1.0]], &mut out);
        assert_eq!(out, [1.0, 0.0, 0.0, 1.0, 1.0, 1.0]);
        let mut out = [9.0; 8];
        chain(2, [&a, &[7.0, 8.0]], &mut out);
        assert_eq!(out, [1.0, 0.0, 0.0, 7.0, 0.0, 1.0, 0.0, 8.0]);
    }
}
