//! The value of an argument: numbers, words, tuples, calls, blocks, layers.

use proc_macro2::{Delimiter, Group, Literal, Span, TokenStream, TokenTree};
use quote::{ToTokens, quote};
use syn::{Expr, Lit, Path, PathSegment};

use super::ast::Value;
use super::chain::head;
use super::cursor::Cursor;
use crate::diagnostics::Diagnostics;

/// Reads a value; what is none is reported.
pub fn value(cursor: &mut Cursor, errors: &mut Diagnostics) -> Option<Value> {
    let at = cursor.span();
    if cursor.is('-') {
        cursor.next();
        return negative(at, cursor, errors);
    }
    if cursor.is_pair(':', ':') || matches!(cursor.peek(0), Some(TokenTree::Ident(_))) {
        return word(cursor, errors);
    }
    let found = cursor.found();
    match cursor.peek(0).cloned() {
        Some(TokenTree::Literal(literal)) => {
            cursor.next();
            number(&literal, errors)
        }
        Some(TokenTree::Group(group)) => {
            cursor.next();
            bracketed(&group, errors)
        }
        _ => {
            errors.error(at, format!("expected a value, found {found}"));
            None
        }
    }
}

fn negative(minus: Span, cursor: &mut Cursor, errors: &mut Diagnostics) -> Option<Value> {
    let found = cursor.found();
    let Some(TokenTree::Literal(literal)) = cursor.peek(0).cloned() else {
        errors.error(minus, format!("expected a number after `-`, found {found}"));
        return None;
    };
    cursor.next();
    let span = minus.join(literal.span()).unwrap_or(minus);
    match number(&literal, errors)? {
        Value::Int(n, _) => Some(Value::Int(-n, span)),
        Value::Float(x, _) => Some(Value::Float(-x, span)),
        other => Some(other),
    }
}

/// A number without a type.
pub fn number(literal: &Literal, errors: &mut Diagnostics) -> Option<Value> {
    let span = literal.span();
    let (digits, suffix) = match Lit::new(literal.clone()) {
        Lit::Int(int) => (int.base10_digits().to_string(), int.suffix().to_string()),
        Lit::Float(float) => (float.base10_digits().to_string(), float.suffix().to_string()),
        Lit::Str(text) => {
            let report = errors.error(span, "a value is a word, not a string");
            report.help(format!("write `{}`, without quotes", text.value()));
            return None;
        }
        _ => {
            errors.error(span, format!("`{literal}` is no value here"));
            return None;
        }
    };
    if !suffix.is_empty() {
        errors.error(span, format!("a number has no type here: `{suffix}`")).help(format!("write `{digits}`"));
        return None;
    }
    let value = match digits.parse() {
        Ok(int) => Some(Value::Int(int, span)),
        Err(_) => digits.parse().ok().filter(|x: &f64| x.is_finite()).map(|x| Value::Float(x, span)),
    };
    let integer = digits.bytes().all(|digit| digit.is_ascii_digit());
    if value.is_none() || (integer && matches!(value, Some(Value::Float(..)))) {
        errors.error(span, "this number is too large");
        return None;
    }
    value
}

fn bracketed(group: &Group, errors: &mut Diagnostics) -> Option<Value> {
    match group.delimiter() {
        Delimiter::Parenthesis => {
            let mut cursor = Cursor::inside(group);
            let (mut values, trailing) = list(&mut cursor, errors)?;
            let alone = values.len() == 1 && !trailing;
            if alone { values.pop() } else { Some(Value::Tuple(values, group.span())) }
        }
        Delimiter::Brace => match syn::parse2::<Expr>(TokenTree::from(group.clone()).into_token_stream()) {
            Ok(block) => Some(Value::Block(block, group.span())),
            Err(error) => {
                errors.syntax(&error);
                None
            }
        },
        _ => {
            let report = errors.error(group.span(), "several values stand in parentheses, not in brackets");
            report.help(format!("`({})`", group.stream()));
            None
        }
    }
}

/// Values up to the end, and whether the last one has a comma after it.
fn list(cursor: &mut Cursor, errors: &mut Diagnostics) -> Option<(Vec<Value>, bool)> {
    let mut values = Vec::new();
    while !cursor.done() {
        if cursor.is_at(1, '=') {
            let name = cursor.found();
            let report = errors.error(cursor.span(), format!("{name} is an argument's name, and values have none"));
            report.help("the arguments of a value stand in Keras' order: `normal(0.0, 0.02)`");
            return None;
        }
        values.push(value(cursor, errors)?);
        if cursor.done() {
            return Some((values, false));
        }
        if cursor.eat(',').is_none() {
            errors.error(cursor.span(), format!("expected `,` or `)`, found {}", cursor.found()));
            return None;
        }
    }
    let trailing = !values.is_empty();
    Some((values, trailing))
}

/// A path, and what makes more of it: `(…)` a call, `<…>` a layer.
fn word(cursor: &mut Cursor, errors: &mut Diagnostics) -> Option<Value> {
    let path = path(cursor, errors)?;
    if let Some(word) = path.get_ident() {
        if word == "true" || word == "false" {
            return Some(Value::Bool(word == "true", word.span()));
        }
        if cursor.is('<') {
            return head(word.clone(), cursor, errors).map(|call| Value::Layer(Box::new(call)));
        }
    }
    if cursor.is('<') {
        return of_type(&path, cursor, errors).map(Value::Path);
    }
    match cursor.eat_group(Delimiter::Parenthesis) {
        Some(group) => {
            let (args, _) = list(&mut Cursor::inside(&group), errors)?;
            Some(Value::Call { path, args, span: group.span_close() })
        }
        None => Some(Value::Path(path)),
    }
}

/// A type of the user's with its parameters: `crate::Gate<8>`.
fn of_type(path: &Path, cursor: &mut Cursor, errors: &mut Diagnostics) -> Option<Path> {
    let (at, mut depth, mut parameters) = (cursor.span(), 0, TokenStream::new());
    while let Some(token) = cursor.next() {
        match &token {
            TokenTree::Punct(punct) if punct.as_char() == '<' => depth += 1,
            TokenTree::Punct(punct) if punct.as_char() == '>' => depth -= 1,
            _ => {}
        }
        parameters.extend([token]);
        if depth == 0 {
            break;
        }
    }
    match syn::parse2(quote!(#path #parameters)) {
        Ok(path) => Some(path),
        Err(_) => {
            errors.error(at, "these are no parameters of a type").help("`crate::Gate<8>`");
            None
        }
    }
}

fn path(cursor: &mut Cursor, errors: &mut Diagnostics) -> Option<Path> {
    let colons = |cursor: &mut Cursor| cursor.eat_pair(':', ':').map(|span| syn::Token![::]([span, span]));
    let mut path = Path { leading_colon: colons(cursor), segments: Default::default() };
    loop {
        let at = cursor.span();
        let Some(ident) = cursor.eat_ident() else {
            errors.error(at, format!("expected a name, found {}", cursor.found()));
            return None;
        };
        path.segments.push_value(PathSegment::from(ident));
        match colons(cursor) {
            Some(colons) => path.segments.push_punct(colons),
            None => return Some(path),
        }
    }
}
