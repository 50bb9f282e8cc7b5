use super::*;
use crate::tensor::{Tensor1, Tensor2, Tensor3, Tensor4, Tensor5, Tensor6};

const SOFT: [f64; 6] = [0.2, 0.5, 0.3, 0.7, 0.1, 0.2];
const PROBABILITIES: [f64; 6] = [0.3, 0.6, 0.2, 0.25, 0.5, 0.35];
const LOGITS: [f64; 6] = [-1.5, 0.3, 2.0, 0.1, -0.4, 4.0];

/// Compares the gradient of a loss with central differences, each row with a factor of its own.
fn check_gradient(loss: &dyn Loss<f64>, y_true: &[f64], y_pred: &[f64], logits: bool) {
    let factor = [0.7, -1.3];
    let total = |y_pred: &[f64]| {
        let mut values = [0.0; 2];
        loss.rows(y_true, y_pred, 3, logits, &mut values);
        values[0] * factor[0] + values[1] * factor[1]
    };
    let mut gradient = [f64::NAN; 6];
    loss.gradient(y_true, y_pred, 3, logits, &factor, &mut gradient);
    for at in 0..6 {
        let moved = |by: f64| {
            let mut y_pred = y_pred.to_vec();
            y_pred[at] += by;
            total(&y_pred)
        };
        let slope = (moved(1e-5) - moved(-1e-5)) / 2e-5;
        let off = (gradient[at] - slope).abs();
        assert!(off < 1e-7, "{}, logits {logits}, at {at}: {} for {slope}", loss.name(), gradient[at]);
    }
}

#[test]
fn gradients_are_slopes() {
    check_gradient(&MeanSquaredError::default(), &SOFT, &LOGITS, false);
    check_gradient(&MeanAbsoluteError::default(), &SOFT, &LOGITS, false);
    for label_smoothing in [0.0, 0.2] {
        let binary = BinaryCrossentropy { label_smoothing, ..Default::default() };
        check_gradient(&binary, &SOFT, &PROBABILITIES, false);
        check_gradient(&binary, &SOFT, &LOGITS, true);
        let categorical = CategoricalCrossentropy { label_smoothing, ..Default::default() };
        check_gradient(&categorical, &SOFT, &PROBABILITIES, false);
        check_gradient(&categorical, &SOFT, &LOGITS, true);
    }
    for ignore_class in [None, Some(1)] {
        let sparse = SparseCategoricalCrossentropy { ignore_class, ..Default::default() };
        check_gradient(&sparse, &[1.0, 2.0], &PROBABILITIES, false);
        check_gradient(&sparse, &[1.0, 2.0], &LOGITS, true);
    }
}

/// The losses that compare whole rows with each other, or each output with its target by itself.
#[test]
fn gradients_of_all_losses_are_slopes() {
    let positive = [0.4, 1.3, 0.2, 0.25, 2.5, 0.35];
    let sides = [-1.0, 1.0, 1.0, 1.0, -1.0, -1.0];
    type Case<'a> = (&'a dyn Loss<f64>, &'a [f64], &'a [f64]);
    let losses: [Case<'_>; 12] = [
        (&MeanAbsolutePercentageError::default(), &SOFT, &LOGITS),
        (&MeanSquaredLogarithmicError::default(), &SOFT, &positive),
        (&Huber::default(), &SOFT, &LOGITS),
        (&Huber { delta: 0.3, ..Default::default() }, &SOFT, &LOGITS),
        (&LogCosh::default(), &SOFT, &LOGITS),
        (&Poisson::default(), &SOFT, &positive),
        (&KLDivergence::default(), &SOFT, &PROBABILITIES),
        (&Hinge::default(), &sides, &LOGITS),
        (&Hinge::default(), &[0.0, 1.0, 1.0, 1.0, 0.0, 0.0], &LOGITS),
        (&SquaredHinge::default(), &sides, &LOGITS),
        (&CategoricalHinge::default(), &SOFT, &LOGITS),
        (&CosineSimilarity::default(), &SOFT, &LOGITS),
    ];
    for (loss, y_true, y_pred) in losses {
        check_gradient(loss, y_true, y_pred, false);
    }
    let axis = Some(-1);
    check_gradient(&Dice { axis, ..Default::default() }, &SOFT, &PROBABILITIES, false);
    check_gradient(&Tversky { alpha: 0.3, beta: 0.9, axis, ..Default::default() }, &SOFT, &PROBABILITIES, false);
    for (gamma, label_smoothing) in [(2.0, 0.0), (0.5, 0.1), (0.0, 0.2), (1.0, 0.0)] {
        for apply_class_balancing in [false, true] {
            let focal = BinaryFocalCrossentropy { gamma, label_smoothing, apply_class_balancing, ..Default::default() };
            check_gradient(&focal, &SOFT, &PROBABILITIES, false);
            check_gradient(&focal, &SOFT, &LOGITS, true);
        }
        let alpha = [0.1, 0.7, 0.4].into();
        let focal = CategoricalFocalCrossentropy { gamma, label_smoothing, alpha, ..Default::default() };
        check_gradient(&focal, &SOFT, &PROBABILITIES, false);
        check_gradient(&CategoricalFocalCrossentropy { from_logits: true, ..focal }, &SOFT, &LOGITS, false);
    }
}

/// Without the factor the focal crossentropies are the plain ones.
#[test]
fn focal_crossentropies_are_crossentropies_without_their_factor() {
    let value = |loss: &dyn Loss<f64>| evaluate(loss, &SOFT, &PROBABILITIES, 3, None).value;
    let focal = BinaryFocalCrossentropy { gamma: 0.0, ..Default::default() };
    assert!((value(&focal) - value(&BinaryCrossentropy::default())).abs() < 1e-12);
    let focal = CategoricalFocalCrossentropy { gamma: 0.0, alpha: 1.0.into(), ..Default::default() };
    assert!((value(&focal) - value(&CategoricalCrossentropy::default())).abs() < 1e-12);
    // A class without a number of its own is no reason to panic.
    let short = CategoricalFocalCrossentropy { alpha: [1.0].into(), ..Default::default() };
    assert!(value(&short).is_nan());
}

/// From Keras' own documentation, whatever the rows; weights count as if each had a value of its own.
#[test]
fn losses_of_whole_batches_have_one_value() {
    let (y_true, y_pred) = ([1.0, 1.0, 0.0, 0.0, 1.0, 1.0, 0.0, 0.0], [0.0, 1.0, 1.0, 0.0, 0.4, 0.0, 0.0, 0.9]);
    for classes in [1, 2, 8] {
        let value = |loss: Dice, weights| evaluate(&loss, &y_true, &y_pred, classes, weights).value;
        assert!((value(Dice::default(), None) - 0.6164384).abs() < 1e-6);
        let weights = Some(&[1.0, 3.0][..]);
        assert!((value(Dice::default(), weights) - 2.0 * 0.6164384).abs() < 1e-6);
        let sum = Dice { reduction: Reduction::Sum, ..Default::default() };
        assert!((value(sum, None) - 0.6164384).abs() < 1e-6 && (value(sum, weights) - 4.0 * 0.6164384).abs() < 1e-6);
        let mean = Dice { reduction: Reduction::MeanWithSampleWeight, ..Default::default() };
        assert!((value(mean, weights) - 0.6164384).abs() < 1e-6);
    }
    let metric = crate::metrics::LossMetric::of(Dice::default());
    let error = crate::metrics::Metric::<f32>::check_options(&metric).unwrap_err().to_string();
    assert_eq!(error, "`metrics`: expected a loss that has a value for each row, found dice");
}

/// At the places where a derivative is TensorFlow's choice of one side.
#[test]
fn kinks_have_the_slope_of_one_side() {
    fn gradient<const N: usize>(loss: &dyn Loss<f64>, y_true: [f64; N], y_pred: [f64; N]) -> [f64; N] {
        let mut gradient = [f64::NAN; N];
        loss.gradient(&y_true, &y_pred, N, false, &[N as f64], &mut gradient);
        gradient
    }
    assert_eq!(gradient(&Hinge::default(), [1.0, -1.0], [1.0, -1.0]), [-1.0, 1.0]);
    assert_eq!(gradient(&Huber::default(), [0.0, 0.0], [1.0, -1.0]), [1.0, -1.0]);
    // Two largest outputs of other classes share the gradient.
    assert_eq!(gradient(&CategoricalHinge::default(), [0.0, 1.0, 0.0], [2.0, 0.5, 2.0]), [1.5, -3.0, 1.5]);
    assert_eq!(gradient(&CosineSimilarity::default(), [1.0, 0.0], [0.0, 0.0]), [-2e7, 0.0]);
    assert_eq!(gradient(&CosineSimilarity::default(), [0.0, 0.0], [1.0, 0.0]), [0.0, 0.0]);
    assert_eq!(gradient(&MeanSquaredLogarithmicError::default(), [1.0], [-3.0]), [0.0]);
    assert_eq!(gradient(&KLDivergence::default(), [0.5], [1.5]), [0.0]);
}

#[test]
fn large_differences_do_not_overflow() {
    let value = |loss: &dyn Loss<f32>| evaluate(loss, &[0.0, 1.0], &[1e4, -1e4], 2, None).value;
    assert!((value(&LogCosh::default()) - 1e4).abs() < 2.0);
    assert!((value(&Huber::default()) - 1e4).abs() < 2.0);
    let focal = |loss: &dyn Loss<f32>| evaluate(loss, &[0.0, 1.0], &[1e4, -1e4], 2, None).value;
    assert!((focal(&BinaryFocalCrossentropy::from_logits()) - 1e4).abs() < 2.0);
    assert!(focal(&CategoricalFocalCrossentropy::from_logits()).is_finite());
}

/// A saturated output has no gradient where it is clipped, as in Keras, and its logits still do.
#[test]
fn clipped_probabilities_have_no_gradient_and_logits_do() {
    let loss = BinaryCrossentropy::default();
    let mut gradient = [f64::NAN; 2];
    loss.gradient(&[1.0, 0.0], &[0.0, 1.0], 1, false, &[1.0, 1.0], &mut gradient);
    assert_eq!(gradient, [0.0, 0.0]);
    loss.gradient(&[1.0, 0.0], &[-90.0, 90.0], 1, true, &[1.0, 1.0], &mut gradient);
    assert_eq!(gradient, [-1.0, 1.0]);
}

#[test]
fn absolute_differences_of_zero_have_no_slope() {
    let mut gradient = [f64::NAN; 3];
    let (y_true, y_pred) = ([1.0, 0.0, 2.0], [1.0, 3.0, -1.0]);
    MeanAbsoluteError::default().gradient(&y_true, &y_pred, 1, false, &[2.0; 3], &mut gradient);
    assert_eq!(gradient, [0.0, 2.0, -2.0]);
}

#[test]
fn logits_of_any_size_stay_finite() {
    let mut values = [f32::NAN; 1];
    let mut gradient = [f32::NAN; 2];
    let losses: [(&dyn Loss<f32>, &[f32]); 3] = [
        (&BinaryCrossentropy::from_logits(), &[1.0, 0.0]),
        (&CategoricalCrossentropy::from_logits(), &[1.0, 0.0]),
        (&SparseCategoricalCrossentropy::from_logits(), &[0.0]),
    ];
    for (loss, y_true) in losses {
        loss.rows(y_true, &[-1e30, 1e30], 2, false, &mut values);
        loss.gradient(y_true, &[-1e30, 1e30], 2, false, &[1.0], &mut gradient);
        assert!(values[0] > 1e29 && values[0].is_finite() && gradient.iter().all(|x| x.is_finite()), "{}", loss.name());
    }
}

/// What the network's own softmax or sigmoid hands over gives what its output gives, where nothing saturates.
#[test]
fn logits_and_probabilities_agree() {
    let close = |loss: &dyn Loss<f64>, y_true: &[f64], probabilities: &[f64]| {
        let (mut a, mut b) = ([0.0; 2], [0.0; 2]);
        loss.rows(y_true, &LOGITS, 3, true, &mut a);
        loss.rows(y_true, probabilities, 3, false, &mut b);
        assert!(a.iter().zip(b).all(|(a, b)| (a - b).abs() < 1e-12), "{}: {a:?} and {b:?}", loss.name());
    };
    let sigmoid = LOGITS.map(|x| 1.0 / (1.0 + (-x).exp()));
    close(&BinaryCrossentropy::default(), &SOFT, &sigmoid);
    let mut softmax = LOGITS.map(f64::exp);
    softmax.chunks_exact_mut(3).for_each(|row| {
        let sum: f64 = row.iter().sum();
        row.iter_mut().for_each(|p| *p /= sum);
    });
    close(&CategoricalCrossentropy::default(), &SOFT, &softmax);
    close(&SparseCategoricalCrossentropy::default(), &[2.0, 0.0], &softmax);
}

#[test]
fn only_losses_of_probabilities_prefer_logits() {
    let prefers = |loss: &dyn Loss<f32>| loss.prefers_logits_of();
    assert_eq!(prefers(&SparseCategoricalCrossentropy::default()), OutputActivation::Softmax);
    assert_eq!(prefers(&CategoricalCrossentropy::default()), OutputActivation::Softmax);
    assert_eq!(prefers(&BinaryCrossentropy::default()), OutputActivation::Sigmoid);
    assert_eq!(prefers(&BinaryCrossentropy::from_logits()), OutputActivation::Other);
    assert_eq!(prefers(&MeanSquaredError::default()), OutputActivation::Other);
}

#[test]
fn bad_targets_are_named() {
    let sparse = SparseCategoricalCrossentropy { ignore_class: Some(-1), ..Default::default() };
    assert!(sparse.check(&[0.0_f32, 9.0, -1.0], 10).is_ok());
    for bad in [10.0, -2.0, 0.5, f32::NAN, f32::INFINITY] {
        let error = sparse.check(&[0.0, bad], 10).expect_err("a bad target");
        assert_eq!((error.row, error.expected), (1, Expected::Class(10)));
    }
    let error = sparse.check(&[0.0_f32, 12.0], 10).expect_err("a bad target");
    assert_eq!(error.to_string(), "the target 12 of row 1 is not the index of a class, 0 to 9");
    let error = MeanSquaredError::default().check(&[0.0, 1.0, 2.0, f64::NAN], 2).expect_err("a bad target");
    assert_eq!(error.to_string(), "the target NaN of row 1 is not a finite number");
}

/// Targets that were never checked give no number rather than a panic.
#[test]
fn unchecked_targets_give_nan() {
    let loss = SparseCategoricalCrossentropy::default();
    for bad in [3.0, -1.0, 0.5, f64::NAN] {
        let (mut values, mut gradient) = ([0.0], [0.0; 3]);
        loss.rows(&[bad], &[0.2, 0.3, 0.5], 3, false, &mut values);
        loss.gradient(&[bad], &[0.2, 0.3, 0.5], 3, false, &[1.0], &mut gradient);
        assert!(values[0].is_nan() && gradient[0].is_nan(), "{bad}");
    }
}

fn factors_of(reduction: Reduction, weights: Option<&[f64]>, mask: Option<&[bool]>) -> [f64; 4] {
    let mut out = [f64::NAN; 4];
    factors(&MeanSquaredError { reduction }, &[0.0; 4], 1, weights, mask, &mut out);
    out
}

#[test]
fn each_reduction_divides_by_its_own_count() {
    let weights: &[f64] = &[1.0, 3.0];
    assert_eq!(factors_of(Reduction::SumOverBatchSize, None, None), [0.25; 4]);
    assert_eq!(factors_of(Reduction::Mean, Some(weights), None), [0.25, 0.25, 0.75, 0.75]);
    assert_eq!(factors_of(Reduction::Sum, Some(weights), None), [1.0, 1.0, 3.0, 3.0]);
    assert_eq!(factors_of(Reduction::None, Some(weights), None), [1.0, 1.0, 3.0, 3.0]);
    let all: &[f64] = &[1.0, 2.0, 3.0, 4.0];
    assert_eq!(factors_of(Reduction::MeanWithSampleWeight, Some(all), None), [0.1, 0.2, 0.30000000000000004, 0.4]);
    assert_eq!(factors_of(Reduction::MeanWithSampleWeight, Some(&[0.0; 4]), None), [0.0; 4]);
}

#[test]
fn masked_rows_count_nothing() {
    let mask: &[bool] = &[true, false, true, false];
    assert_eq!(factors_of(Reduction::SumOverBatchSize, None, Some(mask)), [0.5, 0.0, 0.5, 0.0]);
    assert_eq!(factors_of(Reduction::Sum, Some(&[1.0, 3.0]), Some(mask)), [1.0, 0.0, 3.0, 0.0]);
    assert_eq!(factors_of(Reduction::SumOverBatchSize, None, Some(&[false; 4])), [0.0; 4]);
    let loss = SparseCategoricalCrossentropy { ignore_class: Some(255), ..Default::default() };
    let mut out = [f64::NAN; 4];
    factors(&loss, &[0.0, 255.0, 1.0, 1.0], 2, None, None, &mut out);
    assert_eq!(out, [1.0 / 3.0, 0.0, 1.0 / 3.0, 1.0 / 3.0]);
}

#[test]
fn targets_write_their_elements() {
    fn written<Y: Target<f32>>(target: Y) -> Vec<f32> {
        let mut out = vec![f32::NAN; Y::WIDTH];
        target.write(&mut out);
        out
    }
    assert_eq!(written(7_usize), [7.0]);
    assert_eq!(written(-3_i64), [-3.0]);
    assert_eq!(written(true), [1.0]);
    assert_eq!(written(0.25_f64), [0.25]);
    assert_eq!(written(Tensor2([[1_u8, 2], [3, 4]])), [1.0, 2.0, 3.0, 4.0]);
    assert_eq!(written(Tensor3([[[true, false]]])), [1.0, 0.0]);
    assert_eq!(written(Tensor5([[[[[3]], [[4]]]]])), [3.0, 4.0]);
    assert_eq!(written(Tensor6([[[[[[3, 4]]], [[[5, 6]]]]]])), [3.0, 4.0, 5.0, 6.0]);
}

#[test]
fn targets_fit_outputs() {
    fn fits<O, Y, L: LossFor<O, Y, f32>>() {}
    fits::<Tensor1<10>, u8, SparseCategoricalCrossentropy>();
    fits::<Tensor2<5, 10>, Tensor1<5, i64>, SparseCategoricalCrossentropy>();
    fits::<Tensor3<4, 5, 10>, Tensor2<4, 5, usize>, SparseCategoricalCrossentropy>();
    fits::<Tensor5<2, 1, 4, 5, 10>, Tensor4<2, 1, 4, 5, usize>, SparseCategoricalCrossentropy>();
    fits::<Tensor6<2, 3, 1, 4, 5, 10>, Tensor5<2, 3, 1, 4, 5, u8>, SparseCategoricalCrossentropy>();
    fits::<Tensor6<2, 3, 1, 4, 5, 10>, Tensor6<2, 3, 1, 4, 5, 10, u8>, MeanSquaredError>();
    fits::<Tensor1<10>, Tensor1<10>, CategoricalCrossentropy>();
    fits::<Tensor1<3>, Tensor1<3, bool>, BinaryCrossentropy>();
    fits::<Tensor1<1>, bool, BinaryCrossentropy>();
    fits::<Tensor1<1>, f64, MeanSquaredError>();
    fits::<Tensor2<5, 3>, Tensor2<5, 3, u8>, MeanAbsoluteError>();
}

/// Rows of a hundred thousand equal outputs.
#[test]
fn long_rows_lose_no_digits() {
    const CLASSES: usize = 100_000;
    fn value(loss: &dyn Loss<f32>, y_true: f32, y_pred: f32) -> f64 {
        let width = loss.target_width(CLASSES);
        let mut value = [f32::NAN];
        loss.rows(&vec![y_true; width], &vec![y_pred; CLASSES], CLASSES, false, &mut value);
        f64::from(value[0])
    }
    let classes = CLASSES as f64;
    let wants = [
        (value(&MeanSquaredError::default(), 0.0, 0.1), 0.01),
        (value(&MeanAbsoluteError::default(), 0.0, 0.1), 0.1),
        (value(&BinaryCrossentropy::from_logits(), 0.0, 0.1), 0.1_f64.exp().ln_1p()),
        (value(&SparseCategoricalCrossentropy::from_logits(), 0.0, 0.1), classes.ln()),
        (value(&SparseCategoricalCrossentropy::default(), 0.0, 0.1), classes.ln()),
        (value(&CategoricalCrossentropy::from_logits(), 1.0 / CLASSES as f32, 0.1), classes.ln()),
        (value(&CategoricalCrossentropy::default(), 1.0 / CLASSES as f32, 0.1), classes.ln()),
    ];
    for (at, (got, want)) in wants.into_iter().enumerate() {
        assert!((got / want - 1.0).abs() < 1e-6, "{at}: {got}, not {want}");
    }
}
