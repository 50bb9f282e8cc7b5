use super::*;

fn run(metric: &mut dyn Metric<f64>, y_true: &[f64], y_pred: &[f64], classes: usize, width: usize) -> f64 {
    metric.reset();
    metric.update(y_true, y_pred, classes, width, None);
    metric.result()
}

#[test]
fn accuracy_is_resolved_by_the_shapes() {
    let mut metric = accuracy();
    assert_eq!(run(&mut metric, &[1.0, 0.0], &[0.7, 0.6], 1, 1), 0.5);
    assert_eq!(run(&mut metric, &[1.0, 0.0], &[0.3, 0.7, 0.4, 0.6], 2, 1), 0.5);
    assert_eq!(run(&mut metric, &[0.0, 1.0, 1.0, 0.0], &[0.3, 0.7, 0.4, 0.6], 2, 2), 0.5);
}

#[test]
fn the_first_of_equal_outputs_is_the_largest() {
    assert_eq!(argmax(&[1.0, 2.0, 2.0]), 1);
    assert_eq!(run(&mut SparseCategoricalAccuracy::default(), &[0.0], &[0.5, 0.5], 2, 1), 1.0);
}

#[test]
fn ties_at_the_end_of_the_top_k_count() {
    assert!(in_top_k(&[0.5, 0.2, 0.2, 0.2], 3, 2));
    assert!(!in_top_k(&[0.5, 0.4, 0.2, 0.2], 3, 2));
    assert!(!in_top_k(&[f64::NAN, 0.4], 1, 2));
    assert!(!in_top_k(&[0.5, 0.4], 2, 2));
}

#[test]
fn weights_of_samples_hold_for_all_their_rows() {
    let mut metric = SparseCategoricalAccuracy::default();
    let y_pred = [0.9, 0.1, 0.9, 0.1, 0.9, 0.1, 0.9, 0.1];
    metric.update(&[0.0, 0.0, 1.0, 0.0], &y_pred, 2, 1, Some(&[3.0_f64, 1.0]));
    assert_eq!(Metric::<f64>::result(&metric), 7.0 / 8.0);
}

#[test]
fn results_run_over_batches_until_reset() {
    let mut metric = MeanSquaredError::default();
    assert_eq!(Metric::<f64>::result(&metric), 0.0);
    metric.update(&[0.0], &[1.0], 1, 1, None);
    metric.update(&[0.0, 0.0], &[2.0, 2.0], 1, 1, None);
    assert_eq!(Metric::<f64>::result(&metric), 3.0);
    assert_eq!(run(&mut metric, &[0.0], &[2.0], 1, 1), 4.0);
}

#[test]
fn targets_of_the_wrong_width_are_not_a_number() {
    assert!(run(&mut SparseCategoricalAccuracy::default(), &[0.0, 1.0], &[0.0, 1.0], 2, 2).is_nan());
    assert!(run(&mut CategoricalAccuracy::default(), &[0.0], &[0.0, 1.0], 2, 1).is_nan());
    assert!(run(&mut MeanSquaredError::default(), &[0.0], &[0.0, 1.0], 2, 1).is_nan());
}

#[test]
fn metrics_are_made_of_what_compile_is_given() {
    fn names(metrics: impl Into<Metrics<f32>>) -> Vec<String> {
        metrics.into().0.iter().map(|metric| metric.name().to_string()).collect()
    }
    assert_eq!(names(accuracy()), ["accuracy"]);
    assert_eq!(names((accuracy(),)), ["accuracy"]);
    assert_eq!(names([BinaryAccuracy::default(); 2]), ["binary_accuracy"; 2]);
    let both = (TopKCategoricalAccuracy { k: 2, ..Default::default() }, MeanAbsoluteError::default());
    assert_eq!(names(both), ["top_k_categorical_accuracy", "mean_absolute_error"]);
    assert_eq!(names(LossMetric::of(crate::losses::BinaryCrossentropy::from_logits())), ["binary_crossentropy"]);
}
