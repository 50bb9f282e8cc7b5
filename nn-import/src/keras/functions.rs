//! Functions of `keras.ops` and of TensorFlow in a model, where Keras made layers of them.

use serde_json::Value as Json;

use super::arguments::Problem;
use super::dialect::{Argument, Call, Described};
use crate::script::{Layer, Operand, Value, What};

/// Functions of single elements that have the name of one of our layers.
const ELEMENTWISE: &[(&str, &str)] = &[
    ("abs", "Abs"),
    ("absolute", "Abs"),
    ("ceil", "Ceil"),
    ("cos", "Cos"),
    ("elu", "ELU"),
    ("erf", "Erf"),
    ("exp", "Exp"),
    ("floor", "Floor"),
    ("gelu", "GELU"),
    ("log", "Log"),
    ("log_softmax", "LogSoftmax"),
    ("reciprocal", "Reciprocal"),
    ("relu", "ReLU"),
    ("relu6", "ReLU6"),
    ("round", "Round"),
    ("rsqrt", "Rsqrt"),
    ("selu", "SELU"),
    ("sigmoid", "Sigmoid"),
    ("sign", "Sign"),
    ("silu", "SiLU"),
    ("sin", "Sin"),
    ("softmax", "Softmax"),
    ("softplus", "Softplus"),
    ("sqrt", "Sqrt"),
    ("square", "Square"),
    ("swish", "Swish"),
    ("tanh", "Tanh"),
];

const REDUCTIONS: &[(&str, &str)] = &[
    ("amax", "Max"),
    ("amin", "Min"),
    ("max", "Max"),
    ("mean", "Mean"),
    ("min", "Min"),
    ("prod", "Prod"),
    ("reduce_max", "Max"),
    ("reduce_mean", "Mean"),
    ("reduce_min", "Min"),
    ("reduce_sum", "Sum"),
    ("sum", "Sum"),
    ("var", "Variance"),
];

const OF_TWO: &[(&str, &str)] = &[("matmul", "Matmul"), ("maximum", "Maximum"), ("minimum", "Minimum")];

/// Adds a node, and returns its first result.
type Push<'a> = dyn FnMut(What, Vec<Operand>, usize) -> Value + 'a;

/// Writes a function down.
pub fn write(layer: &Described, call: &Call, operands: &[Operand], push: &mut Push<'_>) -> Result<Vec<Value>, Problem> {
    let function = name(layer);
    let setting = |name: &str| setting(layer, call, name);
    let mut plain = |class: &str, arguments: String, operands: &[Operand]| {
        let layer = Layer { class: class.to_owned(), arguments, name: None };
        vec![push(What::Layer(layer), operands.to_vec(), 1)]
    };
    if let Some((_, class)) = ELEMENTWISE.iter().find(|(name, _)| *name == function) {
        return Ok(plain(class, String::new(), &operands[..operands.len().min(1)]));
    }
    if let Some((_, class)) = REDUCTIONS.iter().find(|(name, _)| *name == function) {
        let axis = setting("axis").filter(|axis| !axis.is_null()).map(|axis| format!("axis = {}", tuple(&axis)));
        let keepdims =
            setting("keepdims").filter(|keep| *keep == Json::Bool(true)).map(|_| "keepdims = true".to_owned());
        let arguments: Vec<String> = axis.into_iter().chain(keepdims).collect();
        return Ok(plain(class, arguments.join(", "), &operands[..operands.len().min(1)]));
    }
    if let (Some((_, class)), [_, _]) = (OF_TWO.iter().find(|(name, _)| *name == function), operands) {
        return match (function.as_str(), operands) {
            ("maximum", [x, Operand::Number(0.0)] | [Operand::Number(0.0), x]) => {
                Ok(plain("ReLU", String::new(), &[*x]))
            }
            (_, [Operand::Value(_), Operand::Value(_)]) => Ok(plain(class, String::new(), operands)),
            _ => Err(unknown(layer)),
        };
    }
    match (function.as_str(), operands) {
        ("add" | "sub" | "subtract" | "mul" | "multiply" | "div" | "divide" | "truediv" | "true_divide", [_, _]) => {
            let sign = match &function[..1] {
                "a" => '+',
                "s" => '-',
                "m" => '*',
                _ => '/',
            };
            Ok(vec![push(What::Infix(sign), operands.to_vec(), 1)])
        }
        ("neg" | "negative", [_]) => Ok(vec![push(What::Negative, operands.to_vec(), 1)]),
        ("power" | "pow", [x, Operand::Number(exponent)]) => Ok(plain("Power", format!("{exponent:?}"), &[*x])),
        ("concatenate" | "concat", [_, _, ..]) => {
            let axis = setting("axis").filter(|axis| *axis != -1);
            let arguments = axis.map(|axis| format!("axis = {axis}")).unwrap_or_default();
            Ok(plain("Concatenate", arguments, operands))
        }
        ("clip" | "clip_by_value", [x, ..]) => {
            let bound = |place: usize, names: [&str; 2]| match operands.get(place) {
                Some(Operand::Number(bound)) => Some(*bound),
                _ => names.iter().find_map(|name| setting(name)?.as_f64()),
            };
            let bounds = (bound(1, ["x_min", "clip_value_min"]), bound(2, ["x_max", "clip_value_max"]));
            let (Some(low), Some(high)) = bounds else { return Err(unknown(layer)) };
            Ok(plain("Clip", format!("{low:?}, {high:?}"), &[*x]))
        }
        ("reshape", [x, ..]) => {
            let shape = setting("newshape").or_else(|| setting("shape"));
            let Some([_, sizes @ ..]) = shape.as_ref().and_then(Json::as_array).map(Vec::as_slice) else {
                return Err(unknown(layer));
            };
            let sizes: Vec<String> = sizes.iter().map(Json::to_string).collect();
            Ok(plain("Reshape", sizes.join(", "), &[*x]))
        }
        ("transpose", [x, ..]) => {
            let axes = setting("axes").or_else(|| setting("perm"));
            let Some([Json::Number(first), axes @ ..]) = axes.as_ref().and_then(Json::as_array).map(Vec::as_slice)
            else {
                return Err(unknown(layer));
            };
            if first.as_u64() != Some(0) {
                return Err(unknown(layer));
            }
            let axes: Vec<String> = axes.iter().map(Json::to_string).collect();
            Ok(plain("Permute", axes.join(", "), &[*x]))
        }
        _ => Err(unknown(layer)),
    }
}

/// `multiply` for `Multiply`, `math.multiply` and `__operators__.mul`.
fn name(layer: &Described) -> String {
    let function = layer.config.get("function").and_then(Json::as_str).unwrap_or(&layer.class);
    let function = function.rsplit('.').next().unwrap_or(function);
    nn_compiler::snake_case(function)
}

/// What a function is told beside its values: by its description, or where it is called.
fn setting(layer: &Described, call: &Call, name: &str) -> Option<Json> {
    let named = call.named.iter().find(|(other, _)| other == name);
    let named = named.and_then(|(_, argument)| json(argument));
    named.or_else(|| layer.config.get(name).cloned())
}

fn json(argument: &Argument) -> Option<Json> {
    match argument {
        Argument::Other(json) => Some(json.clone()),
        Argument::List(list) => list.iter().map(json).collect::<Option<Vec<_>>>().map(Json::Array),
        Argument::Value(_) => None,
    }
}

fn tuple(axes: &Json) -> String {
    match axes.as_array().map(Vec::as_slice) {
        None => axes.to_string(),
        Some([one]) => one.to_string(),
        Some(all) => format!("({})", all.iter().map(Json::to_string).collect::<Vec<_>>().join(", ")),
    }
}

fn unknown(layer: &Described) -> Problem {
    let function = layer.config.get("function").and_then(Json::as_str).unwrap_or(&layer.class);
    let text = format!("the function `{function}`, as it is called here, is not in the language");
    Problem { text, help: "write the network by hand, and import the weights alone".to_owned() }
}
