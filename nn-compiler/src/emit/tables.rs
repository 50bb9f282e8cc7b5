//! The constants: counts, the layout of the workspace, weights and layers as tables.

use proc_macro2::{Ident, TokenStream};
use quote::quote;

use nn_graph::Size;
use nn_graph::plan::Region;
use nn_graph::weight::{Param, param_count};

use super::names::number;
use super::{Context, data};

/// The inherent constants and the regions.
pub fn generate(cx: &Context<'_>) -> TokenStream {
    let (name, dtype, workspace) = (&cx.name, &cx.dtype, cx.named("Workspace"));
    let (regions, params) = (regions(cx, &workspace, &cx.program.regions), params(cx));
    quote! {
        #regions
        impl #name {
            /// The weights, in Keras' order, which is the order of the fields.
            pub const PARAMS: &'static [rt::Param] = &[#params];
            /// The number of weights, moving statistics included.
            pub const PARAMETERS: usize = rt::param_count(Self::PARAMS);
            /// Multiply-adds for one sample.
            pub const MACS: u64 = rt::mac_count(<Self as rt::Network>::LAYERS);
            /// The size of the workspace, in bytes.
            pub const WORKSPACE_BYTES: usize = #workspace::LAYOUT.len * ::core::mem::size_of::<#dtype>();
        }
    }
}

/// Where each region of the workspace lies: by lifetime, so that they share memory.
///
/// The constants belong to types, since a constant of the user's with the same name, `hidden: Dense<HIDDEN>`, is
/// seen from here too.
fn regions(cx: &Context<'_>, workspace: &Ident, regions: &[Region]) -> TokenStream {
    let (layout, names) = (layout(cx, regions), names(cx, workspace, regions));
    quote! {
        impl #workspace {
            #layout
        }
        #names
    }
}

/// The constant that says where the regions lie: the compiler places them.
pub fn layout(cx: &Context<'_>, regions: &[Region]) -> TokenStream {
    let whole = regions.iter().filter(|region| region.within.is_none());
    let count = number(whole.clone().count());
    let entries = whole.map(|Region { len, first, last, .. }| {
        let (len, first, last) = (cx.size(len), number(*first), number(*last));
        quote!(rt::memory::region(#len, #first, #last))
    });
    quote!(const LAYOUT: rt::memory::Layout<#count> = rt::memory::place([#(#entries),*]);)
}

/// A constant for each region, of `LeNetRegions`.
pub fn names(cx: &Context<'_>, owner: &Ident, regions: &[Region]) -> Option<TokenStream> {
    let (name, ranges) = (cx.named("Regions"), ranges(cx, &quote!(#owner), regions));
    (!regions.is_empty()).then(|| quote!(struct #name; impl #name { #ranges }))
}

/// The constants, where `owner` has the layout.
pub fn ranges(cx: &Context<'_>, owner: &TokenStream, regions: &[Region]) -> TokenStream {
    let whole = || regions.iter().enumerate().filter(|(_, region)| region.within.is_none());
    let place = |index: usize| number(whole().take_while(|(other, _)| *other != index).count());
    let names = regions.iter().enumerate().map(|(index, Region { name, len, within, .. })| {
        let range = match within {
            None => {
                let index = place(index);
                quote!(#owner::LAYOUT.range(#index))
            }
            Some((whole, at)) => {
                let (whole, at, len) = (cx.ident(&regions[*whole].name), cx.size(at), cx.size(len));
                quote!(rt::memory::part(&Self::#whole, #at, #len))
            }
        };
        let name = cx.ident(name);
        quote!(const #name: ::core::ops::Range<usize> = #range;)
    });
    names.collect()
}

/// One entry for each weight, in the order of the fields.
fn params(cx: &Context<'_>) -> TokenStream {
    let mut offset: Vec<Size> = Vec::new();
    let mut entries = TokenStream::new();
    for (name, param) in cx.program.graph.params() {
        let (shape, trainable) = (cx.sizes(&param.shape), param.trainable);
        let start = cx.size(&Size::sum(&offset));
        let initializer = cx.initializer(&param.weight.initializer);
        let frozen = (!trainable).then(|| quote!(.frozen()));
        let regularizer =
            param.weight.regularizer.as_ref().map(data::regularizer).map(|value| quote!(.regularizer(#value)));
        let constraint =
            param.weight.constraint.as_ref().map(data::constraint).map(|value| quote!(.constraint(#value)));
        entries.extend(quote! {
            rt::Param::new(#name, &[#(#shape),*], #start, #initializer) #frozen #regularizer #constraint,
        });
        offset.push(Size::product(&param.shape));
    }
    entries
}

/// One entry for each layer, the inputs first.
pub fn layers(cx: &Context<'_>) -> TokenStream {
    let graph = &cx.program.graph;
    let inputs = graph.inputs.iter().map(|input| {
        let (name, shape) = (input.name.to_string(), cx.sizes(&graph.values[input.value].shape));
        quote!(rt::LayerInfo::new(#name, "InputLayer", &[#(#shape),*], 0, 0, 0))
    });
    let rows = graph.layers().map(|(node, layer)| {
        let (name, class, output, macs) =
            (node.name.to_string(), layer.class, cx.sizes(&layer.output), cx.size(&layer.macs));
        let own: &[Param] = if node.owner { &node.params } else { &[] };
        let (params, trainable) = (cx.size(&param_count(own)), cx.size(&Size::sum(&trainable(own))));
        let mask = layer.loses_mask.then(|| quote!(.without_mask()));
        quote!(rt::LayerInfo::new(#name, #class, &[#(#output),*], #params, #trainable, #macs) #mask)
    });
    quote!(#(#inputs,)* #(#rows),*)
}

fn trainable(params: &[Param]) -> Vec<Size> {
    params.iter().filter(|param| param.trainable).map(|param| Size::product(&param.shape)).collect()
}
