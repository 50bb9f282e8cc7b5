//! Graphs: signatures, statements, values.

use proc_macro2::Ident;

use super::builder::{Builder, Use, Want};
use super::names::check_name;
use super::scope::{Kind, Scope, ScopeId, holds_mistake};
use super::{Output, Value};
use crate::diagnostics::Extent;
use crate::syntax::ast::{Call, Expression, GraphForm, Statement};

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
        let values = self.body(scope, &graph.statements, &graph.outputs);
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
            match statement {
                Statement::Let { names, at, value } => self.definition(scope, names, *at, value),
                Statement::Layer { call, .. } => self.scopes[scope].counters.inner(call),
                Statement::Weight { name, call } => {
                    let value = self.free_weight(scope, name, call);
                    self.scopes[scope].bind(name, value, Kind::Weight);
                }
                Statement::Block(_) => {}
                Statement::Broken(names) => {
                    for name in names {
                        let value = self.broken(Vec::new());
                        self.scopes[scope].bind(name, value, Kind::Let);
                    }
                }
            }
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

    fn definition(&mut self, scope: ScopeId, names: &'a [Option<Ident>], at: Extent, value: &'a Expression) {
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
            }
        }
    }

    /// A weight that is no layer's: a value by itself, whose field has its name.
    fn free_weight(&mut self, scope: ScopeId, name: &'a Ident, call: &'a Call) -> Value {
        self.scopes[scope].lost |= !self.check_names([name].into_iter(), "weight");
        let field = self.scopes[scope].field(&name.to_string(), name.span());
        self.weight(scope, call, field)
    }

    pub fn one(&mut self, scope: ScopeId, value: &'a Expression) -> Value {
        let values = self.expression(scope, value, Want::One);
        values.first().copied().unwrap_or(Value { node: 0, result: 0 })
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
            Expression::Call { label, call, inputs, at } => {
                let inputs = inputs.iter().map(|input| self.argument(scope, input)).collect();
                let label = label.as_ref();
                self.apply(scope, Use { label, call, inputs, at: *at, in_chain: false, want })
            }
            Expression::Binary { .. } | Expression::Negative { .. } | Expression::Number(..) => {
                self.arithmetic(scope, value, want)
            }
            Expression::Slice { of, axes, bracket, at } => self.slice(scope, of, axes, (*bracket, *at), want),
            Expression::Broken => self.missing(Vec::new(), want),
        }
    }
}
