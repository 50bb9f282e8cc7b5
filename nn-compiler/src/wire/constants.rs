//! The parameters of blocks: what they stand for in the arguments of layers.

use proc_macro2::{Group, Literal, TokenStream, TokenTree};
use quote::{ToTokens, quote};
use syn::{BinOp, Expr, ExprBinary, ExprLit, ExprUnary, Lit, Stmt, UnOp};

use super::builder::Builder;
use super::scope::ScopeId;
use crate::diagnostics::Extent;
use crate::spec::evaluate;
use crate::syntax::ast::{Arg, Call, Range, Value};
use crate::syntax::text::call_text;

/// A parameter that has no value: its mistake has been reported.
struct Missing;

impl Builder<'_, '_> {
    /// A layer with its block's parameters filled in; `None` if one of them has no value.
    pub fn substituted_call(&mut self, scope: ScopeId, call: &Call) -> Option<Call> {
        if !self.has_parameters(scope) {
            return Some(call.clone());
        }
        let values: Vec<_> = call.args.iter().map(|arg| self.substituted(scope, &arg.value)).collect();
        let values: Option<Vec<_>> = values.into_iter().collect();
        let args = call.args.iter().zip(values?).map(|(arg, value)| Arg { name: arg.name.clone(), value });
        let args: Vec<_> = args.collect();
        let text = match call.name == "Weight" {
            true => call.text.clone(),
            false => call_text(&call.name.to_string(), &args),
        };
        Some(Call { name: call.name.clone(), args, end: call.end, text, docs: call.docs.clone() })
    }

    /// A value with its block's parameters filled in; `None` if one of them has no value.
    pub fn substituted(&mut self, scope: ScopeId, value: &Value) -> Option<Value> {
        if !self.has_parameters(scope) {
            return Some(value.clone());
        }
        let all = |builder: &mut Self, values: &[Value]| -> Option<Vec<Value>> {
            let values: Vec<_> = values.iter().map(|value| builder.substituted(scope, value)).collect();
            values.into_iter().collect()
        };
        Some(match value {
            Value::Tuple(values, span) => Value::Tuple(all(self, values)?, *span),
            Value::Call { path, args, span } => Value::Call { path: path.clone(), args: all(self, args)?, span: *span },
            Value::Layer(call) => Value::Layer(Box::new(self.substituted_call(scope, call)?)),
            Value::Path(path) => match path.get_ident() {
                Some(word) => self.parameter(scope, &word.to_string()).ok()?.unwrap_or_else(|| value.clone()),
                None => value.clone(),
            },
            Value::Block(block, span) => {
                let tokens = self.filled(scope, block.to_token_stream()).ok()?;
                let Some(Ok(block)) = tokens.map(syn::parse2::<Expr>) else { return Some(value.clone()) };
                match evaluate(&block) {
                    Some(number) => Value::Int(number, *span),
                    None => Value::Block(block, *span),
                }
            }
            Value::Range(range, span) => {
                let one = |builder: &mut Self, bound: &Option<Value>| match bound {
                    Some(bound) => builder.substituted(scope, bound).map(Some),
                    None => Some(None),
                };
                let (from, to, step) = (one(self, &range.from), one(self, &range.to), one(self, &range.step));
                let range = Range { from: from?, to: to?, step: step?, inclusive: range.inclusive };
                Value::Range(Box::new(range), *span)
            }
            Value::Int(..) | Value::Float(..) | Value::Bool(..) => value.clone(),
        })
    }

    /// The tokens of an expression with parameters filled in; `None` if there are none in it.
    fn filled(&mut self, scope: ScopeId, tokens: TokenStream) -> Result<Option<TokenStream>, Missing> {
        let trees: Vec<_> = tokens.into_iter().collect();
        let is = |at: Option<usize>, sign| matches!(at.and_then(|at| trees.get(at)), Some(TokenTree::Punct(punct)) if punct.as_char() == sign);
        let (mut filled, mut missing, mut found) = (TokenStream::new(), false, false);
        for (at, tree) in trees.iter().enumerate() {
            let (before, earlier) = (at.checked_sub(1), at.checked_sub(2));
            let in_path = is(before, ':') && is(earlier, ':') || is(Some(at + 1), ':') && is(Some(at + 2), ':');
            let is_field = is(before, '.') && !is(earlier, '.');
            match tree {
                TokenTree::Ident(word) if !in_path && !is_field => match self.parameter(scope, &word.to_string()) {
                    Ok(Some(value)) => {
                        found = true;
                        filled.extend(value_tokens(&value));
                    }
                    Ok(None) => filled.extend([tree.clone()]),
                    Err(Missing) => missing = true,
                },
                TokenTree::Group(group) => match self.filled(scope, group.stream()) {
                    Ok(Some(inner)) => {
                        found = true;
                        let mut inner = Group::new(group.delimiter(), inner);
                        inner.set_span(group.span());
                        filled.extend([TokenTree::Group(inner)]);
                    }
                    Ok(None) => filled.extend([tree.clone()]),
                    Err(Missing) => missing = true,
                },
                _ => filled.extend([tree.clone()]),
            }
        }
        if missing { Err(Missing) } else { Ok(found.then_some(filled)) }
    }

    /// Whether the condition of an `if` holds: it is about numbers and words that parameters stand for.
    pub fn condition(&mut self, scope: ScopeId, condition: &TokenStream, at: Extent) -> bool {
        let Ok(filled) = self.filled(scope, condition.clone()) else { return true };
        let words = filled.is_some();
        let tokens = filled.unwrap_or_else(|| condition.clone());
        let holds = syn::parse2::<Expr>(tokens).ok().and_then(|condition| holds(&condition, words));
        holds.unwrap_or_else(|| {
            let report = self.errors.error(at, "this condition is none that is known here");
            report.help("it compares the parameters of a block, or a value of `for`: `if S == 1 { … }`");
            report.note("one of both bodies is written out, before constants of the program have values");
            true
        })
    }

    /// The parameters in a condition count as used.
    pub fn touch_condition(&mut self, scope: ScopeId, condition: &TokenStream) {
        drop(self.filled(scope, condition.clone()));
    }

    fn has_parameters(&self, scope: ScopeId) -> bool {
        self.around(scope).any(|id| !self.scopes[id].parameters.is_empty())
    }

    /// What a word stands for, if it is a parameter; it counts as used.
    fn parameter(&mut self, scope: ScopeId, word: &str) -> Result<Option<Value>, Missing> {
        let scopes: Vec<_> = self.around(scope).collect();
        for id in scopes {
            if let Some(parameter) =
                self.scopes[id].parameters.iter_mut().rev().find(|parameter| parameter.name == word)
            {
                parameter.used = true;
                return parameter.value.clone().map(Some).ok_or(Missing);
            }
        }
        Ok(None)
    }
}

/// Whether a condition holds, if that can be seen; words are compared if one stands for a parameter.
fn holds(condition: &Expr, words: bool) -> Option<bool> {
    match condition {
        Expr::Lit(ExprLit { lit: Lit::Bool(value), .. }) => Some(value.value),
        Expr::Paren(inner) => holds(&inner.expr, words),
        Expr::Group(inner) => holds(&inner.expr, words),
        Expr::Unary(ExprUnary { op: UnOp::Not(_), expr, .. }) => holds(expr, words).map(|holds| !holds),
        Expr::Binary(ExprBinary { left, op: BinOp::And(_), right, .. }) => {
            Some(holds(left, words)? && holds(right, words)?)
        }
        Expr::Binary(ExprBinary { left, op: BinOp::Or(_), right, .. }) => {
            Some(holds(left, words)? || holds(right, words)?)
        }
        Expr::Binary(ExprBinary { left, op, right, .. }) => {
            let word = |expr: &Expr| match expr {
                Expr::Path(path) if words => path.path.get_ident().map(ToString::to_string),
                _ => None,
            };
            if let (Some(a), Some(b)) = (word(left), word(right)) {
                return match op {
                    BinOp::Eq(_) => Some(a == b),
                    BinOp::Ne(_) => Some(a != b),
                    _ => None,
                };
            }
            let (a, b) = (evaluate(left)?, evaluate(right)?);
            match op {
                BinOp::Eq(_) => Some(a == b),
                BinOp::Ne(_) => Some(a != b),
                BinOp::Lt(_) => Some(a < b),
                BinOp::Le(_) => Some(a <= b),
                BinOp::Gt(_) => Some(a > b),
                BinOp::Ge(_) => Some(a >= b),
                _ => None,
            }
        }
        _ => None,
    }
}

/// A size inside of an expression.
fn value_tokens(value: &Value) -> TokenStream {
    match value {
        Value::Int(number, span) => {
            let mut literal = Literal::i128_unsuffixed(*number);
            literal.set_span(*span);
            quote!(#literal)
        }
        Value::Path(path) => quote!(#path),
        Value::Bool(value, _) => quote!(#value),
        Value::Block(Expr::Block(block), _) => match block.block.stmts.as_slice() {
            [Stmt::Expr(inside, None)] => quote!((#inside)),
            _ => quote!((#block)),
        },
        Value::Block(other, _) => quote!((#other)),
        _ => TokenStream::new(),
    }
}
