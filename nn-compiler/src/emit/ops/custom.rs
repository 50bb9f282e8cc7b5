//! `Lambda` and `Custom`: layers of the user's own.

use nn_graph::graph::Node;
use nn_graph::op::{Custom, Op};
use nn_graph::size::{Length, Shape};
use nn_graph::weight::Param;
use nn_graph::{Program, SourceId};
use proc_macro2::{Ident, Literal, TokenStream};
use quote::{quote, quote_spanned};

use super::{Call, Emit, Infer, without};
use crate::emit::scope::{Users, users};
use crate::emit::{Context, names, tensor};

/// A type of the user's on an input: what kernels are told of it.
#[derive(Clone, PartialEq)]
pub struct Own {
    path: SourceId,
    weights: bool,
    input: Shape,
    output: Shape,
}

impl Own {
    fn of(op: &Custom, node: &Node) -> Self {
        Own { path: op.path, weights: op.weights, input: node.input.clone(), output: node.output.clone() }
    }
}

/// All of a network and of its time step, each once.
pub fn owns(program: &Program) -> Vec<Own> {
    let step = program.stream.iter().flat_map(|stream| &stream.program.graph.nodes);
    let mut owns = Vec::new();
    for node in program.graph.nodes.iter().chain(step) {
        if let Some(own) = own(node)
            && !owns.contains(&own)
        {
            owns.push(own);
        }
    }
    owns
}

/// What a node is such a layer of.
fn own(node: &Node) -> Option<Own> {
    match &node.op {
        Op::Custom(op) => Some(Own::of(op, node)),
        Op::Each(each) => own(&each.node(node)),
        _ => None,
    }
}

/// `impl Own<0> for NetOwn`, where the user's names are seen. It is a type that nobody else sees, as a type of the user's may be.
pub fn impls(cx: &Context<'_>) -> TokenStream {
    if cx.owns.is_empty() {
        return TokenStream::new();
    }
    let (attributes, owner) = (cx.attributes(), owner(cx));
    let each = cx.owns.iter().enumerate().map(|(index, own)| {
        let index = names::number(index);
        let [input, output] = [&own.input, &own.output].map(|shape| tensor(cx, shape, &cx.dtype));
        let path = users(Users::Type, cx.sources.tokens(own.path));
        let at = cx.sources.extent(own.path).start;
        let layer = if own.weights { path } else { quote_spanned!(at=> ::nn::__rt::custom::Weightless<#path>) };
        quote! {
            #attributes
            impl ::nn::__rt::custom::Own<#index> for #owner {
                type Input = #input;
                type Output = #output;
                type Layer = #layer;
            }
        }
    });
    quote! {
        #attributes
        #[doc(hidden)]
        struct #owner;
        #(#each)*
    }
}

/// `NetOwn`.
fn owner(cx: &Context<'_>) -> Ident {
    cx.named("Own")
}

/// That the shapes agree, at the layer; and that it has the same weights on a time step.
pub fn checks(cx: &Context<'_>) -> TokenStream {
    let step = cx.program.stream.iter().flat_map(|stream| &stream.program.graph.nodes);
    let each = cx.program.graph.nodes.iter().chain(step).filter_map(|node| {
        let index = index(cx, node)?;
        let (at, name, text) = (cx.sources.extent(node.at).start, owner(cx), &node.text);
        let whole = cx.program.graph.nodes.iter().find(|other| other.owner && other.field == node.field);
        let whole = whole.and_then(|whole| self::index(cx, whole));
        let fits = quote_spanned!(at=> const _: () = ::nn::__rt::custom::fits::<#name, #index>(#text););
        let same = whole.filter(|whole| whole.to_string() != index.to_string()).map(|whole| {
            quote_spanned!(at=> const _: () = ::nn::__rt::custom::same_weights::<#name, #whole, #index>(#text);)
        });
        Some(quote!(#fits #same))
    });
    each.collect()
}

/// Which of them a node is.
fn index(cx: &Context<'_>, node: &Node) -> Option<Literal> {
    let own = own(node)?;
    cx.owns.iter().position(|other| *other == own).map(names::number)
}

/// A constant of it, where a node has weights that only rustc knows.
pub fn unknown(cx: &Context<'_>, node: &Node, what: &str) -> Option<TokenStream> {
    let unknown = node.params.iter().any(Param::is_unknown);
    unknown.then(|| constant(cx, node, what)).flatten()
}

/// A constant of a layer of the user's.
fn constant(cx: &Context<'_>, node: &Node, what: &str) -> Option<TokenStream> {
    let (name, index, what) = (owner(cx), index(cx, node)?, names::word(what));
    Some(quote!(<#name as ::nn::__rt::custom::Own<#index>>::#what))
}

/// Its weights, one after another: `mutable` says which borrow.
fn flat(weights: &Custom, place: &TokenStream, mutable: bool) -> TokenStream {
    match (weights.weights, mutable) {
        (true, true) => quote!(&mut #place.0),
        (true, false) => quote!(&#place.0),
        (false, true) => quote!(&mut []),
        (false, false) => quote!(&[]),
    }
}

impl Emit for Custom {
    fn weights(&self, cx: &Context<'_>, node: &Node) -> Option<TokenStream> {
        let (len, dtype) = (constant(cx, node, "LEN")?, &cx.dtype);
        self.weights.then(|| quote!(::nn::__rt::custom::CustomWeights<{ #len }, #dtype>))
    }

    without!(geometry);

    fn measure(&self, cx: &Context<'_>, node: &Node, what: Length) -> TokenStream {
        let what = match what {
            Length::Scratch => "SCRATCH",
            Length::Saved => "SAVED",
            Length::State => "STATE",
            Length::ScratchInto | Length::Bordered => return TokenStream::new(),
        };
        constant(cx, node, what).unwrap_or_default()
    }

    fn infer(&self, call: &Infer<'_>) -> TokenStream {
        let (cx, x, y, scratch, state) = (call.cx, call.x(), call.y(), &call.scratch, call.state());
        let (name, index, field) = (owner(cx), index(cx, call.node), cx.field(call.node));
        let weights = flat(self, &quote!(self.#field), false);
        quote!(rt::custom::infer::<#name, #index>(#weights, #x, #y, #scratch, #state);)
    }

    fn forward(&self, call: &Call<'_>) -> TokenStream {
        let Call { cx, node, x, y, saved, .. } = call;
        let (name, index, field) = (owner(cx), index(cx, node), cx.field(node));
        let (weights, state) = (flat(self, &quote!(self.#field), false), call.carried());
        quote!(rt::custom::forward::<#name, #index>(#weights, samples, (#x, #y), #saved, #state, scratch);)
    }

    fn backward(&self, call: &Call<'_>) -> TokenStream {
        let Call { cx, node, x, y, dy, saved, .. } = call;
        let (name, index, field, dx) = (owner(cx), index(cx, node), cx.field(node), call.optional_dx());
        let (weights, sums) = (flat(self, &quote!(self.#field), false), flat(self, &quote!(sums.#field), true));
        quote! {
            rt::custom::backward::<#name, #index>(
                #weights, samples, rt::custom::Back { x: #x, y: #y, dy: #dy, saved: #saved }, #dx, #sums, scratch,
            );
        }
    }
}
