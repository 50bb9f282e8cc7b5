//! Which way a metric gets better is a fact about the metric, whatever the output is called that it belongs to.

use std::sync::atomic::{AtomicUsize, Ordering::Relaxed};

use nn::prelude::*;

nn::network! {
    /// Outputs whose names have parts of names of metrics.
    pub struct Net(x: Input<2>) -> (error, maestro) {
        let h = x => Dense<4, activation = tanh>;
        let error = h => Dense<2>;
        let maestro = h => Dense<1>;
    }
}

fn data() -> (Vec<NetInput>, Vec<(u8, f32)>) {
    let at = |i: u8| f32::from(i) / 32.0 - 1.0;
    ((0..64).map(|i| [at(i), at(i) * at(i)].into()).collect(), (0..64).map(|i| (u8::from(i > 40), at(i))).collect())
}

type Both = (SparseCategoricalCrossentropy, MeanSquaredError);

fn model() -> Model<Net, Both, Adam> {
    let losses = (SparseCategoricalCrossentropy::from_logits(), MeanSquaredError::default());
    let metrics = (metrics::accuracy(), metrics::MeanAbsoluteError::default());
    Net::new(&mut nn::rng(1)).compile(Adam::new(0.01), losses, metrics)
}

fn largest(values: &[f64]) -> f64 {
    values.iter().copied().fold(f64::NEG_INFINITY, f64::max)
}

fn smallest(values: &[f64]) -> f64 {
    values.iter().copied().fold(f64::INFINITY, f64::min)
}

#[test]
fn early_stopping_takes_the_direction_from_the_metric() {
    let (x, y) = data();
    type Best = fn(&[f64]) -> f64;
    let better: [(&str, Best); 5] = [
        ("error_accuracy", largest),
        ("val_error_accuracy", largest),
        ("maestro_mean_absolute_error", smallest),
        ("error_loss", smallest),
        ("loss", smallest),
    ];
    for (name, best) in better {
        let mut stop = EarlyStopping::new(name).patience(3);
        let callbacks: &mut [&mut dyn Callback<Net>] = &mut [&mut stop];
        let options = Fit { epochs: 20, verbose: 0, validation_split: 0.2, callbacks, ..Fit::default() };
        let history = model().fit(&x, &y, options).unwrap();
        assert_eq!(stop.best(), Some(best(history.get(name))), "{name}: {:?}", history.get(name));
    }
}

#[test]
fn the_rate_falls_where_the_metric_does_not_get_better() {
    let (x, y) = data();
    let mut reduce = ReduceLROnPlateau::new("error_accuracy").patience(1).min_delta(0.0);
    let callbacks: &mut [&mut dyn Callback<Net>] = &mut [&mut reduce];
    let history = model().fit(&x, &y, Fit { epochs: 20, verbose: 0, callbacks, ..Fit::default() }).unwrap();
    let (values, rates) = (history.get("error_accuracy"), history.get("learning_rate"));
    let mut best = f64::NEG_INFINITY;
    for (epoch, pair) in rates.windows(2).enumerate() {
        assert_eq!(pair[1] < pair[0], values[epoch] <= best, "epoch {epoch}: {values:?} {rates:?}");
        best = best.max(values[epoch]);
    }
}

#[test]
fn checkpoints_keep_the_best_by_the_metric() {
    let folder = std::env::temp_dir().join(format!("nn-monitor-{}", std::process::id()));
    let (x, y) = data();
    let path = folder.join("{epoch}").to_str().unwrap().to_owned();
    let mut save = ModelCheckpoint::new(path).monitor("error_accuracy").save_best_only(true);
    let callbacks: &mut [&mut dyn Callback<Net>] = &mut [&mut save];
    let history = model().fit(&x, &y, Fit { epochs: 10, verbose: 0, callbacks, ..Fit::default() }).unwrap();
    let values = history.get("error_accuracy");
    for epoch in 0..values.len() {
        let saved = folder.join((epoch + 1).to_string()).exists();
        assert_eq!(saved, values[..epoch].iter().all(|&before| values[epoch] > before), "epoch {epoch}: {values:?}");
    }
    std::fs::remove_dir_all(folder).unwrap();
}

#[test]
fn options_out_of_range_are_refused_before_the_first_step() {
    let (x, y) = data();
    let refused = |optimizer: SGD, losses: (CategoricalCrossentropy, MeanSquaredError)| {
        let y: Vec<_> =
            y.iter().map(|&(class, y)| (nn::Tensor1([1.0 - f32::from(class), f32::from(class)]), y)).collect();
        let net = Net::new(&mut nn::rng(1));
        let mut model = net.compile(optimizer, losses, ());
        let result = model.fit(&x, &y, Fit { verbose: 0, ..Fit::default() });
        result.err().map(|error| error.to_string()).unwrap_or_default()
    };
    for rate in [f64::NAN, f64::INFINITY, -0.1] {
        let message = format!("`learning_rate`: expected a finite number from 0 on, or a schedule, found {rate}");
        assert_eq!(refused(SGD::new(rate), Default::default()), message);
    }
    let sgd = SGD { momentum: 2.0, ..SGD::new(0.1) };
    assert_eq!(refused(sgd, Default::default()), "`momentum`: expected a number from 0 to 1, found 2");
    let smooth = CategoricalCrossentropy { label_smoothing: -0.5, ..CategoricalCrossentropy::from_logits() };
    let message = "`label_smoothing`: expected a number from 0 to 1, found -0.5";
    assert_eq!(refused(SGD::new(0.1), (smooth, Default::default())), message);
    assert_eq!(refused(SGD::new(0.1), (CategoricalCrossentropy::from_logits(), Default::default())), "");
}

/// A function that is given a list, and hands it on twice.
fn twice(model: &mut Model<Net, Both, Adam>, callbacks: &mut [&mut dyn Callback<Net>]) {
    let (x, y) = data();
    model.fit(&x, &y, Fit { epochs: 2, verbose: 0, callbacks, ..Fit::default() }).unwrap();
    model.optimizer_mut().learning_rate = 1e-3.into();
    model.evaluate(&x, &y, Evaluate { verbose: 0, callbacks, ..Evaluate::default() }).unwrap();
}

#[test]
fn one_list_of_callbacks_does_for_several_calls() {
    let epochs = AtomicUsize::new(0);
    let mut count = LambdaCallback::new().on_epoch_end(|_, _| {
        epochs.fetch_add(1, Relaxed);
    });
    let mut stop = EarlyStopping::new("loss").patience(9);
    let callbacks: &mut [&mut dyn Callback<Net>] = &mut [&mut count, &mut stop];
    let mut model = model();
    twice(&mut model, callbacks);
    twice(&mut model, callbacks);
    assert_eq!(epochs.load(Relaxed), 4);
}
