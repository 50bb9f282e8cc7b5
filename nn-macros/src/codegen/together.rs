//! The code of `predict` where weights are many: samples side by side, so that a weight is read once for all of them.

use proc_macro2::TokenStream;
use quote::quote;

use super::Context;
use super::infer::{call, chained, ends, fold, memory, source, split, target};
use crate::plan::{Kind, Step};
use crate::shapes::dim::Dim;

/// `forward_together`; `None` where it would be no faster than sample by sample.
pub fn generate(cx: &Context<'_>) -> Option<TokenStream> {
    let across = |step: &Step| step.across(&cx.plan.graph);
    if !cx.plan.states.is_empty() || !cx.plan.steps.iter().any(across) {
        return None;
    }
    let (input, output, workspace, dtype) = (cx.named("Input"), cx.named("Output"), cx.named("Workspace"), &cx.dtype);
    let mut body = TokenStream::new();
    let mut rest = &cx.plan.steps[..];
    while let Some((step, behind)) = rest.split_first() {
        if across(step) {
            body.extend(side_by_side(cx, step));
            rest = behind;
            continue;
        }
        let alone = rest.iter().take_while(|step| !across(step)).count();
        body.extend(one_by_one(cx, &rest[..alone]));
        rest = &rest[alone..];
    }
    Some(quote! {
        const TOGETHER: usize = rt::together(#workspace::LAYOUT.len * ::core::mem::size_of::<#dtype>());

        rt::if_alloc! {
            #[inline(always)]
            fn forward_together<S: rt::Simd>(
                &self,
                simd: S,
                xs: &[&#input],
                workspaces: &mut [#workspace],
                ys: &mut [#output],
                scratch: &mut rt::alloc::vec::Vec<#dtype>,
            ) {
                #body
            }
        }
    })
}

/// Steps that every sample takes on its own.
fn one_by_one(cx: &Context<'_>, steps: &[Step]) -> TokenStream {
    let (ends, memory, state) = (ends(cx), memory(cx), cx.named("State"));
    let calls = steps.iter().map(|step| call(cx, step, &state));
    quote! {
        for ((x, workspace), y) in xs.iter().copied().zip(&mut *workspaces).zip(&mut *ys) {
            #ends
            #memory
            #(#calls)*
        }
    }
}

/// A dense layer for all samples at once.
fn side_by_side(cx: &Context<'_>, step: &Step) -> Option<TokenStream> {
    let Kind::Dense { node, fused } = &step.kind else { return None };
    let (x, y) = (source(cx, *step.sources.first()?), target(cx, step.targets.first().copied().flatten()?));
    let (ends, memory, split) = (ends(cx), memory(cx), split(cx, step));
    let folded = fused.affine.map(|affine| {
        let channels: &Dim = &cx.plan.graph.nodes[*node].output[0];
        let fold = fold(cx, affine, &quote!(folded));
        quote!(let mut folded = rt::alloc::vec![0.0; 2 * #channels]; #fold)
    });
    let field = &cx.plan.graph.nodes[*node].field;
    let epilogue = chained(field, fused);
    Some(quote! {{
        #folded
        let rows = xs.iter().copied().zip(&mut *workspaces).zip(&mut *ys).map(|((x, workspace), y)| {
            #ends
            #memory
            #split
            (&*#x, &mut *#y)
        });
        rt::dense::together(simd, &self.#field, rows, scratch, #epilogue);
    }})
}
