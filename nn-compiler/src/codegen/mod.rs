//! Plan → tokens. Infallible: whatever can be refused was refused before.
//!
//! What the user names stands in the user's scope: the struct, its input, output and workspace.
//! Everything else is in `const _` blocks, where `rt` is `::nn::__rt`, and no name means anything of the user's: see [`scope`].

mod budget;
mod buffers;
mod calls;
mod infer;
mod pretrained;
mod records;
pub mod scope;
pub mod skeleton;
mod state;
mod structs;
mod tables;
mod together;
mod training;

use proc_macro2::{Ident, Span, TokenStream};
use quote::{format_ident, quote};

use crate::parse::foreign;
use crate::plan::Plan;
use crate::shapes::dim::Shape;
use scope::{Root, Scope, Users, users};

/// What all parts of the expansion refer to.
pub struct Context<'a> {
    pub plan: &'a Plan,
    /// The struct.
    pub name: Ident,
    /// `f32` or `f64`.
    pub dtype: TokenStream,
}

impl<'a> Context<'a> {
    /// The same for where the user may have a type called `f32`.
    fn outside(&self) -> Self {
        let dtype = &self.dtype;
        Context { plan: self.plan, name: self.name.clone(), dtype: quote!(::core::primitive::#dtype) }
    }

    /// The attributes of a type beside the struct.
    fn attributes(&self) -> TokenStream {
        users(Users::Attributes, foreign::of_types(&self.plan.graph.attrs))
    }

    /// `LeNetWorkspace`.
    pub fn named(&self, suffix: &str) -> Ident {
        format_ident!("{}{}", self.name, suffix, span = self.name.span())
    }
}

/// The whole expansion: items for a named network, an expression for an anonymous one. `root` says where the crate is.
pub fn generate(plan: &Plan, root: &Root) -> TokenStream {
    let name = plan.graph.name.clone().unwrap_or_else(|| Ident::new("AnonymousNetwork", Span::call_site()));
    let dtype = plan.graph.dtype.tokens();
    let cx = Context { plan, name, dtype };
    let items = items(&cx, root);
    if plan.graph.name.is_some() {
        return items;
    }
    let (name, root) = (&cx.name, &root.path);
    quote!({ #items #root::__rt::initialised::<#name>() })
}

fn items(cx: &Context<'_>, root: &Root) -> TokenStream {
    let structs = structs::generate(&cx.outside());
    let plain = structs::plain(cx);
    let geometry = cx.plan.graph.nodes.iter().filter_map(|node| Some(node.op.emit()?.geometry(node)));
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
    let (state_types, stateful, stream) = (state::types(&cx.outside()), infer::stateful(cx), state::stream(cx));
    let state = if stream.is_none() { state::constants(cx) } else { None };
    let conditions = foreign::conditions(&cx.plan.graph.attrs);
    let mut scope = Scope::new(root, cx.name.clone(), cx.outside().dtype, conditions);
    let types = scope.outside(quote!(#structs #state_types));
    let block = scope.inside(quote! {
        #(#checks)*
        #(#hover)*
        #(#geometry)*
        #plain
        #tables
        #state
        #infer
        #stateful
        #training
        #budget
        #pretrained
    });
    // In a block of its own, since its layers have the same names.
    let stream = stream.map(|stream| scope.inside(stream));
    let blocks = scope.around(quote!(#block #stream));
    quote!(#types #blocks)
}

/// `Tensor3<28, 28, 1, f32>`.
pub fn tensor(shape: &Shape, dtype: &TokenStream) -> TokenStream {
    let name = format_ident!("Tensor{}", shape.len());
    quote!(::nn::__rt::#name<#(#shape,)* #dtype>)
}
