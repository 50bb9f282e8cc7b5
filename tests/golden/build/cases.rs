//! The cases of a folder.

use std::collections::HashSet;
use std::fs;
use std::path::Path;

use serde_json::Value as Json;

/// One case, as `cases.json` has it, and the name of its test.
pub struct Case {
    pub name: String,
    pub kind: String,
    /// The case's name, made an identifier.
    pub test: String,
    /// What is wrong with it, whatever its kind.
    pub problem: Option<&'static str>,
    pub json: Json,
}

impl Case {
    /// A text of the case, `""` where it has none.
    pub fn text(&self, key: &str) -> &str {
        self.json[key].as_str().unwrap_or_default()
    }

    /// Whether a key is there and not `null`, `false` or `0`.
    pub fn has(&self, key: &str) -> bool {
        !matches!(&self.json[key], Json::Null | Json::Bool(false)) && self.json[key].as_f64() != Some(0.0)
    }
}

/// Reads `cases.json` in this folder.
///
/// # Errors
///
/// If there is none, or it has no list of cases. What is wrong with one case is in the case.
pub fn read(folder: &Path) -> Result<Vec<Case>, String> {
    let path = folder.join("cases.json");
    let wrong = |error: &dyn std::fmt::Display| format!("{}: {error}", path.display());
    let text = fs::read_to_string(&path).map_err(|error| wrong(&error))?;
    let index: Json = serde_json::from_str(&text).map_err(|error| wrong(&error))?;
    let cases = index["cases"].as_array().ok_or_else(|| wrong(&"it has no list `cases`"))?;
    let (mut names, mut tests) = (HashSet::new(), HashSet::new());
    Ok(cases.iter().enumerate().map(|(index, json)| case(index, json.clone(), &mut names, &mut tests)).collect())
}

fn case(index: usize, json: Json, names: &mut HashSet<String>, tests: &mut HashSet<String>) -> Case {
    let text = |key| json[key].as_str().map(str::to_string);
    let (name, kind) = (text("name"), text("kind"));
    let problem = match (&name, &kind) {
        (None, _) => Some("it has no `name`"),
        (Some(name), _) if !names.insert(name.clone()) => Some("a case before it has the same name"),
        (_, None) => Some("it has no `kind`"),
        _ => None,
    };
    let name = name.unwrap_or_else(|| format!("case {} of the list", index + 1));
    let mut test = identifier(&name);
    while !tests.insert(test.clone()) {
        test.push('_');
    }
    Case { name, kind: kind.unwrap_or_default(), test, problem, json }
}

/// Names that no function or module can have, and `main`, which a program has already.
const TAKEN: &[&str] = &[
    "abstract", "as", "async", "await", "become", "box", "break", "const", "continue", "crate", "do", "dyn", "else",
    "enum", "extern", "false", "final", "fn", "for", "gen", "if", "impl", "in", "let", "loop", "macro", "main",
    "match", "mod", "move", "mut", "override", "priv", "pub", "ref", "return", "self", "static", "struct", "super",
    "trait", "true", "try", "type", "typeof", "unsafe", "unsized", "use", "virtual", "where", "while", "yield",
];

/// `zeropadding2d_k(1, 0)x(2, 3)` → `zeropadding2d_k_1_0_x_2_3`.
fn identifier(name: &str) -> String {
    let mut words: Vec<_> = name.split(|c: char| !c.is_ascii_alphanumeric()).collect();
    words.retain(|word| !word.is_empty());
    let name = words.join("_").to_lowercase();
    match name.chars().next() {
        None => "case".to_string(),
        Some(first) if first.is_ascii_digit() => format!("case_{name}"),
        Some(_) if TAKEN.contains(&name.as_str()) => format!("{name}_"),
        Some(_) => name,
    }
}

/// `he_normal` → `HeNormal`.
pub fn camel_case(name: &str) -> String {
    let capitalized = |word: &str| {
        let mut letters = word.chars();
        letters.next().map(|first| first.to_ascii_uppercase()).into_iter().chain(letters).collect::<String>()
    };
    name.split('_').map(capitalized).collect()
}
