//! The code of inference: one call for each fused step.

use proc_macro2::{Ident, Span, TokenStream};
use quote::quote;

use nn_graph::Op;
use nn_graph::plan::{Place, Region, Step};

use super::distinct::Distinct;
use super::ops::{self, Infer};
use super::together::{self, Together};
use super::{Context, Ends, blocks, names, penalties, tables};

/// `impl Network`, and the inherent `infer`.
pub fn generate(cx: &Context<'_>) -> TokenStream {
    let (name, dtype) = (&cx.name, &cx.dtype);
    let (input, output, workspace) = (cx.named("Input"), cx.named("Output"), cx.named("Workspace"));
    let network = name.to_string();
    let layers = tables::layers(cx);
    let forward = forward(cx);
    let (kept, together) = together::generate(cx).map(|Together { kept, items }| (kept, items)).unzip();
    let (mask, check) = (output_mask(cx), check_input(cx));
    let predictions = match check {
        None => quote!(rt::alloc::vec::Vec<#output>),
        Some(_) => quote!(::core::result::Result<rt::alloc::vec::Vec<#output>, rt::BadSample>),
    };
    quote! {
        #kept
        impl rt::Network for #name {
            type Element = #dtype;
            type Input = #input;
            type Output = #output;
            type Workspace = #workspace;
            rt::if_alloc! { type Predictions = #predictions; }
            const NAME: &'static str = #network;
            const PARAMS: &'static [rt::Param] = Self::PARAMS;
            const LAYERS: &'static [rt::LayerInfo] = &[#layers];

            #check

            #forward

            #together

            #mask
        }
        impl #name {
            /// Runs the network on one sample. Allocates nothing.
            // Compiled where it is called, or a library would have the code of all networks that it defines.
            #[inline]
            pub fn infer(&self, x: &#input, workspace: &mut #workspace) -> #output {
                rt::Network::infer(self, x, workspace)
            }

            /// The same with a place for the output, which is overwritten: for one that is too large for the stack.
            #[inline]
            pub fn infer_into(&self, x: &#input, workspace: &mut #workspace, y: &mut #output) {
                rt::Network::infer_into(self, x, workspace, y);
            }
        }
        impl #workspace {
            /// All zero; no call depends on what is in it.
            pub const fn new() -> Self {
                Self([0.0; _])
            }
        }
        impl ::core::default::Default for #workspace {
            fn default() -> Self {
                Self::new()
            }
        }
    }
}

/// Refuses samples with ids that a layer has no row for.
fn check_input(cx: &Context<'_>) -> Option<TokenStream> {
    let graph = &cx.program.graph;
    let checks = graph.layers().filter_map(|(node, _)| {
        let size = cx.size(node.op.ids_below()?);
        let input = &graph.inputs[graph.input_of(node.inputs[0].value)?];
        let (name, text) = (cx.ident(&input.name), input.name.to_string());
        let (text, from) = match graph.inputs.len() {
            1 => (String::new(), quote!(x)),
            _ => (text, quote!(&x.#name)),
        };
        Some(quote!(rt::check_ids(#text, rt::Tensor::as_flat(#from), #size)?;))
    });
    let checks: Vec<TokenStream> = checks.collect();
    let input = cx.named("Input");
    (!checks.is_empty()).then(|| {
        quote! {
            fn check_input(x: &#input) -> ::core::result::Result<(), rt::BadInput> {
                #(#checks)*
                ::core::result::Result::Ok(())
            }
        }
    })
}

/// `forward`; where the network has a state, it begins with zeros.
fn forward(cx: &Context<'_>) -> TokenStream {
    let (input, output, workspace) = (cx.named("Input"), cx.named("Output"), cx.named("Workspace"));
    let signature = quote!(
        fn forward<S: rt::Simd>(&self, simd: S, x: &#input, workspace: &mut #workspace, y: &mut #output)
    );
    if !cx.program.states.is_empty() {
        let state = cx.named("State");
        return quote! {
            #[inline(always)]
            #signature {
                rt::Stateful::forward_from(self, simd, x, &mut #state::new(), workspace, y);
            }
        };
    }
    let (ends, memory, steps) = (ends(cx), memory(cx), steps(cx, &cx.named("State")));
    quote! {
        #[inline(always)]
        #signature {
            #ends
            #memory
            #(#steps)*
        }
    }
}

/// `infer_stateful`, where layers carry a state.
pub fn stateful(cx: &Context<'_>) -> Option<TokenStream> {
    if cx.program.states.is_empty() {
        return None;
    }
    let (name, state) = (&cx.name, cx.named("State"));
    let (input, output, workspace) = (cx.named("Input"), cx.named("Output"), cx.named("Workspace"));
    let (ends, memory, steps) = (ends(cx), memory(cx), steps(cx, &state));
    Some(quote! {
        impl rt::Stateful for #name {
            type State = #state;

            #[inline(always)]
            fn forward_from<S: rt::Simd>(
                &self, simd: S, x: &#input, state: &mut #state, workspace: &mut #workspace, y: &mut #output,
            ) {
                let state = &mut state.0[..];
                #ends
                #memory
                #(#steps)*
            }
        }
        impl #name {
            /// Runs the network on the next part of a sequence: the `stateful` layers go on where `state` left them.
            /// Allocates nothing.
            #[inline]
            pub fn infer_stateful(&self, x: &#input, state: &mut #state, workspace: &mut #workspace) -> #output {
                rt::Stateful::infer_stateful(self, x, state, workspace)
            }
        }
    })
}

/// The workspace as a slice, where there is something in it.
pub fn memory(cx: &Context<'_>) -> Option<TokenStream> {
    (!cx.program.regions.is_empty()).then(|| quote!(let memory = &mut workspace.0[..];))
}

/// Where convolutions pool or leave borders.
pub fn destinations(cx: &Context<'_>, distinct: &mut Distinct) -> TokenStream {
    cx.program.steps.iter().filter_map(|step| Some(distinct.add(destination(cx, step)?))).collect()
}

/// The calls of all steps.
pub fn steps(cx: &Context<'_>, state: &Ident) -> Vec<TokenStream> {
    cx.program.steps.iter().map(|step| call(cx, step, state)).collect()
}

/// Input and output as slices, where there is one of them.
pub fn ends(cx: &Context<'_>) -> TokenStream {
    match (cx.program.graph.inputs.len(), cx.program.graph.outputs.len()) {
        _ if cx.ends == Ends::Slices => TokenStream::new(),
        (1, _) if cx.ends == Ends::SlicesOut => quote!(let input = rt::Tensor::as_flat(x);),
        _ if cx.ends == Ends::SlicesOut => TokenStream::new(),
        (1, 1) => quote!(let (input, output) = (rt::Tensor::as_flat(x), rt::Tensor::as_flat_mut(y));),
        (1, _) => quote!(let input = rt::Tensor::as_flat(x);),
        (_, 1) => quote!(let output = rt::Tensor::as_flat_mut(y);),
        _ => TokenStream::new(),
    }
}

/// Where the workspace holds the mask of an output.
fn output_mask(cx: &Context<'_>) -> Option<TokenStream> {
    let (dtype, workspace, regions) = (&cx.dtype, cx.named("Workspace"), cx.named("Regions"));
    let masks = cx.program.masks.iter().enumerate().filter_map(|(output, mask)| {
        let (output, region) = (names::number(output), cx.ident(&cx.program.regions[(*mask)?].name));
        Some(quote!(#output => workspace.0[..].get(#regions::#region),))
    });
    let arms: Vec<TokenStream> = masks.collect();
    (!arms.is_empty()).then(|| {
        quote! {
            fn output_mask(workspace: &#workspace, part: usize) -> rt::Option<&[#dtype]> {
                match part { #(#arms)* _ => rt::None }
            }
        }
    })
}

/// The unit struct that tells a convolution what to pool and which border to leave.
fn destination(cx: &Context<'_>, step: &Step) -> Option<TokenStream> {
    let nodes = &cx.program.graph.nodes;
    match step.op {
        Op::Convolution(_) => {
            let border = step.border.map(|node| &nodes[node]);
            ops::destination(cx, &nodes[step.node?], &step.epilogue, border)
        }
        _ => None,
    }
}

/// One step: the regions it needs, then its call.
pub fn call(cx: &Context<'_>, step: &Step, state: &Ident) -> TokenStream {
    let split = split(cx, step);
    let part = step.state.map(|index| {
        let layer = cx.ident(&cx.program.states[index].0);
        quote!(let state = rt::part(state, #state::#layer);)
    });
    let body = body(cx, step);
    quote!({ #split #part #body })
}

/// The regions that a step needs, as variables.
fn split(cx: &Context<'_>, step: &Step) -> Option<TokenStream> {
    let mut used: Vec<usize> = Vec::new();
    for index in step.regions() {
        if !used.contains(&index) {
            used.push(index);
        }
    }
    let regions = used.into_iter().map(|index| &cx.program.regions[index]);
    let (variables, constants): (Vec<Ident>, Vec<Ident>) =
        regions.map(|region| (variable(region), cx.ident(&region.name))).unzip();
    let owner = cx.named("Regions");
    (!variables.is_empty()).then(|| quote!(let [#(#variables),*] = rt::regions(memory, [#(#owner::#constants),*]);))
}

/// `conv1` for the region `CONV1`; in a layer called `scale` it is another variable than our own `scale`.
pub fn variable(region: &Region) -> Ident {
    Ident::new(&region.name.text.to_lowercase(), Span::mixed_site())
}

/// What lies there, to read.
pub fn source(cx: &Context<'_>, place: Place) -> TokenStream {
    match place {
        Place::Input(index) if cx.ends == Ends::Slices => {
            let variable = blocks::input(index);
            quote!(#variable)
        }
        Place::Input(_) if cx.program.graph.inputs.len() == 1 => quote!(input),
        Place::Input(index) => {
            let name = cx.ident(&cx.program.graph.inputs[index].name);
            quote!(rt::Tensor::as_flat(&x.#name))
        }
        Place::Output(index) if cx.ends != Ends::Records => {
            let variable = penalties::output(index);
            quote!(#variable)
        }
        Place::Output(_) if cx.program.graph.outputs.len() == 1 => quote!(output),
        Place::Output(index) => {
            let name = cx.ident(&cx.program.graph.outputs[index].name);
            quote!(rt::Tensor::as_flat(&y.#name))
        }
        Place::Weight(node) => ops::weight(cx, &cx.program.graph.nodes[node]),
        Place::Region(index) => {
            let variable = variable(&cx.program.regions[index]);
            quote!(#variable)
        }
    }
}

/// What lies there, to write.
pub fn target(cx: &Context<'_>, place: Place) -> TokenStream {
    match place {
        Place::Output(index) if cx.program.graph.outputs.len() > 1 && cx.ends == Ends::Records => {
            let name = cx.ident(&cx.program.graph.outputs[index].name);
            quote!(rt::Tensor::as_flat_mut(&mut y.#name))
        }
        place => source(cx, place),
    }
}

fn body(cx: &Context<'_>, step: &Step) -> TokenStream {
    let nodes = &cx.program.graph.nodes;
    let inputs: Vec<TokenStream> = step.sources.iter().map(|place| source(cx, *place)).collect();
    let outputs: Vec<Option<TokenStream>> =
        step.targets.iter().map(|place| place.map(|place| target(cx, place))).collect();
    let Some(node) = step.node else {
        let first = (inputs.first(), outputs.first().cloned().flatten());
        return first.0.zip(first.1).map(|(x, y)| ops::copy(x, &y)).unwrap_or_default();
    };
    let call = Infer {
        cx,
        node: &nodes[node],
        inputs,
        masks: step.masks.iter().map(|mask| mask.map(|mask| source(cx, mask))).collect(),
        outputs,
        scratch: step.scratch.map_or(quote!(&mut []), |region| source(cx, Place::Region(region))),
        state: step.state.map(|_| quote!(state)),
        fold: step.fold.map(|region| source(cx, Place::Region(region))),
        epilogue: &step.epilogue,
        border: step.border.map(|node| &nodes[node]),
        in_place: step.in_place(),
    };
    ops::of(&step.op).infer(&call)
}
