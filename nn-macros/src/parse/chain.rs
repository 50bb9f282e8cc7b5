//! `Input<4> => label: Dense<3> => [ReLU; 2]`.

use proc_macro2::{Delimiter, Group, Ident, TokenTree};

use super::ast::{Arg, Call, Item};
use super::cursor::Cursor;
use super::text::call_text;
use super::value;
use crate::diagnostics::{Diagnostics, Extent};
use crate::layers::later;

/// Reads up to `;` or the end. What cannot be read is reported and becomes `Item::Broken`.
pub fn chain(cursor: &mut Cursor, errors: &mut Diagnostics) -> Vec<Item> {
    let mut items = Vec::new();
    loop {
        match item(cursor, errors) {
            Some(item) => items.push(item),
            None => {
                cursor.skip_until(Cursor::at_link);
                items.push(Item::Broken);
            }
        }
        if cursor.done() || cursor.is(';') {
            return items;
        }
        if !link(cursor, errors) {
            items.push(Item::Broken);
            return items;
        }
    }
}

/// Reads `=>`, or what stands in its place; false if the chain cannot go on after it.
fn link(cursor: &mut Cursor, errors: &mut Diagnostics) -> bool {
    let found = cursor.found();
    if let Some(span) = cursor.eat_pair('=', '>') {
        if cursor.done() || cursor.is(';') {
            errors.error(span, "no layer follows this `=>`");
            return false;
        }
        return true;
    }
    let at = cursor.span();
    if let Some(span) = cursor.eat_pair('-', '>') {
        errors.error(span, "layers are chained with `=>`, not `->`").help("write `=>`");
        return true;
    }
    match cursor.peek(0) {
        Some(TokenTree::Ident(next)) => {
            let problem = format!("a `=>` is missing before `{next}`");
            errors.error(at, problem);
            return true;
        }
        Some(TokenTree::Punct(sign)) if "+-*".contains(sign.as_char()) => {
            let problem = later::not_yet(&format!("`{}` between values", sign.as_char()));
            errors.error(at, problem).note("what follows `=>` is a layer: `(x => Dense<4>) + y`");
        }
        _ => {
            errors.error(at, format!("expected `=>` or the end of the network, found {found}"));
        }
    }
    cursor.skip_until(Cursor::at_link);
    cursor.eat_pair('=', '>').is_some()
}

fn item(cursor: &mut Cursor, errors: &mut Diagnostics) -> Option<Item> {
    if let Some(group) = cursor.eat_group(Delimiter::Bracket) {
        return repeat(&group, errors);
    }
    let at = cursor.span();
    let Some(name) = cursor.eat_ident() else {
        let found = cursor.found();
        errors.error(at, format!("expected a layer, found {found}"));
        return None;
    };
    if cursor.is_pair(':', ':') && !cursor.is_at(2, '<') {
        errors.error(at, "a layer has a plain name, not a path").help("`Dense<10>`; nothing has to be imported");
        return None;
    }
    if cursor.is(':') && !cursor.is_pair(':', ':') {
        cursor.eat(':');
        return labelled(name, cursor, errors);
    }
    let call = call(name, cursor, errors)?;
    Some(Item::Layer { label: None, call })
}

fn labelled(label: Ident, cursor: &mut Cursor, errors: &mut Diagnostics) -> Option<Item> {
    let at = cursor.span();
    match cursor.eat_ident() {
        Some(name) => {
            let call = call(name, cursor, errors)?;
            Some(Item::Layer { label: Some(label), call })
        }
        None => {
            let found = cursor.found();
            let report = errors.error(at, format!("expected a layer after the label `{label}`, found {found}"));
            report.help(format!("a label names one layer; in a repeat it counts on: `[{label}: Dense<64>; 3]`"));
            None
        }
    }
}

/// `[chain; count]`.
fn repeat(group: &Group, errors: &mut Diagnostics) -> Option<Item> {
    let mut cursor = Cursor::inside(group);
    if cursor.done() || cursor.is(';') {
        errors.error(group.span(), "there is nothing to repeat").help("`[Dense<64, activation = relu>; 3]`");
        return None;
    }
    let chain = chain(&mut cursor, errors);
    if cursor.eat(';').is_none() || cursor.done() {
        errors.error(group.span(), "a repeat needs its count").help("`[Dense<64, activation = relu>; 3]`");
        return None;
    }
    let count = value::value(&mut cursor, errors)?;
    if !cursor.done() {
        errors.error(cursor.span(), format!("expected `]` after the count, found {}", cursor.found()));
        return None;
    }
    Some(Item::Repeat { chain, count, span: group.span() })
}

/// The rest of a layer whose name has been read.
pub fn call(name: Ident, cursor: &mut Cursor, errors: &mut Diagnostics) -> Option<Call> {
    if cursor.is_pair(':', ':') {
        errors.error(cursor.span(), "no `::` stands between a layer and its arguments");
        cursor.eat(':');
        cursor.eat(':');
    }
    let open = cursor.span();
    let mut args = Vec::new();
    let mut fine = true;
    if cursor.eat('<').is_some() {
        fine = arguments(open.into(), cursor, &mut args, errors);
    }
    let end = cursor.last_span();
    if let Some(group) = cursor.eat_group(Delimiter::Parenthesis) {
        parentheses(&name, &group, errors);
        return None;
    }
    let text = call_text(&name.to_string(), &args);
    fine.then_some(Call { name, args, end, text })
}

/// A layer that is called like a function: one of several inputs, or arguments in the wrong brackets.
fn parentheses(name: &Ident, group: &Group, errors: &mut Diagnostics) {
    let word = name.to_string();
    let at = Extent { start: name.span(), end: group.span_close() };
    if later::is_merge(&word) {
        errors.error(at, later::not_yet(&format!("a layer of several inputs (`{word}(a, b)`)")));
    } else {
        let inside = group.stream().to_string();
        let problem = format!("the arguments of `{word}` stand in `<…>`, not in parentheses");
        errors.error(at, problem).help(if inside.is_empty() {
            format!("`{word}`")
        } else {
            format!("`{word}<{inside}>`")
        });
    }
}

/// Reads up to the closing `>`; false if something in it could not be read.
fn arguments(open: Extent, cursor: &mut Cursor, args: &mut Vec<Arg>, errors: &mut Diagnostics) -> bool {
    let mut fine = true;
    loop {
        if cursor.eat('>').is_some() {
            return fine;
        }
        if cursor.at_link() {
            errors.error(open, "this `<` is never closed").help("a `>` is missing before the next layer");
            return fine;
        }
        match argument(cursor, errors) {
            Some(arg) => args.push(arg),
            None => {
                fine = false;
                cursor.skip_until(|cursor| cursor.at_link() || cursor.is(',') || cursor.is('>'));
            }
        }
        if cursor.eat(',').is_none() && !cursor.is('>') && !cursor.at_link() {
            after_argument(cursor, errors);
            fine = false;
            cursor.skip_until(|cursor| cursor.at_link() || cursor.is(',') || cursor.is('>'));
            cursor.eat(',');
        }
    }
}

fn after_argument(cursor: &Cursor, errors: &mut Diagnostics) {
    let found = cursor.found();
    match cursor.peek(0) {
        Some(TokenTree::Punct(sign)) if "+-*/%".contains(sign.as_char()) => {
            errors.error(cursor.span(), "an expression as a value stands in braces").help("`{ 2 * N }`");
        }
        Some(TokenTree::Punct(sign)) if sign.as_char() == ':' => {
            errors.error(cursor.span(), "a `:` does not name an option").help("`activation = relu`");
        }
        _ => {
            errors.error(cursor.span(), format!("expected `,` or `>`, found {found}"));
        }
    }
}

fn argument(cursor: &mut Cursor, errors: &mut Diagnostics) -> Option<Arg> {
    let is_option =
        matches!(cursor.peek(0), Some(TokenTree::Ident(_))) && cursor.is_at(1, '=') && !cursor.is_pair_at(1, '=', '>');
    let name = if is_option { cursor.eat_ident() } else { None };
    if is_option {
        cursor.eat('=');
    }
    let value = value::value(cursor, errors)?;
    Some(Arg { name, value })
}
