//! Losses, optimizers, … as the cases write them: a class and what it is configured with.

use serde_json::Value as Json;

use crate::dsl::split;

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
        for arg in split(args, ",") {
            match arg.split_once(" = ") {
                Some((key, value)) => object.config.push((key.to_string(), literal(value))),
                None => object.positional.push(literal(arg)),
            }
        }
        object
    }

    /// Reads the keys `class` and `config`.
    pub fn from_config(case: &Json) -> Self {
        let config = case["config"].as_object().expect("a config is an object");
        Self {
            class: case["class"].as_str().expect("a class is a string").to_string(),
            positional: Vec::new(),
            config: config.iter().map(|(key, value)| (key.clone(), value.clone())).collect(),
        }
    }
}

/// A number, `true`, `false`; everything else is a word.
fn literal(text: &str) -> Json {
    serde_json::from_str(text).unwrap_or_else(|_| Json::String(text.to_string()))
}
