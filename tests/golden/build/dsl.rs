//! Takes a chain apart, just far enough to see which layers and options it uses.

/// One layer of a chain: `Conv2D<6, 3, padding = same>`.
pub struct Call<'a> {
    pub name: &'a str,
    pub positional: Vec<&'a str>,
    pub options: Vec<(&'a str, &'a str)>,
}

/// The layers of a chain, repeats taken apart; `None` if it is a graph.
pub fn chain(dsl: &str) -> Option<Vec<Call<'_>>> {
    if !dsl.starts_with("Input") {
        return None;
    }
    let mut calls = Vec::new();
    links(dsl, &mut calls);
    Some(calls)
}

/// The names of a graph's outputs, in order; `None` if it is a chain.
pub fn outputs(dsl: &str) -> Option<Vec<&str>> {
    let (_, rest) = dsl.split_once("->")?;
    let (outputs, _) = rest.split_once('{')?;
    Some(split(outputs.trim().trim_matches(['(', ')']), ","))
}

fn links<'a>(chain: &'a str, calls: &mut Vec<Call<'a>>) {
    for link in split(chain, "=>") {
        if let Some(repeat) = link.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')) {
            links(split(repeat, ";")[0], calls);
        } else {
            calls.push(call(without_label(link)));
        }
    }
}

/// `Dense<3>` of `fc: Dense<3>`; the `:` of a path is not a label's.
fn without_label(link: &str) -> &str {
    let name = link.find('<').unwrap_or(link.len());
    match link[..name].split_once(':') {
        Some((label, _)) => link[label.len() + 1..].trim(),
        None => link,
    }
}

fn call(text: &str) -> Call<'_> {
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

/// The parts of `text` between separators that stand outside of all brackets, trimmed; the empty text has none.
pub fn split<'a>(text: &'a str, separator: &str) -> Vec<&'a str> {
    let (mut parts, mut start, mut depth, mut at) = (Vec::new(), 0, 0, 0);
    while at < text.len() {
        let rest = &text[at..];
        if depth == 0 && rest.starts_with(separator) {
            parts.push(text[start..at].trim());
            at += separator.len();
            start = at;
            continue;
        }
        match rest.as_bytes()[0] {
            b'<' | b'(' | b'[' | b'{' => depth += 1,
            b'>' | b')' | b']' | b'}' if !rest.starts_with("=>") => depth -= 1,
            _ => {}
        }
        at += if rest.starts_with("=>") { 2 } else { rest.chars().next().map_or(1, char::len_utf8) };
    }
    if !text.trim().is_empty() {
        parts.push(text[start..].trim());
    }
    parts
}
