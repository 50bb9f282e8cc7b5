//! The code of inference: one call for each fused step.

use proc_macro2::{Ident, TokenStream};
use quote::{format_ident, quote};

use super::Context;
use crate::layers::Op;
use crate::layers::activation::Function;
use crate::names;
use crate::plan::{Fused, Kind, Place, Region, Step};
use crate::shapes::dim::Dim;

/// `impl Network`, the inherent `infer`, and where convolutions pool or leave borders.
pub fn generate(cx: &Context<'_>) -> TokenStream {
    let (name, dtype) = (&cx.name, &cx.dtype);
    let (input, output, workspace) = (cx.named("Input"), cx.named("Output"), cx.named("Workspace"));
    let network = name.to_string();
    let destinations = cx.plan.steps.iter().map(|step| destination(cx, step));
    let steps = cx.plan.steps.iter().map(|step| call(cx, step));
    let memory = (!cx.plan.regions.is_empty()).then(|| quote!(let memory = &mut workspace.0[..];));
    quote! {
        #(#destinations)*
        impl rt::Network for #name {
            type Element = #dtype;
            type Input = #input;
            type Output = #output;
            type Workspace = #workspace;
            const NAME: &'static str = #network;
            const PARAMS: &'static [rt::Param] = PARAMS;
            const LAYERS: &'static [rt::LayerInfo] = LAYERS;

            #[inline(always)]
            fn forward<S: rt::Simd>(&self, simd: S, x: &#input, workspace: &mut #workspace, y: &mut #output) {
                let (input, output) = (rt::Tensor::as_flat(x), rt::Tensor::as_flat_mut(y));
                #memory
                #(#steps)*
            }
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

/// The unit struct that tells a convolution what to pool and which border to leave.
fn destination(cx: &Context<'_>, step: &Step) -> Option<TokenStream> {
    let Kind::Conv2D { node, pool, bordered, .. } = &step.kind else { return None };
    if pool.is_none() && bordered.is_none() {
        return None;
    }
    let nodes = &cx.plan.graph.nodes;
    let name = names::destination(&nodes[*node].name, true);
    let pool = pool.and_then(|pool| {
        let Op::Pool2D(layer) = &nodes[pool].op else { return None };
        let (kind, size) = (layer.kind.tokens(), &layer.pool_size);
        Some(quote! {
            const POOL: Option<rt::conv2d::Pooling> = Some(rt::conv2d::Pooling { kind: #kind, size: [#(#size),*] });
        })
    });
    let border = bordered.map(|next| {
        let border = border(cx, next);
        quote!(const BORDER: rt::conv2d::Border = #border;)
    });
    Some(quote! {
        #[derive(Clone, Copy)]
        struct #name;
        impl rt::conv2d::Destination for #name {
            #pool
            #border
        }
    })
}

/// The zeros around the input of a convolution.
fn border(cx: &Context<'_>, node: usize) -> TokenStream {
    let shape = names::geometry(&cx.plan.graph.nodes[node].name);
    quote!(<#shape as rt::conv2d::Conv2DShape>::BORDER)
}

/// One step: the regions it needs, then its call.
fn call(cx: &Context<'_>, step: &Step) -> TokenStream {
    let used =
        [region(step.source), region(step.target).filter(|_| step.target != step.source), step.scratch, step.fold];
    let regions: Vec<&Region> = used.into_iter().flatten().map(|index| &cx.plan.regions[index]).collect();
    let (variables, constants): (Vec<Ident>, Vec<&Ident>) =
        regions.iter().map(|region| (variable(region), &region.name)).unzip();
    let split = (!regions.is_empty()).then(|| quote!(let [#(#variables),*] = rt::regions(memory, [#(#constants),*]);));
    let body = body(cx, step);
    quote!({ #split #body })
}

fn region(place: Place) -> Option<usize> {
    match place {
        Place::Region(index) => Some(index),
        Place::Input | Place::Output => None,
    }
}

/// `conv1` for the region `CONV1`.
fn variable(region: &Region) -> Ident {
    format_ident!("{}", region.name.to_string().to_lowercase())
}

fn place(cx: &Context<'_>, place: Place) -> TokenStream {
    match place {
        Place::Input => quote!(input),
        Place::Output => quote!(output),
        Place::Region(index) => {
            let variable = variable(&cx.plan.regions[index]);
            quote!(#variable)
        }
    }
}

fn body(cx: &Context<'_>, step: &Step) -> TokenStream {
    let nodes = &cx.plan.graph.nodes;
    let (x, y) = (place(cx, step.source), place(cx, step.target));
    match &step.kind {
        Kind::Conv2D { node, fused, pool, bordered } => {
            let (field, shape) = (&nodes[*node].name, names::geometry(&nodes[*node].name));
            let destination = names::destination(field, pool.is_some() || bordered.is_some());
            let scratch = step.scratch.map_or(quote!(&mut []), |index| place(cx, Place::Region(index)));
            let (fold, epilogue) = epilogue(cx, step, field, fused);
            let clear = bordered.map(|next| clear_border(cx, next, &y));
            quote! {
                #clear
                #fold
                rt::conv2d::infer(simd, #shape, #destination, &self.#field, #x, #y, #scratch, #epilogue);
            }
        }
        Kind::Dense { node, fused } => {
            let field = &nodes[*node].name;
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
            if step.source == step.target {
                quote!(rt::activation::in_place(simd, #y, #function);)
            } else {
                quote!(rt::activation::infer(simd, #x, #y, #function);)
            }
        }
        Kind::Alone { node } => {
            let node = &nodes[*node];
            node.op.emit().map(|layer| layer.infer(node, &x, &y)).unwrap_or_default()
        }
        Kind::Softmax { axes: [outer, n, inner], log } => {
            let name = if *log { quote!(infer_log) } else { quote!(infer) };
            quote!(rt::softmax::#name(simd, [#outer, #n, #inner], #x, #y);)
        }
        Kind::Pad { for_node } => {
            let (shape, border) = (&nodes[*for_node].input, border(cx, *for_node));
            quote!(rt::conv2d::pad(simd, [#(#shape),*], #border, #x, #y);)
        }
        Kind::Copy => quote!(output.copy_from_slice(input);),
    }
}

fn clear_border(cx: &Context<'_>, next: usize, y: &TokenStream) -> TokenStream {
    let (shape, border) = (&cx.plan.graph.nodes[next].input, border(cx, next));
    quote!(rt::conv2d::clear_border([#(#shape),*], #border, #y);)
}

/// `Epilogue::bias(…).activation(…)`, and what has to be computed for it.
fn epilogue(cx: &Context<'_>, step: &Step, field: &Ident, fused: &Fused) -> (TokenStream, TokenStream) {
    let mut epilogue = quote!(rt::Epilogue::bias(&self.#field.bias));
    let mut before = TokenStream::new();
    if let Some(node) = fused.affine {
        before = folded(cx, step, node);
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
    (before, epilogue)
}

/// A BatchNormalization as scale and shift: the statement that computes them.
fn folded(cx: &Context<'_>, step: &Step, node: usize) -> TokenStream {
    let node = &cx.plan.graph.nodes[node];
    let (Op::BatchNormalization(layer), Some(region)) = (&node.op, step.fold) else {
        return Default::default();
    };
    let (field, epsilon) = (&node.name, names::float(layer.epsilon));
    let channels: &Dim = &node.input[layer.axis];
    let memory = place(cx, Place::Region(region));
    quote! {
        let (scale, shift) = #memory.split_at_mut(#channels);
        rt::batch_normalization::fold(simd, &self.#field, #epsilon, scale, shift);
    }
}
