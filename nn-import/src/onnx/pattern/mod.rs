//! Layers that a file has written out as arithmetic, and the table of them.

mod affine;
mod attention;
mod embedding;
mod equal;
mod formula;
mod matcher;
mod normalization;

use std::rc::Rc;

use super::array::Array;
use super::flat::{Flat, Id, Op};
use super::proto::Attribute;
use formula::Form;
use matcher::{Found, Graph};

/// Rounds over the graph: what is recognised in one may be part of what is in the next.
const MOST_ROUNDS: usize = 6;

/// A layer as exporters write it: what a value is, and then what the names in it are.
struct Row {
    formula: &'static str,
    /// What becomes of it, if all that a formula cannot say is so too.
    becomes: fn(&Graph, &Found, Id) -> Option<New>,
}

/// An operation in the place of others.
struct New {
    op: &'static str,
    attributes: Vec<Attribute>,
    inputs: Vec<Input>,
}

/// An input of a new operation.
enum Input {
    Value(Id),
    Constant(Array),
    None,
}

macro_rules! rows {
    ($($formula:literal => $becomes:expr,)*) => {
        &[$(Row { formula: $formula, becomes: $becomes }),*]
    };
}

/// The longer ones first: what they end with may be one of the shorter.
const ROWS: &[Row] = rows![
    "d * (mean(d^2) + epsilon)^-0.5 * gamma + beta; d = x - mean(x)" => normalization::centered,
    "x * g - m * g + beta; g = (mean(d^2) + epsilon)^-0.5 * gamma; d = x - m; m = mean(x)" => normalization::centered,
    "d * (mean(d^2) + epsilon)^-0.5 * gamma; d = x - mean(x)" => normalization::centered,
    "d * (mean(d^2) + epsilon)^-0.5; d = x - mean(x)" => normalization::centered,
    "x * (mean(x^2) + epsilon)^-0.5 * gamma" => normalization::by_root_of_squares,
    "x * (mean(x^2) + epsilon)^-0.5" => normalization::by_root_of_squares,
    "0.5 * x * (1 + erf(0.70710678 * x))" => gelu,
    "x * (0.5 + 0.5 * erf(0.70710678 * x))" => gelu,
    "0.5 * x * (1 + tanh(0.79788456 * (x + 0.044715 * x^3)))" => gelu_by_tanh,
    "0.5 * x * (1 + tanh(0.79788456 * x * (1 + 0.044715 * x^2)))" => gelu_by_tanh,
    "0.5 * x * (1 + tanh(0.79788456 * x + 0.03567741 * x^3))" => gelu_by_tanh,
    "x * (0.5 + 0.5 * tanh(0.79788456 * (x + 0.044715 * x^3)))" => gelu_by_tanh,
    "x * tanh(softplus(x))" => |graph, found, root| plain("Mish", graph, found, root),
    "x * tanh(log(1 + exp(x)))" => |graph, found, root| plain("Mish", graph, found, root),
    "x * relu6(x + 3) / 6" => |graph, found, root| plain("HardSwish", graph, found, root),
    "x * unit(x / 6 + 0.5)" => |graph, found, root| plain("HardSwish", graph, found, root),
    "x * hard_sigmoid(x)" => |graph, found, root| plain("HardSwish", graph, found, root),
    "x * sigmoid(x)" => |graph, found, root| plain("Swish", graph, found, root),
    "x / (1 + exp(-x))" => |graph, found, root| plain("Swish", graph, found, root),
    "relu6(x + 3) / 6" => hard_sigmoid,
    "unit(x / 6 + 0.5)" => hard_sigmoid,
    "1 / (1 + exp(-x))" => |graph, found, root| plain("Sigmoid", graph, found, root),
    "log(1 + exp(x))" => |graph, found, root| plain("Softplus", graph, found, root),
    "x / (1 + abs(x))" => |graph, found, root| plain("Softsign", graph, found, root),
    "e / sum(e); e = exp(x - max(x))" => softmax,
    "e / sum(e); e = exp(x)" => softmax,
    "log(softmax(x))" => |graph, found, root| along("LogSoftmax", graph, found, root),
    "d - log(sum(exp(d))); d = x - max(x)" => |graph, found, root| along("LogSoftmax", graph, found, root),
];

/// Puts layers in the place of the operations that they are written out as.
pub fn recognise(flat: &mut Flat) {
    let rows: Vec<(Vec<(String, Form)>, &Row)> = ROWS.iter().map(|row| (clauses(row.formula), row)).collect();
    equal::join(flat);
    flat.sweep();
    for _ in 0..MOST_ROUNDS {
        let mut changed = by_rows(flat, &rows);
        for find in [normalization::by_groups, embedding::find, attention::find] {
            changed |= round(flat, find);
        }
        flat.sweep();
        if !changed {
            break;
        }
    }
    affine::fold(flat);
    flat.sweep();
}

/// `x * y; y = exp(x)`: the whole, and what each name is.
fn clauses(text: &str) -> Vec<(String, Form)> {
    let clause = |(place, text): (usize, &str)| match text.split_once(" = ").filter(|_| place > 0) {
        Some((name, form)) => (name.trim().to_owned(), formula::read(form)),
        None => (String::new(), formula::read(text)),
    };
    text.split(';').enumerate().map(clause).collect()
}

fn by_rows(flat: &mut Flat, rows: &[(Vec<(String, Form)>, &Row)]) -> bool {
    round(flat, |graph, op| {
        let root = *op.outputs.first()?;
        let fits = |clauses: &[(String, Form)]| match &clauses[0].1 {
            Form::Product(..) => matches!(op.op.as_str(), "Mul" | "Div"),
            Form::Sum(..) => matches!(op.op.as_str(), "Add" | "Sub"),
            _ => !matches!(op.op.as_str(), "Mul" | "Div" | "Add" | "Sub"),
        };
        rows.iter()
            .filter(|(clauses, _)| fits(clauses))
            .find_map(|(clauses, row)| (row.becomes)(graph, &graph.find(clauses, root)?, root))
    })
}

/// Goes through the operations from the last one on. Whether any was replaced.
fn round(flat: &mut Flat, find: impl Fn(&Graph, &Op) -> Option<New>) -> bool {
    let graph = Graph::new(flat);
    let found: Vec<(usize, New)> =
        flat.ops.iter().enumerate().rev().filter_map(|(place, op)| Some((place, find(&graph, op)?))).collect();
    let changed = !found.is_empty();
    for (place, New { op, attributes, inputs }) in found {
        let input = |input: Input| match input {
            Input::Value(id) => Some(id),
            Input::Constant(array) => Some(flat.constant("", array)),
            Input::None => None,
        };
        let inputs = inputs.into_iter().map(input).collect();
        let old = &mut flat.ops[place];
        old.op = op.to_owned();
        old.attributes = Rc::new(attributes);
        old.inputs = inputs;
    }
    changed
}

fn int(name: &str, int: i64) -> Attribute {
    Attribute { name: name.to_owned(), int, ..Attribute::default() }
}

fn float(name: &str, float: f64) -> Attribute {
    Attribute { name: name.to_owned(), float: float as f32, ..Attribute::default() }
}

/// The value that a formula calls `x`, if the result has its shape.
fn of_x(graph: &Graph, found: &Found, root: Id) -> Option<Id> {
    found.values.get("x").copied().filter(|x| graph.shape(*x) == graph.shape(root))
}

/// A function of single elements.
fn plain(op: &'static str, graph: &Graph, found: &Found, root: Id) -> Option<New> {
    let x = of_x(graph, found, root)?;
    Some(New { op, attributes: Vec::new(), inputs: vec![Input::Value(x)] })
}

fn gelu(graph: &Graph, found: &Found, root: Id) -> Option<New> {
    plain("Gelu", graph, found, root)
}

fn gelu_by_tanh(graph: &Graph, found: &Found, root: Id) -> Option<New> {
    let text = Attribute { name: "approximate".to_owned(), text: "tanh".to_owned(), ..Attribute::default() };
    plain("Gelu", graph, found, root).map(|new| New { attributes: vec![text], ..new })
}

fn hard_sigmoid(graph: &Graph, found: &Found, root: Id) -> Option<New> {
    let attributes = vec![float("alpha", 1.0 / 6.0), float("beta", 0.5)];
    plain("HardSigmoid", graph, found, root).map(|new| New { attributes, ..new })
}

fn softmax(graph: &Graph, found: &Found, root: Id) -> Option<New> {
    along("Softmax", graph, found, root)
}

/// A function along one axis, which before opset 13 was all axes from one on.
fn along(op: &'static str, graph: &Graph, found: &Found, root: Id) -> Option<New> {
    let x = of_x(graph, found, root)?;
    let [axis] = *found.axes.as_deref()? else { return None };
    let is_last = graph.shape(x)[axis + 1..].iter().all(|size| *size == 1);
    let attributes = vec![int("axis", axis as i64)];
    (is_last || graph.flat.opset >= 13).then(|| New { op, attributes, inputs: vec![Input::Value(x)] })
}
