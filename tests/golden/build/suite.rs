//! What becomes of the cases of a folder: tests that run them, and tests that fail.
//!
//! A case is judged by what it uses, never by its name. What cannot be run fails alone, by its name, and is never left out.

use std::collections::BTreeMap;
use std::fmt::Write;
use std::path::Path;

use crate::cases::{self, Case};
use crate::emit::{self, BUNDLES, Refusal};

/// A case, and its test, or why it cannot be run.
pub type Judged = (Case, Result<String, Refusal>);

/// The tests of a folder.
pub struct Suite {
    /// By test binary.
    pub tests: BTreeMap<&'static str, String>,
    /// How many cases of each kind become what.
    pub summary: String,
}

/// Reads and judges the cases of a folder.
///
/// # Errors
///
/// If the folder has no list of cases.
pub fn judge(folder: &Path) -> Result<Vec<Judged>, String> {
    let judged = |case: Case| {
        let test = emit::test(&case);
        (case, test)
    };
    Ok(cases::read(folder)?.into_iter().map(judged).collect())
}

impl Suite {
    /// The tests of the cases of a folder, if they could be read; `twins` says which networks are compiled as well.
    pub fn of(folder: &Path, judged: &Result<Vec<Judged>, String>, twins: impl Fn(&str) -> bool) -> Self {
        let mut tests: BTreeMap<_, _> = BUNDLES.into_iter().map(|bundle| (bundle, String::new())).collect();
        let mut kinds = BTreeMap::<&str, [usize; 2]>::new();
        let cases = match judged {
            Ok(cases) => &cases[..],
            Err(problem) => {
                tests
                    .insert("values", format!("#[test]\nfn cases_json() {{\n    panic!(\"{{}}\", {problem:?});\n}}\n"));
                &[]
            }
        };
        for (case, test) in cases {
            let (outcome, text) = match test {
                Ok(test) => (0, test.clone()),
                Err(refusal) => (1, refused(folder, case, refusal)),
            };
            kinds.entry(&case.kind).or_default()[outcome] += 1;
            let mut add = |bundle, text: &str| {
                writeln!(tests.entry(bundle).or_default(), "{text}").expect("a String takes all");
            };
            add(emit::bundle(case), &text);
            if let Some(twin) = test.as_ref().ok().filter(|_| twins(&case.name)).and_then(|_| emit::twin(case)) {
                add(emit::TWINS, &twin);
            }
        }
        let mut summary = format!("{}\n{:>6} {:>6}\n", folder.display(), "run", "fail");
        for (kind, [run, failing]) in kinds {
            writeln!(summary, "{run:>6} {failing:>6} {kind}").expect("a String takes all");
        }
        Self { tests, summary }
    }
}

/// A test for a case that cannot be run, which fails.
fn refused(folder: &Path, case: &Case, refusal: &Refusal) -> String {
    let mut message = format!("{}: {} is not run:\n{}", folder.join("cases.json").display(), case.name, refusal.0);
    if !case.text("dsl").is_empty() {
        message += &format!("\nin {}", case.text("dsl"));
    }
    emit::failing(case, &message)
}
