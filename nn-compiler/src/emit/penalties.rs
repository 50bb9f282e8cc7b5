//! What `activity_regularizer` adds to the loss: of the values of a shard in training, and of those of a sample at inference,
//! which a program of its own computes, so that `infer` knows nothing of it.

use proc_macro2::{Ident, TokenStream};
use quote::{format_ident, quote};

use nn_graph::Op;
use nn_graph::plan::PenaltyProgram;

use super::distinct::Distinct;
use super::{Context, Ends, buffers, data, infer, tables};

/// What `Train` has of it; nothing without a penalty.
pub fn training(cx: &Context<'_>) -> Option<TokenStream> {
    let penalties = cx.program.training.steps.iter().filter_map(|step| match &step.op {
        Op::Penalty(op) => Some((data::regularizer(op), buffers::field(cx, *step.inputs.first()?))),
        _ => None,
    });
    let (regularizers, fields): (Vec<TokenStream>, Vec<Ident>) = penalties.unzip();
    let (activations, input, dtype) = (cx.named("Activations"), cx.named("Input"), &cx.dtype);
    (!fields.is_empty()).then(|| {
        quote! {
            const PENALIZED: bool = true;

            fn penalty(values: &#activations) -> f64 {
                0.0 #(+ rt::Regularizer::value(#regularizers, &values.#fields))*
            }

            #[inline(always)]
            fn infer_penalty<S: rt::Simd>(
                &self, simd: S, x: &#input, state: &mut [#dtype], spare: &mut rt::alloc::vec::Vec<#dtype>,
            ) -> f64 {
                rt::Penalized::infer_penalty(self, simd, x, state, spare)
            }
        }
    })
}

/// The penalties of a sample at inference: a block of its own, since its layers have the same names.
pub fn generate(cx: &Context<'_>) -> Option<TokenStream> {
    let PenaltyProgram { program, penalties } = &**cx.program.penalties.as_ref()?;
    if !cx.program.graph.trains() {
        return None;
    }
    let inner = Context { ends: Ends::SlicesOut, ..cx.with(program) };
    let (name, dtype, input, owner) = (&cx.name, &cx.dtype, cx.named("Input"), cx.named("Penalties"));
    let mut distinct = Distinct::default();
    let geometry = distinct.geometries(&inner);
    let destinations = infer::destinations(&inner, &mut distinct);
    let layout = tables::layout(&inner, &program.regions);
    let regions = tables::names(&inner, &owner, &program.regions);
    let values = &program.graph.values;
    let lens = program.graph.outputs.iter().map(|output| {
        let len = nn_graph::Size::product(&values[output.value].shape);
        inner.size(&len)
    });
    let outputs: Vec<Ident> = (0..penalties.len()).map(output).collect();
    let regularizers = penalties.iter().map(data::regularizer);
    let (ends, steps) = (infer::ends(&inner), infer::steps(&inner, &cx.named("State")));
    let state = format_ident!("{}", if program.states.is_empty() { "_state" } else { "state" });
    Some(quote! {
        rt::if_std! {
            #(#geometry)*
            #destinations
            struct #owner;
            impl #owner {
                #layout
            }
            #regions
            impl rt::Penalized for #name {
                #[inline(always)]
                fn infer_penalty<S: rt::Simd>(
                    &self, simd: S, x: &#input, #state: &mut [#dtype], spare: &mut rt::alloc::vec::Vec<#dtype>,
                ) -> f64 {
                    let [memory, #(#outputs),*] = rt::spare(spare, 1, [#owner::LAYOUT.len, #(#lens),*]);
                    #ends
                    #(#steps)*
                    0.0 #(+ rt::Regularizer::value(#regularizers, #outputs))*
                }
            }
        }
    })
}

/// The variable for an output that is a slice.
pub fn output(index: usize) -> Ident {
    format_ident!("output{index}")
}
