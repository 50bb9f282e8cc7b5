//! Chains: items one after the other, repeats written out.

use proc_macro2::{Ident, Span};

use super::builder::{Builder, Use, Want};
use super::names::check_name;
use super::scope::{Parameter, Scope, ScopeId};
use super::{MOST_LAYERS, Output, Value};
use crate::syntax::ast::{self, Item};

impl<'a> Builder<'a, '_> {
    /// `Input<…> => … => …`.
    pub fn whole_chain(&mut self, chain: &'a [Item]) -> Vec<Output> {
        self.is_chain = true;
        let scope = self.open(Scope::new(None, String::new(), Vec::new()));
        let mut items = chain.iter().peekable();
        let input = match items.peek() {
            Some(Item::Layer { label, call }) if call.name == "Input" => {
                items.next();
                if let Some(label) = label {
                    let report = self.errors.error(label, "the input of a chain has no name");
                    report.help("write `Input<…>` alone");
                }
                if items.peek().is_none() {
                    self.errors.error(call.extent(), "the network has no layer").help("`Input<…> => Dense<10>`");
                }
                self.input(Ident::new("input", self.span), false, Some(call))
            }
            Some(Item::Layer { call, .. }) => self.no_input(call.extent().start),
            Some(Item::Repeat { span, .. } | Item::Each { span, .. }) => self.no_input(*span),
            Some(Item::Broken) | None => self.broken(Vec::new()),
        };
        let items: Vec<_> = items.collect();
        let value = self.chain(scope, input, &items, Want::One).first().copied();
        vec![Output { name: Ident::new("output", self.span), value: value.unwrap_or(input) }]
    }

    fn no_input(&mut self, at: Span) -> Value {
        let report = self.errors.error(at, "a network starts with the shape of one sample");
        report.help("`Input<28, 28, 1> => …`, without the batch");
        self.broken(Vec::new())
    }

    /// Sends a value through the items of a chain.
    pub fn chain(&mut self, scope: ScopeId, from: Value, items: &[&'a Item], want: Want) -> Vec<Value> {
        let mut values = vec![from];
        for (index, item) in items.iter().enumerate() {
            if self.full {
                break;
            }
            let want = if index + 1 == items.len() { want } else { Want::One };
            let from = values.first().copied().unwrap_or(from);
            values = match item {
                Item::Broken => self.missing(vec![from], want),
                Item::Layer { label, call } => {
                    let at = call.extent();
                    let label = label.as_ref();
                    self.apply(
                        scope,
                        Use { label, call, inputs: vec![from], named: Vec::new(), at, in_chain: true, want },
                    )
                }
                Item::Each { chain, name, values, span } => self.each(scope, from, chain, (name, values), *span, want),
                Item::Repeat { chain, count, span } => self.repeat(scope, from, chain, count, *span, want),
            };
        }
        values
    }

    /// As many values as are wanted, all of them missing.
    pub fn missing(&mut self, inputs: Vec<Value>, want: Want) -> Vec<Value> {
        let Value { node, .. } = self.broken(inputs);
        (0..want.count()).map(|result| Value { node, result }).collect()
    }

    fn repeat(
        &mut self,
        scope: ScopeId,
        from: Value,
        chain: &'a [Item],
        count: &ast::Value,
        span: Span,
        want: Want,
    ) -> Vec<Value> {
        let items: Vec<_> = chain.iter().collect();
        let times = self.times(scope, count);
        let outermost = self.enter(span.into(), None);
        if times > MOST_LAYERS && !self.full {
            self.too_many(span.into(), "layers");
        }
        let mut values = vec![from];
        for time in 0..times {
            let want = if time + 1 == times { want } else { Want::One };
            let from = values.first().copied().unwrap_or(from);
            values = self.chain(scope, from, &items, want);
            if self.full {
                break;
            }
        }
        self.leave(outermost);
        values
    }

    /// Sends a value through a chain once for each value of a name.
    fn each(
        &mut self,
        scope: ScopeId,
        from: Value,
        chain: &'a [Item],
        (name, values): (&Ident, &[ast::Value]),
        span: Span,
        want: Want,
    ) -> Vec<Value> {
        let items: Vec<_> = chain.iter().collect();
        check_name(name, "a value of a repeat", self.errors);
        let outermost = self.enter(span.into(), None);
        let (mut results, mut used) = (vec![from], false);
        for (time, value) in values.iter().enumerate() {
            let want = if time + 1 == values.len() { want } else { Want::One };
            let from = results.first().copied().unwrap_or(from);
            let value = self.substituted(scope, value);
            self.scopes[scope].parameters.push(Parameter { name: name.clone(), value, used: false });
            results = self.chain(scope, from, &items, want);
            used |= self.scopes[scope].parameters.pop().is_some_and(|parameter| parameter.used);
            if self.full {
                break;
            }
        }
        let certain = !chain.iter().any(Item::is_broken);
        if !used && certain && !self.full {
            let report = self.errors.error(name, format!("`{name}` is never used"));
            report.help(format!("to repeat alike: `[…; {}]`", values.len()));
        }
        self.leave(outermost);
        results
    }

    /// How often a repeat repeats.
    fn times(&mut self, scope: ScopeId, count: &ast::Value) -> usize {
        let Some(count) = self.substituted(scope, count) else { return 1 };
        let at = count.extent();
        match &count {
            ast::Value::Int(0, _) => {
                self.errors.error(at, "a repeat of 0 layers is nothing").help("leave it out, or repeat at least once");
            }
            ast::Value::Int(n, _) if *n > 0 => return usize::try_from(*n).unwrap_or(usize::MAX),
            ast::Value::Path(_) | ast::Value::Block(..) => {
                let problem = "the count of a repeat is a number, not a constant";
                let report = self.errors.error(at, problem);
                report.help("write the number here");
                report
                    .note("the macro writes code and a field for each copy, and it runs before constants have values");
            }
            _ => {
                self.errors.error(at, "the count of a repeat is a number").help("`[Dense<64>; 3]`");
            }
        }
        1
    }
}
