//! Clipping of gradients: each weight's norm, the norm of all, or each element.

use crate::kernels::vectors::dispatch;
use fearless_simd::Level;

use super::RowGradients;
use super::common::Common;
use super::rows::Clip;
use crate::element::Element;
use crate::error::FitError;
use crate::params::Param;

impl Common<'_> {
    /// Refuses more than one way to clip, as Keras does.
    pub(super) fn check_clipping(&self) -> Result<(), FitError> {
        let ways =
            [("clipnorm", self.clipnorm), ("global_clipnorm", self.global_clipnorm), ("clipvalue", self.clipvalue)];
        let mut given = ways.into_iter().filter(|(_, limit)| limit.is_some()).map(|(option, _)| option);
        match (given.next(), given.next()) {
            (Some(first), Some(second)) => {
                Err(FitError::Conflict { first, second, reason: "gradients are clipped in one way" })
            }
            _ => Ok(()),
        }
    }

    /// The gradients, clipped where an option says so, and how to clip those of each list of rows.
    ///
    /// In Keras rows of the same number count one by one in norms, and are clipped one by one. What comes of
    /// `global_clipnorm` is no list any more, but of the others it is.
    pub fn clip<'a, T: Element>(
        &self,
        params: &[Param],
        gradients: &'a [T],
        rows: &[RowGradients<'_, T>],
        clipped: &'a mut Vec<T>,
    ) -> (&'a [T], Vec<Clip<T>>) {
        let mut clips = vec![Clip::none(); rows.len()];
        let positive = |limit: Option<f64>| limit.filter(|&limit| limit > 0.0);
        let (clipnorm, global) = (positive(self.clipnorm), positive(self.global_clipnorm));
        let value = positive(self.clipvalue);
        if clipnorm.or(global).or(value).is_none() {
            return (gradients, clips);
        }
        clipped.clear();
        clipped.extend_from_slice(gradients);
        let whole = |index: usize| rows.iter().all(|rows| rows.param() != index);
        let trainable = || {
            let params = params.iter().enumerate().filter(|(index, param)| param.trainable && whole(*index));
            params.map(|(_, param)| param.range())
        };
        let squares_of_rows = |rows: &RowGradients<'_, T>| rows.values().map(sum_of_squares).sum::<f64>();
        if let Some(limit) = clipnorm {
            for part in trainable() {
                if let Some(part) = clipped.get_mut(part) {
                    let scale: T = scale_to(limit, sum_of_squares(part).sqrt());
                    part.iter_mut().for_each(|x| *x *= scale);
                }
            }
            for (clip, rows) in clips.iter_mut().zip(rows) {
                clip.scale = scale_to(limit, squares_of_rows(rows).sqrt());
            }
        } else if let Some(limit) = global {
            let squares = trainable().filter_map(|part| gradients.get(part)).map(sum_of_squares);
            let squares = squares.chain(rows.iter().map(squares_of_rows)).sum::<f64>();
            let scale = scale_to(limit, squares.sqrt());
            clipped.iter_mut().for_each(|x| *x *= scale);
            clips.fill(Clip { scale, size_of_sum: true, ..Clip::none() });
        } else if let Some(limit) = value.map(T::from_f64) {
            clipped.iter_mut().for_each(|x| *x = x.clamp(-limit, limit));
            clips.fill(Clip { limit, ..Clip::none() });
        }
        (clipped, clips)
    }
}

/// What scales gradients of this norm down to the limit, if they are above it.
fn scale_to<T: Element>(limit: f64, norm: f64) -> T {
    let scale = T::from_f64(limit / norm.max(limit));
    // A norm that is not a number leaves none, as in Keras, rather than passing for one within the limit.
    if norm.is_finite() { scale } else { T::nan() }
}

/// In `f64` and in lanes, so that additions need not wait for one another.
pub(super) fn sum_of_squares<T: Element>(values: &[T]) -> f64 {
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
