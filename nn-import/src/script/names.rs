//! Names that the language takes: Keras' own where the file has those, labels where not.

use std::collections::{HashMap, HashSet};

use super::{Layer, Node, Script, What};

/// What a layer is called, and whether that has to be said.
#[derive(Clone, Debug)]
pub struct Name {
    pub text: String,
    pub label: bool,
}

/// The names of all nodes that have weights of their own.
///
/// A layer whose name is the one that Keras would give it at this place takes no label. Where a label is the name of a layer
/// without one, all are labelled.
///
/// `order` has the nodes as the text has them, by which Keras' counters go.
pub fn layers(script: &Script, order: &[usize]) -> Vec<Option<Name>> {
    let some = named(script, order, false);
    let labels: HashSet<&str> = some.iter().flatten().filter(|name| name.label).map(|name| &*name.text).collect();
    let clash = some.iter().flatten().any(|name| !name.label && labels.contains(&*name.text));
    if clash { named(script, order, true) } else { some }
}

fn named(script: &Script, order: &[usize], all: bool) -> Vec<Option<Name>> {
    let mut counters = HashMap::new();
    let mut copies = vec![0; script.blocks.len()];
    let mut taken = HashSet::new();
    let declared = declared(order.iter().map(|id| &script.nodes[*id]));
    let mut name = |id: usize, node: &Node| match &node.what {
        What::Layer(layer) => {
            count_inner(&mut counters, layer);
            let wanted = layer.name.as_deref().map(identifier);
            let class = snake_case(&layer.class);
            let next = counted(&class, counters.get(&class).copied().unwrap_or(0));
            let text = free(&mut taken, wanted.unwrap_or_else(|| next.clone()));
            let label = all || declared.contains(&id) || text != next;
            if !label {
                *counters.entry(class).or_insert(0) += 1;
            }
            Some(Name { text, label })
        }
        What::Weight { name, .. } | What::State { name, .. } => {
            Some(Name { text: free(&mut taken, identifier(name)), label: true })
        }
        // A sum of two values is an `Add`, and counts as one.
        What::Infix(sign) => {
            let class = match sign {
                '+' => "add",
                '-' => "subtract",
                '*' => "multiply",
                _ => "divide",
            };
            *counters.entry(class.to_owned()).or_insert(0) += 1;
            None
        }
        What::Copy(block) => {
            copies[*block] += 1;
            Some(Name { text: format!("{}_{}", script.blocks[*block].name, copies[*block]), label: false })
        }
        What::Again(_) | What::Negative | What::Slice(_) | What::Assign => None,
    };
    let mut names = vec![None; script.nodes.len()];
    for id in order {
        names[*id] = name(*id, &script.nodes[*id]);
    }
    names
}

/// The nodes whose layers are used more than once, which are declared before.
pub fn declared<'a>(nodes: impl Iterator<Item = &'a Node>) -> HashSet<usize> {
    nodes.filter_map(|node| if let What::Again(owner) = node.what { Some(owner) } else { None }).collect()
}

/// The layers inside a wrapper take a number each.
fn count_inner(counters: &mut HashMap<String, usize>, layer: &Layer) {
    let wrapper = layer.class == "TimeDistributed" || layer.class == "Bidirectional";
    let mut rest = layer.arguments.as_str();
    let mut wraps = wrapper;
    while wraps {
        let end = rest.find(|c: char| !c.is_ascii_alphanumeric()).unwrap_or(rest.len());
        let (inner, behind) = rest.split_at(end);
        *counters.entry(snake_case(inner)).or_insert(0) += 1;
        wraps = inner == "TimeDistributed" || inner == "Bidirectional";
        rest = behind.trim_start_matches('<');
    }
}

fn counted(class: &str, before: usize) -> String {
    match before {
        0 if is_keyword(class) => format!("{class}_"),
        0 => class.to_owned(),
        before => format!("{class}_{before}"),
    }
}

/// `batch_normalization` for `BatchNormalization`, as Keras has it.
fn snake_case(class: &str) -> String {
    nn_compiler::snake_case(class)
}

/// A name of the file as one that Rust takes: `block/conv-1` as `block_conv_1`.
pub fn identifier(name: &str) -> String {
    let name = name.split_once(':').map_or(name, |(name, _)| name);
    // What TensorFlow puts before the name of an input.
    let name = name.strip_prefix("serving_default_").unwrap_or(name);
    let mut text = String::new();
    for c in name.chars() {
        let c = if c.is_ascii_alphanumeric() { c.to_ascii_lowercase() } else { '_' };
        if !(c == '_' && (text.is_empty() || text.ends_with('_'))) {
            text.push(c);
        }
    }
    let text = text.trim_end_matches('_');
    match text.chars().next() {
        None => "value".to_owned(),
        Some(c) if c.is_ascii_digit() => format!("n{text}"),
        Some(_) if is_keyword(text) => format!("{text}_"),
        Some(_) => text.to_owned(),
    }
}

/// A name of the file as that of a struct: `res_net` as `ResNet`.
pub fn type_name(name: &str) -> String {
    let words = name.split(|c: char| !c.is_ascii_alphanumeric()).filter(|word| !word.is_empty());
    let text: String = words.map(|word| word[..1].to_ascii_uppercase() + &word[1..]).collect();
    match text.chars().next() {
        None => "Model".to_owned(),
        Some(c) if c.is_ascii_digit() => format!("Model{text}"),
        Some(_) if text == "Self" => "Model".to_owned(),
        Some(_) => text,
    }
}

/// This name, or with a number behind it if it is taken.
pub fn free(taken: &mut HashSet<String>, name: String) -> String {
    let mut candidate = name.clone();
    let mut number = 2;
    while !taken.insert(candidate.clone()) {
        candidate = format!("{name}_{number}");
        number += 1;
    }
    candidate
}

fn is_keyword(word: &str) -> bool {
    // Words that begin a statement of the language are none for it to call a value by.
    ["layer", "weight", "block"].contains(&word) || nn_compiler::is_keyword(word)
}
