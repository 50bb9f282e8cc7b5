//! Everything that `fit` and `evaluate` refuse, before anything is changed.

use super::*;
use crate::error::FitError;
use crate::losses::Reduction;
use crate::train::{Evaluate, Fit};

/// What `fit` says to these options with 20 samples; the network must not have changed.
fn refused(options: Fit<'_, '_, Mlp, u8>) -> String {
    let (mut model, x, y) = classes(20, 0.1);
    let before = model.network().to_boxed();
    let error = model.fit(&x, &y, Fit { verbose: options.verbose.min(3), ..options }).unwrap_err();
    assert_eq!(*model.network(), *before);
    error.to_string()
}

#[test]
fn options_out_of_range_are_named() {
    assert_eq!(refused(Fit { batch_size: 0, ..Fit::default() }), "`batch_size`: expected at least 1, found 0");
    let refusal = refused(Fit { steps_per_epoch: Some(0), ..Fit::default() });
    assert_eq!(refusal, "`steps_per_epoch`: expected at least 1, found 0");
    let refusal = refused(Fit { validation_batch_size: Some(0), ..Fit::default() });
    assert_eq!(refusal, "`validation_batch_size`: expected at least 1, found 0");
    assert_eq!(
        refused(Fit { validation_freq: 0, ..Fit::default() }),
        "`validation_freq`: expected at least 1, found 0"
    );
    assert_eq!(refused(Fit { verbose: 3, ..Fit::default() }), "`verbose`: expected 0, 1 or 2, found 3");
}

#[test]
fn the_split_must_leave_samples_on_both_sides() {
    for split in [1.0, -0.1, 1.5, f64::NAN, f64::INFINITY] {
        let refusal = refused(Fit { validation_split: split, ..Fit::default() });
        assert_eq!(refusal, format!("`validation_split`: expected at least 0 and below 1, found {split}"));
    }
    let refusal = refused(Fit { validation_split: 0.99, ..Fit::default() });
    assert_eq!(refusal, "`validation_split`: expected at least one sample in either part, found 0.99 of 20");
}

#[test]
fn the_optimizer_is_asked_before_the_first_step() {
    let (model, x, y) = classes(20, 0.1);
    let optimizer = crate::optimizers::Adam { clipnorm: Some(1.0), clipvalue: Some(1.0), ..Default::default() };
    let mut model = model.into_network().compile(optimizer, SparseCategoricalCrossentropy::default(), ());
    let before = model.network().to_boxed();
    let error = model.fit(&x, &y, Fit { verbose: 0, ..Fit::default() }).unwrap_err();
    assert!(matches!(error, FitError::Conflict { first: "clipnorm", second: "clipvalue", .. }));
    assert!(model.train_on_batch(&x, &y, None).is_err());
    assert_eq!(*model.network(), *before);
}

#[test]
fn options_that_contradict_each_other() {
    let weights = [1.0; 20];
    let both = Fit { class_weight: Some(&[]), sample_weight: Some(&weights), ..Fit::default() };
    assert!(refused(both).starts_with("`class_weight` and `sample_weight` cannot be given together"));
    let both = Fit { validation_split: 0.5, validation_data: Some((&[], &[])), ..Fit::default() };
    assert!(refused(both).starts_with("`validation_split` and `validation_data` cannot be given together"));
    let alone = Fit { validation_sample_weight: Some(&weights), ..Fit::default() };
    assert_eq!(refused(alone), "`validation_sample_weight`: expected none without `validation_data`, found weights");
}

#[test]
fn lengths_must_agree() {
    let (mut model, x, y) = classes(20, 0.1);
    let error = model.fit(&x, &y[..19], Fit { verbose: 0, ..Fit::default() }).unwrap_err();
    assert_eq!(error.to_string(), "`y` must have as many entries as `x`: expected 20, found 19");
    let error = model.fit(&[], &[] as &[u8], Fit::default()).unwrap_err();
    assert_eq!(error.to_string(), "`x` has no samples");
    let refusal = refused(Fit { sample_weight: Some(&[1.0; 21]), ..Fit::default() });
    assert_eq!(refusal, "`sample_weight` must have as many entries as `x`: expected 20, found 21");
    let refusal = refused(Fit { validation_data: Some((&x[..3], &y[..4])), ..Fit::default() });
    assert_eq!(refusal, "`validation_data.1` must have as many entries as `validation_data.0`: expected 3, found 4");
    let refusal = refused(Fit { validation_data: Some((&[], &[])), ..Fit::default() });
    assert_eq!(refusal, "`validation_data.0` has no samples");
}

#[test]
fn weights_must_be_finite() {
    let mut weights = [1.0; 20];
    weights[7] = f32::NAN;
    let refusal = refused(Fit { sample_weight: Some(&weights), ..Fit::default() });
    assert_eq!(refusal, "`sample_weight[7]`: expected a finite number, found NaN");
    let refusal = refused(Fit { class_weight: Some(&[(0, 1.0), (1, f64::INFINITY)]), ..Fit::default() });
    assert_eq!(refusal, "`class_weight[1]`: expected a finite number, found inf");
}

#[test]
fn class_weights_name_classes_once() {
    let expected = "`class_weight`: expected each class from 0 to 1 at most once, found ";
    assert_eq!(refused(Fit { class_weight: Some(&[(2, 1.0)]), ..Fit::default() }), format!("{expected}2"));
    let twice = Fit { class_weight: Some(&[(0, 1.0), (0, 1.0)]), ..Fit::default() };
    assert_eq!(refused(twice), format!("{expected}0"));
}

#[test]
fn targets_must_be_classes() {
    let (mut model, x, mut y) = classes(20, 0.1);
    y[5] = 2;
    let error = model.fit(&x, &y, Fit::default()).unwrap_err();
    assert!(matches!(error, FitError::Target { what: "y", output: "", source } if source.row == 5), "{error}");
    y[5] = 1;
    let bad = [2_u8; 20];
    let refusal = refused(Fit { validation_data: Some((&x, &bad)), ..Fit::default() });
    assert!(refusal.starts_with("`validation_data.1`: the target 2 of row 0"), "{refusal}");
    let error = model.evaluate(&x, &bad, Evaluate::default()).unwrap_err();
    assert!(matches!(error, FitError::Target { .. }));
    assert!(model.train_on_batch(&x, &bad, None).is_err());
    assert!(model.test_on_batch(&x, &bad, None).is_err());
}

#[test]
fn a_loss_must_be_one_number() {
    let (_, x, y) = line(10, 0.1);
    let loss = MeanSquaredError { reduction: Reduction::None };
    let mut model = random::<Centred>().compile(Descent(0.1), loss, ());
    let error = model.fit(&x, &y, Fit::default()).unwrap_err();
    assert_eq!(error.to_string(), "`reduction`: expected one that gives one number, found None");
    assert!(model.train_on_batch(&x, &y, None).is_err());
}

#[test]
fn metrics_must_fit_the_targets() {
    let (model, x, y) = classes(10, 0.1);
    let metric = crate::metrics::CategoricalAccuracy::default();
    let mut model = model.weighted_metrics((metric,));
    let error = model.fit(&x, &y, Fit::default()).unwrap_err();
    let expected = "the metric `categorical_accuracy` does not compare 2 outputs with 1 numbers of a target";
    assert_eq!(error.to_string(), expected);
    assert!(model.evaluate(&x, &y, Evaluate::default()).is_err());
}

#[test]
fn evaluation_checks_its_options() {
    let (mut model, x, y) = line(10, 0.1);
    let error = model.evaluate(&x, &y, Evaluate { batch_size: 0, ..Evaluate::default() }).unwrap_err();
    assert_eq!(error.to_string(), "`batch_size`: expected at least 1, found 0");
    let error = model.evaluate(&x, &y, Evaluate { steps: Some(0), ..Evaluate::default() }).unwrap_err();
    assert_eq!(error.to_string(), "`steps`: expected at least 1, found 0");
    let error = model.evaluate(&x, &y, Evaluate { verbose: 9, ..Evaluate::default() }).unwrap_err();
    assert_eq!(error.to_string(), "`verbose`: expected 0, 1 or 2, found 9");
    assert!(model.evaluate(&x, &y[1..], Evaluate::default()).is_err());
}
