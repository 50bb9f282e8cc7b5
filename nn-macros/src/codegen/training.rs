//! The code of training: forward layer by layer, backward in reverse, in phases.

use proc_macro2::{Ident, TokenStream};
use quote::{format_ident, quote};

use super::Context;
use crate::layers::Op;
use crate::layers::activation::Function;
use crate::layers::batch_normalization::BatchNormalization;
use crate::layers::emit::{Call, Emit};
use crate::layers::softmax::emit as softmax;
use crate::names::{float, number};
use crate::plan::training::{OutputActivation, TrainKind, TrainStep};
use crate::shapes::dim::Dim;

/// `impl Train` and the buffers of a shard; nothing where the runtime is built without `std`.
pub fn generate(cx: &Context<'_>) -> TokenStream {
    let (activations, statistics) = (activations(cx), statistics(cx));
    let (name, phases) = (&cx.name, phases(cx));
    let phase_count = number(phases);
    let (activations_name, statistics_name) = (cx.named("Activations"), cx.named("Statistics"));
    let output = match cx.plan.training.output {
        OutputActivation::Other => quote!(Other),
        OutputActivation::Sigmoid => quote!(Sigmoid),
        OutputActivation::Softmax => quote!(Softmax),
    };
    let forward = (0..phases).map(|phase| forward_phase(cx, phase));
    let backward = (0..phases).map(|phase| backward_phase(cx, phase));
    let (meet_forward, meet_backward) = (meet(cx, Direction::Forward), meet(cx, Direction::Backward));
    let update = update_moving(cx);
    let shard = quote!(rt::Shard<#activations_name, Self::Element>);
    quote! {
        rt::if_std! {
            #activations
            #statistics
            impl rt::Train for #name {
                type Activations = #activations_name;
                type Statistics = #statistics_name;
                const PHASES: usize = #phase_count;
                const OUTPUT_ACTIVATIONS: &'static [rt::OutputActivation] = &[rt::OutputActivation::#output];

                #[inline(always)]
                fn forward_phase<S: rt::Simd>(
                    &self,
                    simd: S,
                    phase: usize,
                    pass: &rt::Pass<'_, #statistics_name>,
                    shard: &mut #shard,
                ) {
                    let rt::Shard { samples, first, values, scratch, .. } = shard;
                    let (samples, first) = (*samples, *first);
                    match phase { #(#forward)* _ => {} }
                }

                #[inline(always)]
                fn backward_phase<S: rt::Simd>(
                    &self,
                    simd: S,
                    phase: usize,
                    pass: &rt::Pass<'_, #statistics_name>,
                    shard: &mut #shard,
                    sums: &mut Self,
                ) {
                    let rt::Shard { samples, first, values, gradients, scratch, .. } = shard;
                    let (samples, first) = (*samples, *first);
                    match phase { #(#backward)* _ => {} }
                }

                fn meet_forward(phase: usize, shards: &[#shard], statistics: &mut #statistics_name) {
                    #meet_forward
                }

                fn meet_backward(phase: usize, shards: &[#shard], statistics: &mut #statistics_name) {
                    #meet_backward
                }

                fn update_moving(&mut self, statistics: &#statistics_name) {
                    #update
                }
            }
        }
    }
}

/// The field that holds the network's input: no layer can have this name.
fn input_field() -> Ident {
    format_ident!("input")
}

/// The buffers of a shard: one for the input and one for what each step computes.
fn activations(cx: &Context<'_>) -> TokenStream {
    let (name, input, dtype) = (cx.named("Activations"), cx.named("Input"), &cx.dtype);
    let steps = &cx.plan.training.steps;
    let (fields, lens): (Vec<Ident>, Vec<Dim>) = std::iter::once((input_field(), Dim::product(&cx.plan.graph.input)))
        .chain(steps.iter().map(|step| (step.value.clone(), step.len.clone())))
        .unzip();
    let gathered: Vec<Ident> = normalizations(cx).map(gathered_field).collect();
    let output = steps.last().map_or_else(input_field, |step| step.value.clone());
    let logits = logits(cx);
    quote! {
        #[derive(Clone, Debug)]
        pub struct #name {
            #(#fields: rt::alloc::vec::Vec<#dtype>,)*
            #(#gathered: rt::batch_normalization::Gathered<#dtype>,)*
        }
        impl rt::Activations for #name {
            type Element = #dtype;
            type Input = #input;
            fn new(samples: usize) -> Self {
                Self {
                    #(#fields: rt::alloc::vec![0.0; samples * #lens],)*
                    #(#gathered: ::core::default::Default::default(),)*
                }
            }
            fn resize(&mut self, samples: usize) {
                #(self.#fields.resize(samples * #lens, 0.0);)*
            }
            fn load(&mut self, sample: usize, x: &#input) {
                let x = rt::Tensor::as_flat(x);
                self.input[sample * x.len()..][..x.len()].copy_from_slice(x);
            }
            fn input(&self, _: usize) -> &[#dtype] { &self.input }
            fn output(&self, _: usize) -> &[#dtype] { &self.#output }
            fn output_mut(&mut self, _: usize) -> &mut [#dtype] { &mut self.#output }
            fn logits(&self, _: usize) -> &[#dtype] { &self.#logits }
            fn logits_mut(&mut self, _: usize) -> &mut [#dtype] { &mut self.#logits }
        }
    }
}

/// The buffer before the output's activation, or the output itself.
fn logits(cx: &Context<'_>) -> Ident {
    let steps = &cx.plan.training.steps;
    let back = if cx.plan.training.output == OutputActivation::Other { 1 } else { 2 };
    steps.len().checked_sub(back).map_or_else(input_field, |index| steps[index].value.clone())
}

/// The steps that normalize by the statistics of the batch.
fn normalizations<'a>(cx: &'a Context<'_>) -> impl Iterator<Item = &'a TrainStep> {
    cx.plan.training.steps.iter().filter(|step| batch_statistics(cx, step))
}

fn batch_statistics(cx: &Context<'_>, step: &TrainStep) -> bool {
    let Some(node) = step.node() else { return false };
    matches!(&cx.plan.graph.nodes[node].op, Op::BatchNormalization(layer) if layer.trainable)
}

/// `batch_normalization_gathered`: what a shard gathers for that layer.
fn gathered_field(step: &TrainStep) -> Ident {
    format_ident!("{}_gathered", step.value)
}

/// One entry for each BatchNormalization.
fn statistics(cx: &Context<'_>) -> TokenStream {
    let (name, dtype) = (cx.named("Statistics"), &cx.dtype);
    let fields = normalizations(cx).map(|step| &step.value);
    quote! {
        #[derive(Clone, Debug, Default)]
        pub struct #name {
            #(#fields: rt::batch_normalization::Statistics<#dtype>,)*
        }
    }
}

fn phases(cx: &Context<'_>) -> usize {
    cx.plan.training.steps.last().map_or(0, |step| step.phase) + 1
}

/// Forward: the steps of the phase, then what the next phase's BatchNormalization gathers.
fn forward_phase(cx: &Context<'_>, phase: usize) -> TokenStream {
    let steps = &cx.plan.training.steps;
    let calls = steps.iter().enumerate().filter(|(_, step)| step.phase == phase).map(|(index, step)| {
        let (emit, call) = call(cx, index, step, Direction::Forward);
        emit.forward(&call)
    });
    let gather = opening(cx, phase + 1).map(|(layer, call)| layer.gather(&call));
    let phase = number(phase);
    quote!(#phase => { #(#calls)* #gather })
}

/// Backward: the steps of the phase in reverse. The BatchNormalization that opens the phase only
/// gathers here; after the shards have met, the phase before begins with its gradient.
fn backward_phase(cx: &Context<'_>, phase: usize) -> TokenStream {
    let steps = cx.plan.training.steps.iter().enumerate().rev();
    let after_meeting = opening(cx, phase + 1).map(|(layer, call)| layer.backward(&call));
    let calls = steps
        .filter(|(_, step)| step.phase == phase && !batch_statistics(cx, step))
        .map(|(index, step)| backward_step(cx, index, step));
    let gather = opening(cx, phase).map(|(layer, call)| layer.gather_backward(&call));
    let phase = number(phase);
    quote!(#phase => { #after_meeting #(#calls)* #gather })
}

/// The gradient through one step; that of the output's activation is skipped where the loss took the logits.
fn backward_step(cx: &Context<'_>, index: usize, step: &TrainStep) -> TokenStream {
    let (emit, call) = call(cx, index, step, Direction::Backward);
    let backward = emit.backward(&call);
    let through_activation = match &step.kind {
        TrainKind::Layer { activation: Some(function), .. } => {
            let (y, value, function) = (&call.y, &step.value, function.value());
            Some(quote!(rt::activation::backward_in_place(simd, #y, &mut gradients.#value, #function);))
        }
        _ => None,
    };
    let is_output = index + 1 == cx.plan.training.steps.len();
    if is_output && cx.plan.training.output != OutputActivation::Other {
        quote!(if !pass.from_logits[0] { #through_activation #backward })
    } else {
        quote!(#through_activation #backward)
    }
}

/// The BatchNormalization over the batch that opens a phase.
fn opening<'a>(cx: &'a Context<'_>, phase: usize) -> Option<(&'a BatchNormalization, Call<'a>)> {
    let mut steps = cx.plan.training.steps.iter().enumerate();
    let (index, step) = steps.find(|(_, step)| step.phase == phase && batch_statistics(cx, step))?;
    let (_, call) = call(cx, index, step, Direction::Backward);
    match &call.node.op {
        Op::BatchNormalization(layer) => Some((layer, call)),
        _ => None,
    }
}

/// What emits a step, and the buffers it works on.
fn call<'a>(
    cx: &'a Context<'_>,
    index: usize,
    step: &'a TrainStep,
    direction: Direction,
) -> (Box<dyn Emit + 'a>, Call<'a>) {
    let before = match index.checked_sub(1) {
        Some(before) => cx.plan.training.steps[before].value.clone(),
        None => input_field(),
    };
    let value = &step.value;
    let activation = match &step.kind {
        TrainKind::Layer { activation: Some(function), .. } => function.value(),
        _ => Function::Linear.value(),
    };
    let y = match direction {
        Direction::Forward => quote!(&mut values.#value),
        Direction::Backward => quote!(&values.#value),
    };
    let call = Call {
        node: &cx.plan.graph.nodes[step.node().unwrap_or(0)],
        x: quote!(&values.#before),
        y,
        dy: quote!(&gradients.#value),
        dx: quote!(&mut gradients.#before),
        optional: (index == 0).then(|| quote!(pass.input_gradient)),
        activation,
        index,
        statistics: batch_statistics(cx, step).then(|| value.clone()),
    };
    let emit: Box<dyn Emit + 'a> = match &step.kind {
        TrainKind::Activation { function } => Box::new(function.clone()),
        TrainKind::Softmax { axes, log } => Box::new(softmax::Row { axes: axes.clone(), log: *log }),
        TrainKind::Copy => Box::new(Copy),
        TrainKind::Layer { .. } => Box::new(OfNode(call.node)),
    };
    (emit, call)
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
}

/// A network without a step: its output is its input.
struct Copy;

impl Emit for Copy {
    fn forward(&self, call: &Call<'_>) -> TokenStream {
        let (x, y) = (&call.x, &call.y);
        quote!((#y).copy_from_slice(#x);)
    }

    fn backward(&self, call: &Call<'_>) -> TokenStream {
        let (dy, dx) = (&call.dy, &call.dx);
        quote!((#dx).copy_from_slice(#dy);)
    }
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Direction {
    Forward,
    Backward,
}

/// Between phases: the shards' moments or sums become those of the batch, in the order of the shards.
fn meet(cx: &Context<'_>, direction: Direction) -> TokenStream {
    let arms = normalizations(cx).map(|step| {
        let (value, gathered) = (&step.value, gathered_field(step));
        match direction {
            Direction::Forward => {
                let phase = number(step.phase - 1);
                quote!(#phase => statistics.#value.combine(shards.iter().map(|shard| &shard.values.#gathered)),)
            }
            Direction::Backward => {
                let phase = number(step.phase);
                quote!(#phase => statistics.#value.combine_backward(shards.iter().map(|shard| &shard.gradients.#gathered)),)
            }
        }
    });
    quote!(match phase { #(#arms)* _ => {} })
}

fn update_moving(cx: &Context<'_>) -> TokenStream {
    normalizations(cx)
        .map(|step| {
            let Some(node) = step.node() else { return TokenStream::new() };
            let node = &cx.plan.graph.nodes[node];
            let Op::BatchNormalization(layer) = &node.op else { return TokenStream::new() };
            let (field, value, momentum) = (&node.name, &step.value, float(layer.momentum));
            quote!(rt::batch_normalization::update_moving(&mut self.#field, &statistics.#value, #momentum);)
        })
        .collect()
}
