//! The code of inference: one call for each fused step.

use nn_shape::tiles::Border;
use proc_macro2::{Ident, Span, TokenStream};
use quote::quote;

use super::distinct::Distinct;
use super::together::{self, Together};
use super::{Context, tables};
use crate::layers::Op;
use crate::layers::activation::Function;
use crate::layers::conv2d::tiles;
use crate::layers::emit::Infer;
use crate::names;
use crate::plan::{Fused, Kind, Place, Region, Step};
use crate::shapes::Node;
use crate::shapes::dim::Dim;

/// `impl Network`, and the inherent `infer`.
pub fn generate(cx: &Context<'_>) -> TokenStream {
    let (name, dtype) = (&cx.name, &cx.dtype);
    let (input, output, workspace) = (cx.named("Input"), cx.named("Output"), cx.named("Workspace"));
    let network = name.to_string();
    let layers = tables::layers(cx);
    let forward = forward(cx);
    let (kept, together) = together::generate(cx).map(|Together { kept, items }| (kept, items)).unzip();
    let mask = output_mask(cx);
    quote! {
        #kept
        impl rt::Network for #name {
            type Element = #dtype;
            type Input = #input;
            type Output = #output;
            type Workspace = #workspace;
            const NAME: &'static str = #network;
            const PARAMS: &'static [rt::Param] = Self::PARAMS;
            const LAYERS: &'static [rt::LayerInfo] = &[#layers];

            #forward

            #together

            #mask
        }
        impl #name {
            /// Runs the network on one sample. Allocates nothing.
            pub fn infer(&self, x: &#input, workspace: &mut #workspace) -> #output {
                rt::Network::infer(self, x, workspace)
            }
        }
        impl #workspace {
            /// All zero; no call depends on what is in it.
            pub const fn new() -> Self {
                Self([0.0; #name::WORKSPACE_BYTES / ::core::mem::size_of::<#dtype>()])
            }
        }
        impl ::core::default::Default for #workspace {
            fn default() -> Self {
                Self::new()
            }
        }
    }
}

/// `forward`; where the network has a state, it begins with zeros.
fn forward(cx: &Context<'_>) -> TokenStream {
    let (input, output, workspace) = (cx.named("Input"), cx.named("Output"), cx.named("Workspace"));
    let signature = quote!(
        fn forward<S: rt::Simd>(&self, simd: S, x: &#input, workspace: &mut #workspace, y: &mut #output)
    );
    if !cx.plan.states.is_empty() {
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
    if cx.plan.states.is_empty() {
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
            pub fn infer_stateful(&self, x: &#input, state: &mut #state, workspace: &mut #workspace) -> #output {
                rt::Stateful::infer_stateful(self, x, state, workspace)
            }
        }
    })
}

/// The workspace as a slice, where there is something in it.
pub fn memory(cx: &Context<'_>) -> Option<TokenStream> {
    (!cx.plan.regions.is_empty()).then(|| quote!(let memory = &mut workspace.0[..];))
}

/// Where convolutions pool or leave borders.
pub fn destinations(cx: &Context<'_>, distinct: &mut Distinct) -> TokenStream {
    cx.plan.steps.iter().filter_map(|step| Some(distinct.add(destination(cx, step)?))).collect()
}

/// The calls of all steps.
pub fn steps(cx: &Context<'_>, state: &Ident) -> Vec<TokenStream> {
    cx.plan.steps.iter().map(|step| call(cx, step, state)).collect()
}

/// Input and output as slices, where there is one of them.
pub fn ends(cx: &Context<'_>) -> TokenStream {
    match (cx.plan.graph.inputs.len(), cx.plan.graph.outputs.len()) {
        (1, 1) => quote!(let (input, output) = (rt::Tensor::as_flat(x), rt::Tensor::as_flat_mut(y));),
        (1, _) => quote!(let input = rt::Tensor::as_flat(x);),
        (_, 1) => quote!(let output = rt::Tensor::as_flat_mut(y);),
        _ => TokenStream::new(),
    }
}

/// Where the workspace holds the mask of an output.
fn output_mask(cx: &Context<'_>) -> Option<TokenStream> {
    let (dtype, workspace) = (&cx.dtype, cx.named("Workspace"));
    let masks = cx.plan.masks.iter().enumerate().filter_map(|(output, mask)| {
        let (output, region) = (names::number(output), &cx.plan.regions[(*mask)?].name);
        Some(quote!(#output => workspace.0.get(Regions::#region),))
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
    let Kind::Conv2D { node, pool, bordered, .. } = &step.kind else { return None };
    if pool.is_none() && bordered.is_none() {
        return None;
    }
    let nodes = &cx.plan.graph.nodes;
    let name = names::destination(&nodes[*node].name, true);
    let Op::Conv2D(layer) = &nodes[*node].op else { return None };
    let last = layer.last_part(&names::geometry(&nodes[*node].name));
    let pooling = pool.and_then(|pool| match &nodes[pool].op {
        Op::Pool2D(layer) => Some(layer),
        _ => None,
    });
    let zeros = bordered.map_or(Some(Border::NONE), |next| known_border(cx, next));
    let tilings =
        tiles::tilings(quote!(TILINGS), &nodes[*node], tiles::last_part(layer, &nodes[*node]), pooling, zeros);
    let pool = pooling.map(|layer| {
        let (kind, size) = (layer.kind.tokens(), &layer.pool_size);
        quote! {
            const POOL: rt::Option<rt::conv2d::Pooling> = rt::Some(rt::conv2d::Pooling { kind: #kind, size: [#(#size),*] });
        }
    });
    let border = bordered.map(|next| {
        let border = border(cx, next);
        quote!(const BORDER: rt::conv2d::Border = #border;)
    });
    Some(quote! {
        #[derive(Clone, Copy)]
        struct #name;
        impl rt::conv2d::Destination<#last> for #name {
            #pool
            #border
            #tilings
        }
    })
}

/// The zeros around the input of a convolution, where all sizes are known.
fn known_border(cx: &Context<'_>, node: usize) -> Option<Border> {
    let node = &cx.plan.graph.nodes[node];
    let Op::Conv2D(layer) = &node.op else { return None };
    Some(tiles::convolution(layer, node)?.border())
}

/// The zeros around the input of a convolution.
fn border(cx: &Context<'_>, node: usize) -> TokenStream {
    if let Some(Border { top, bottom, left, right }) = known_border(cx, node) {
        let [top, bottom, left, right] = [top, bottom, left, right].map(names::number);
        return quote!(rt::conv2d::Border::new([#top, #bottom], [#left, #right]));
    }
    let shape = names::geometry(&cx.plan.graph.nodes[node].name);
    quote!(<#shape as rt::conv2d::Conv2DShape>::BORDER)
}

/// One step: the regions it needs, then its call.
pub fn call(cx: &Context<'_>, step: &Step, state: &Ident) -> TokenStream {
    let split = split(cx, step);
    let part = step.state.map(|index| {
        let layer = &cx.plan.states[index].0;
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
    let regions = used.into_iter().map(|index| &cx.plan.regions[index]);
    let (variables, constants): (Vec<Ident>, Vec<&Ident>) =
        regions.map(|region| (variable(region), &region.name)).unzip();
    (!variables.is_empty()).then(|| quote!(let [#(#variables),*] = rt::regions(memory, [#(Regions::#constants),*]);))
}

/// `conv1` for the region `CONV1`; in a layer called `scale` it is another variable than our own `scale`.
pub fn variable(region: &Region) -> Ident {
    Ident::new(&region.name.to_string().to_lowercase(), Span::mixed_site())
}

/// What lies there, to read.
pub fn source(cx: &Context<'_>, place: Place) -> TokenStream {
    match place {
        Place::Input(_) if cx.plan.graph.inputs.len() == 1 => quote!(input),
        Place::Input(index) => {
            let name = &cx.plan.graph.inputs[index].name;
            quote!(rt::Tensor::as_flat(&x.#name))
        }
        Place::Output(_) if cx.plan.graph.outputs.len() == 1 => quote!(output),
        Place::Output(index) => {
            let name = &cx.plan.graph.outputs[index].name;
            quote!(rt::Tensor::as_flat(&y.#name))
        }
        Place::Region(index) => {
            let variable = variable(&cx.plan.regions[index]);
            quote!(#variable)
        }
    }
}

/// What lies there, to write.
pub fn target(cx: &Context<'_>, place: Place) -> TokenStream {
    match place {
        Place::Output(index) if cx.plan.graph.outputs.len() > 1 => {
            let name = &cx.plan.graph.outputs[index].name;
            quote!(rt::Tensor::as_flat_mut(&mut y.#name))
        }
        place => source(cx, place),
    }
}

fn body(cx: &Context<'_>, step: &Step) -> TokenStream {
    let nodes = &cx.plan.graph.nodes;
    let x = step.sources.first().map(|place| source(cx, *place)).unwrap_or_default();
    let y = step.targets.first().copied().flatten().map(|place| target(cx, place)).unwrap_or_default();
    let in_place = step.sources.iter().any(|source| step.targets.first() == Some(&Some(*source)));
    match &step.kind {
        Kind::Conv2D { node, fused, pool, bordered } => {
            let (name, field) = (&nodes[*node].name, &nodes[*node].field);
            let (shape, destination) =
                (names::geometry(name), names::destination(name, pool.is_some() || bordered.is_some()));
            let scratch = scratch(cx, step);
            let (fold, epilogue) = epilogue(cx, step, field, fused);
            let clear = bordered.map(|next| clear_border(cx, next, &y));
            let Op::Conv2D(layer) = &nodes[*node].op else { return TokenStream::new() };
            let module = layer.module();
            quote! {
                #clear
                #fold
                #module::infer(simd, #shape, #destination, &self.#field, #x, #y, #scratch, #epilogue);
            }
        }
        Kind::Dense { node, fused } => {
            let field = &nodes[*node].field;
            let (fold, epilogue) = epilogue(cx, step, field, fused);
            quote!(#fold rt::dense::infer(simd, &self.#field, #x, #y, #epilogue);)
        }
        Kind::Pool2D { node, activation, bordered } => {
            let shape = names::geometry(&nodes[*node].name);
            let activation = activation.as_ref().map_or_else(|| Function::Linear.value(), Function::value);
            let border = bordered.map_or(quote!(rt::conv2d::Border::NONE), |next| border(cx, next));
            let clear = bordered.map(|next| clear_border(cx, next, &y));
            quote!(#clear rt::pool2d::infer(simd, #shape, #border, #x, #y, #activation);)
        }
        Kind::Affine { node } => {
            let fold = folded(cx, step, *node);
            let Op::BatchNormalization(layer) = &nodes[*node].op else { return TokenStream::new() };
            let [outer, n, inner] = crate::plan::around(&nodes[*node].input, layer.axis);
            quote!(#fold rt::batch_normalization::infer(simd, [#outer, #n, #inner], scale, shift, #x, #y);)
        }
        Kind::Activation { function, .. } => {
            let function = function.value();
            if in_place {
                quote!(rt::activation::in_place(simd, #y, #function);)
            } else {
                quote!(rt::activation::infer(simd, #x, #y, #function);)
            }
        }
        Kind::Alone { node, activation } => alone(cx, step, &nodes[*node], activation.as_ref(), in_place),
        Kind::Concatenate { node } => alone(cx, step, &nodes[*node], None, in_place),
        Kind::Softmax { axes: [outer, n, inner], log } => {
            let name = if *log { quote!(infer_log) } else { quote!(infer) };
            quote!(rt::softmax::#name(simd, [#outer, #n, #inner], #x, #y);)
        }
        Kind::Pad { for_node } => {
            let (shape, border) = (nodes[*for_node].image(), border(cx, *for_node));
            quote!(rt::conv2d::pad(simd, [#(#shape),*], #border, #x, #y);)
        }
        Kind::Copy => quote!(rt::copy(#x, #y);),
    }
}

/// The call that the layer emits itself.
fn alone(cx: &Context<'_>, step: &Step, node: &Node, activation: Option<&Function>, in_place: bool) -> TokenStream {
    let call = Infer {
        node,
        inputs: step.sources.iter().map(|place| source(cx, *place)).collect(),
        masks: step.masks.iter().map(|mask| mask.map(|mask| source(cx, mask))).collect(),
        outputs: step.targets.iter().map(|place| place.map(|place| target(cx, place))).collect(),
        scratch: scratch(cx, step),
        state: step.state.map(|_| quote!(state)),
        activation: activation.unwrap_or(&Function::Linear).value(),
        in_place,
    };
    node.op.emit().map(|layer| layer.infer(&call)).unwrap_or_default()
}

fn scratch(cx: &Context<'_>, step: &Step) -> TokenStream {
    step.scratch.map_or(quote!(&mut []), |index| source(cx, Place::Region(index)))
}

fn clear_border(cx: &Context<'_>, next: usize, y: &TokenStream) -> TokenStream {
    let (shape, border) = (cx.plan.graph.nodes[next].image(), border(cx, next));
    quote!(rt::conv2d::clear_border([#(#shape),*], #border, #y);)
}

/// What has to be computed for the epilogue of a step, and the epilogue.
fn epilogue(cx: &Context<'_>, step: &Step, field: &TokenStream, fused: &Fused) -> (TokenStream, TokenStream) {
    let fold = fused.affine.map(|node| folded(cx, step, node)).unwrap_or_default();
    (fold, chained(field, fused))
}

/// `Epilogue::bias(…).activation(…)`, where `scale` and `shift` are those of the BatchNormalization.
pub fn chained(field: &TokenStream, fused: &Fused) -> TokenStream {
    let mut epilogue = quote!(rt::Epilogue::bias(&self.#field.bias));
    if fused.affine.is_some() {
        epilogue.extend(quote!(.affine((scale, shift))));
    }
    if let Some(function) = &fused.activation {
        let function = function.value();
        epilogue.extend(quote!(.activation(#function)));
    }
    if let Some(function) = &fused.after_pool {
        let function = function.value();
        epilogue.extend(quote!(.after_pool(#function)));
    }
    epilogue
}

/// A BatchNormalization as scale and shift: the statement that computes them.
fn folded(cx: &Context<'_>, step: &Step, node: usize) -> TokenStream {
    step.fold.map(|region| fold(cx, node, &source(cx, Place::Region(region)))).unwrap_or_default()
}

/// A BatchNormalization as scale and shift in `memory`.
pub fn fold(cx: &Context<'_>, node: usize, memory: &TokenStream) -> TokenStream {
    let node = &cx.plan.graph.nodes[node];
    let Op::BatchNormalization(layer) = &node.op else { return Default::default() };
    let (field, epsilon) = (&node.field, names::float(layer.epsilon));
    let channels: &Dim = &node.input[layer.axis];
    quote! {
        let (scale, shift) = #memory.split_at_mut(#channels);
        rt::batch_normalization::fold(simd, &self.#field, #epsilon, scale, shift);
    }
}
