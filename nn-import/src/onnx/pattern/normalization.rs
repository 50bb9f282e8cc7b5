//! Normalizations: over which axes, and along which ones the scale and the offset go.

use super::matcher::{Found, Graph};
use super::{Input, New, float, int, of_x};
use crate::onnx::array::{Array, Type};
use crate::onnx::flat::{Id, Op};
use crate::onnx::proto::Attribute;

/// Mean 0 and variance 1: of the last axes, or of the axes of space for each channel.
pub fn centered(graph: &Graph, found: &Found, root: Id) -> Option<New> {
    let (x, axes) = (of_x(graph, found, root)?, found.axes.as_deref()?);
    let (shape, epsilon) = (graph.shape(x), *found.numbers.get("epsilon")?);
    if epsilon <= 0.0 {
        return None;
    }
    let weights = ["gamma", "beta"].map(|name| found.values.get(name).copied());
    if weights.iter().flatten().all(|id| goes_along(graph, *id, shape, axes)) {
        let ints = axes.iter().map(|axis| *axis as i64).collect();
        let axes = Attribute { name: "axes".to_owned(), ints, ..Attribute::default() };
        let attributes = vec![axes, float("epsilon", epsilon)];
        return Some(New { op: "LayerNormalization", attributes, inputs: inputs(x, weights) });
    }
    let is_space = shape.len() > 2 && axes.iter().copied().eq(2..shape.len());
    if !is_space || !weights.iter().flatten().all(|id| goes_along(graph, *id, shape, &[1])) {
        return None;
    }
    let all = |id: Option<Id>, number: f64| match id.and_then(|id| graph.flat.values[id].array.as_ref()) {
        Some(array) => Input::Constant(array.shaped(vec![array.values.len()])),
        None => Input::Constant(Array::new(Type::Real, vec![shape[1]], vec![number; shape[1]])),
    };
    let [gamma, beta] = weights;
    let inputs = vec![Input::Value(x), all(gamma, 1.0), all(beta, 0.0)];
    Some(New { op: "InstanceNormalization", attributes: vec![float("epsilon", epsilon)], inputs })
}

/// A mean of squares of 1, along the last axis.
pub fn by_root_of_squares(graph: &Graph, found: &Found, root: Id) -> Option<New> {
    let (x, axes) = (of_x(graph, found, root)?, found.axes.as_deref()?);
    let (shape, epsilon) = (graph.shape(x), *found.numbers.get("epsilon")?);
    let gamma = found.values.get("gamma").copied();
    let [axis] = *axes else { return None };
    let fits = axis + 1 == shape.len() && epsilon > 0.0 && gamma.is_none_or(|id| goes_along(graph, id, shape, axes));
    let attributes = vec![int("axis", axis as i64), float("epsilon", epsilon)];
    fits.then(|| New { op: "RMSNormalization", attributes, inputs: inputs(x, [gamma, None]) })
}

fn inputs(x: Id, [gamma, beta]: [Option<Id>; 2]) -> Vec<Input> {
    let weight = |id: Option<Id>| id.map_or(Input::None, Input::Value);
    vec![Input::Value(x), weight(gamma), weight(beta)]
}

/// Whether an array has a number for each place of these axes of a shape, and the same one along all others.
fn goes_along(graph: &Graph, id: Id, shape: &[usize], axes: &[usize]) -> bool {
    let own = graph.shape(id);
    let Some(before) = shape.len().checked_sub(own.len()) else { return false };
    let wanted = |axis: usize| if axes.contains(&axis) { shape[axis] } else { 1 };
    (0..shape.len()).all(|axis| axis.checked_sub(before).map_or(1, |axis| own[axis]) == wanted(axis))
}

/// A group normalization that is one of instances, on channels that are put together and taken apart again.
pub fn by_groups(graph: &Graph, op: &Op) -> Option<New> {
    let out = *op.outputs.first()?;
    let first = |op: &Op| op.inputs.first().copied().flatten();
    let is_shape = |op: &&Op| op.op == "Reshape";
    let inner = graph.producer(first(Some(op).filter(is_shape)?)?).filter(|op| op.op == "InstanceNormalization")?;
    let joined = first(inner)?;
    let x = first(graph.producer(joined).filter(is_shape)?)?;
    let groups = *graph.shape(joined).get(1)?;
    let number = |place: usize| graph.number(inner.inputs.get(place).copied().flatten()?);
    let (shape, channels) = (graph.shape(x), *graph.shape(x).get(1)?);
    let is_plain = number(1) == Some(1.0) && number(2) == Some(0.0) && graph.is_read_once(*inner.outputs.first()?);
    let fits = shape == graph.shape(out) && shape.len() > 2 && groups > 0 && channels % groups == 0;
    let all = |number: f64| Input::Constant(Array::new(Type::Real, vec![channels], vec![number; channels]));
    let epsilon = graph.flat.call(inner).float("epsilon", 1e-5);
    (is_plain && fits && shape[0] == 1 && graph.shape(joined)[0] == 1).then(|| New {
        op: "GroupNormalization",
        attributes: vec![int("num_groups", groups as i64), float("epsilon", epsilon)],
        inputs: vec![Input::Value(x), all(1.0), all(0.0)],
    })
}
