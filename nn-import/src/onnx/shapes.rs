//! The shapes of results.

use super::array::Type;
use super::flat::{Call, Problem, axis_of};

/// Elements of one value, at most.
const MOST: usize = 1 << 31;

/// What a result is.
pub type Shaped = (Vec<usize>, Type);

/// The results of an operation; those with fixed values are folded later.
pub fn infer(call: &Call) -> Result<Vec<Shaped>, Problem> {
    let results = of(call)?;
    for (shape, _) in &results {
        let count = shape.iter().try_fold(1_usize, |count, size| count.checked_mul(*size));
        if count.is_none_or(|count| count > MOST) {
            return Err(Problem::new(format!("its result has the shape {shape:?}, which is too large")));
        }
    }
    Ok(results)
}

fn of(call: &Call) -> Result<Vec<Shaped>, Problem> {
    let one = |shape: Vec<usize>, kind: Type| Ok(vec![(shape, kind)]);
    match call.op {
        "Abs"
        | "Acos"
        | "Asin"
        | "Atan"
        | "Ceil"
        | "Clip"
        | "Cos"
        | "Elu"
        | "Erf"
        | "Exp"
        | "Floor"
        | "Gelu"
        | "HardSigmoid"
        | "HardSwish"
        | "LeakyRelu"
        | "Log"
        | "LogSoftmax"
        | "Mish"
        | "Neg"
        | "Reciprocal"
        | "Relu"
        | "Round"
        | "Selu"
        | "Sigmoid"
        | "Sign"
        | "Sin"
        | "Softmax"
        | "Softplus"
        | "Softsign"
        | "Sqrt"
        | "Tanh"
        | "ThresholdedRelu"
        | "BatchNormalization"
        | "LayerNormalization"
        | "RMSNormalization"
        | "InstanceNormalization"
        | "LRN"
        | "Not"
        | "PRelu"
        | "CumSum"
        | "Swish"
        | "GroupNormalization"
        | "LpNormalization"
        | "Hardmax" => {
            let input = call.input(0)?;
            let kind = if call.op == "Not" { Type::Bool } else { input.kind };
            one(input.shape.clone(), kind)
        }
        "Add" | "Sub" | "Mul" | "Div" | "Pow" | "Max" | "Min" | "Mod" | "Sum" | "Mean" => {
            one(broadcast(call, 0)?, call.input(0)?.kind)
        }
        "Equal" | "Less" | "Greater" | "LessOrEqual" | "GreaterOrEqual" | "And" | "Or" | "Xor" => {
            one(broadcast(call, 0)?, Type::Bool)
        }
        "Where" => one(broadcast(call, 0)?, call.input(1)?.kind),
        "Cast" => one(call.input(0)?.shape.clone(), element(call.int("to", 1))),
        "CastLike" => one(call.input(0)?.shape.clone(), call.input(1)?.kind),
        "Shape" => one(vec![shape_part(call)?.len()], Type::Int),
        "Size" => one(Vec::new(), Type::Int),
        "Reshape" => one(reshape(call)?, call.input(0)?.kind),
        "Flatten" => {
            let input = call.input(0)?;
            let axis = call.int("axis", 1);
            let axis = if axis == input.shape.len() as i64 {
                input.shape.len()
            } else {
                axis_of(axis, input.shape.len().max(1))?
            };
            let (rows, columns) = input.shape.split_at(axis.min(input.shape.len()));
            one(vec![rows.iter().product(), columns.iter().product()], input.kind)
        }
        "Squeeze" => one(squeeze(call)?, call.input(0)?.kind),
        "Unsqueeze" => one(unsqueeze(call)?, call.input(0)?.kind),
        "Transpose" => {
            let (input, order) = (call.input(0)?, order(call)?);
            one(order.iter().map(|axis| input.shape[*axis]).collect(), input.kind)
        }
        "Concat" => concat(call),
        "Slice" => {
            let (input, parts) = (call.input(0)?, slice(call)?);
            one(parts.iter().map(|part| part.count).collect(), input.kind)
        }
        "Split" => {
            let (input, (axis, sizes)) = (call.input(0)?, split(call)?);
            let part = |size: &usize| {
                let mut shape = input.shape.clone();
                shape[axis] = *size;
                (shape, input.kind)
            };
            Ok(sizes.iter().map(part).collect())
        }
        "Gather" => {
            let (data, indices) = (call.input(0)?, call.input(1)?);
            let axis = axis_of(call.int("axis", 0), data.shape.len())?;
            let (before, behind) = (&data.shape[..axis], &data.shape[axis + 1..]);
            one(before.iter().chain(&indices.shape).chain(behind).copied().collect(), data.kind)
        }
        "Expand" => {
            let input = call.input(0)?;
            let wanted = call.constant(1, "shape")?.ok_or_else(|| Problem::new("it has no shape"))?;
            one(meet(&input.shape, &sizes(&wanted.to_ints())?)?, input.kind)
        }
        "Tile" => {
            let input = call.input(0)?;
            let repeats = sizes(&call.constant(1, "repeats")?.map_or_else(Vec::new, |array| array.to_ints()))?;
            if repeats.len() != input.shape.len() {
                return Err(Problem::new("it has another number of repeats than axes"));
            }
            let shape =
                input.shape.iter().zip(&repeats).map(|(size, times)| size.checked_mul(*times).unwrap_or(usize::MAX));
            one(shape.collect(), input.kind)
        }
        "Pad" => {
            let (input, pads) = (call.input(0)?, pads(call)?);
            let shape = input.shape.iter().zip(&pads).map(|(size, [before, behind])| {
                let size = i64::try_from(*size).ok()?.checked_add(*before)?.checked_add(*behind)?;
                usize::try_from(size).ok().filter(|size| *size > 0)
            });
            let shape: Option<Vec<usize>> = shape.collect();
            one(shape.ok_or_else(|| Problem::new("nothing is left of its input"))?, input.kind)
        }
        "Range" => {
            let count = range(call)?;
            one(vec![count], call.input(0)?.kind)
        }
        "ConstantOfShape" => {
            let shape = call.constant(0, "shape")?.ok_or_else(|| Problem::new("it has no shape"))?;
            let kind =
                call.attribute("value").and_then(|value| value.tensor.as_ref()).map_or(Type::Real, |value| value.kind);
            one(sizes(&shape.to_ints())?, kind)
        }
        op if op.starts_with("Reduce") => one(reduced(call)?, call.input(0)?.kind),
        "ArgMax" | "ArgMin" => {
            let input = call.input(0)?;
            let axis = axis_of(call.int("axis", 0), input.shape.len())?;
            one(without(&input.shape, &[axis], call.int("keepdims", 1) != 0), Type::Int)
        }
        "MatMul" => one(matmul(&call.input(0)?.shape, &call.input(1)?.shape)?, Type::Real),
        "Gemm" => {
            let turned = |place: usize, name: &str| -> Result<[usize; 2], Problem> {
                let shape = &call.input(place)?.shape;
                let [rows, columns] = shape.as_slice() else {
                    return Err(Problem::new("it multiplies what is no matrix"));
                };
                Ok(if call.int(name, 0) == 0 { [*rows, *columns] } else { [*columns, *rows] })
            };
            let ([rows, a], [b, columns]) = (turned(0, "transA")?, turned(1, "transB")?);
            if a != b {
                return Err(Problem::new(format!("it multiplies {rows}×{a} by {b}×{columns}")));
            }
            one(vec![rows, columns], Type::Real)
        }
        "OneHot" => {
            let mut shape = call.input(0)?.shape.clone();
            let count = call.constant(1, "depth")?.ok_or_else(|| Problem::new("it has no depth"))?.to_ints();
            let count = sizes(count.get(..1).unwrap_or_default())?;
            let axis = axis_of(call.int("axis", -1), shape.len() + 1)?;
            shape.splice(axis..axis, count);
            one(shape, call.input(2)?.kind)
        }
        "ScatterND" => one(call.input(0)?.shape.clone(), call.input(0)?.kind),
        "DepthToSpace" | "SpaceToDepth" => one(blocks(call)?, call.input(0)?.kind),
        "Dropout" | "Identity" => one(call.input(0)?.shape.clone(), call.input(0)?.kind),
        _ => super::windows::infer(call),
    }
}

/// The elements that an ONNX number stands for.
pub fn element(kind: i64) -> Type {
    match kind {
        9 => Type::Bool,
        2..=7 | 12 | 13 => Type::Int,
        _ => Type::Real,
    }
}

/// The shape in which all inputs from one on meet.
fn broadcast(call: &Call, from: usize) -> Result<Vec<usize>, Problem> {
    let mut shape = Vec::new();
    for place in from..call.inputs.len() {
        shape = meet(&shape, &call.input(place)?.shape)?;
    }
    Ok(shape)
}

pub fn meet(a: &[usize], b: &[usize]) -> Result<Vec<usize>, Problem> {
    let rank = a.len().max(b.len());
    let size = |shape: &[usize], axis: usize| (axis + shape.len()).checked_sub(rank).map_or(1, |axis| shape[axis]);
    let met = (0..rank).map(|axis| match (size(a, axis), size(b, axis)) {
        (1, size) | (size, 1) => Ok(size),
        (a, b) if a == b => Ok(a),
        _ => Err(Problem::new(format!("it has inputs of {a:?} and {b:?}, which do not fit each other"))),
    });
    met.collect()
}

/// Numbers that have to be sizes.
fn sizes(ints: &[i64]) -> Result<Vec<usize>, Problem> {
    let size = |size: &i64| usize::try_from(*size).map_err(|_| Problem::new(format!("a size of {size}")));
    ints.iter().map(size).collect()
}

/// The part of a shape that `Shape` returns.
pub fn shape_part(call: &Call) -> Result<Vec<usize>, Problem> {
    let shape = &call.input(0)?.shape;
    let clamp = |at: i64| {
        let at = if at < 0 { at.saturating_add(shape.len() as i64) } else { at };
        at.clamp(0, shape.len() as i64) as usize
    };
    let (start, end) = (clamp(call.int("start", 0)), clamp(call.int("end", i64::MAX)));
    Ok(shape[start.min(end)..end].to_vec())
}

fn reshape(call: &Call) -> Result<Vec<usize>, Problem> {
    let input = call.input(0)?;
    let wanted = call.either("shape", 1)?.ok_or_else(|| Problem::new("it has no shape"))?;
    let keeps_zero = call.int("allowzero", 0) == 0;
    let mut shape = Vec::new();
    for (axis, size) in wanted.iter().enumerate() {
        shape.push(match *size {
            0 if keeps_zero => {
                *input.shape.get(axis).ok_or_else(|| Problem::new("it keeps an axis that there is not"))? as i64
            }
            size => size,
        });
    }
    let count: usize = input.shape.iter().product();
    let known = shape.iter().filter(|size| **size >= 0).try_fold(1_usize, |all, size| all.checked_mul(*size as usize));
    let known = known.ok_or_else(|| Problem::new("its shape is too large"))?;
    let open = shape.iter().filter(|size| **size < 0).count();
    if open == 1 && known > 0 && count.is_multiple_of(known) {
        return Ok(shape.iter().map(|size| if *size < 0 { count / known } else { *size as usize }).collect());
    }
    if open == 0 && known == count {
        return sizes(&shape);
    }
    Err(Problem::new(format!("it makes {wanted:?} of {:?}", input.shape))
        .help("the file has sizes in it that are others than those bound: bind the shapes that it was exported with"))
}

fn squeeze(call: &Call) -> Result<Vec<usize>, Problem> {
    let shape = &call.input(0)?.shape;
    let dropped = match call.either("axes", 1)? {
        Some(axes) => axes.iter().map(|axis| axis_of(*axis, shape.len())).collect::<Result<Vec<_>, _>>()?,
        None => (0..shape.len()).filter(|axis| shape[*axis] == 1).collect(),
    };
    if let Some(axis) = dropped.iter().find(|axis| shape[**axis] != 1) {
        return Err(Problem::new(format!("it drops axis {axis} of {shape:?}")));
    }
    Ok((0..shape.len()).filter(|axis| !dropped.contains(axis)).map(|axis| shape[axis]).collect())
}

fn unsqueeze(call: &Call) -> Result<Vec<usize>, Problem> {
    let shape = &call.input(0)?.shape;
    let axes = call.either("axes", 1)?.ok_or_else(|| Problem::new("it has no axes"))?;
    let rank = shape.len() + axes.len();
    let new = axes.iter().map(|axis| axis_of(*axis, rank)).collect::<Result<Vec<_>, _>>()?;
    let mut old = shape.iter();
    let size = |axis: usize| if new.contains(&axis) { Some(1) } else { old.next().copied() };
    let sizes: Option<Vec<usize>> = (0..rank).map(size).collect();
    sizes.ok_or_else(|| Problem::new("it names an axis twice"))
}

/// Which axes a `Transpose` puts where.
pub fn order(call: &Call) -> Result<Vec<usize>, Problem> {
    let rank = call.input(0)?.shape.len();
    let order = call.ints("perm").unwrap_or_else(|| (0..rank as i64).rev().collect());
    let order = order.iter().map(|axis| axis_of(*axis, rank)).collect::<Result<Vec<_>, _>>()?;
    let all = (0..rank).all(|axis| order.contains(&axis));
    if all && order.len() == rank { Ok(order) } else { Err(Problem::new("its `perm` does not name each axis once")) }
}

fn concat(call: &Call) -> Result<Vec<Shaped>, Problem> {
    let first = call.input(0)?;
    let axis = axis_of(call.int("axis", 1), first.shape.len())?;
    let mut shape = first.shape.clone();
    for place in 1..call.inputs.len() {
        let other = &call.input(place)?.shape;
        let fits = other.len() == shape.len() && (0..shape.len()).all(|at| at == axis || shape[at] == other[at]);
        if !fits {
            return Err(Problem::new(format!("it puts {:?} and {other:?} together along axis {axis}", first.shape)));
        }
        shape[axis] = shape[axis].saturating_add(other[axis]);
    }
    Ok(vec![(shape, first.kind)])
}

/// Elements of an axis: from one on, so many, a step apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Part {
    pub start: usize,
    pub step: i64,
    pub count: usize,
}

/// What a `Slice` takes of each axis.
pub fn slice(call: &Call) -> Result<Vec<Part>, Problem> {
    let shape = &call.input(0)?.shape;
    let mut parts: Vec<Part> = shape.iter().map(|size| Part { start: 0, step: 1, count: *size }).collect();
    let none = || Problem::new("it does not say from where to where");
    let (starts, ends) = (call.either("starts", 1)?.ok_or_else(none)?, call.either("ends", 2)?.ok_or_else(none)?);
    let axes = call.either("axes", 3)?.unwrap_or_else(|| (0..starts.len() as i64).collect());
    let steps = call.either("steps", 4)?.unwrap_or_else(|| vec![1; starts.len()]);
    if starts.len() != ends.len() || starts.len() != axes.len() || starts.len() != steps.len() {
        return Err(Problem::new("it has another number of starts than of ends, axes or steps"));
    }
    for ((axis, step), (start, end)) in axes.iter().zip(&steps).zip(starts.iter().zip(&ends)) {
        let axis = axis_of(*axis, shape.len())?;
        let size = shape[axis] as i64;
        let (low, high) = if *step > 0 { (0, size) } else { (-1, size - 1) };
        let clamp = |at: i64| (if at < 0 { at.saturating_add(size) } else { at }).clamp(low, high);
        let (start, end) = (clamp(*start), clamp(*end));
        let count = match *step {
            0 => return Err(Problem::new("it has a step of 0")),
            step if step > 0 => (end - start).max(0).unsigned_abs().div_ceil(step.unsigned_abs()),
            step => (start - end).max(0).unsigned_abs().div_ceil(step.unsigned_abs()),
        };
        parts[axis] = Part { start: start.max(0) as usize, step: *step, count: count as usize };
    }
    Ok(parts)
}

/// The axis of a `Split`, and the sizes of its parts.
pub fn split(call: &Call) -> Result<(usize, Vec<usize>), Problem> {
    let input = call.input(0)?;
    let axis = axis_of(call.int("axis", 0), input.shape.len())?;
    let size = input.shape[axis];
    let given = match call.ints("split") {
        Some(given) => Some(given),
        None => call.constant(1, "split")?.map(|array| array.to_ints()),
    };
    let parts = match given {
        Some(given) => sizes(&given)?,
        None => {
            let share = size.div_ceil(call.outputs.max(1));
            let part = |part: usize| share.min(size.saturating_sub(part * share));
            (0..call.outputs).map(part).collect()
        }
    };
    let sum = parts.iter().try_fold(0_usize, |sum, part| sum.checked_add(*part));
    if sum == Some(size) {
        Ok((axis, parts))
    } else {
        Err(Problem::new(format!("it makes parts of {parts:?} of {size}")))
    }
}

/// What a `Pad` puts before and behind each axis; it takes away where that is negative.
pub fn pads(call: &Call) -> Result<Vec<[i64; 2]>, Problem> {
    let rank = call.input(0)?.shape.len();
    let given = match call.ints("paddings") {
        Some(given) => given,
        None => call.either("pads", 1)?.ok_or_else(|| Problem::new("it has no pads"))?,
    };
    let axes = match call.constant(3, "axes")? {
        Some(axes) => axes.to_ints().iter().map(|axis| axis_of(*axis, rank)).collect::<Result<Vec<_>, _>>()?,
        None => (0..rank).collect(),
    };
    if given.len() != 2 * axes.len() {
        return Err(Problem::new(format!("it has {} pads for {} axes", given.len(), axes.len())));
    }
    let mut pads = vec![[0, 0]; rank];
    for (place, axis) in axes.iter().enumerate() {
        pads[*axis] = [given[place], given[place + axes.len()]];
    }
    Ok(pads)
}

/// How many numbers a `Range` has.
fn range(call: &Call) -> Result<usize, Problem> {
    let number = |place: usize| -> Result<f64, Problem> {
        let array = call.constant(place, "range")?.and_then(|array| array.values.first().copied());
        array.ok_or_else(|| Problem::new("its range is not given"))
    };
    let (start, limit, delta) = (number(0)?, number(1)?, number(2)?);
    let count = ((limit - start) / delta).ceil();
    if count.is_finite() { Ok(count.max(0.0) as usize) } else { Err(Problem::new("it has a step of 0")) }
}

/// The axes over which a `Reduce…` goes.
pub fn reduced_axes(call: &Call) -> Result<Vec<usize>, Problem> {
    let rank = call.input(0)?.shape.len();
    match call.either("axes", 1)?.filter(|axes| !axes.is_empty()) {
        Some(axes) => {
            let mut axes = axes.iter().map(|axis| axis_of(*axis, rank)).collect::<Result<Vec<_>, _>>()?;
            axes.sort_unstable();
            axes.dedup();
            Ok(axes)
        }
        None if call.int("noop_with_empty_axes", 0) != 0 => Ok(Vec::new()),
        None => Ok((0..rank).collect()),
    }
}

fn reduced(call: &Call) -> Result<Vec<usize>, Problem> {
    Ok(without(&call.input(0)?.shape, &reduced_axes(call)?, call.int("keepdims", 1) != 0))
}

fn without(shape: &[usize], axes: &[usize], keep: bool) -> Vec<usize> {
    let size = |(axis, size): (usize, &usize)| match axes.contains(&axis) {
        true => keep.then_some(1),
        false => Some(*size),
    };
    shape.iter().enumerate().filter_map(size).collect()
}

fn matmul(a: &[usize], b: &[usize]) -> Result<Vec<usize>, Problem> {
    let wrong = || Problem::new(format!("it multiplies {a:?} by {b:?}"));
    let (Some(columns), Some(_)) = (a.last(), b.last()) else { return Err(wrong()) };
    let rows = if b.len() > 1 { b[b.len() - 2] } else { b[0] };
    if *columns != rows {
        return Err(wrong());
    }
    let mut shape = meet(&a[..a.len().saturating_sub(2)], &b[..b.len().saturating_sub(2)])?;
    if a.len() > 1 {
        shape.push(a[a.len() - 2]);
    }
    if b.len() > 1 {
        shape.push(b[b.len() - 1]);
    }
    Ok(shape)
}

fn blocks(call: &Call) -> Result<Vec<usize>, Problem> {
    let [n, c, h, w] = call.input(0)?.shape[..] else { return Err(Problem::new("its input is no image")) };
    let size = usize::try_from(call.int("blocksize", 1)).unwrap_or(0).clamp(0, 1 << 15);
    let wrong = || Problem::new(format!("its blocks of {size} do not fit its input"));
    match call.op {
        "DepthToSpace" if size > 0 && c % (size * size) == 0 => Ok(vec![n, c / (size * size), h * size, w * size]),
        "SpaceToDepth" if size > 0 && h % size == 0 && w % size == 0 => {
            Ok(vec![n, c * size * size, h / size, w / size])
        }
        _ => Err(wrong()),
    }
}
