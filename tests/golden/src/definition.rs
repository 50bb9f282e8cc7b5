//! The network of a case, as the macro gets it. The build script has this file too.

use serde_json::Value as Json;

/// The text of the network, with a name and attributes.
pub fn definition(case: &Json) -> String {
    let text = |key: &str| case[key].as_str().unwrap_or_default();
    let doc = format!("#[doc = {:?}]", format!(" {}.", text("seed_feature").replace(char::is_whitespace, " ")));
    let dtype = match text("dtype") {
        "" => String::new(),
        dtype => format!("#[dtype({dtype})] "),
    };
    let dsl = text("dsl");
    // `Name(x: Input<4>) -> y { … }`, or a chain; what begins with neither is the compiler's to refuse.
    let is_name = |text: &str| !text.is_empty() && text.chars().all(|c| c.is_alphanumeric() || c == '_');
    match dsl.split_once('(') {
        Some((name, rest)) if is_name(name.trim()) => format!("{doc}\n{dtype}pub struct Net({rest}\n"),
        _ => format!("{doc}\n{dtype}pub struct Net = {dsl}\n;"),
    }
}
