//! Operators of TFLite → nodes of ONNX, which has all of them in other words.
//!
//! An image of TFLite has its channels last; what ONNX has for channels first stands between two `Transpose`s, which the reader of
//! ONNX takes as what they are: nothing.

use std::collections::HashMap;
use std::rc::Rc;

use super::buffer::{Table, bad};
use super::schema::{Graph, Operator};
use super::{names, operators};
use crate::ImportError;
use crate::Unsupported;
use crate::onnx::array::Array;
use crate::onnx::flat::Problem;
use crate::onnx::proto::{self, Attribute, Dim, Info, Node};

/// Why an operator is not taken, or why the file is none.
pub enum Stop {
    Problem(Problem),
    File(ImportError),
}

impl From<Problem> for Stop {
    fn from(problem: Problem) -> Self {
        Stop::Problem(problem)
    }
}

impl From<ImportError> for Stop {
    fn from(error: ImportError) -> Self {
        Stop::File(error)
    }
}

/// A value by its name.
pub type Name = String;

pub struct Converter<'a> {
    graph: &'a Graph<'a>,
    /// Of each tensor.
    names: Vec<Name>,
    nodes: Vec<Node>,
    initializers: Vec<(Name, Array)>,
    /// Constants, the tensors of the file that are none and what was worked out of some.
    constants: HashMap<Name, Array>,
    /// The names of values so far that are of no tensor.
    made: usize,
    /// Those of all arrays so far that are no tensor of the file.
    elements: usize,
    /// Where the result of the operator that is being converted ends.
    bounds: Option<[f64; 2]>,
}

/// The least and the largest number that the whole numbers of a result stand for, where those of no input do so already.
fn bounds(graph: &Graph<'_>, operator: &Operator<'_>) -> Option<[f64; 2]> {
    let bounds = graph.tensors[*operator.outputs.first()?].bounds?;
    let kept = operator.inputs.iter().flatten().any(|input| graph.tensors[*input].bounds == Some(bounds));
    (!kept).then_some(bounds)
}

/// The graph as one of ONNX, or all operators that have no such words.
pub fn convert(graph: &Graph<'_>, len: usize) -> Result<proto::Model, ImportError> {
    let names = names::unique(graph);
    let constants = graph.tensors.iter().zip(&names);
    let constants = constants.filter_map(|(tensor, name)| Some((name.clone(), tensor.array.clone()?))).collect();
    let mut converter = Converter {
        graph,
        names,
        nodes: Vec::new(),
        initializers: Vec::new(),
        constants,
        made: 0,
        elements: 0,
        bounds: None,
    };
    let mut problems = Vec::new();
    for operator in &graph.operators {
        let first = converter.nodes.len();
        converter.bounds = bounds(graph, operator);
        match operators::convert(&mut converter, operator) {
            Ok(()) => {}
            Err(Stop::Problem(problem)) => {
                converter.nodes.truncate(first);
                problems.push(converter.problem(operator, problem));
            }
            Err(Stop::File(error)) => return Err(error),
        }
        // Each operator has weights in an order of its own, also where several share them.
        if converter.elements > 1_000_000 + 16 * len {
            return Err(bad("its operators use the same weights over and over"));
        }
    }
    if !problems.is_empty() {
        return Err(ImportError::Unsupported(problems));
    }
    let info = |place: &usize| {
        let tensor = &graph.tensors[*place];
        let shape = tensor.shape.iter().map(|size| Dim::Size(*size)).collect();
        Info { name: converter.names[*place].clone(), kind: tensor.kind, shape: Some(shape) }
    };
    let (inputs, outputs) = (graph.inputs.iter().map(info).collect(), graph.outputs.iter().map(info).collect());
    let mut initializers = converter.initializers;
    initializers.extend(converter.constants);
    initializers.sort_by(|a, b| a.0.cmp(&b.0));
    let graph = proto::Graph { name: String::new(), nodes: converter.nodes, initializers, inputs, outputs };
    Ok(proto::Model { graph, opset: 17 })
}

impl<'a> Converter<'a> {
    fn problem(&self, operator: &Operator<'_>, problem: Problem) -> Unsupported {
        let name = operator.outputs.first().map_or("", |place| &self.graph.tensors[*place].name);
        problem.of(name, &operators::name(operator))
    }

    /// The value of an input, if it is given.
    pub fn maybe(&self, operator: &Operator<'_>, place: usize) -> Option<Name> {
        operator.inputs.get(place).copied().flatten().map(|tensor| self.names[tensor].clone())
    }

    pub fn input(&self, operator: &Operator<'_>, place: usize) -> Result<Name, Problem> {
        self.maybe(operator, place).ok_or_else(|| Problem::new(format!("it has no input {place}")))
    }

    pub fn output(&self, operator: &Operator<'_>, place: usize) -> Result<Name, Problem> {
        let tensor = operator.outputs.get(place);
        tensor.map(|tensor| self.names[*tensor].clone()).ok_or_else(|| Problem::new("it has no output"))
    }

    /// The shape of an input, as the file has it: a batch that it leaves open is 1.
    pub fn shape(&self, operator: &Operator<'_>, place: usize) -> Result<&'a [usize], Problem> {
        let tensor = operator.inputs.get(place).copied().flatten();
        let tensor = tensor.ok_or_else(|| Problem::new(format!("it has no input {place}")))?;
        Ok(&self.graph.tensors[tensor].shape)
    }

    pub fn result_shape(&self, operator: &Operator<'_>) -> Result<&'a [usize], Problem> {
        let tensor = operator.outputs.first().ok_or_else(|| Problem::new("it has no output"))?;
        Ok(&self.graph.tensors[*tensor].shape)
    }

    /// The kind of a result's elements, as ONNX counts them.
    pub fn result_kind(&self, operator: &Operator<'_>) -> i64 {
        operator.outputs.first().map_or(1, |tensor| self.graph.tensors[*tensor].kind)
    }

    /// The array of an input that has to be a constant.
    pub fn constant(&self, operator: &Operator<'_>, place: usize, what: &str) -> Result<Array, Problem> {
        let name = self.input(operator, place)?;
        self.constants.get(&name).cloned().ok_or_else(|| {
            Problem::new(format!("its {what} `{name}` is computed while the network runs"))
                .help("export the model with fixed shapes")
        })
    }

    pub fn is_constant(&self, operator: &Operator<'_>, place: usize) -> bool {
        self.maybe(operator, place).is_some_and(|name| self.constants.contains_key(&name))
    }

    /// What a result always is.
    pub fn known(&mut self, name: Name, array: Array) {
        self.constants.insert(name, array);
    }

    /// An array of the converter's own; `hint` becomes the name of its layer.
    pub fn array(&mut self, hint: &str, array: Array) -> Name {
        let name = self.fresh(hint);
        self.elements += array.values.len();
        self.initializers.push((name.clone(), array));
        name
    }

    /// A value that the file has no name for.
    pub fn fresh(&mut self, hint: &str) -> Name {
        self.made += 1;
        // The reader of ONNX names a layer by its weights, and leaves out what tools put before it.
        format!("{}__{hint}", self.made)
    }

    /// The name of the layer that an operator is, as far as the file says one.
    pub fn layer(&self, operator: &Operator<'_>) -> String {
        let of = |place: Option<usize>| place.and_then(|place| names::layer(&self.graph.tensors[place].name));
        let weights = of(operator.inputs.get(1).copied().flatten());
        weights.or(of(operator.outputs.first().copied())).map(|name| format!("{name}.weight")).unwrap_or_default()
    }

    /// A node with these results.
    pub fn write(&mut self, op: &str, inputs: Vec<Name>, attributes: Vec<Attribute>, outputs: Vec<Name>) {
        let name = outputs.first().cloned().unwrap_or_default();
        let attributes = Rc::new(attributes);
        self.nodes.push(Node { name, op: op.to_owned(), domain: String::new(), inputs, outputs, attributes });
    }

    /// A node whose result goes on.
    pub fn node(&mut self, op: &str, inputs: Vec<Name>, attributes: Vec<Attribute>) -> Name {
        let name = self.fresh("");
        self.write(op, inputs, attributes, vec![name.clone()]);
        name
    }

    /// The channels before the axes of space.
    pub fn first(&mut self, value: Name) -> Name {
        self.node("Transpose", vec![value], vec![ints("perm", [0, 3, 1, 2])])
    }

    /// The channels behind the axes of space, after an activation that is part of an operator.
    pub fn last(&mut self, value: Name, activation: i8, output: Name) -> Result<(), Problem> {
        let value = self.activated(value, activation)?;
        self.write("Transpose", vec![value], vec![ints("perm", [0, 2, 3, 1])], vec![output]);
        Ok(())
    }

    /// The same as what an operator gives.
    pub fn end(&mut self, value: Name, activation: i8, output: Name) -> Result<(), Problem> {
        let (op, inputs) = self.activation(value, activation)?.unwrap_or_else(|value| ("Identity", vec![value]));
        self.write(op, inputs, Vec::new(), vec![output]);
        Ok(())
    }

    /// The value after an activation and within the bounds of the result.
    fn activated(&mut self, value: Name, activation: i8) -> Result<Name, Problem> {
        Ok(match self.activation(value, activation)? {
            Ok((op, inputs)) => self.node(op, inputs, Vec::new()),
            Err(value) => value,
        })
    }

    /// The operation that an activation and the bounds of the result are, and its inputs; or the value, where there is none.
    fn activation(&mut self, value: Name, activation: i8) -> Result<Result<(&'static str, Vec<Name>), Name>, Problem> {
        let own = match activation {
            0 => None,
            1 => Some([0.0, f64::INFINITY]),
            2 => Some([-1.0, 1.0]),
            3 => Some([0.0, 6.0]),
            4 => return Ok(Ok(("Tanh", vec![value]))),
            other => return Err(Problem::new(format!("its activation is number {other} of the schema"))),
        };
        let both = match (own, self.bounds) {
            (Some([a, b]), Some([c, d])) => Some([a.max(c), b.min(d)]),
            (own, bounds) => own.or(bounds),
        };
        Ok(match both {
            None => Err(value),
            Some([0.0, f64::INFINITY]) => Ok(("Relu", vec![value])),
            Some([least, most]) => Ok(("Clip", self.clipped(value, least, most))),
        })
    }

    /// The inputs of a `Clip`.
    pub fn clipped(&mut self, value: Name, least: f64, most: f64) -> Vec<Name> {
        let [least, most] = [least, most].map(|bound| self.number(bound));
        vec![value, least, most]
    }

    pub fn number(&mut self, number: f64) -> Name {
        self.array("", Array::scalar(crate::onnx::array::Type::Real, number))
    }
}

/// The options of an operator; a file may leave them out where all are the defaults.
#[derive(Clone, Copy)]
pub struct Options<'a>(pub Option<Table<'a>>);

impl Options<'_> {
    pub fn byte(&self, number: usize) -> Result<i8, ImportError> {
        self.0.map_or(Ok(0), |table| table.byte(number, 0))
    }

    pub fn flag(&self, number: usize) -> Result<bool, ImportError> {
        Ok(self.byte(number)? != 0)
    }

    pub fn int(&self, number: usize, default: i32) -> Result<i64, ImportError> {
        self.0.map_or(Ok(default), |table| table.int(number, default)).map(i64::from)
    }

    pub fn float(&self, number: usize) -> Result<f32, ImportError> {
        self.0.map_or(Ok(0.0), |table| table.float(number, 0.0))
    }

    pub fn ints(&self, number: usize) -> Result<Vec<i64>, ImportError> {
        self.0.map_or(Ok(Vec::new()), |table| table.ints(number))
    }
}

pub fn ints(name: &str, ints: impl Into<Vec<i64>>) -> Attribute {
    Attribute { name: name.to_owned(), ints: ints.into(), ..Attribute::default() }
}

pub fn int(name: &str, int: i64) -> Attribute {
    Attribute { name: name.to_owned(), int, ..Attribute::default() }
}

pub fn float(name: &str, float: f32) -> Attribute {
    Attribute { name: name.to_owned(), float, ..Attribute::default() }
}

pub fn text(name: &str, text: &str) -> Attribute {
    Attribute { name: name.to_owned(), text: text.to_owned(), ..Attribute::default() }
}
