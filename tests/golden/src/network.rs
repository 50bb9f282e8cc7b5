//! Cases of the kind `network`: what the network says of itself, inference, training forward, backward.

use std::collections::BTreeSet;

use fearless_simd::Simd;
use nn_core::train::{SHARD, Train};
use nn_core::{Element, Network, Tensor};

use crate::case::{Case, shape};
use crate::simd::vectors;
use crate::training::{Gradients, Step};

/// Checks all that the case has of a network with one input and one output.
///
/// # Panics
///
/// If anything differs from the case.
pub fn check<N>(name: &str)
where
    N: Train<Input: Tensor<Item = <N as Network>::Element>, Element: Into<f64>>,
{
    let case = Case::load(name);
    check_description::<N>(&case);
    let net = with_params::<N>(&case, "param.");
    let x = elements(&case.array(&format!("input.{}", only(&case, "inputs"))).data);
    let output = only(&case, "outputs");
    case.compare(&format!("output.{output}"), &infer(&*net, &x));
    // As the training does it, and in shards so small that several of them meet.
    for size in [SHARD, 2, 1] {
        check_training(&case, &*net, &x, output, size);
    }
}

/// The name of the one input or output.
fn only(case: &Case, key: &str) -> &'static str {
    let names: Vec<_> = case.json[key].as_object().into_iter().flat_map(|map| map.keys()).collect();
    assert_eq!(names.len(), 1, "{}: a chain has one of `{key}`", case.name);
    names[0]
}

/// The shapes, and the names, shapes and flags of the weights.
pub(crate) fn check_description<N: Network>(case: &Case) {
    if case.json["inputs"].is_object() {
        let io = |key: &str| shape(&case.json[key][only(case, key)]["shape"]);
        assert_eq!(N::Input::SHAPE, io("inputs"), "{}: the shape of the input", case.name);
        assert_eq!(N::Output::SHAPE, io("outputs"), "{}: the shape of the output", case.name);
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
    assert_eq!(end * size_of::<N::Element>(), size_of::<N>(), "{}: the network is its weights", case.name);
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

/// One sample after the other, on memory that the one before has used.
fn infer<N: Network<Input: Tensor<Item = <N as Network>::Element>>>(net: &N, x: &[N::Element]) -> Vec<N::Element> {
    let mut workspace: Box<N::Workspace> = bytemuck::zeroed_box();
    let mut input: Box<N::Input> = bytemuck::zeroed_box();
    let mut output: Box<N::Output> = bytemuck::zeroed_box();
    let simd = vectors();
    let mut outputs = Vec::new();
    for sample in x.chunks(N::Input::LEN) {
        input.as_flat_mut().copy_from_slice(sample);
        simd.vectorize(
            #[inline(always)]
            || net.forward(simd, &input, &mut workspace, &mut output),
        );
        outputs.extend_from_slice(output.as_flat());
    }
    outputs
}

fn check_training<N>(case: &Case, net: &N, x: &[N::Element], output: &str, size: usize)
where
    N: Train<Input: Tensor<Item = <N as Network>::Element>, Element: Into<f64>>,
{
    if !case.is("grad") && !case.is("training") {
        return;
    }
    let mut step = Step::forward(net, x, size);
    let kind = if case.is("training") { "train_output" } else { "output" };
    case.compare(&format!("{kind}.{output}"), &step.output());
    let changed = case.names("after.");
    if !changed.is_empty() {
        let mut moved = Box::new(*net);
        moved.update_moving(&step.statistics);
        for name in changed {
            case.compare(&format!("after.{name}"), values(&*moved, name));
        }
    }
    if case.is("grad") {
        let dy = elements(&case.array(&format!("dy.{output}")).data);
        check_gradients(case, net, &mut step.backward(&dy));
    }
}

/// Compares the gradients, those of the penalties on weights added.
fn check_gradients<N>(case: &Case, net: &N, Gradients { input, params }: &mut Gradients<N>)
where
    N: Train<Element: Into<f64>>,
{
    case.compare(&format!("grad_input.{}", only(case, "inputs")), input.as_slice());
    let trainable: BTreeSet<_> = N::PARAMS.iter().filter(|param| param.trainable).map(|param| param.name).collect();
    let stored: BTreeSet<_> = case.names("grad_param.").into_iter().collect();
    assert_eq!(trainable, stored, "{}: the weights that have gradients", case.name);
    let mut penalty = 0.0;
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
