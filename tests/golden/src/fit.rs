//! Cases of the kind `fit`: the loss of each step, the history, the weights after the last epoch.

use nn_core::callbacks::{Callback, CallbackResult, Control};
use nn_core::config;
use nn_core::losses::{Loss, LossesFor, Target};
use nn_core::metrics::{METRICS, Metric, MetricsFor};
use nn_core::optimizers::Optimizer;
use nn_core::train::{Fit, History, Logs, Outputs, Train, Watched};
use nn_core::{Element, Tensor};
use nn_run::{Network as Run, Real};
use num_traits::{FromPrimitive, ToPrimitive};
use serde_json::Value as Json;

use crate::case::Case;
use crate::interpreted::{self, Samples};
use crate::network::{check_description, elements, inputs, names, values, with_params};

/// What a network is trained with.
pub struct Trained<T> {
    /// The optimizer.
    pub optimizer: Box<dyn Optimizer<T>>,
    /// One for each output.
    pub losses: Vec<Box<dyn Loss<T>>>,
    /// In the order of the case.
    pub metrics: Vec<Box<dyn Metric<T>>>,
    /// Those that count samples by their weights.
    pub weighted_metrics: Vec<Box<dyn Metric<T>>>,
}

/// The options of a case that are no samples.
struct Options<T> {
    batch_size: usize,
    epochs: usize,
    validation_split: f64,
    sample_weight: Option<Vec<T>>,
    class_weight: Vec<(usize, f64)>,
}

impl<T: Element> Options<T> {
    fn of(case: &Case) -> Self {
        Options {
            batch_size: case.count("batch_size"),
            epochs: case.count("epochs"),
            validation_split: case.json["validation_split"].as_f64().unwrap_or_default(),
            sample_weight: case.get("sample_weight").map(|weights| elements(&weights.data)),
            class_weight: class_weight(case),
        }
    }

    fn class_weight(&self) -> Option<&[(usize, f64)]> {
        (!self.class_weight.is_empty()).then_some(&self.class_weight[..])
    }
}

/// Trains the network as the case says, by the interpreter.
///
/// # Panics
///
/// If anything differs from the case.
pub fn check<T: Real + Into<f64>>(name: &str, trained: Trained<T>) {
    let case = Case::load(name);
    let network = interpreted::with_weights::<T>(&case, "initial.");
    let (network, history, losses) = train(&case, network, trained);
    case.compare("step_loss", &losses);
    check_history(&case, &history, network.outputs().len());
    for name in case.names("final.") {
        case.compare(&format!("final.{name}"), interpreted::weight(&network, network.weights(), name));
    }
}

fn train<T: Real>(case: &Case, network: Run<T>, trained: Trained<T>) -> (Run<T>, History, Vec<f64>) {
    let outputs = interpreted::names(case, "outputs", network.outputs());
    let samples = Samples::<T>::named(case, &network, ["x.", ""]);
    let arrays: Vec<_> = outputs.iter().map(|output| case.array(&format!("y_true.{output}")).data).collect();
    let of_sample = |index: usize| {
        let parts = arrays.iter().map(move |array| (index * array.len() / samples.count, array));
        parts.flat_map(|(at, array)| array[at..][..array.len() / samples.count].iter().copied())
    };
    let y: Vec<f64> = (0..samples.count).flat_map(of_sample).collect();
    let options = Options::of(case);
    let mut losses = StepLosses(Vec::new());
    let fit = nn_run::Fit {
        batch_size: options.batch_size,
        epochs: options.epochs,
        verbose: 0,
        shuffle: false,
        validation_split: options.validation_split,
        sample_weight: options.sample_weight.as_deref(),
        class_weight: options.class_weight(),
        callbacks: &mut [&mut losses],
        ..nn_run::Fit::default()
    };
    let Trained { optimizer, losses: loss, metrics, weighted_metrics } = trained;
    let model = network.compile(optimizer, loss).unwrap_or_else(|error| panic!("{}: {error}", case.name));
    let model = model.metrics(metrics).weighted_metrics(weighted_metrics);
    let loss_weights = loss_weights(case, &outputs);
    let mut model = model.loss_weights(&loss_weights).unwrap_or_else(|error| panic!("{}: {error}", case.name));
    let history =
        model.fit(&samples.all(), &elements(&y), fit).unwrap_or_else(|error| panic!("{}: {error}", case.name));
    (model.into_network(), history, losses.0)
}

/// Trains a compiled network and the interpreted one as the case says: the same bits; `target` makes a target of the numbers of one
/// sample at each output.
///
/// # Panics
///
/// If anything differs from the case, or between the two.
pub fn check_twin<N, L, M, W, Y>(
    name: &str,
    trained: [Trained<N::Element>; 2],
    loss: L,
    (metrics, weighted_metrics): (M, W),
    target: impl Fn(&[&[f64]]) -> Y,
) where
    N: Train<Element: Real + Into<f64>>,
    L: LossesFor<Outputs<N>, Y, N::Element>,
    M: MetricsFor<N::Element, Outputs<N>>,
    W: MetricsFor<N::Element, Outputs<N>>,
    Y: Target<N::Element>,
{
    let case = Case::load(name);
    check_description::<N>(&case);
    let outputs = names::<N::Output>(&case, "outputs");
    let options = Options::of(&case);
    let mut losses = StepLosses(Vec::new());
    let fit = Fit {
        batch_size: options.batch_size,
        epochs: options.epochs,
        verbose: 0,
        shuffle: false,
        validation_split: options.validation_split,
        sample_weight: options.sample_weight.as_deref(),
        class_weight: options.class_weight(),
        callbacks: &mut [&mut losses],
        ..Fit::default()
    };
    let net = with_params::<N>(&case, "initial.");
    let [Trained { optimizer, .. }, again] = trained;
    let model = net.compile(optimizer, loss, metrics).weighted_metrics(weighted_metrics);
    let loss_weights = loss_weights(&case, &outputs);
    let mut model = model.loss_weights(loss_weights).unwrap_or_else(|error| panic!("{name}: {error}"));
    let (x, y) = (inputs::<N>(&case, "x."), targets(&case, &outputs, target));
    let history = model.fit(&x, &y, fit).unwrap_or_else(|error| panic!("{name}: {error}"));
    case.compare("step_loss", &losses.0);
    check_history(&case, &history, outputs.len());
    for name in case.names("final.") {
        case.compare(&format!("final.{name}"), values(model.network(), name));
    }
    // On the vectors that training has chosen here.
    let level = nn_core::rt::dispatch!(nn_core::rt::level(), simd => fearless_simd::Simd::level(simd));
    let run = interpreted::with_weights::<N::Element>(&case, "initial.").on(level);
    let (run, again, others) = train(&case, run, again);
    assert_eq!(others, losses.0, "{name}: the losses of the steps");
    assert_eq!(again, history, "{name}: the history");
    let bits =
        |weights: &[N::Element]| weights.iter().map(|&weight| Into::<f64>::into(weight).to_bits()).collect::<Vec<_>>();
    assert_eq!(bits(run.weights()), bits(model.network().as_flat()), "{name}: the weights");
}

/// The targets of the samples.
fn targets<Y>(case: &Case, outputs: &[String], target: impl Fn(&[&[f64]]) -> Y) -> Vec<Y> {
    let samples = case.count("samples");
    let arrays: Vec<_> = outputs.iter().map(|output| case.array(&format!("y_true.{output}")).data).collect();
    let of_sample = |index: usize| {
        let numbers = arrays.iter().map(|array| &array[index * array.len() / samples..][..array.len() / samples]);
        target(&numbers.collect::<Vec<_>>())
    };
    (0..samples).map(of_sample).collect()
}

/// In the order of the outputs as the case's text has it, which the network has too.
fn loss_weights<'a>(case: &Case, outputs: &'a [String]) -> Vec<(&'a str, f64)> {
    let weights = case.json["loss_weights"].as_array().into_iter().flatten().filter_map(Json::as_f64);
    outputs.iter().map(String::as_str).zip(weights).collect()
}

fn check_history(case: &Case, history: &History, outputs: usize) {
    let want = case.json["history"].as_object().expect("a training has a history");
    assert_eq!(history.history.len(), want.len(), "{}: the numbers of the history: {history}", case.name);
    for (name, want) in want {
        let want: Vec<_> = want.as_array().into_iter().flatten().filter_map(Json::as_f64).collect();
        if outputs > 1 && name.ends_with("_loss") && !history.history.contains_key(name) {
            check_output_loss(case, history, name, &want);
            continue;
        }
        case.compare_values(&format!("history of {name}"), &[want.len()], history.get(&long_name(name)), &want);
    }
}

/// Keras calls the loss of an output after the layer that it comes from, which the case does not tell: it must be that
/// of one of ours.
fn check_output_loss(case: &Case, history: &History, name: &str, want: &[f64]) {
    let ours = history.history.iter().filter(|(name, _)| name.ends_with("_loss"));
    let found = ours.filter(|(_, got)| case.agree("history", got, want)).count();
    assert_eq!(found, 1, "{}: the outputs whose losses are those of {name}: {history}", case.name);
}

/// Keras names a metric in the history as `metrics = ["mae"]` did; ours have one name each.
fn long_name(name: &str) -> String {
    let (before, last) = name.split_at(name.rfind('_').map_or(0, |at| at + 1));
    config::find("metric", METRICS, last).map_or(name.to_owned(), |row| format!("{before}{}", row.name))
}

fn class_weight(case: &Case) -> Vec<(usize, f64)> {
    let table = case.json["class_weight"].as_object().into_iter().flatten();
    let entry = |(class, weight): (&String, &Json)| Some((class.parse().ok()?, weight.as_f64()?));
    table.map(|row| entry(row).unwrap_or_else(|| panic!("{}: a class weight that is none", case.name))).collect()
}

/// A target that is the index of a class.
///
/// # Panics
///
/// If the number is none.
pub fn class(numbers: &[f64]) -> u32 {
    numbers[0].to_u32().expect("an index")
}

/// A target that is a tensor.
///
/// # Panics
///
/// If the tensor cannot hold the numbers.
pub fn tensor<Y: Tensor<Item: FromPrimitive>>(numbers: &[f64]) -> Y {
    let mut target: Y = bytemuck::Zeroable::zeroed();
    assert_eq!(target.as_flat().len(), numbers.len(), "the size of a target");
    for (element, &number) in target.as_flat_mut().iter_mut().zip(numbers) {
        *element = Y::Item::from_f64(number).expect("a number that the target can hold");
    }
    target
}

/// Each step's own loss.
struct StepLosses(Vec<f64>);

impl<N: Watched> Callback<N> for StepLosses {
    fn on_train_batch_end(&mut self, _: usize, _: &Logs, control: &mut Control<'_, N>) -> CallbackResult {
        self.0.push(control.batch_loss());
        Ok(())
    }
}
