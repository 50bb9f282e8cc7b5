//! `x => Dense<4>`, `Add(a, b)`, `a + b * 0.5`.

use proc_macro2::{Delimiter, Group, Ident, Literal, Span, TokenTree};

use super::ast::{Call, Expression, NamedInput, Operator, Value};
use super::chain::{self, Place};
use super::cursor::Cursor;
use super::slice;
use super::statement::{self, keyword};
use super::text::expression_text;
use super::value;
use crate::diagnostics::{Diagnostics, Extent};

/// More operators than this in one value would nest deeper than the compiler's stack is sure to bear.
const MOST_OPERATORS: usize = 256;

/// Reads a value. What cannot be read is reported and becomes `Expression::Broken`.
pub fn expression(cursor: &mut Cursor, place: Place, errors: &mut Diagnostics) -> Expression {
    let mut reader = Reader { cursor, place, errors, operators: 0 };
    let value = reader.value();
    value.unwrap_or_else(|| {
        cursor.skip_until(|cursor| ends(cursor, place));
        Expression::Broken
    })
}

/// Whether a value cannot go on here.
pub fn ends(cursor: &Cursor, place: Place) -> bool {
    cursor.done() || cursor.is(';') || (place == Place::Argument && cursor.is(',')) || statement::starts(cursor)
}

struct Reader<'a> {
    cursor: &'a mut Cursor,
    place: Place,
    errors: &'a mut Diagnostics,
    operators: usize,
}

impl Reader<'_> {
    /// Operators bind tighter than `=>`.
    fn value(&mut self) -> Option<Expression> {
        let start = self.cursor.span();
        let mut value = self.product()?;
        value = self.sum(start, value)?;
        let mut warned = false;
        loop {
            let link = self.cursor.span();
            if self.link() {
                if ends(self.cursor, self.place) {
                    self.errors.error(link, "no layer follows this `=>`");
                    return None;
                }
                let items = chain::chain(self.cursor, self.place, self.errors);
                value = Expression::Chain { from: Box::new(value), items };
            } else if let Some((operator, sign)) = self.operator() {
                let right = self.product()?;
                if !warned {
                    self.layer_and_value(&value, operator, sign, &right);
                    warned = true;
                }
                value = self.binary(start, operator, sign, value, right);
                value = self.sum(start, value)?;
            } else {
                return Some(value);
            }
        }
    }

    /// Reads `=>`, or reports what stands in its place.
    fn link(&mut self) -> bool {
        if self.cursor.eat_pair('=', '>').is_some() {
            return true;
        }
        if let Some(span) = self.cursor.eat_pair('-', '>') {
            self.errors.error(span, "layers are chained with `=>`, not `->`").help("write `=>`");
            return true;
        }
        match self.cursor.peek(0) {
            Some(TokenTree::Ident(next)) if next.to_string().starts_with(char::is_uppercase) => {
                self.errors.error(next, format!("a `=>` is missing before `{next}`"));
                true
            }
            _ => false,
        }
    }

    /// `x => Dense<4> + y`.
    fn layer_and_value(&mut self, left: &Expression, operator: Operator, sign: Span, right: &Expression) {
        let (word, left, right) = (operator.sign(), expression_text(left), expression_text(right));
        let problem = format!("what follows `=>` is a layer, which cannot be an operand of `{word}`");
        self.errors.error(sign, problem).help(format!("write `({left}) {word} {right}`"));
    }

    fn sum(&mut self, start: Span, first: Expression) -> Option<Expression> {
        let mut value = first;
        while !self.is_tight()
            && let Some((operator, sign)) = self.operator()
        {
            let right = self.product()?;
            value = self.binary(start, operator, sign, value, right);
        }
        Some(value)
    }

    fn is_tight(&self) -> bool {
        self.cursor.is('*') || self.cursor.is('/')
    }

    fn product(&mut self) -> Option<Expression> {
        let start = self.cursor.span();
        let mut value = self.operand()?;
        while self.is_tight()
            && let Some((operator, sign)) = self.operator()
        {
            let right = self.operand()?;
            value = self.binary(start, operator, sign, value, right);
        }
        Some(value)
    }

    fn operator(&mut self) -> Option<(Operator, Span)> {
        if self.cursor.is_pair('-', '>') {
            return None;
        }
        let (_, operator) = Operator::ALL.into_iter().find(|(sign, _)| self.cursor.is(*sign))?;
        let sign = self.cursor.eat(operator.sign())?;
        Some((operator, sign))
    }

    /// Whether there may be one more operator.
    fn room(&mut self, sign: Span) -> bool {
        self.operators += 1;
        if self.operators == MOST_OPERATORS + 1 {
            let problem = format!("this value has more than {MOST_OPERATORS} operators");
            self.errors.error(sign, problem).help("give names to its parts: `let part = …;`");
        }
        self.operators <= MOST_OPERATORS
    }

    fn binary(&mut self, start: Span, operator: Operator, sign: Span, a: Expression, b: Expression) -> Expression {
        if !self.room(sign) {
            return Expression::Broken;
        }
        let at = Extent { start, end: self.cursor.last_span() };
        Expression::Binary { operator, sign, at, left: Box::new(a), right: Box::new(b) }
    }

    fn operand(&mut self) -> Option<Expression> {
        if self.cursor.is('-') && !self.cursor.is_pair('-', '>') {
            return self.negative();
        }
        let start = self.cursor.span();
        let mut value = self.simple()?;
        while let Some(group) = self.cursor.eat_group(Delimiter::Bracket) {
            if !self.room(group.span()) {
                return None;
            }
            let axes = slice::axes(&group, &value, self.errors)?;
            let at = Extent { start, end: group.span_close() };
            value = Expression::Slice { of: Box::new(value), axes, bracket: group.span(), at };
        }
        Some(value)
    }

    /// A value without operators and slices.
    fn simple(&mut self) -> Option<Expression> {
        if let Some(TokenTree::Literal(literal)) = self.cursor.peek(0).cloned() {
            self.cursor.next();
            return self.number(&literal);
        }
        if let Some(group) = self.cursor.eat_group(Delimiter::Parenthesis) {
            return self.parentheses(&group);
        }
        let Some(TokenTree::Ident(name)) = self.cursor.peek(0).cloned() else {
            self.no_value();
            return None;
        };
        let is_control = ["if", "match", "for", "while", "loop", "return"].iter().any(|word| name == word);
        if let Some((problem, help)) = keyword(&name).filter(|_| is_control) {
            self.errors.error(&name, problem).help(help);
            return None;
        }
        self.cursor.next();
        if self.cursor.is(':') && !self.cursor.is_pair(':', ':') {
            self.cursor.eat(':');
            return self.labelled(name);
        }
        let is_call = self.cursor.is('<') || self.cursor.is_pair(':', ':');
        if is_call || self.cursor.is_group(Delimiter::Parenthesis) {
            return self.call(None, name);
        }
        Some(Expression::Name(name))
    }

    /// `-x`, which binds tighter than all other operators.
    fn negative(&mut self) -> Option<Expression> {
        let start = self.cursor.span();
        let sign = self.cursor.eat('-')?;
        if !self.room(sign) {
            return None;
        }
        let of = self.operand()?;
        Some(Expression::Negative { sign, at: Extent { start, end: self.cursor.last_span() }, of: Box::new(of) })
    }

    fn number(&mut self, literal: &Literal) -> Option<Expression> {
        match value::number(literal, self.errors)? {
            // Whole numbers are exact as far as anybody writes them out.
            Value::Int(n, span) => Some(Expression::Number(n as f64, span)),
            Value::Float(x, span) => Some(Expression::Number(x, span)),
            _ => None,
        }
    }

    /// `(x => Dense<4>)`.
    fn parentheses(&mut self, group: &Group) -> Option<Expression> {
        let mut inside = Cursor::inside(group);
        if inside.done() {
            self.errors.error(group.span(), "these parentheses hold no value");
            return None;
        }
        let value = expression(&mut inside, Place::Argument, self.errors);
        if inside.is(',') {
            let report = self.errors.error(group.span(), "parentheses around values hold one, not several");
            report.help("a layer or a block takes several in its call: `Add(a, b)`");
            return None;
        }
        if !inside.done() {
            self.errors.error(inside.span(), format!("expected `)`, found {}", inside.found()));
        }
        Some(value)
    }

    fn labelled(&mut self, label: Ident) -> Option<Expression> {
        let name = self.cursor.eat_ident();
        let called = self.cursor.is('<') || self.cursor.is_group(Delimiter::Parenthesis);
        match name.filter(|_| called) {
            Some(name) => self.call(Some(label), name),
            None => {
                let report = self.errors.error(&label, format!("the label `{label}` names no layer"));
                report.help(format!("a label stands before a layer: `x => {label}: Dense<3>`, `{label}: Add(a, b)`"));
                None
            }
        }
    }

    fn call(&mut self, label: Option<Ident>, name: Ident) -> Option<Expression> {
        let start = label.as_ref().unwrap_or(&name).span();
        let call = chain::head(name, self.cursor, self.errors);
        let group = self.cursor.eat_group(Delimiter::Parenthesis);
        let call = call?;
        let Some(group) = group else {
            let problem = format!("`{}` is a layer, and no value goes into it", call.text);
            self.errors.error(call.extent(), problem).help(format!("`x => {}`", call.text));
            return None;
        };
        let at = Extent { start, end: group.span_close() };
        let (inputs, named) = self.inputs(&call, &group)?;
        Some(Expression::Call { label, call, inputs, named, at })
    }

    fn inputs(&mut self, call: &Call, group: &Group) -> Option<(Vec<Expression>, Vec<NamedInput>)> {
        let mut inside = Cursor::inside(group);
        if inside.done() {
            let at = Extent { start: call.name.span(), end: group.span_close() };
            let text = &call.text;
            self.errors.error(at, format!("`{text}` gets no value")).help(format!("`{text}(x)`, or `x => {text}`"));
            return None;
        }
        // What takes no arguments is given values, numbers too.
        let is_number = matches!(inside.peek(0), Some(TokenTree::Literal(_))) || inside.is('-');
        let takes_number = is_number && (self.errors.takes_nothing)(&call.name.to_string());
        if chain::holds_arguments(group) && !takes_number {
            chain::no_parentheses(&call.name, group, self.errors);
            return None;
        }
        let (mut inputs, mut named) = (Vec::new(), Vec::new());
        while !inside.done() {
            if is_named(&inside) {
                named.push(self.named(&mut inside)?);
            } else {
                let at = inside.span();
                inputs.push(expression(&mut inside, Place::Argument, self.errors));
                if !named.is_empty() {
                    let report = self.errors.error(at, "a value without a name stands before those with one");
                    report.help(format!("`{}(x, mask = m)`", call.text));
                    return None;
                }
            }
            if inside.eat(',').is_none() && !inside.done() {
                self.errors.error(inside.span(), format!("expected `,` or `)`, found {}", inside.found()));
                return None;
            }
        }
        Some((inputs, named))
    }

    /// `attention_mask = m`, `mask = (None, m)`.
    fn named(&mut self, inside: &mut Cursor) -> Option<NamedInput> {
        let name = inside.eat_ident()?;
        inside.eat('=')?;
        let several = match inside.peek(0) {
            Some(TokenTree::Group(group)) if group.delimiter() == Delimiter::Parenthesis && is_tuple(group) => {
                Some(group.clone())
            }
            _ => None,
        };
        let Some(group) = several else {
            return Some(NamedInput { name, values: vec![self.maybe(inside)] });
        };
        inside.next();
        let (mut of, mut values) = (Cursor::inside(&group), Vec::new());
        while !of.done() {
            values.push(self.maybe(&mut of));
            if of.eat(',').is_none() && !of.done() {
                self.errors.error(of.span(), format!("expected `,` or `)`, found {}", of.found()));
                return None;
            }
        }
        Some(NamedInput { name, values })
    }

    /// A value, or `None` in its place.
    fn maybe(&mut self, cursor: &mut Cursor) -> Option<Expression> {
        match cursor.peek(0) {
            Some(TokenTree::Ident(none)) if none == "None" => {
                cursor.next();
                None
            }
            _ => Some(expression(cursor, Place::Argument, self.errors)),
        }
    }

    /// What stands where a value should.
    fn no_value(&mut self) {
        let (at, found) = (self.cursor.span(), self.cursor.found());
        match self.cursor.peek(0) {
            Some(TokenTree::Group(group)) if is_list(group) => {
                let report = self.errors.error(at, "values are not put into a list");
                report.help("a layer takes several in its parentheses: `Concatenate(a, b)`");
            }
            Some(TokenTree::Group(group)) if group.delimiter() == Delimiter::Bracket => {
                let report = self.errors.error(at, "a repeat needs a value that goes into it");
                report.help("`x => [Dense<64>; 3]`");
            }
            _ => {
                self.errors.error(at, format!("expected a value, found {found}"));
            }
        }
    }
}

/// Whether `name = …` comes next.
fn is_named(cursor: &Cursor) -> bool {
    matches!(cursor.peek(0), Some(TokenTree::Ident(_))) && cursor.is_at(1, '=') && !cursor.is_pair_at(1, '=', '>')
}

/// `(a, b)`, and not `(a + b)`.
fn is_tuple(group: &Group) -> bool {
    let is_comma = |token: TokenTree| matches!(token, TokenTree::Punct(punct) if punct.as_char() == ',');
    // The commas of arguments, `(x => Dense<4, use_bias = false>)`, stand between angle brackets.
    let mut depth = 0;
    let mut before = ' ';
    for token in group.stream() {
        let sign = match &token {
            TokenTree::Punct(punct) => punct.as_char(),
            _ => ' ',
        };
        match sign {
            '<' => depth += 1,
            '>' if before != '=' && before != '-' => depth -= 1,
            _ if depth == 0 && is_comma(token) => return true,
            _ => {}
        }
        before = sign;
    }
    false
}

/// `[a, b]`, as Keras takes several values; `[Dense<64>; 3]` is a repeat.
fn is_list(group: &Group) -> bool {
    let is = |sign: char| move |token: &TokenTree| matches!(token, TokenTree::Punct(punct) if punct.as_char() == sign);
    let tokens: Vec<TokenTree> = group.stream().into_iter().collect();
    group.delimiter() == Delimiter::Bracket && !tokens.iter().any(is(';')) && tokens.iter().any(is(','))
}
