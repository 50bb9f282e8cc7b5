//! The names of layers: labels, and Keras' own for the others.

use std::collections::HashMap;

use proc_macro2::Ident;

use super::builder::{Draft, Wired};
use super::{Node, What, spec};
use crate::diagnostics::Diagnostics;
use crate::layers;
use crate::syntax::ast::{Call, Value};

/// A label becomes a field, and so do inputs and outputs; each must be a name that a field can have.
pub fn check_name(name: &Ident, what: &str, errors: &mut Diagnostics) {
    let word = name.to_string();
    let plain = word.trim_start_matches("r#");
    if plain.starts_with("__") {
        let report =
            errors.error(name, format!("`{plain}` cannot be the name of {what}: `__` starts the macro's own names"));
        report.help(format!("`{}` would do", plain.trim_start_matches('_')));
    } else if is_keyword(plain) {
        let report = errors.error(name, format!("`{plain}` cannot be the name of {what}: Rust keeps this word"));
        report.help(format!("`{plain}_` would do"));
    } else if plain != word {
        errors.error(name, format!("`{word}` is `{plain}`, which takes no `r#`")).help(format!("write `{plain}`"));
    }
}

/// Whether Rust keeps a word, in whichever edition: the same network is fine in all of them, or in none.
pub fn is_keyword(word: &str) -> bool {
    // syn knows those up to the edition of 2021.
    word == "gen" || syn::parse_str::<Ident>(word).is_err()
}

/// The counters of names, in the network or in one copy of a block.
#[derive(Default)]
pub struct Counters {
    classes: HashMap<String, usize>,
    blocks: HashMap<String, usize>,
    labels: Vec<(Ident, usize)>,
}

impl Counters {
    /// The name of a layer: its label, or Keras' own.
    pub fn layer(&mut self, label: Option<&Ident>, call: &Call) -> String {
        self.inner(call);
        match label {
            Some(label) => self.labelled(label),
            None => {
                let class = spec(call).map_or_else(|| call.name.to_string(), |spec| spec.class().to_string());
                self.count(&snake_case(&class))
            }
        }
    }

    /// The layers inside a wrapper, as `TimeDistributed<Dense<5>>`, take a number each, the innermost first.
    pub fn inner(&mut self, call: &Call) {
        let wraps = call.name == "TimeDistributed" || call.name == "Bidirectional";
        for arg in &call.args {
            match &arg.value {
                Value::Layer(inner) => {
                    self.layer(None, inner);
                }
                Value::Path(path) if wraps => {
                    let spec = path.get_ident().and_then(|word| layers::find(&word.to_string()));
                    spec.into_iter().for_each(|spec| drop(self.count(&snake_case(spec.class()))));
                }
                _ => {}
            }
        }
    }

    /// The name of a copy of a block: its label, or `residual_1`.
    pub fn block(&mut self, label: Option<&Ident>, block: &Ident) -> String {
        match label {
            Some(label) => self.labelled(label),
            None => {
                let block = block.to_string();
                let block = block.trim_start_matches("r#");
                let copies = self.blocks.entry(block.to_string()).or_insert(0);
                *copies += 1;
                format!("{block}_{copies}")
            }
        }
    }

    /// Whether another token of the source is this label too.
    pub fn has_other(&self, label: &Ident) -> bool {
        self.labels.iter().any(|(other, _)| other == label && !same_token(other, label))
    }

    /// `fc`, then `fc_1`, `fc_2` for the copies that a repeat makes of one label.
    fn labelled(&mut self, label: &Ident) -> String {
        let word = label.to_string();
        let word = word.trim_start_matches("r#");
        match self.labels.iter_mut().find(|(other, _)| same_token(other, label)) {
            Some((_, copies)) => {
                *copies += 1;
                format!("{word}_{copies}")
            }
            None => {
                self.labels.push((label.clone(), 0));
                word.to_string()
            }
        }
    }

    /// Keras' counter: `dense`, `dense_1`, `dense_2`.
    fn count(&mut self, name: &str) -> String {
        let counter = self.classes.entry(name.to_string()).or_insert(0);
        *counter += 1;
        match *counter {
            // `Where`.
            1 if is_keyword(name) => format!("{name}_"),
            1 => name.to_string(),
            counter => format!("{name}_{}", counter - 1),
        }
    }
}

/// The first use of a declared layer owns its weights and has its name; the others are `shared_use_2`, `shared_use_3`.
pub fn shared(wired: &mut Wired) {
    let mut uses: HashMap<usize, (usize, usize)> = HashMap::new();
    for (id, draft) in wired.nodes.iter_mut().enumerate() {
        let Some(declared) = draft.declared else { continue };
        let (owner, count) = uses.entry(declared).or_insert((id, 0));
        *count += 1;
        draft.node.weights = *owner;
        if *count > 1 {
            draft.label = None;
            draft.node.name = Ident::new(&format!("{}_use_{count}", draft.node.name), draft.node.name.span());
        }
    }
}

/// Two layers of one name would be two fields of one name.
pub fn report_twins(wired: &Wired, errors: &mut Diagnostics) {
    let mut first: HashMap<String, &Draft> = HashMap::new();
    let mut reported: Vec<&Ident> = Vec::new();
    for later in wired.nodes.iter().filter(|draft| matches!(draft.node.what, What::Layer(_))) {
        let name = &later.node.name;
        let Some(earlier) = first.insert(name.to_string(), later) else { continue };
        let label = later.label.as_ref().or(earlier.label.as_ref()).unwrap_or(name);
        if reported.iter().any(|other| same_token(other, label)) {
            continue;
        }
        reported.push(label);
        let unnamed = [earlier, later].into_iter().find(|draft| draft.label.is_none());
        let (problem, help) = match unnamed {
            Some(Draft { declared: Some(_), node, .. }) => {
                let owner = &wired.nodes[node.weights].node.name;
                let problem = format!("`{name}` is also the name that another use of the layer `{owner}` gets");
                (problem, "choose another label here".to_string())
            }
            Some(Draft { node: Node { what: What::Layer(call), .. }, .. })
                if earlier.label.is_some() || later.label.is_some() =>
            {
                let text = &wired.calls[*call].text;
                let problem = format!("`{name}` is also the name that `{text}` without a label gets");
                (problem, format!("choose another label here, or label that `{text}` too"))
            }
            _ => (format!("two layers are called `{name}`"), "every layer has its own name".to_string()),
        };
        errors.error(label, problem).help(help);
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
