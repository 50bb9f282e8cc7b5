//! The call of one step of training, forward and backward.

use proc_macro2::{Ident, TokenStream};
use quote::{format_ident, quote};

use nn_graph::graph::{Node, ValueId};
use nn_graph::plan::Step;
use nn_graph::plan::gradients::{Gradient, Need};
use nn_graph::plan::training::{OutputActivation, TrainStep};

use super::names::number;
use super::ops::{self, Call};
use super::training::Direction;
use super::{Context, buffers};

/// The call of a step; `None` for a copy, which has no node.
pub fn call<'a>(cx: &'a Context<'_>, step: &TrainStep, direction: Direction) -> Option<Call<'a>> {
    let node: &Node = &cx.program.graph.nodes[step.node?];
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
    let inputs: Vec<TokenStream> = step.inputs.iter().map(read).collect();
    let outputs: Vec<Option<TokenStream>> = step.outputs.iter().map(written).collect();
    let doutputs: Vec<Option<TokenStream>> = step.outputs.iter().map(gradient).collect();
    let dinputs = (0..step.inputs.len()).map(|input| optional_gradient(cx, step, input)).collect();
    let first = |tokens: &[Option<TokenStream>]| tokens.first().cloned().flatten().unwrap_or_default();
    Some(Call {
        cx,
        node,
        x: inputs.first().cloned().unwrap_or_default(),
        y: first(&outputs),
        dy: first(&doutputs),
        dx: step.inputs.first().map(|_| gradient_place(cx, step, 0)).unwrap_or_default(),
        masks: step.masks.iter().map(|mask| mask.as_ref().map(read)).collect(),
        inputs,
        outputs,
        doutputs,
        dinputs,
        saved: written(&step.saved).unwrap_or_default(),
        dsaved: step.saved.map(field).map(|name| quote!(&mut gradients.#name)).unwrap_or_default(),
        activation: step.activation,
        state: state(cx, step),
        stream: step.streams.start,
        statistics: step
            .op
            .meets_batch()
            .then(|| ops::Statistics { name: cx.ident(&node.name), place: number(step.phase - 1) }),
    })
}

/// The part of the state that a step of training reads and leaves: that of the step of inference with the same weights.
fn state(cx: &Context<'_>, step: &TrainStep) -> Option<Ident> {
    let of_node = |other: &&Step| other.node == step.node && other.state.is_some();
    let part = cx.program.steps.iter().find(of_node).filter(|_| step.saved.is_some())?.state?;
    Some(cx.ident(&cx.program.states[part].0))
}

/// Forward of one step.
pub fn forward(cx: &Context<'_>, step: &TrainStep) -> TokenStream {
    match call(cx, step, Direction::Forward) {
        Some(call) => ops::of(&step.op).forward(&call),
        None => {
            let (from, to) = ends(cx, step);
            quote!(rt::copy(&values.#from, &mut values.#to);)
        }
    }
}

/// The buffers of a copy.
fn ends(cx: &Context<'_>, step: &TrainStep) -> (Option<Ident>, Option<Ident>) {
    let field = |value: Option<ValueId>| value.map(|value| buffers::field(cx, value));
    (field(step.inputs.first().copied()), field(step.outputs.first().copied().flatten()))
}

/// Whether the gradient of an input is only there on request.
fn on_request(cx: &Context<'_>, value: ValueId) -> bool {
    cx.program.training.needs[value] == Some(Need::OnRequest)
}

/// Whether the whole of backward is only there on request: nothing here learns, and nothing before.
fn step_on_request(cx: &Context<'_>, step: &TrainStep) -> bool {
    step.differentiated().all(|value| on_request(cx, value))
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

/// `dx` for the input `x`; `d1_x` where it is there twice, which the gradient of no other input is called: no name begins with `1`.
fn spare(cx: &Context<'_>, step: &TrainStep, input: usize) -> Ident {
    let twice = step.inputs.iter().filter(|other| **other == step.inputs[input]).count() > 1;
    let name = buffers::field(cx, step.inputs[input]);
    if twice { format_ident!("d{input}_{name}") } else { format_ident!("d{name}") }
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
pub fn backward(cx: &Context<'_>, step: &TrainStep) -> TokenStream {
    if step.differentiated().all(|value| cx.program.training.needs[value] == Some(Need::Never)) {
        return TokenStream::new();
    }
    let call = call(cx, step, Direction::Backward);
    let through_activation = match (&step.derivative, &call) {
        (Some(function), Some(call)) => {
            let (y, value, function) = (&call.y, ends(cx, step).1, cx.activation(Some(function)));
            Some(quote!(rt::activation::backward_in_place(simd, #y, &mut gradients.#value, #function);))
        }
        _ => None,
    };
    let backward = match &call {
        Some(call) => ops::of(&step.op).backward(call),
        None => {
            let (dx, dy) = (gradient_place(cx, step, 0), ends(cx, step).1);
            quote!(rt::copy(&gradients.#dy, #dx);)
        }
    };
    let backward = adding(cx, step, backward);
    let listed = call.as_ref().is_some_and(|call| step.op.lists_rows(call.node));
    let backward = if listed { quote!(if !pass.rows { #backward }) } else { backward };
    let zeros = step.unread.iter().map(|value| {
        let name = buffers::field(cx, *value);
        quote!(rt::clear(&mut gradients.#name);)
    });
    let tokens = quote!(#(#zeros)* #through_activation #backward);
    let outputs = cx.program.training.outputs.iter().enumerate();
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
    let values = &cx.program.training.flow.values;
    let lens = added.iter().map(|input| cx.size(&values[step.inputs[*input]].len));
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
