//! ast → Graph: wiring, repeats written out, names.

mod names;

use proc_macro2::{Ident, Span};

use crate::diagnostics::{Diagnostics, Extent, nearest};
use crate::layers::{self, Entry, later};
use crate::parse::ast::{self, Body, Call, Header, Item, Network};

/// A network as a graph. A chain is one that happens to be a line.
pub struct Graph {
    pub header: Header,
    /// The layers as written: a repeat uses one several times.
    pub calls: Vec<Call>,
    /// In order of execution: inputs come before what uses them.
    pub nodes: Vec<Node>,
    /// In the order of the signature; a chain has one.
    pub outputs: Vec<Output>,
}

/// The place of a node in `Graph::nodes`.
pub type Id = usize;

/// What a node computes: most have one result, `LSTM<…, return_state = true>` has three.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Value {
    pub node: Id,
    pub result: usize,
}

/// What the network hands out.
pub struct Output {
    /// `output` in a chain.
    pub name: Ident,
    pub value: Value,
}

/// One layer of the network.
pub struct Node {
    /// The name of the field.
    pub name: Ident,
    /// Whether the user chose it.
    pub labelled: bool,
    pub what: What,
    /// Where its inputs come from.
    pub inputs: Vec<Value>,
    /// The node whose weights it uses: itself, or the first use of a `layer` declaration.
    pub weights: Id,
    /// The number of results that a `let (a, b) = …` takes from it, and where that stands; `None` where it is used as one value.
    pub results: Option<(usize, Extent)>,
}

/// What a node is; the number is the place in `Graph::calls`.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum What {
    Input(usize),
    Layer(usize),
    /// What could not be read, and has been reported.
    Broken,
}

impl Graph {
    /// How messages call a node: by its label, or by its layer as written.
    pub fn shown(&self, id: Id) -> String {
        let node = &self.nodes[id];
        match node.what {
            What::Input(call) | What::Layer(call) if !node.labelled => self.calls[call].name.to_string(),
            _ => node.name.to_string(),
        }
    }
}

/// More layers than this are surely a mistake in a repeat's count.
const MOST_LAYERS: usize = 4096;

/// The layer that a call names, if it is built.
pub fn entry(call: &Call) -> Option<&'static Entry> {
    layers::find(&call.name.to_string())
}

/// Writes out repeats, gives every layer its name, and wires the chain.
pub fn build(network: Network, errors: &mut Diagnostics) -> Graph {
    let span = network.header.name.as_ref().map_or_else(Span::call_site, Ident::span);
    let mut builder = Builder { calls: Vec::new(), links: Vec::new(), errors };
    let Body::Chain(chain) = network.body else { return broken(network.header) };
    let mut items = chain.into_iter().peekable();
    let starts = matches!(items.peek(), Some(Item::Layer { call, .. }) if call.name == "Input");
    match items.peek() {
        _ if starts => {}
        Some(Item::Layer { call, .. }) => builder.no_input(call.extent().start),
        Some(Item::Repeat { span, .. }) => builder.no_input(*span),
        _ => {}
    }
    if starts && let Some(Item::Layer { label, call }) = items.next() {
        builder.input(label, call);
        if items.peek().is_none() {
            let at = builder.calls[0].extent();
            builder.errors.error(at, "the network has no layer").help("`Input<…> => Dense<10>`");
        }
    } else {
        builder.links.push(Link::BROKEN);
    }
    for item in items {
        let links = builder.item(item);
        builder.links.extend(links);
    }
    let (calls, links) = (builder.calls, builder.links);
    let names = names::names(&calls, &links, span, errors);
    let nodes = links.iter().zip(names).enumerate().map(|(id, (link, name))| Node {
        name,
        labelled: link.label.is_some(),
        what: link.what,
        inputs: id.checked_sub(1).map(|node| Value { node, result: 0 }).into_iter().collect(),
        weights: id,
        results: None,
    });
    let last = Value { node: links.len() - 1, result: 0 };
    let outputs = vec![Output { name: Ident::new("output", span), value: last }];
    Graph { header: network.header, nodes: nodes.collect(), calls, outputs }
}

/// A network that could not be read.
fn broken(header: Header) -> Graph {
    Graph { header, calls: Vec::new(), nodes: Vec::new(), outputs: Vec::new() }
}

/// A layer of the chain before it has its name.
#[derive(Clone)]
struct Link {
    label: Option<Ident>,
    what: What,
}

impl Link {
    const BROKEN: Link = Link { label: None, what: What::Broken };
}

struct Builder<'a> {
    calls: Vec<Call>,
    links: Vec<Link>,
    errors: &'a mut Diagnostics,
}

impl Builder<'_> {
    fn no_input(&mut self, at: Span) {
        let report = self.errors.error(at, "a network starts with the shape of one sample");
        report.help("`Input<28, 28, 1> => …`, without the batch");
    }

    fn input(&mut self, label: Option<Ident>, call: Call) {
        if let Some(label) = label {
            let report = self.errors.error(&label, "the input of a chain has no name");
            report.help("write `Input<…>` alone");
        }
        self.links.push(Link { label: None, what: What::Input(self.calls.len()) });
        self.calls.push(call);
    }

    /// The layers that an item stands for.
    fn item(&mut self, item: Item) -> Vec<Link> {
        match item {
            Item::Broken => vec![Link::BROKEN],
            Item::Layer { call, .. } if call.name == "Input" => {
                self.errors.error(call.extent(), "a chain has one `Input`, at its start").help("leave this one out");
                Vec::new()
            }
            Item::Layer { label, call } => vec![self.layer(label, call)],
            Item::Repeat { chain, count, span } => self.repeat(chain, &count, span),
        }
    }

    fn layer(&mut self, label: Option<Ident>, call: Call) -> Link {
        if let Some(label) = &label {
            names::check_label(label, self.errors);
        }
        if entry(&call).is_none() {
            self.unknown(&call.name);
            return Link { label, what: What::Broken };
        }
        self.calls.push(call);
        Link { label, what: What::Layer(self.calls.len() - 1) }
    }

    fn unknown(&mut self, name: &Ident) {
        let word = name.to_string();
        if later::layers().any(|later| later == word) {
            self.errors.error(name, later::not_yet(&format!("`{word}`")));
            return;
        }
        let built = layers::entries().flat_map(|entry| entry.names.iter().copied()).chain(["Input"]);
        let near = nearest(&word, built.chain(later::layers()));
        let near = if word == "Linear" { Some("Dense") } else { near };
        let help = near.map(|near| format!("did you mean `{near}`?")).unwrap_or_default();
        self.errors.error(name, format!("there is no layer `{word}`")).help(help);
    }

    fn repeat(&mut self, chain: Vec<Item>, count: &ast::Value, span: Span) -> Vec<Link> {
        let mut once = Vec::new();
        for item in chain {
            once.extend(self.item(item));
        }
        let at = count.extent();
        let times = match count {
            ast::Value::Int(0, _) => {
                self.errors.error(at, "a repeat of 0 layers is nothing").help("leave it out, or repeat at least once");
                1
            }
            ast::Value::Int(n, _) if *n > 0 => usize::try_from(*n).unwrap_or(usize::MAX),
            ast::Value::Path(_) | ast::Value::Block(..) => {
                let problem = "the count of a repeat is a number, not a constant";
                let report = self.errors.error(at, problem);
                report.help("write the number here");
                report
                    .note("the macro writes code and a field for each copy, and it runs before constants have values");
                1
            }
            _ => {
                self.errors.error(at, "the count of a repeat is a number").help("`[Dense<64>; 3]`");
                1
            }
        };
        if times.saturating_mul(once.len()) > MOST_LAYERS {
            let problem = format!("this repeat makes more than {MOST_LAYERS} layers");
            self.errors.error(span, problem);
            return vec![Link::BROKEN];
        }
        once.iter().cycle().take(times * once.len()).cloned().collect()
    }
}

#[cfg(test)]
mod tests;
