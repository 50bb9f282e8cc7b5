//! The struct of weights, and the types beside it.

use proc_macro2::TokenStream;
use quote::quote;

use nn_graph::Size;
use nn_graph::graph::Node;
use nn_graph::size::shape_text;
use nn_graph::weight::{Param, param_count};

use super::scope::{Users, users};
use super::{Context, ops, records};

/// `LeNet`, `LeNetInput`, `LeNetOutput`, `LeNetWorkspace`.
pub fn generate(cx: &Context<'_>) -> TokenStream {
    let (attrs, vis, name, dtype) = (&cx.header.attrs, &cx.header.vis, &cx.name, &cx.dtype);
    let attrs = users(Users::Attributes, quote!(#(#attrs)*));
    let workspace = cx.named("Workspace");
    let (fields, attributes) = (fields(cx), cx.attributes());
    let table = doc_table(cx);
    let input = records::input(cx, "Input", &format!(" One sample for [`{name}`]."));
    let output = records::output(cx, "Output", &format!(" What [`{name}`] makes of one sample."));
    let workspace_doc = format!(" The memory that [`{name}`] needs beside its weights while it infers.");
    quote! {
        #attrs
        #[doc = #table]
        #[derive(::core::clone::Clone, ::core::marker::Copy)]
        #[repr(C, align(64))]
        #[allow(deprecated, unused_braces)]
        #vis struct #name {
            #(#fields)*
            #[doc(hidden)]
            pub __padding: [#dtype; ::nn::__rt::padding::<#dtype>(#name::PARAMETERS)],
        }
        #input
        #output
        #attributes
        #[doc = #workspace_doc]
        #[allow(deprecated)]
        #[derive(::core::clone::Clone, ::core::marker::Copy)]
        #[repr(C, align(64))]
        #vis struct #workspace([#dtype; #name::WORKSPACE_BYTES / ::core::mem::size_of::<#dtype>()]);
    }
}

/// That they are plain data; the compiler checks it.
pub fn plain(cx: &Context<'_>) -> TokenStream {
    let (name, workspace, graph) = (&cx.name, cx.named("Workspace"), &cx.program.graph);
    let fields = graph.owners().filter(|node| weights(cx, node).is_some()).map(|node| cx.ident(&node.name));
    let (input, output) = (records::input_impls(cx, "Input"), records::output_impls(cx, "Output"));
    quote! {
        rt::plain!(#name { #(#fields,)* __padding });
        rt::plain!(#workspace { 0 });
        impl ::core::cmp::PartialEq for #name {
            /// Whether all weights are equal; as in Rust, NaN equals nothing.
            fn eq(&self, other: &Self) -> ::core::primitive::bool {
                rt::Network::as_flat(self) == rt::Network::as_flat(other)
            }
        }
        #input
        #output
    }
}

fn weights(cx: &Context<'_>, node: &Node) -> Option<TokenStream> {
    ops::of(&node.op).weights(cx, node)
}

/// One field for each layer with weights, documented with the layer as written.
fn fields(cx: &Context<'_>) -> impl Iterator<Item = TokenStream> {
    cx.program.graph.owners().filter_map(|node| {
        let weights = weights(cx, node)?;
        let (name, doc, docs) = (cx.ident(&node.name), format!(" `{}`", node.text), &node.docs);
        // What the user says first: the layer itself is a paragraph of its own.
        let apart = (!docs.is_empty()).then(|| quote!(#[doc = ""]));
        Some(quote!(#(#[doc = #docs])* #apart #[doc = #doc] pub #name: #weights,))
    })
}

/// The table of layers in the docs of the struct.
fn doc_table(cx: &Context<'_>) -> String {
    let graph = &cx.program.graph;
    let mut table = String::from("\n| layer | output | parameters | multiply-adds |\n| --- | --- | ---: | ---: |\n");
    for input in &graph.inputs {
        let name = if input.name.text == "input" { String::new() } else { format!("{}: ", input.name) };
        table += &format!("| {name}`Input` | {} | | |\n", shape_text(&graph.values[input.value].shape));
    }
    for (node, layer) in graph.layers() {
        let count = |size: &Size| match size.known() {
            Some(0) => String::new(),
            Some(number) => number.to_string(),
            None => "…".to_string(),
        };
        let params: &[Param] = if node.owner { &node.params } else { &[] };
        let params = if params.iter().any(Param::is_unknown) { "…".to_string() } else { count(&param_count(params)) };
        let output = shape_text(&layer.output);
        let (name, text) = (&node.name, &node.text);
        let mask = if layer.loses_mask { ", where the mask ends" } else { "" };
        table += &format!("| {name}: `{text}`{mask} | {output} | {params} | {} |\n", count(&layer.macs));
    }
    table
}
