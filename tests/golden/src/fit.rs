//! Cases of the kind `fit`: the loss of each step, the history, the weights after the last epoch.

use nn_core::callbacks::{Callback, CallbackResult, Control};
use nn_core::config;
use nn_core::losses::{LossesFor, Target};
use nn_core::metrics::{METRICS, MetricsFor};
use nn_core::optimizers::Optimizer;
use nn_core::train::{Fit, History, Logs, Outputs, Train};
use nn_core::{Network, Tensor};
use num_traits::{FromPrimitive, ToPrimitive};
use serde_json::Value as Json;

use crate::case::Case;
use crate::network::{check_description, elements, inputs, names, values, with_params};

/// What a case is compiled with.
pub struct Compiled<O, L, M, W> {
    /// The optimizer.
    pub optimizer: O,
    /// The loss, or a tuple of losses.
    pub loss: L,
    /// In the order of the case.
    pub metrics: M,
    /// Those that count samples by their weights.
    pub weighted_metrics: W,
}

/// Trains the network as the case says; `target` makes a target of the numbers of one sample at each output.
///
/// # Panics
///
/// If anything differs from the case.
pub fn check<N, O, L, M, W, Y>(name: &str, compiled: Compiled<O, L, M, W>, target: impl Fn(&[&[f64]]) -> Y)
where
    N: Train<Element: Into<f64>>,
    O: Optimizer<N::Element>,
    L: LossesFor<Outputs<N>, Y, N::Element>,
    M: MetricsFor<N::Element, Outputs<N>>,
    W: MetricsFor<N::Element, Outputs<N>>,
    Y: Target<N::Element>,
{
    let case = Case::load(name);
    check_description::<N>(&case);
    let outputs = names::<N::Output>(&case, "outputs");
    let weights = case.get("sample_weight").map(|weights| elements::<N::Element>(&weights.data));
    let class_weight = class_weight(&case);
    let mut losses = StepLosses(Vec::new());
    let options = Fit {
        batch_size: case.count("batch_size"),
        epochs: case.count("epochs"),
        verbose: 0,
        shuffle: false,
        validation_split: case.json["validation_split"].as_f64().unwrap_or_default(),
        sample_weight: weights.as_deref(),
        class_weight: (!class_weight.is_empty()).then_some(&class_weight[..]),
        callbacks: &mut [&mut losses],
        ..Fit::default()
    };
    let net = with_params::<N>(&case, "initial.");
    let Compiled { optimizer, loss, metrics, weighted_metrics } = compiled;
    let model = net.compile(optimizer, loss, metrics).weighted_metrics(weighted_metrics);
    let loss_weights = loss_weights(&case, &outputs);
    let mut model = model.loss_weights(loss_weights).unwrap_or_else(|error| panic!("{name}: {error}"));
    let (x, y) = (inputs::<N>(&case, "x."), targets(&case, &outputs, target));
    let history = model.fit(&x, &y, options).unwrap_or_else(|error| panic!("{name}: {error}"));
    case.compare("step_loss", &losses.0);
    check_history(&case, &history, outputs.len());
    for name in case.names("final.") {
        case.compare(&format!("final.{name}"), values(model.network(), name));
    }
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

impl<N: Network> Callback<N> for StepLosses {
    fn on_train_batch_end(&mut self, _: usize, _: &Logs, control: &mut Control<'_, N>) -> CallbackResult {
        self.0.push(control.batch_loss());
        Ok(())
    }
}
