//! `Input<4> => label: Dense<3> => [ReLU; 2]`.

use proc_macro2::{Delimiter, Group, Ident, TokenTree};

use super::ast::{Arg, Call, Item, Value};
use super::cursor::Cursor;
use super::expression;
use super::text::call_text;
use super::value;
use crate::diagnostics::{Diagnostics, Extent};

/// Where a chain stands, which says where it ends.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Place {
    /// It is the network.
    Network,
    /// In the brackets of a repeat.
    Repeat,
    /// In a statement of a graph, behind a value.
    Statement,
    /// The same as an argument of a call or in parentheses.
    Argument,
}

impl Place {
    fn is_graph(self) -> bool {
        matches!(self, Place::Statement | Place::Argument)
    }

    /// Whether a chain ends here.
    fn ends(self, cursor: &Cursor) -> bool {
        match self.is_graph() {
            true => expression::ends(cursor, self) || is_operator(cursor),
            false => cursor.done() || cursor.is(';'),
        }
    }

    /// Where a chain goes on after a mistake.
    fn resumes(self, cursor: &Cursor) -> bool {
        cursor.at_link() || (self.is_graph() && expression::ends(cursor, self))
    }
}

fn is_operator(cursor: &Cursor) -> bool {
    matches!(cursor.peek(0), Some(TokenTree::Punct(sign)) if "+-*".contains(sign.as_char()))
        && !cursor.is_pair('-', '>')
}

/// Reads layers up to `;` or the end. What cannot be read is reported and becomes `Item::Broken`.
pub fn chain(cursor: &mut Cursor, place: Place, errors: &mut Diagnostics) -> Vec<Item> {
    let (mut items, mut docs) = (Vec::new(), Vec::new());
    loop {
        match item(std::mem::take(&mut docs), cursor, place, errors) {
            Some(item) => items.push(item),
            None => {
                cursor.skip_until(|cursor| place.resumes(cursor));
                items.push(Item::Broken);
            }
        }
        docs = attributes(cursor, errors);
        if place.ends(cursor) {
            return items;
        }
        if !link(cursor, place, errors) {
            items.push(Item::Broken);
            return items;
        }
    }
}

/// Reads `=>`, or what stands in its place; false if the chain cannot go on after it.
fn link(cursor: &mut Cursor, place: Place, errors: &mut Diagnostics) -> bool {
    let found = cursor.found();
    if let Some(span) = cursor.eat_pair('=', '>') {
        if place.ends(cursor) {
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
    if let Some(TokenTree::Ident(next)) = cursor.peek(0) {
        let problem = format!("a `=>` is missing before `{next}`");
        errors.error(at, problem);
        return true;
    }
    if is_operator(cursor) {
        let report = errors.error(at, format!("{found} stands between values, and a chain has no names for them"));
        report.help("with names: `struct Name(x: Input<4>) -> y { let y = (x => Dense<4>) + x; }`");
    } else {
        let end = match place {
            Place::Network => "the end of the network",
            Place::Repeat => "`;` and the count",
            Place::Statement => "`;`",
            Place::Argument => "`,`",
        };
        errors.error(at, format!("expected `=>` or {end}, found {found}"));
    }
    cursor.skip_until(|cursor| place.resumes(cursor));
    cursor.eat_pair('=', '>').is_some()
}

/// A layer or a repeat, with the doc comments before it and before its `=>`.
fn item(docs: Vec<String>, cursor: &mut Cursor, place: Place, errors: &mut Diagnostics) -> Option<Item> {
    let at = cursor.span();
    let all = [docs, attributes(cursor, errors)].concat();
    let mut item = bare(cursor, place, errors)?;
    match &mut item {
        Item::Layer { call, .. } => call.docs = all,
        _ if all.is_empty() => {}
        _ => {
            errors
                .error(at, "a doc comment says what one layer is for")
                .help("write it before a layer in the brackets");
        }
    }
    Some(item)
}

/// The doc comments that stand here. Other attributes are reported: nothing else can be said of a layer.
pub fn attributes(cursor: &mut Cursor, errors: &mut Diagnostics) -> Vec<String> {
    let mut docs = Vec::new();
    while let (true, Some(TokenTree::Group(group))) = (cursor.is('#'), cursor.peek(1).cloned()) {
        let at = Extent { start: cursor.span(), end: group.span_close() };
        cursor.next();
        cursor.next();
        let mut inner = Cursor::inside(&group);
        let word = inner.eat_ident().map(|word| word.to_string()).unwrap_or_default();
        let text = inner.eat('=').and_then(|_| syn::parse2::<syn::LitStr>(inner.next()?.into()).ok());
        match (word.as_str(), text) {
            ("doc", Some(text)) => docs.extend(text.value().split('\n').map(str::to_owned)),
            ("cfg" | "cfg_attr", _) => {
                let report = errors.error(at, format!("`#[{word}]` cannot leave out a part of a network"));
                report.help(
                    "`#[cfg(…)]` before the struct leaves the network out, so that there may be two of them; in a graph, \
                     `if CONST == 1 { … } else { … }` chooses by a constant",
                );
            }
            _ => {
                let problem = format!("`#[{word}]` means nothing before a part of a network");
                errors
                    .error(at, problem)
                    .help("attributes stand before the struct; a layer may have a doc comment: `/// …`");
            }
        }
    }
    docs
}

fn bare(cursor: &mut Cursor, place: Place, errors: &mut Diagnostics) -> Option<Item> {
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
        return labelled(name, cursor, place, errors);
    }
    let call = call(name, cursor, place, errors)?;
    Some(Item::Layer { label: None, call })
}

fn labelled(label: Ident, cursor: &mut Cursor, place: Place, errors: &mut Diagnostics) -> Option<Item> {
    let at = cursor.span();
    match cursor.eat_ident() {
        Some(name) => {
            let call = call(name, cursor, place, errors)?;
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
    let chain = chain(&mut cursor, Place::Repeat, errors);
    if cursor.eat(';').is_none() || cursor.done() {
        errors.error(group.span(), "a repeat needs its count").help("`[Dense<64, activation = relu>; 3]`");
        return None;
    }
    if let (Some(TokenTree::Ident(name)), Some(TokenTree::Ident(word))) = (cursor.peek(0).cloned(), cursor.peek(1))
        && word == "in"
    {
        cursor.next();
        cursor.next();
        let values = values_of(&name, &mut cursor, errors)?;
        if !cursor.done() {
            errors.error(cursor.span(), format!("expected `]` after the values, found {}", cursor.found()));
            return None;
        }
        return Some(Item::Each { chain, name, values, span: group.span() });
    }
    let count = value::value(&mut cursor, errors)?;
    if !cursor.done() {
        errors.error(cursor.span(), format!("expected `]` after the count, found {}", cursor.found()));
        return None;
    }
    Some(Item::Repeat { chain, count, span: group.span() })
}

/// `(1, 2, 4)`, behind `D in`.
pub fn values_of(name: &Ident, cursor: &mut Cursor, errors: &mut Diagnostics) -> Option<Vec<Value>> {
    let at = cursor.span();
    let value = value::value(cursor, errors)?;
    let values = match value {
        Value::Tuple(values, _) => values,
        // Parentheses around one value.
        value => vec![value],
    };
    if values.is_empty() {
        errors.error(at, format!("`{name}` stands for nothing")).help(format!("`{name} in (1, 2, 4)`"));
        return None;
    }
    if cursor.is_pair('.', '.') {
        let report = errors.error(cursor.span(), "a repeat is over values, not over a range");
        report.help(format!("write them out: `{name} in (1, 2, 4)`"));
        return None;
    }
    Some(values)
}

/// The rest of a layer in a chain, whose name has been read.
fn call(name: Ident, cursor: &mut Cursor, place: Place, errors: &mut Diagnostics) -> Option<Call> {
    let call = head(name.clone(), cursor, errors);
    match cursor.eat_group(Delimiter::Parenthesis) {
        Some(group) => {
            values_in_chain(&name, &group, place, errors);
            None
        }
        None => call,
    }
}

/// `Conv2D<6, 3>`, whose name has been read.
pub fn head(name: Ident, cursor: &mut Cursor, errors: &mut Diagnostics) -> Option<Call> {
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
    let text = call_text(&name.to_string(), &args);
    fine.then_some(Call { name, args, end, text, docs: Vec::new() })
}

/// Whether parentheses hold what should stand in `<…>`: numbers, options, a layer for a wrapper.
pub fn holds_arguments(group: &Group) -> bool {
    let inside = Cursor::inside(group);
    match inside.peek(0) {
        Some(TokenTree::Ident(_)) => {
            inside.is_at(1, '=') && !inside.is_pair_at(1, '=', '>') || inside.is_at(1, '<') && is_layer(group)
        }
        Some(TokenTree::Group(group)) => group.delimiter() == Delimiter::Parenthesis && holds_arguments(group),
        // `1.0 - x` and `-x` are values.
        Some(TokenTree::Literal(_)) => !joins(inside.peek(1)),
        Some(TokenTree::Punct(sign)) if sign.as_char() == '-' => {
            matches!(inside.peek(1), Some(TokenTree::Literal(_))) && !joins(inside.peek(2))
        }
        Some(_) => true,
        None => false,
    }
}

/// Whether a token stands between two values.
fn joins(token: Option<&TokenTree>) -> bool {
    matches!(token, Some(TokenTree::Punct(sign)) if "+-*/".contains(sign.as_char()))
}

/// `LSTM<16>`, and not `LSTM<16>(x)` or `… => LSTM<16>`.
fn is_layer(group: &Group) -> bool {
    let inside = group.stream().to_string();
    inside.ends_with('>') && !inside.contains("=>")
}

/// `Dense(4)`.
pub fn no_parentheses(name: &Ident, group: &Group, errors: &mut Diagnostics) {
    let at = Extent { start: name.span(), end: group.span_close() };
    let inside = group.stream().to_string().replace(" < ", "<").replace(" >", ">");
    let report = errors.error(at, format!("the arguments of `{name}` stand in `<…>`, not in parentheses"));
    report.help(if inside.is_empty() { format!("`{name}`") } else { format!("`{name}<{inside}>`") });
}

/// A layer of a chain that is called like a function: one of several inputs, or arguments in the wrong brackets.
fn values_in_chain(name: &Ident, group: &Group, place: Place, errors: &mut Diagnostics) {
    // What takes no arguments at all is called with values, as a layer of several inputs is.
    let several = (errors.takes_nothing)(&name.to_string()) || Cursor::inside(group).peek(1).is_some();
    if group.stream().is_empty() || holds_arguments(group) || !(several || place.is_graph()) {
        return no_parentheses(name, group, errors);
    }
    let at = Extent { start: name.span(), end: group.span_close() };
    let values = group.stream().to_string();
    if place.is_graph() {
        let report =
            errors.error(at, format!("`{name}` takes its value from before the `=>` here, not from parentheses"));
        report.help(format!("all of its values stand in its call: `{name}(…, {values})`"));
    } else {
        let report = errors.error(at, format!("`{name}` takes values by name, and a chain has no names for them"));
        report.help(format!("with names: `struct Name(a: Input<4>, b: Input<4>) -> y {{ let y = {name}(a, b); }}`"));
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
