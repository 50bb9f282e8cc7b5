//! The names of layers: labels, and Keras' own for the others.

use std::collections::HashMap;

use proc_macro2::{Ident, Span};

use super::{Link, What, entry};
use crate::diagnostics::Diagnostics;
use crate::parse::ast::Call;

/// A label becomes a field, so it must be a name that a field can have.
pub fn check_label(label: &Ident, errors: &mut Diagnostics) {
    let word = label.to_string();
    let plain = word.trim_start_matches("r#");
    if syn::parse_str::<Ident>(&word).is_ok() && plain == word {
        return;
    }
    let report = errors.error(label, format!("`{plain}` cannot be the name of a layer: Rust keeps this word"));
    report.help(format!("`{plain}_` would do"));
}

/// A name for each link, in order. Two layers of one name are reported.
pub fn names(calls: &[Call], links: &[Link], span: Span, errors: &mut Diagnostics) -> Vec<Ident> {
    let mut counters: HashMap<String, usize> = HashMap::new();
    let mut labels: Vec<(Ident, usize)> = Vec::new();
    let mut names = Vec::new();
    for link in links {
        let name = match (&link.label, link.what) {
            (Some(label), _) => Ident::new(&labelled(label, &mut labels), label.span()),
            (None, What::Layer(call)) => {
                let class = entry(&calls[call]).map_or("layer", |entry| entry.class());
                Ident::new(&count(&snake_case(class), &mut counters), calls[call].name.span())
            }
            (None, _) => Ident::new("input", span),
        };
        names.push(name);
    }
    report_twins(calls, links, &names, errors);
    names
}

/// `fc`, then `fc_1`, `fc_2` for the copies that a repeat makes of one label.
fn labelled(label: &Ident, seen: &mut Vec<(Ident, usize)>) -> String {
    let word = label.to_string();
    let word = word.trim_start_matches("r#");
    match seen.iter_mut().find(|(other, _)| same_token(other, label)) {
        Some((_, copies)) => {
            *copies += 1;
            format!("{word}_{copies}")
        }
        None => {
            seen.push((label.clone(), 0));
            word.to_string()
        }
    }
}

/// Keras' counter: `dense`, `dense_1`, `dense_2`.
fn count(name: &str, counters: &mut HashMap<String, usize>) -> String {
    let counter = counters.entry(name.to_string()).or_insert(0);
    *counter += 1;
    if *counter == 1 { name.to_string() } else { format!("{name}_{}", *counter - 1) }
}

fn report_twins(calls: &[Call], links: &[Link], names: &[Ident], errors: &mut Diagnostics) {
    let mut first: HashMap<String, usize> = HashMap::new();
    let mut reported: Vec<Ident> = Vec::new();
    for (id, name) in
        names.iter().enumerate().filter(|(id, _)| links[*id].what != What::Broken || links[*id].label.is_some())
    {
        let Some(twin) = first.insert(name.to_string(), id) else { continue };
        let (earlier, later) = (&links[twin], &links[id]);
        let Some(label) = later.label.as_ref().or(earlier.label.as_ref()) else { continue };
        if reported.iter().any(|other| same_token(other, label)) {
            continue;
        }
        reported.push(label.clone());
        let unnamed = [earlier, later].into_iter().find(|link| link.label.is_none());
        match unnamed.map(|link| link.what) {
            Some(What::Layer(call)) => {
                let text = &calls[call].text;
                let problem = format!("`{name}` is also the name that `{text}` without a label gets");
                errors.error(label, problem).help(format!("choose another label here, or label that `{text}` too"));
            }
            _ => {
                errors.error(label, format!("two layers are called `{name}`")).help("every layer has its own name");
            }
        }
    }
}

/// Whether two identifiers are the same token of the source, and not only the same word.
fn same_token(a: &Ident, b: &Ident) -> bool {
    a == b && format!("{:?}", a.span()) == format!("{:?}", b.span())
}

/// Keras' `to_snake_case`: `(.)([A-Z][a-z]+)` and then `([a-z])([A-Z])` get a `_` in between.
pub fn snake_case(class: &str) -> String {
    let letters: Vec<char> = class.chars().collect();
    let lower = |at: usize| letters.get(at).is_some_and(char::is_ascii_lowercase);
    let upper = |at: usize| letters.get(at).is_some_and(char::is_ascii_uppercase);
    let mut breaks = vec![false; letters.len()];
    let mut at = 0;
    while at + 1 < letters.len() {
        if upper(at + 1) && lower(at + 2) {
            breaks[at + 1] = true;
            at += 3;
            while lower(at) {
                at += 1;
            }
        } else {
            at += 1;
        }
    }
    let mut name = String::new();
    for (at, letter) in letters.iter().enumerate() {
        if breaks[at] || (at > 0 && lower(at - 1) && upper(at)) {
            name.push('_');
        }
        name.push(letter.to_ascii_lowercase());
    }
    name
}
