//! Shapes of what goes over windows of space and over time: convolutions, poolings, resizes, recurrent layers.

use super::array::Type;
use super::flat::{Call, Problem};
use super::shapes::Shaped;

/// Windows over the axes of space.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Windows {
    pub size: Vec<usize>,
    pub strides: Vec<usize>,
    pub dilations: Vec<usize>,
    /// Before and behind each axis.
    pub pads: Vec<[usize; 2]>,
    pub out: Vec<usize>,
}

pub fn infer(call: &Call) -> Result<Vec<Shaped>, Problem> {
    match call.op {
        "Conv" => {
            let (input, weights) = (call.input(0)?, call.input(1)?);
            let windows = convolution(call)?;
            let shape = [input.shape[0], weights.shape[0]].into_iter().chain(windows.out);
            Ok(vec![(shape.collect(), Type::Real)])
        }
        "ConvTranspose" => {
            let (input, weights) = (call.input(0)?, call.input(1)?);
            let (windows, _) = transposed(call)?;
            let filters =
                weights.shape[1].checked_mul(groups(call)?).ok_or_else(|| Problem::new("it has too many groups"))?;
            let shape = [input.shape[0], filters].into_iter().chain(windows.out);
            Ok(vec![(shape.collect(), Type::Real)])
        }
        "MaxPool" | "AveragePool" | "LpPool" => {
            let input = call.input(0)?;
            let windows = pool(call)?;
            let shape: Vec<usize> = input.shape[..2].iter().copied().chain(windows.out).collect();
            Ok(vec![(shape.clone(), input.kind), (shape, Type::Int)])
        }
        "GlobalAveragePool" | "GlobalMaxPool" => {
            let input = call.input(0)?;
            let size = |(axis, size): (usize, &usize)| if axis < 2 { *size } else { 1 };
            Ok(vec![(input.shape.iter().enumerate().map(size).collect(), input.kind)])
        }
        "Resize" | "Upsample" => Ok(vec![(resized(call)?, Type::Real)]),
        "LSTM" | "GRU" | "RNN" => recurrent(call),
        _ => Err(Problem::new("this operation is not taken")),
    }
}

pub fn groups(call: &Call) -> Result<usize, Problem> {
    usize::try_from(call.int("group", 1))
        .ok()
        .filter(|groups| *groups > 0)
        .ok_or_else(|| Problem::new("it has no groups"))
}

/// Numbers of an attribute, one for each axis of space.
fn each(call: &Call, name: &str, axes: usize, default: usize) -> Result<Vec<usize>, Problem> {
    let Some(given) = call.ints(name) else { return Ok(vec![default; axes]) };
    let sizes: Option<Vec<usize>> =
        given.iter().map(|size| usize::try_from(*size).ok().filter(|size| *size <= 1 << 30)).collect();
    let sizes = sizes.filter(|sizes| sizes.len() == axes);
    sizes.ok_or_else(|| Problem::new(format!("its `{name}` is {given:?} on {axes} axes of space")))
}

fn space<'a>(call: &Call<'a>) -> Result<&'a [usize], Problem> {
    let shape = &call.input(0)?.shape;
    if (3..=5).contains(&shape.len()) {
        Ok(&shape[2..])
    } else {
        Err(Problem::new(format!("its input has the shape {shape:?}")))
    }
}

fn given_pads(call: &Call, axes: usize) -> Result<Vec<[usize; 2]>, Problem> {
    let all = each(call, "pads", 2 * axes, 0)?;
    Ok((0..axes).map(|axis| [all[axis], all[axis + axes]]).collect())
}

pub fn convolution(call: &Call) -> Result<Windows, Problem> {
    let (input, weights) = (call.input(0)?, call.input(1)?);
    let space = space(call)?;
    let groups = groups(call)?;
    let fits = weights.shape.len() == input.shape.len() && weights.shape[1].checked_mul(groups) == Some(input.shape[1]);
    if !fits || weights.shape[0] % groups != 0 {
        let text = format!("it has a kernel of {:?} in {groups} groups on {:?}", weights.shape, input.shape);
        return Err(Problem::new(text));
    }
    windows(call, space, weights.shape[2..].to_vec())
}

pub fn pool(call: &Call) -> Result<Windows, Problem> {
    let space = space(call)?;
    let size = each(call, "kernel_shape", space.len(), 1)?;
    windows(call, space, size)
}

fn windows(call: &Call, space: &[usize], size: Vec<usize>) -> Result<Windows, Problem> {
    let axes = space.len();
    let (strides, dilations) = (each(call, "strides", axes, 1)?, each(call, "dilations", axes, 1)?);
    if size.iter().chain(&strides).chain(&dilations).any(|size| *size == 0) {
        return Err(Problem::new("it has windows, strides or dilations of 0"));
    }
    let reach = |axis: usize| (size[axis] - 1).saturating_mul(dilations[axis]).saturating_add(1);
    let same = |axis: usize, upper: bool| {
        let out = space[axis].div_ceil(strides[axis]);
        let all =
            (out.max(1) - 1).saturating_mul(strides[axis]).saturating_add(reach(axis)).saturating_sub(space[axis]);
        if upper { [all / 2, all - all / 2] } else { [all - all / 2, all / 2] }
    };
    let pads = match call.text("auto_pad") {
        "SAME_UPPER" => (0..axes).map(|axis| same(axis, true)).collect(),
        "SAME_LOWER" => (0..axes).map(|axis| same(axis, false)).collect(),
        "VALID" => vec![[0, 0]; axes],
        _ => given_pads(call, axes)?,
    };
    let ceil = call.int("ceil_mode", 0) != 0;
    let out = (0..axes).map(|axis| {
        let [before, behind] = pads[axis];
        let left = (space[axis] + before + behind).checked_sub(reach(axis))?;
        let mut count = if ceil { left.div_ceil(strides[axis]) } else { left / strides[axis] } + 1;
        // The last window has to start within the input or the pads before it.
        if ceil && (count - 1) * strides[axis] >= space[axis] + before {
            count -= 1;
        }
        Some(count)
    });
    let out: Option<Vec<usize>> = out.collect();
    let out =
        out.ok_or_else(|| Problem::new(format!("its windows of {size:?} are larger than its input of {space:?}")))?;
    Ok(Windows { size, strides, dilations, pads, out })
}

/// Windows of a transposed convolution, and what its output has more at the end.
pub fn transposed(call: &Call) -> Result<(Windows, Vec<usize>), Problem> {
    let (input, weights) = (call.input(0)?, call.input(1)?);
    let space = space(call)?;
    let axes = space.len();
    let groups = groups(call)?;
    if weights.shape.len() != input.shape.len() || weights.shape[0] != input.shape[1] || weights.shape[0] % groups != 0
    {
        return Err(Problem::new(format!("it has a kernel of {:?} on {:?}", weights.shape, input.shape)));
    }
    let size = weights.shape[2..].to_vec();
    let (strides, dilations) = (each(call, "strides", axes, 1)?, each(call, "dilations", axes, 1)?);
    let more = each(call, "output_padding", axes, 0)?;
    if size.iter().chain(&strides).chain(&dilations).any(|size| *size == 0) {
        return Err(Problem::new("it has windows, strides or dilations of 0"));
    }
    let full = |axis: usize| {
        (space[axis].max(1) - 1)
            .checked_mul(strides[axis])?
            .checked_add((size[axis] - 1).checked_mul(dilations[axis])?)?
            .checked_add(1 + more[axis])
    };
    let full: Option<Vec<usize>> = (0..axes).map(full).collect();
    let full = full.ok_or_else(|| Problem::new("its output is too large"))?;
    let wanted = match call.ints("output_shape") {
        Some(_) => {
            let all = each(call, "output_shape", call.ints("output_shape").map_or(0, |all| all.len()), 0)?;
            Some(all[all.len().saturating_sub(axes)..].to_vec())
        }
        None if call.text("auto_pad").starts_with("SAME") => {
            Some((0..axes).map(|axis| space[axis].saturating_mul(strides[axis])).collect())
        }
        None => None,
    };
    let pads = match wanted {
        Some(wanted) if wanted.len() == axes => {
            let pad = |axis: usize| {
                let all = full[axis].saturating_sub(wanted[axis]);
                if call.text("auto_pad") == "SAME_UPPER" { [all / 2, all - all / 2] } else { [all - all / 2, all / 2] }
            };
            (0..axes).map(pad).collect()
        }
        _ => given_pads(call, axes)?,
    };
    let out: Option<Vec<usize>> = (0..axes)
        .map(|axis| {
            let [before, behind] = pads[axis];
            full[axis].checked_sub(before)?.checked_sub(behind).filter(|size| *size > 0)
        })
        .collect();
    let out = out.ok_or_else(|| Problem::new("nothing is left of its output"))?;
    Ok((Windows { size, strides, dilations, pads, out }, more))
}

fn resized(call: &Call) -> Result<Vec<usize>, Problem> {
    let shape = &call.input(0)?.shape;
    let is_upsample = call.op == "Upsample" || call.opset < 11;
    let scales = match call.attribute("scales") {
        Some(scales) => Some(scales.floats.clone()),
        None => call.constant(if is_upsample { 1 } else { 2 }, "scales")?.map(|array| array.values.to_vec()),
    };
    if let Some(scales) = scales.filter(|scales| !scales.is_empty()) {
        if scales.len() != shape.len() {
            return Err(Problem::new("it has another number of scales than axes"));
        }
        return Ok(shape.iter().zip(&scales).map(|(size, scale)| (*size as f64 * scale).floor() as usize).collect());
    }
    let sizes = call.constant(3, "sizes")?.ok_or_else(|| Problem::new("it has neither scales nor sizes"))?.to_ints();
    let sizes: Option<Vec<usize>> = sizes.iter().map(|size| usize::try_from(*size).ok()).collect();
    let sizes = sizes.filter(|sizes| sizes.len() == shape.len());
    sizes.ok_or_else(|| Problem::new("it has another number of sizes than axes"))
}

/// All steps, the last one, and the last cells of an LSTM.
fn recurrent(call: &Call) -> Result<Vec<Shaped>, Problem> {
    let (input, recurrent) = (call.input(0)?, call.input(2)?);
    let ([steps, batch, _], [directions, _, units]) = (input.shape.as_slice(), recurrent.shape.as_slice()) else {
        return Err(Problem::new(format!("it has inputs of {:?} and {:?}", input.shape, recurrent.shape)));
    };
    if call.int("layout", 0) != 0 {
        return Err(Problem::new("it has its batch before its steps").help("export it with `layout = 0`"));
    }
    let last = (vec![*directions, *batch, *units], Type::Real);
    Ok(vec![(vec![*steps, *directions, *batch, *units], Type::Real), last.clone(), last])
}
