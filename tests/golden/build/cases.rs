//! The cases of a folder.

use std::collections::HashSet;
use std::fs;
use std::path::Path;

use serde_json::Value as Json;

/// One case, as `cases.json` has it, and the name of its test.
pub struct Case {
    pub name: String,
    pub kind: String,
    pub group: String,
    /// The case's name, made an identifier.
    pub test: String,
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
/// # Panics
///
/// If there is none, or it is not what the fixtures' README says.
pub fn read(folder: &Path) -> Vec<Case> {
    let path = folder.join("cases.json");
    let text = fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    let index: Json = serde_json::from_str(&text).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    let cases = index["cases"].as_array().unwrap_or_else(|| panic!("{}: no list `cases`", path.display()));
    let mut taken = HashSet::new();
    cases.iter().map(|json| case(json.clone(), &mut taken)).collect()
}

fn case(json: Json, taken: &mut HashSet<String>) -> Case {
    let text = |key| json[key].as_str().unwrap_or_else(|| panic!("a case without `{key}`: {json}")).to_string();
    let (name, kind, group) = (text("name"), text("kind"), text("group"));
    let mut test = identifier(&name);
    while !taken.insert(test.clone()) {
        test.push('_');
    }
    Case { name, kind, group, test, json }
}

/// `zeropadding2d_k(1, 0)x(2, 3)` → `zeropadding2d_k_1_0_x_2_3`.
fn identifier(name: &str) -> String {
    let mut words: Vec<_> = name.split(|c: char| !c.is_ascii_alphanumeric()).collect();
    words.retain(|word| !word.is_empty());
    let name = words.join("_").to_lowercase();
    if name.starts_with(|c: char| c.is_ascii_digit()) { format!("case_{name}") } else { name }
}

/// `conv2d_k3` → `Conv2dK3`.
pub fn camel_case(name: &str) -> String {
    name.split('_').filter(|word| !word.is_empty()).map(|word| word[..1].to_uppercase() + &word[1..]).collect()
}
