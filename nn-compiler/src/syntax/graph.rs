//! `(x: Input<4>, y: Input<3>) -> (a, b) { … }`.

use proc_macro2::{Delimiter, Group, Ident, TokenTree};

use super::ast::{Call, GraphForm};
use super::chain;
use super::cursor::Cursor;
use super::statement::statements;
use crate::diagnostics::{Diagnostics, nearest};

/// Reads what stands behind the name. `None` if it has no body.
pub fn graph(cursor: &mut Cursor, errors: &mut Diagnostics) -> Option<GraphForm> {
    let signature = cursor.eat_group(Delimiter::Parenthesis)?;
    let inputs = inputs(&signature, errors);
    let outputs = outputs(cursor, "network", errors);
    let Some(body) = cursor.eat_group(Delimiter::Brace) else {
        let problem = format!("expected the body of the network, found {}", cursor.found());
        errors.error(cursor.span(), problem).help("`(x: Input<4>) -> y { let y = x => Dense<3>; }`");
        return None;
    };
    let statements = statements(&body, &outputs, errors);
    Some(GraphForm { inputs, outputs, statements })
}

fn inputs(signature: &Group, errors: &mut Diagnostics) -> Vec<(Ident, Option<Call>)> {
    let mut cursor = Cursor::inside(signature);
    if cursor.done() {
        errors.error(signature.span(), "a network has at least one input").help("`(x: Input<28, 28, 1>)`");
    }
    let mut inputs = Vec::new();
    while !cursor.done() {
        inputs.extend(input(&mut cursor, errors));
        if cursor.eat(',').is_none() && !cursor.done() {
            let problem = format!("expected `,` or `)` after an input, found {}", cursor.found());
            errors.error(cursor.span(), problem);
            cursor.skip_until(|cursor| cursor.is(','));
            cursor.eat(',');
        }
    }
    inputs
}

fn input(cursor: &mut Cursor, errors: &mut Diagnostics) -> Option<(Ident, Option<Call>)> {
    const EXAMPLE: &str = "`x: Input<28, 28, 1>`, without the batch";
    let name = binding(cursor, "an input", errors)?;
    let colon = if cursor.is_pair(':', ':') { None } else { cursor.eat(':') };
    if colon.is_none() && matches!(cursor.peek(0), Some(TokenTree::Ident(_))) {
        errors.error(cursor.span(), format!("a `:` is missing after `{name}`"));
    } else if colon.is_none() {
        let report = errors.error(&name, format!("the input `{name}` has no shape"));
        report.help(format!("`{name}: Input<28, 28, 1>`, without the batch"));
        cursor.skip_until(|cursor| cursor.is(','));
        return Some((name, None));
    }
    let at = cursor.span();
    let Some(layer) = cursor.eat_ident() else {
        let problem = format!("expected the shape of `{name}`, found {}", cursor.found());
        errors.error(at, problem).help(EXAMPLE);
        cursor.skip_until(|cursor| cursor.is(','));
        return Some((name, None));
    };
    let call = chain::head(layer, cursor, errors);
    let Some(call) = call else { return Some((name, None)) };
    if call.name == "Input" {
        return Some((name, Some(call)));
    }
    let near = nearest(&call.name.to_string(), ["Input"]).map(|near| format!("did you mean `{near}`?"));
    let problem = format!("the shape of an input is an `Input<…>`, not `{}`", call.text);
    errors.error(call.extent(), problem).help(near.unwrap_or_else(|| EXAMPLE.to_string()));
    Some((name, None))
}

/// The name of an input: nothing changes a value, so there is no `mut`.
pub fn binding(cursor: &mut Cursor, what: &str, errors: &mut Diagnostics) -> Option<Ident> {
    if cursor.is_word("mut") {
        errors
            .error(cursor.span(), "values do not change")
            .help("leave `mut` out; a second `let` may take the same name");
        cursor.eat_ident();
    }
    let at = cursor.span();
    match cursor.eat_ident() {
        Some(name) if name != "_" => Some(name),
        Some(name) => {
            errors.error(&name, format!("{what} has a name"));
            cursor.skip_until(|cursor| cursor.is(','));
            None
        }
        None => {
            errors.error(at, format!("expected the name of {what}, found {}", cursor.found()));
            cursor.next();
            cursor.skip_until(|cursor| cursor.is(','));
            None
        }
    }
}

/// `-> y` or `-> (a, b)`, of a network or a block.
pub fn outputs(cursor: &mut Cursor, of: &str, errors: &mut Diagnostics) -> Vec<Ident> {
    const EXAMPLE: &str = "`-> y`, or `-> (a, b)` for several";
    let at = cursor.span();
    if cursor.eat_pair('-', '>').is_none() {
        errors.error(at, format!("the outputs of the {of} are missing")).help(EXAMPLE);
        return Vec::new();
    }
    let at = cursor.span();
    let outputs = match cursor.eat_group(Delimiter::Parenthesis) {
        Some(group) => names(&group, of, errors),
        None => match cursor.eat_ident() {
            Some(name) if name != "_" => vec![name],
            _ => {
                errors.error(at, "expected the name of an output").help(EXAMPLE);
                Vec::new()
            }
        },
    };
    let at = cursor.span();
    let help = match cursor.peek(0) {
        Some(TokenTree::Punct(sign)) if sign.as_char() == ',' => "several outputs stand in parentheses: `-> (a, b)`",
        Some(TokenTree::Punct(sign)) if "<:".contains(sign.as_char()) => {
            "an output is a name; its shape comes from the layers"
        }
        _ => return outputs,
    };
    errors.error(at, format!("expected `{{` after the outputs, found {}", cursor.found())).help(help);
    cursor.skip_until(|cursor| cursor.is_group(Delimiter::Brace) || cursor.is(';'));
    Vec::new()
}

fn names(group: &Group, of: &str, errors: &mut Diagnostics) -> Vec<Ident> {
    let mut cursor = Cursor::inside(group);
    if cursor.done() {
        errors.error(group.span(), format!("a {of} has at least one output")).help("`-> y`");
    }
    let mut names = Vec::new();
    while !cursor.done() {
        names.extend(binding(&mut cursor, "an output", errors));
        if cursor.eat(',').is_none() && !cursor.done() {
            errors.error(cursor.span(), format!("expected `,` or `)` after an output, found {}", cursor.found()));
            cursor.skip_until(|cursor| cursor.is(','));
            cursor.eat(',');
        }
    }
    names
}
