//! Cases of the kind `fit`: the loss of each step, the history, the weights after the last epoch.

use std::collections::BTreeSet;

use nn_core::callbacks::{Callback, CallbackResult, Control};
use nn_core::losses::{LossFor, Target};
use nn_core::metrics::Metrics;
use nn_core::optimizers::Optimizer;
use nn_core::train::{Fit, History, Logs, Train};
use nn_core::{Network, Tensor};
use num_traits::{FromPrimitive, ToPrimitive};

use crate::case::Case;
use crate::network::{check_description, elements, values, with_params};

/// What a case is compiled with.
pub struct Compiled<O, L, T> {
    /// The optimizer.
    pub optimizer: O,
    /// The loss.
    pub loss: L,
    /// In the order of the case.
    pub metrics: Metrics<T>,
    /// Those that count samples by their weights.
    pub weighted_metrics: Metrics<T>,
}

/// Trains the network as the case says; `target` makes a target of the numbers of one sample.
///
/// # Panics
///
/// If anything differs from the case.
pub fn check<N, O, L, Y>(name: &str, compiled: Compiled<O, L, N::Element>, target: impl Fn(&[f64]) -> Y)
where
    N: Train<Input: Tensor<Item = <N as Network>::Element>, Element: Into<f64>>,
    O: Optimizer<N::Element>,
    L: LossFor<N::Output, Y, N::Element>,
    Y: Target<N::Element>,
{
    let case = Case::load(name);
    check_description::<N>(&case);
    let samples = case.count("samples");
    let x: Vec<N::Input> = case.array("x.x").data.chunks(N::Input::LEN).map(sample::<N>).collect();
    let y_true = case.array("y_true.y").data;
    let y: Vec<Y> = y_true.chunks(y_true.len() / samples).map(target).collect();
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
    let mut model = net.compile(optimizer, loss, metrics).weighted_metrics(weighted_metrics);
    let history = model.fit(&x, &y, options).unwrap_or_else(|error| panic!("{name}: {error}"));
    case.compare("step_loss", &losses.0);
    check_history(&case, &history);
    for name in case.names("final.") {
        case.compare(&format!("final.{name}"), values(model.network(), name));
    }
}

fn check_history(case: &Case, history: &History) {
    let want = case.json["history"].as_object().expect("a training has a history");
    let names: BTreeSet<_> = want.keys().map(|name| long_name(name)).collect();
    assert_eq!(history.history.keys().cloned().collect::<BTreeSet<_>>(), names, "{}: the history", case.name);
    for (name, want) in want {
        let want: Vec<_> = want.as_array().into_iter().flatten().filter_map(serde_json::Value::as_f64).collect();
        case.compare_values(&format!("history of {name}"), &[want.len()], history.get(&long_name(name)), &want);
    }
}

/// Keras names a metric in the history as `metrics = ["mae"]` did; ours have one name each.
fn long_name(name: &str) -> String {
    name.replace("mae", "mean_absolute_error").replace("mse", "mean_squared_error")
}

fn class_weight(case: &Case) -> Vec<(usize, f64)> {
    let table = case.json["class_weight"].as_object().into_iter().flatten();
    let entry = |(class, weight): (&String, &serde_json::Value)| Some((class.parse().ok()?, weight.as_f64()?));
    table.map(|row| entry(row).unwrap_or_else(|| panic!("{}: a class weight that is none", case.name))).collect()
}

fn sample<N: Network<Input: Tensor<Item = <N as Network>::Element>>>(numbers: &[f64]) -> N::Input {
    let mut sample: N::Input = bytemuck::Zeroable::zeroed();
    sample.as_flat_mut().copy_from_slice(&elements(numbers));
    sample
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
