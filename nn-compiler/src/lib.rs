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
mod mistakes;
mod model_file;
#[cfg(test)]
mod pages;
#[cfg(test)]
mod plan_tests;
mod rule;
mod sources;
mod spec;
mod syntax;
#[cfg(test)]
mod table;
#[cfg(test)]
mod testing;
mod weights;
mod wire;

use check::Checked;
use diagnostics::Diagnostics;
use emit::scope::Root;
use emit::skeleton::Skeleton;
pub use model_file::{ModelFile, ModelText, NO_FILES, Reader};
use nn_graph::{Program, plan};
use proc_macro2::{TokenStream, TokenTree};
use quote::quote;
use spec::functions::{CONSTRAINTS, INITIALIZERS, REGULARIZERS, Row};
use syntax::ast::Header;
pub use wire::{is_keyword, snake_case};

/// Turns the text of a network, what stands between the braces of `network!`, into a struct with its weights and its code.
/// Mistakes become `compile_error!`s where they stand.
///
/// In front of the network may stand `@(path)`: where the crate `nn` is, `::nn` if nobody says so.
///
/// `reader` reads the files of networks that are files (`#[model("…")]`).
pub fn expand(input: TokenStream, reader: Reader) -> TokenStream {
    let (root, input) = root(input);
    let mut errors = Diagnostics::new(layers::takes_nothing);
    let mut network = syntax::parse(input, &mut errors);
    let from_file = network.as_mut().and_then(|network| model_file::fill(network, reader, &mut errors));
    let skeleton = network.as_ref().and_then(|network| Skeleton::of(&network.header));
    let written = network.as_ref().and_then(|network| network.header.root.as_ref());
    let root = written.map_or(root, |path| Root { path: quote!(#path), written: true });
    let graph = network.map(|network| wire::build(network, &mut errors));
    let mut checked = graph.and_then(|graph| check::check(graph, &mut errors));
    if let (Some(from_file), Some(checked)) = (from_file, &mut checked) {
        checked.weights = from_file.weights(&checked.graph, &mut errors);
    }
    let reports = errors.finish();
    match (checked.filter(|_| reports.is_empty()), skeleton) {
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
    describe(text).err().unwrap_or_default()
}

/// Checks the text of a network, and says what it makes.
///
/// # Errors
///
/// All of its mistakes.
///
/// ```
/// let network = nn_compiler::describe("Input<4> => Dense<CLASSES>").unwrap();
/// assert_eq!(network.outputs[0].shape, [None]);
/// assert_eq!(network.outside, ["CLASSES"]);
/// assert!(!network.stateful);
/// ```
pub fn describe(text: &str) -> Result<Network, Vec<Mistake>> {
    checked(text).map(|checked| Network::of(&checked))
}

/// A network that is planned: what runs it needs no more of its text.
#[derive(Debug)]
pub struct Compiled {
    /// The name of the struct, where the text gives one.
    pub name: Option<String>,
    /// What runs.
    pub program: Program,
}

/// Compiles the text of a network, as far as that can be done without rustc.
///
/// # Errors
///
/// All of its mistakes. What stands in the program around a network (constants, functions, files of weights) is one here, since
/// there is no such program.
///
/// ```
/// let compiled = nn_compiler::compile("struct Tiny = Input<4> => Dense<3, activation = relu>;").unwrap();
/// assert_eq!((compiled.name.as_deref(), compiled.program.steps.len()), (Some("Tiny"), 1));
/// let mistakes = nn_compiler::compile("Input<4> => Dense<CLASSES>").unwrap_err();
/// assert!(mistakes[0].message.starts_with("`CLASSES` is not known here"));
/// ```
pub fn compile(text: &str) -> Result<Compiled, Vec<Mistake>> {
    let Checked { header, graph, stream, sources, .. } = checked(text)?;
    let outside = sources.outside_ids().map(|id| {
        let text = sources.tokens(id);
        let message = if nn_graph::op::Custom::is_in(&graph, id) {
            let help = "`network!` compiles the network with it; or build the layer from those of the language";
            format!("`{text}` is a type of a Rust program, and none stands around this network\nhelp: {help}")
        } else {
            let help = "write the number, or the name of a function of Keras'";
            format!("`{text}` is not known here: no program stands around this network\nhelp: {help}")
        };
        Mistake::at(sources.extent(id).start, message)
    });
    let file = header.weights.iter().map(|file| {
        let message =
            "the weights of a network that is read at run time are loaded, not named\nhelp: leave `#[weights]` out";
        Mistake::at(file.span(), message.to_owned())
    });
    let mut mistakes: Vec<Mistake> = outside.chain(file).collect();
    if mistakes.is_empty() {
        let name = header.name.as_ref().map(ToString::to_string);
        return Ok(Compiled { name, program: plan::plan(graph, stream) });
    }
    mistakes.sort_by_key(|mistake| (mistake.line, mistake.column));
    mistakes.dedup();
    Err(mistakes)
}

/// The stages up to the graph.
fn checked(text: &str) -> Result<Checked, Vec<Mistake>> {
    let input: TokenStream = match text.parse() {
        Ok(tokens) => tokens,
        Err(error) => return Err(vec![Mistake::at(proc_macro2::LexError::span(&error), error.to_string())]),
    };
    let mut errors = Diagnostics::new(layers::takes_nothing);
    let graph = syntax::parse(input, &mut errors).map(|network| wire::build(network, &mut errors));
    let checked = graph.and_then(|graph| check::check(graph, &mut errors));
    let reports = errors.finish();
    match checked {
        Some(checked) if reports.is_empty() => Ok(checked),
        _ => Err(reports.iter().map(|report| Mistake::at(report.at.start, report.message())).collect()),
    }
}

/// What there is to know of a network that has no mistakes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Network {
    /// In the order of the signature; a chain has one.
    pub outputs: Vec<Output>,
    /// Whether a call goes on where the one before stopped (`stateful = true`).
    pub stateful: bool,
    /// The constants and functions of the program around it that it names, as written, once for each time.
    pub outside: Vec<String>,
}

/// What a network gives.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Output {
    /// `output` in a chain.
    pub name: String,
    /// Of one sample; `None` for a size that is a constant of the program around the network.
    pub shape: Vec<Option<usize>>,
}

impl Network {
    fn of(checked: &Checked) -> Self {
        let Checked { graph, sources, .. } = checked;
        let output = |output: &nn_graph::graph::Output| Output {
            name: output.name.to_string(),
            shape: graph.values[output.value].shape.iter().map(nn_graph::Size::known).collect(),
        };
        Network {
            outputs: graph.outputs.iter().map(output).collect(),
            stateful: graph.nodes.iter().enumerate().any(|(index, node)| node.op.state(index).is_some()),
            outside: sources.outside().collect(),
        }
    }
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
    /// What options are where they are left out, as users would write it: `("padding", "valid")`.
    pub defaults: Vec<(&'static str, String)>,
}

/// All layers that are built.
///
/// ```
/// let dense = nn_compiler::layers().find(|layer| layer.names.contains(&"Dense")).unwrap();
/// assert_eq!(dense.positional, ["units"]);
/// assert!(dense.options.contains(&"kernel_initializer"));
/// assert!(dense.defaults.contains(&("activation", "linear".to_owned())));
/// ```
pub fn layers() -> impl Iterator<Item = Layer> {
    layers::specs().map(|spec| Layer {
        names: spec.names,
        positional: spec.positional.opts().iter().map(|opt| opt.name).collect(),
        options: spec.option_names().collect(),
        defaults: spec.defaults(),
    })
}

/// A value that is named with numbers: `constant(0.1)`.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Named {
    /// As Keras and users write it.
    pub name: &'static str,
    /// What its numbers are where they are left out; it takes as many.
    pub defaults: &'static [f64],
}

/// All initializers.
///
/// ```
/// let constant = nn_compiler::initializers().find(|initializer| initializer.name == "constant").unwrap();
/// assert_eq!(constant.defaults, [0.0]);
/// ```
pub fn initializers() -> impl Iterator<Item = Named> {
    named(INITIALIZERS)
}

/// All regularizers.
pub fn regularizers() -> impl Iterator<Item = Named> {
    named(REGULARIZERS)
}

/// All constraints.
pub fn constraints() -> impl Iterator<Item = Named> {
    named(CONSTRAINTS)
}

fn named<T>(table: &'static [Row<T>]) -> impl Iterator<Item = Named> {
    table.iter().map(|row| Named { name: row.name, defaults: row.defaults })
}

/// Prints the plan of each network while it compiles, where the environment variable `NN_DUMP` is set.
fn dump(header: &Header, program: &Program) {
    if std::env::var_os("NN_DUMP").is_some() {
        let name = header.name.as_ref().map_or("anonymous network".to_string(), ToString::to_string);
        eprintln!("plan of {name}\n{}", program.text());
    }
}
