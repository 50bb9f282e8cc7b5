//! Takes a network apart, just far enough to see which layers and options it uses.

/// One layer: `Conv2D<6, 3, padding = same>`.
pub struct Call<'a> {
    pub name: &'a str,
    pub positional: Vec<&'a str>,
    pub options: Vec<(&'a str, &'a str)>,
}

/// Whether a network is written as a graph, `Net(x: Input<4>) -> y { … }`.
pub fn is_graph(dsl: &str) -> bool {
    !dsl.starts_with("Input")
}

/// A graph without its name.
pub fn without_name(dsl: &str) -> &str {
    &dsl[dsl.find('(').unwrap_or_default()..]
}

/// The names of a graph's outputs, in order; `None` if it is a chain.
pub fn outputs(dsl: &str) -> Option<Vec<&str>> {
    let (_, rest) = dsl.split_once("->")?;
    let (outputs, _) = rest.split_once('{')?;
    Some(split(outputs.trim().trim_matches(['(', ')']), ","))
}

/// The layers of a network in the order of the text, operators as the layers that they stand for. Layers inside of
/// others are in the arguments.
///
/// Layers are what is capitalised: values, labels, blocks and keywords are not, and constants stand in arguments.
pub fn calls(dsl: &str) -> Vec<Call<'_>> {
    let mut rest = if is_graph(dsl) { without_name(dsl) } else { dsl };
    let mut calls = Vec::new();
    while let Some(first) = rest.chars().next() {
        let word = rest.len() - rest.trim_start_matches(|c: char| c.is_alphanumeric() || c == '_').len();
        if word > 0 {
            let end = if rest[word..].starts_with('<') { word + closed(&rest[word..]) } else { word };
            if first.is_uppercase() {
                calls.push(call(&rest[..end]));
            }
            rest = &rest[end..];
        } else if let Some(after) = rest.strip_prefix("->").or_else(|| rest.strip_prefix("=>")) {
            rest = after;
        } else {
            calls.extend(operator(first));
            rest = &rest[first.len_utf8()..];
        }
    }
    calls
}

/// `a + b` is `Add(a, b)`.
fn operator(symbol: char) -> Option<Call<'static>> {
    let name = match symbol {
        '+' => "Add",
        '-' => "Subtract",
        '*' => "Multiply",
        _ => return None,
    };
    Some(Call { name, positional: Vec::new(), options: Vec::new() })
}

/// Takes one layer apart.
pub fn call(text: &str) -> Call<'_> {
    let (name, args) = match text.split_once('<') {
        Some((name, rest)) => (name, rest.strip_suffix('>').unwrap_or(rest)),
        None => (text, ""),
    };
    let mut call = Call { name, positional: Vec::new(), options: Vec::new() };
    for arg in split(args, ",") {
        match split(arg, "=")[..] {
            [option, value] => call.options.push((option, value)),
            _ => call.positional.push(arg),
        }
    }
    call
}

/// The length of the text up to the bracket that closes its first one.
fn closed(text: &str) -> usize {
    let mut depth = 0;
    for (at, symbol) in text.char_indices() {
        depth += step(symbol);
        if depth == 0 {
            return at + symbol.len_utf8();
        }
    }
    text.len()
}

/// The parts of `text` between separators that stand outside of all brackets, trimmed; the empty text has none.
pub fn split<'a>(text: &'a str, separator: &str) -> Vec<&'a str> {
    let (mut parts, mut start, mut depth) = (Vec::new(), 0, 0);
    for (at, symbol) in text.char_indices() {
        if depth == 0 && text[at..].starts_with(separator) {
            parts.push(text[start..at].trim());
            start = at + separator.len();
        }
        depth += step(symbol);
    }
    if !text.trim().is_empty() {
        parts.push(text[start..].trim());
    }
    parts
}

/// One bracket deeper or back.
fn step(symbol: char) -> i32 {
    match symbol {
        '<' | '(' | '[' | '{' => 1,
        '>' | ')' | ']' | '}' => -1,
        _ => 0,
    }
}
