//! The test of a case, as Rust.

pub mod networks;
mod values;

use crate::cases::Case;

/// The test binaries; each includes the tests of one bundle.
pub const BUNDLES: [&str; 9] = [
    "dense_activation",
    "conv2d",
    "pooling_reshaping",
    "recurrent",
    "sequences",
    "graphs",
    "networks",
    "fit",
    "values",
];

/// The test binary that a case belongs to.
pub fn bundle(case: &Case) -> &'static str {
    match (case.kind.as_str(), case.group.as_str()) {
        ("network", "dense" | "activation") => "dense_activation",
        ("network", "conv2d") => "conv2d",
        ("network", "pooling" | "reshaping") => "pooling_reshaping",
        ("network", "rnn") => "recurrent",
        ("network", "bidirectional" | "time_distributed" | "embedding" | "attention" | "conv1d") => "sequences",
        ("network", "masking" | "merge" | "graph" | "network") => "graphs",
        ("network" | "initializer_default", _) => "networks",
        ("fit", _) => "fit",
        _ => "values",
    }
}

/// The test of a covered case.
///
/// # Panics
///
/// If the coverage lets a kind through that nothing is written for.
pub fn test(case: &Case) -> String {
    match case.kind.as_str() {
        "network" => networks::network(case),
        "initializer_default" => networks::initial(case),
        "fit" => networks::fit(case),
        "loss" => values::loss(case),
        "optimizer" => values::optimizer(case),
        "metric" => values::metric(case),
        "initializer" => values::initializer(case),
        "regularizer" => values::regularizer(case),
        "constraint" => values::constraint(case),
        kind => panic!("no test is written for cases of the kind `{kind}`"),
    }
}

/// A test of this name that makes one call.
fn call(case: &Case, call: &str) -> String {
    format!("#[test]\nfn {}() {{\n    {call};\n}}\n", case.test)
}
