//! A scale and an offset for each channel behind a layer that has a kernel and a bias: they become part of these.

use super::matcher::Graph;
use crate::onnx::array::{Array, Type};
use crate::onnx::flat::{Flat, Id};
use crate::onnx::windows;

/// What becomes of the operation in `place`: a layer's kernel and bias with what came behind it.
struct Folded {
    layer: usize,
    behind: usize,
    kernel: Option<Array>,
    bias: Array,
}

/// Takes scales and offsets into the layers before them, one after another.
pub fn fold(flat: &mut Flat) {
    let mut from = 0;
    while from < flat.ops.len() {
        match first(flat, from) {
            Some(folded) => {
                from = folded.layer;
                put(flat, folded);
            }
            None => break,
        }
    }
}

/// The first scale or offset from an operation on.
fn first(flat: &Flat, from: usize) -> Option<Folded> {
    let graph = Graph::new(flat);
    (from..flat.ops.len()).find_map(|layer| of(&graph, layer))
}

fn of(graph: &Graph, layer: usize) -> Option<Folded> {
    let op = graph.flat.ops.get(layer)?;
    let has_weights = ["Conv", "ConvTranspose", "GroupNormalization", "InstanceNormalization"];
    if !has_weights.contains(&op.op.as_str()) {
        return None;
    }
    let call = graph.flat.call(op);
    let out = *op.outputs.first()?;
    let (kernel, bias) = (call.constant(1, "kernel").ok()??, call.constant(2, "bias").ok()?);
    let filters = graph.shape(out).get(1).copied()?;
    if !graph.is_read_once(out) {
        return None;
    }
    let behind = graph.readers(out).next()?;
    let [a, b] = behind.inputs[..] else { return None };
    let other = if a == Some(out) { b? } else { a? };
    let is_first = a == Some(out);
    let numbers = along_channels(graph, other, out, filters)?;
    if graph.shape(*behind.outputs.first()?) != graph.shape(out) {
        return None;
    }
    let (scale, offset): (Vec<f64>, Vec<f64>) = match behind.op.as_str() {
        "Mul" => (numbers, vec![0.0; filters]),
        "Div" if is_first && !numbers.contains(&0.0) => (numbers.iter().map(|x| 1.0 / x).collect(), vec![0.0; filters]),
        "Add" => (vec![1.0; filters], numbers),
        "Sub" if is_first => (vec![1.0; filters], numbers.iter().map(|x| -x).collect()),
        _ => return None,
    };
    let before = bias.map_or_else(|| vec![0.0; filters], |bias| bias.values.to_vec());
    let bias = before.iter().zip(&scale).zip(&offset).map(|((bias, scale), offset)| bias * scale + offset).collect();
    let scaled = |kernel: &Array| match op.op.as_str() {
        "ConvTranspose" => {
            let (each, groups) = (kernel.shape[1], windows::groups(&call).ok()?);
            let inputs = kernel.shape[0] / groups.max(1);
            // Filters of a group follow each other.
            let inner: usize = kernel.shape[2..].iter().product();
            let at = |place: usize| (place / (inner * each)) / inputs.max(1) * each + place / inner % each;
            let values = kernel.values.iter().enumerate().map(|(place, value)| value * scale[at(place)]).collect();
            Some(Array::new(Type::Real, kernel.shape.clone(), values))
        }
        _ => (kernel.shape.first() == Some(&filters)).then(|| times(kernel, |row| scale[row])),
    };
    let kernel = if scale.iter().all(|x| *x == 1.0) { None } else { Some(scaled(kernel)?) };
    let behind = graph.flat.ops.iter().position(|op| std::ptr::eq(op, behind))?;
    Some(Folded { layer, behind, kernel, bias: Array::new(Type::Real, vec![filters], bias) })
}

/// Each row times a number.
fn times(array: &Array, by: impl Fn(usize) -> f64) -> Array {
    let width = array.values.len() / array.shape[0].max(1);
    let value = |(place, value): (usize, &f64)| value * by(place / width.max(1));
    Array::new(Type::Real, array.shape.clone(), array.values.iter().enumerate().map(value).collect())
}

/// A constant as one number for each channel, the second axis.
fn along_channels(graph: &Graph, id: Id, out: Id, filters: usize) -> Option<Vec<f64>> {
    let array = graph.flat.values[id].array.as_ref()?;
    let rank = graph.shape(out).len();
    if let Some(number) = array.only() {
        return Some(vec![number; filters]);
    }
    let before = rank.checked_sub(array.shape.len())?;
    let size = |axis: usize| axis.checked_sub(before).map_or(1, |axis| array.shape[axis]);
    let fits = (0..rank).all(|axis| size(axis) == if axis == 1 { filters } else { 1 });
    fits.then(|| array.values.to_vec())
}

fn put(flat: &mut Flat, folded: Folded) {
    let out = flat.ops[folded.behind].outputs.clone();
    let kernel = folded.kernel.map(|array| {
        let name = flat.ops[folded.layer].inputs[1].map_or_else(String::new, |id| flat.values[id].name.clone());
        flat.constant(&name, array)
    });
    let name = flat.ops[folded.layer].inputs.get(2).copied().flatten().map(|id| flat.values[id].name.clone());
    let bias = flat.constant(&name.unwrap_or_default(), folded.bias);
    let layer = &mut flat.ops[folded.layer];
    layer.inputs.resize(3, None);
    if kernel.is_some() {
        layer.inputs[1] = kernel;
    }
    layer.inputs[2] = Some(bias);
    layer.outputs = out;
    flat.ops.remove(folded.behind);
}
