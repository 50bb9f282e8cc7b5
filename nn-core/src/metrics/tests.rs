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

/// Every metric survives batches of all shapes that it fits, before and after, and rows that it does not fit.
#[test]
fn metrics_of_any_batch_do_not_panic() {
    for row in METRICS {
        let given = |option: &crate::config::Opt| match option.name {
            "target_class_ids" => (&[0.0, 2.0][..]).into(),
            "num_classes" => 3.into(),
            _ => 0.5.into(),
        };
        let options = row.options.iter().filter(|option| option.is_required());
        let options: Vec<_> = options.map(|option| (option.name, given(option))).collect();
        let mut metric = from_config::<f64>(row.class, &options).unwrap();
        assert!(metric.check_options().is_ok() && !metric.name().is_empty(), "{}", row.class);
        assert!(metric.results().len() <= 1, "{}", row.class);
        for (classes, width) in [(1, 1), (3, 3), (3, 1)] {
            metric.reset();
            let (y_true, y_pred) = ([0.0, 1.0, 1.0, 0.0, 2.0, f64::NAN], [0.3, -1.0, f64::NAN, 0.5, 1e300, 0.0]);
            metric.update(&y_true[..2 * width], &y_pred[..2 * classes], classes, width, Some(&[1.0, 0.5]));
            metric.update(&[], &[], classes, width, None);
            let found = metric.result();
            assert!(metric.fits(classes, width) || found.is_nan(), "{}: {found}", row.class);
        }
    }
}

#[test]
fn thresholds_have_results_of_their_own() {
    let mut precision = Precision { thresholds: Some([0.2, 0.6].into()), ..Default::default() };
    let (y_true, y_pred) = ([1.0, 0.0, 1.0, 0.0], [0.9, 0.3, 0.4, 0.1]);
    precision.update(&y_true, &y_pred, 1, 1, Some(&[1.0, 2.0, 1.0, 1.0]));
    assert_eq!(Metric::<f64>::results(&precision), [0.5, 1.0]);
    assert_eq!(Metric::<f64>::result(&precision), 0.75);
    let mut recall = Recall { thresholds: Some([0.2, 0.6].into()), ..Default::default() };
    recall.update(&y_true, &y_pred, 1, 1, None);
    assert_eq!(Metric::<f64>::results(&recall), [1.0, 0.5]);
    assert!(run(&mut TruePositives::default(), &[0.0; 2], &[0.0; 2], 2, 2) == 0.0);
    let error = Precision { thresholds: Some([0.2, 1.5].into()), ..Default::default() };
    let error = Metric::<f64>::check_options(&error).unwrap_err().to_string();
    assert_eq!(error, "`thresholds`: expected a number from 0 to 1, or a list of them, found [0.2, 1.5]");
}

#[test]
fn only_the_largest_outputs_are_positive_with_top_k() {
    let mut metric = Precision { top_k: Some(1), ..Default::default() };
    // Of equal outputs the first is the largest.
    assert_eq!(run(&mut metric, &[0.0, 1.0, 0.0, 0.0, 1.0, 1.0], &[-3.0, -1.0, -2.0, 0.5, 0.5, 0.1], 3, 3), 0.5);
    let mut metric = Recall { top_k: Some(2), class_id: Some(1), ..Default::default() };
    assert_eq!(run(&mut metric, &[0.0, 1.0, 0.0, 0.0, 1.0, 1.0], &[0.3, 0.1, 0.2, 0.5, 0.5, 0.1], 3, 3), 0.5);
    assert!(!Metric::<f64>::fits(&metric, 1, 1));
}

#[test]
fn areas_below_curves() {
    let (y_true, y_pred) = ([0.0, 0.0, 1.0, 1.0], [0.0, 0.5, 0.3, 0.9]);
    let area = |auc: AUC| run(&mut { auc }, &y_true, &y_pred, 1, 1);
    let base = || AUC { num_thresholds: 3, ..Default::default() };
    // From Keras' own documentation.
    assert!((area(base()) - 0.75).abs() < 1e-9);
    let thresholds = Some(vec![0.5]);
    assert!((area(AUC { thresholds, ..Default::default() }) - 0.75).abs() < 1e-9);
    // With all thresholds between them: of four pairs, three are in order.
    assert!((area(AUC::default()) - 0.75).abs() < 1e-9);
    let majoring = AUC { summation_method: SummationMethod::Majoring, ..base() };
    let minoring = AUC { summation_method: SummationMethod::Minoring, ..base() };
    assert!(area(minoring.clone()) < area(base()) && area(base()) < area(majoring));
    // Logits in the same order have nearly the same area.
    let logits = y_pred.map(|p: f64| (p.clamp(1e-3, 1.0 - 1e-3) / (1.0 - p.clamp(1e-3, 1.0 - 1e-3))).ln());
    let mut auc = AUC { from_logits: true, ..Default::default() };
    assert!((run(&mut auc, &y_true, &logits, 1, 1) - 0.75).abs() < 1e-9);
    let error = AUC { num_thresholds: 1, ..Default::default() };
    assert!(Metric::<f64>::check_options(&error).is_err());
    // A perfect classifier has all of the area below each curve.
    for curve in [Curve::Roc, Curve::Pr, Curve::PrGain] {
        let found = run(&mut AUC { curve, ..Default::default() }, &[0.0, 1.0], &[0.25, 0.75], 1, 1);
        assert!((found - 1.0).abs() < 1e-6, "{curve:?}: {found}");
    }
}

#[test]
fn labels_have_areas_of_their_own() {
    let (y_true, y_pred) = ([0.0, 1.0, 1.0, 0.0], [0.2, 0.3, 0.8, 0.6]);
    // The first class is perfect, the second the opposite.
    let mut auc = AUC { multi_label: true, ..Default::default() };
    assert!((run(&mut auc, &y_true, &y_pred, 2, 2) - 0.5).abs() < 1e-9);
    let mut auc = AUC { multi_label: true, label_weights: Some(vec![3.0, 1.0]), ..Default::default() };
    assert!((run(&mut auc, &y_true, &y_pred, 2, 2) - 0.75).abs() < 1e-9);
    assert!(!Metric::<f64>::fits(&auc, 3, 3));
}

#[test]
fn the_best_rate_where_another_is_good_enough() {
    let (y_true, y_pred) = ([0.0, 0.0, 0.0, 1.0, 1.0], [0.0, 0.3, 0.8, 0.3, 0.8]);
    // From Keras' own documentation.
    assert_eq!(run(&mut SensitivityAtSpecificity::new(0.5), &y_true, &y_pred, 1, 1), 0.5);
    assert!((run(&mut SpecificityAtSensitivity::new(0.5), &y_true, &y_pred, 1, 1) - 2.0 / 3.0).abs() < 1e-9);
    assert_eq!(run(&mut PrecisionAtRecall::new(0.5), &y_true, &y_pred, 1, 1), 0.5);
    assert_eq!(run(&mut RecallAtPrecision::new(0.8), &[0.0, 0.0, 1.0, 1.0], &[0.0, 0.5, 0.3, 0.9], 1, 1), 0.5);
    let error = Metric::<f64>::check_options(&RecallAtPrecision::new(1.5)).unwrap_err().to_string();
    assert_eq!(error, "`precision`: expected a number from 0 to 1, found 1.5");
}

#[test]
fn overlaps_of_classes() {
    let close = |found: f64, expected: f64| assert!((found - expected).abs() < 1e-6, "{found} for {expected}");
    // From Keras' own documentation.
    close(run(&mut MeanIoU::new(2), &[0.0, 0.0, 1.0, 1.0], &[0.0, 1.0, 0.0, 1.0], 1, 1), 1.0 / 3.0);
    close(
        run(
            &mut BinaryIoU { threshold: 0.3, ..Default::default() },
            &[0.0, 1.0, 0.0, 1.0],
            &[0.1, 0.2, 0.4, 0.7],
            1,
            1,
        ),
        1.0 / 3.0,
    );
    let (y_true, y_pred) = (
        [0.0, 0.0, 1.0, 1.0, 0.0, 0.0, 0.0, 1.0, 0.0, 1.0, 0.0, 0.0],
        [0.2, 0.3, 0.5, 0.1, 0.2, 0.7, 0.5, 0.3, 0.1, 0.1, 0.4, 0.5],
    );
    close(run(&mut OneHotIoU::new(3, [0, 2]), &y_true, &y_pred, 3, 3), 1.0 / 6.0);
    close(run(&mut OneHotMeanIoU::new(3), &y_true, &y_pred, 3, 3), 1.0 / 9.0);
    // What is no class does not count, nor what is ignored.
    let mut ignoring = MeanIoU { ignore_class: Some(1), ..MeanIoU::new(2) };
    close(run(&mut ignoring, &[0.0, 1.0, 7.0, -1.0], &[0.0, 1.0, 0.0, f64::NAN], 1, 1), 1.0);
    let mut mixed = MeanIoU { sparse_y_pred: false, ..MeanIoU::new(3) };
    close(run(&mut mixed, &[2.0, 0.0], &[0.1, 0.2, 0.9, 0.8, 0.1, 0.1], 3, 1), 1.0);
    assert!(!Metric::<f64>::fits(&mixed, 3, 3));
    let error = Metric::<f64>::check_options(&IoU::new(3, [0, 3])).unwrap_err().to_string();
    assert_eq!(error, "`target_class_ids`: expected indices of classes below `num_classes`, found 3");
}

#[test]
fn scores_of_regressions() {
    let mut score = R2Score { class_aggregation: None, ..Default::default() };
    score.update(&[1.0, 5.0, 4.0, 6.0, 3.0, 10.0], &[2.0, 5.0, 4.0, 6.0, 4.0, 10.0], 2, 2, None);
    let scores = Metric::<f64>::results(&score);
    assert!((scores[0] - 4.0 / 7.0).abs() < 1e-9 && (scores[1] - 1.0).abs() < 1e-9, "{scores:?}");
    let mut adjusted = R2Score { num_regressors: 1, ..Default::default() };
    let found = run(&mut adjusted, &[1.0, 4.0, 3.0], &[2.0, 4.0, 4.0], 1, 1);
    assert!((found - (1.0 - 3.0 / 7.0 * 2.0)).abs() < 1e-9);
    // Too few samples for it.
    let mut few = R2Score { num_regressors: 2, ..Default::default() };
    assert!((run(&mut few, &[1.0, 4.0, 3.0], &[2.0, 4.0, 4.0], 1, 1) - 4.0 / 7.0).abs() < 1e-9);
    assert!(run(&mut PearsonCorrelation::default(), &[1.0], &[2.0], 1, 1).is_nan());
    let falling = run(&mut PearsonCorrelation::default(), &[1.0, 2.0, 3.0], &[6.0, 4.0, 2.0], 3, 3);
    assert!((falling + 1.0).abs() < 1e-12);
}

#[test]
fn metrics_of_losses_have_the_value_of_the_loss() {
    let (y_true, y_pred) = ([0.2, 0.5, 0.3, 1.0, 0.0, 0.0], [0.3, 0.6, 0.1, 0.7, 0.1, 0.2]);
    let value = |loss: &dyn crate::losses::Loss<f64>| crate::losses::evaluate(loss, &y_true, &y_pred, 3, None).value;
    let close = |metric: &mut dyn Metric<f64>, expected: f64| {
        let found = run(metric, &y_true, &y_pred, 3, 3);
        assert!((found - expected).abs() < 1e-12, "{}: {found} for {expected}", metric.name());
    };
    close(&mut LogCoshError::default(), value(&crate::losses::LogCosh::default()));
    close(&mut CosineSimilarity::default(), -value(&crate::losses::CosineSimilarity::default()));
    close(&mut RootMeanSquaredError::default(), value(&crate::losses::MeanSquaredError::default()).sqrt());
    close(&mut KLDivergence::default(), value(&crate::losses::KLDivergence::default()));
}
