//! What stands in the brackets of a slice: `x[1..5, .., -1, (..).step_by(2)]`.

use proc_macro2::{Delimiter, Group, TokenTree};

use super::ast::{Expression, Range, Value};
use super::cursor::Cursor;
use super::text::expression_text;
use super::value;
use crate::diagnostics::Diagnostics;

/// An index or a range for each axis; what is none is reported.
pub fn axes(group: &Group, of: &Expression, errors: &mut Diagnostics) -> Option<Vec<Value>> {
    let mut cursor = Cursor::inside(group);
    let has = |sign: char| {
        let is = |token: TokenTree| matches!(token, TokenTree::Punct(punct) if punct.as_char() == sign);
        group.stream().into_iter().any(is)
    };
    if has(';') {
        let of = expression_text(of);
        errors.error(group.span(), "a `=>` is missing before this repeat").help(format!("`{of} => [Dense<64>; 3]`"));
        return None;
    }
    if cursor.done() {
        let report = errors.error(group.span(), "these brackets take nothing");
        report.help("`x[0]` takes an element of the first axis, `x[.., 1..3]` two of the second");
        return None;
    }
    let mut axes = Vec::new();
    while !cursor.done() {
        axes.push(axis(&mut cursor, errors)?);
        if cursor.eat(',').is_some() || cursor.done() {
            continue;
        }
        let report = errors.error(cursor.span(), format!("expected `,` or `]`, found {}", cursor.found()));
        if cursor.is(':') {
            report.help("a range is written `1..5`");
        }
        return None;
    }
    Some(axes)
}

/// Whether a range starts or goes on here.
fn is_range(cursor: &Cursor) -> bool {
    cursor.is_pair('.', '.')
}

fn axis(cursor: &mut Cursor, errors: &mut Diagnostics) -> Option<Value> {
    if cursor.is(':') {
        errors.error(cursor.span(), "expected an index or a range, found `:`").help("a whole axis is `..`");
        return None;
    }
    if let Some(TokenTree::Group(group)) = cursor.peek(0).cloned()
        && group.delimiter() == Delimiter::Parenthesis
    {
        cursor.next();
        return stepped(cursor, &group, errors);
    }
    range(cursor, errors)
}

/// `1`, `-1`, `1..5`, `..=4`, `..`.
fn range(cursor: &mut Cursor, errors: &mut Diagnostics) -> Option<Value> {
    let start = cursor.span();
    let from = if is_range(cursor) { None } else { Some(value::value(cursor, errors)?) };
    let Some(dots) = cursor.eat_pair('.', '.') else { return from };
    if cursor.is('.') {
        let report = errors.error(dots, "`...` is no range");
        report.help("`..` is one whole axis; axes that are left out at the end are whole");
        return None;
    }
    let inclusive = cursor.eat('=').is_some();
    let ends = cursor.done() || cursor.is(',') || cursor.is(':');
    if ends && inclusive {
        errors.error(dots, "`..=` needs the last element").help("`..=4` takes the elements 0 to 4");
        return None;
    }
    let to = if ends { None } else { Some(value::value(cursor, errors)?) };
    let span = start.join(cursor.last_span()).unwrap_or(start);
    Some(Value::Range(Box::new(Range { from, to, inclusive, step: None }), span))
}

/// `(1..5).step_by(2)`.
fn stepped(cursor: &mut Cursor, group: &Group, errors: &mut Diagnostics) -> Option<Value> {
    let mut inside = Cursor::inside(group);
    let taken = range(&mut inside, errors)?;
    if !inside.done() {
        errors.error(inside.span(), format!("expected `)`, found {}", inside.found()));
        return None;
    }
    if cursor.eat('.').is_none() {
        return Some(taken);
    }
    let method = cursor.span();
    let step = match cursor.eat_ident() {
        Some(name) if name == "step_by" => cursor.eat_group(Delimiter::Parenthesis),
        _ => None,
    };
    let (Some(step), Value::Range(mut range, span)) = (step, taken) else {
        errors.error(method, "a range has steps and nothing else").help("`(..).step_by(2)` takes every second element");
        return None;
    };
    let mut inside = Cursor::inside(&step);
    range.step = Some(value::value(&mut inside, errors)?);
    if !inside.done() {
        errors.error(inside.span(), format!("expected `)`, found {}", inside.found()));
        return None;
    }
    Some(Value::Range(range, span.join(step.span_close()).unwrap_or(span)))
}
