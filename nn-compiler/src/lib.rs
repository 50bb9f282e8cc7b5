//! The compiler under the `network!` macro of the `nn` crate: from layers to Rust, in stages.
//!
//! Tokens are parsed into what the user wrote, which becomes a graph of named layers, whose shapes are checked.
//! Every stage reports its mistakes to one collector and goes on, so that one compile shows all of them.

mod codegen;
mod diagnostics;
#[cfg(test)]
mod expansions;
mod ir;
mod layers;
mod names;
mod parse;
mod plan;
mod shapes;
#[cfg(test)]
mod testing;
mod weights;

use codegen::scope::Root;
use codegen::skeleton::Skeleton;
use diagnostics::Diagnostics;
use proc_macro2::{TokenStream, TokenTree};
use quote::quote;

/// Turns the text of a network, what stands between the braces of `network!`, into a struct with its weights and its code.
/// Mistakes become `compile_error!`s where they stand.
///
/// In front of the network may stand `@(path)`: where the crate `nn` is, `::nn` if nobody says so.
pub fn expand(input: TokenStream) -> TokenStream {
    let mut errors = Diagnostics::default();
    let (root, input) = root(input);
    let network = parse::parse(input, &mut errors);
    let written = network.as_ref().and_then(|network| network.header.root.as_ref());
    let root = written.map_or(root, |path| Root { path: quote!(#path), written: true });
    let skeleton = network.as_ref().and_then(|network| Skeleton::of(&network.header));
    let graph = network.map(|network| ir::build(network, &mut errors));
    let shaped = graph.and_then(|graph| shapes::check(graph, &mut errors));
    let reports = errors.finish();
    match (shaped, skeleton) {
        (Some(shaped), _) => {
            let plan = plan::plan(shaped);
            plan.dump();
            codegen::generate(&plan, &root)
        }
        (None, Some(skeleton)) => skeleton.with(&reports),
        (None, None) => diagnostics::alone(&reports),
    }
}

/// Where the crate is, and the network.
fn root(input: TokenStream) -> (Root, TokenStream) {
    let mut rest = input.clone().into_iter();
    match (rest.next(), rest.next()) {
        (Some(TokenTree::Punct(at)), Some(TokenTree::Group(root))) if at.as_char() == '@' => {
            (Root { path: root.stream(), written: false }, rest.collect())
        }
        _ => (Root::default(), input),
    }
}
