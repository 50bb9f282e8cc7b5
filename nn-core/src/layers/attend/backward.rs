//! From the gradient of the output to those of the inputs and the weights.
//!
//! With `p` the shares: `dv = pᵀ · dy`, `dp = dy · vᵀ`, `ds = p · (dp − Σ p · dp)`, and from the scores on by their formulas.

use alloc::vec::Vec;

use fearless_simd::prelude::*;

use super::forward::{drop, of_feature, one_or, scores};
use super::{AttendSizes, Dropout, Masks, Score, Weights};
use crate::element::Element;
use crate::kernels::gemm::{self, Left, room};
use crate::kernels::transpose::transpose;
use crate::kernels::{frame, lanes, math};
use crate::layers::softmax;

/// Adds the gradients of the weights to `gradients`, and writes those of query, value and key to `dx`.
///
/// - `inputs`, `masks`, `dropout`: what went into [`forward`](super::forward), and `saved`: what it saved.
/// - `dy`: the gradient of what came out; `gradients`: of `scale` and `concat_score_weight`.
/// - `scratch`: grows as needed, what it holds does not matter.
#[inline(always)]
#[expect(clippy::too_many_arguments, reason = "one call is one layer of the emitted code")]
pub fn backward<S: Simd, T: Element>(
    simd: S,
    sizes: &AttendSizes,
    weights: Weights<'_, T>,
    samples: usize,
    inputs: [&[T]; 3],
    masks: Masks<'_, T>,
    dropout: Dropout,
    saved: &[T],
    dy: &[T],
    gradients: [&mut [T]; 2],
    dx: [Option<&mut [T]>; 3],
    scratch: &mut Vec<T>,
) {
    let AttendSizes { query: [steps, features], value: [keys, width], .. } = *sizes;
    let shares = sizes.shares();
    let ([mut dquery, mut dvalue, mut dkey], [scale, concat]) = (dx, gradients);
    let lens = [steps * width, keys * width, shares, shares, steps * features, keys * features];
    let mut rest = room(scratch, lens.iter().sum());
    let [seen, turned, dp, other, dq, dk] = lens.map(|len| {
        let (part, others) = core::mem::take(&mut rest).split_at_mut(len);
        rest = others;
        part
    });
    for sample in 0..samples {
        let part = |x: &'_ [T], len: usize| -> core::ops::Range<usize> {
            debug_assert!(x.len() >= (sample + 1) * len);
            sample * len..(sample + 1) * len
        };
        let [query, value, key] = inputs;
        let query = &query[part(query, steps * features)];
        let value = &value[part(value, keys * width)];
        let key = &key[part(key, keys * features)];
        let p = &saved[part(saved, shares)];
        seen.copy_from_slice(&dy[part(dy, steps * width)]);
        let masks = masks.sample(sample, [steps, keys]);
        for (step, dy) in seen.chunks_exact_mut(width.max(1)).enumerate() {
            if masks.query.and_then(|mask| mask.get(step)).is_some_and(|mask| *mask <= T::zero()) {
                dy.fill(T::zero());
            }
        }
        transpose(simd, [keys, width], (value, width), (turned, keys));
        dp.fill(T::zero());
        gemm::multiply(simd, [steps, keys, width], Left::Rows(seen), turned, dp);
        if dropout.rate > 0.0 {
            drop(simd, dropout, sample, dp, other);
            dp.copy_from_slice(other);
            drop(simd, dropout, sample, p, other);
        }
        if let Some(dvalue) = &mut dvalue {
            let dvalue = &mut dvalue[sample * keys * width..][..keys * width];
            dvalue.fill(T::zero());
            let given = if dropout.rate > 0.0 { &*other } else { p };
            gemm::multiply(simd, [keys, width, steps], Left::Columns(given), seen, dvalue);
        }
        let ds = &mut *other;
        softmax::backward(simd, [steps, keys, 1], p, dp, ds);
        dq.fill(T::zero());
        dk.fill(T::zero());
        match sizes.score {
            Score::Dot => {
                if let Some(scale) = scale.first_mut() {
                    let plain = Weights { scale: &[], concat: &[] };
                    scores(simd, sizes, plain, [query, key], dp);
                    *scale += ds.iter().zip(&*dp).map(|(ds, score)| *ds * *score).sum::<T>();
                    let factor = one_or(weights.scale);
                    ds.iter_mut().for_each(|ds| *ds *= factor);
                }
                gemm::multiply(simd, [steps, features, keys], Left::Rows(ds), key, dq);
                gemm::multiply(simd, [keys, features, steps], Left::Columns(ds), query, dk);
            }
            Score::Concat | Score::Additive => {
                of_sums(simd, sizes, weights, [query, key, ds], [&mut *scale, &mut *concat], [dq, dk]);
            }
        }
        for (dx, own) in [(&mut dquery, &*dq), (&mut dkey, &*dk)] {
            if let Some(dx) = dx {
                dx[sample * own.len()..][..own.len()].copy_from_slice(own);
            }
        }
    }
}

/// The gradients of scores that are sums of tangents.
#[inline(never)]
fn of_sums<S: Simd, T: Element>(
    simd: S,
    sizes: &AttendSizes,
    weights: Weights<'_, T>,
    [query, key, ds]: [&[T]; 3],
    [scale_sums, concat_sums]: [&mut [T]; 2],
    [dq, dk]: [&mut [T]; 2],
) {
    frame::vectorize(
        simd,
        #[inline(always)]
        || {
            let (features, keys) = (sizes.query[1].max(1), sizes.value[0].max(1));
            let concat = sizes.score == Score::Concat;
            let one = T::Vector::<S>::splat(simd, T::one());
            let scale = T::Vector::<S>::splat(simd, if concat { one_or(weights.scale) } else { T::one() });
            let factor = T::Vector::<S>::splat(simd, if concat { one_or(weights.concat) } else { T::one() });
            let mut of_scale = lanes::zeros::<S, T>(simd);
            let mut of_concat = lanes::zeros::<S, T>(simd);
            for at in (0..features).step_by(T::Vector::<S>::LEN) {
                let count = (features - at).min(T::Vector::<S>::LEN);
                let weight = of_feature(simd, sizes.score, weights, at, count) * factor;
                let mut of_feature = lanes::zeros::<S, T>(simd);
                let rows = query.chunks_exact(features).zip(dq.chunks_exact_mut(features)).zip(ds.chunks_exact(keys));
                for ((query, dq), ds) in rows {
                    let q = lanes::load_or::<S, T>(simd, query, at, count, T::zero());
                    let mut sum = lanes::zeros::<S, T>(simd);
                    for ((key, dk), ds) in key.chunks_exact(features).zip(dk.chunks_exact_mut(features)).zip(ds) {
                        let x = q + lanes::load_or::<S, T>(simd, key, at, count, T::zero());
                        let (tangent, ds) = (math::tanh::<S, T>(simd, scale * x), T::Vector::<S>::splat(simd, *ds));
                        let slope = ds * weight * (one - tangent * tangent);
                        of_scale += slope * x;
                        of_concat += ds * tangent;
                        of_feature += ds * tangent;
                        let slope = slope * scale;
                        sum += slope;
                        let old = lanes::load_or::<S, T>(simd, dk, at, count, T::zero());
                        lanes::store_part::<S, T>(old + slope, dk, at, count);
                    }
                    lanes::store_part::<S, T>(sum, dq, at, count);
                }
                if !concat && !scale_sums.is_empty() {
                    let old = lanes::load_or::<S, T>(simd, scale_sums, at, count, T::zero());
                    lanes::store_part::<S, T>(old + of_feature, scale_sums, at, count);
                }
            }
            let total = |sums: T::Vector<S>| -> T { sums.as_slice().iter().copied().sum() };
            if concat {
                scale_sums.first_mut().into_iter().for_each(|sum| *sum += total(of_scale));
                concat_sums.first_mut().into_iter().for_each(|sum| *sum += total(of_concat));
            }
        },
    );
}
