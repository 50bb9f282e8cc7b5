//! `TimeDistributed<Dense<64>>`: a layer on each step.

use std::rc::Rc;

use proc_macro2::TokenStream;
use quote::quote;

use super::activation::Function;
use super::args::Args;
use super::dense::Dense;
use super::emit::{Call, Emit, Infer, Step};
use super::{Entry, Layer, Op, Placed, Positional, find};
use crate::shapes::dim::{Dim, Shape};
use crate::shapes::masks::{Mask, Masked};
use crate::shapes::rule::{Problem, Site};
use crate::shapes::{Node, Operand};

pub const ENTRY: Entry = Entry {
    names: &["TimeDistributed"],
    positional: Positional::Named { names: &["layer"], required: 1 },
    options: &[],
    read: |args| Rc::new(read(args)),
};

struct TimeDistributed {
    layer: Option<Rc<dyn Layer>>,
}

fn read(args: &mut Args) -> TimeDistributed {
    let takes = "a layer: `TimeDistributed<Dense<64>>`";
    TimeDistributed { layer: args.inner("layer", find, takes, |inner, entry| (entry.read)(inner)) }
}

impl Layer for TimeDistributed {
    fn place(&self, site: &mut Site, inputs: &[Operand]) -> Result<Placed, Problem> {
        let input = site.only(inputs)?;
        let (Some(layer), [steps, step @ ..]) = (&self.layer, input) else {
            return Err(site.problem("needs a layer and an input", ""));
        };
        if step.is_empty() {
            let help = "its input needs an axis of steps before those of the layer inside";
            return Err(site.problem("needs a sequence, but its input is a vector", help));
        }
        let one = Operand { shape: step.to_vec(), ..inputs[0].clone() };
        let inner = layer.place(site, &[one])?;
        let [output] = inner.outputs.as_slice() else {
            let help = "leave `return_state` out: the wrapper hands on one value for each step";
            return Err(site.problem("takes a layer with one result", help));
        };
        let every: Shape = std::iter::once(steps.clone()).chain(output.clone()).collect();
        if every.len() > crate::shapes::rule::MOST_AXES {
            return Err(site.axes(&every));
        }
        if let Op::Conv2D(layer) = &inner.op
            && matches!(layer.activation, Function::Softmax { .. })
        {
            return Err(site.problem("has a softmax inside", "put it behind: `TimeDistributed<…> => Softmax`"));
        }
        let op = on_all(inner.op, steps, step, output);
        let macs = Dim::product([steps, &inner.macs]);
        Ok(Placed { params: inner.params, macs, ..Placed::new(every, op) })
    }

    fn masks(&self, _: &[Operand], masks: &[Option<Mask>]) -> Masked {
        Masked::passed(masks)
    }
}

/// The operation on all steps: those that do not care how many rows there are stay what they are.
fn on_all(op: Op, steps: &Dim, input: &[Dim], output: &[Dim]) -> Op {
    match op {
        Op::Dense(layer) => {
            let activation = layer.activation.on(output.len() + 1);
            Op::Dense(Dense { activation, ..layer })
        }
        Op::Activation(function) => Op::Activation(function.on(output.len() + 1)),
        Op::Softmax(mut layer) => {
            layer.axis += 1;
            Op::Softmax(layer)
        }
        Op::BatchNormalization(mut layer) => {
            layer.axis += 1;
            Op::BatchNormalization(layer)
        }
        Op::Dropout(_) | Op::View => op,
        Op::Conv2D(_) | Op::Pool2D(_) | Op::Concatenate { .. } | Op::Alone(_) => {
            let (input, output) = (input.to_vec(), output.to_vec());
            Op::Alone(Rc::new(Each { op, steps: steps.clone(), input, output }))
        }
    }
}

/// Any other layer: at inference step by step, in training with the steps as samples.
struct Each {
    op: Op,
    steps: Dim,
    input: Shape,
    output: Shape,
}

impl Each {
    /// The node of one step.
    fn node(&self, node: &Node) -> Node {
        let inputs = node.inputs.iter().map(|input| Operand { shape: self.input.clone(), ..input.clone() });
        Node {
            op: self.op.clone(),
            inputs: inputs.collect(),
            input: self.input.clone(),
            output: self.output.clone(),
            ..node.clone()
        }
    }

    /// Lets the layer inside say something.
    fn ask<R>(&self, node: &Node, question: impl FnOnce(&dyn Emit, &Node) -> R) -> Option<R> {
        Some(question(self.op.emit()?, &self.node(node)))
    }
}

impl Emit for Each {
    fn weights(&self, node: &Node, dtype: &TokenStream) -> Option<TokenStream> {
        self.ask(node, |layer, node| layer.weights(node, dtype)).flatten()
    }

    fn geometry(&self, node: &Node) -> TokenStream {
        self.ask(node, |layer, node| layer.geometry(node)).unwrap_or_default()
    }

    fn step(&self, _: &Node) -> Option<Step> {
        Some(Step::of(self.op.clone()))
    }

    fn scratch(&self, node: &Node, dtype: &TokenStream) -> Option<Dim> {
        self.ask(node, |layer, node| layer.scratch(node, dtype)).flatten()
    }

    /// There is one: as in Keras, each step goes on where the one before it stopped.
    fn state(&self, node: &Node) -> Option<Dim> {
        self.ask(node, |layer, node| layer.state(node)).flatten()
    }

    fn infer(&self, call: &Infer<'_>) -> TokenStream {
        let (x, y, scratch) = (call.x(), call.y(), &call.scratch);
        let (input, output) = (Dim::product(&self.input), Dim::product(&self.output));
        let node = self.node(call.node);
        let inner = Infer {
            node: &node,
            inputs: vec![quote!(x)],
            masks: Vec::new(),
            outputs: vec![Some(quote!(y))],
            scratch: quote!(scratch),
            state: call.state.as_ref().map(|state| quote!(&mut *#state)),
            activation: call.activation.clone(),
            in_place: false,
        };
        let each = self.op.emit().map(|layer| layer.infer(&inner));
        quote! {
            let scratch: &mut [Self::Element] = #scratch;
            for (x, y) in #x.chunks_exact(#input).zip(#y.chunks_exact_mut(#output)) {
                let scratch = &mut *scratch;
                #each
            }
        }
    }

    fn activation(&self) -> Function {
        match &self.op {
            Op::Conv2D(layer) => layer.activation.clone(),
            _ => Function::Linear,
        }
    }

    fn kept(&self, node: &Node) -> Option<Dim> {
        let kept = self.ask(node, |layer, node| layer.kept(node)).flatten()?;
        Some(Dim::product([&self.steps, &kept]))
    }

    fn forward(&self, call: &Call<'_>) -> TokenStream {
        let (node, steps) = (self.node(call.node), &self.steps);
        let each = self.op.emit().map(|layer| layer.forward(&Call { node: &node, ..call.clone() }));
        quote!({ let samples = samples * #steps; #each })
    }

    fn backward(&self, call: &Call<'_>) -> TokenStream {
        let (node, steps) = (self.node(call.node), &self.steps);
        let each = self.op.emit().map(|layer| layer.backward(&Call { node: &node, ..call.clone() }));
        quote!({ let samples = samples * #steps; #each })
    }
}
