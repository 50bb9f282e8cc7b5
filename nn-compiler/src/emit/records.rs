//! What goes in and what comes out: a tensor, or a struct of named tensors.

use proc_macro2::{Ident, TokenStream};
use quote::quote;

use nn_graph::Name;
use nn_graph::graph::{Element, ValueId};
use nn_graph::size::shape_text;

use super::names::number;
use super::{Context, tensor};

/// `LeNetInput`.
pub fn input(cx: &Context<'_>, suffix: &str, doc: &str) -> TokenStream {
    let parts: Vec<(&Name, ValueId)> = cx.program.graph.inputs.iter().map(|input| (&input.name, input.value)).collect();
    record(cx, &cx.named(suffix), doc, &parts, quote!())
}

/// `LeNetOutput`.
pub fn output(cx: &Context<'_>, suffix: &str, doc: &str) -> TokenStream {
    let outputs = cx.program.graph.outputs.iter();
    let parts: Vec<(&Name, ValueId)> = outputs.map(|output| (&output.name, output.value)).collect();
    record(cx, &cx.named(suffix), doc, &parts, quote!(, ::nn::__rt::bytemuck::Pod))
}

fn record(cx: &Context<'_>, name: &Ident, doc: &str, parts: &[(&Name, ValueId)], pod: TokenStream) -> TokenStream {
    let vis = &cx.header.vis;
    let value = |id: ValueId| &cx.program.graph.values[id];
    let types: Vec<TokenStream> =
        parts.iter().map(|(_, id)| tensor(cx, &value(*id).shape, &element(cx, *id))).collect();
    if let [only] = types.as_slice() {
        return quote!(#[doc = #doc] #vis type #name = #only;);
    }
    let fields: Vec<Ident> = parts.iter().map(|(name, _)| cx.ident(name)).collect();
    let entries = parts.iter().map(|(name, id)| {
        let (name, shape) = (name.to_string(), cx.sizes(&value(*id).shape));
        let dtype = match element(cx, *id).to_string().as_str() {
            "f32" => quote!(F32),
            "f64" => quote!(F64),
            "u32" => quote!(U32),
            _ => quote!(U8),
        };
        quote!(::nn::__rt::Part { name: #name, shape: &[#(#shape),*], dtype: ::nn::__rt::Dtype::#dtype })
    });
    let docs = parts.iter().map(|(_, id)| format!(" {} of `{}`.", shape_text(&value(*id).shape), element(cx, *id)));
    let indices: Vec<_> = (0..parts.len()).map(number).collect();
    quote! {
        #[doc = #doc]
        #[derive(Clone, Copy, Debug, Default, PartialEq, ::nn::__rt::bytemuck::Zeroable #pod)]
        #[bytemuck(crate = "::nn::__rt::bytemuck")]
        #[repr(C)]
        #vis struct #name {
            #(#[doc = #docs] pub #fields: #types,)*
        }
        impl ::nn::__rt::Record for #name {
            type Parts = (#(#types,)*);
            const PARTS: &'static [::nn::__rt::Part] = &[#(#entries),*];

            fn part(&self, index: usize) -> &[u8] {
                match index { #(#indices => ::nn::__rt::bytemuck::bytes_of(&self.#fields),)* _ => &[] }
            }

            fn part_mut(&mut self, index: usize) -> &mut [u8] {
                match index { #(#indices => ::nn::__rt::bytemuck::bytes_of_mut(&mut self.#fields),)* _ => &mut [] }
            }
        }
    }
}

/// The type of a value's elements.
pub fn element(cx: &Context<'_>, value: ValueId) -> TokenStream {
    match cx.program.graph.values[value].element {
        Element::Real => cx.dtype.clone(),
        Element::U32 => quote!(u32),
        Element::U8 => quote!(u8),
    }
}
