//! `steps`: blocks of time steps, which run side by side in each layer. A program of its own, whose state is that of `step`.

use proc_macro2::{Ident, TokenStream};
use quote::{format_ident, quote};

use nn_graph::Size;
use nn_graph::plan::BlockProgram;

use super::distinct::Distinct;
use super::names::number;
use super::{Context, Ends, infer, penalties, records, tables};

/// The variable for an input of a block.
pub fn input(index: usize) -> Ident {
    format_ident!("input{index}")
}

/// What `Stream` has of it; nothing where steps run one by one.
pub fn of_stream(cx: &Context<'_>) -> Option<TokenStream> {
    cx.program.stream.as_ref()?.block.as_ref()?;
    let [input, output, state] = ["StepInput", "StepOutput", "State"].map(|suffix| cx.named(suffix));
    Some(quote! {
        const BLOCK: usize = <Self as rt::Blocks>::STEPS;

        #[inline(always)]
        fn forward_steps<S: rt::Simd>(&self, simd: S, xs: &[#input], state: &mut #state, ys: &mut [#output]) {
            rt::Blocks::forward_blocks(self, simd, xs, state, ys);
        }
    })
}

/// The blocks: a scope of its own, since its layers have the same names.
pub fn generate(cx: &Context<'_>) -> Option<TokenStream> {
    let BlockProgram { program, steps } = cx.program.stream.as_ref()?.block.as_ref()?;
    let inner = Context { ends: Ends::Slices, ..cx.with(program) };
    let (name, dtype, owner) = (&cx.name, &cx.dtype, cx.named("Block"));
    let [input, output, state] = ["StepInput", "StepOutput", "State"].map(|suffix| cx.named(suffix));
    let mut distinct = Distinct::default();
    let geometry = distinct.geometries(&inner);
    let destinations = infer::destinations(&inner, &mut distinct);
    let (layout, regions) = (tables::layout(&inner, &program.regions), tables::names(&inner, &owner, &program.regions));
    let calls = infer::steps(&inner, &state);
    let (gather, (place, scatter)) = (gather(&inner), scatter(&inner));
    let steps = number(*steps);
    Some(quote! {
        #(#geometry)*
        #destinations
        struct #owner;
        impl #owner {
            #layout
            const FITS: bool = rt::block_fits::<#dtype>(Self::LAYOUT.len);
            const LEN: usize = if Self::FITS { Self::LAYOUT.len } else { 0 };
        }
        #regions
        impl rt::Blocks for #name {
            const STEPS: usize = if #owner::FITS { #steps } else { 1 };

            #[inline(always)]
            fn forward_blocks<S: rt::Simd>(&self, simd: S, xs: &[#input], state: &mut #state, ys: &mut [#output]) {
                let mut memory = rt::Memory::<#dtype, { #owner::LEN }>([0.0; _]);
                let (rows, rest) = rt::blocks::<_, #steps>(#owner::FITS, xs);
                let (outputs, ys) = rt::blocks_mut::<_, #steps>(#owner::FITS, ys);
                for (xs, ys) in rows.iter().zip(outputs) {
                    let memory = &mut memory.0[..];
                    let (state, _) = rt::split(&mut state.0, #state::CARRIED);
                    #gather
                    #place
                    #(#calls)*
                    #scatter
                }
                rt::single_steps(self, simd, rest, state, ys);
            }
        }
    })
}

/// The inputs of a block, as slices of their own where a step has several.
fn gather(cx: &Context<'_>) -> TokenStream {
    let graph = &cx.program.graph;
    if let [only] = graph.inputs.as_slice() {
        let (variable, element) = (input(0), records::element(cx, only.value));
        return quote!(let [#variable] = [rt::flat::<_, #element>(xs)];);
    }
    let parts = graph.inputs.iter().enumerate().map(|(index, part)| {
        let (variable, field, element) = (input(index), cx.ident(&part.name), records::element(cx, part.value));
        let [all, row] = lens(cx, part.value);
        quote! {
            let mut rows = rt::Memory::<#element, { #all }>([<#element as rt::Default>::default(); _]);
            for (x, row) in xs.iter().zip(rows.0.chunks_exact_mut(#row)) {
                rt::put(rt::Tensor::as_flat(&x.#field), row);
            }
            let [#variable] = [&rows.0[..]];
        }
    });
    parts.collect()
}

/// The outputs of a block, and what brings them to their places.
fn scatter(cx: &Context<'_>) -> (TokenStream, TokenStream) {
    let graph = &cx.program.graph;
    if let [only] = graph.outputs.as_slice() {
        let (variable, element) = (penalties::output(0), records::element(cx, only.value));
        return (quote!(let [#variable] = [rt::flat_mut::<_, #element>(ys)];), TokenStream::new());
    }
    let parts = graph.outputs.iter().enumerate().map(|(index, part)| {
        let variable = penalties::output(index);
        let (field, element) = (cx.ident(&part.name), records::element(cx, part.value));
        let [all, row] = lens(cx, part.value);
        let place = quote! {
            let mut rows = rt::Memory::<#element, { #all }>([<#element as rt::Default>::default(); _]);
            let [#variable] = [&mut rows.0[..]];
        };
        let scatter = quote! {
            for (y, row) in ys.iter_mut().zip(#variable.chunks_exact(#row)) {
                rt::put(row, rt::Tensor::as_flat_mut(&mut y.#field));
            }
        };
        (place, scatter)
    });
    parts.unzip()
}

/// The elements of a value in a block, and of one of its steps.
fn lens(cx: &Context<'_>, value: usize) -> [TokenStream; 2] {
    let shape = &cx.program.graph.values[value].shape;
    let [all, row] = [&shape[..], &shape[1..]].map(|sizes| cx.size(&Size::product(sizes)));
    // A size that stands first in a block would be a statement of its own.
    [quote!(0 + #all), row]
}
