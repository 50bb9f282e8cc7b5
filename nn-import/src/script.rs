//! A network that is being written down: layers on values, and the text that a person would have written for them.

mod blocks;
mod names;
mod print;

use blocks::{Block, Gone};

pub use print::number_text;

use std::collections::HashMap;

/// A network before it is text. Nodes stand in an order in which every value is there before it is used.
#[derive(Clone, Debug, Default)]
pub struct Script {
    /// The name of the network in its file, in any spelling.
    pub name: String,
    pub inputs: Vec<Input>,
    pub nodes: Vec<Node>,
    /// Names as they shall be where the language allows it, and values.
    pub outputs: Vec<(String, Value)>,
    /// Parts that are there several times; they are found when the network is written down.
    pub blocks: Vec<Block>,
}

/// An input of a network.
#[derive(Clone, Debug)]
pub struct Input {
    /// In any spelling.
    pub name: String,
    /// Of one sample.
    pub shape: Vec<usize>,
    pub kind: Kind,
}

/// The elements of an input.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    Real,
    Id,
    Byte,
}

/// A value: what goes in, or a result of a node.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Value {
    Input(usize),
    Result { node: usize, result: usize },
}

impl Value {
    /// The only result of a node.
    pub fn of(node: usize) -> Self {
        Value::Result { node, result: 0 }
    }
}

/// What a node is computed from.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Operand {
    Value(Value),
    Number(f64),
}

/// A step of the network.
#[derive(Clone, Debug)]
pub struct Node {
    pub what: What,
    pub operands: Vec<Operand>,
    pub results: usize,
    /// What the value is called in the file, in any spelling; it becomes the name of the `let` where there is one.
    pub hint: String,
}

/// What a node does.
#[derive(Clone, Debug)]
pub enum What {
    /// A layer, whose weights are its own.
    Layer(Layer),
    /// The layer of an earlier node, on other values.
    Again(usize),
    /// `+`, `-`, `*` or `/`.
    Infix(char),
    Negative,
    /// What stands between the brackets: `.., 1..5`.
    Slice(String),
    /// A copy of a block.
    Copy(usize),
    /// What the call before has left.
    State {
        name: String,
        shape: Vec<usize>,
    },
    /// The first operand, a state, is the second one in the next call; it has no result.
    Assign,
    /// A free weight.
    Weight {
        name: String,
        shape: Vec<usize>,
        trainable: bool,
    },
}

/// A layer as it is written.
#[derive(Clone, Debug)]
pub struct Layer {
    /// As Keras spells it.
    pub class: String,
    /// What stands between the angle brackets; may be empty.
    pub arguments: String,
    /// The name in the file, in any spelling; without one it gets Keras'.
    pub name: Option<String>,
}

/// The text of a network, and what its layers are called in it.
#[derive(Clone, Debug)]
pub struct Printed {
    pub text: String,
    /// For each node that has weights of its own: the name that begins theirs.
    pub names: Vec<Option<String>>,
}

impl Script {
    /// Adds a node, and returns its only (or first) result.
    pub fn push(&mut self, what: What, operands: Vec<Operand>, results: usize, hint: &str) -> Value {
        self.nodes.push(Node { what, operands, results, hint: hint.to_owned() });
        Value::of(self.nodes.len() - 1)
    }

    /// Writes the network down. Nodes that no output needs are left out.
    pub fn print(&self) -> Printed {
        let (script, gone) = blocks::fold(self, &self.needed());
        let needed = script.needed();
        let names = names::layers(&script, &print::order(&script, &needed));
        let inner: Vec<Vec<Option<names::Name>>> = script.blocks.iter().map(|block| block.body.own_names()).collect();
        let text = print::print(&script, &needed, &names, &inner);
        let name = |gone: &Option<Gone>| {
            let Gone { node, inner: within } = (*gone)?;
            let name = names[node].as_ref()?;
            match (within, &script.nodes[node].what) {
                (Some(place), What::Copy(block)) => {
                    inner[*block][place].as_ref().map(|inner| format!("{}_{}", name.text, inner.text))
                }
                _ => Some(name.text.clone()),
            }
        };
        Printed { text, names: gone.iter().map(name).collect() }
    }

    /// The names of a block's layers, within it.
    fn own_names(&self) -> Vec<Option<names::Name>> {
        names::layers(self, &print::order(self, &self.needed()))
    }

    /// Which nodes the outputs need.
    fn needed(&self) -> Vec<bool> {
        let mut needed = vec![false; self.nodes.len()];
        let mark = |needed: &mut Vec<bool>, value: &Value| {
            if let Value::Result { node, .. } = value {
                needed[*node] = true;
            }
        };
        self.outputs.iter().for_each(|(_, value)| mark(&mut needed, value));
        for (id, _) in self.nodes.iter().enumerate().filter(|(_, node)| matches!(node.what, What::Assign)) {
            needed[id] = true;
        }
        for (id, node) in self.nodes.iter().enumerate().rev().filter(|(_, node)| !node.operands.is_empty()) {
            if needed[id] {
                node.values().for_each(|value| mark(&mut needed, value));
            }
        }
        needed
    }

    /// How often each value is read, outputs included.
    fn uses(&self, needed: &[bool]) -> HashMap<Value, usize> {
        let mut uses = HashMap::new();
        let nodes = self.nodes.iter().zip(needed).filter(|(_, needed)| **needed).map(|(node, _)| node);
        let read = nodes.flat_map(Node::values).chain(self.outputs.iter().map(|(_, value)| value));
        read.for_each(|value| *uses.entry(*value).or_insert(0) += 1);
        uses
    }
}

impl Node {
    /// Other values in the place of those that it reads.
    fn rename(&mut self, values: &HashMap<Value, Value>) {
        for operand in &mut self.operands {
            if let Operand::Value(value) = operand {
                *value = values.get(value).copied().unwrap_or(*value);
            }
        }
    }

    fn values(&self) -> impl Iterator<Item = &Value> {
        self.operands.iter().filter_map(|operand| match operand {
            Operand::Value(value) => Some(value),
            Operand::Number(_) => None,
        })
    }
}
