//! `GlobalMaxPooling1D` and `GlobalAveragePooling1D`: one value for each feature, over all steps.
//!
//! `keepdims` changes the shape of the output, not its elements. No size is 0.

use fearless_simd::{Simd, SimdBase};

use crate::element::Element;
use crate::kernels::{lanes, slices, sums};
use crate::layers::global_pool2d;
use crate::layers::pool2d::Kind;

/// `y[f]` is the largest `x[step][f]`, or their mean; one sample.
#[inline(always)]
pub fn infer<S: Simd, T: Element>(simd: S, kind: Kind, [steps, features]: [usize; 2], x: &[T], y: &mut [T]) {
    global_pool2d::infer(simd, kind, [1, steps, features], x, y);
}

/// The mean over the steps that count: `y[f] = Σ mask[step] · x[step][f] / Σ mask[step]`; one sample, or several.
///
/// As in Keras, what is not a number if no step counts. A maximum does not look at masks.
///
/// - `mask`: 1 or 0 for each step.
///
/// ```
/// use fearless_simd::Level;
/// use nn_core::rt::dispatch;
/// use nn_core::layers::global_pool1d;
/// let mut y = [0.0; 2];
/// dispatch!(Level::new(), simd => {
///     global_pool1d::infer_masked(simd, [3, 2], &[1.0, 2.0, 5.0, 4.0, 7.0, 7.0], &[1.0, 1.0, 0.0], &mut y)
/// });
/// assert_eq!(y, [3.0, 3.0]);
/// ```
#[inline(always)]
pub fn infer_masked<S: Simd, T: Element>(simd: S, [steps, features]: [usize; 2], x: &[T], mask: &[T], y: &mut [T]) {
    let inputs = x.chunks_exact(steps * features).zip(mask.chunks_exact(steps));
    for ((x, mask), y) in inputs.zip(y.chunks_exact_mut(features)) {
        let scale = T::from_f64(steps as f64) / mask.iter().copied().sum::<T>();
        for from in (0..features).step_by(T::Vector::<S>::LEN) {
            let count = T::Vector::<S>::LEN.min(features - from);
            let [mean] = sums::mean::<S, T, 1>(
                simd,
                steps,
                #[inline(always)]
                |step| match mask.get(step) {
                    Some(counts) if *counts != T::zero() => [lanes::load_part(simd, x, step * features + from, count)],
                    _ => [lanes::zeros::<S, T>(simd)],
                },
            );
            lanes::store_part::<S, T>(mean * scale, y, from, count);
        }
    }
}

/// [`infer`] for the samples of a shard.
#[inline(always)]
pub fn forward<S: Simd, T: Element>(
    simd: S,
    kind: Kind,
    [steps, features]: [usize; 2],
    samples: usize,
    x: &[T],
    y: &mut [T],
) {
    global_pool2d::forward(simd, kind, [1, steps, features], samples, x, y);
}

/// The gradient of the input, for all samples; overwrites `dx`. See [`global_pool2d::backward`].
#[inline(always)]
#[expect(clippy::too_many_arguments, reason = "the signature that all layers' backward shares")]
pub fn backward<S: Simd, T: Element>(
    simd: S,
    kind: Kind,
    [steps, features]: [usize; 2],
    samples: usize,
    x: &[T],
    y: &[T],
    dy: &[T],
    dx: &mut [T],
) {
    global_pool2d::backward(simd, kind, [1, steps, features], samples, x, y, dy, dx);
}

/// `dx = dy · mask / Σ mask`, for all samples; overwrites `dx`.
#[inline(always)]
pub fn backward_masked<S: Simd, T: Element>(
    simd: S,
    [steps, features]: [usize; 2],
    mask: &[T],
    dy: &[T],
    dx: &mut [T],
) {
    let gradients = dy.chunks_exact(features).zip(dx.chunks_exact_mut(steps * features));
    for (mask, (dy, dx)) in mask.chunks_exact(steps).zip(gradients) {
        let scale = T::one() / mask.iter().copied().sum::<T>();
        for (counts, dx) in mask.iter().zip(dx.chunks_exact_mut(features)) {
            let share = *counts * scale;
            slices::map(
                simd,
                dy,
                dx,
                #[inline(always)]
                |dy| dy * share,
            );
        }
    }
}

#[cfg(all(test, feature = "std"))]
mod tests {
    use crate::kernels::vectors::dispatch;
    use fearless_simd::Fallback;

    use super::*;
    use crate::kernels::testing::{assert_close, levels, random};

    #[test]
    fn masked_means() {
        let (steps, features, samples) = (5, 19, 3);
        let (x, dy) = (random::<f64>(1, samples * steps * features), random::<f64>(2, samples * features));
        let mask: Vec<f64> = (0..samples * steps).map(|at| f64::from(u8::from(at % 3 > 0))).collect();
        let counts = |sample: usize| mask[sample * steps..][..steps].iter().sum::<f64>();
        let (mut want, mut gradient) = (vec![0.0; dy.len()], vec![0.0; x.len()]);
        for at in 0..x.len() {
            let (row, sample) = (at / features, at / features / steps);
            want[sample * features + at % features] += x[at] * mask[row] / counts(sample);
            gradient[at] = dy[sample * features + at % features] * mask[row] / counts(sample);
        }
        let (mut y, mut dx) = (vec![f64::NAN; want.len()], vec![f64::NAN; x.len()]);
        infer_masked(Fallback::new(), [steps, features], &x, &mask, &mut y);
        backward_masked(Fallback::new(), [steps, features], &mask, &dy, &mut dx);
        assert_close(&y, &want, steps, "the mean");
        assert_close(&dx, &gradient, 1, "the gradient");

        let narrow = |x: &[f64]| -> Vec<f32> { x.iter().map(|x| *x as f32).collect() };
        let (x, mask, dy) = (narrow(&x), narrow(&mask), narrow(&dy));
        for level in levels() {
            let (mut y, mut dx) = (vec![f32::NAN; want.len()], vec![f32::NAN; x.len()]);
            dispatch!(level, simd => {
                infer_masked(simd, [steps, features], &x, &mask, &mut y);
                backward_masked(simd, [steps, features], &mask, &dy, &mut dx);
            });
            assert_close(&y, &narrow(&want), steps, "the mean");
            assert_close(&dx, &narrow(&gradient), 1, "the gradient");
        }
    }

    #[test]
    fn no_step_that_counts() {
        let mut y = [0.0_f64];
        infer_masked(Fallback::new(), [2, 1], &[1.0, 2.0], &[0.0, 0.0], &mut y);
        assert!(y[0].is_nan());
    }

    #[test]
    fn without_a_mask() {
        let (mut y, mut dx) = ([0.0; 2], [0.0; 6]);
        let x = [1.0, 5.0, 3.0, 5.0, 2.0, -1.0];
        forward(Fallback::new(), Kind::Max, [3, 2], 1, &x, &mut y);
        backward(Fallback::new(), Kind::Max, [3, 2], 1, &x, &y, &[1.0, 2.0], &mut dx);
        assert_eq!((y, dx), ([3.0, 5.0], [0.0, 1.0, 1.0, 1.0, 0.0, 0.0]));
        infer(Fallback::new(), Kind::Average, [3, 2], &x, &mut y);
        assert_eq!(y, [2.0, 3.0]);
    }
}
