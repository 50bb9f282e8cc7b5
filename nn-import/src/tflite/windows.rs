//! Convolutions, poolings and resizing: images with their channels last.

use super::nodes::{Converter, Name, Options, Stop, int, ints, text};
use super::schema::Operator;
use crate::onnx::array::Array;
use crate::onnx::flat::Problem;
use crate::onnx::proto::Attribute;

/// Where the fields of an operator's options are.
struct Fields {
    activation: usize,
    dilations: Option<usize>,
}

/// Strides (the same fields everywhere), dilations and padding.
fn attributes(options: Options<'_>, fields: &Fields) -> Result<Vec<Attribute>, Stop> {
    let mut attributes = vec![ints("strides", [options.int(2, 1)?, options.int(1, 1)?])];
    if let Some(first) = fields.dilations {
        attributes.push(ints("dilations", [options.int(first + 1, 1)?, options.int(first, 1)?]));
    }
    attributes.push(text("auto_pad", if options.byte(0)? == 0 { "SAME_UPPER" } else { "VALID" }));
    Ok(attributes)
}

pub fn convolution(converter: &mut Converter<'_>, operator: &Operator<'_>) -> Result<(), Stop> {
    let kernel = converter.constant(operator, 1, "filters")?;
    let channels = channels(converter, operator)?;
    let inner = kernel.shape.get(3).copied().unwrap_or(0);
    if kernel.shape.len() != 4 || inner == 0 || channels % inner != 0 {
        return Err(Problem::new(format!("its filters have the shape {:?}", kernel.shape)).into());
    }
    let fields = Fields { activation: 3, dilations: Some(4) };
    convolved(converter, operator, kernel.permuted(&[0, 3, 1, 2]), channels / inner, &fields)
}

pub fn depthwise(converter: &mut Converter<'_>, operator: &Operator<'_>) -> Result<(), Stop> {
    let kernel = converter.constant(operator, 1, "filters")?;
    let channels = channels(converter, operator)?;
    if kernel.shape.len() != 4 || kernel.shape[0] != 1 || kernel.shape[3] % channels.max(1) != 0 {
        return Err(Problem::new(format!("its filters have the shape {:?}", kernel.shape)).into());
    }
    let fields = Fields { activation: 4, dilations: Some(5) };
    convolved(converter, operator, kernel.permuted(&[3, 0, 1, 2]), channels, &fields)
}

fn channels(converter: &Converter<'_>, operator: &Operator<'_>) -> Result<usize, Problem> {
    match converter.shape(operator, 0)? {
        [_, _, _, channels] => Ok(*channels),
        shape => Err(Problem::new(format!("its input has the shape {shape:?}"))),
    }
}

fn convolved(
    converter: &mut Converter<'_>,
    operator: &Operator<'_>,
    kernel: Array,
    groups: usize,
    fields: &Fields,
) -> Result<(), Stop> {
    let options = Options(operator.options);
    let mut attributes = attributes(options, fields)?;
    attributes.push(int("group", groups as i64));
    attributes.push(ints("kernel_shape", kernel.shape[2..].iter().map(|size| *size as i64).collect::<Vec<_>>()));
    let input = converter.input(operator, 0)?;
    let input = converter.first(input);
    let mut inputs = vec![input];
    inputs.extend(weights(converter, operator, kernel)?);
    let value = converter.node("Conv", inputs, attributes);
    let output = converter.output(operator, 0)?;
    Ok(converter.last(value, options.byte(fields.activation)?, output)?)
}

/// The kernel, named as the layer, and the bias.
fn weights(converter: &mut Converter<'_>, operator: &Operator<'_>, kernel: Array) -> Result<Vec<Name>, Stop> {
    let layer = converter.layer(operator);
    let mut weights = vec![converter.array(&layer, kernel)];
    if operator.inputs.get(2).copied().flatten().is_some() {
        let bias = converter.constant(operator, 2, "bias")?;
        weights.push(converter.array("", bias));
    }
    Ok(weights)
}

pub fn pool(converter: &mut Converter<'_>, operator: &Operator<'_>, op: &str) -> Result<(), Stop> {
    let options = Options(operator.options);
    let mut attributes = attributes(options, &Fields { activation: 5, dilations: None })?;
    attributes.push(ints("kernel_shape", [options.int(4, 1)?, options.int(3, 1)?]));
    let input = converter.input(operator, 0)?;
    let input = converter.first(input);
    let value = converter.node(op, vec![input], attributes);
    let output = converter.output(operator, 0)?;
    Ok(converter.last(value, options.byte(5)?, output)?)
}

pub fn transposed(converter: &mut Converter<'_>, operator: &Operator<'_>) -> Result<(), Stop> {
    let options = Options(operator.options);
    let kernel = converter.constant(operator, 1, "filters")?;
    let (&[_, height, width, _], &[_, tall, wide, _]) =
        (converter.shape(operator, 2)?, converter.result_shape(operator)?)
    else {
        return Err(Problem::new("its input is no image").into());
    };
    let [_, rows, columns, _] = kernel.shape[..] else {
        return Err(Problem::new(format!("its filters have the shape {:?}", kernel.shape)).into());
    };
    let strides = [options.int(2, 1)?, options.int(1, 1)?];
    let (mut pads, mut more) = ([0; 4], [0; 2]);
    for (axis, (from, size, to)) in [(height, rows, tall), (width, columns, wide)].into_iter().enumerate() {
        // What the windows reach and the output has not lies at both ends, the smaller half first.
        let whole = (from as i64 - 1).saturating_mul(strides[axis]).saturating_add(size as i64);
        let beyond = whole - to as i64;
        (pads[axis], pads[axis + 2], more[axis]) =
            (beyond.max(0) / 2, beyond.max(0) - beyond.max(0) / 2, (-beyond).max(0));
    }
    let attributes = vec![ints("strides", strides), ints("pads", pads), ints("output_padding", more)];
    let input = converter.input(operator, 2)?;
    let input = converter.first(input);
    let layer = converter.layer(operator);
    let mut inputs = vec![input, converter.array(&layer, kernel.permuted(&[3, 0, 1, 2]))];
    if operator.inputs.get(3).copied().flatten().is_some() {
        let bias = converter.constant(operator, 3, "bias")?;
        inputs.push(converter.array("", bias));
    }
    let value = converter.node("ConvTranspose", inputs, attributes);
    let output = converter.output(operator, 0)?;
    Ok(converter.last(value, options.byte(3)?, output)?)
}

pub fn blocks(converter: &mut Converter<'_>, operator: &Operator<'_>, op: &str) -> Result<(), Stop> {
    let size = Options(operator.options).int(0, 1)?;
    let input = converter.input(operator, 0)?;
    let input = converter.first(input);
    let value = converter.node(op, vec![input], vec![int("blocksize", size)]);
    let output = converter.output(operator, 0)?;
    Ok(converter.last(value, 0, output)?)
}

pub fn resize(converter: &mut Converter<'_>, operator: &Operator<'_>, linear: bool) -> Result<(), Stop> {
    let options = Options(operator.options);
    let first = if linear { 2 } else { 0 };
    let (corners, centers) = (options.flag(first)?, options.flag(first + 1)?);
    let [height, width] = converter.constant(operator, 1, "size")?.to_ints()[..] else {
        return Err(Problem::new("its size is no height and width").into());
    };
    let channels = channels(converter, operator)? as i64;
    let places = match (corners, centers) {
        (true, _) => "align_corners",
        (false, true) => "half_pixel",
        (false, false) => "asymmetric",
    };
    let mode = if linear { "linear" } else { "nearest" };
    // At a middle between two elements TFLite takes the one behind it.
    let nearest = if corners || centers { "round_prefer_ceil" } else { "floor" };
    let attributes =
        vec![text("coordinate_transformation_mode", places), text("mode", mode), text("nearest_mode", nearest)];
    let input = converter.input(operator, 0)?;
    let input = converter.first(input);
    let sizes = converter.array("", Array::ints([1, channels, height, width]));
    let value = converter.node("Resize", vec![input, String::new(), String::new(), sizes], attributes);
    let output = converter.output(operator, 0)?;
    Ok(converter.last(value, 0, output)?)
}
