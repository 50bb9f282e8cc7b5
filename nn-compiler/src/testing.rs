//! What the tests of the stages share: a network from text, and its mistakes as text.

use proc_macro2::TokenStream;

use crate::check::Checked;
use crate::diagnostics::{Diagnostics, Report};
use crate::emit::scope::plain;
use crate::{check, emit, layers, syntax, wire};
use nn_graph::{Program, plan};

/// What a stage emits, as text without spaces.
pub fn text(tokens: &TokenStream) -> String {
    plain(tokens.clone()).to_string().replace(' ', "")
}

/// The shaped network, or its mistakes.
pub fn shape(source: &str) -> Result<Checked, Vec<Report>> {
    let tokens: TokenStream = source.parse().expect("tokens");
    let mut errors = Diagnostics::new(layers::takes_nothing);
    let network = syntax::parse(tokens, &mut errors);
    let graph = network.map(|network| wire::build(network, &mut errors));
    let shaped = graph.and_then(|graph| check::check(graph, &mut errors));
    let reports = errors.finish();
    match shaped {
        Some(shaped) if reports.is_empty() => Ok(shaped),
        _ => Err(reports),
    }
}

/// The network as a graph, and its mistakes up to there; that a layer is not built yet is none.
pub fn wire(source: &str) -> (Option<wire::Graph>, Vec<Report>) {
    let tokens: TokenStream = source.parse().expect("tokens");
    let mut errors = Diagnostics::new(layers::takes_nothing);
    let network = syntax::parse(tokens, &mut errors);
    let graph = network.map(|network| wire::build(network, &mut errors));
    (graph, errors.finish())
}

/// The mistakes of a network: what is underlined, and the message.
pub fn mistakes(source: &str) -> Vec<(String, String)> {
    match shape(source) {
        Ok(_) => Vec::new(),
        Err(reports) => placed(source, &reports),
    }
}

/// The mistakes of a network that are found before its shapes are.
pub fn graph_mistakes(source: &str) -> Vec<(String, String)> {
    placed(source, &wire(source).1)
}

fn placed(source: &str, reports: &[Report]) -> Vec<(String, String)> {
    let place = |report: &Report| {
        let (start, end) = (report.at.start.byte_range().start, report.at.end.byte_range().end);
        source.get(start..end).unwrap_or("?").to_string()
    };
    reports.iter().map(|report| (place(report), report.message())).collect()
}

/// Checks that a graph has one mistake, at this place, with this message.
#[track_caller]
pub fn graph_mistake(source: &str, place: &str, message: &str) {
    let found = graph_mistakes(source);
    assert_eq!(found, [(place.to_string(), message.to_string())], "in {source}");
}

/// A graph of one input `x` and one output `y`.
pub fn body(statements: &str) -> String {
    format!("struct A(x: Input<4>) -> y {{ {statements} }}")
}

/// Checks that a graph's body has one mistake, at this place, with this message.
#[track_caller]
pub fn in_body(statements: &str, place: &str, message: &str) {
    graph_mistake(&body(statements), place, message);
}

/// Checks that a graph has these mistakes: their places and messages.
#[track_caller]
pub fn all(source: &str, expected: &[(&str, &str)]) {
    let found = graph_mistakes(source);
    let found: Vec<_> = found.iter().map(|(place, message)| (place.as_str(), message.as_str())).collect();
    assert_eq!(found, expected, "in {source}");
}

/// Checks that a graph's body has these mistakes.
#[track_caller]
pub fn all_in_body(statements: &str, expected: &[(&str, &str)]) {
    all(&body(statements), expected);
}

/// Checks that a network has one mistake, at this place, with this message.
#[track_caller]
pub fn mistake(source: &str, place: &str, message: &str) {
    let found = mistakes(source);
    assert_eq!(found, [(place.to_string(), message.to_string())], "in {source}");
}

/// The network, which must have no mistakes.
#[track_caller]
pub fn fine(source: &str) -> Checked {
    match shape(source) {
        Ok(shaped) => shaped,
        Err(_) => panic!("{:#?} in {source}", mistakes(source)),
    }
}

/// The program of a network, which must have no mistakes.
#[track_caller]
pub fn program(source: &str) -> Program {
    let net = fine(source);
    plan::plan(net.graph, net.stream)
}

/// What is left to the compiler to check of a layer, as text without spaces.
pub fn checks(net: &Checked, layer: &str) -> String {
    let own = net.checks.iter().filter(|check| check.layer == layer);
    own.map(|check| text(&emit::checks::item(&net.sources, check))).collect()
}

/// Initializer, regularizer and constraint of a weight, as far as there are some, as text without spaces.
pub fn weight_text(weight: &nn_graph::weight::Weight) -> String {
    let regularizer = weight.regularizer.map(|value| format!("{value:?}"));
    let constraint = weight.constraint.map(|value| format!("{value:?}"));
    let parts = [Some(format!("{:?}", weight.initializer)), regularizer, constraint];
    parts.into_iter().flatten().map(|part| part.replace(' ', "")).collect::<Vec<_>>().join(" ")
}
