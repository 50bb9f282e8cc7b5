//! The import graph → a network that can be written down, and the weights of its layers.
//!
//! A value of ONNX has its channels first and a batch of 1; a value of the language has its channels last and no batch. So each
//! value has a [`Place`]: a value of the network, and which axis of the file each of its axes is. Axes of size 1 come and go at will.
//! A `Transpose` of the file changes only what is known of a value; one is written where an operation needs another order.

mod attention;
mod elementwise;
mod ids;
mod moves;
mod normalization;
mod places;
mod products;
mod recurrent;
mod reduce;
mod reshape;
mod windows;

use std::collections::HashMap;
use std::rc::Rc;

use super::array::{Array, Type};
use super::flat::{Call, Flat, Id, Op, Problem};
use crate::Unsupported;
use crate::script::{self, Kind, Layer, Operand, Script, Value, What};

/// An axis of size 1 that the value of the file has not.
const NONE: usize = usize::MAX;

/// Where a value of the file is in the network.
#[derive(Clone, Debug)]
pub struct Place {
    value: Value,
    /// Which axis of the file each axis of the network's value is; those that are none of them have size 1.
    axes: Vec<usize>,
    /// Token ids, as an input has them.
    is_ids: bool,
}

/// A network, and the arrays of each node that has weights, in the order of the layer.
pub struct Written {
    pub script: Script,
    pub weights: HashMap<usize, Vec<Array>>,
}

pub fn write(flat: &Flat) -> Result<Written, Vec<Unsupported>> {
    let mut writer = Writer::new(flat);
    writer.inputs();
    for op in &flat.ops {
        writer.op(op);
    }
    writer.outputs();
    if writer.problems.is_empty() {
        Ok(Written { script: writer.script, weights: writer.weights })
    } else {
        Err(writer.problems)
    }
}

struct Writer<'a> {
    flat: &'a Flat,
    script: Script,
    weights: HashMap<usize, Vec<Array>>,
    places: HashMap<Id, Place>,
    /// How often each value of the file is read.
    uses: HashMap<Id, usize>,
    /// The operation that gives a value.
    producers: HashMap<Id, &'a Op>,
    /// Where the elements of a vector come from that lies in the order of the network: places in the file's order.
    rows: HashMap<Id, Vec<usize>>,
    /// The shapes of the network's values.
    shapes: HashMap<Value, Vec<usize>>,
    /// Values that are others under another shape.
    views: HashMap<Value, Value>,
    /// Values in other orders and shapes, so that none is written twice.
    moved: HashMap<(Value, String), Value>,
    /// Free weights by their arrays.
    constants: Vec<(Array, Vec<usize>, Value)>,
    owners: Vec<Owner>,
    problems: Vec<Unsupported>,
}

/// A layer that may be used again.
struct Owner {
    class: String,
    arguments: String,
    node: String,
    sources: Vec<Array>,
    id: usize,
}

/// A layer with weights, before it is one.
struct Weighted<'s> {
    class: &'s str,
    arguments: String,
    /// The arrays of the file.
    sources: Vec<Array>,
    /// Those of the layer.
    arrays: Vec<Array>,
    name: Option<String>,
}

type Done = Result<(), Problem>;

impl<'a> Writer<'a> {
    fn new(flat: &'a Flat) -> Self {
        let mut uses = HashMap::new();
        let read = flat.ops.iter().flat_map(|op| op.inputs.iter().flatten());
        read.chain(flat.outputs.iter().map(|(_, id)| id)).for_each(|id| *uses.entry(*id).or_insert(0) += 1);
        let producers = flat.ops.iter().flat_map(|op| op.outputs.iter().map(move |id| (*id, op))).collect();
        Writer {
            flat,
            script: Script { name: flat.name.clone(), ..Script::default() },
            weights: HashMap::new(),
            places: HashMap::new(),
            uses,
            producers,
            rows: HashMap::new(),
            shapes: HashMap::new(),
            views: HashMap::new(),
            moved: HashMap::new(),
            constants: Vec::new(),
            owners: Vec::new(),
            problems: Vec::new(),
        }
    }

    fn inputs(&mut self) {
        for (at, id) in self.flat.inputs.iter().enumerate() {
            let value = &self.flat.values[*id];
            let axes = self.sample_axes(*id);
            let shape: Vec<usize> = axes.iter().map(|axis| value.shape[*axis]).collect();
            let shape = if shape.is_empty() { vec![1] } else { shape };
            let kind = if value.kind == Type::Int { Kind::Id } else { Kind::Real };
            if self.flat.states.iter().any(|(from, _)| *from == at) {
                let what = What::State { name: value.name.clone(), shape: shape.clone() };
                let state = self.script.push(what, Vec::new(), 1, &value.name);
                self.shapes.insert(state, shape);
                self.places.insert(*id, Place { value: state, axes, is_ids: false });
                continue;
            }
            let place = Value::Input(self.script.inputs.len());
            self.script.inputs.push(script::Input { name: value.name.clone(), shape: shape.clone(), kind });
            self.shapes.insert(place, shape);
            self.places.insert(*id, Place { value: place, axes, is_ids: kind == Kind::Id });
        }
    }

    /// The axes of one sample: all but the batch, which is the first where its size is 1.
    fn sample_axes(&self, id: Id) -> Vec<usize> {
        let shape = &self.flat.values[id].shape;
        let axes: Vec<usize> = (usize::from(shape.len() > 1 && shape[0] == 1)..shape.len()).collect();
        match axes.len() {
            0..=6 => axes,
            _ => axes.into_iter().filter(|axis| shape[*axis] != 1).collect(),
        }
    }

    fn outputs(&mut self) {
        for (at, (name, id)) in self.flat.outputs.iter().enumerate() {
            let value = &self.flat.values[*id];
            if value.is_broken || self.problems.iter().any(|_| !self.places.contains_key(id)) {
                continue;
            }
            if value.array.is_some() {
                let text = "the output is a constant, which depends on no input";
                self.problems.push(Problem::new(text).of(name, "output"));
                continue;
            }
            let axes = self.sample_axes(*id);
            match self.real(*id).and_then(|()| self.ordered(*id, &axes)) {
                Ok(value) => match self.flat.states.iter().find(|(_, to)| *to == at) {
                    Some((from, _)) => {
                        let state = self.places[&self.flat.inputs[*from]].value;
                        let operands = vec![Operand::Value(state), Operand::Value(value)];
                        self.script.push(What::Assign, operands, 0, name);
                    }
                    None => self.script.outputs.push((name.clone(), value)),
                },
                Err(problem) => self.problems.push(problem.of(name, "output")),
            }
        }
    }

    fn op(&mut self, op: &'a Op) {
        let is_there = |id: &Id| self.places.contains_key(id) || self.flat.values[*id].array.is_some();
        if !op.inputs.iter().flatten().all(is_there) {
            return;
        }
        let call = self.flat.call(op);
        if let Err(problem) = self.write(op, &call) {
            let name = match op.node.as_str() {
                "" => op.outputs.first().map_or("", |id| self.flat.values[*id].name.as_str()),
                name => name,
            };
            self.problems.push(problem.of(name, &op.op));
        }
    }

    fn write(&mut self, op: &Op, call: &Call) -> Done {
        match call.op {
            "Transpose" => self.transpose(op, call),
            "Reshape" | "Flatten" | "Squeeze" | "Unsqueeze" => self.reshape(op),
            "Cast" | "CastLike" => self.cast(op),
            "Concat" => self.concat(op, call),
            "Slice" => self.slice(op, call),
            "Split" => self.split(op, call),
            "Gather" => self.gather(op, call),
            "OneHot" => self.one_hot(op, call),
            "Pad" => self.pad(op, call),
            "Expand" | "Tile" => self.expand(op),
            "Conv" => self.convolution(op, call),
            "ConvTranspose" => self.transposed(op, call),
            "MaxPool" | "AveragePool" => self.pool(op, call),
            "Resize" | "Upsample" => self.resize(op, call),
            "GlobalAveragePool" | "GlobalMaxPool" => self.global_pool(op),
            "BatchNormalization" => self.batch_normalization(op, call),
            "LayerNormalization" | "RMSNormalization" => self.layer_normalization(op, call),
            "InstanceNormalization" | "GroupNormalization" => self.group_normalization(op, call),
            "MultiHeadAttention" => self.attention(op, call),
            "MatMul" => self.matmul(op),
            "Gemm" => self.gemm(op, call),
            "LSTM" | "GRU" | "RNN" => self.recurrent(op, call),
            "Softmax" | "LogSoftmax" => self.softmax(op, call),
            "ArgMax" | "CumSum" => self.along(op, call),
            name if name.starts_with("Reduce") => self.reduce(op, call),
            _ => self.elementwise(op, call),
        }
    }

    /// Notes where the only (or first) result of an operation is.
    fn gives(&mut self, op: &Op, value: Value, axes: Vec<usize>) {
        if let Some(id) = op.outputs.first() {
            self.places.insert(*id, Place { value, axes, is_ids: false });
        }
    }

    fn id(op: &Op, place: usize) -> Result<Id, Problem> {
        op.inputs.get(place).copied().flatten().ok_or_else(|| Problem::new(format!("it has no input {place}")))
    }

    fn place(&self, id: Id) -> Result<Place, Problem> {
        let missing = || Problem::new(format!("its input `{}` is a constant", self.flat.values[id].name));
        self.places.get(&id).cloned().ok_or_else(missing)
    }

    fn shape(&self, id: Id) -> &'a [usize] {
        &self.flat.values[id].shape
    }

    /// What a value may be called: what the file says, if a person may have said it, or the operation's name.
    fn hint(&self, op: &Op) -> String {
        let name = op.outputs.first().map_or("", |id| self.flat.values[*id].name.as_str());
        let name = name.rsplit('/').find(|part| !part.is_empty()).unwrap_or("");
        let name = name.split_once(':').map_or(name, |(name, _)| name);
        let name = name.trim_end_matches(|c: char| c.is_ascii_digit() || c == '_').trim_end_matches("_output");
        let is_word = name.len() > 2 && name.len() < 40 && name.chars().next().is_some_and(|c| c.is_ascii_alphabetic());
        // What exporters count by.
        let is_made = ["onnx", "p2o", "tmp", "val", "tensor", "input", "node"]
            .iter()
            .any(|word| name.split(|c: char| !c.is_ascii_alphanumeric()).any(|part| part == *word));
        if is_word && !is_made {
            return name.to_owned();
        }
        match op.op.as_str() {
            "MatMul" | "Gemm" => "dense".to_owned(),
            "PRelu" => "prelu".to_owned(),
            op => nn_compiler::snake_case(op),
        }
    }

    /// A layer without weights.
    fn layer(&mut self, class: &str, arguments: &str, operands: Vec<Operand>, hint: &str) -> Value {
        let layer = Layer { class: class.to_owned(), arguments: arguments.to_owned(), name: None };
        self.script.push(What::Layer(layer), operands, 1, hint)
    }

    /// A layer with weights, or the same layer again where all that it has is the same.
    fn weighted(&mut self, op: &Op, layer: Weighted, operands: Vec<Operand>, results: usize) -> Value {
        let hint = self.hint(op);
        let again = |owner: &&Owner| {
            let same = |a: &Array, b: &Array| {
                Rc::ptr_eq(&a.values, &b.values) || (owner.node == op.node && a.values == b.values)
            };
            owner.class == layer.class
                && owner.arguments == layer.arguments
                && owner.sources.len() == layer.sources.len()
                && owner.sources.iter().zip(&layer.sources).all(|(a, b)| same(a, b))
        };
        if let Some(owner) = self.owners.iter().find(again) {
            return self.script.push(What::Again(owner.id), operands, results, &hint);
        }
        let what = Layer { class: layer.class.to_owned(), arguments: layer.arguments.clone(), name: layer.name };
        let value = self.script.push(What::Layer(what), operands, results, &hint);
        let id = self.script.nodes.len() - 1;
        self.weights.insert(id, layer.arrays);
        self.owners.push(Owner {
            class: layer.class.to_owned(),
            arguments: layer.arguments,
            node: op.node.clone(),
            sources: layer.sources,
            id,
        });
        value
    }

    /// A layer's name by that of its weights: `conv1` for `conv1.weight`.
    fn name_of(&self, id: Id) -> Option<String> {
        let name = self.flat.values[id].name.as_str();
        let name = name.strip_suffix(".weight").or_else(|| name.strip_suffix(".kernel"))?;
        // What tools put before it ends with these.
        let name = name.rsplit("::").next().and_then(|name| name.rsplit("__").next()).unwrap_or(name);
        (!name.is_empty() && name.len() < 60).then(|| name.to_owned())
    }

    /// A free weight that is not trained.
    fn free(&mut self, array: &Array, shape: &[usize], hint: &str) -> Value {
        let known =
            |(other, of, _): &&(Array, Vec<usize>, Value)| Rc::ptr_eq(&other.values, &array.values) && *of == shape;
        if let Some((_, _, value)) = self.constants.iter().find(known) {
            return *value;
        }
        let what = What::Weight { name: hint.to_owned(), shape: shape.to_vec(), trainable: false };
        let value = self.script.push(what, Vec::new(), 1, hint);
        let array = array.shaped(shape.to_vec());
        self.weights.insert(self.script.nodes.len() - 1, vec![array.clone()]);
        self.shapes.insert(value, shape.to_vec());
        self.constants.push((array, shape.to_vec(), value));
        value
    }
}

/// Numbers as an argument: one alone, several in brackets.
fn tuple(sizes: &[usize]) -> String {
    match sizes {
        [one] => one.to_string(),
        all if all.windows(2).all(|pair| pair[0] == pair[1]) => all[0].to_string(),
        all => format!("({})", all.iter().map(usize::to_string).collect::<Vec<_>>().join(", ")),
    }
}

/// Arguments as they are written, without those that are nothing.
fn arguments<const N: usize>(parts: [String; N]) -> String {
    parts.into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join(", ")
}
