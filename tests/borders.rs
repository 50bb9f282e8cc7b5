//! The borders of ARCHITECTURE.md: which crate and which room of the compiler may know which. A `use` against them fails here.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

/// The crates of this repository, and those of them that each may name.
const CRATES: &[(&str, &[&str])] = &[
    ("nn-shape", &[]),
    ("nn-graph", &["nn_shape"]),
    ("nn-compiler", &["nn_shape", "nn_graph"]),
    ("nn-macros", &["nn_compiler", "nn_import"]),
    ("nn-import", &["nn_graph", "nn_compiler"]),
    ("nn-core", &["nn_shape"]),
    ("nn-preprocessing", &["nn_core"]),
    ("nn-data", &["nn_core"]),
    ("nn-cli", &["nn_data", "nn_import", "nn_run"]),
    ("nn-run", &["nn_shape", "nn_graph", "nn_compiler", "nn_core", "nn_import"]),
    (".", &["nn_core", "nn_macros", "nn_preprocessing", "nn_run", "nn_import", "nn_data"]),
];

/// Libraries that only these crates may name: tokens end at the border of nn-graph.
const TOKENS: (&[&str], &[&str]) = (&["proc_macro", "proc_macro2", "quote", "syn"], &["nn-compiler", "nn-macros"]);

/// The rooms of a crate in the order of their arrows: each may name those before it.
const ROOMS: &[(&str, &[&str])] = &[
    (
        "nn-graph",
        &["source", "size", "function", "weight", "op+graph+mask", "layout", "fold", "block", "stream", "plan"],
    ),
    (
        "nn-compiler",
        &[
            "diagnostics",
            "sources",
            "syntax",
            "rule",
            "spec",
            "layers",
            "wire",
            "weights",
            "model_file",
            "check",
            "emit",
        ],
    ),
    ("nn-import", &["error", "options+model", "compiled", "script", "written", "audio+keras+onnx+tflite"]),
    (
        "nn-run",
        &[
            "sizes",
            "description",
            "memory",
            "ops+data",
            "stage+training",
            "engine",
            "error",
            "network+stream",
            "step",
            "model",
        ],
    ),
];

/// All source files of a crate, without those of its tests.
fn sources(root: &str) -> Vec<PathBuf> {
    fn walk(folder: &Path, found: &mut Vec<PathBuf>) {
        let entries = fs::read_dir(folder).unwrap_or_else(|error| panic!("{}: {error}", folder.display()));
        for path in entries.map(|entry| entry.expect("an entry").path()) {
            if path.is_dir() {
                walk(&path, found);
            } else if path.extension().is_some_and(|extension| extension == "rs") {
                found.push(path);
            }
        }
    }
    let mut found = Vec::new();
    walk(&Path::new(env!("CARGO_MANIFEST_DIR")).join(root).join("src"), &mut found);
    let is_test = |path: &PathBuf| path.to_string_lossy().contains("test") || is_declared_for_tests(path);
    found.retain(|path| !is_test(path));
    found.sort();
    found
}

/// Whether the module that declares a file says `#[cfg(test)]` before it.
fn is_declared_for_tests(path: &Path) -> bool {
    let (Some(name), Some(folder)) = (path.file_stem().and_then(|name| name.to_str()), path.parent()) else {
        return false;
    };
    let parents = ["mod.rs", "lib.rs"].map(|parent| folder.join(parent));
    parents.iter().filter_map(|parent| fs::read_to_string(parent).ok()).any(|text| {
        let lines: Vec<&str> = text.lines().map(str::trim).collect();
        lines.windows(2).any(|pair| pair[0] == "#[cfg(test)]" && pair[1] == format!("mod {name};"))
    })
}

/// The code of a file: without comments, and without the module of tests at its end.
fn code(text: &str) -> String {
    let text = text.split("#[cfg(test)]\nmod tests {").next().unwrap_or_default();
    text.lines().map(|line| line.split("//").next().unwrap_or_default()).collect::<Vec<_>>().join("\n")
}

/// The words that follow `prefix` in the code, where it starts a path; all of them between braces.
fn follow(code: &str, prefix: &str) -> BTreeSet<String> {
    let word = |text: &str| text.chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect::<String>();
    let mut found = BTreeSet::new();
    for (at, _) in code.match_indices(prefix) {
        let before = code[..at].chars().next_back();
        if before.is_some_and(|c| c.is_alphanumeric() || c == '_' || c == ':' || c == '$') {
            continue;
        }
        let rest = &code[at + prefix.len()..];
        match rest.strip_prefix('{') {
            None => drop(found.insert(word(rest))),
            Some(list) => {
                let (mut depth, mut start) = (0, true);
                for (index, c) in list.char_indices() {
                    match c {
                        '{' => depth += 1,
                        '}' if depth == 0 => break,
                        '}' => depth -= 1,
                        ',' if depth == 0 => start = true,
                        c if start && (c.is_alphabetic() || c == '_') => {
                            found.insert(word(&list[index..]));
                            start = false;
                        }
                        _ => {}
                    }
                }
            }
        }
    }
    found
}

/// The words that stand before `::` at the start of paths, and after `extern crate`.
fn crates_named<'a>(code: &str, candidates: impl Iterator<Item = &'a str>) -> Vec<&'a str> {
    let named = |name: &&str| {
        code.match_indices(&format!("{name}::")).any(|(at, _)| {
            let before = code[..at].chars().next_back();
            !before.is_some_and(|c| c.is_alphanumeric() || c == '_' || c == ':')
        })
    };
    candidates.filter(named).collect()
}

/// What is wrong with a file of a crate.
fn crate_mistakes(of: &str, path: &str, text: &str) -> Vec<String> {
    let code = code(text);
    let (_, allowed) = CRATES.iter().find(|(name, _)| *name == of).expect("a crate of the table");
    let ours = CRATES.iter().map(|(name, _)| name.replace('-', "_")).collect::<Vec<_>>();
    let own = of.replace('-', "_");
    let named = crates_named(&code, ours.iter().map(String::as_str).filter(|name| *name != own && *name != "."));
    let mut mistakes: Vec<String> = named
        .into_iter()
        .filter(|name| !allowed.contains(name))
        .map(|name| format!("{path}: {of} must not know {name}"))
        .collect();
    let (tokens, who) = TOKENS;
    if !who.contains(&of) {
        let named = crates_named(&code, tokens.iter().copied());
        mistakes.extend(named.into_iter().map(|name| format!("{path}: {of} must not know tokens ({name})")));
    }
    mistakes
}

/// The room that a file lies in: the first part of its path in `src`.
fn room(path: &str) -> Option<&str> {
    let inside = path.rsplit_once("src/").map(|(_, inside)| inside)?;
    let first = inside.split('/').next()?.trim_end_matches(".rs");
    (first != "lib").then_some(first)
}

/// What is wrong with a file of a room.
fn room_mistakes(rooms: &[&str], path: &str, text: &str) -> Vec<String> {
    let place = |name: &str| rooms.iter().position(|room| room.split('+').any(|part| part == name));
    let Some(own) = room(path) else { return Vec::new() };
    let Some(here) = place(own) else { return vec![format!("{path}: the room `{own}` is not in the table")] };
    let named = follow(&code(text), "crate::");
    let against = named.iter().filter(|name| place(name).is_some_and(|there| there > here));
    against.map(|name| format!("{path}: `{own}` must not know `{name}`, which comes after it")).collect()
}

fn shown(path: &Path) -> String {
    path.strip_prefix(env!("CARGO_MANIFEST_DIR")).unwrap_or(path).display().to_string()
}

#[test]
fn crates_know_what_they_may() {
    let mut mistakes = Vec::new();
    for (name, _) in CRATES {
        for path in sources(name) {
            let text = fs::read_to_string(&path).expect("a readable file");
            mistakes.extend(crate_mistakes(name, &shown(&path), &text));
        }
    }
    assert!(mistakes.is_empty(), "{}", mistakes.join("\n"));
}

#[test]
fn rooms_know_those_before_them() {
    let mut mistakes = Vec::new();
    for (name, rooms) in ROOMS {
        for path in sources(name) {
            let text = fs::read_to_string(&path).expect("a readable file");
            mistakes.extend(room_mistakes(rooms, &shown(&path), &text));
        }
    }
    assert!(mistakes.is_empty(), "{}", mistakes.join("\n"));
}

/// The test can fail.
#[test]
fn an_arrow_the_wrong_way_is_seen() {
    let of_crate = |of: &str, text: &str| crate_mistakes(of, "x.rs", text);
    assert_eq!(of_crate("nn-graph", "use nn_compiler::spec;"), ["x.rs: nn-graph must not know nn_compiler"]);
    assert_eq!(of_crate("nn-graph", "fn f() -> quote::Tokens {}"), ["x.rs: nn-graph must not know tokens (quote)"]);
    assert!(of_crate("nn-graph", "use nn_shape::Padding; // nn_compiler::spec").is_empty());
    assert!(of_crate("nn-graph", "// nn_compiler::spec\nuse core::fmt;").is_empty());
    assert_eq!(of_crate("nn-core", "let x = nn_graph::Size::Known(1);"), ["x.rs: nn-core must not know nn_graph"]);
    let of_room = |path: &str, text: &str| room_mistakes(ROOMS[1].1, path, text);
    let path = "nn-compiler/src/spec/read.rs";
    assert_eq!(
        of_room(path, "use crate::check::Checked;"),
        ["nn-compiler/src/spec/read.rs: `spec` must not know `check`, which comes after it"]
    );
    assert_eq!(of_room(path, "use crate::{rule::Site, emit::{a, b}, syntax};").len(), 1);
    assert!(
        of_room(path, "use crate::{rule::Site, syntax::{a, b}};\n#[cfg(test)]\nmod tests { use crate::emit; }")
            .is_empty()
    );
    assert_eq!(of_room("nn-compiler/src/attic.rs", "").len(), 1);
}
