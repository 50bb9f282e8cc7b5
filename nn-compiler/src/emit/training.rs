//! The code of training: forward layer by layer, backward in reverse, in phases.

use proc_macro2::{Ident, TokenStream, TokenTree};
use quote::{format_ident, quote};

use nn_graph::Op;
use nn_graph::op::BatchNormalization;
use nn_graph::plan::training::{OutputActivation, TrainStep};

use super::names::{float, number};
use super::ops::{self, Call};
use super::{Context, buffers, calls, penalties};

/// `impl Train` and the buffers of a shard; nothing where the runtime is built without `std`.
pub fn generate(cx: &Context<'_>) -> TokenStream {
    if !cx.program.graph.trains() {
        return TokenStream::new();
    }
    let activations = buffers::generate(cx);
    let (name, phases) = (&cx.name, number(phases(cx)));
    let activations_name = cx.named("Activations");
    let outputs = cx.program.training.outputs.iter().map(|output| match output.activation {
        OutputActivation::Other => quote!(rt::OutputActivation::Other),
        OutputActivation::Sigmoid => quote!(rt::OutputActivation::Sigmoid),
        OutputActivation::Softmax => quote!(rt::OutputActivation::Softmax),
    });
    let (forward, backward) = (forward(cx), backward(cx));
    let (update, penalties, carried) = (update_moving(cx), penalties::training(cx), carried(cx));
    let (tables, rows) = rows(cx).unzip();
    quote! {
        rt::if_std! {
            #activations
            impl rt::Train for #name {
                type Activations = #activations_name;
                const PHASES: usize = #phases;
                const OUTPUT_ACTIVATIONS: &'static [rt::OutputActivation] = &[#(#outputs),*];
                #tables

                #forward
                #backward
                #rows
                #update
                #penalties
                #carried
            }
        }
    }
}

fn forward(cx: &Context<'_>) -> TokenStream {
    let activations = cx.named("Activations");
    let body = by_phase(cx, forward_phase);
    let parts = parts(&body, &["samples", "first", "values", "scratch", "states"]);
    quote! {
        #[inline(always)]
        fn forward_phase<S: rt::Simd>(
            &self,
            simd: S,
            phase: usize,
            pass: &rt::Pass<'_>,
            shard: &mut rt::Shard<#activations, Self::Element>,
        ) {
            #parts
            #body
        }
    }
}

fn backward(cx: &Context<'_>) -> TokenStream {
    let activations = cx.named("Activations");
    let body = by_phase(cx, backward_phase);
    let parts = parts(&body, &["samples", "first", "values", "gradients", "scratch", "spare"]);
    quote! {
        #[inline(always)]
        fn backward_phase<S: rt::Simd>(
            &self,
            simd: S,
            phase: usize,
            pass: &rt::Pass<'_>,
            shard: &mut rt::Shard<#activations, Self::Element>,
            sums: &mut Self,
        ) {
            #parts
            #body
        }
    }
}

/// The code of a phase; a choice among them where there are several.
fn by_phase(cx: &Context<'_>, code: fn(&Context<'_>, usize) -> TokenStream) -> TokenStream {
    match phases(cx) {
        1 => code(cx, 0),
        phases => {
            let arms = (0..phases).map(|phase| {
                let (number, code) = (number(phase), code(cx, phase));
                quote!(#number => { #code })
            });
            quote!(match phase { #(#arms)* _ => {} })
        }
    }
}

/// `forward_carried`, where layers go on where the batch before ended.
fn carried(cx: &Context<'_>) -> Option<TokenStream> {
    let [input, output, workspace, state] = ["Input", "Output", "Workspace", "State"].map(|suffix| cx.named(suffix));
    (!cx.program.states.is_empty()).then(|| {
        quote! {
            #[inline(always)]
            fn forward_carried<S: rt::Simd>(
                &self,
                simd: S,
                x: &#input,
                state: &mut [Self::Element],
                workspace: &mut #workspace,
                y: &mut #output,
            ) {
                let mut kept = #state::new();
                rt::copy(state, &mut kept.0[..#state::CARRIED]);
                rt::Stateful::forward_from(self, simd, x, &mut kept, workspace, y);
                rt::copy(&kept.0[..#state::CARRIED], state);
            }
        }
    })
}

/// The tables of which samples use some rows, and their gradients; nothing where there are none.
fn rows(cx: &Context<'_>) -> Option<(TokenStream, TokenStream)> {
    let uses = cx.program.training.steps.iter().filter_map(|step| {
        let call = calls::call(cx, step, Direction::Backward).filter(|call| step.op.lists_rows(call.node))?;
        Some((table(cx, &call.node.field.text)?, ops::rows(&call)))
    });
    let (tables, lists): (Vec<TokenStream>, Vec<TokenStream>) = uses.unzip();
    let activations = cx.named("Activations");
    let arms = lists.iter().enumerate().map(|(of, list)| {
        let of = number(of);
        quote!(#of => #list,)
    });
    let rows = quote! {
        fn rows<'a>(
            shard: &'a rt::Shard<#activations, Self::Element>,
            of: usize,
            list: &mut rt::alloc::vec::Vec<(u32, &'a [Self::Element])>,
        ) {
            let rt::Shard { ref values, ref gradients, .. } = *shard;
            match of {
                #(#arms)*
                _ => {}
            }
        }
    };
    (!tables.is_empty()).then(|| (quote!(const TABLES: &'static [usize] = &[#(#tables),*];), rows))
}

/// The index of the first weight of a field in the table of weights.
fn table(cx: &Context<'_>, field: &str) -> Option<TokenStream> {
    let (mut before, mut lists) = (0, Vec::new());
    for owner in cx.program.graph.owners() {
        if owner.field.text == field {
            let before = number(before);
            return Some(quote!(#before #(+ #lists.len())*));
        }
        match ops::unknown(cx, owner, "LIST") {
            Some(list) => lists.push(list),
            None => before += owner.params.len(),
        }
    }
    None
}

/// Takes a shard apart, into what the code refers to.
fn parts(code: &TokenStream, names: &[&str]) -> Option<TokenStream> {
    let fields = names.iter().filter(|name| mentions(code.clone(), name)).map(|name| {
        let field = format_ident!("{name}");
        if matches!(*name, "samples" | "first") { quote!(#field) } else { quote!(ref mut #field) }
    });
    let fields: Vec<TokenStream> = fields.collect();
    (!fields.is_empty()).then(|| quote!(let rt::Shard { #(#fields,)* .. } = *shard;))
}

/// Whether a name stands in the code.
fn mentions(code: TokenStream, name: &str) -> bool {
    code.into_iter().any(|token| match token {
        TokenTree::Ident(ident) => ident == name,
        TokenTree::Group(group) => mentions(group.stream(), name),
        TokenTree::Punct(_) | TokenTree::Literal(_) => false,
    })
}

/// The steps that normalize by the statistics of the batch, with what they normalize and the name of their node.
pub fn normalizations<'a>(cx: &'a Context<'_>) -> impl Iterator<Item = (&'a TrainStep, &'a BatchNormalization, Ident)> {
    cx.program.training.steps.iter().filter_map(|step| match &step.op {
        Op::BatchNormalization(op) if op.trainable => {
            Some((step, op, cx.ident(&cx.program.graph.nodes[step.node?].name)))
        }
        _ => None,
    })
}

/// `__batch_normalization_partial`: what a shard gathers for that layer. No layer has such a name: it would begin with `__`.
pub fn partial_field(name: &Ident) -> Ident {
    format_ident!("__{name}_partial")
}

fn phases(cx: &Context<'_>) -> usize {
    cx.program.training.steps.last().map_or(0, |step| step.phase) + 1
}

/// Forward: the steps of the phase, then what the next phase's BatchNormalization gathers.
fn forward_phase(cx: &Context<'_>, phase: usize) -> TokenStream {
    let steps = cx.program.training.steps.iter();
    let calls = steps.filter(|step| step.phase == phase).map(|step| calls::forward(cx, step));
    let gather = opening(cx, phase + 1).map(|(op, _, call)| ops::gather(op, &call));
    quote!(#(#calls)* #gather)
}

/// Backward: the steps of the phase in reverse. The BatchNormalization that opens the phase only
/// gathers here; after the shards have met, the phase before begins with its gradient.
fn backward_phase(cx: &Context<'_>, phase: usize) -> TokenStream {
    let steps = cx.program.training.steps.iter().rev();
    let after_synchronisation =
        opening(cx, phase + 1).map(|(op, step, call)| calls::adding(cx, step, ops::Emit::backward(op, &call)));
    let calls = steps.filter(|step| step.phase == phase && !step.op.meets_batch());
    let calls = calls.map(|step| calls::backward(cx, step));
    let gather = opening(cx, phase).map(|(op, _, call)| ops::gather_backward(op, &call));
    quote!(#after_synchronisation #(#calls)* #gather)
}

/// The BatchNormalization over the batch that opens a phase.
fn opening<'a>(cx: &'a Context<'_>, phase: usize) -> Option<(&'a BatchNormalization, &'a TrainStep, Call<'a>)> {
    let (step, op, _) = normalizations(cx).find(|(step, ..)| step.phase == phase)?;
    Some((op, step, calls::call(cx, step, Direction::Backward)?))
}

#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Direction {
    Forward,
    Backward,
}

/// Moves moving statistics after a step; nothing where there are none.
fn update_moving(cx: &Context<'_>) -> Option<TokenStream> {
    let updates = normalizations(cx).map(|(step, op, _)| {
        let field = step.node.map(|node| cx.field(&cx.program.graph.nodes[node]));
        let (momentum, place) = (float(op.momentum), number(step.phase - 1));
        quote!(rt::batch_normalization::update_moving(&mut self.#field, &statistics[#place], #momentum);)
    });
    let updates: Vec<TokenStream> = updates.collect();
    (!updates.is_empty()).then(
        || quote!(fn update_moving(&mut self, statistics: &[rt::batch_normalization::Statistics]) { #(#updates)* }),
    )
}
