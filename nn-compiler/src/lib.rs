//! The compiler under the `network!` macro of the `nn` crate: from layers to Rust, in stages.
//!
//! Tokens are parsed into what the user wrote, which becomes a graph of named layers, whose shapes are checked.
//! Every stage reports its mistakes to one collector and goes on, so that one compile shows all of them.

mod check;
mod diagnostics;
mod emit;
#[cfg(test)]
mod expansions;
mod layers;
#[cfg(test)]
mod plan_tests;
mod planned;
mod rule;
mod sources;
mod spec;
mod syntax;
#[cfg(test)]
mod testing;
mod weights;
mod wire;

use check::Checked;
use diagnostics::Diagnostics;
use emit::scope::Root;
use emit::skeleton::Skeleton;
use nn_graph::{Program, plan};
use proc_macro2::{TokenStream, TokenTree};
use quote::quote;
use syntax::ast::Header;

/// Turns the text of a network, what stands between the braces of `network!`, into a struct with its weights and its code.
/// Mistakes become `compile_error!`s where they stand.
///
/// In front of the network may stand `@(path)`: where the crate `nn` is, `::nn` if nobody says so.
pub fn expand(input: TokenStream) -> TokenStream {
    let (root, input) = root(input);
    let mut errors = Diagnostics::new(layers::takes_nothing);
    let network = syntax::parse(input, &mut errors);
    let skeleton = network.as_ref().and_then(|network| Skeleton::of(&network.header));
    let written = network.as_ref().and_then(|network| network.header.root.as_ref());
    let root = written.map_or(root, |path| Root { path: quote!(#path), written: true });
    let graph = network.map(|network| wire::build(network, &mut errors));
    let checked = graph.and_then(|graph| check::check(graph, &mut errors));
    let reports = errors.finish();
    match (checked, skeleton) {
        (Some(checked), _) => {
            let Checked { header, graph, stream, checks, weights, sources } = checked;
            let program = plan::plan(graph, stream);
            dump(&header, &program);
            emit::generate(&root, &header, &program, &checks, weights.as_ref(), &sources)
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

/// Checks the text of a network, and returns all of its mistakes.
///
/// ```
/// assert!(nn_compiler::check("Input<4> => Dense<3>").is_empty());
/// let mistakes = nn_compiler::check("Input<4> => Dnese<3>");
/// assert_eq!((mistakes[0].line, mistakes[0].column), (1, 12));
/// assert!(mistakes[0].message.starts_with("there is no layer `Dnese`"));
/// ```
pub fn check(text: &str) -> Vec<Mistake> {
    let input: TokenStream = match text.parse() {
        Ok(tokens) => tokens,
        Err(error) => return vec![Mistake::at(proc_macro2::LexError::span(&error), error.to_string())],
    };
    let mut errors = Diagnostics::new(layers::takes_nothing);
    let graph = syntax::parse(input, &mut errors).map(|network| wire::build(network, &mut errors));
    graph.and_then(|graph| check::check(graph, &mut errors));
    let reports = errors.finish();
    reports.iter().map(|report| Mistake::at(report.at.start, report.message())).collect()
}

/// What is wrong with a network, and where.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mistake {
    /// Counted from 1.
    pub line: usize,
    /// In characters, counted from 0.
    pub column: usize,
    /// The sentence, and below it lines of help and notes.
    pub message: String,
}

impl Mistake {
    fn at(span: proc_macro2::Span, message: String) -> Self {
        let start = span.start();
        Mistake { line: start.line, column: start.column, message }
    }
}

/// What there is to know of a layer without using it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Layer {
    /// The class, as Keras spells it, and the other names that users may write.
    pub names: &'static [&'static str],
    /// The options that stand without a name, in this order.
    pub positional: Vec<&'static str>,
    /// All options by name, the positional ones last.
    pub options: Vec<&'static str>,
    /// Options of Keras' that are refused by name.
    pub planned: &'static [&'static str],
}

/// All layers that are built.
///
/// ```
/// let dense = nn_compiler::layers().find(|layer| layer.names.contains(&"Dense")).unwrap();
/// assert_eq!(dense.positional, ["units"]);
/// assert!(dense.options.contains(&"kernel_initializer"));
/// ```
pub fn layers() -> impl Iterator<Item = Layer> {
    layers::specs().map(|spec| Layer {
        names: spec.names,
        positional: spec.positional.opts().iter().map(|opt| opt.name).collect(),
        options: spec.option_names().collect(),
        planned: spec.planned,
    })
}

/// Prints the plan of each network while it compiles, where the environment variable `NN_DUMP` is set.
fn dump(header: &Header, program: &Program) {
    if std::env::var_os("NN_DUMP").is_some() {
        let name = header.name.as_ref().map_or("anonymous network".to_string(), ToString::to_string);
        eprintln!("plan of {name}\n{}", program.text());
    }
}
