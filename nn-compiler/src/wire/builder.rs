//! The graph while it grows: nodes, chains, repeats.

use std::collections::HashMap;

use proc_macro2::{Ident, Span};

use super::blocks::Copying;
use super::names;
use super::scope::{Declared, Resolved, Scope, ScopeId};
use super::{MOST_LAYERS, Named, Node, Output, Value, What};
use crate::diagnostics::{Diagnostics, Extent, nearest};
use crate::layers;
use crate::syntax::ast::Call;

/// A node, and what its name depends on.
pub struct Draft {
    pub node: Node,
    /// The label in the source.
    pub label: Option<Ident>,
    /// The place in `Builder::declared` of the `layer` that it uses.
    pub declared: Option<usize>,
}

/// A graph whose nodes have no final names.
pub struct Wired {
    pub calls: Vec<Call>,
    pub nodes: Vec<Draft>,
    pub outputs: Vec<Output>,
}

/// How many results a value must have.
#[derive(Clone, Copy)]
pub enum Want {
    One,
    /// What `let (a, b)` takes, and where it stands.
    Several(usize, Extent),
}

impl Want {
    pub fn count(self) -> usize {
        match self {
            Want::One => 1,
            Want::Several(count, _) => count,
        }
    }
}

/// A layer, a declared layer or a block, on values.
pub struct Use<'a> {
    pub label: Option<&'a Ident>,
    pub call: &'a Call,
    /// Those that it is given by name come last.
    pub inputs: Vec<Value>,
    pub named: Vec<Named>,
    /// Where it stands, its values included if they stand in parentheses.
    pub at: Extent,
    /// Whether its value comes from before a `=>`.
    pub in_chain: bool,
    pub want: Want,
}

/// How a node is called.
struct Called {
    name: Ident,
    label: Option<Ident>,
    declared: Option<usize>,
}

/// What makes many layers: the outermost repeat or use of a block that is being written out.
struct Source {
    at: Extent,
    block: Option<Ident>,
}

pub struct Builder<'a, 'e> {
    pub errors: &'e mut Diagnostics,
    /// The name of the network, where names without a place of their own stand.
    pub span: Span,
    pub calls: Vec<Call>,
    /// Calls by their place in the tree and their text: copies share one.
    known: HashMap<(usize, String), usize>,
    pub nodes: Vec<Draft>,
    /// The fields of `layer` declarations, those in blocks once for each copy.
    pub declared: Vec<Ident>,
    pub scopes: Vec<Scope<'a>>,
    pub copying: Copying<'a>,
    /// The states of the network, and what the call before left.
    pub states: Vec<(Ident, Value)>,
    source: Option<Source>,
    /// Whether the network is a chain.
    pub is_chain: bool,
    /// Whether there are too many layers, which has been reported.
    pub full: bool,
}

impl<'a, 'e> Builder<'a, 'e> {
    pub fn new(span: Span, errors: &'e mut Diagnostics) -> Self {
        Builder {
            errors,
            span,
            calls: Vec::new(),
            known: HashMap::new(),
            nodes: Vec::new(),
            declared: Vec::new(),
            scopes: Vec::new(),
            copying: Copying::default(),
            states: Vec::new(),
            source: None,
            is_chain: false,
            full: false,
        }
    }

    pub fn finish(self, outputs: Vec<Output>) -> Wired {
        Wired { calls: self.calls, nodes: self.nodes, outputs }
    }

    /// A node for an input; a broken one where its shape could not be read.
    pub fn input(&mut self, name: Ident, labelled: bool, call: Option<&Call>) -> Value {
        let at = Extent::from(&name);
        let what = match call {
            Some(call) => {
                self.calls.push(call.clone());
                What::Input(self.calls.len() - 1)
            }
            None => What::Broken,
        };
        let label = labelled.then(|| name.clone());
        let at = call.map_or(at, Call::extent);
        let weights = self.nodes.len();
        let node = Node { name, labelled, what, at, inputs: Vec::new(), named: Vec::new(), weights, results: None };
        self.push(Draft { node, label, declared: None })
    }

    fn push(&mut self, draft: Draft) -> Value {
        self.nodes.push(draft);
        Value { node: self.nodes.len() - 1, result: 0 }
    }

    /// What stands for a value that is missing, so that the search for mistakes goes on.
    pub fn broken(&mut self, inputs: Vec<Value>) -> Value {
        if !self.room(self.span.into()) {
            return Value { node: 0, result: 0 };
        }
        let name = Ident::new("broken", self.span);
        let weights = self.nodes.len();
        let node = Node {
            name,
            labelled: false,
            what: What::Broken,
            at: self.span.into(),
            inputs,
            named: Vec::new(),
            weights,
            results: None,
        };
        self.push(Draft { node, label: None, declared: None })
    }

    /// Remembers the outermost of what makes many layers; says whether this is it.
    pub fn enter(&mut self, at: Extent, block: Option<&Ident>) -> bool {
        let outermost = self.source.is_none();
        if outermost {
            self.source = Some(Source { at, block: block.cloned() });
        }
        outermost
    }

    pub fn leave(&mut self, outermost: bool) {
        if outermost {
            self.source = None;
        }
    }

    /// Whether there may be one more layer or copy of a block.
    pub fn room(&mut self, at: Extent) -> bool {
        if self.full {
            return false;
        }
        let many_layers = self.nodes.len() > MOST_LAYERS;
        if !many_layers && self.copying.copies < MOST_LAYERS {
            return true;
        }
        self.too_many(at, if many_layers { "layers" } else { "copies of blocks" });
        false
    }

    /// Reports that there are too many layers, once.
    pub fn too_many(&mut self, at: Extent, what: &str) {
        self.full = true;
        let (at, reason) = match &self.source {
            Some(Source { at, block: None }) => (*at, "with this repeat".to_string()),
            Some(Source { at, block: Some(block) }) => (*at, format!("with this use of `{block}`")),
            None => (at, "from here on".to_string()),
        };
        let problem = format!("{reason} the network has more than {MOST_LAYERS} {what}");
        self.errors.error(at, problem);
    }

    /// Puts a layer or a block in; gives as many values as are wanted.
    pub fn apply(&mut self, scope: ScopeId, used: Use<'a>) -> Vec<Value> {
        match self.resolve(scope, &used.call.name) {
            Resolved::Declared(owner, place) => self.shared(owner, place, used),
            Resolved::Block(owner, place) => self.copy(scope, owner, place, used),
            Resolved::Layer => self.layer(scope, used),
            Resolved::Broken => self.missing(used.inputs, used.want),
            Resolved::Input => {
                let problem = match self.is_chain {
                    true => "a chain has one `Input`, at its start",
                    false => "an input stands in the signature: `(x: Input<…>)`",
                };
                self.errors.error(used.call.extent(), problem).help("leave this one out");
                self.missing(used.inputs, used.want)
            }
            Resolved::Nothing => {
                self.unknown(scope, &used.call.name);
                self.missing(used.inputs, used.want)
            }
        }
    }

    /// Reports that there is no such layer.
    pub fn unknown(&mut self, scope: ScopeId, name: &Ident) {
        let word = name.to_string();
        if self.is_value(scope, name) {
            let report = self.errors.error(name, format!("`{word}` is a value, not a layer"));
            report.help(format!("values are joined by a layer or an operator: `Add(x, {word})`, `x + {word}`"));
            self.read(scope, name);
            return;
        }
        let own = self.declarations(scope);
        let built = layers::specs().flat_map(|spec| spec.names.iter().copied());
        let mut all: Vec<&str> = built.chain(["Input"]).collect();
        all.extend(own.iter().map(String::as_str));
        let near = if word == "Linear" { Some("Dense") } else { nearest(&word, all) };
        let near = near.map(String::from);
        let help = near.as_ref().map(|near| format!("did you mean `{near}`?")).unwrap_or_default();
        if let Some(near) = near {
            self.touch(scope, &near);
        }
        self.errors.error(name, format!("there is no layer `{word}`")).help(help);
    }

    fn layer(&mut self, scope: ScopeId, used: Use<'a>) -> Vec<Value> {
        let Some(call) = self.call(scope, used.call) else { return self.missing(used.inputs, used.want) };
        if let Some(label) = used.label {
            names::check_name(label, "a layer", self.errors);
        }
        let own = self.scopes[scope].counters.layer(used.label, &self.calls[call]);
        let span = used.label.unwrap_or(&used.call.name).span();
        let name = self.scopes[scope].field(&own, span);
        let called = Called { name, label: used.label.cloned(), declared: None };
        let values = self.node(call, called, used.inputs, used.at, used.want);
        self.give_names(&values, used.named);
        values
    }

    /// A use of a declared layer.
    fn shared(&mut self, owner: ScopeId, place: usize, used: Use<'a>) -> Vec<Value> {
        self.check_shared(&used);
        let Declared { call, index, fine, .. } = self.scopes[owner].layers[place];
        let call = if fine { self.call(owner, call) } else { None };
        let Some(call) = call else { return self.missing(used.inputs, used.want) };
        let name = self.declared[index].clone();
        let called = Called { label: Some(name.clone()), name, declared: Some(index) };
        let values = self.node(call, called, used.inputs, used.at, used.want);
        self.give_names(&values, used.named);
        values
    }

    fn check_shared(&mut self, used: &Use<'a>) {
        let name = &used.call.name;
        if let Some(first) = used.call.args.first() {
            let start = first.name.as_ref().map_or(first.value.extent().start, Ident::span);
            let end = used.call.args.last().unwrap_or(first).value.extent().end;
            let report = self.errors.error(Extent { start, end }, format!("`{name}` has its arguments already"));
            report.help(format!("they stand where it is declared: `layer {name} = …;`"));
        }
        if let Some(label) = used.label {
            let report = self.errors.error(label, format!("the declared layer `{name}` has its name already"));
            report.help("leave the label out");
        }
    }

    fn node(&mut self, call: usize, called: Called, inputs: Vec<Value>, at: Extent, want: Want) -> Vec<Value> {
        if !self.room(at) {
            return vec![Value { node: 0, result: 0 }; want.count()];
        }
        let results = match want {
            Want::One => None,
            Want::Several(count, at) => Some((count, at)),
        };
        let Called { name, label, declared } = called;
        let (labelled, weights) = (label.is_some(), self.nodes.len());
        let node = Node { name, labelled, what: What::Layer(call), at, inputs, named: Vec::new(), weights, results };
        let Value { node, .. } = self.push(Draft { node, label, declared });
        (0..want.count()).map(|result| Value { node, result }).collect()
    }

    /// Notes which of the inputs of a node it is given by name.
    fn give_names(&mut self, values: &[Value], named: Vec<Named>) {
        if let (false, Some(value)) = (self.full, values.first()) {
            self.nodes[value.node].node.named = named;
        }
    }

    /// The place of a call in `calls`, the parameters of its block filled in; `None` if one of them is missing.
    fn call(&mut self, scope: ScopeId, call: &'a Call) -> Option<usize> {
        let call_place = std::ptr::from_ref(call).addr();
        let filled = self.substituted_call(scope, call)?;
        let key = (call_place, filled.text.clone());
        if let Some(known) = self.known.get(&key) {
            return Some(*known);
        }
        self.calls.push(filled);
        self.known.insert(key, self.calls.len() - 1);
        Some(self.calls.len() - 1)
    }

    /// A weight without a layer.
    pub fn weight(&mut self, scope: ScopeId, call: &'a Call, field: Ident) -> Value {
        let at = Extent { start: field.span(), end: field.span() };
        let Some(call) = self.call(scope, call) else { return self.broken(Vec::new()) };
        let called = Called { name: field.clone(), label: Some(field), declared: None };
        let values = self.node(call, called, Vec::new(), at, Want::One);
        values.first().copied().unwrap_or(Value { node: 0, result: 0 })
    }

    /// The layer of an operator.
    pub fn operator(&mut self, scope: ScopeId, call: Call, inputs: Vec<Value>, at: Extent, want: Want) -> Vec<Value> {
        let own = self.scopes[scope].counters.layer(None, &call);
        let name = self.scopes[scope].field(&own, call.name.span());
        self.calls.push(call);
        let call = self.calls.len() - 1;
        self.node(call, Called { name, label: None, declared: None }, inputs, at, want)
    }
}
