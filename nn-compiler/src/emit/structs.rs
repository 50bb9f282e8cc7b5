//! The struct of weights, and the types beside it.

use proc_macro2::TokenStream;
use quote::quote;

use nn_graph::Size;
use nn_graph::size::shape_text;
use nn_graph::weight::{Param, param_count};

use super::{Context, ops, records};

/// `LeNet`, `LeNetInput`, `LeNetOutput`, `LeNetWorkspace`.
pub fn generate(cx: &Context<'_>) -> TokenStream {
    let (attrs, vis, name, dtype) = (&cx.header.attrs, &cx.header.vis, &cx.name, &cx.dtype);
    let workspace = cx.named("Workspace");
    let fields = fields(cx);
    let table = doc_table(cx);
    let input = records::input(cx, "Input", &format!(" One sample for [`{name}`]."));
    let output = records::output(cx, "Output", &format!(" What [`{name}`] makes of one sample."));
    let workspace_doc = format!(" The memory that [`{name}`] needs beside its weights while it infers.");
    quote! {
        #(#attrs)*
        #[doc = #table]
        #[derive(Clone, Copy, ::nn::__rt::bytemuck::Pod, ::nn::__rt::bytemuck::Zeroable)]
        #[bytemuck(crate = "::nn::__rt::bytemuck")]
        #[repr(C, align(64))]
        #[allow(unused_braces)]
        #vis struct #name {
            #(#fields)*
            #[doc(hidden)]
            pub __padding: [#dtype; ::nn::__rt::padding::<#dtype>(#name::PARAMETERS)],
        }
        #input
        #output
        #[doc = #workspace_doc]
        #[derive(Clone, Copy, ::nn::__rt::bytemuck::Pod, ::nn::__rt::bytemuck::Zeroable)]
        #[bytemuck(crate = "::nn::__rt::bytemuck")]
        #[repr(C, align(64))]
        #vis struct #workspace([#dtype; #name::WORKSPACE_BYTES / ::core::mem::size_of::<#dtype>()]);
    }
}

/// One field for each layer with weights, documented with the layer as written.
fn fields(cx: &Context<'_>) -> impl Iterator<Item = TokenStream> {
    cx.program.graph.owners().filter_map(|node| {
        let weights = ops::of(&node.op).weights(cx, node)?;
        let (name, doc) = (cx.ident(&node.name), format!(" `{}`", node.text));
        Some(quote!(#[doc = #doc] pub #name: #weights,))
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
        let params = param_count(params);
        let output = shape_text(&layer.output);
        let (name, text) = (&node.name, &node.text);
        table += &format!("| {name}: `{text}` | {output} | {} | {} |\n", count(&params), count(&layer.macs));
    }
    table
}
