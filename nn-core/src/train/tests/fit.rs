//! Whole runs.

use super::*;
use crate::callbacks::LambdaCallback;
use crate::train::{Evaluate, Fit, History};

const QUIET: u8 = 0;

#[test]
fn the_loss_of_an_epoch_is_the_mean_over_samples() {
    let (mut model, x, y) = line(50, 0.0);
    let mut expected = 0.0;
    for (x, y) in x.chunks(20).zip(y.chunks(20)) {
        expected += model.train_on_batch(x, y, None).unwrap()["loss"] * x.len() as f64 / 50.0;
    }
    let options = Fit { batch_size: 20, shuffle: false, verbose: QUIET, ..Fit::default() };
    let history = model.fit(&x, &y, options).unwrap();
    assert!((history.get("loss")[0] - expected).abs() < 1e-12);
    assert_eq!(history.params.steps, 3);
}

#[test]
fn training_lowers_the_loss() {
    let (mut model, x, y) = line(100, 0.1);
    let options = Fit { epochs: 30, verbose: QUIET, ..Fit::default() };
    let history = model.fit(&x, &y, options).unwrap();
    let loss = history.get("loss");
    assert_eq!((loss.len(), history.get("mae").len(), history.epoch.len()), (30, 30, 30));
    assert!(loss[29] < 0.1 * loss[0], "{history}");
    let network = model.into_network();
    assert!((network.predict(&x)[0][0] - y[0]).abs() < 0.3);
}

fn run<N: Train, L, O>(model: Model<N, L, O>, fit: impl Fn(&mut Model<N, L, O>) -> History) -> (Box<N>, History)
where
    L: crate::losses::Losses<N::Element, crate::train::Outputs<N>>,
    O: Optimizer<N::Element>,
{
    let mut model = model;
    let history = fit(&mut model);
    (model.into_network(), history)
}

#[test]
fn the_number_of_threads_changes_no_bit() {
    let at = |threads: usize| {
        pool(threads).install(|| {
            let (model, x, y) = line(333, 0.05);
            let options =
                || Fit { epochs: 3, batch_size: 100, validation_split: 0.1, verbose: QUIET, ..Fit::default() };
            let lines = run(model, |model| model.fit(&x, &y, options()).unwrap());
            let (model, x, y) = classes(333, 0.05);
            let options =
                || Fit { epochs: 3, batch_size: 100, validation_split: 0.1, verbose: QUIET, ..Fit::default() };
            (lines, run(model, |model| model.fit(&x, &y, options()).unwrap()))
        })
    };
    let one = at(1);
    assert!(one.0.1.get("val_loss").len() == 3);
    for threads in 2..=4 {
        assert_eq!(at(threads), one, "{threads} threads");
    }
}

#[test]
fn a_seed_repeats_a_run_and_another_does_not() {
    let with = |seed| {
        let (model, x, y) = classes(100, 0.1);
        run(model, |model| model.fit(&x, &y, Fit { epochs: 2, verbose: QUIET, seed, ..Fit::default() }).unwrap()).0
    };
    assert_eq!(with(Some(3)), with(Some(3)));
    assert_ne!(with(Some(3)), with(Some(4)));
    assert_eq!(with(None), with(None));
}

#[test]
fn a_run_can_be_taken_up_again() {
    for steps_per_epoch in [None, Some(1), Some(5)] {
        let (model, x, y) = classes(70, 0.1);
        let fit = |initial_epoch, epochs| {
            let options =
                Fit { initial_epoch, epochs, steps_per_epoch, batch_size: 20, seed: Some(9), ..Fit::default() };
            Fit { verbose: QUIET, ..options }
        };
        let whole = run(model, |model| model.fit(&x, &y, fit(0, 5)).unwrap());
        let (mut model, x, y) = classes(70, 0.1);
        let first = model.fit(&x, &y, fit(0, 2)).unwrap();
        let mut model = model.into_network().compile(Descent(0.1), SparseCategoricalCrossentropy::default(), ());
        let second = model.fit(&x, &y, fit(2, 5)).unwrap();
        assert_eq!(second.epoch, [2, 3, 4]);
        assert_eq!([first.get("loss"), second.get("loss")].concat(), whole.1.get("loss"));
        assert_eq!(*model.network(), *whole.0);
    }
}

#[test]
fn no_epoch_is_left_after_the_last() {
    let (mut model, x, y) = classes(10, 0.1);
    let before = model.network().to_boxed();
    let history = model.fit(&x, &y, Fit { initial_epoch: 1, verbose: QUIET, ..Fit::default() }).unwrap();
    assert!(history.epoch.is_empty() && history.history.is_empty());
    assert_eq!(*model.network(), *before);
}

#[test]
fn class_weights_are_sample_weights_by_class() {
    let fit = |by_class| {
        let (model, x, y) = classes(60, 0.1);
        let weights: Vec<f32> = y.iter().map(|&class| if class == 1 { 2.5 } else { 1.0 }).collect();
        let options = || match by_class {
            true => Fit { class_weight: Some(&[(1, 2.5)]), verbose: QUIET, validation_split: 0.2, ..Fit::default() },
            false => Fit { sample_weight: Some(&weights), verbose: QUIET, validation_split: 0.2, ..Fit::default() },
        };
        run(model, |model| model.fit(&x, &y, options()).unwrap())
    };
    let (a, b) = (fit(true), fit(false));
    assert_eq!(a.0, b.0);
    assert_eq!(a.1.get("loss"), b.1.get("loss"));
    assert_ne!(a.1.get("val_loss"), b.1.get("val_loss"), "class weights do not count in validation, sample weights do");
}

#[test]
fn the_last_samples_are_split_off_for_validation() {
    let options = || Fit { epochs: 2, batch_size: 8, verbose: QUIET, ..Fit::default() };
    let (model, x, y) = line(27, 0.1);
    let split = run(model, |model| model.fit(&x, &y, Fit { validation_split: 0.1, ..options() }).unwrap());
    let (model, ..) = line(27, 0.1);
    let given = run(model, |model| {
        let validation_data = Some((&x[24..], &y[24..]));
        model.fit(&x[..24], &y[..24], Fit { validation_data, ..options() }).unwrap()
    });
    assert_eq!(split, given);
    assert_eq!(split.1.params.steps, 3);
    let (mut model, x, y) = (split.0.compile(Descent(0.0), MeanSquaredError::default(), (Mae::default(),)), x, y);
    let logs = model.evaluate(&x[24..], &y[24..], Evaluate { verbose: QUIET, ..Evaluate::default() }).unwrap();
    assert_eq!(logs["loss"], split.1.get("val_loss")[1]);
    assert_eq!(logs["mae"], split.1.get("val_mae")[1]);
}

#[test]
fn vectors_can_be_given_as_validation_data() {
    let (mut model, x, y) = line(20, 0.1);
    let (x_val, y_val) = (x.clone(), y.clone());
    let options = Fit { validation_data: Some((&x_val, &y_val)), verbose: QUIET, ..Fit::default() };
    assert!(model.fit(&x, &y, options).unwrap().last().unwrap().get("val_loss").is_some());
}

#[test]
fn validation_can_be_rarer_than_epochs() {
    let (mut model, x, y) = line(30, 0.1);
    let options = Fit { epochs: 5, validation_freq: 2, validation_split: 0.5, verbose: QUIET, ..Fit::default() };
    let history = model.fit(&x, &y, options).unwrap();
    assert_eq!((history.get("loss").len(), history.get("val_loss").len()), (5, 2));
    assert_eq!(history.last().unwrap().get("val_loss"), None);
}

#[test]
fn validation_weights_and_batches_count() {
    let validation = |weights: Option<&[f64]>, size| {
        let (mut model, x, y) = line(30, 0.0);
        let options =
            Fit { validation_data: Some((&x, &y)), validation_sample_weight: weights, verbose: 0, ..Fit::default() };
        model.fit(&x, &y, Fit { validation_batch_size: size, ..options }).unwrap().get("val_loss")[0]
    };
    let plain = validation(None, None);
    assert!((plain - validation(Some(&[1.0; 30]), Some(7))).abs() < 1e-12);
    assert!(validation(Some(&[3.0; 30]), None) > 1.5 * plain);
}

#[test]
fn weighted_metrics_count_weights_and_others_do_not() {
    let (mut model, x, y) = line(40, 0.0);
    let mut weights = vec![0.0; 40];
    weights[7] = 1.0;
    let error = (model.predict(&x[7..8])[0][0] - y[7]).abs();
    let plain = model.test_on_batch(&x, &y, None).unwrap()["mae"];
    let mut model = model.weighted_metrics((Mae::default(),));
    let options = Evaluate { sample_weight: Some(&weights), verbose: QUIET, ..Evaluate::default() };
    let logs = model.evaluate(&x, &y, options).unwrap();
    assert!((logs["mae"] - plain).abs() < 1e-12);
    assert!((logs["weighted_mae"] - error).abs() < 1e-12);
}

#[test]
fn evaluation_can_end_early() {
    let (mut model, x, y) = line(40, 0.0);
    let options = Evaluate { steps: Some(2), batch_size: 10, verbose: QUIET, ..Evaluate::default() };
    let some = model.evaluate(&x, &y, options).unwrap();
    let options = Evaluate { verbose: QUIET, ..Evaluate::default() };
    assert!((some["mae"] - model.evaluate(&x[..20], &y[..20], options).unwrap()["mae"]).abs() < 1e-12);
}

#[test]
fn without_shuffling_the_order_is_kept() {
    let losses = |shuffle| {
        let (mut model, x, y) = line(64, 0.0);
        let mut losses = Vec::new();
        let mut collect = LambdaCallback::new().on_train_batch_end(|_, logs| losses.push(logs["loss"]));
        let callbacks: &mut [&mut dyn crate::callbacks::Callback<_>] = &mut [&mut collect];
        let options = Fit { epochs: 2, batch_size: 16, shuffle, callbacks, verbose: QUIET, ..Fit::default() };
        model.fit(&x, &y, options).unwrap();
        drop(collect);
        losses
    };
    let ordered = losses(false);
    assert_eq!(ordered[..4], ordered[4..]);
    let shuffled = losses(true);
    assert_ne!(shuffled[0], shuffled[4]);
    assert_ne!(shuffled[0], ordered[0]);
}

#[test]
fn predictions_do_not_depend_on_threads() {
    // More than one thread takes at a time.
    let (model, x, _) = classes(3000, 0.0);
    let model = model.network();
    let one = pool(1).install(|| model.predict(&x));
    assert_eq!(one.len(), 3000);
    for threads in 2..=4 {
        assert_eq!(pool(threads).install(|| model.predict(&x)), one);
    }
    let mut workspace = Mlp::workspace();
    assert_eq!(model.infer(&x[2999], &mut workspace), one[2999]);
    assert!(model.predict(&[]).is_empty());
}
