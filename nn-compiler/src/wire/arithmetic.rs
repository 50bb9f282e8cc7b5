//! Operators on values and numbers: `a + b`, `x * 0.5 + 1.0`, `-x`; slices: `x[1..5]`.
//!
//! What numbers alone make of a value is the layer `Rescaling`, a function of single elements that the step before takes in;
//! `c / x` has a `Reciprocal` before it. A factor and a term become one layer where that changes no bit.

use proc_macro2::{Ident, Span};

use super::Value;
use super::builder::{Builder, Want};
use super::scope::ScopeId;
use crate::diagnostics::Extent;
use crate::syntax::ast::{self, Arg, Call, Expression, Operator};
use crate::syntax::text::{call_text, expression_text, slice_text};

/// What operators make of numbers, and of values.
enum Folded<'a> {
    Number(f64),
    /// `of * scale + offset`.
    Rescaled {
        of: &'a Expression,
        scale: f64,
        offset: f64,
    },
    /// `number / of`.
    Quotient {
        number: f64,
        of: &'a Expression,
    },
    Values,
}

impl<'a> Folded<'a> {
    fn of(value: &'a Expression) -> Self {
        match value {
            Expression::Number(number, _) => Folded::Number(*number),
            Expression::Negative { of, .. } => match Folded::of(of) {
                Folded::Number(number) => Folded::Number(-number),
                Folded::Rescaled { of, scale, offset } => {
                    Folded::Rescaled { of, scale: -scale, offset: if offset == 0.0 { 0.0 } else { -offset } }
                }
                Folded::Quotient { number, of } => Folded::Quotient { number: -number, of },
                Folded::Values => Folded::Rescaled { of, scale: -1.0, offset: 0.0 },
            },
            Expression::Binary { operator, left, right, .. } => {
                let (a, b) = (Folded::of(left), Folded::of(right));
                match (operator, a, b) {
                    (Operator::Add, Folded::Number(a), Folded::Number(b)) => Folded::Number(a + b),
                    (Operator::Subtract, Folded::Number(a), Folded::Number(b)) => Folded::Number(a - b),
                    (Operator::Multiply, Folded::Number(a), Folded::Number(b)) => Folded::Number(a * b),
                    (Operator::Divide, Folded::Number(a), Folded::Number(b)) => Folded::Number(a / b),
                    (Operator::Add, Folded::Number(number), x) => x.plus(right, 1.0, number),
                    (Operator::Add, x, Folded::Number(number)) => x.plus(left, 1.0, number),
                    (Operator::Subtract, Folded::Number(number), x) => x.plus(right, -1.0, number),
                    (Operator::Subtract, x, Folded::Number(number)) => x.plus(left, 1.0, -number),
                    (Operator::Multiply, Folded::Number(number), x) => x.times(right, number),
                    (Operator::Multiply, x, Folded::Number(number)) => x.times(left, number),
                    (Operator::Divide, x, Folded::Number(number)) => x.times(left, 1.0 / number),
                    (Operator::Divide, Folded::Number(number), _) => Folded::Quotient { number, of: right },
                    _ => Folded::Values,
                }
            }
            Expression::Name(_)
            | Expression::Chain { .. }
            | Expression::Call { .. }
            | Expression::Slice { .. }
            | Expression::Broken => Folded::Values,
        }
    }

    /// Itself, or without its sign if `sign` is -1, and a number; `all` is how it is written.
    fn plus(self, all: &'a Expression, sign: f64, number: f64) -> Self {
        match self {
            Folded::Rescaled { of, scale, offset: 0.0 } => Folded::Rescaled { of, scale: sign * scale, offset: number },
            _ => Folded::Rescaled { of: all, scale: sign, offset: number },
        }
    }

    /// Itself times a number; two factors are two roundings.
    fn times(self, all: &'a Expression, number: f64) -> Self {
        match self {
            Folded::Rescaled { of, scale, offset: 0.0 } if scale.abs() == 1.0 => {
                Folded::Rescaled { of, scale: scale * number, offset: 0.0 }
            }
            _ => Folded::Rescaled { of: all, scale: number, offset: 0.0 },
        }
    }
}

impl<'a> Builder<'a, '_> {
    /// A value of operators and numbers.
    pub fn arithmetic(&mut self, scope: ScopeId, value: &'a Expression, want: Want) -> Vec<Value> {
        let (sign, at) = match value {
            Expression::Binary { sign, at, .. } | Expression::Negative { sign, at, .. } => (*sign, *at),
            Expression::Number(_, span) => (*span, (*span).into()),
            _ => (self.span, self.span.into()),
        };
        match (Folded::of(value), value) {
            (Folded::Number(_), _) => {
                let text = expression_text(value);
                let report = self.errors.error(at, format!("`{text}` is a number, not a value of the network"));
                report.help("a number stands beside a value: `x * 0.5`, `1.0 - x`");
                self.missing(Vec::new(), want)
            }
            (Folded::Rescaled { of, scale, offset }, _) => {
                let from = self.one(scope, of);
                self.rescaled(scope, from, value, [scale, offset], (sign, at), want)
            }
            (Folded::Quotient { number, of }, _) => {
                let from = self.one(scope, of);
                let call = call("Reciprocal", Vec::new(), format!("1.0 / {}", operand(of)), sign);
                if number == 1.0 {
                    return self.operator(scope, call, vec![from], at, want);
                }
                let inverse = self.operator(scope, call, vec![from], at, Want::One);
                let inverse = inverse.first().copied().unwrap_or(from);
                self.rescaled(scope, inverse, value, [number, 0.0], (sign, at), want)
            }
            (Folded::Values, Expression::Binary { operator, left, right, .. }) => {
                let inputs = vec![self.one(scope, left), self.one(scope, right)];
                let text = match (&**left, &**right) {
                    (Expression::Name(_), Expression::Name(_)) => expression_text(value),
                    _ => operator.layer().to_string(),
                };
                self.operator(scope, call(operator.layer(), Vec::new(), text, sign), inputs, at, want)
            }
            (Folded::Values, _) => self.missing(Vec::new(), want),
        }
    }

    /// What goes into a call: a number becomes a value of one element.
    pub fn argument(&mut self, scope: ScopeId, value: &'a Expression) -> Value {
        let Folded::Number(number) = Folded::of(value) else { return self.one(scope, value) };
        let at = match value {
            Expression::Binary { at, .. } | Expression::Negative { at, .. } => *at,
            Expression::Number(_, span) => (*span).into(),
            _ => self.span.into(),
        };
        let args = vec![Arg { name: None, value: ast::Value::Float(number, at.start) }];
        let call = call("Constant", args, expression_text(value), at.start);
        let values = self.operator(scope, call, Vec::new(), at, Want::One);
        values.first().copied().unwrap_or(Value { node: 0, result: 0 })
    }

    /// Some elements of a value.
    pub fn slice(
        &mut self,
        scope: ScopeId,
        of: &'a Expression,
        axes: &[ast::Value],
        (bracket, at): (Span, Extent),
        want: Want,
    ) -> Vec<Value> {
        let from = self.one(scope, of);
        let axes: Vec<_> = axes.iter().map(|axis| self.substituted(scope, axis)).collect();
        let axes: Option<Vec<_>> = axes.into_iter().collect();
        let Some(axes) = axes else { return self.missing(vec![from], want) };
        let text = if is_short(of) { slice_text(of, &axes) } else { slice_text(&Expression::Broken, &axes) };
        let args = axes.into_iter().map(|value| Arg { name: None, value }).collect();
        let call = Call { end: at.end, ..call("GetItem", args, text, bracket) };
        self.operator(scope, call, vec![from], at, want)
    }

    fn rescaled(
        &mut self,
        scope: ScopeId,
        from: Value,
        value: &Expression,
        numbers: [f64; 2],
        (sign, at): (Span, Extent),
        want: Want,
    ) -> Vec<Value> {
        if !numbers.iter().all(|number| number.is_finite()) {
            let text = expression_text(value);
            let report = self.errors.error(at, format!("`{text}` comes to a number that is not finite"));
            report.help("divide by another number than 0");
            return self.missing(vec![from], want);
        }
        let [scale, offset] = numbers;
        let argument =
            |name: &str, x: f64| Arg { name: Some(Ident::new(name, sign)), value: ast::Value::Float(x, sign) };
        let mut args = vec![Arg { name: None, value: ast::Value::Float(scale, sign) }];
        args.extend((offset != 0.0).then(|| argument("offset", offset)));
        let text = if is_short(value) { expression_text(value) } else { call_text("Rescaling", &args) };
        self.operator(scope, call("Rescaling", args, text, sign), vec![from], at, want)
    }
}

/// Whether messages show it as it is written: one name among numbers.
fn is_short(value: &Expression) -> bool {
    match value {
        Expression::Name(_) | Expression::Number(..) => true,
        Expression::Negative { of, .. } => is_short(of),
        Expression::Binary { left, right, .. } => is_short(left) && is_short(right),
        Expression::Slice { of, .. } => is_short(of),
        Expression::Chain { .. } | Expression::Call { .. } | Expression::Broken => false,
    }
}

fn operand(value: &Expression) -> String {
    match value {
        Expression::Name(name) => name.to_string(),
        _ => "…".to_string(),
    }
}

/// A layer that an operator stands for.
fn call(layer: &str, args: Vec<Arg>, text: String, sign: Span) -> Call {
    Call { name: Ident::new(layer, sign), args, end: sign, text, docs: Vec::new() }
}
