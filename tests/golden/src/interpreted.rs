//! Cases of networks, run by the interpreter: what the network says of itself, inference, training forward, backward, calls
//! that go on where the one before stopped.

use std::collections::BTreeSet;

use nn_run::{Data, Kind, Network, Part, Real, SHARD, State, Step};

use crate::case::{Case, shape};
use crate::definition::definition;
use crate::network::{check_mask, elements};

/// Checks all that the case has of a network.
///
/// # Panics
///
/// If anything differs from the case.
pub fn check(name: &str) {
    let case = Case::load(name);
    match case.json["dtype"].as_str() {
        Some("f64") => check_as::<f64>(&case),
        _ => check_as::<f32>(&case),
    }
}

/// The network of a case.
pub(crate) fn bare<T: Real>(case: &Case) -> Network<T> {
    let text = definition(case.json);
    let network = Network::from_text(&text);
    network.unwrap_or_else(|mistakes| panic!("{}:\n{mistakes}\nin {text}", case.name))
}

/// The same with its weights.
pub(crate) fn network<T: Real>(case: &Case) -> Network<T> {
    with_weights(case, "param.")
}

/// The same with the weights whose tensors have this before their names.
pub(crate) fn with_weights<T: Real>(case: &Case, prefix: &str) -> Network<T> {
    let mut network = bare::<T>(case);
    let stored: BTreeSet<&str> = case.names(prefix).into_iter().collect();
    let named: BTreeSet<&str> = network.params().iter().map(|param| param.name).collect();
    assert_eq!(named, stored, "{}: the weights of the network and the tensors of the case", case.name);
    let params: Vec<_> = network.params().iter().map(|param| (param.name, param.shape)).collect();
    for (name, shape) in params {
        let values = case.array(&format!("{prefix}{name}"));
        assert_eq!(values.shape, shape, "{}: the shape of {name}", case.name);
        network.set_weight(name, &elements(&values.data)).expect("a weight of this name and shape");
    }
    network
}

fn check_as<T: Real + Into<f64>>(case: &Case) {
    let network = network::<T>(case);
    check_description(case, &network);
    if !case.json["calls"].is_null() {
        return check_calls(case, &network);
    }
    let inputs = Samples::<T>::of(case, &network, "");
    let outputs = names(case, "outputs", network.outputs());
    check_inference(case, &network, &inputs, &outputs);
    if case.is("grad") || case.is("training") {
        for size in [SHARD, 2, 1] {
            check_training(case, &network, &inputs, &outputs, size);
        }
    }
}

/// What the case calls the parts of the network's input or output; in a chain the only one has a name of its own.
pub(crate) fn names(case: &Case, key: &str, parts: &[Part]) -> Vec<String> {
    let known: BTreeSet<String> = case.json[key].as_object().into_iter().flat_map(|map| map.keys().cloned()).collect();
    let names: Vec<String> = match parts {
        [_] => known.iter().cloned().collect(),
        parts => parts.iter().map(|part| part.name.clone()).collect(),
    };
    assert_eq!(names.iter().cloned().collect::<BTreeSet<_>>(), known, "{}: the names of the {key}", case.name);
    names
}

/// The shapes, and the names, shapes and flags of the weights.
pub(crate) fn check_description<T: Real>(case: &Case, network: &Network<T>) {
    if case.json["inputs"].is_object() {
        for (key, parts) in [("inputs", network.inputs()), ("outputs", network.outputs())] {
            for (name, part) in names(case, key, parts).iter().zip(parts) {
                let known = &case.json[key][name];
                assert_eq!(part.shape, shape(&known["shape"]), "{}: the shape of `{name}`", case.name);
                let kind = match part.kind {
                    Kind::Real if T::DTYPE == nn_core::Dtype::F64 => "f64",
                    Kind::Real => "f32",
                    Kind::U32 => "u32",
                    Kind::I32 => "i32",
                    Kind::U8 => "u8",
                };
                assert_eq!(known["dtype"].as_str(), Some(kind), "{}: the type of `{name}`", case.name);
            }
        }
    }
    let params = case.json["params"].as_array().expect("a network case lists `params`");
    let want: Vec<_> = params
        .iter()
        .map(|param| {
            let name = param["name"].as_str().expect("a parameter has a name").to_string();
            (name, shape(&param["shape"]), param["trainable"].as_bool().expect("a parameter is trainable or not"))
        })
        .collect();
    let got: Vec<_> = network.params().iter().map(|p| (p.name.to_owned(), p.shape.to_vec(), p.trainable)).collect();
    assert_eq!(got, want, "{}: name, shape, trainable", case.name);
}

/// The samples of a case: each input with all of them.
pub(crate) struct Samples<T> {
    pub(crate) count: usize,
    parts: Vec<Numbers<T>>,
    lens: Vec<usize>,
}

enum Numbers<T> {
    Real(Vec<T>),
    U32(Vec<u32>),
    I32(Vec<i32>),
    U8(Vec<u8>),
}

impl<T: Real> Samples<T> {
    /// Those of the tensors `input.<name>` with this behind.
    pub(crate) fn of(case: &Case, network: &Network<T>, suffix: &str) -> Self {
        Self::named(case, network, ["input.", suffix])
    }

    /// Those of the tensors with this before and behind the names of the inputs.
    pub(crate) fn named(case: &Case, network: &Network<T>, [before, behind]: [&str; 2]) -> Self {
        let parts = network.inputs();
        let numbers = names(case, "inputs", parts).into_iter().zip(parts).map(|(name, part)| {
            let data = case.array(&format!("{before}{name}{behind}")).data;
            match part.kind {
                Kind::Real => Numbers::Real(elements(&data)),
                Kind::U32 => Numbers::U32(data.iter().map(|id| *id as u32).collect()),
                Kind::I32 => Numbers::I32(data.iter().map(|id| *id as i32).collect()),
                Kind::U8 => Numbers::U8(data.iter().map(|id| *id as u8).collect()),
            }
        });
        let mut samples = Samples { count: 0, parts: numbers.collect(), lens: parts.iter().map(Part::len).collect() };
        samples.count = samples.all()[0].len() / samples.lens[0];
        samples
    }

    /// All of them.
    pub(crate) fn all(&self) -> Vec<Data<'_, T>> {
        let data = self.parts.iter().map(|numbers| match numbers {
            Numbers::Real(x) => Data::Real(x),
            Numbers::U32(x) => Data::U32(x),
            Numbers::I32(x) => Data::I32(x),
            Numbers::U8(x) => Data::U8(x),
        });
        data.collect()
    }

    /// One of them.
    pub(crate) fn one(&self, sample: usize) -> Vec<Data<'_, T>> {
        let parts = self.parts.iter().zip(&self.lens).map(|(numbers, len)| {
            let range = sample * len..(sample + 1) * len;
            match numbers {
                Numbers::Real(x) => Data::Real(&x[range]),
                Numbers::U32(x) => Data::U32(&x[range]),
                Numbers::I32(x) => Data::I32(&x[range]),
                Numbers::U8(x) => Data::U8(&x[range]),
            }
        });
        parts.collect()
    }
}

/// Buffers for the outputs of one sample.
pub(crate) fn buffers<T: Real>(network: &Network<T>) -> Vec<Vec<T>> {
    network.outputs().iter().map(|part| vec![T::nan(); part.len()]).collect()
}

/// One sample after the other, on memory that the one before has used.
fn check_inference<T: Real + Into<f64>>(case: &Case, network: &Network<T>, inputs: &Samples<T>, outputs: &[String]) {
    let (mut workspace, mut y) = (network.workspace(), buffers(network));
    let mut got: Vec<Vec<T>> = vec![Vec::new(); y.len()];
    let mut masks: Vec<Option<Vec<T>>> = vec![Some(Vec::new()); y.len()];
    for sample in 0..inputs.count {
        let mut slices: Vec<&mut [T]> = y.iter_mut().map(Vec::as_mut_slice).collect();
        network.infer(&inputs.one(sample), &mut workspace, &mut slices).expect("inputs of the case");
        for (index, y) in y.iter().enumerate() {
            got[index].extend(y);
            let known = masks[index].take();
            masks[index] =
                known.zip(network.output_mask(&workspace, index)).map(|(known, mask)| [&known[..], mask].concat());
        }
    }
    for ((output, got), mask) in outputs.iter().zip(&got).zip(&masks) {
        case.compare(&format!("output.{output}"), got);
        check_mask(case, output, mask.as_deref());
    }
}

fn check_training<T: Real + Into<f64>>(
    case: &Case,
    network: &Network<T>,
    inputs: &Samples<T>,
    outputs: &[String],
    size: usize,
) {
    let mut step = Step::in_shards(network, &inputs.all(), inputs.count, size, 0).expect("inputs of the case");
    let kind = if case.is("training") { "train_output" } else { "output" };
    for (index, output) in outputs.iter().enumerate() {
        case.compare(&format!("{kind}.{output}"), &step.output(index));
        check_mask(case, output, step.mask(index).as_deref());
    }
    let changed = case.names("after.");
    if !changed.is_empty() {
        let moved = step.moved();
        for name in changed {
            case.compare(&format!("after.{name}"), weight(network, &moved, name));
        }
    }
    if !case.is("grad") {
        return;
    }
    let dy: Vec<Vec<T>> = outputs.iter().map(|output| elements(&case.array(&format!("dy.{output}")).data)).collect();
    let dy: Vec<&[T]> = dy.iter().map(Vec::as_slice).collect();
    let mut gradients = step.backward(&dy).expect("gradients of the case");
    for (name, gradient) in names(case, "inputs", network.inputs()).iter().zip(&gradients.inputs) {
        match case.get(&format!("grad_input.{name}")) {
            Some(_) => case.compare(&format!("grad_input.{name}"), gradient),
            None => assert!(gradient.is_empty(), "{}: `{name}` has no gradient", case.name),
        }
    }
    let trainable: BTreeSet<&str> = network.params().iter().filter(|p| p.trainable).map(|p| p.name).collect();
    let stored: BTreeSet<&str> = case.names("grad_param.").into_iter().collect();
    assert_eq!(trainable, stored, "{}: the weights that have gradients", case.name);
    let mut penalty = step.penalty();
    for param in network.params() {
        if let Some(regularizer) = param.regularizer {
            let weights = &network.weights()[param.range()];
            penalty += regularizer.value(weights);
            regularizer.add_gradient(weights, &mut gradients.weights[param.range()]);
        }
    }
    if let Some(want) = case.json["reg_loss"].as_f64() {
        case.compare_values("reg_loss", &[], &[penalty], &[want]);
    }
    for name in trainable {
        case.compare(&format!("grad_param.{name}"), weight(network, &gradients.weights, name));
    }
}

/// The part of all weights that one of them is.
pub(crate) fn weight<'a, T: Real>(network: &Network<T>, weights: &'a [T], name: &str) -> &'a [T] {
    let param =
        network.params().iter().find(|param| param.name == name).unwrap_or_else(|| panic!("no weight `{name}`"));
    &weights[param.range()]
}

/// The outputs of all calls; states start anew where the case says so.
fn check_calls<T: Real + Into<f64>>(case: &Case, network: &Network<T>) {
    let resets = case.json["reset_before"].as_array().expect("a stateful case lists `reset_before`");
    let mut states: Vec<State<T>> = Vec::new();
    let (mut workspace, mut y) = (network.workspace(), buffers(network));
    for call in 0..case.json["calls"].as_u64().expect("a stateful case says how many `calls`") {
        let inputs = Samples::of(case, network, &format!("@{call}"));
        if resets.iter().any(|reset| reset.as_u64() == Some(call)) {
            states.iter_mut().for_each(State::reset);
        }
        states.resize_with(inputs.count, || network.state());
        let mut outputs = Vec::new();
        for (sample, state) in states.iter_mut().enumerate() {
            let mut slices: Vec<&mut [T]> = y.iter_mut().map(Vec::as_mut_slice).collect();
            network
                .infer_stateful(&inputs.one(sample), state, &mut workspace, &mut slices)
                .expect("inputs of the case");
            outputs.extend_from_slice(&y[0]);
        }
        case.compare(&format!("output.y@{call}"), &outputs);
    }
}
