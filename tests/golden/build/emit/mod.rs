//! The test of a case, as Rust, or why there is none.

#[path = "../../src/definition.rs"]
mod definition;
mod networks;
pub mod rows;
mod values;

use crate::cases::Case;

/// The test binaries; each includes the tests of one bundle.
pub const BUNDLES: [&str; 4] = ["networks", "fit", "values", TWINS];

/// The test binary of the networks that are compiled as well.
pub const TWINS: &str = "twins";

/// The test binary that a case belongs to.
pub fn bundle(case: &Case) -> &'static str {
    match case.kind.as_str() {
        "network" | "initializer_default" => "networks",
        "fit" => "fit",
        _ => "values",
    }
}

/// Why a case cannot be run.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refusal(pub String);

impl Refusal {
    /// There is nothing here of that name.
    pub fn unknown(what: impl std::fmt::Display) -> Self {
        Refusal(format!("no test covers `{what}`"))
    }

    pub fn broken(problem: impl Into<String>) -> Self {
        Refusal(problem.into())
    }
}

/// The test of a case that can be run.
pub fn test(case: &Case) -> Result<String, Refusal> {
    if let Some(problem) = case.problem {
        return Err(Refusal::broken(problem));
    }
    match case.kind.as_str() {
        "network" => networks::network(case),
        "initializer_default" => networks::initial(case),
        "fit" => networks::fit(case),
        "loss" => values::loss(case),
        "optimizer" => values::optimizer(case),
        "metric" => values::metric(case),
        "schedule" => values::schedule(case),
        "initializer" => values::initializer(case),
        "regularizer" => values::regularizer(case),
        "constraint" => values::constraint(case),
        "preprocess" => values::preprocess(case),
        kind => Err(Refusal::unknown(format!("kind {kind}"))),
    }
}

/// The test of a case's network compiled, where the case has one.
pub fn twin(case: &Case) -> Option<String> {
    match case.kind.as_str() {
        _ if case.problem.is_some() => None,
        "network" => networks::twin(case).ok(),
        "fit" => networks::fit_twin(case).ok(),
        _ => None,
    }
}

/// A test of this name that makes one call.
fn call(case: &Case, call: &str) -> String {
    format!("#[test]\nfn {}() {{\n    {call};\n}}\n", case.test)
}

/// A test of this name that fails with a message.
pub fn failing(case: &Case, message: &str) -> String {
    call(case, &format!("panic!(\"{{}}\", {message:?})"))
}
