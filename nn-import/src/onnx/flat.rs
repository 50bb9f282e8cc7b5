//! The import graph: operations on values whose shapes are known, without control flow.

use std::rc::Rc;

use super::array::{Array, Type};
use super::proto::Attribute;
use crate::Unsupported;

/// A value by its place in [`Flat::values`].
pub type Id = usize;

#[derive(Clone, Debug)]
pub struct Value {
    /// In the file.
    pub name: String,
    pub shape: Vec<usize>,
    pub kind: Type,
    /// What it always is.
    pub array: Option<Array>,
    /// Of an operation that is not taken; what reads it says nothing more.
    pub is_broken: bool,
}

/// An operation.
#[derive(Clone, Debug)]
pub struct Op {
    /// The node of the file, or nothing.
    pub node: String,
    pub op: String,
    pub attributes: Rc<Vec<Attribute>>,
    /// An input that is not given is nothing.
    pub inputs: Vec<Option<Id>>,
    pub outputs: Vec<Id>,
}

#[derive(Clone, Debug, Default)]
pub struct Flat {
    pub name: String,
    pub opset: i64,
    pub values: Vec<Value>,
    /// In an order in which every value is there before it is read.
    pub ops: Vec<Op>,
    pub inputs: Vec<Id>,
    pub outputs: Vec<(String, Id)>,
    /// Inputs that are states, each with the output that it is in the next call, by their places.
    pub states: Vec<(usize, usize)>,
}

/// What is wrong with a node, and the way out.
#[derive(Clone, Debug)]
pub struct Problem {
    pub text: String,
    pub help: String,
}

impl Problem {
    pub fn new(text: impl Into<String>) -> Self {
        Problem { text: text.into(), help: String::new() }
    }

    pub fn help(self, help: impl Into<String>) -> Self {
        Problem { help: help.into(), ..self }
    }

    pub fn of(self, node: &str, op: &str) -> Unsupported {
        let node = if node.is_empty() { op.to_owned() } else { format!("`{node}` ({op})") };
        Unsupported { node, problem: self.text, help: self.help }
    }
}

/// An operation with its inputs, as shapes, folding and writing look at it.
#[derive(Clone, Debug)]
pub struct Call<'a> {
    pub op: &'a str,
    pub opset: i64,
    pub attributes: &'a [Attribute],
    pub inputs: Vec<Option<&'a Value>>,
    /// How many outputs the node names.
    pub outputs: usize,
}

impl<'a> Call<'a> {
    pub fn attribute(&self, name: &str) -> Option<&'a Attribute> {
        self.attributes.iter().find(|attribute| attribute.name == name)
    }

    pub fn int(&self, name: &str, default: i64) -> i64 {
        self.attribute(name).map_or(default, |attribute| attribute.int)
    }

    pub fn float(&self, name: &str, default: f32) -> f64 {
        f64::from(self.attribute(name).map_or(default, |attribute| attribute.float))
    }

    pub fn text(&self, name: &str) -> &'a str {
        self.attribute(name).map_or("", |attribute| attribute.text.as_str())
    }

    pub fn ints(&self, name: &str) -> Option<Vec<i64>> {
        self.attribute(name).map(|attribute| attribute.ints.clone())
    }

    pub fn input(&self, place: usize) -> Result<&'a Value, Problem> {
        let input = self.inputs.get(place).copied().flatten();
        input.ok_or_else(|| Problem::new(format!("it has no input {place}")))
    }

    pub fn optional(&self, place: usize) -> Option<&'a Value> {
        self.inputs.get(place).copied().flatten()
    }

    /// The array of an input that has to be a constant.
    pub fn constant(&self, place: usize, what: &str) -> Result<Option<&'a Array>, Problem> {
        let Some(value) = self.optional(place) else { return Ok(None) };
        match &value.array {
            Some(array) => Ok(Some(array)),
            None => {
                let text = format!("its {what} `{}` is computed while the network runs", value.name);
                Err(Problem::new(text).help("bind the sizes that it depends on, or export the model with fixed shapes"))
            }
        }
    }

    /// Whole numbers that older opsets have as an attribute, and newer ones as an input.
    pub fn either(&self, name: &str, place: usize) -> Result<Option<Vec<i64>>, Problem> {
        match self.ints(name) {
            Some(ints) => Ok(Some(ints)),
            None => Ok(self.constant(place, name)?.map(Array::to_ints)),
        }
    }

    /// A number that older opsets have as an attribute, and newer ones as an input.
    pub fn number(&self, name: &str, place: usize) -> Result<Option<f64>, Problem> {
        match self.attribute(name) {
            Some(attribute) => Ok(Some(f64::from(attribute.float))),
            None => Ok(self.constant(place, name)?.and_then(|array| array.values.first().copied())),
        }
    }
}

/// An axis of a shape; a negative one counts from the end.
pub fn axis_of(axis: i64, rank: usize) -> Result<usize, Problem> {
    let from_end = if axis < 0 { axis.saturating_add(rank as i64) } else { axis };
    let index = usize::try_from(from_end).ok().filter(|index| *index < rank);
    index.ok_or_else(|| Problem::new(format!("it names axis {axis} of a value of {rank} axes")))
}

impl Flat {
    pub fn call<'a>(&'a self, op: &'a Op) -> Call<'a> {
        Call {
            op: &op.op,
            opset: self.opset,
            attributes: &op.attributes,
            inputs: op.inputs.iter().map(|id| id.map(|id| &self.values[id])).collect(),
            outputs: op.outputs.len(),
        }
    }

    /// Adds a value that is known.
    pub fn constant(&mut self, name: &str, array: Array) -> Id {
        let (shape, kind) = (array.shape.clone(), array.kind);
        self.values.push(Value { name: name.to_owned(), shape, kind, array: Some(array), is_broken: false });
        self.values.len() - 1
    }

    /// Leaves out the operations that no output needs.
    pub fn sweep(&mut self) {
        let mut needed = vec![false; self.values.len()];
        self.outputs.iter().for_each(|(_, id)| needed[*id] = true);
        let mut keep = vec![false; self.ops.len()];
        for (place, op) in self.ops.iter().enumerate().rev() {
            if op.outputs.iter().any(|id| needed[*id]) {
                keep[place] = true;
                op.inputs.iter().flatten().for_each(|id| needed[*id] = true);
            }
        }
        let mut keep = keep.into_iter();
        self.ops.retain(|_| keep.next() == Some(true));
    }
}
