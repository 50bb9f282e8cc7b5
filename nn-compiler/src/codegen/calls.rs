//! The call of one step of training, forward and backward.

use proc_macro2::{Ident, TokenStream};
use quote::{format_ident, quote};

use super::training::Direction;
use super::{Context, buffers};
use crate::layers::Op;
use crate::layers::activation::Function;
use crate::layers::emit::{Call, Emit};
use crate::layers::softmax::emit as softmax;
use crate::names::number;
use crate::plan::gradients::{Gradient, Need};
use crate::plan::training::{OutputActivation, TrainKind, TrainStep};
use crate::shapes::ValueId;

/// What emits a step, and the buffers it works on.
pub fn call<'a>(
    cx: &'a Context<'_>,
    index: usize,
    step: &'a TrainStep,
    direction: Direction,
) -> (Box<dyn Emit + 'a>, Call<'a>) {
    let field = |value: ValueId| buffers::field(cx, value);
    let read = |value: &ValueId| {
        let name = field(*value);
        quote!(&values.#name)
    };
    let written = |value: &Option<ValueId>| {
        value.map(field).map(|name| match direction {
            Direction::Forward => quote!(&mut values.#name),
            Direction::Backward => quote!(&values.#name),
        })
    };
    let gradient = |value: &Option<ValueId>| value.map(field).map(|name| quote!(&gradients.#name));
    let activation = match &step.kind {
        TrainKind::Layer { activation: Some(function), .. } => function.value(),
        _ => Function::Linear.value(),
    };
    let inputs: Vec<TokenStream> = step.inputs.iter().map(read).collect();
    let outputs: Vec<Option<TokenStream>> = step.outputs.iter().map(written).collect();
    let doutputs: Vec<Option<TokenStream>> = step.outputs.iter().map(gradient).collect();
    let dinputs = (0..step.inputs.len()).map(|input| optional_gradient(cx, step, input)).collect();
    let first = |tokens: &[Option<TokenStream>]| tokens.first().cloned().flatten().unwrap_or_default();
    let call = Call {
        node: &cx.plan.graph.nodes[step.node().unwrap_or(0)],
        x: inputs.first().cloned().unwrap_or_default(),
        y: first(&outputs),
        dy: first(&doutputs),
        dx: step.inputs.first().map(|_| gradient_place(cx, step, 0)).unwrap_or_default(),
        masks: step.masks.iter().map(|mask| mask.as_ref().map(read)).collect(),
        inputs,
        outputs,
        doutputs,
        dinputs,
        kept: written(&step.kept).unwrap_or_default(),
        dkept: step.kept.map(field).map(|name| quote!(&mut gradients.#name)).unwrap_or_default(),
        activation,
        index,
        statistics: statistics(cx, step),
    };
    let emit: Box<dyn Emit + 'a> = match &step.kind {
        TrainKind::Activation { function } => Box::new(function.clone()),
        TrainKind::Softmax { axes, log } => Box::new(softmax::Row { axes: axes.clone(), log: *log }),
        TrainKind::Copy => Box::new(Copy),
        TrainKind::Layer { .. } => Box::new(OfNode(call.node)),
    };
    (emit, call)
}

/// The entry of a BatchNormalization that learns its statistics from the batch.
fn statistics(cx: &Context<'_>, step: &TrainStep) -> Option<Ident> {
    let node = &cx.plan.graph.nodes[step.node()?];
    let learns = matches!(&node.op, Op::BatchNormalization(layer) if layer.trainable);
    learns.then(|| node.name.clone())
}

/// Whether the gradient of an input is only there on request.
fn on_request(cx: &Context<'_>, value: ValueId) -> bool {
    cx.plan.training.needs[value] == Some(Need::OnRequest)
}

/// Whether the whole of backward is only there on request: nothing here learns, and nothing before.
fn step_on_request(cx: &Context<'_>, step: &TrainStep) -> bool {
    step.outputs.iter().flatten().all(|output| on_request(cx, *output))
}

/// Where a step writes the gradient of an input: `&mut gradients.x`, or a buffer that is added to it.
fn gradient_place(cx: &Context<'_>, step: &TrainStep, input: usize) -> TokenStream {
    let name = buffers::field(cx, step.inputs[input]);
    match step.gradients[input] {
        Gradient::None => TokenStream::new(),
        Gradient::Written => quote!(&mut gradients.#name),
        Gradient::Added => {
            let spare = spare(cx, step, input);
            quote!(#spare)
        }
    }
}

/// `dx` for the input `x`; numbered where it is there twice.
fn spare(cx: &Context<'_>, step: &TrainStep, input: usize) -> Ident {
    let twice = step.inputs.iter().filter(|other| **other == step.inputs[input]).count() > 1;
    let name = buffers::field(cx, step.inputs[input]);
    if twice { format_ident!("d{name}_{input}") } else { format_ident!("d{name}") }
}

/// The same as an `Option`.
fn optional_gradient(cx: &Context<'_>, step: &TrainStep, input: usize) -> TokenStream {
    let place = gradient_place(cx, step, input);
    match step.gradients[input] {
        Gradient::None => quote!(rt::None),
        _ if on_request(cx, step.inputs[input]) && !step_on_request(cx, step) => {
            quote!(pass.input_gradient.then_some(#place))
        }
        _ => quote!(rt::Some(#place)),
    }
}

/// The gradient through one step; that of an output's activation is skipped where the loss took the logits.
pub fn backward(cx: &Context<'_>, index: usize, step: &TrainStep) -> TokenStream {
    if step.outputs.iter().flatten().all(|output| cx.plan.training.needs[*output] == Some(Need::Never)) {
        return TokenStream::new();
    }
    let (emit, call) = call(cx, index, step, Direction::Backward);
    let through_activation = match (&step.derivative, step.outputs[0]) {
        (Some(function), Some(value)) => {
            let (y, value, function) = (&call.y, buffers::field(cx, value), function.value());
            Some(quote!(rt::activation::backward_in_place(simd, #y, &mut gradients.#value, #function);))
        }
        _ => None,
    };
    let backward = adding(cx, step, emit.backward(&call));
    let backward = match emit.rows(&call) {
        Some(_) => quote!(if !pass.rows { #backward }),
        None => backward,
    };
    let zeros = step.unread.iter().map(|value| {
        let name = buffers::field(cx, *value);
        quote!(rt::clear(&mut gradients.#name);)
    });
    let tokens = quote!(#(#zeros)* #through_activation #backward);
    let outputs = cx.plan.training.outputs.iter().enumerate();
    let mut of_logits = outputs.filter(|(_, output)| output.activation != OutputActivation::Other);
    if let Some((output, _)) = of_logits.find(|(_, output)| step.outputs == [Some(output.value)]) {
        let output = number(output);
        return quote!(if !pass.from_logits[#output] { #tokens });
    }
    if step_on_request(cx, step) { quote!(if pass.input_gradient { #tokens }) } else { tokens }
}

/// A backward with the buffers for gradients that others have begun, and their addition.
pub fn adding(cx: &Context<'_>, step: &TrainStep, backward: TokenStream) -> TokenStream {
    let added: Vec<usize> = (0..step.inputs.len()).filter(|input| step.gradients[*input] == Gradient::Added).collect();
    if added.is_empty() {
        return backward;
    }
    let names: Vec<Ident> = added.iter().map(|input| spare(cx, step, *input)).collect();
    let lens = added.iter().map(|input| &cx.plan.training.flow.values[step.inputs[*input]].len);
    let sums = added.iter().zip(&names).map(|(input, name)| {
        let to = buffers::field(cx, step.inputs[*input]);
        let sum = quote!(rt::add(simd, #name, &mut gradients.#to););
        let asked = on_request(cx, step.inputs[*input]) && !step_on_request(cx, step);
        if asked { quote!(if pass.input_gradient { #sum }) } else { sum }
    });
    quote!({
        let [#(#names),*] = rt::spare(spare, samples, [#(#lens),*]);
        #backward
        #(#sums)*
    })
}

/// The layer of a node, by reference.
struct OfNode<'a>(&'a crate::shapes::Node);

impl Emit for OfNode<'_> {
    fn forward(&self, call: &Call<'_>) -> TokenStream {
        self.0.op.emit().map(|layer| layer.forward(call)).unwrap_or_default()
    }

    fn backward(&self, call: &Call<'_>) -> TokenStream {
        self.0.op.emit().map(|layer| layer.backward(call)).unwrap_or_default()
    }

    fn rows(&self, call: &Call<'_>) -> Option<TokenStream> {
        self.0.op.emit()?.rows(call)
    }
}

/// An output that no step computes.
struct Copy;

impl Emit for Copy {
    fn forward(&self, call: &Call<'_>) -> TokenStream {
        let (x, y) = (&call.x, &call.y);
        quote!(rt::copy(#x, #y);)
    }

    fn backward(&self, call: &Call<'_>) -> TokenStream {
        let (dy, dx) = (&call.dy, &call.dx);
        quote!(rt::copy(#dy, #dx);)
    }
}
