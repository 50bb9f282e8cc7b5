//! Graphs: signatures, statements, values.

use proc_macro2::Ident;

use super::builder::{Builder, Use, Want};
use super::names::check_name;
use super::scope::{Kind, Parameter, Scope, ScopeId, holds_mistake};
use super::{Named, Output, Value};
use crate::diagnostics::Extent;
use crate::syntax::ast::{self, Block, Call, Expression, GraphForm, Item, NamedInput, Statement};

impl<'a> Builder<'a, '_> {
    /// `(x: Input<…>) -> y { … }`.
    pub fn whole_graph(&mut self, graph: &'a GraphForm) -> Vec<Output> {
        let scope = self.open(Scope::new(None, String::new(), Vec::new()));
        self.scopes[scope].lost |= !self.check_names(graph.inputs.iter().map(|(name, _)| name), "input");
        let outputs = self.output_names(&graph.outputs);
        for (name, call) in &graph.inputs {
            let value = self.input(name.clone(), true, call.as_ref());
            self.scopes[scope].bind(name, value, Kind::Input);
        }
        let mut values = self.body(scope, &graph.statements, &graph.outputs);
        self.carried(scope, &mut values);
        outputs.into_iter().zip(values).map(|(name, value)| Output { name, value }).collect()
    }

    /// What the outputs are called: one that is named again counts on, as a label in a repeat does.
    pub fn output_names(&mut self, outputs: &[Ident]) -> Vec<Ident> {
        let mut names: Vec<Ident> = Vec::new();
        for name in outputs {
            if !names.contains(name) {
                check_name(name, "an output", self.errors);
            }
            let mut own = name.clone();
            let mut count = 0;
            while names.contains(&own) || (count > 0 && outputs.contains(&own)) {
                count += 1;
                own = Ident::new(&format!("{name}_{count}"), name.span());
            }
            names.push(own);
        }
        names
    }

    /// Checks that these can be fields. Whether each of them stands there once.
    pub fn check_names<'n>(&mut self, names: impl Iterator<Item = &'n Ident>, what: &str) -> bool {
        let mut fine = true;
        let mut seen: Vec<&Ident> = Vec::new();
        for name in names {
            let article = if what.starts_with(['i', 'o']) { "an" } else { "a" };
            check_name(name, &format!("{article} {what}"), self.errors);
            if seen.contains(&name) {
                let report = self.errors.error(name, format!("two {what}s are called `{name}`"));
                report.help(format!("every {what} has its own name"));
                fine = false;
            }
            seen.push(name);
        }
        fine
    }

    /// The values of a body's outputs.
    pub fn body(&mut self, scope: ScopeId, statements: &'a [Statement], outputs: &'a [Ident]) -> Vec<Value> {
        self.declare(scope, statements);
        for (place, statement) in statements.iter().enumerate() {
            self.scopes[scope].statement = place;
            self.statement(scope, statement);
            if self.full {
                break;
            }
        }
        self.scopes[scope].statement = statements.len();
        let certain = !statements.iter().any(holds_mistake);
        let values = outputs.iter().map(|name| self.output(scope, name, certain)).collect();
        self.close(scope, statements, outputs);
        values
    }

    fn statement(&mut self, scope: ScopeId, statement: &'a Statement) {
        match statement {
            Statement::Let { names, mutable, at, value } => self.definition(scope, (names, mutable), *at, value),
            Statement::Assign { name, value } => self.assignment(scope, name, value),
            Statement::For { name, values, statements, at } => self.rounds(scope, (name, values), statements, *at),
            Statement::If { condition, at, then, otherwise } => {
                let holds = self.condition(scope, condition, *at);
                let (chosen, other) = if holds { (then, otherwise) } else { (otherwise, then) };
                self.forgive(scope, other);
                self.inside(scope, chosen);
            }
            Statement::Layer { call, .. } => self.scopes[scope].counters.inner(call),
            Statement::Weight { name, call } => {
                let value = self.free_weight(scope, name, call);
                self.scopes[scope].bind(name, value, Kind::Weight);
            }
            Statement::State { name, call } => self.state(scope, name, call),
            Statement::Block(_) => {}
            Statement::Broken(names) => {
                for name in names {
                    let value = self.broken(Vec::new());
                    self.scopes[scope].bind(name, value, Kind::Let);
                }
            }
        }
    }

    /// The statements of a body inside of another: what they define is known there alone.
    fn inside(&mut self, scope: ScopeId, statements: &'a [Statement]) {
        let before = self.scopes[scope].values.len();
        for statement in statements {
            let declared = match statement {
                Statement::Layer { name, .. } | Statement::Block(Block { name, .. }) => Some(name),
                Statement::State { name, .. } => Some(name),
                _ => None,
            };
            if let Some(name) = declared {
                let report =
                    self.errors.error(name, "layers, states and blocks are declared outside of `for` and `if`");
                report.help("move it up: it is known in all of the body");
                continue;
            }
            self.statement(scope, statement);
            if self.full {
                return;
            }
        }
        if !statements.iter().any(holds_mistake) {
            self.unused_values(scope, before);
        }
        self.scopes[scope].values.truncate(before);
    }

    /// `x = …;`
    fn assignment(&mut self, scope: ScopeId, name: &'a Ident, value: &'a Expression) {
        let value = self.one(scope, value);
        let bindings = &mut self.scopes[scope].values;
        match bindings.iter_mut().rev().find(|binding| binding.name == *name) {
            Some(binding) if binding.mutable => {
                binding.value = value;
                return;
            }
            Some(binding) => {
                binding.used = true;
                let report = self.errors.error(name, format!("`{name}` does not change: it is not `mut`"));
                report.help(format!("`let mut {name} = …;`, or a second `let {name} = …;`"));
            }
            None => {
                let report = self.errors.error(name, "a `let` is missing here");
                report.help("a value is defined once; a second `let` may take its name again");
            }
        }
        self.scopes[scope].bind(name, value, Kind::Let);
        // One mistake is not two.
        self.read(scope, name);
    }

    /// `for D in (1, 2, 4) { … }`
    fn rounds(
        &mut self,
        scope: ScopeId,
        (name, values): (&'a Ident, &'a [ast::Value]),
        statements: &'a [Statement],
        at: Extent,
    ) {
        if name != "_" {
            check_name(name, "a value of a `for`", self.errors);
        }
        let (outermost, mut used) = (self.enter(at, None), false);
        for value in values {
            let value = self.substituted(scope, value);
            self.scopes[scope].parameters.push(Parameter { name: name.clone(), value, used: false });
            self.inside(scope, statements);
            used |= self.scopes[scope].parameters.pop().is_some_and(|parameter| parameter.used);
            if self.full {
                break;
            }
        }
        if !used && name != "_" && !self.full && !statements.iter().any(holds_mistake) {
            self.errors.error(name, format!("`{name}` is never used")).help("`for _ in …`, where all rounds are alike");
        }
        self.leave(outermost);
    }

    /// What only a branch uses that is not taken counts as used.
    fn forgive(&mut self, scope: ScopeId, statements: &'a [Statement]) {
        for statement in statements {
            match statement {
                Statement::Let { value, .. } => self.touch_value(scope, value),
                Statement::Assign { name, value } => {
                    self.read(scope, name);
                    self.touch_value(scope, value);
                }
                Statement::For { values, statements, .. } => {
                    values.iter().for_each(|value| drop(self.substituted(scope, value)));
                    self.forgive(scope, statements);
                }
                Statement::If { condition, then, otherwise, .. } => {
                    self.touch_condition(scope, condition);
                    self.forgive(scope, then);
                    self.forgive(scope, otherwise);
                }
                Statement::Layer { call, .. } | Statement::Weight { call, .. } | Statement::State { call, .. } => {
                    drop(self.substituted_call(scope, call))
                }
                Statement::Block(_) | Statement::Broken(_) => {}
            }
        }
    }

    fn touch_value(&mut self, scope: ScopeId, value: &'a Expression) {
        match value {
            Expression::Name(name) => self.read(scope, name),
            Expression::Chain { from, items } => {
                self.touch_value(scope, from);
                self.touch_items(scope, items);
            }
            Expression::Call { call, inputs, named, .. } => {
                self.touch_call(scope, call);
                let named = named.iter().flat_map(|named| named.values.iter().flatten());
                inputs.iter().chain(named).for_each(|input| self.touch_value(scope, input));
            }
            Expression::Binary { left, right, .. } => {
                self.touch_value(scope, left);
                self.touch_value(scope, right);
            }
            Expression::Negative { of, .. } => self.touch_value(scope, of),
            Expression::Slice { of, axes, .. } => {
                self.touch_value(scope, of);
                axes.iter().for_each(|axis| drop(self.substituted(scope, axis)));
            }
            Expression::Number(..) | Expression::Broken => {}
        }
    }

    fn touch_items(&mut self, scope: ScopeId, items: &'a [Item]) {
        for item in items {
            match item {
                Item::Layer { call, .. } => self.touch_call(scope, call),
                Item::Repeat { chain, count, .. } => {
                    drop(self.substituted(scope, count));
                    self.touch_items(scope, chain);
                }
                Item::Each { chain, values, .. } => {
                    values.iter().for_each(|value| drop(self.substituted(scope, value)));
                    self.touch_items(scope, chain);
                }
                Item::Broken => {}
            }
        }
    }

    fn touch_call(&mut self, scope: ScopeId, call: &'a Call) {
        let _ = self.resolve(scope, &call.name);
        drop(self.substituted_call(scope, call));
    }

    fn output(&mut self, scope: ScopeId, name: &Ident, certain: bool) -> Value {
        if !self.full && self.is_value(scope, name) {
            return self.value(scope, name);
        }
        if !self.full && certain {
            let near = self.near_value(scope, name);
            let help = near.map_or_else(|| format!("`let {name} = …;`"), |near| format!("did you mean `{near}`?"));
            self.errors.error(name, format!("the output `{name}` is never defined")).help(help);
        }
        self.broken(Vec::new())
    }

    fn definition(
        &mut self,
        scope: ScopeId,
        (names, mutable): (&'a [Option<Ident>], &[Ident]),
        at: Extent,
        value: &'a Expression,
    ) {
        self.scopes[scope].lost |= !self.check_names(names.iter().flatten(), "value");
        let want = if names.len() == 1 { Want::One } else { Want::Several(names.len(), at) };
        let values = self.expression(scope, value, want);
        if names.iter().all(Option::is_none) {
            let report = self.errors.error(at, "all of this value is dropped, so its layers do nothing");
            report.help("leave the line out");
        }
        let kind = if names.len() == 1 { Kind::Let } else { Kind::Result };
        for (name, value) in names.iter().zip(values) {
            if let Some(name) = name {
                self.scopes[scope].bind(name, value, kind);
                if let Some(binding) = self.scopes[scope].values.last_mut() {
                    binding.mutable = mutable.contains(name);
                }
            }
        }
    }

    /// What the call before left, as a value that `h = …;` may change.
    fn state(&mut self, scope: ScopeId, name: &'a Ident, call: &'a Call) {
        if self.around(scope).count() > 1 {
            let report = self.errors.error(name, "a state is one of the whole network, not of a block");
            report.help("declare it outside, and hand it to the block: `(y, h) = part(x, h)`");
        }
        self.scopes[scope].lost |= !self.check_names([name].into_iter(), "state");
        let own = self.scopes[scope].counters.layer(Some(name), call);
        let field = self.scopes[scope].field(&own, name.span());
        let value = self.weight(scope, call, field);
        self.scopes[scope].bind(name, value, Kind::State);
        if let Some(binding) = self.scopes[scope].values.last_mut() {
            binding.mutable = true;
        }
        self.states.push((name.clone(), value));
    }

    /// The first output waits until all states are left for the next call.
    fn carried(&mut self, scope: ScopeId, outputs: &mut [Value]) {
        for (name, old) in std::mem::take(&mut self.states) {
            let new = self.scopes[scope].values.iter().rev().find(|binding| binding.name == name);
            let Some((new, first)) = new.map(|binding| binding.value).zip(outputs.first_mut()) else { continue };
            if (new.node, new.result) == (old.node, old.result) {
                let report = self.errors.error(&name, format!("the state `{name}` never changes"));
                report.help(format!("`{name} = …;` says what the next call finds; what stays the same is a `weight`"));
                continue;
            }
            let at = Extent { start: name.span(), end: name.span() };
            let text = format!("{name} = …");
            let call = Call {
                name: Ident::new("Carry", name.span()),
                args: Vec::new(),
                end: name.span(),
                text,
                docs: Vec::new(),
            };
            let inputs = vec![*first, new, old];
            *first = self.operator(scope, call, inputs, at, Want::One).first().copied().unwrap_or(*first);
        }
    }

    /// A weight that is no layer's: a value by itself, whose field has its name.
    fn free_weight(&mut self, scope: ScopeId, name: &'a Ident, call: &'a Call) -> Value {
        self.scopes[scope].lost |= !self.check_names([name].into_iter(), "weight");
        let own = self.scopes[scope].counters.layer(Some(name), call);
        let field = self.scopes[scope].field(&own, name.span());
        self.weight(scope, call, field)
    }

    pub fn one(&mut self, scope: ScopeId, value: &'a Expression) -> Value {
        let values = self.expression(scope, value, Want::One);
        values.first().copied().unwrap_or(Value { node: 0, result: 0 })
    }

    /// Puts what a call gives by name behind its other values.
    fn named(&mut self, scope: ScopeId, named: &'a NamedInput, inputs: &mut Vec<Value>) -> Named {
        let mut place = |value: &'a Expression| {
            inputs.push(self.argument(scope, value));
            inputs.len() - 1
        };
        let places = named.values.iter().map(|value| value.as_ref().map(&mut place)).collect();
        Named { name: named.name.clone(), places }
    }

    fn expression(&mut self, scope: ScopeId, value: &'a Expression, want: Want) -> Vec<Value> {
        if self.full {
            return self.missing(Vec::new(), want);
        }
        match value {
            Expression::Name(name) => {
                let value = self.value(scope, name);
                if let Want::Several(count, at) = want {
                    let report = self.errors.error(at, format!("`{name}` is one value, not {count}"));
                    report.help(
                        "several values come from a layer or a block: `let (y, h) = x => GRU<4, return_state = true>;`",
                    );
                    return self.missing(vec![value], want);
                }
                vec![value]
            }
            Expression::Chain { from, items } => {
                let from = self.one(scope, from);
                let items: Vec<_> = items.iter().collect();
                self.chain(scope, from, &items, want)
            }
            Expression::Call { label, call, inputs, named, at } => {
                let mut inputs: Vec<_> = inputs.iter().map(|input| self.argument(scope, input)).collect();
                let named = named.iter().map(|named| self.named(scope, named, &mut inputs)).collect();
                let label = label.as_ref();
                self.apply(scope, Use { label, call, inputs, named, at: *at, in_chain: false, want })
            }
            Expression::Binary { .. } | Expression::Negative { .. } | Expression::Number(..) => {
                self.arithmetic(scope, value, want)
            }
            Expression::Slice { of, axes, bracket, at } => self.slice(scope, of, axes, (*bracket, *at), want),
            Expression::Broken => self.missing(Vec::new(), want),
        }
    }
}
