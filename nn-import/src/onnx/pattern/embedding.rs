//! One-hot rows times a matrix: rows of the matrix, by number.

use super::matcher::Graph;
use super::{Input, New, int};
use crate::onnx::array::Type;
use crate::onnx::flat::{Id, Op};

/// The product of one-hot rows and a table as the rows that are picked.
pub fn find(graph: &Graph, op: &Op) -> Option<New> {
    let (rows, table) = (op.inputs.first().copied().flatten()?, op.inputs.get(1).copied().flatten()?);
    let array = graph.flat.values[table].array.as_ref()?;
    let [count, _] = array.shape[..] else { return None };
    if op.op != "MatMul" || !graph.is_read_once(rows) {
        return None;
    }
    let ids = by_comparison(graph, rows, count).or_else(|| by_one_hot(graph, rows, count))?;
    let is_ids = graph.flat.inputs.contains(&ids) && graph.flat.values[ids].kind == Type::Int;
    let fits = graph.shape(rows)[..graph.shape(rows).len() - 1] == *graph.shape(ids);
    let inputs = vec![Input::Value(table), Input::Value(ids)];
    (is_ids && fits).then(|| New { op: "Gather", attributes: vec![int("axis", 0)], inputs })
}

/// `Cast(Equal(ids, [0, 1, 2, …]))`, with a new last axis of the ids.
fn by_comparison(graph: &Graph, rows: Id, count: usize) -> Option<Id> {
    let first = |op: &Op| op.inputs.first().copied().flatten();
    let mut equal = graph.producer(rows)?;
    while equal.op == "Cast" {
        equal = graph.producer(first(equal)?)?;
    }
    let (a, b) = (first(equal)?, equal.inputs.get(1).copied().flatten()?);
    let is_count = |id: Id| {
        let array = graph.flat.values[id].array.as_ref();
        array.is_some_and(|array| {
            array.shape.last() == Some(&count)
                && array.values.len() == count
                && array.values.iter().enumerate().all(|(place, value)| *value == place as f64)
        })
    };
    let mut ids = match (is_count(a), is_count(b)) {
        (false, true) => a,
        (true, false) => b,
        _ => return None,
    };
    while let Some(op) = graph.producer(ids).filter(|op| matches!(op.op.as_str(), "Cast" | "Unsqueeze" | "Reshape")) {
        ids = first(op)?;
    }
    let is_compared = *graph.shape(rows).last()? == count;
    (equal.op == "Equal" && is_compared).then_some(ids)
}

/// `OneHot(ids, count, [0, 1])`.
fn by_one_hot(graph: &Graph, rows: Id, count: usize) -> Option<Id> {
    let mut op = graph.producer(rows)?;
    while op.op == "Cast" {
        op = graph.producer(op.inputs.first().copied().flatten()?)?;
    }
    let input = |place: usize| op.inputs.get(place).copied().flatten();
    let numbers = graph.flat.values[input(2)?].array.as_ref()?;
    let call = graph.flat.call(op);
    let is_last = call.int("axis", -1) == -1 || call.int("axis", -1) == graph.shape(rows).len() as i64 - 1;
    let mut ids = input(0)?;
    while let Some(op) = graph.producer(ids).filter(|op| op.op == "Cast") {
        ids = op.inputs.first().copied().flatten()?;
    }
    let fits = op.op == "OneHot" && *numbers.values == [0.0, 1.0] && graph.number(input(1)?) == Some(count as f64);
    (fits && is_last).then_some(ids)
}
