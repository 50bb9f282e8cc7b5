//! The constants: weights and layers as tables, counts, the layout of the workspace.

use proc_macro2::TokenStream;
use quote::quote;

use super::Context;
use crate::layers::options::{Param, param_count};
use crate::plan::Region;
use crate::shapes::dim::Dim;

/// The inherent constants, the tables that `Network` refers to, and the regions.
pub fn generate(cx: &Context<'_>) -> TokenStream {
    let (name, dtype) = (&cx.name, &cx.dtype);
    let (params, layers, regions) = (params(cx), layers(cx), regions(&cx.plan.regions));
    let macs = Dim::sum(cx.plan.graph.nodes.iter().map(|node| &node.macs));
    quote! {
        #regions
        const PARAMS: &[rt::Param] = &[#params];
        const LAYERS: &[rt::LayerInfo] = &[#layers];
        impl #name {
            /// The number of weights, moving statistics included.
            pub const PARAMETERS: usize = rt::param_count(PARAMS);
            /// Multiply-adds for one sample.
            pub const MACS: u64 = #macs as u64;
            /// The size of the workspace, in bytes.
            pub const WORKSPACE_BYTES: usize = LAYOUT.1 * ::core::mem::size_of::<#dtype>();
        }
    }
}

/// Where each region of the workspace lies: by lifetime, so that they share memory.
fn regions(regions: &[Region]) -> TokenStream {
    let count = regions.len();
    let entries = regions.iter().map(|region| {
        let Region { len, first, last, .. } = region;
        quote!(rt::memory::Region { len: #len, first: #first, last: #last })
    });
    let names = regions.iter().enumerate().map(|(index, region)| {
        let Region { name, len, .. } = region;
        quote!(const #name: ::core::ops::Range<usize> = LAYOUT.0[#index]..LAYOUT.0[#index] + #len;)
    });
    quote! {
        const LAYOUT: ([usize; #count], usize) = rt::memory::place([#(#entries),*]);
        #(#names)*
    }
}

/// One entry for each weight, in the order of the fields.
fn params(cx: &Context<'_>) -> TokenStream {
    let mut offset: Vec<Dim> = Vec::new();
    let mut entries = TokenStream::new();
    for node in &cx.plan.graph.nodes {
        for param in &node.params {
            let name = format!("{}.{}", node.name, param.name);
            let (shape, trainable) = (&param.shape, param.trainable);
            let start = Dim::sum(&offset);
            let initializer = &param.weight.initializer;
            let regularizer = option(param.weight.regularizer.as_ref());
            let constraint = option(param.weight.constraint.as_ref());
            entries.extend(quote! {
                rt::Param {
                    name: #name,
                    shape: &[#(#shape),*],
                    offset: #start,
                    trainable: #trainable,
                    initializer: #initializer,
                    regularizer: #regularizer,
                    constraint: #constraint,
                },
            });
            offset.push(Dim::product(shape));
        }
    }
    entries
}

fn option(value: Option<&TokenStream>) -> TokenStream {
    value.map_or_else(|| quote!(None), |value| quote!(Some(#value)))
}

/// One entry for each layer, the input first.
fn layers(cx: &Context<'_>) -> TokenStream {
    let graph = &cx.plan.graph;
    let input = &graph.input;
    let rows = graph.nodes.iter().map(|node| {
        let (name, class, output, macs) = (node.name.to_string(), node.class, &node.output, &node.macs);
        let params = param_count(&node.params);
        let trainable: Vec<Dim> = trainable(&node.params);
        let trainable = Dim::sum(&trainable);
        quote! {
            rt::LayerInfo {
                name: #name,
                class: #class,
                output: &[#(#output),*],
                params: #params,
                trainable: #trainable,
                macs: #macs as u64,
            }
        }
    });
    quote! {
        rt::LayerInfo { name: "input", class: "InputLayer", output: &[#(#input),*], params: 0, trainable: 0, macs: 0 },
        #(#rows),*
    }
}

fn trainable(params: &[Param]) -> Vec<Dim> {
    params.iter().filter(|param| param.trainable).map(|param| Dim::product(&param.shape)).collect()
}
