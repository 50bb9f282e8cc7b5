//! Plan → tokens. Infallible: whatever can be refused was refused before.
//!
//! What the user names stands in the user's scope: the struct, its input, output and workspace.
//! Everything else is in one `const _` block, where `rt` is `::nn::__rt`.

mod budget;
mod buffers;
mod calls;
mod distinct;
mod infer;
mod pretrained;
mod records;
pub mod skeleton;
mod state;
mod structs;
mod tables;
mod together;
mod training;

use proc_macro2::{Ident, Span, TokenStream};
use quote::{format_ident, quote};

use self::distinct::Distinct;
use crate::plan::Plan;
use crate::shapes::dim::Shape;

/// What all parts of the expansion refer to.
pub struct Context<'a> {
    pub plan: &'a Plan,
    /// The struct.
    pub name: Ident,
    /// `f32` or `f64`.
    pub dtype: TokenStream,
}

impl Context<'_> {
    /// `LeNetWorkspace`.
    pub fn named(&self, suffix: &str) -> Ident {
        format_ident!("{}{}", self.name, suffix, span = self.name.span())
    }
}

/// The whole expansion: items for a named network, an expression for an anonymous one.
pub fn generate(plan: &Plan) -> TokenStream {
    let name = plan.graph.name.clone().unwrap_or_else(|| Ident::new("AnonymousNetwork", Span::call_site()));
    let dtype = plan.graph.dtype.tokens();
    let cx = Context { plan, name, dtype };
    let items = items(&cx);
    if plan.graph.name.is_some() {
        return items;
    }
    let name = &cx.name;
    quote!({ #items ::nn::__rt::initialised::<#name>() })
}

fn items(cx: &Context<'_>) -> TokenStream {
    let structs = structs::generate(cx);
    let mut distinct = Distinct::default();
    let geometry = distinct.geometries(cx.plan);
    let destinations = infer::destinations(cx, &mut distinct);
    let checks = cx.plan.graph.nodes.iter().map(|node| &node.checks);
    let hover = cx.plan.graph.layers().map(|node| {
        let token = &node.token;
        quote!(const _: rt::markers::#token = rt::markers::#token;)
    });
    let tables = tables::generate(cx);
    let infer = infer::generate(cx);
    let training = training::generate(cx);
    let budget = budget::generate(cx);
    let pretrained = pretrained::generate(cx);
    let (state_types, stateful, stream) = (state::types(cx), infer::stateful(cx), state::stream(cx));
    let state = if stream.is_none() { state::constants(cx) } else { None };
    quote! {
        #structs
        #state_types
        #[allow(dead_code, unused_variables, unused_braces, non_camel_case_types)]
        const _: () = {
            use ::nn::__rt as rt;
            #(#checks)*
            #(#hover)*
            #(#geometry)*
            #tables
            #state
            #destinations
            #infer
            #stateful
            #training
            #budget
            #pretrained
        };
        #stream
    }
}

/// `Tensor3<28, 28, 1, f32>`.
pub fn tensor(shape: &Shape, dtype: &TokenStream) -> TokenStream {
    let name = format_ident!("Tensor{}", shape.len());
    quote!(::nn::__rt::#name<#(#shape,)* #dtype>)
}
