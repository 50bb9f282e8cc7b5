//! Which names mean what, in the network and in each copy of a block.

use proc_macro2::{Ident, Span};

use super::Value;
use super::builder::Builder;
use super::names::{Counters, check_name};
use crate::diagnostics::nearest;
use crate::layers;
use crate::syntax::ast::{self, Block, Call, Statement};

/// The place of a scope in `Builder::scopes`.
pub type ScopeId = usize;

/// The names of the network, or of one copy of a block.
pub struct Scope<'a> {
    /// Where the block stands: its layers and blocks are known here too.
    parent: Option<ScopeId>,
    /// What the fields of its layers start with: `residual_1_`.
    pub prefix: String,
    pub counters: Counters,
    pub parameters: Vec<Parameter>,
    pub values: Vec<Binding>,
    pub layers: Vec<Declared<'a>>,
    pub blocks: Vec<Defined<'a>>,
    /// Names whose definition could not be read.
    broken: Vec<&'a Ident>,
    /// The names of all `let`s, with the place of the statement.
    lets: Vec<(&'a Ident, usize)>,
    /// The place of the statement that is being read.
    pub statement: usize,
    /// Values that were used before their `let`, which has been reported.
    wanted: Vec<String>,
    /// Whether a name was none of a value, which has been reported: it may have meant any of them.
    pub lost: bool,
}

/// A const parameter of a block; without a value where a mistake has been reported.
pub struct Parameter {
    pub name: Ident,
    pub value: Option<ast::Value>,
    pub used: bool,
}

/// A value with a name.
pub struct Binding {
    pub name: Ident,
    pub value: Value,
    pub used: bool,
    pub kind: Kind,
    /// Whether `x = …;` may change it.
    pub mutable: bool,
}

/// Where a value comes from.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    Input,
    Let,
    /// One of several in `let (a, b) = …`.
    Result,
    /// Of `weight`.
    Weight,
    /// Of `state`.
    State,
}

/// A `layer` declaration.
pub struct Declared<'a> {
    pub name: &'a Ident,
    pub call: &'a Call,
    /// Its place in `Builder::declared`.
    pub index: usize,
    /// Whether it names a layer.
    pub fine: bool,
    pub used: bool,
}

/// A block.
pub struct Defined<'a> {
    pub block: &'a Block,
    pub used: bool,
}

/// What the name of a layer stands for; the declaration's scope and its place there.
pub enum Resolved {
    Declared(ScopeId, usize),
    Block(ScopeId, usize),
    Layer,
    Input,
    Nothing,
    /// What has been reported.
    Broken,
}

impl<'a> Scope<'a> {
    pub fn new(parent: Option<ScopeId>, prefix: String, parameters: Vec<Parameter>) -> Self {
        Scope {
            parent,
            prefix,
            counters: Counters::default(),
            parameters,
            values: Vec::new(),
            layers: Vec::new(),
            blocks: Vec::new(),
            broken: Vec::new(),
            lets: Vec::new(),
            statement: 0,
            wanted: Vec::new(),
            lost: false,
        }
    }

    /// The field of a layer that is called `own` in here.
    pub fn field(&self, own: &str, span: Span) -> Ident {
        Ident::new(&format!("{}{}", self.prefix, own.trim_start_matches("r#")), span)
    }

    /// Gives a value a name.
    pub fn bind(&mut self, name: &Ident, value: Value, kind: Kind) {
        let used = self.wanted.iter().any(|wanted| name == wanted);
        self.values.push(Binding { name: name.clone(), value, used, kind, mutable: false });
    }
}

impl<'a> Builder<'a, '_> {
    pub fn open(&mut self, scope: Scope<'a>) -> ScopeId {
        self.scopes.push(scope);
        self.scopes.len() - 1
    }

    /// A scope, and those around it.
    pub fn around(&self, scope: ScopeId) -> impl Iterator<Item = ScopeId> + use<'a, '_> {
        std::iter::successors(Some(scope), |scope| self.scopes[*scope].parent)
    }

    /// Layers and blocks are known in all of the body; so are the names of values, though not their values.
    pub fn declare(&mut self, scope: ScopeId, statements: &'a [Statement]) {
        for (place, statement) in statements.iter().enumerate() {
            match statement {
                Statement::Let { names, .. } => {
                    self.scopes[scope].lets.extend(names.iter().flatten().map(|name| (name, place)));
                }
                Statement::Weight { name, .. } | Statement::State { name, .. } => {
                    self.scopes[scope].lets.push((name, place));
                }
                Statement::Layer { name, call } => {
                    if !self.check_declaration(scope, name, "layer") {
                        continue;
                    }
                    let field = self.scopes[scope].field(&name.to_string(), name.span());
                    self.declared.push(field);
                    let index = self.declared.len() - 1;
                    self.scopes[scope].layers.push(Declared { name, call, index, fine: true, used: false });
                }
                Statement::Block(block) => {
                    if self.check_declaration(scope, &block.name, "block") {
                        self.scopes[scope].blocks.push(Defined { block, used: false });
                    }
                }
                // What stands in their bodies is known there alone.
                Statement::Assign { .. } | Statement::For { .. } | Statement::If { .. } => {}
                Statement::Broken(names) => {
                    self.scopes[scope].lets.extend(names.iter().map(|name| (name, place)));
                    self.scopes[scope].broken.extend(names);
                }
            }
        }
        for place in 0..self.scopes[scope].layers.len() {
            self.scopes[scope].layers[place].fine = self.check_declared(scope, place);
        }
    }

    /// Whether a declaration has a name of its own.
    fn check_declaration(&mut self, scope: ScopeId, name: &Ident, what: &str) -> bool {
        check_name(name, &format!("a {what}"), self.errors);
        let word = name.to_string();
        let is_layer = self.scopes[scope].layers.iter().any(|layer| layer.name == name);
        let is_block = self.scopes[scope].blocks.iter().any(|defined| defined.block.name == word);
        if layers::find(&word).is_some() || word == "Input" {
            let report = self.errors.error(name, format!("`{word}` is the name of a layer of the language"));
            report.help(format!("give the {what} a name of its own"));
        } else if (is_layer && what == "block") || (is_block && what == "layer") {
            self.errors.error(name, format!("a layer and a block are both called `{word}`")).help("rename one of them");
        } else if is_layer || is_block {
            let report = self.errors.error(name, format!("two {what}s are called `{word}`"));
            report.help(format!("every {what} has its own name"));
        } else {
            return true;
        }
        false
    }

    /// Whether a declaration names a layer.
    fn check_declared(&mut self, scope: ScopeId, place: usize) -> bool {
        let Declared { name, call, .. } = self.scopes[scope].layers[place];
        let text = &call.text;
        match self.resolve(scope, &call.name) {
            Resolved::Layer => return true,
            Resolved::Block(..) => {
                let report = self.errors.error(call.extent(), format!("`{}` is a block, not a layer", call.name));
                report.help(format!("every `x => {text}` puts in a copy with weights of its own"));
            }
            Resolved::Declared(..) => {
                let report = self.errors.error(call.extent(), format!("`{}` is a declared layer itself", call.name));
                report.help(format!("`x => {text}` uses it; `{name}` needs a layer: `layer {name} = Dense<64>;`"));
            }
            Resolved::Input => {
                let report = self.errors.error(call.extent(), "an input stands in the signature: `(x: Input<…>)`");
                report.help("leave this one out");
            }
            Resolved::Nothing => self.unknown(scope, &call.name),
            Resolved::Broken => {}
        }
        false
    }

    fn look_up(&self, scope: ScopeId, name: &Ident) -> Resolved {
        for id in self.around(scope) {
            let scope = &self.scopes[id];
            if let Some(place) = scope.layers.iter().position(|layer| layer.name == name) {
                return Resolved::Declared(id, place);
            }
            if let Some(place) = scope.blocks.iter().position(|defined| defined.block.name == *name) {
                return Resolved::Block(id, place);
            }
            if scope.broken.contains(&name) {
                return Resolved::Broken;
            }
        }
        let word = name.to_string();
        match () {
            () if layers::find(&word).is_some() => Resolved::Layer,
            () if word == "Input" => Resolved::Input,
            () => Resolved::Nothing,
        }
    }

    /// What the name of a layer stands for; it counts as used.
    pub fn resolve(&mut self, scope: ScopeId, name: &Ident) -> Resolved {
        let resolved = self.look_up(scope, name);
        match resolved {
            Resolved::Declared(owner, place) => self.scopes[owner].layers[place].used = true,
            Resolved::Block(owner, place) => self.scopes[owner].blocks[place].used = true,
            _ => {}
        }
        resolved
    }

    /// The names of declared layers and blocks, for "did you mean".
    pub fn declarations(&self, scope: ScopeId) -> Vec<String> {
        let names = self.around(scope).flat_map(|id| {
            let layers = self.scopes[id].layers.iter().map(|layer| layer.name.to_string());
            layers.chain(self.scopes[id].blocks.iter().map(|defined| defined.block.name.to_string()))
        });
        names.collect()
    }

    /// What was probably meant counts as used, so that one mistake is not two.
    pub fn touch(&mut self, scope: ScopeId, word: &str) {
        let scopes: Vec<_> = self.around(scope).collect();
        for id in scopes {
            let scope = &mut self.scopes[id];
            scope.layers.iter_mut().filter(|layer| layer.name == word).for_each(|layer| layer.used = true);
            scope.blocks.iter_mut().filter(|other| other.block.name == word).for_each(|other| other.used = true);
        }
    }

    /// Whether a value in here has this name.
    pub fn is_value(&self, scope: ScopeId, name: &Ident) -> bool {
        let scope = &self.scopes[scope];
        scope.values.iter().any(|binding| binding.name == *name) || scope.lets.iter().any(|(other, _)| *other == name)
    }

    /// Marks a value as used.
    pub fn read(&mut self, scope: ScopeId, name: &Ident) {
        let values = self.scopes[scope].values.iter_mut();
        values.filter(|binding| binding.name == *name).for_each(|binding| binding.used = true);
    }

    /// The value of a name.
    pub fn value(&mut self, scope: ScopeId, name: &Ident) -> Value {
        if let Some(binding) = self.scopes[scope].values.iter_mut().rev().find(|binding| binding.name == *name) {
            binding.used = true;
            return binding.value;
        }
        self.no_value(scope, name);
        self.broken(Vec::new())
    }

    fn no_value(&mut self, scope: ScopeId, name: &Ident) {
        let word = name.to_string();
        let here = &self.scopes[scope];
        let at = here.lets.iter().map(|(other, place)| (*other == name, *place)).filter(|(same, _)| *same);
        if let Some(place) = at.map(|(_, place)| place).find(|place| *place >= here.statement) {
            let help = match place == here.statement {
                true => "a value cannot depend on itself",
                false => "it is defined further down: move that up",
            };
            self.errors.error(name, format!("`{word}` is used before it is defined")).help(help);
            self.scopes[scope].wanted.push(word);
            return;
        }
        let outside = self.around(scope).skip(1).find(|id| self.is_value(*id, name));
        if let Some(outside) = outside {
            self.read(outside, name);
            let report = self.errors.error(name, format!("the value `{word}` is not known inside of this block"));
            report.help("a block sees its inputs alone: hand the value to it as one more input");
            return;
        }
        if !matches!(self.look_up(scope, name), Resolved::Nothing | Resolved::Broken) {
            self.resolve(scope, name);
            let report = self.errors.error(name, format!("`{word}` is a layer, not a value"));
            report.help(format!("a value goes into it: `x => {word}`"));
            self.scopes[scope].lost = true;
            return;
        }
        let near = self.near_value(scope, name);
        self.scopes[scope].lost |= near.is_none();
        let help = match near {
            Some(near) => format!("did you mean `{near}`?"),
            None if word.bytes().all(|letter| letter.is_ascii_uppercase() || letter == b'_') => {
                "a size stands in `<…>`: `Dense<CLASSES>`".to_string()
            }
            None => String::new(),
        };
        self.errors.error(name, format!("there is no value `{word}`")).help(help);
    }

    /// The value that was probably meant, which counts as used, so that one mistake is not two.
    pub fn near_value(&mut self, scope: ScopeId, name: &Ident) -> Option<String> {
        // A single letter is near to all others.
        if name.to_string().chars().count() < 2 {
            return None;
        }
        let values = &mut self.scopes[scope].values;
        let names: Vec<_> = values.iter().map(|binding| binding.name.to_string()).collect();
        let near = nearest(&name.to_string(), names.iter().map(String::as_str))?.to_string();
        values.iter_mut().filter(|binding| binding.name == near).for_each(|binding| binding.used = true);
        Some(near)
    }

    /// The end of a body: what nothing has used.
    pub fn close(&mut self, scope: ScopeId, statements: &'a [Statement], outputs: &[Ident]) {
        self.unused_blocks(scope, statements);
        if self.full || outputs.is_empty() || statements.iter().any(holds_mistake) {
            return;
        }
        let scope_id = scope;
        let scope = &self.scopes[scope];
        for layer in scope.layers.iter().filter(|layer| !layer.used) {
            let report = self.errors.error(layer.name, format!("the layer `{}` is never used", layer.name));
            report.help("leave it out");
        }
        for parameter in scope.parameters.iter().filter(|parameter| !parameter.used) {
            let problem = format!("the parameter `{}` is never used", parameter.name);
            self.errors.error(&parameter.name, problem).help("leave it out");
        }
        self.unused_values(scope_id, 0);
    }

    /// Reports the values from this one on that nothing has used.
    pub fn unused_values(&mut self, scope: ScopeId, from: usize) {
        let scope = &self.scopes[scope];
        for Binding { name, kind, .. } in scope.values[from..].iter().filter(|binding| !binding.used && !scope.lost) {
            let (problem, help) = match kind {
                Kind::Input => (format!("the input `{name}` is never read"), "leave it out"),
                Kind::Let => (format!("the value `{name}` is never used"), "leave it out"),
                Kind::Weight => (format!("the weight `{name}` is never used"), "leave it out"),
                Kind::State => (format!("the state `{name}` is never read"), "leave it out"),
                Kind::Result => (format!("the value `{name}` is never used"), "drop this result with `_`"),
            };
            self.errors.error(name, problem).help(help);
        }
    }
}

/// Whether something in a statement could not be read, and may have used anything.
pub fn holds_mistake(statement: &Statement) -> bool {
    match statement {
        Statement::Let { value, .. } | Statement::Assign { value, .. } => value.is_broken(),
        Statement::For { statements, .. } => statements.iter().any(holds_mistake),
        Statement::If { then, otherwise, .. } => then.iter().chain(otherwise).any(holds_mistake),
        Statement::Layer { .. } | Statement::Weight { .. } | Statement::State { .. } => false,
        Statement::Block(block) => block.statements.iter().any(holds_mistake),
        Statement::Broken(_) => true,
    }
}
