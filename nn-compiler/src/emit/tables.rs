//! The constants: counts, the layout of the workspace, weights and layers as tables.

use proc_macro2::{Ident, TokenStream};
use quote::quote;

use nn_graph::Size;
use nn_graph::plan::Region;
use nn_graph::weight::{Param, param_count};

use super::names::number;
use super::scope::{Users, users};
use super::{Context, data, ops};

/// The inherent constants and the regions.
pub fn generate(cx: &Context<'_>) -> TokenStream {
    let (name, dtype, workspace) = (&cx.name, &cx.dtype, cx.named("Workspace"));
    let (regions, params) = (regions(cx, &workspace, &cx.program.regions), params(cx));
    quote! {
        #regions
        impl #name {
            /// The weights, in Keras' order, which is the order of the fields.
            pub const PARAMS: &'static [rt::Param] = #params;
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

/// The table of weights, in the order of the fields. Where there are layers whose weights only rustc knows, it puts the table together.
fn params(cx: &Context<'_>) -> TokenStream {
    let mut offset: Vec<Size> = Vec::new();
    let (mut rows, mut entries): (Vec<TokenStream>, Vec<TokenStream>) = (Vec::new(), Vec::new());
    let mut known = true;
    for node in cx.program.graph.owners() {
        if let Some(list) = ops::unknown(cx, node, "LIST") {
            known = false;
            let (name, trainable) = (node.name.to_string(), node.params.iter().all(|param| param.trainable));
            entries.push(quote!(rt::custom::Entry::Layer { name: #name, weights: #list, trainable: #trainable }));
            continue;
        }
        for param in &node.params {
            let row = row(cx, &node.full_name(param), param, &Size::sum(&offset));
            entries.push(quote!(rt::custom::Entry::One(#row)));
            rows.push(row);
            offset.push(Size::product(&param.shape));
        }
    }
    if known {
        return quote!(&[#(#rows,)*]);
    }
    quote! {{
        const ENTRIES: &[rt::custom::Entry] = &[#(#entries,)*];
        const NAMES: &[u8] = &rt::custom::names::<{ rt::custom::name_len(ENTRIES) }>(ENTRIES);
        &rt::custom::params::<{ rt::custom::count(ENTRIES) }>(ENTRIES, NAMES)
    }}
}

/// The entry of a weight.
fn row(cx: &Context<'_>, name: &str, param: &Param, start: &Size) -> TokenStream {
    let (shape, start) = (cx.sizes(&param.shape), cx.size(start));
    let initializer = cx.initializer(&param.weight.initializer);
    let frozen = (!param.trainable).then(|| quote!(.frozen()));
    let regularizer =
        param.weight.regularizer.as_ref().map(data::regularizer).map(|value| quote!(.regularizer(#value)));
    let constraint = param
        .weight
        .constraint
        .as_ref()
        .map(|value| data::constraint(cx.sources, value))
        .map(|value| quote!(.constraint(#value)));
    let penalty = param.weight.penalty.map(|path| {
        let path = users(Users::Penalty, cx.sources.tokens(path));
        quote!(.penalty(#path))
    });
    quote!(rt::Param::new(#name, &[#(#shape),*], #start, #initializer) #frozen #regularizer #penalty #constraint)
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
        let unknown = |what| if node.owner { ops::unknown(cx, node, what) } else { None };
        let params = unknown("LEN").unwrap_or_else(|| cx.size(&param_count(own)));
        let learns = own.iter().any(|param| param.trainable);
        let trainable = unknown("TRAINABLE").filter(|_| learns);
        let trainable = trainable.unwrap_or_else(|| cx.size(&Size::sum(&self::trainable(own))));
        let mask = layer.loses_mask.then(|| quote!(.without_mask()));
        quote!(rt::LayerInfo::new(#name, #class, &[#(#output),*], #params, #trainable, #macs) #mask)
    });
    quote!(#(#inputs,)* #(#rows),*)
}

fn trainable(params: &[Param]) -> Vec<Size> {
    params.iter().filter(|param| param.trainable).map(|param| Size::product(&param.shape)).collect()
}
