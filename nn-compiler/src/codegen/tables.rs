//! The constants: counts, the layout of the workspace, weights and layers as tables.

use proc_macro2::{Ident, TokenStream};
use quote::quote;

use super::Context;
use crate::layers::options::{Param, param_count};
use crate::names::number;
use crate::plan::Region;
use crate::shapes::dim::Dim;

/// The inherent constants and the regions.
pub fn generate(cx: &Context<'_>) -> TokenStream {
    let (name, dtype, workspace) = (&cx.name, &cx.dtype, cx.named("Workspace"));
    let (regions, params) = (regions(cx, &workspace), params(cx));
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
fn regions(cx: &Context<'_>, workspace: &Ident) -> TokenStream {
    let regions = &cx.plan.regions;
    let (layout, names) = (layout(regions), names(cx, workspace, regions));
    quote! {
        impl #workspace {
            #layout
        }
        #names
    }
}

/// The constant that says where the regions lie: the compiler places them.
pub fn layout(regions: &[Region]) -> TokenStream {
    let whole = regions.iter().filter(|region| region.within.is_none());
    let count = number(whole.clone().count());
    let entries = whole.map(|Region { len, first, last, .. }| {
        let (first, last) = (number(*first), number(*last));
        quote!(rt::memory::region(#len, #first, #last))
    });
    quote!(const LAYOUT: rt::memory::Layout<#count> = rt::memory::place([#(#entries),*]);)
}

/// A constant for each region, of `LeNetRegions`.
pub fn names(cx: &Context<'_>, owner: &Ident, regions: &[Region]) -> Option<TokenStream> {
    let (name, ranges) = (cx.named("Regions"), ranges(&quote!(#owner), regions));
    (!regions.is_empty()).then(|| quote!(struct #name; impl #name { #ranges }))
}

/// The constants, where `owner` has the layout.
pub fn ranges(owner: &TokenStream, regions: &[Region]) -> TokenStream {
    let whole = || regions.iter().enumerate().filter(|(_, region)| region.within.is_none());
    let place = |index: usize| number(whole().take_while(|(other, _)| *other != index).count());
    let names = regions.iter().enumerate().map(|(index, Region { name, len, within, .. })| {
        let range = match within {
            None => {
                let index = place(index);
                quote!(#owner::LAYOUT.range(#index))
            }
            Some((whole, at)) => {
                let whole = &regions[*whole].name;
                quote!(rt::memory::part(&Self::#whole, #at, #len))
            }
        };
        quote!(const #name: ::core::ops::Range<usize> = #range;)
    });
    names.collect()
}

/// One entry for each weight, in the order of the fields.
fn params(cx: &Context<'_>) -> TokenStream {
    let mut offset: Vec<Dim> = Vec::new();
    let mut entries = TokenStream::new();
    for (name, param) in cx.plan.graph.params() {
        let (shape, trainable) = (&param.shape, param.trainable);
        let start = Dim::sum(&offset);
        let initializer = &param.weight.initializer;
        let frozen = (!trainable).then(|| quote!(.frozen()));
        let regularizer = param.weight.regularizer.as_ref().map(|value| quote!(.regularizer(#value)));
        let constraint = param.weight.constraint.as_ref().map(|value| quote!(.constraint(#value)));
        entries.extend(quote! {
            rt::Param::new(#name, &[#(#shape),*], #start, #initializer) #frozen #regularizer #constraint,
        });
        offset.push(Dim::product(shape));
    }
    entries
}

/// One entry for each layer, the inputs first.
pub fn layers(cx: &Context<'_>) -> TokenStream {
    let graph = &cx.plan.graph;
    let inputs = graph.inputs.iter().map(|input| {
        let (name, shape) = (input.name.to_string(), &graph.values[input.value].shape);
        quote!(rt::LayerInfo::new(#name, "InputLayer", &[#(#shape),*], 0, 0, 0))
    });
    let rows = graph.layers().map(|node| {
        let (name, class, output, macs) = (node.name.to_string(), node.class, &node.output, &node.macs);
        let params = if node.owner { param_count(&node.params) } else { Dim::Known(0) };
        let trainable: Vec<Dim> = if node.owner { trainable(&node.params) } else { Vec::new() };
        let trainable = Dim::sum(&trainable);
        quote!(rt::LayerInfo::new(#name, #class, &[#(#output),*], #params, #trainable, #macs))
    });
    quote!(#(#inputs,)* #(#rows),*)
}

fn trainable(params: &[Param]) -> Vec<Dim> {
    params.iter().filter(|param| param.trainable).map(|param| Dim::product(&param.shape)).collect()
}
