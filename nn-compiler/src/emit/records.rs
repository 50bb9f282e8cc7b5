//! What goes in and what comes out: a tensor, or a struct of named tensors.

use proc_macro2::{Ident, TokenStream};
use quote::{format_ident, quote};

use nn_graph::Name;
use nn_graph::graph::{Element, ValueId};
use nn_graph::size::shape_text;

use super::names::number;
use super::{Context, tensor};

/// `LeNetInput`.
pub fn input(cx: &Context<'_>, suffix: &str, doc: &str) -> TokenStream {
    record(cx, &cx.named(suffix), doc, &inputs(cx))
}

/// `LeNetOutput`.
pub fn output(cx: &Context<'_>, suffix: &str, doc: &str) -> TokenStream {
    record(cx, &cx.named(suffix), doc, &outputs(cx))
}

/// What several inputs are.
pub fn input_impls(cx: &Context<'_>, suffix: &str) -> Option<TokenStream> {
    impls(cx, &cx.named(suffix), &inputs(cx), quote!(zeroable))
}

/// What several outputs are.
pub fn output_impls(cx: &Context<'_>, suffix: &str) -> Option<TokenStream> {
    impls(cx, &cx.named(suffix), &outputs(cx), quote!(plain))
}

type Parts<'a> = Vec<(&'a Name, ValueId)>;

fn inputs<'a>(cx: &Context<'a>) -> Parts<'a> {
    cx.program.graph.inputs.iter().map(|input| (&input.name, input.value)).collect()
}

fn outputs<'a>(cx: &Context<'a>) -> Parts<'a> {
    cx.program.graph.outputs.iter().map(|output| (&output.name, output.value)).collect()
}

/// One entry for each part.
fn types(cx: &Context<'_>, parts: &Parts<'_>) -> Vec<TokenStream> {
    let shape = |id: ValueId| &cx.program.graph.values[id].shape;
    parts.iter().map(|(_, id)| tensor(cx, shape(*id), &element(cx, *id))).collect()
}

fn record(cx: &Context<'_>, name: &Ident, doc: &str, parts: &Parts<'_>) -> TokenStream {
    let (vis, attributes) = (&cx.header.vis, cx.attributes());
    let types = types(cx, parts);
    if let [only] = types.as_slice() {
        return quote!(#attributes #[doc = #doc] #vis type #name = #only;);
    }
    let fields = parts.iter().map(|(name, _)| cx.ident(name));
    let docs = parts.iter().map(|(_, id)| {
        let element = element_name(cx, *id);
        format!(" {} of `{element}`.", shape_text(&cx.program.graph.values[*id].shape))
    });
    quote! {
        #attributes
        #[doc = #doc]
        #[derive(
            ::core::clone::Clone, ::core::marker::Copy, ::core::fmt::Debug, ::core::default::Default, ::core::cmp::PartialEq,
        )]
        #[repr(C)]
        #vis struct #name {
            #(#[doc = #docs] pub #fields: #types,)*
        }
    }
}

/// `None` for a single part, which is a tensor. `plain` says what kind of data it is.
fn impls(cx: &Context<'_>, name: &Ident, parts: &Parts<'_>, plain: TokenStream) -> Option<TokenStream> {
    if parts.len() == 1 {
        return None;
    }
    let types = types(cx, parts);
    let fields: Vec<Ident> = parts.iter().map(|(name, _)| cx.ident(name)).collect();
    let entries = parts.iter().map(|(name, id)| {
        let (name, shape) = (name.to_string(), cx.sizes(&cx.program.graph.values[*id].shape));
        let dtype = format_ident!("{}", element_name(cx, *id).to_uppercase());
        quote!(rt::Part { name: #name, shape: &[#(#shape),*], dtype: rt::Dtype::#dtype })
    });
    let indices: Vec<_> = (0..parts.len()).map(number).collect();
    Some(quote! {
        rt::#plain!(#name { #(#fields),* });
        impl rt::Record for #name {
            type Parts = (#(#types,)*);
            const PARTS: &'static [rt::Part] = &[#(#entries),*];

            fn part(&self, index: usize) -> &[u8] {
                match index { #(#indices => rt::bytemuck::bytes_of(&self.#fields),)* _ => &[] }
            }

            fn part_mut(&mut self, index: usize) -> &mut [u8] {
                match index { #(#indices => rt::bytemuck::bytes_of_mut(&mut self.#fields),)* _ => &mut [] }
            }
        }
    })
}

/// The type of a value's elements, as an identifier.
fn element_name(cx: &Context<'_>, value: ValueId) -> &'static str {
    match cx.program.graph.values[value].element {
        Element::Real => cx.program.graph.dtype.name(),
        integer => integer.name(),
    }
}

/// The type of a value's elements.
pub fn element(cx: &Context<'_>, value: ValueId) -> TokenStream {
    match cx.program.graph.values[value].element {
        Element::Real => cx.dtype.clone(),
        Element::U32 => quote!(::core::primitive::u32),
        Element::I32 => quote!(::core::primitive::i32),
        Element::U8 => quote!(::core::primitive::u8),
    }
}
