//! Cases of the kind `network`: what the network says of itself, inference, training forward, backward.

use std::collections::BTreeSet;

use fearless_simd::Simd;
use nn_core::train::{SHARD, Train};
use nn_core::{Element, Network, Record};

use crate::case::{Case, shape};
use crate::sample::{elements_of, samples};
use crate::simd::vectors;
use crate::training::{Gradients, Step};

/// Checks all that the case has of a network.
///
/// # Panics
///
/// If anything differs from the case.
pub fn check<N: Train<Element: Into<f64>>>(name: &str) {
    let case = Case::load(name);
    check_description::<N>(&case);
    let net = with_params::<N>(&case, "param.");
    let x = inputs::<N>(&case, "input.");
    let outputs = names::<N::Output>(&case, "outputs");
    let inferred = Inferred::of(&*net, &x);
    for (index, output) in outputs.iter().enumerate() {
        case.compare(&format!("output.{output}"), &inferred.y[index]);
        check_mask(&case, output, inferred.masks[index].as_deref());
    }
    // As the training does it, and in shards so small that several of them meet.
    for size in [SHARD, 2, 1] {
        check_training(&case, &*net, &x, &outputs, size);
    }
}

/// What the case calls the parts of the network's input or output; a part without a name is the only one.
pub(crate) fn names<R: Record>(case: &Case, key: &str) -> Vec<String> {
    let known: BTreeSet<_> = case.json[key].as_object().into_iter().flat_map(|map| map.keys().cloned()).collect();
    let names: Vec<_> = match R::PARTS {
        [part] if part.name.is_empty() => known.iter().cloned().collect(),
        parts => parts.iter().map(|part| part.name.to_string()).collect(),
    };
    assert_eq!(names.len(), R::PARTS.len(), "{}: the number of {key}", case.name);
    assert_eq!(names.iter().cloned().collect::<BTreeSet<_>>(), known, "{}: the names of the {key}", case.name);
    names
}

/// The samples of the case.
pub(crate) fn inputs<N: Network>(case: &Case, prefix: &str) -> Vec<N::Input> {
    let names = names::<N::Input>(case, "inputs");
    samples(&names.iter().map(|name| case.array(&format!("{prefix}{name}")).data).collect::<Vec<_>>())
}

/// Shapes and types of inputs or outputs.
fn check_parts<R: Record>(case: &Case, key: &str) {
    for (name, part) in names::<R>(case, key).iter().zip(R::PARTS) {
        let known = &case.json[key][name];
        assert_eq!(part.shape, shape(&known["shape"]), "{}: the shape of `{name}`", case.name);
        let dtype = format!("{:?}", part.dtype).to_lowercase();
        assert_eq!(known["dtype"].as_str(), Some(&dtype[..]), "{}: the type of `{name}`", case.name);
    }
}

/// A mask is there if and only if Keras has one; it may have one number for each of equal runs of ours.
pub(crate) fn check_mask<T: Element + Into<f64>>(case: &Case, output: &str, got: Option<&[T]>) {
    let name = format!("mask.{output}");
    let want = case.get(&name);
    assert_eq!(got.is_some(), want.is_some(), "{}: whether there is a `{name}`", case.name);
    let (Some(got), Some(want)) = (got, want) else { return };
    assert!(got.len().is_multiple_of(want.data.len()), "{}: the size of `{name}`", case.name);
    let each = got.len() / want.data.len();
    let want: Vec<f64> = want.data.iter().flat_map(|&keep| std::iter::repeat_n(keep, each)).collect();
    case.compare_values(&name, &[want.len()], &got.iter().map(|&keep| keep.into()).collect::<Vec<_>>(), &want);
}

/// The shapes, and the names, shapes and flags of the weights.
pub(crate) fn check_description<N: Network>(case: &Case) {
    if case.json["inputs"].is_object() {
        check_parts::<N::Input>(case, "inputs");
        check_parts::<N::Output>(case, "outputs");
    }
    let params = case.json["params"].as_array().expect("a network case lists `params`");
    let want = params.iter().map(|param| {
        let name = param["name"].as_str().expect("a parameter has a name").to_string();
        (name, shape(&param["shape"]), param["trainable"].as_bool().expect("a parameter is trainable or not"))
    });
    let got = N::PARAMS.iter().map(|param| (param.name.to_string(), param.shape.to_vec(), param.trainable));
    assert_eq!(got.collect::<Vec<_>>(), want.collect::<Vec<_>>(), "{}: name, shape, trainable", case.name);
    let mut end = 0;
    for param in N::PARAMS {
        assert_eq!(param.offset, end, "{}: {} starts where the one before it ends", case.name, param.name);
        end = param.range().end;
    }
    let bytes = (end * size_of::<N::Element>()).next_multiple_of(64);
    assert_eq!(bytes, size_of::<N>(), "{}: the network is its weights, in whole lines of the cache", case.name);
    let (of_layers, trainable) =
        N::LAYERS.iter().fold((0, 0), |sum, layer| (sum.0 + layer.params, sum.1 + layer.trainable));
    assert_eq!(of_layers, end, "{}: the layers' own numbers of weights", case.name);
    let changed: usize = N::PARAMS.iter().filter(|param| param.trainable).map(|param| param.len()).sum();
    assert_eq!(trainable, changed, "{}: the layers' own numbers of trainable weights", case.name);
}

/// The network with the case's weights: every tensor is used, and once.
pub(crate) fn with_params<N: Network>(case: &Case, prefix: &str) -> Box<N> {
    let stored: BTreeSet<_> = case.names(prefix).into_iter().collect();
    let named: BTreeSet<_> = N::PARAMS.iter().map(|param| param.name).collect();
    assert_eq!(named, stored, "{}: the weights of the network and the tensors of the case", case.name);
    let mut net: Box<N> = bytemuck::zeroed_box();
    for param in N::PARAMS {
        let values = case.array(&format!("{prefix}{}", param.name));
        assert_eq!(values.shape, param.shape, "{}: the shape of {}", case.name, param.name);
        net.as_flat_mut()[param.range()].copy_from_slice(&elements(&values.data));
    }
    net
}

pub(crate) fn elements<T: Element>(values: &[f64]) -> Vec<T> {
    values.iter().map(|&value| T::from_f64(value)).collect()
}

/// What inference makes of samples, output by output.
struct Inferred<T> {
    y: Vec<Vec<T>>,
    masks: Vec<Option<Vec<T>>>,
}

impl<T: Element> Inferred<T> {
    /// One sample after the other, on memory that the one before has used.
    fn of<N: Network<Element = T>>(net: &N, x: &[N::Input]) -> Self {
        let parts = <N::Output as Record>::PARTS;
        let mut inferred = Self { y: vec![Vec::new(); parts.len()], masks: vec![Some(Vec::new()); parts.len()] };
        let mut workspace: Box<N::Workspace> = bytemuck::zeroed_box();
        let mut output: Box<N::Output> = bytemuck::zeroed_box();
        let simd = vectors();
        for x in x {
            simd.vectorize(
                #[inline(always)]
                || net.forward(simd, x, &mut workspace, &mut output),
            );
            for index in 0..parts.len() {
                inferred.y[index].extend(elements_of::<_, T>(&*output, index));
                let (mask, known) = (N::output_mask(&workspace, index), inferred.masks[index].take());
                inferred.masks[index] = known.zip(mask).map(|(known, mask)| [&known[..], mask].concat());
            }
        }
        inferred
    }
}

fn check_training<N>(case: &Case, net: &N, x: &[N::Input], outputs: &[String], size: usize)
where
    N: Train<Element: Into<f64>>,
{
    if !case.is("grad") && !case.is("training") {
        return;
    }
    let mut step = Step::forward(net, x, size);
    let kind = if case.is("training") { "train_output" } else { "output" };
    for (index, output) in outputs.iter().enumerate() {
        case.compare(&format!("{kind}.{output}"), &step.output(index));
        check_mask(case, output, step.mask(index).as_deref());
    }
    let changed = case.names("after.");
    if !changed.is_empty() {
        let mut moved = Box::new(*net);
        moved.update_moving(&step.statistics);
        for name in changed {
            case.compare(&format!("after.{name}"), values(&*moved, name));
        }
    }
    if case.is("grad") {
        let dy: Vec<_> = outputs.iter().map(|output| elements(&case.array(&format!("dy.{output}")).data)).collect();
        let penalty = step.penalty();
        check_inferred_penalty(case, net, x, penalty);
        check_gradients(case, net, penalty, &mut step.backward(&dy));
    }
}

/// What layers cost at inference, which in a network without noise is what they cost in training.
fn check_inferred_penalty<N>(case: &Case, net: &N, x: &[N::Input], want: f64)
where
    N: Train,
{
    let (mut spare, simd) = (Vec::new(), vectors());
    let penalties = x.iter().map(|x| {
        simd.vectorize(
            #[inline(always)]
            || net.infer_penalty(simd, x, &mut [], &mut spare),
        )
    });
    let got = penalties.sum::<f64>() / x.len() as f64;
    if !case.is("training") {
        assert!((got - want).abs() <= 1e-5 * want.abs(), "{}: {got} at inference, {want} in training", case.name);
    }
}

/// Compares the gradients, those of the penalties on weights added.
fn check_gradients<N>(case: &Case, net: &N, mut penalty: f64, Gradients { inputs, params }: &mut Gradients<N>)
where
    N: Train<Element: Into<f64>>,
{
    for (name, gradient) in names::<N::Input>(case, "inputs").iter().zip(inputs) {
        match case.get(&format!("grad_input.{name}")) {
            Some(_) => case.compare(&format!("grad_input.{name}"), gradient),
            None => assert!(gradient.is_empty(), "{}: `{name}` has no gradient", case.name),
        }
    }
    let trainable: BTreeSet<_> = N::PARAMS.iter().filter(|param| param.trainable).map(|param| param.name).collect();
    let stored: BTreeSet<_> = case.names("grad_param.").into_iter().collect();
    assert_eq!(trainable, stored, "{}: the weights that have gradients", case.name);
    for param in N::PARAMS {
        if let Some(regularizer) = param.regularizer {
            let weights = &net.as_flat()[param.range()];
            penalty += regularizer.value(weights);
            regularizer.add_gradient(weights, &mut params.as_flat_mut()[param.range()]);
        }
    }
    if let Some(want) = case.json["reg_loss"].as_f64() {
        case.compare_values("reg_loss", &[], &[penalty], &[want]);
    }
    for name in trainable {
        case.compare(&format!("grad_param.{name}"), values(&**params, name));
    }
}

/// One weight of the network, by name.
pub(crate) fn values<'a, N: Network>(net: &'a N, name: &str) -> &'a [N::Element] {
    let param = N::PARAMS.iter().find(|param| param.name == name).unwrap_or_else(|| panic!("no weight `{name}`"));
    &net.as_flat()[param.range()]
}
