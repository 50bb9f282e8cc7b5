//! Plan → tokens. Infallible: whatever can be refused was refused before.
//!
//! What the user names stands in the user's scope: the struct, its input, output and workspace.
//! Everything else is in `const _` blocks, where `rt` is `::nn::__rt`, and no name means anything of the user's: see [`scope`].

mod blocks;
mod budget;
mod buffers;
mod calls;
pub mod checks;
mod data;
mod distinct;
mod infer;
mod names;
mod ops;
mod penalties;
mod pretrained;
mod records;
pub mod scope;
pub mod skeleton;
mod state;
mod structs;
mod tables;
mod together;
mod training;

#[cfg(test)]
pub use data::size;
use nn_graph::{Program, Shape};
use proc_macro2::{Ident, Span, TokenStream};
use quote::{format_ident, quote};

use crate::rule::Check;
use crate::sources::Sources;
use crate::syntax::ast::Header;
use crate::syntax::foreign;
use crate::weights::Weights;
use distinct::Distinct;
use scope::{Root, Scope, Users, users};

/// What all parts of the expansion refer to.
#[derive(Clone)]
pub struct Context<'a> {
    pub header: &'a Header,
    pub program: &'a Program,
    pub checks: &'a [Check],
    pub weights: Option<&'a Weights>,
    /// What the places in the program stand for.
    pub sources: &'a Sources,
    /// Layers of the user's own, as they are numbered.
    pub owns: &'a [ops::Own],
    /// The struct.
    pub name: Ident,
    /// `f32` or `f64`.
    pub dtype: TokenStream,
    /// What inputs and outputs are.
    pub ends: Ends,
}

/// What the inputs and outputs of a program are where its code runs.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Ends {
    /// Tensors, or structs of them.
    Records,
    /// The outputs are slices.
    SlicesOut,
    /// All are slices.
    Slices,
}

impl<'a> Context<'a> {
    /// The same for where the user may have a type called `f32`.
    fn outside(&self) -> Self {
        let dtype = &self.dtype;
        Context { dtype: quote!(::core::primitive::#dtype), ..self.clone() }
    }

    /// The attributes of a type beside the struct.
    fn attributes(&self) -> TokenStream {
        users(Users::Attributes, foreign::of_types(&self.header.attrs))
    }

    /// `LeNetWorkspace`.
    pub fn named(&self, suffix: &str) -> Ident {
        format_ident!("{}{}", self.name, suffix, span = self.name.span())
    }

    /// The same network with another program: that of its time step.
    pub fn with(&self, program: &'a Program) -> Self {
        Context { program, ..self.clone() }
    }
}

/// The whole expansion: items for a named network, an expression for an anonymous one. `root` says where the crate is.
pub fn generate(
    root: &Root,
    header: &Header,
    program: &Program,
    checks: &[Check],
    weights: Option<&Weights>,
    sources: &Sources,
) -> TokenStream {
    let name = header.name.clone().unwrap_or_else(|| Ident::new("AnonymousNetwork", Span::call_site()));
    let dtype = data::dtype(program.graph.dtype);
    let owns = ops::owns(program);
    let owns = &owns[..];
    let cx = Context { header, program, checks, weights, sources, owns, name, dtype, ends: Ends::Records };
    let items = items(&cx, root);
    if header.name.is_some() {
        return items;
    }
    let (name, root) = (&cx.name, &root.path);
    quote!({ #items #root::__rt::initialised::<#name>() })
}

fn items(cx: &Context<'_>, root: &Root) -> TokenStream {
    let structs = structs::generate(&cx.outside());
    let plain = structs::plain(cx);
    let mut distinct = Distinct::default();
    let geometry = distinct.geometries(cx);
    let destinations = infer::destinations(cx, &mut distinct);
    let checks = cx.checks.iter().map(|check| checks::item(cx.sources, check));
    let own_checks = ops::own_checks(cx);
    let hover = cx.program.graph.layers().map(|(node, _)| {
        let token = cx.sources.tokens(node.at);
        quote!(const _: rt::markers::#token = rt::markers::#token;)
    });
    let tables = tables::generate(cx);
    let infer = infer::generate(cx);
    let training = training::generate(cx);
    let budget = budget::generate(cx);
    let pretrained = pretrained::generate(cx);
    let (state_types, stateful, stream) = (state::types(&cx.outside()), infer::stateful(cx), state::stream(cx));
    let state = if stream.is_none() { state::constants(cx) } else { None };
    let conditions = foreign::conditions(&cx.header.attrs);
    let mut scope = Scope::new(root, cx.name.clone(), cx.outside().dtype, conditions);
    let own = ops::own_impls(&cx.outside());
    let types = scope.outside(quote!(#structs #state_types #own));
    let block = scope.inside(quote! {
        #(#checks)*
        #own_checks
        #(#hover)*
        #(#geometry)*
        #plain
        #tables
        #state
        #destinations
        #infer
        #stateful
        #training
        #budget
        #pretrained
    });
    // In a block of its own, since its layers have the same names.
    let stream = stream.map(|stream| scope.inside(stream));
    let penalties = penalties::generate(cx).map(|penalties| scope.inside(penalties));
    let steps = blocks::generate(cx).map(|steps| scope.inside(steps));
    let blocks = scope.around(quote!(#block #stream #steps #penalties));
    quote!(#types #blocks)
}

/// `Tensor3<28, 28, 1, f32>`.
fn tensor(cx: &Context<'_>, shape: &Shape, dtype: &TokenStream) -> TokenStream {
    let (name, sizes) = (format_ident!("Tensor{}", shape.len()), cx.sizes(shape));
    quote!(::nn::__rt::#name<#(#sizes,)* #dtype>)
}
