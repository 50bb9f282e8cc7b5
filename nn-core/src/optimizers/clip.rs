//! Clipping of gradients: each weight's norm, the norm of all, or each element.

use fearless_simd::{Level, dispatch};

use super::common::Common;
use crate::element::Element;
use crate::error::FitError;
use crate::params::Param;

impl Common {
    /// Refuses more than one way to clip, as Keras does, and limits that leave nothing.
    pub fn check(&self) -> Result<(), FitError> {
        let ways =
            [("clipnorm", self.clipnorm), ("global_clipnorm", self.global_clipnorm), ("clipvalue", self.clipvalue)];
        let given: Vec<_> = ways.into_iter().filter_map(|(option, limit)| Some((option, limit?))).collect();
        if let [(first, _), (second, _), ..] = given[..] {
            return Err(FitError::Conflict { first, second, reason: "gradients are clipped in one way" });
        }
        match given.into_iter().find(|(_, limit)| !limit.is_finite() || *limit <= 0.0) {
            Some((option, limit)) => Err(FitError::option(option, "a finite number above 0", limit)),
            None => Ok(()),
        }
    }

    /// The gradients, clipped where an option says so.
    pub fn clip<'a, T: Element>(self, params: &[Param], gradients: &'a [T], clipped: &'a mut Vec<T>) -> &'a [T] {
        let positive = |limit: Option<f64>| limit.filter(|&limit| limit > 0.0);
        let (clipnorm, global) = (positive(self.clipnorm), positive(self.global_clipnorm));
        let value = positive(self.clipvalue);
        if clipnorm.or(global).or(value).is_none() {
            return gradients;
        }
        clipped.clear();
        clipped.extend_from_slice(gradients);
        let trainable = || params.iter().filter(|param| param.trainable);
        if let Some(limit) = clipnorm {
            for part in trainable().map(|param| param.range()) {
                if let Some(part) = clipped.get_mut(part) {
                    scale_to(limit, sum_of_squares(part).sqrt(), part);
                }
            }
        } else if let Some(limit) = global {
            let squares = trainable().filter_map(|param| gradients.get(param.range())).map(sum_of_squares);
            scale_to(limit, squares.sum::<f64>().sqrt(), clipped);
        } else if let Some(limit) = value.map(T::from_f64) {
            clipped.iter_mut().for_each(|x| *x = x.clamp(-limit, limit));
        }
        clipped
    }
}

/// Scales gradients of this norm down to the limit, if they are above it.
fn scale_to<T: Element>(limit: f64, norm: f64, gradients: &mut [T]) {
    let scale = T::from_f64(limit / norm.max(limit));
    // A norm that is not a number leaves none, as in Keras, rather than passing for one within the limit.
    let scale = if norm.is_finite() { scale } else { T::nan() };
    gradients.iter_mut().for_each(|x| *x *= scale);
}

/// In `f64` and in lanes, so that additions need not wait for one another.
fn sum_of_squares<T: Element>(values: &[T]) -> f64 {
    #[inline(always)]
    fn add<T: Element>(lanes: &mut [f64], part: &[T]) {
        for (lane, &value) in lanes.iter_mut().zip(part) {
            *lane += Element::to_f64(value) * Element::to_f64(value);
        }
    }
    let (parts, rest) = values.as_chunks::<16>();
    let mut lanes = [0.0; 16];
    dispatch!(Level::new(), _simd => for part in parts {
        add(&mut lanes, part);
    });
    add(&mut lanes, rest);
    lanes.iter().sum()
}
