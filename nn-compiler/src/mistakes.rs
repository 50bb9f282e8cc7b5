//! The mistakes in `tests/mistakes/`, one file for each stage or family of layers: networks, and what is said of them.
//!
//! A case is a line `=== name`, a comment that says what is wrong, what stands between the braces of `network!`, a line `---`,
//! and the answer: the place of each mistake, what rustc would underline there, and the message.
//! `NN_MISTAKES=write cargo test -p nn-compiler mistakes` writes the answers anew, for review. That rustc shows a message at its
//! place, and what only rustc can say, is the matter of `tests/ui/`.

use std::fmt::Write;
use std::fs;
use std::path::{Path, PathBuf};

use crate::testing::shape;

struct Case<'a> {
    name: &'a str,
    source: &'a str,
    answer: &'a str,
}

#[test]
fn mistakes_are_said_as_reviewed() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../tests/mistakes");
    let mut files: Vec<PathBuf> = fs::read_dir(&folder)
        .expect("the folder of mistakes is part of the repository")
        .filter_map(|entry| Some(entry.ok()?.path()))
        .collect();
    files.sort();
    assert!(files.len() >= 25, "mistakes are missing from {}", folder.display());
    let write = std::env::var_os("NN_MISTAKES").is_some();
    let mut different = String::new();
    for file in files {
        let text = fs::read_to_string(&file).expect("a readable file");
        let mut anew = String::new();
        for Case { name, source, answer } in cases(&text, &file) {
            let found = answer_to(source);
            assert!(!found.is_empty(), "{}: nothing is wrong with `{name}`", file.display());
            if found.trim() != answer.trim() {
                let _ = write!(different, "{}: {name}\n{found}", file.display());
            }
            let _ = write!(anew, "=== {name}\n{source}\n---\n{found}\n");
        }
        if write {
            fs::write(&file, anew).expect("a writable folder");
        }
    }
    assert!(write || different.is_empty(), "these answers are not what was reviewed:\n{different}");
}

fn cases<'a>(text: &'a str, file: &Path) -> Vec<Case<'a>> {
    let one = |case: &'a str| {
        let (name, rest) = case.split_once('\n')?;
        let (source, answer) = rest.split_once("\n---\n")?;
        Some(Case { name: name.trim(), source, answer })
    };
    let (before, all) = text.split_once("=== ").unwrap_or((text, ""));
    assert!(before.is_empty(), "{} has to start with a case", file.display());
    let cases = all.split("\n=== ").map(|case| one(case).unwrap_or_else(|| panic!("{}: {case}", file.display())));
    cases.collect()
}

/// Each mistake: `line:column`, what is underlined, and below it the message.
fn answer_to(source: &str) -> String {
    let Err(reports) = shape(source) else { return String::new() };
    let mut answer = String::new();
    for report in reports {
        let start = report.at.start.start();
        let range = report.at.start.byte_range().start..report.at.end.byte_range().end;
        let underlined: Vec<_> = source.get(range).unwrap_or_default().split_whitespace().collect();
        let _ = writeln!(answer, "{}:{} {}", start.line, start.column + 1, underlined.join(" "));
        let message = report.message();
        message.lines().for_each(|line| _ = writeln!(answer, "    {line}"));
    }
    answer
}
