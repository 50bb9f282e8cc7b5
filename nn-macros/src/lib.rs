//! The `network!` macro of the `nn` crate: a compiler from layers to Rust, in stages.
//!
//! Tokens are parsed into what the user wrote, which becomes a graph of named layers, whose shapes are checked.
//! Every stage reports its mistakes to one collector and goes on, so that one compile shows all of them.

mod codegen;
mod diagnostics;
mod ir;
mod layers;
mod parse;
mod shapes;
#[cfg(test)]
mod testing;

use diagnostics::Diagnostics;
use proc_macro2::TokenStream;

/// Turns a network into a struct with its weights and its code. The guide is in the documentation of the crate `nn`.
#[proc_macro]
pub fn network(input: proc_macro::TokenStream) -> proc_macro::TokenStream {
    expand(input.into()).into()
}

fn expand(input: TokenStream) -> TokenStream {
    let mut errors = Diagnostics::default();
    let network = parse::parse(input, &mut errors);
    let named = network.as_ref().is_some_and(|network| network.header.name.is_some());
    let skeleton = network.as_ref().map(|network| codegen::skeleton::skeleton(&network.header));
    let graph = network.map(|network| ir::build(network, &mut errors));
    let shaped = graph.and_then(|graph| shapes::check(graph, &mut errors));
    let checks: TokenStream = shaped.iter().flat_map(|graph| &graph.nodes).map(|node| node.checks.clone()).collect();
    let reports = errors.finish();
    match named {
        true => quote::quote!(#skeleton #checks #(#reports)*),
        false => diagnostics::as_expression(&reports),
    }
}
