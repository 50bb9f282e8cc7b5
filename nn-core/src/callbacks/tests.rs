//! Callbacks in runs whose values are known.

use std::fs;
use std::sync::Mutex;

use super::*;
use crate::error::FitError;
use crate::network::Network;
use crate::train::nets::Centred;
use crate::train::tests::line;
use crate::train::{Evaluate, Fit, History};

type Hook<'a> = &'a mut dyn Callback<Centred>;

/// Writes these values into the logs of the epochs, so that others see them.
struct Script(&'static str, Vec<f64>);

impl<N: Network> Callback<N> for Script {
    fn on_epoch_end(&mut self, epoch: usize, logs: &mut Logs, _: &mut Control<'_, N>) -> CallbackResult {
        logs.set(self.0, self.1[epoch]);
        Ok(())
    }
}

/// Epochs with these values under this name, and then the callback.
fn run(name: &'static str, values: &[f64], callback: Hook<'_>) -> Result<(Box<Centred>, History), FitError> {
    let (mut model, x, y) = line(8, 0.1);
    let mut script = Script(name, values.to_vec());
    let callbacks: &mut [Hook<'_>] = &mut [&mut script, callback];
    let history = model.fit(&x, &y, Fit { epochs: values.len(), callbacks, verbose: 0, ..Fit::default() })?;
    Ok((model.into_network(), history))
}

/// How many epochs are run with these values.
fn epochs(values: &[f64], stop: EarlyStopping) -> usize {
    let mut stop = stop;
    run("score", values, &mut stop).unwrap().1.epoch.len()
}

/// Notes every hook.
struct Diary<'a>(&'a str, &'a Mutex<Vec<String>>);

impl Diary<'_> {
    fn note(&self, text: impl std::fmt::Display) -> CallbackResult {
        self.1.lock().unwrap().push(format!("{}{text}", self.0));
        Ok(())
    }
}

impl<N: Network> Callback<N> for Diary<'_> {
    fn on_train_begin(&mut self, _: &mut Control<'_, N>) -> CallbackResult {
        self.note("train[")
    }
    fn on_train_end(&mut self, _: &Logs, _: &mut Control<'_, N>) -> CallbackResult {
        self.note("]train")
    }
    fn on_epoch_begin(&mut self, epoch: usize, _: &mut Control<'_, N>) -> CallbackResult {
        self.note(format_args!("epoch{epoch}["))
    }
    fn on_epoch_end(&mut self, epoch: usize, logs: &mut Logs, _: &mut Control<'_, N>) -> CallbackResult {
        let names: Vec<_> = logs.iter().map(|(name, _)| name).collect();
        self.note(format_args!("]epoch{epoch}:{}", names.join(",")))
    }
    fn on_train_batch_begin(&mut self, batch: usize, _: &mut Control<'_, N>) -> CallbackResult {
        self.note(format_args!("batch{batch}["))
    }
    fn on_train_batch_end(&mut self, batch: usize, logs: &Logs, control: &mut Control<'_, N>) -> CallbackResult {
        assert!(batch > 0 || logs["loss"] == control.batch_loss());
        self.note(format_args!("]batch{batch}"))
    }
    fn on_test_begin(&mut self, _: &mut Control<'_, N>) -> CallbackResult {
        self.note("test[")
    }
    fn on_test_end(&mut self, _: &Logs, _: &mut Control<'_, N>) -> CallbackResult {
        self.note("]test")
    }
    fn on_test_batch_begin(&mut self, batch: usize, _: &mut Control<'_, N>) -> CallbackResult {
        self.note(format_args!("batch{batch}["))
    }
    fn on_test_batch_end(&mut self, batch: usize, _: &Logs, _: &mut Control<'_, N>) -> CallbackResult {
        self.note(format_args!("]batch{batch}"))
    }
}

#[test]
fn hooks_are_called_in_keras_order() {
    let (mut model, x, y) = line(10, 0.1);
    let diary = Mutex::new(Vec::new());
    let callbacks: &mut [Hook<'_>] = &mut [&mut Diary("", &diary)];
    let options = Fit { batch_size: 4, validation_split: 0.2, callbacks, verbose: 0, ..Fit::default() };
    model.fit(&x, &y, options).unwrap();
    let expected = "train[ epoch0[ batch0[ ]batch0 batch1[ ]batch1 test[ batch0[ ]batch0 ]test \
                    ]epoch0:loss,mae,val_loss,val_mae ]train";
    assert_eq!(diary.lock().unwrap().join(" "), expected);
    diary.lock().unwrap().clear();
    let callbacks: &mut [Hook<'_>] = &mut [&mut Diary("a:", &diary), &mut Diary("b:", &diary)];
    model.evaluate(&x, &y, Evaluate { callbacks, verbose: 0, ..Evaluate::default() }).unwrap();
    let expected = "a:test[ b:test[ a:batch0[ b:batch0[ a:]batch0 b:]batch0 a:]test b:]test";
    assert_eq!(diary.lock().unwrap().join(" "), expected);
}

#[test]
fn early_stopping_waits_for_its_patience() {
    let up = |patience| EarlyStopping::new("score").mode(Mode::Max).patience(patience);
    assert_eq!(epochs(&[1.0, 2.0, 1.5, 3.0], up(0)), 3);
    assert_eq!(epochs(&[1.0, 2.0, 1.5, 1.9, 1.0, 0.0], up(2)), 4);
    assert_eq!(epochs(&[1.0, 2.0, 1.5, 2.5, 2.4, 2.3], up(2)), 6);
    assert_eq!(epochs(&[1.0, 1.1, 1.2, 1.3], up(1).min_delta(0.5)), 2);
    assert_eq!(epochs(&[1.0, 2.0, 1.0, 1.0, 1.0, 1.0], up(1).start_from_epoch(2)), 4);
    let down = EarlyStopping::new("score").mode(Mode::Min).patience(1);
    assert_eq!(epochs(&[3.0, 2.0, 2.5, 1.0], down.clone()), 3);
    // The best values are not good enough: the wait goes on, as in Keras.
    assert_eq!(epochs(&[3.0, 2.9, 2.95, 2.8, 2.7], down.clone().patience(2).baseline(1.0)), 3);
    assert_eq!(epochs(&[f64::NAN, f64::NAN, f64::NAN], down), 2);
}

#[test]
fn early_stopping_restores_the_best_weights() {
    let values = [1.0, 5.0, 4.0, 3.0, 2.0];
    let mut stop = EarlyStopping::new("val_accuracy").patience(2).restore_best_weights(true);
    let (restored, history) = run("val_accuracy", &values, &mut stop).unwrap();
    assert_eq!((history.epoch.len(), stop.stopped_epoch(), stop.best()), (4, Some(3), Some(5.0)));
    let (best, _) = run("val_accuracy", &values[..2], &mut LambdaCallback::new()).unwrap();
    assert_eq!(*restored, *best);
    // Also where training was not stopped, and where nothing was ever better than NaN.
    let (restored, _) = run("val_accuracy", &values[..3], &mut stop).unwrap();
    assert_eq!(*restored, *best);
    let mut stop = EarlyStopping::new("loss").patience(9).restore_best_weights(true);
    let (restored, _) = run("loss", &[f64::NAN; 3], &mut stop).unwrap();
    assert_eq!(*restored, *run("loss", &[0.0], &mut LambdaCallback::new()).unwrap().0);
}

#[test]
fn monitors_name_what_is_missing() {
    let error = run("odd", &[1.0], &mut EarlyStopping::default()).unwrap_err();
    let expected = "the callback EarlyStopping: it monitors `val_loss`, but there are only `loss`, `mae`, `odd` (there are no \
                    samples for validation)";
    assert_eq!(error.to_string(), expected);
    let error = run("odd", &[1.0], &mut EarlyStopping::new("odd")).unwrap_err();
    assert!(error.to_string().contains("which way is `odd` better?"), "{error}");
}

#[test]
fn monitors_skip_epochs_that_are_not_validated() {
    let (mut model, x, y) = line(8, 0.0);
    let mut stop = EarlyStopping::new("val_loss").patience(2);
    let callbacks: &mut [Hook<'_>] = &mut [&mut stop];
    let options = Fit { epochs: 9, validation_freq: 2, validation_split: 0.5, callbacks, verbose: 0, ..Fit::default() };
    let history = model.fit(&x, &y, options).unwrap();
    assert!(history.epoch.len() % 2 == 0 || history.epoch.len() == 9);
}

#[test]
fn the_rate_falls_on_a_plateau() {
    let values = [1.0, 1.0, 1.0, 1.0, 1.0, 1.0, 1.0, 0.5, 0.5];
    let rates = |reduce: ReduceLROnPlateau| {
        let mut reduce = reduce;
        run("score", &values, &mut reduce).unwrap().1.get("learning_rate").to_vec()
    };
    let reduce = ReduceLROnPlateau::new("score").mode(Mode::Min).factor(0.5).patience(2);
    // The rate in the logs of an epoch is that of its steps.
    assert_eq!(rates(reduce.clone()), [0.1, 0.1, 0.1, 0.05, 0.05, 0.025, 0.025, 0.0125, 0.0125]);
    assert_eq!(rates(reduce.clone().min_lr(0.04))[8], 0.04);
    assert_eq!(rates(reduce.clone().cooldown(2)), [0.1, 0.1, 0.1, 0.05, 0.05, 0.05, 0.025, 0.025, 0.025]);
    assert_eq!(rates(reduce.clone().patience(8)), [0.1; 9]);
    let error = run("score", &[1.0], &mut reduce.factor(1.0)).unwrap_err();
    assert_eq!(error.to_string(), "the callback ReduceLROnPlateau: `factor`: expected at least 0 and below 1, found 1");
}

#[test]
fn a_schedule_sets_the_rate_of_each_epoch() {
    let mut schedule = LearningRateScheduler::new(|epoch, rate| if epoch < 2 { rate } else { rate / 2.0 });
    let history = run("score", &[0.0; 4], &mut schedule).unwrap().1;
    assert_eq!(history.get("learning_rate"), [0.1, 0.1, 0.05, 0.025]);
    let error = run("score", &[0.0; 4], &mut LearningRateScheduler::new(|_, _| f64::NAN)).unwrap_err();
    assert!(error.to_string().contains("the schedule gives NaN for epoch 0"), "{error}");
}

/// A schedule decides on the rate alone: what would set it is refused before the first step.
#[test]
fn callbacks_do_not_set_a_rate_that_follows_a_schedule() {
    let (model, x, y) = line(8, 0.1);
    let schedule = crate::optimizers::schedules::ExponentialDecay::new(0.1, 10, 0.5);
    let optimizer = crate::optimizers::SGD::new(schedule);
    let before = model.network().to_boxed();
    let mut model = model.into_network().compile(optimizer, crate::losses::MeanSquaredError::default(), ());
    let mut constant = LearningRateScheduler::new(|_, rate| rate);
    let mut reduce = ReduceLROnPlateau::new("loss");
    let refused: [(&str, Hook<'_>); 2] = [("LearningRateScheduler", &mut constant), ("ReduceLROnPlateau", &mut reduce)];
    for (name, callback) in refused {
        let callbacks: &mut [Hook<'_>] = &mut [callback];
        let error = model.fit(&x, &y, Fit { callbacks, verbose: 0, ..Fit::default() }).unwrap_err();
        let expected = "the learning rate follows a schedule (ExponentialDecay), so that it cannot be set";
        assert_eq!(error.to_string(), format!("the callback {name}: {expected}"));
        assert_eq!(*model.network(), *before);
    }
}

#[test]
fn training_ends_where_the_loss_is_nan() {
    let (mut model, x, mut y) = line(40, 0.1);
    y[35] = 1e300;
    let callbacks: &mut [Hook<'_>] = &mut [&mut TerminateOnNaN];
    let options = Fit { epochs: 5, batch_size: 8, shuffle: false, callbacks, verbose: 0, ..Fit::default() };
    let history = model.fit(&x, &y, options).unwrap();
    assert_eq!(history.epoch.len(), 1);
    assert!(history.get("loss")[0].is_infinite());
}

#[test]
fn checkpoints_are_named_by_epoch_and_value() {
    let folder = tempfile::tempdir().unwrap();
    let files = |folder: &std::path::Path| {
        let names = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap());
        let mut names: Vec<_> = names.collect();
        names.sort();
        names
    };
    let path = |name: &str| folder.path().join(name).to_str().unwrap().to_owned();
    let mut each = ModelCheckpoint::new(path("each/{epoch:02d}-{score:.1f}"));
    let (network, _) = run("score", &[1.0, 2.25], &mut each).unwrap();
    assert_eq!(files(&folder.path().join("each")), ["01-1.0", "02-2.2"]);
    assert_eq!(*Centred::load(path("each/02-2.2")).unwrap(), *network);
    let best = ModelCheckpoint::new(path("best/{epoch}")).monitor("val_accuracy").save_best_only(true);
    run("val_accuracy", &[1.0, 3.0, 2.0, 4.0], &mut best.clone()).unwrap();
    assert_eq!(files(&folder.path().join("best")), ["1", "2", "4"]);
    let mut best = best.initial_value_threshold(3.5);
    fs::remove_dir_all(folder.path().join("best")).unwrap();
    run("val_accuracy", &[1.0, 3.0, 2.0, 4.0], &mut best).unwrap();
    assert_eq!(files(&folder.path().join("best")), ["4"]);
    let error = run("score", &[1.0], &mut ModelCheckpoint::new(path("{accuracy}"))).unwrap_err();
    assert!(error.to_string().contains("names `accuracy`, which there is not"), "{error}");
}

#[test]
fn checkpoints_can_be_made_every_few_batches() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("{epoch}-{batch}").to_str().unwrap().to_owned();
    let (mut model, x, y) = line(20, 0.1);
    let mut save = ModelCheckpoint::new(path).save_freq(SaveFreq::Batches(3));
    let callbacks: &mut [Hook<'_>] = &mut [&mut save];
    model.fit(&x, &y, Fit { epochs: 2, batch_size: 4, callbacks, verbose: 0, ..Fit::default() }).unwrap();
    let mut names: Vec<_> = fs::read_dir(folder.path()).unwrap().map(|entry| entry.unwrap().file_name()).collect();
    names.sort();
    assert_eq!(names, ["1-3", "2-1", "2-4"]);
    let mut never = ModelCheckpoint::new("x").save_freq(SaveFreq::Batches(0));
    assert!(run("score", &[1.0], &mut never).is_err());
}

#[test]
fn logs_go_to_a_file_of_commas() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("log.csv");
    run("a,\"b\"", &[1.5, 2.0], &mut CSVLogger::new(&path)).unwrap();
    let text = fs::read_to_string(&path).unwrap();
    let lines: Vec<_> = text.lines().collect();
    assert_eq!(lines[0], "epoch,\"a,\"\"b\"\"\",loss,mae");
    assert!(lines[1].starts_with("0,1.5,") && lines[2].starts_with("1,2,") && lines.len() == 3, "{text}");
    run("a,\"b\"", &[3.0], &mut CSVLogger::new(&path).append(true)).unwrap();
    let longer = fs::read_to_string(&path).unwrap();
    assert!(longer.starts_with(&text) && longer.lines().count() == 4, "{longer}");
    run("score", &[3.0], &mut CSVLogger::new(&path).separator(';')).unwrap();
    assert!(fs::read_to_string(&path).unwrap().starts_with("epoch;loss;mae;score\n0;"));
    let error = run("score", &[3.0], &mut CSVLogger::new(folder.path())).unwrap_err();
    assert!(error.to_string().starts_with("the callback CSVLogger: cannot write"), "{error}");
}

#[test]
fn columns_of_validation_are_there_from_the_first_epoch() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("log.csv");
    let (mut model, x, y) = line(20, 0.1);
    let mut logger = CSVLogger::new(&path);
    let callbacks: &mut [Hook<'_>] = &mut [&mut logger];
    let options = Fit { epochs: 2, validation_freq: 2, validation_split: 0.5, callbacks, verbose: 0, ..Fit::default() };
    model.fit(&x, &y, options).unwrap();
    let text = fs::read_to_string(&path).unwrap();
    let lines: Vec<_> = text.lines().collect();
    assert_eq!(lines[0], "epoch,loss,mae,val_loss,val_mae");
    assert!(lines[1].ends_with(",NA,NA") && !lines[2].contains("NA"), "{text}");
    // A value of training whose name looks as if it were one of validation.
    let (mut logger, mut script) = (CSVLogger::new(&path), Script("val_head", vec![1.0, 2.0]));
    let callbacks: &mut [Hook<'_>] = &mut [&mut script, &mut logger];
    let options = Fit { epochs: 2, validation_freq: 2, validation_split: 0.5, callbacks, verbose: 0, ..Fit::default() };
    model.fit(&x, &y, options).unwrap();
    let text = fs::read_to_string(&path).unwrap();
    assert!(text.starts_with("epoch,loss,mae,val_head,val_loss,val_mae,val_val_head\n"), "{text}");
}

#[test]
fn closures_are_called() {
    let calls = Mutex::new(Vec::new());
    let note = |text: &str| calls.lock().unwrap().push(text.to_owned());
    let mut lambda = LambdaCallback::new()
        .on_train_begin(|| note("train"))
        .on_epoch_begin(|epoch| note(&format!("epoch {epoch}")))
        .on_train_batch_begin(|batch| note(&format!("batch {batch}")))
        .on_train_batch_end(|batch, logs| note(&format!("batch {batch} {}", logs.get("loss").is_some())))
        .on_epoch_end(|epoch, logs| note(&format!("epoch {epoch} {}", logs["score"])))
        .on_train_end(|logs| note(&format!("train {}", logs["score"])));
    run("score", &[7.0], &mut lambda).unwrap();
    assert_eq!(calls.lock().unwrap().join("; "), "train; epoch 0; batch 0; batch 0 true; epoch 0 7; train 7");
}

#[test]
fn a_callback_can_change_the_network_and_break_off() {
    struct Zero;
    impl Callback<Centred> for Zero {
        fn on_train_end(&mut self, _: &Logs, control: &mut Control<'_, Centred>) -> CallbackResult {
            control.network.moving_mean = [7.0; 3];
            Err("enough".into())
        }
    }
    let (mut model, x, y) = line(8, 0.1);
    let callbacks: &mut [Hook<'_>] = &mut [&mut Zero];
    let error = model.fit(&x, &y, Fit { callbacks, verbose: 0, ..Fit::default() }).unwrap_err();
    assert_eq!(error.to_string(), "the callback Zero: enough");
    assert_eq!(model.network().moving_mean, [7.0; 3]);
}
