//! Attention by heads: products, a softmax and four projections, however the heads are cut out of these.
//!
//! Between a projection and a product, a file moves elements in many ways (one matrix for query, key and value or three, heads
//! before steps or behind). So the places of the elements go through these operations themselves, and what comes out says which
//! column of the projection each element of a head is.

use super::matcher::Graph;
use super::{Input, New, int};
use crate::onnx::array::{Array, Type};
use crate::onnx::flat::{Id, Op, Value};
use crate::onnx::fold::fold;

/// Elements of a projection, at most.
const MOST: usize = 1 << 22;

/// A layer along the last axis: `x` by a kernel of rows and units.
struct Projection {
    x: Id,
    kernel: Array,
    bias: Option<Vec<f64>>,
}

/// Elements of a value that were moved, and multiplied by a number.
struct Moved {
    from: Id,
    /// Where each of them was, under the shape that they have now.
    places: Array,
    by: f64,
}

/// A projection into heads: the kernel as `[rows, heads, size]`, the bias as `[heads, size]`.
struct Heads {
    x: Id,
    shape: [usize; 3],
    kernel: Vec<f64>,
    bias: Option<Vec<f64>>,
}

/// The last projection of an attention by heads as the whole of it.
pub fn find(graph: &Graph, op: &Op) -> Option<New> {
    let root = *op.outputs.first()?;
    let is_biased_later = op.op == "MatMul" && graph.is_read_once(root) && {
        let reader = graph.readers(root).next()?;
        reader.op == "Add" && projection(graph, *reader.outputs.first()?).is_some()
    };
    if is_biased_later || !matches!(op.op.as_str(), "Add" | "MatMul" | "Gemm") {
        return None;
    }
    let last = projection(graph, root)?;
    let joined = moved(graph, last.x, |id| pair(graph, id).is_some())?;
    let [shares, value] = pair(graph, joined.from)?;
    let (scores, by, is_causal) = scores(graph, shares)?;
    let [query, key] = pair(graph, scores)?;
    let (query, key) = (heads(graph, query, false)?, heads(graph, key, true)?);
    let value = heads(graph, value, false)?;
    let ([heads, steps, size], [_, of_key, _], [of_value, _, depth]) = (query.0.shape, key.0.shape, value.0.shape);
    if key.0.shape[0] != heads || of_value != heads || key.0.shape[2] != size || of_key != value.0.shape[1] {
        return None;
    }
    // The layer divides by the root of the size; what the file multiplies by beside that goes into the query.
    let times = by * query.1 * key.1 * (size as f64).sqrt();
    let outer = rows_of_heads(&joined, [heads, steps, depth])?;
    let query = Heads {
        kernel: query.0.kernel.iter().map(|x| x * times).collect(),
        bias: query.0.bias.map(|bias| bias.iter().map(|x| x * times).collect()),
        ..query.0
    };
    let value = Heads {
        kernel: value.0.kernel.iter().map(|x| x * value.1 * joined.by).collect(),
        bias: value.0.bias.map(|bias| bias.iter().map(|x| x * value.1 * joined.by).collect()),
        ..value.0
    };
    let units = *last.kernel.shape.get(1)?;
    let mut kernel = vec![0.0; heads * depth * units];
    for (row, to) in outer.iter().enumerate() {
        kernel[to * units..][..units].copy_from_slice(&last.kernel.values[row * units..][..units]);
    }
    let parts = [&query, &key.0, &value];
    let has_bias = last.bias.is_some() || parts.iter().any(|heads| heads.bias.is_some());
    let mut inputs: Vec<Input> = [query.x, value.x, key.0.x].into_iter().map(Input::Value).collect();
    for part in parts {
        let [heads, _, size] = part.shape;
        let rows = part.kernel.len() / (heads * size);
        inputs.push(Input::Constant(Array::new(Type::Real, vec![rows, heads, size], part.kernel.clone())));
        if has_bias {
            let bias = part.bias.clone().unwrap_or_else(|| vec![0.0; heads * size]);
            inputs.push(Input::Constant(Array::new(Type::Real, vec![heads, size], bias)));
        }
    }
    inputs.push(Input::Constant(Array::new(Type::Real, vec![heads, depth, units], kernel)));
    if has_bias {
        let bias = last.bias.unwrap_or_else(|| vec![0.0; units]);
        inputs.push(Input::Constant(Array::new(Type::Real, vec![units], bias)));
    }
    let of = |name, size: usize| int(name, size as i64);
    let attributes =
        vec![of("heads", heads), of("size", size), of("depth", depth), of("causal", usize::from(is_causal))];
    Some(New { op: "MultiHeadAttention", attributes, inputs })
}

/// The two values that are multiplied with each other, matrix by matrix.
fn pair(graph: &Graph, id: Id) -> Option<[Id; 2]> {
    let op = graph.producer(id).filter(|op| op.op == "MatMul")?;
    let pair = [op.inputs.first().copied().flatten()?, op.inputs.get(1).copied().flatten()?];
    pair.iter().all(|id| graph.flat.values[*id].array.is_none()).then_some(pair)
}

fn projection(graph: &Graph, id: Id) -> Option<Projection> {
    let op = graph.producer(id)?;
    let input = |place: usize| op.inputs.get(place).copied().flatten();
    let array = |id: Id| graph.flat.values[id].array.as_ref();
    let vector = |id: Id, units: usize| {
        let array = array(id)?;
        (array.values.len() == units && array.shape.last() == Some(&units)).then(|| array.values.to_vec())
    };
    match op.op.as_str() {
        "Add" => {
            let (a, b) = (input(0)?, input(1)?);
            let (bias, inner) = if array(a).is_some() { (a, b) } else { (b, a) };
            let own = projection(graph, inner).filter(|own| own.bias.is_none())?;
            let bias = Some(vector(bias, own.kernel.shape[1])?);
            (graph.shape(inner) == graph.shape(id)).then_some(Projection { bias, ..own })
        }
        "MatMul" => {
            let kernel = array(input(1)?).filter(|kernel| kernel.shape.len() == 2)?.clone();
            let x = input(0).filter(|x| array(*x).is_none())?;
            Some(Projection { x, kernel, bias: None })
        }
        "Gemm" => {
            let call = graph.flat.call(op);
            let is_plain =
                call.int("transA", 0) == 0 && call.float("alpha", 1.0) == 1.0 && call.float("beta", 1.0) == 1.0;
            let kernel = array(input(1)?).filter(|_| is_plain)?;
            let kernel = if call.int("transB", 0) != 0 { kernel.permuted(&[1, 0]) } else { kernel.clone() };
            let bias = match input(2) {
                Some(bias) => Some(vector(bias, kernel.shape[1])?),
                None => None,
            };
            Some(Projection { x: input(0)?, kernel, bias })
        }
        _ => None,
    }
}

/// Goes back from a value through what moves elements and multiplies them by a number.
fn moved(graph: &Graph, to: Id, ends: impl Fn(Id) -> bool) -> Option<Moved> {
    let (mut path, mut by, mut at) = (Vec::new(), 1.0, to);
    while !ends(at) {
        let op = graph.flat.ops.iter().rev().find(|op| op.outputs.contains(&at))?;
        let first = op.inputs.first().copied().flatten()?;
        match op.op.as_str() {
            "Reshape" | "Transpose" | "Squeeze" | "Unsqueeze" | "Flatten" | "Slice" | "Split" | "Gather" => {
                path.push((op, at));
                at = first;
            }
            "Mul" | "Div" => {
                let (number, next) = number_and_value(graph, op)?;
                by *= if op.op == "Mul" { number } else { 1.0 / number };
                at = next;
            }
            _ => return None,
        }
    }
    let shape = graph.shape(at);
    let count: usize = shape.iter().product();
    if count > MOST || path.len() > 16 {
        return None;
    }
    let mut places = Array::new(Type::Real, shape.to_vec(), (0..count).map(|place| place as f64).collect());
    for (op, id) in path.into_iter().rev() {
        let value = Value {
            name: String::new(),
            shape: places.shape.clone(),
            kind: Type::Real,
            array: Some(places),
            is_broken: false,
        };
        let mut call = graph.flat.call(op);
        call.inputs[0] = Some(&value);
        let results: Vec<_> =
            op.outputs.iter().map(|id| (graph.shape(*id).to_vec(), graph.flat.values[*id].kind)).collect();
        let out = op.outputs.iter().position(|out| *out == id)?;
        places = fold(&call, &results)?.into_iter().nth(out)?;
    }
    Some(Moved { from: at, places, by })
}

/// The number and the value of a product of both, or of a quotient by the number.
fn number_and_value(graph: &Graph, op: &Op) -> Option<(f64, Id)> {
    let (a, b) = (op.inputs.first().copied().flatten()?, op.inputs.get(1).copied().flatten()?);
    let (number, value) = match (graph.number(a), graph.number(b)) {
        (None, Some(number)) => (number, a),
        (Some(number), None) if op.op == "Mul" => (number, b),
        _ => return None,
    };
    (number != 0.0 && graph.shape(value) == graph.shape(*op.outputs.first()?)).then_some((number, value))
}

/// What the softmax goes over: the product of query and key, by which number, and whether steps see only those before them.
fn scores(graph: &Graph, shares: Id) -> Option<(Id, f64, bool)> {
    let op = graph.producer(shares).filter(|op| op.op == "Softmax")?;
    let rank = graph.shape(shares).len();
    let axis = graph.flat.call(op).int("axis", if graph.flat.opset < 13 { 1 } else { -1 });
    if axis != -1 && axis != rank as i64 - 1 {
        return None;
    }
    let (mut at, mut by, mut is_causal) = (op.inputs.first().copied().flatten()?, 1.0, false);
    while pair(graph, at).is_none() {
        let op = graph.producer(at)?;
        match op.op.as_str() {
            "Mul" | "Div" => {
                let (number, next) = number_and_value(graph, op)?;
                by *= if op.op == "Mul" { number } else { 1.0 / number };
                at = next;
            }
            "Add" if !is_causal => {
                let (a, b) = (op.inputs.first().copied().flatten()?, op.inputs.get(1).copied().flatten()?);
                let (mask, next) = if graph.flat.values[a].array.is_some() { (a, b) } else { (b, a) };
                is_causal = hides_what_comes(graph.flat.values[mask].array.as_ref()?, graph.shape(at));
                if !is_causal || graph.shape(next) != graph.shape(at) {
                    return None;
                }
                at = next;
            }
            _ => return None,
        }
    }
    Some((at, by, is_causal))
}

/// Whether a mask is 0 up to each step, and very low behind it.
fn hides_what_comes(mask: &Array, scores: &[usize]) -> bool {
    let [.., steps, of_key] = mask.shape[..] else { return false };
    let fits = scores.ends_with(&[steps, of_key]) && mask.values.len() == steps * of_key && steps == of_key;
    fits && mask.values.iter().enumerate().all(|(place, value)| match place % of_key > place / of_key {
        true => *value < -1e4,
        false => *value == 0.0,
    })
}

/// A value by heads as a projection: `[heads, steps, size]`, or `[heads, size, steps]` where it is turned.
fn heads(graph: &Graph, id: Id, is_turned: bool) -> Option<(Heads, f64)> {
    let Moved { from, places, by } = moved(graph, id, |id| projection(graph, id).is_some())?;
    let own = projection(graph, from)?;
    let units = own.kernel.shape[1];
    let [before @ .., a, b] = places.shape.as_slice() else { return None };
    let count: usize = before.iter().product();
    let (steps, size) = if is_turned { (*b, *a) } else { (*a, *b) };
    if graph.shape(from).iter().product::<usize>() != steps * units {
        return None;
    }
    let place = |head: usize, step: usize, at: usize| {
        let inner = if is_turned { at * steps + step } else { step * size + at };
        places.values[head * steps * size + inner] as usize
    };
    let mut columns = Vec::with_capacity(count * size);
    for head in 0..count {
        for at in 0..size {
            let column = place(head, 0, at);
            let is_column = column < units && (0..steps).all(|step| place(head, step, at) == step * units + column);
            columns.push(Some(column).filter(|_| is_column)?);
        }
    }
    let rows = own.kernel.values.chunks_exact(units);
    let kernel = rows.flat_map(|row| columns.iter().map(|column| row[*column])).collect();
    let bias = own.bias.map(|bias| columns.iter().map(|column| bias[*column]).collect());
    Some((Heads { x: own.x, shape: [count, steps, size], kernel, bias }, by))
}

/// For each row of the last projection, which element of which head it is.
fn rows_of_heads(joined: &Moved, [heads, steps, depth]: [usize; 3]) -> Option<Vec<usize>> {
    let rows = *joined.places.shape.last()?;
    if rows != heads * depth || joined.places.values.len() != heads * steps * depth {
        return None;
    }
    let place = |step: usize, row: usize| joined.places.values[step * rows + row] as usize;
    let row = |row: usize| {
        let (head, at) = (place(0, row) / (steps * depth), place(0, row) % (steps * depth));
        let is_one = at < depth && (0..steps).all(|step| place(step, row) == (head * steps + step) * depth + at);
        is_one.then_some(head * depth + at)
    };
    (0..rows).map(row).collect()
}
