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

use codegen::skeleton::Skeleton;
use diagnostics::Diagnostics;
use proc_macro2::TokenStream;

/// Turns the text of a network, what stands between the braces of `network!`, into a struct with its weights and its code.
/// Mistakes become `compile_error!`s where they stand.
pub fn expand(input: TokenStream) -> TokenStream {
    let mut errors = Diagnostics::default();
    let network = parse::parse(input, &mut errors);
    let skeleton = network.as_ref().and_then(|network| Skeleton::of(&network.header));
    let graph = network.map(|network| ir::build(network, &mut errors));
    let shaped = graph.and_then(|graph| shapes::check(graph, &mut errors));
    let reports = errors.finish();
    match (shaped, skeleton) {
        (Some(shaped), _) => {
            let plan = plan::plan(shaped);
            plan.dump();
            codegen::generate(&plan)
        }
        (None, Some(skeleton)) => skeleton.with(&reports),
        (None, None) => diagnostics::alone(&reports),
    }
}
