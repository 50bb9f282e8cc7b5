//! Operations on constants, which are computed when the file is read.

use super::array::{Array, Type, strides};
use super::flat::{Call, axis_of};
use super::shapes::{self, Part, Shaped};

/// The results of an operation whose inputs are all constants; nothing if it is not one that is folded.
pub fn fold(call: &Call, results: &[Shaped]) -> Option<Vec<Array>> {
    if call.op == "Shape" || call.op == "Size" {
        return Some(vec![of_shape(call)?]);
    }
    let arrays: Option<Vec<Option<&Array>>> = call
        .inputs
        .iter()
        .map(|input| match input {
            Some(value) => value.array.as_ref().map(Some),
            None => Some(None),
        })
        .collect();
    let arrays = arrays?;
    let (shape, kind) = results.first()?.clone();
    let first = arrays.first().copied().flatten();
    if call.op == "Split" {
        return split(call, first?);
    }
    let values = match call.op {
        "Range" => {
            let (start, step) = (first?.values.first()?, arrays.get(2)?.as_ref()?.values.first()?);
            (0..shape.first().copied()?).map(|i| start + i as f64 * step).collect()
        }
        "ConstantOfShape" => {
            let value = call.attribute("value").and_then(|value| value.tensor.as_ref());
            let value = value.map_or(Some(0.0), |value| value.values.first().copied())?;
            vec![value; shape.iter().product()]
        }
        "Reshape" | "Flatten" | "Squeeze" | "Unsqueeze" | "Dropout" | "Identity" => {
            return Some(vec![first?.shaped(shape)]);
        }
        "Transpose" => return Some(vec![first?.permuted(&shapes::order(call).ok()?)]),
        "Expand" => first?.broadcast(&shape),
        "Slice" => sliced(first?, &shapes::slice(call).ok()?),
        "Tile" => {
            let from = first?;
            indexed(&shape, |at| place(from, at.iter().zip(&from.shape).map(|(at, size)| at % size)))?
        }
        "Concat" => concat(call, &arrays.iter().copied().collect::<Option<Vec<_>>>()?, &shape)?,
        "Gather" => gather(call, first?, arrays.get(1)?.as_ref()?)?,
        "Cast" | "CastLike" => cast(first?, kind),
        "Where" => {
            let [condition, yes, no] = three(&arrays, &shape)?;
            let pick = |((condition, yes), no): ((&f64, &f64), &f64)| if *condition == 0.0 { *no } else { *yes };
            condition.iter().zip(&yes).zip(&no).map(pick).collect()
        }
        "MatMul" | "Gemm" => product(call, first?, arrays.get(1)?.as_ref()?, arrays.get(2).copied().flatten(), &shape)?,
        "ScatterND" => scatter(first?, arrays.get(1)?.as_ref()?, arrays.get(2)?.as_ref()?)?,
        op if op.starts_with("Reduce") => reduce(call, first?, &shape)?,
        op => match unary(op) {
            Some(function) => first?.values.iter().map(|x| function(*x)).collect(),
            None => pairwise(op, &arrays.iter().copied().collect::<Option<Vec<_>>>()?, &shape, first?.kind)?,
        },
    };
    Some(vec![Array::new(kind, shape, values)])
}

fn of_shape(call: &Call) -> Option<Array> {
    let shape = shapes::shape_part(call).ok()?;
    match call.op {
        "Shape" => Some(Array::ints(shape.iter().map(|size| *size as i64))),
        _ => Some(Array::scalar(Type::Int, shape.iter().product::<usize>() as f64)),
    }
}

/// Functions of single elements.
pub fn unary(op: &str) -> Option<fn(f64) -> f64> {
    Some(match op {
        "Abs" => f64::abs,
        "Neg" => |x| -x,
        "Not" => |x| f64::from(u8::from(x == 0.0)),
        "Sqrt" => f64::sqrt,
        "Exp" => f64::exp,
        "Log" => f64::ln,
        "Floor" => f64::floor,
        "Ceil" => f64::ceil,
        "Round" => f64::round_ties_even,
        "Sign" => |x| if x == 0.0 { 0.0 } else { x.signum() },
        "Reciprocal" => |x| 1.0 / x,
        "Sin" => f64::sin,
        "Cos" => f64::cos,
        "Tanh" => f64::tanh,
        "Sigmoid" => |x| 1.0 / (1.0 + (-x).exp()),
        "Relu" => |x| x.max(0.0),
        _ => return None,
    })
}

/// Functions of two elements, on as many inputs as there are.
fn pairwise(op: &str, arrays: &[&Array], shape: &[usize], kind: Type) -> Option<Vec<f64>> {
    let is = |yes: bool| f64::from(u8::from(yes));
    let function: &dyn Fn(f64, f64) -> f64 = match op {
        "Add" | "Sum" => &|a, b| a + b,
        "Sub" => &|a, b| a - b,
        "Mul" => &|a, b| a * b,
        // Whole numbers by 0 have no result.
        "Div" if kind == Type::Int => &|a, b| if b == 0.0 { 0.0 } else { (a / b).trunc() },
        "Div" => &|a, b| a / b,
        "Mod" => &|a, b| if b == 0.0 { 0.0 } else { a - b * (a / b).floor() },
        "Pow" => &f64::powf,
        "Max" => &f64::max,
        "Min" => &f64::min,
        "Equal" => &|a, b| is(a == b),
        "Less" => &|a, b| is(a < b),
        "LessOrEqual" => &|a, b| is(a <= b),
        "Greater" => &|a, b| is(a > b),
        "GreaterOrEqual" => &|a, b| is(a >= b),
        "And" => &|a, b| is(a != 0.0 && b != 0.0),
        "Or" => &|a, b| is(a != 0.0 || b != 0.0),
        "Xor" => &|a, b| is((a != 0.0) != (b != 0.0)),
        _ => return None,
    };
    let mut result = arrays.first()?.broadcast(shape);
    for other in arrays.get(1..)? {
        result.iter_mut().zip(other.broadcast(shape)).for_each(|(a, b)| *a = function(*a, b));
    }
    Some(result)
}

fn three(arrays: &[Option<&Array>], shape: &[usize]) -> Option<[Vec<f64>; 3]> {
    let [Some(a), Some(b), Some(c)] = arrays else { return None };
    Some([a.broadcast(shape), b.broadcast(shape), c.broadcast(shape)])
}

fn cast(array: &Array, kind: Type) -> Vec<f64> {
    let cast = |x: &f64| match kind {
        Type::Real => *x,
        Type::Int => x.trunc(),
        Type::Bool => f64::from(u8::from(*x != 0.0)),
    };
    array.values.iter().map(cast).collect()
}

/// The value for each place of a shape.
fn indexed(shape: &[usize], value: impl Fn(&[usize]) -> Option<f64>) -> Option<Vec<f64>> {
    let steps = strides(shape);
    let count: usize = shape.iter().product();
    let mut at = vec![0; shape.len()];
    let one = |place: usize| {
        at.iter_mut().enumerate().for_each(|(axis, at)| *at = place / steps[axis] % shape[axis]);
        value(&at)
    };
    (0..count).map(one).collect()
}

fn place(array: &Array, at: impl Iterator<Item = usize>) -> Option<f64> {
    let place = at.zip(strides(&array.shape)).map(|(at, step)| at * step).sum::<usize>();
    array.values.get(place).copied()
}

pub fn sliced(array: &Array, parts: &[Part]) -> Vec<f64> {
    let shape: Vec<usize> = parts.iter().map(|part| part.count).collect();
    let index = |(at, part): (&usize, &Part)| (part.start as i64 + *at as i64 * part.step) as usize;
    indexed(&shape, |at| place(array, at.iter().zip(parts).map(index))).unwrap_or_default()
}

fn split(call: &Call, array: &Array) -> Option<Vec<Array>> {
    let (axis, sizes) = shapes::split(call).ok()?;
    let mut from = 0;
    let part = |size: &usize| {
        let part = array.cut(axis, from, *size);
        from += size;
        part
    };
    Some(sizes.iter().map(part).collect())
}

fn concat(call: &Call, arrays: &[&Array], shape: &[usize]) -> Option<Vec<f64>> {
    let axis = axis_of(call.int("axis", 1), shape.len()).ok()?;
    let outer: usize = shape[..axis].iter().product();
    let mut values = Vec::with_capacity(shape.iter().product());
    for row in 0..outer {
        for array in arrays {
            let len: usize = array.shape[axis..].iter().product();
            values.extend(&array.values[row * len..][..len]);
        }
    }
    Some(values)
}

fn gather(call: &Call, data: &Array, indices: &Array) -> Option<Vec<f64>> {
    let axis = axis_of(call.int("axis", 0), data.shape.len()).ok()?;
    let (outer, inner): (usize, usize) = (data.shape[..axis].iter().product(), data.shape[axis + 1..].iter().product());
    let size = data.shape[axis];
    let mut values = Vec::new();
    for row in 0..outer {
        for index in indices.values.iter() {
            let index = axis_of(*index as i64, size).ok()?;
            values.extend(&data.values[(row * size + index) * inner..][..inner]);
        }
    }
    Some(values)
}

/// A small product of two matrices, and what is added to it.
fn product(call: &Call, a: &Array, b: &Array, c: Option<&Array>, shape: &[usize]) -> Option<Vec<f64>> {
    const MOST: usize = 1 << 22;
    let turned = |array: &Array, name: &str| {
        let is_turned = call.op == "Gemm" && call.int(name, 0) != 0;
        if is_turned { array.permuted(&[1, 0]) } else { array.clone() }
    };
    let (a, b) = (turned(a, "transA"), turned(b, "transB"));
    let ([rows, terms], [_, columns]) = (&a.shape[..], &b.shape[..]) else { return None };
    if rows.checked_mul(*terms)?.checked_mul(*columns)? > MOST {
        return None;
    }
    let (alpha, beta) = (call.float("alpha", 1.0), call.float("beta", 1.0));
    let c = match c {
        Some(c) if shapes::meet(&c.shape, shape).is_ok_and(|met| met == shape) => c.broadcast(shape),
        Some(_) => return None,
        None => vec![0.0; rows * columns],
    };
    let one = |(place, c): (usize, &f64)| {
        let (row, column) = (place / columns, place % columns);
        let sum: f64 = (0..*terms).map(|k| a.values[row * terms + k] * b.values[k * columns + column]).sum();
        alpha * sum + beta * c
    };
    Some(c.iter().enumerate().map(one).collect())
}

fn scatter(data: &Array, indices: &Array, updates: &Array) -> Option<Vec<f64>> {
    let mut values = data.values.to_vec();
    let places = scattered(data, indices)?;
    let inner = updates.values.len().checked_div(places.len())?;
    for (place, update) in places.iter().zip(updates.values.chunks_exact(inner.max(1))) {
        values.get_mut(*place..place + inner)?.copy_from_slice(update);
    }
    Some(values)
}

/// Where the parts begin that a `ScatterND` writes.
fn scattered(data: &Array, indices: &Array) -> Option<Vec<usize>> {
    let depth = *indices.shape.last()?;
    if depth == 0 || depth > data.shape.len() {
        return None;
    }
    let steps = strides(&data.shape);
    let place = |at: &[f64]| {
        let axes =
            at.iter().enumerate().map(|(axis, at)| Some(axis_of(*at as i64, data.shape[axis]).ok()? * steps[axis]));
        axes.sum::<Option<usize>>()
    };
    indices.values.chunks_exact(depth).map(place).collect()
}

fn reduce(call: &Call, array: &Array, shape: &[usize]) -> Option<Vec<f64>> {
    let axes = shapes::reduced_axes(call).ok()?;
    let kept: Vec<usize> =
        array.shape.iter().enumerate().map(|(axis, size)| if axes.contains(&axis) { 1 } else { *size }).collect();
    let steps = strides(&kept);
    let own = strides(&array.shape);
    let count: usize = shape.iter().product();
    let (start, function): (f64, fn(f64, f64) -> f64) = match call.op {
        "ReduceSum" | "ReduceMean" => (0.0, |a, b| a + b),
        "ReduceProd" => (1.0, |a, b| a * b),
        "ReduceMax" => (f64::NEG_INFINITY, f64::max),
        "ReduceMin" => (f64::INFINITY, f64::min),
        _ => return None,
    };
    let mut values = vec![start; count];
    for (place, value) in array.values.iter().enumerate() {
        let axes =
            (0..kept.len()).map(|axis| (place / own[axis] % array.shape[axis]).min(kept[axis] - 1) * steps[axis]);
        let to = values.get_mut(axes.sum::<usize>())?;
        *to = function(*to, *value);
    }
    if call.op == "ReduceMean" {
        let share = array.values.len() as f64 / count.max(1) as f64;
        values.iter_mut().for_each(|value| *value /= share);
    }
    Some(values)
}
