//! `block residual<const F: usize, const S: usize>(x) -> y { … }`.

use proc_macro2::{Delimiter, Group, Ident};

use super::ast::{Block, Statement};
use super::cursor::Cursor;
use super::graph::{binding, outputs};
use super::statement::{starts, statements};
use crate::diagnostics::Diagnostics;

/// Reads what follows `block`.
pub fn block(cursor: &mut Cursor, errors: &mut Diagnostics) -> Statement {
    const EXAMPLE: &str = "`block name<const F: usize>(x) -> y { … }`";
    let Some(name) = cursor.eat_ident() else { return Statement::Broken(Vec::new()) };
    let parameters = parameters(cursor, errors);
    let Some(signature) = cursor.eat_group(Delimiter::Parenthesis) else {
        let problem = format!("expected the inputs of the block `{name}`, found {}", cursor.found());
        errors.error(cursor.span(), problem).help(EXAMPLE);
        skip(cursor);
        return Statement::Broken(vec![name]);
    };
    let inputs = inputs(&signature, errors);
    let outputs = outputs(cursor, "block", errors);
    let Some(body) = cursor.eat_group(Delimiter::Brace) else {
        let problem = format!("expected the body of the block `{name}`, found {}", cursor.found());
        errors.error(cursor.span(), problem).help(EXAMPLE);
        skip(cursor);
        return Statement::Broken(vec![name]);
    };
    let statements = statements(&body, &outputs, errors);
    if inputs.is_empty() {
        return Statement::Broken(vec![name]);
    }
    Statement::Block(Block { name, parameters, inputs, outputs, statements })
}

fn skip(cursor: &mut Cursor) {
    cursor.skip_until(|cursor| cursor.is(';') || cursor.is_group(Delimiter::Brace) || starts(cursor));
    if cursor.eat_group(Delimiter::Brace).is_none() {
        cursor.eat(';');
    }
}

/// `<const F: usize, const S: usize>`.
fn parameters(cursor: &mut Cursor, errors: &mut Diagnostics) -> Vec<Ident> {
    let mut parameters = Vec::new();
    let Some(open) = cursor.eat('<') else { return parameters };
    loop {
        if cursor.eat('>').is_some() {
            return parameters;
        }
        if cursor.done() || (over(cursor) && !cursor.is(',')) {
            errors.error(open, "this `<` is never closed");
            return parameters;
        }
        parameters.extend(parameter(cursor, errors));
        if cursor.eat(',').is_none() && !cursor.is('>') && !over(cursor) {
            let problem = format!("expected `,` or `>`, found {}", cursor.found());
            let default = cursor.is('=');
            let report = errors.error(cursor.span(), problem);
            if default {
                report.help("a parameter of a block has no default");
            }
            cursor.skip_until(over);
            cursor.eat(',');
        }
    }
}

/// Where the next parameter starts, or the list ends.
fn over(cursor: &Cursor) -> bool {
    let bracket = cursor.is_group(Delimiter::Parenthesis) || cursor.is_group(Delimiter::Brace);
    bracket || cursor.is(',') || cursor.is('>') || cursor.is(';')
}

fn parameter(cursor: &mut Cursor, errors: &mut Diagnostics) -> Option<Ident> {
    let is_const = cursor.is_word("const");
    if is_const {
        cursor.eat_ident();
    }
    let at = cursor.span();
    let Some(name) = cursor.eat_ident() else {
        errors.error(at, format!("expected a parameter, found {}", cursor.found())).help("`const F: usize`");
        cursor.skip_until(over);
        return None;
    };
    let size = cursor.eat(':').is_some() && cursor.is_word("usize");
    if size {
        cursor.eat_ident();
    }
    if !is_const || !size {
        let report = errors.error(at, format!("the parameter `{name}` of a block is a size"));
        report.help(format!("write `const {name}: usize`"));
        cursor.skip_until(over);
    }
    Some(name)
}

fn inputs(signature: &Group, errors: &mut Diagnostics) -> Vec<Ident> {
    let mut cursor = Cursor::inside(signature);
    if cursor.done() {
        errors.error(signature.span(), "a block has at least one input").help("`block name(x) -> y { … }`");
    }
    let mut inputs = Vec::new();
    while !cursor.done() {
        inputs.extend(binding(&mut cursor, "an input", errors));
        if cursor.is(':') {
            let report = errors.error(cursor.span(), "the inputs of a block have no shapes of their own");
            report.help("names alone: `block name(x, y) -> z { … }`; the shapes come from where it is used");
            cursor.skip_until(|cursor| cursor.is(','));
        }
        if cursor.eat(',').is_none() && !cursor.done() {
            errors.error(cursor.span(), format!("expected `,` or `)` after an input, found {}", cursor.found()));
            cursor.skip_until(|cursor| cursor.is(','));
            cursor.eat(',');
        }
    }
    inputs
}
