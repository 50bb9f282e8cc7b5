//! The compiler under the `network!` macro of the `nn` crate: from layers to Rust, in stages.
//!
//! Tokens are parsed into what the user wrote, which becomes a graph of named layers, whose shapes are checked.
//! Every stage reports its mistakes to one collector and goes on, so that one compile shows all of them.

mod diagnostics;
mod emit;
#[cfg(test)]
mod expansions;
mod ir;
mod layers;
mod parse;
#[cfg(test)]
mod plan_tests;
mod shapes;
mod sources;
mod spec;
#[cfg(test)]
mod testing;
mod weights;

use diagnostics::Diagnostics;
use emit::skeleton::Skeleton;
use nn_graph::{Program, plan};
use parse::ast::Header;
use proc_macro2::TokenStream;
use shapes::Checked;

/// Turns the text of a network, what stands between the braces of `network!`, into a struct with its weights and its code.
/// Mistakes become `compile_error!`s where they stand.
pub fn expand(input: TokenStream) -> TokenStream {
    let mut errors = Diagnostics::default();
    let network = parse::parse(input, &mut errors);
    let skeleton = network.as_ref().and_then(|network| Skeleton::of(&network.header));
    let graph = network.map(|network| ir::build(network, &mut errors));
    let checked = graph.and_then(|graph| shapes::check(graph, &mut errors));
    let reports = errors.finish();
    match (checked, skeleton) {
        (Some(checked), _) => {
            let Checked { header, graph, stream, checks, weights, sources } = checked;
            let program = plan::plan(graph, stream);
            dump(&header, &program);
            emit::generate(&header, &program, &checks, weights.as_ref(), &sources)
        }
        (None, Some(skeleton)) => skeleton.with(&reports),
        (None, None) => diagnostics::alone(&reports),
    }
}

/// Prints the plan of each network while it compiles, where the environment variable `NN_DUMP` is set.
fn dump(header: &Header, program: &Program) {
    if std::env::var_os("NN_DUMP").is_some() {
        let name = header.name.as_ref().map_or("anonymous network".to_string(), ToString::to_string);
        eprintln!("plan of {name}\n{}", program.text());
    }
}
