//! Losses, optimizers, … as the cases write them: a class and what it is configured with.

use serde_json::Value as Json;

use crate::emit::Refusal;

/// `Adam(learning_rate = 0.02)`, or the same from a case's `class` and `config`.
pub struct Object {
    pub class: String,
    /// Arguments without a name: `l1(0.02)`.
    pub positional: Vec<Json>,
    pub config: Vec<(String, Json)>,
}

impl Object {
    /// Reads `Class`, `Class(0.1)`, `Class(key = value)`.
    pub fn from_text(text: &str) -> Self {
        let (class, args) = match text.split_once('(') {
            Some((class, rest)) => (class, rest.strip_suffix(')').unwrap_or(rest)),
            None => (text, ""),
        };
        let mut object = Self { class: class.to_string(), positional: Vec::new(), config: Vec::new() };
        for arg in split(args) {
            match arg.split_once(" = ") {
                Some((key, value)) => object.config.push((key.to_string(), literal(value))),
                None => object.positional.push(literal(arg)),
            }
        }
        object
    }

    /// Reads the keys `class` and `config`.
    pub fn from_config(case: &Json) -> Result<Self, Refusal> {
        let class = case["class"].as_str().ok_or_else(|| Refusal::broken("its `class` is no text"))?;
        let config = case["config"].as_object().ok_or_else(|| Refusal::broken("its `config` is no object"))?;
        Ok(Self {
            class: class.to_string(),
            positional: Vec::new(),
            config: config.iter().map(|(key, value)| (key.clone(), value.clone())).collect(),
        })
    }
}

/// A number, `true`, `false`; everything else is a word.
fn literal(text: &str) -> Json {
    serde_json::from_str(text).unwrap_or_else(|_| Json::String(text.to_string()))
}

/// The parts of a text between commas that stand outside of all brackets, trimmed; the empty text has none.
fn split(text: &str) -> Vec<&str> {
    let mut depth = 0;
    let parts = text.split(|symbol| {
        match symbol {
            '(' | '[' | '{' => depth += 1,
            ')' | ']' | '}' => depth -= 1,
            _ => {}
        }
        symbol == ',' && depth == 0
    });
    parts.map(str::trim).filter(|part| !part.is_empty()).collect()
}
