//! The operators, by their numbers in the schema.

use super::nodes::{Converter, Name, Options, Stop, float, int, ints, text};
use super::schema::Operator;
use super::{recurrent, windows};
use crate::onnx::array::Array;
use crate::onnx::flat::{Problem, axis_of};
use crate::onnx::proto::Attribute;

type Done = Result<(), Stop>;
type Convert = fn(&mut Converter<'_>, &Operator<'_>) -> Done;

/// Those that ONNX has under another name: number, name in the schema, name in ONNX.
const SAME: &[(i32, &str, &str)] = &[
    (8, "FLOOR", "Floor"),
    (14, "LOGISTIC", "Sigmoid"),
    (19, "RELU", "Relu"),
    (28, "TANH", "Tanh"),
    (47, "EXP", "Exp"),
    (54, "PRELU", "PRelu"),
    (55, "MAXIMUM", "Max"),
    (57, "MINIMUM", "Min"),
    (58, "LESS", "Less"),
    (59, "NEG", "Neg"),
    (61, "GREATER", "Greater"),
    (62, "GREATER_EQUAL", "GreaterOrEqual"),
    (63, "LESS_EQUAL", "LessOrEqual"),
    (64, "SELECT", "Where"),
    (66, "SIN", "Sin"),
    (69, "TILE", "Tile"),
    (71, "EQUAL", "Equal"),
    (73, "LOG", "Log"),
    (75, "SQRT", "Sqrt"),
    (77, "SHAPE", "Shape"),
    (78, "POW", "Pow"),
    (84, "LOGICAL_OR", "Or"),
    (86, "LOGICAL_AND", "And"),
    (87, "LOGICAL_NOT", "Not"),
    (96, "RANGE", "Range"),
    (101, "ABS", "Abs"),
    (104, "CEIL", "Ceil"),
    (106, "ADD_N", "Sum"),
    (108, "COS", "Cos"),
    (111, "ELU", "Elu"),
    (116, "ROUND", "Round"),
    (117, "HARD_SWISH", "HardSwish"),
    (123, "SELECT_V2", "Where"),
    (130, "BROADCAST_TO", "Expand"),
    (158, "SIGN", "Sign"),
];

/// All others that are taken.
const OTHERS: &[(i32, &str, Convert)] = &[
    (0, "ADD", |c, o| arithmetic(c, o, "Add")),
    (1, "AVERAGE_POOL_2D", |c, o| windows::pool(c, o, "AveragePool")),
    (2, "CONCATENATION", concatenation),
    (3, "CONV_2D", windows::convolution),
    (4, "DEPTHWISE_CONV_2D", windows::depthwise),
    (5, "DEPTH_TO_SPACE", |c, o| windows::blocks(c, o, "DepthToSpace")),
    (6, "DEQUANTIZE", same),
    (9, "FULLY_CONNECTED", fully_connected),
    (11, "L2_NORMALIZATION", l2_normalization),
    (17, "MAX_POOL_2D", |c, o| windows::pool(c, o, "MaxPool")),
    (18, "MUL", |c, o| arithmetic(c, o, "Mul")),
    (20, "RELU_N1_TO_1", |c, o| clip(c, o, -1.0, 1.0)),
    (21, "RELU6", |c, o| clip(c, o, 0.0, 6.0)),
    (22, "RESHAPE", reshape),
    (23, "RESIZE_BILINEAR", |c, o| windows::resize(c, o, true)),
    (25, "SOFTMAX", softmax),
    (26, "SPACE_TO_DEPTH", |c, o| windows::blocks(c, o, "SpaceToDepth")),
    (34, "PAD", |c, o| pad(c, o, "constant")),
    (36, "GATHER", gather),
    (39, "TRANSPOSE", transpose),
    (40, "MEAN", |c, o| reduce(c, o, "ReduceMean")),
    (41, "SUB", |c, o| arithmetic(c, o, "Sub")),
    (42, "DIV", |c, o| arithmetic(c, o, "Div")),
    (43, "SQUEEZE", squeeze),
    (44, "UNIDIRECTIONAL_SEQUENCE_LSTM", recurrent::lstm),
    (45, "STRIDED_SLICE", super::slices::strided),
    (49, "SPLIT", split),
    (50, "LOG_SOFTMAX", |c, o| one(c, o, "LogSoftmax", vec![int("axis", -1)])),
    (53, "CAST", cast),
    (56, "ARG_MAX", |c, o| arg(c, o, "ArgMax")),
    (60, "PADV2", |c, o| pad(c, o, "constant")),
    (65, "SLICE", super::slices::slice),
    (67, "TRANSPOSE_CONV", windows::transposed),
    (70, "EXPAND_DIMS", expand_dims),
    (72, "NOT_EQUAL", |c, o| {
        let equal = both(c, o, "Equal")?;
        let output = c.output(o, 0)?;
        c.write("Not", vec![equal], Vec::new(), vec![output]);
        Ok(())
    }),
    (74, "SUM", |c, o| reduce(c, o, "ReduceSum")),
    (76, "RSQRT", |c, o| {
        let root = c.input(o, 0)?;
        let root = c.node("Sqrt", vec![root], Vec::new());
        let output = c.output(o, 0)?;
        c.write("Reciprocal", vec![root], Vec::new(), vec![output]);
        Ok(())
    }),
    (79, "ARG_MIN", |c, o| arg(c, o, "ArgMin")),
    (81, "REDUCE_PROD", |c, o| reduce(c, o, "ReduceProd")),
    (82, "REDUCE_MAX", |c, o| reduce(c, o, "ReduceMax")),
    (83, "PACK", pack),
    (88, "UNPACK", unpack),
    (89, "REDUCE_MIN", |c, o| reduce(c, o, "ReduceMin")),
    (92, "SQUARE", |c, o| {
        let (x, output) = (c.input(o, 0)?, c.output(o, 0)?);
        c.write("Mul", vec![x.clone(), x], Vec::new(), vec![output]);
        Ok(())
    }),
    (94, "FILL", |c, o| {
        let (shape, value, output) = (c.input(o, 0)?, c.input(o, 1)?, c.output(o, 0)?);
        c.write("Expand", vec![value, shape], Vec::new(), vec![output]);
        Ok(())
    }),
    (97, "RESIZE_NEAREST_NEIGHBOR", |c, o| windows::resize(c, o, false)),
    (98, "LEAKY_RELU", |c, o| {
        let alpha = Options(o.options).float(0)?;
        one(c, o, "LeakyRelu", vec![float("alpha", alpha)])
    }),
    (99, "SQUARED_DIFFERENCE", |c, o| {
        let difference = both(c, o, "Sub")?;
        let output = c.output(o, 0)?;
        c.write("Mul", vec![difference.clone(), difference], Vec::new(), vec![output]);
        Ok(())
    }),
    (100, "MIRROR_PAD", |c, o| {
        if Options(o.options).byte(0)? != 0 {
            return Err(
                Problem::new("it repeats the elements at the ends (`SYMMETRIC`), which ONNX has no word for").into()
            );
        }
        pad(c, o, "reflect")
    }),
    (102, "SPLIT_V", split_v),
    (114, "QUANTIZE", same),
    (126, "BATCH_MATMUL", batch_matmul),
    (128, "CUMSUM", |c, o| {
        let options = Options(o.options);
        let (exclusive, reverse) = (i64::from(options.flag(0)?), i64::from(options.flag(1)?));
        let inputs = vec![c.input(o, 0)?, c.input(o, 1)?];
        let output = c.output(o, 0)?;
        c.write("CumSum", inputs, vec![int("exclusive", exclusive), int("reverse", reverse)], vec![output]);
        Ok(())
    }),
    (150, "GELU", |c, o| {
        let approximate = if Options(o.options).flag(0)? { "tanh" } else { "none" };
        one(c, o, "Gelu", vec![text("approximate", approximate)])
    }),
    (152, "RELU_0_TO_1", |c, o| clip(c, o, 0.0, 1.0)),
];

/// What users call an operator.
pub fn name(operator: &Operator<'_>) -> String {
    let same = SAME.iter().map(|(code, name, _)| (code, name));
    let found = same.chain(OTHERS.iter().map(|(code, name, _)| (code, name))).find(|(code, _)| **code == operator.code);
    match (found, operator.code) {
        (Some((_, name)), _) => (*name).to_owned(),
        (None, 32) => operator.custom.to_string(),
        (None, 118) => "IF".to_owned(),
        (None, 119) => "WHILE".to_owned(),
        (None, 129) => "CALL_ONCE".to_owned(),
        (None, 142..=144) => "a variable".to_owned(),
        (None, code) => format!("operator {code} of the schema"),
    }
}

pub fn convert(converter: &mut Converter<'_>, operator: &Operator<'_>) -> Done {
    if let Some((.., op)) = SAME.iter().find(|(code, ..)| *code == operator.code) {
        let inputs = (0..operator.inputs.len()).filter_map(|place| converter.maybe(operator, place)).collect();
        let output = converter.output(operator, 0)?;
        converter.write(op, inputs, Vec::new(), vec![output]);
        return Ok(());
    }
    if let Some((.., convert)) = OTHERS.iter().find(|(code, ..)| *code == operator.code) {
        return convert(converter, operator);
    }
    let help = "export the model to ONNX, or leave this part to your program";
    let text = match operator.code {
        32 if operator.custom.starts_with("Flex") => "the operation is TensorFlow's own (`Flex`), not one of TFLite",
        32 => "the operation is the file's own, not one of TFLite",
        118 | 119 => "it chooses while the network runs what is computed",
        129 | 142..=144 => "the file keeps its state in variables",
        _ => "this operation is not taken",
    };
    Err(Problem::new(text).help(help).into())
}

/// A node of the first input.
fn one(converter: &mut Converter<'_>, operator: &Operator<'_>, op: &str, attributes: Vec<Attribute>) -> Done {
    let (input, output) = (converter.input(operator, 0)?, converter.output(operator, 0)?);
    converter.write(op, vec![input], attributes, vec![output]);
    Ok(())
}

/// A node of both inputs whose result goes on.
fn both(converter: &mut Converter<'_>, operator: &Operator<'_>, op: &str) -> Result<Name, Stop> {
    let inputs = vec![converter.input(operator, 0)?, converter.input(operator, 1)?];
    Ok(converter.node(op, inputs, Vec::new()))
}

fn arithmetic(converter: &mut Converter<'_>, operator: &Operator<'_>, op: &str) -> Done {
    let (value, output) = (both(converter, operator, op)?, converter.output(operator, 0)?);
    Ok(converter.end(value, Options(operator.options).byte(0)?, output)?)
}

/// Numbers that stand for others are those others from the beginning.
fn same(converter: &mut Converter<'_>, operator: &Operator<'_>) -> Done {
    if converter.is_constant(operator, 0) {
        let (array, output) = (converter.constant(operator, 0, "input")?, converter.output(operator, 0)?);
        converter.known(output, array);
        return Ok(());
    }
    one(converter, operator, "Identity", Vec::new())
}

fn concatenation(converter: &mut Converter<'_>, operator: &Operator<'_>) -> Done {
    let options = Options(operator.options);
    let inputs = (0..operator.inputs.len()).filter_map(|place| converter.maybe(operator, place)).collect();
    let value = converter.node("Concat", inputs, vec![int("axis", options.int(0, 0)?)]);
    let output = converter.output(operator, 0)?;
    Ok(converter.end(value, options.byte(1)?, output)?)
}

fn fully_connected(converter: &mut Converter<'_>, operator: &Operator<'_>) -> Done {
    let options = Options(operator.options);
    let weights = converter.constant(operator, 1, "weights")?;
    let [units, features] = weights.shape[..] else {
        return Err(Problem::new("its weights are no matrix").into());
    };
    let mut x = converter.input(operator, 0)?;
    let shape = converter.shape(operator, 0)?;
    if !options.flag(2)? && shape.len() != 2 || shape.last() != Some(&features) {
        x = converter.node("Reshape", vec![x], vec![ints("shape", [-1, features as i64])]);
    }
    let layer = converter.layer(operator);
    let kernel = converter.array(&layer, weights.permuted(&[1, 0]));
    let mut value = converter.node("MatMul", vec![x, kernel], Vec::new());
    if operator.inputs.get(2).copied().flatten().is_some() {
        let bias = converter.constant(operator, 2, "bias")?;
        if bias.values.len() != units {
            return Err(Problem::new("its bias has another number of units").into());
        }
        let bias = converter.array("", bias);
        value = converter.node("Add", vec![value, bias], Vec::new());
    }
    let output = converter.output(operator, 0)?;
    Ok(converter.end(value, options.byte(0)?, output)?)
}

fn l2_normalization(converter: &mut Converter<'_>, operator: &Operator<'_>) -> Done {
    let input = converter.input(operator, 0)?;
    let value = converter.node("LpNormalization", vec![input], vec![int("axis", -1), int("p", 2)]);
    let output = converter.output(operator, 0)?;
    Ok(converter.end(value, Options(operator.options).byte(0)?, output)?)
}

fn clip(converter: &mut Converter<'_>, operator: &Operator<'_>, least: f64, most: f64) -> Done {
    let (input, output) = (converter.input(operator, 0)?, converter.output(operator, 0)?);
    let inputs = converter.clipped(input, least, most);
    converter.write("Clip", inputs, Vec::new(), vec![output]);
    Ok(())
}

fn reshape(converter: &mut Converter<'_>, operator: &Operator<'_>) -> Done {
    if let Some(shape) = converter.maybe(operator, 1) {
        let (input, output) = (converter.input(operator, 0)?, converter.output(operator, 0)?);
        converter.write("Reshape", vec![input, shape], vec![int("allowzero", 1)], vec![output]);
        return Ok(());
    }
    let shape = Options(operator.options).ints(0)?;
    one(converter, operator, "Reshape", vec![ints("shape", shape), int("allowzero", 1)])
}

fn softmax(converter: &mut Converter<'_>, operator: &Operator<'_>) -> Done {
    let beta = Options(operator.options).float(0)?;
    let (mut x, output) = (converter.input(operator, 0)?, converter.output(operator, 0)?);
    if beta != 1.0 && beta != 0.0 {
        let beta = converter.number(f64::from(beta));
        x = converter.node("Mul", vec![x, beta], Vec::new());
    }
    converter.write("Softmax", vec![x], vec![int("axis", -1)], vec![output]);
    Ok(())
}

fn pad(converter: &mut Converter<'_>, operator: &Operator<'_>, mode: &str) -> Done {
    let pairs = converter.constant(operator, 1, "paddings")?.to_ints();
    let pads: Vec<i64> = pairs.iter().step_by(2).chain(pairs.iter().skip(1).step_by(2)).copied().collect();
    let mut inputs = vec![converter.input(operator, 0)?];
    let pads = converter.array("", Array::ints(pads));
    inputs.push(pads);
    inputs.extend(converter.maybe(operator, 2));
    let output = converter.output(operator, 0)?;
    converter.write("Pad", inputs, vec![text("mode", mode)], vec![output]);
    Ok(())
}

fn gather(converter: &mut Converter<'_>, operator: &Operator<'_>) -> Done {
    let options = Options(operator.options);
    if options.int(1, 0)? != 0 {
        return Err(Problem::new("it takes other elements for each row (`batch_dims`)").into());
    }
    let inputs = vec![converter.input(operator, 0)?, converter.input(operator, 1)?];
    let output = converter.output(operator, 0)?;
    converter.write("Gather", inputs, vec![int("axis", options.int(0, 0)?)], vec![output]);
    Ok(())
}

fn transpose(converter: &mut Converter<'_>, operator: &Operator<'_>) -> Done {
    let order = converter.constant(operator, 1, "order")?.to_ints();
    one(converter, operator, "Transpose", vec![ints("perm", order)])
}

fn reduce(converter: &mut Converter<'_>, operator: &Operator<'_>, op: &str) -> Done {
    let axes = converter.constant(operator, 1, "axes")?.to_ints();
    let keep = i64::from(Options(operator.options).flag(0)?);
    one(converter, operator, op, vec![ints("axes", axes), int("keepdims", keep)])
}

fn arg(converter: &mut Converter<'_>, operator: &Operator<'_>, op: &str) -> Done {
    let axis = converter.constant(operator, 1, "axis")?.to_ints();
    let axis = axis.first().copied().unwrap_or(-1);
    one(converter, operator, op, vec![int("axis", axis), int("keepdims", 0)])
}

fn squeeze(converter: &mut Converter<'_>, operator: &Operator<'_>) -> Done {
    let axes = Options(operator.options).ints(0)?;
    let attributes = if axes.is_empty() { Vec::new() } else { vec![ints("axes", axes)] };
    one(converter, operator, "Squeeze", attributes)
}

fn expand_dims(converter: &mut Converter<'_>, operator: &Operator<'_>) -> Done {
    let axis = converter.constant(operator, 1, "axis")?.to_ints();
    one(converter, operator, "Unsqueeze", vec![ints("axes", axis)])
}

fn cast(converter: &mut Converter<'_>, operator: &Operator<'_>) -> Done {
    let kind = converter.result_kind(operator);
    one(converter, operator, "Cast", vec![int("to", kind)])
}

fn split(converter: &mut Converter<'_>, operator: &Operator<'_>) -> Done {
    let axis = converter.constant(operator, 0, "axis")?.to_ints().first().copied().unwrap_or(0);
    let input = converter.input(operator, 1)?;
    parts(converter, operator, input, vec![int("axis", axis)])
}

fn split_v(converter: &mut Converter<'_>, operator: &Operator<'_>) -> Done {
    let axis = converter.constant(operator, 2, "axis")?.to_ints().first().copied().unwrap_or(0);
    let mut sizes = converter.constant(operator, 1, "sizes")?.to_ints();
    let shape = converter.shape(operator, 0)?;
    let size = shape[axis_of(axis, shape.len())?] as i64;
    let given = sizes.iter().filter(|size| **size >= 0).fold(0_i64, |sum, size| sum.saturating_add(*size));
    let rest = size - given;
    sizes.iter_mut().filter(|size| **size < 0).for_each(|size| *size = rest);
    let input = converter.input(operator, 0)?;
    parts(converter, operator, input, vec![int("axis", axis), ints("split", sizes)])
}

fn parts(converter: &mut Converter<'_>, operator: &Operator<'_>, input: Name, attributes: Vec<Attribute>) -> Done {
    let outputs = (0..operator.outputs.len()).map(|place| converter.output(operator, place));
    let outputs = outputs.collect::<Result<_, _>>()?;
    converter.write("Split", vec![input], attributes, outputs);
    Ok(())
}

fn pack(converter: &mut Converter<'_>, operator: &Operator<'_>) -> Done {
    let axis = Options(operator.options).int(1, 0)?;
    let mut rows = Vec::new();
    for place in 0..operator.inputs.len() {
        let row = converter.input(operator, place)?;
        rows.push(converter.node("Unsqueeze", vec![row], vec![ints("axes", [axis])]));
    }
    let output = converter.output(operator, 0)?;
    converter.write("Concat", rows, vec![int("axis", axis)], vec![output]);
    Ok(())
}

fn unpack(converter: &mut Converter<'_>, operator: &Operator<'_>) -> Done {
    let axis = Options(operator.options).int(1, 0)?;
    let input = converter.input(operator, 0)?;
    let rows: Vec<Name> = operator.outputs.iter().map(|_| converter.fresh("")).collect();
    if let [_] = rows[..] {
        return one(converter, operator, "Squeeze", vec![ints("axes", [axis])]);
    }
    converter.write("Split", vec![input], vec![int("axis", axis)], rows.clone());
    for (place, row) in rows.into_iter().enumerate() {
        let output = converter.output(operator, place)?;
        converter.write("Squeeze", vec![row], vec![ints("axes", [axis])], vec![output]);
    }
    Ok(())
}

fn batch_matmul(converter: &mut Converter<'_>, operator: &Operator<'_>) -> Done {
    let options = Options(operator.options);
    let mut inputs = Vec::new();
    for (place, turned) in [options.flag(0)?, options.flag(1)?].into_iter().enumerate() {
        let value = converter.input(operator, place)?;
        let rank = converter.shape(operator, place)?.len() as i64;
        if !turned {
            inputs.push(value);
            continue;
        }
        let order: Vec<i64> = (0..rank - 2).chain([rank - 1, rank - 2]).collect();
        inputs.push(converter.node("Transpose", vec![value], vec![ints("perm", order)]));
    }
    let output = converter.output(operator, 0)?;
    converter.write("MatMul", inputs, Vec::new(), vec![output]);
    Ok(())
}
