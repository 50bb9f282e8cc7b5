//! `let y = …;`, `layer shared = Dense<64>;`, `weight table: [100, 64] = normal;`, and blocks.

use proc_macro2::{Delimiter, Group, Ident, Span, TokenStream, TokenTree};

use super::ast::{Arg, Call, Expression, Statement, Value};
use super::block::block;
use super::chain::{self, Place};
use super::cursor::Cursor;
use super::expression::{ends, expression};
use super::text::value_text;
use super::value;
use crate::diagnostics::{Diagnostics, Extent, nearest};

/// Reads the body of a network or a block, whose outputs these are.
pub fn statements(body: &Group, outputs: &[Ident], errors: &mut Diagnostics) -> Vec<Statement> {
    let mut cursor = Cursor::inside(body);
    let mut statements = Vec::new();
    loop {
        while cursor.eat(';').is_some() {}
        let (at, docs) = (cursor.span(), chain::attributes(&mut cursor, errors));
        if cursor.done() {
            return statements;
        }
        let mut statement = statement(&mut cursor, outputs, errors);
        document(&mut statement, docs, at, errors);
        statements.push(statement);
    }
}

/// Gives the doc comments before a statement to its layer: the last one of a `let`.
fn document(statement: &mut Statement, docs: Vec<String>, at: Span, errors: &mut Diagnostics) {
    let broken = matches!(statement, Statement::Broken(_));
    let call = match statement {
        Statement::Let { value, .. } | Statement::Assign { value, .. } => value.last_call(),
        Statement::Layer { call, .. } | Statement::Weight { call, .. } | Statement::State { call, .. } => Some(call),
        Statement::For { .. } | Statement::If { .. } | Statement::Block(_) | Statement::Broken(_) => None,
    };
    match call {
        Some(call) => call.docs.splice(0..0, docs).for_each(drop),
        None if docs.is_empty() || broken => {}
        None => {
            let report = errors.error(at, "a doc comment says what a layer is for, and none stands here");
            report.help("`//` for what readers of the source alone should see");
        }
    }
}

/// Whether a new statement starts here.
pub fn starts(cursor: &Cursor) -> bool {
    let named = matches!(cursor.peek(1), Some(TokenTree::Ident(_)));
    cursor.is_word("let")
        || is_weight(cursor)
        || cursor.is_word("return")
        || (named && (cursor.is_word("layer") || cursor.is_word("block") || cursor.is_word("state")))
}

/// `weight name` or `weight<…>`: a value may have that name too.
fn is_weight(cursor: &Cursor) -> bool {
    cursor.is_word("weight") && (matches!(cursor.peek(1), Some(TokenTree::Ident(_))) || cursor.is_at(1, '<'))
}

fn statement(cursor: &mut Cursor, outputs: &[Ident], errors: &mut Diagnostics) -> Statement {
    let is_named = matches!(cursor.peek(1), Some(TokenTree::Ident(_)));
    let assigns = cursor.is_at(1, '=') && !cursor.is_pair_at(1, '=', '>') && !cursor.is_pair_at(1, '=', '=');
    match cursor.peek(0).cloned() {
        Some(TokenTree::Ident(word)) if word == "let" => {
            cursor.next();
            definition(cursor, errors)
        }
        Some(TokenTree::Ident(word)) if word == "layer" && is_named => {
            cursor.next();
            layer(cursor, errors)
        }
        Some(TokenTree::Ident(word)) if is_weight(cursor) => {
            cursor.next();
            weight(word, cursor, errors)
        }
        Some(TokenTree::Ident(word)) if word == "state" && is_named => {
            cursor.next();
            state(&word, cursor, errors)
        }
        Some(TokenTree::Ident(word)) if word == "block" && is_named => {
            cursor.next();
            block(cursor, errors)
        }
        Some(TokenTree::Ident(word)) if word == "for" && is_named => {
            cursor.next();
            rounds(&word, cursor, errors)
        }
        Some(TokenTree::Ident(word)) if word == "if" => {
            cursor.next();
            choice(&word, cursor, errors)
        }
        Some(TokenTree::Ident(name)) if assigns && keyword(&name).is_none() => {
            cursor.next();
            cursor.eat('=');
            let value = whole_value(cursor, errors);
            Statement::Assign { name, value }
        }
        Some(TokenTree::Ident(word)) if keyword(&word).is_some() => foreign(&word, cursor, errors),
        Some(TokenTree::Ident(word)) if is_named => unknown(&word, cursor, errors),
        Some(TokenTree::Ident(_)) => value(cursor, outputs, errors),
        Some(TokenTree::Group(group)) if group.delimiter() == Delimiter::Parenthesis => value(cursor, outputs, errors),
        _ => {
            let problem = format!("expected `let`, `layer` or `block`, found {}", cursor.found());
            errors.error(cursor.span(), problem);
            cursor.next();
            skip(cursor);
            Statement::Broken(Vec::new())
        }
    }
}

/// What follows `let`.
fn definition(cursor: &mut Cursor, errors: &mut Diagnostics) -> Statement {
    let start = cursor.span();
    let group = match cursor.peek(0) {
        Some(TokenTree::Group(group)) => words(group),
        _ => Vec::new(),
    };
    let mut mutable = Vec::new();
    let Some(names) = pattern(cursor, &mut mutable, errors) else {
        skip(cursor);
        return Statement::Broken(group);
    };
    let at = Extent { start, end: cursor.last_span() };
    if cursor.is(':') {
        let report = errors.error(cursor.span(), "a value has no type here: its shape comes from the layers");
        report.help("leave the type out");
        cursor.skip_until(|cursor| cursor.is('=') || ends(cursor, Place::Statement));
    }
    if cursor.is_pair('=', '>') || cursor.eat('=').is_none() {
        errors.error(cursor.span(), format!("expected `=`, found {}", cursor.found())).help("`let y = x => Dense<3>;`");
        skip(cursor);
        return Statement::Broken(names.into_iter().flatten().collect());
    }
    let value = whole_value(cursor, errors);
    Statement::Let { names, mutable, at, value }
}

/// A value and its `;`.
fn whole_value(cursor: &mut Cursor, errors: &mut Diagnostics) -> Expression {
    let value = expression(cursor, Place::Statement, errors);
    if end(cursor, "this value", errors) { value } else { Expression::Broken }
}

/// The names that a pattern defines, whatever its form.
fn words(group: &Group) -> Vec<Ident> {
    let words = group.stream().into_iter().flat_map(|tree| match tree {
        TokenTree::Ident(word) => vec![word],
        TokenTree::Group(group) => words(&group),
        _ => Vec::new(),
    });
    words.collect()
}

/// `y` or `(y, h, _)`.
fn pattern(cursor: &mut Cursor, mutable: &mut Vec<Ident>, errors: &mut Diagnostics) -> Option<Vec<Option<Ident>>> {
    if let Some(group) = cursor.eat_group(Delimiter::Parenthesis) {
        let mut inside = Cursor::inside(&group);
        if inside.done() {
            errors.error(group.span(), "this `let` defines nothing").help("`let (y, h) = …;`");
            return None;
        }
        let mut names = Vec::new();
        while !inside.done() {
            names.push(name(&mut inside, mutable, errors)?);
            if inside.eat(',').is_none() && !inside.done() {
                errors.error(inside.span(), format!("expected `,` or `)`, found {}", inside.found()));
                return None;
            }
        }
        return Some(names);
    }
    name(cursor, mutable, errors).map(|name| vec![name])
}

/// A name, or `_`, which is `None`.
fn name(cursor: &mut Cursor, mutable: &mut Vec<Ident>, errors: &mut Diagnostics) -> Option<Option<Ident>> {
    let changes = cursor.is_word("mut");
    if changes {
        cursor.eat_ident();
    }
    let at = cursor.span();
    match cursor.eat_ident() {
        Some(name) if name == "_" => Some(None),
        Some(name) => {
            mutable.extend(changes.then(|| name.clone()));
            Some(Some(name))
        }
        None => {
            errors.error(at, format!("expected a name, found {}", cursor.found()));
            None
        }
    }
}

/// What follows `layer`.
fn layer(cursor: &mut Cursor, errors: &mut Diagnostics) -> Statement {
    const EXAMPLE: &str = "`layer shared = Dense<64>;`";
    let Some(name) = cursor.eat_ident() else { return Statement::Broken(Vec::new()) };
    if cursor.is_pair('=', '>') || cursor.eat('=').is_none() {
        let problem = format!("expected `=` after `layer {name}`, found {}", cursor.found());
        errors.error(cursor.span(), problem).help(EXAMPLE);
        skip(cursor);
        return Statement::Broken(vec![name]);
    }
    let at = cursor.span();
    let Some(class) = cursor.eat_ident() else {
        errors.error(at, format!("expected a layer, found {}", cursor.found())).help(EXAMPLE);
        skip(cursor);
        return Statement::Broken(vec![name]);
    };
    let Some(call) = chain::head(class, cursor, errors) else {
        skip(cursor);
        return Statement::Broken(vec![name]);
    };
    if cursor.is_pair('=', '>') {
        let report = errors.error(cursor.span(), "a `layer` is one layer, and no value goes into it here");
        report.help(format!("several layers are a block: `block {name}(x) -> y {{ … }}`"));
        skip(cursor);
        return Statement::Broken(vec![name]);
    } else if cursor.is_group(Delimiter::Parenthesis) {
        let report = errors.error(cursor.span(), "no value goes into a layer where it is declared");
        report.help(format!("`layer {name} = {};`, then `x => {name}`", call.text));
        skip(cursor);
    } else {
        end(cursor, "this layer", errors);
    }
    Statement::Layer { name, call }
}

/// What follows `weight`.
fn weight(keyword: Ident, cursor: &mut Cursor, errors: &mut Diagnostics) -> Statement {
    const EXAMPLE: &str = "`weight table: [100, 64] = normal(0.0, 0.02);`";
    let call = chain::head(Ident::new("Weight", keyword.span()), cursor, errors);
    let at = cursor.span();
    let Some(name) = cursor.eat_ident() else {
        errors.error(at, format!("expected the name of the weight, found {}", cursor.found())).help(EXAMPLE);
        skip(cursor);
        return Statement::Broken(Vec::new());
    };
    let shape = if cursor.eat(':').is_some() { cursor.eat_group(Delimiter::Bracket) } else { None };
    let Some(shape) = shape else {
        let problem = format!("expected the shape of the weight `{name}`, found {}", cursor.found());
        errors.error(cursor.span(), problem).help(EXAMPLE);
        skip(cursor);
        return Statement::Broken(vec![name]);
    };
    let mut end_of_call = shape.span_close();
    let sizes = sizes(&shape, errors);
    let initializer = match cursor.eat('=') {
        Some(_) => {
            let value = value::value(cursor, errors);
            end_of_call = cursor.last_span();
            Some(value)
        }
        None => None,
    };
    let fine = end(cursor, "this weight", errors);
    let (Some(call), Some(sizes), Some(initializer)) =
        (call, sizes, initializer.map_or(Some(None), |value| value.map(Some)))
    else {
        return Statement::Broken(vec![name]);
    };
    if !fine {
        return Statement::Broken(vec![name]);
    }
    let shape: Vec<_> = sizes.iter().map(value_text).collect();
    let options = call.text.trim_start_matches("Weight");
    let start = initializer.as_ref().map(|value| format!(" = {}", value_text(value))).unwrap_or_default();
    let text = format!("weight{options} {name}: [{}]{start}", shape.join(", "));
    let mut args: Vec<Arg> = sizes.into_iter().map(|value| Arg { name: None, value }).collect();
    args.extend(call.args);
    let initializer_name = Ident::new("initializer", keyword.span());
    args.extend(initializer.map(|value| Arg { name: Some(initializer_name), value }));
    Statement::Weight { name, call: Call { name: call.name, args, end: end_of_call, text, docs: Vec::new() } }
}

/// The sizes of a shape in brackets.
fn sizes(group: &Group, errors: &mut Diagnostics) -> Option<Vec<Value>> {
    let mut cursor = Cursor::inside(group);
    let mut sizes = Vec::new();
    while !cursor.done() {
        sizes.push(value::value(&mut cursor, errors)?);
        if cursor.eat(',').is_none() && !cursor.done() {
            errors.error(cursor.span(), format!("expected `,` or `]`, found {}", cursor.found()));
            return None;
        }
    }
    Some(sizes)
}

/// What follows `for`.
fn rounds(keyword: &Ident, cursor: &mut Cursor, errors: &mut Diagnostics) -> Statement {
    const EXAMPLE: &str = "`for D in (1, 2, 4) { … }`";
    let Some(name) = cursor.eat_ident() else { return Statement::Broken(Vec::new()) };
    if !cursor.is_word("in") {
        errors.error(cursor.span(), format!("expected `in`, found {}", cursor.found())).help(EXAMPLE);
        return skip_body(cursor);
    }
    cursor.next();
    let Some(values) = chain::values_of(&name, cursor, errors) else { return skip_body(cursor) };
    let at = Extent { start: keyword.span(), end: cursor.last_span() };
    let Some(body) = cursor.eat_group(Delimiter::Brace) else {
        errors.error(cursor.span(), format!("expected `{{`, found {}", cursor.found())).help(EXAMPLE);
        return skip_body(cursor);
    };
    Statement::For { name, values, statements: statements(&body, &[], errors), at }
}

/// What follows `if`.
fn choice(keyword: &Ident, cursor: &mut Cursor, errors: &mut Diagnostics) -> Statement {
    let mut condition = TokenStream::new();
    while !cursor.done() && !cursor.is(';') && !cursor.is_group(Delimiter::Brace) {
        condition.extend(cursor.next());
    }
    let at = Extent { start: keyword.span(), end: cursor.last_span() };
    let body = cursor.eat_group(Delimiter::Brace);
    let (Some(body), false) = (body, condition.is_empty()) else {
        let report = errors.error(at, "an `if` chooses by constants");
        report.help("`if S == 1 { … } else { … }`");
        return skip_body(cursor);
    };
    let then = statements(&body, &[], errors);
    let mut otherwise = Vec::new();
    if cursor.is_word("else") {
        cursor.next();
        let span = cursor.span();
        if cursor.is_word("if") {
            cursor.next();
            otherwise.push(choice(&Ident::new("if", span), cursor, errors));
        } else if let Some(body) = cursor.eat_group(Delimiter::Brace) {
            otherwise = statements(&body, &[], errors);
        } else {
            errors.error(span, format!("expected `{{` after `else`, found {}", cursor.found()));
            return skip_body(cursor);
        }
    }
    Statement::If { condition, at, then, otherwise }
}

/// After a mistake: on behind the next body.
fn skip_body(cursor: &mut Cursor) -> Statement {
    cursor.skip_until(|cursor| cursor.is(';') || cursor.is_group(Delimiter::Brace) || starts(cursor));
    if cursor.eat_group(Delimiter::Brace).is_none() {
        cursor.eat(';');
    }
    Statement::Broken(Vec::new())
}

/// A value without `let`.
fn value(cursor: &mut Cursor, outputs: &[Ident], errors: &mut Diagnostics) -> Statement {
    let start = cursor.span();
    let value = expression(cursor, Place::Statement, errors);
    let at = Extent { start, end: cursor.last_span() };
    if value.is_broken() {
        skip(cursor);
    } else if cursor.done() {
        let output = outputs.first().map_or("y".to_string(), Ident::to_string);
        let report = errors.error(at, "the body does not end in a value: the signature says what comes out");
        report.help(match value {
            Expression::Name(_) => "leave this out".to_string(),
            _ => format!("`let {output} = …;`"),
        });
    } else {
        end(cursor, "this value", errors);
        errors.error(at, "this value has no name, so nothing can use it").help("`let name = …;`");
    }
    Statement::Broken(Vec::new())
}

/// Reads `;`; what stands in its place is reported. False if there was more than nothing.
fn end(cursor: &mut Cursor, after: &str, errors: &mut Diagnostics) -> bool {
    if cursor.eat(';').is_some() {
        return true;
    }
    if cursor.done() || starts(cursor) {
        errors.error(cursor.last_span(), format!("a `;` is missing after {after}"));
        return true;
    }
    let found = cursor.found();
    let report = errors.error(cursor.span(), format!("expected `;` after {after}, found {found}"));
    match cursor.peek(0) {
        Some(TokenTree::Punct(sign)) if sign.as_char() == '.' => {
            report.help("layers are chained with `=>`: `x => ReLU`");
        }
        Some(TokenTree::Ident(_) | TokenTree::Group(_)) => {
            report.help("layers are chained with `=>`, values joined by `+`, `-`, `*`, `/` or a call: `Add(a, b)`");
        }
        _ => {}
    }
    skip(cursor);
    false
}

/// After a mistake: on to the next statement.
fn skip(cursor: &mut Cursor) {
    cursor.skip_until(|cursor| cursor.is(';') || starts(cursor));
    cursor.eat(';');
}

/// Why a word of Rust has no place in a network, and what is there instead.
pub fn keyword(word: &Ident) -> Option<(String, &'static str)> {
    let (problem, help) = match word.to_string().as_str() {
        "match" => ("a network computes the same for every sample", "`Where(c, a, b)` chooses among values"),
        "if" => (
            "a network computes the same for every sample",
            "`Where(c, a, b)` chooses among values; a statement `if S == 1 { … }` by constants",
        ),
        "for" => {
            ("it is a statement: `for D in (1, 2, 4) { … }`", "a repeat writes layers several times: `[Dense<64>; 3]`")
        }
        "while" | "loop" => {
            ("a network has no loops without an end", "`for D in (1, 2, 4) { … }`, or a repeat: `[Dense<64>; 3]`")
        }
        "fn" => ("a network has no functions", "a block is what comes nearest: `block name(x) -> y { … }`"),
        "const" | "static" => (
            "constants stand outside of `network!`",
            "blocks have parameters: `block name<const F: usize>(x) -> y { … }`",
        ),
        "return" => ("the signature says what comes out: `-> y`", "`let y = …;`, without `return`"),
        "struct" | "enum" | "use" | "mod" | "impl" | "trait" | "type" | "pub" | "unsafe" | "async" => {
            ("a network holds `let`, `layer` and `block`, and no items of Rust", "")
        }
        _ => return None,
    };
    Some((format!("`{word}` has no place here: {problem}"), help))
}

fn foreign(word: &Ident, cursor: &mut Cursor, errors: &mut Diagnostics) -> Statement {
    if let Some((problem, help)) = keyword(word) {
        errors.error(word, problem).help(help);
    }
    cursor.next();
    while !cursor.done() && !starts(cursor) && cursor.eat(';').is_none() {
        let closed = cursor.is_group(Delimiter::Brace);
        cursor.next();
        if closed && !cursor.is_word("else") {
            break;
        }
    }
    Statement::Broken(Vec::new())
}

/// `lett y = …;`
fn unknown(word: &Ident, cursor: &mut Cursor, errors: &mut Diagnostics) -> Statement {
    let near = nearest(&word.to_string(), ["let", "layer", "block"]).or(Some("let").filter(|_| word == "var"));
    let help = near.map(|near| format!("did you mean `{near}`?")).unwrap_or_default();
    errors.error(word, format!("expected `let`, `layer` or `block`, found `{word}`")).help(help);
    cursor.next();
    let name = cursor.eat_ident();
    skip(cursor);
    Statement::Broken(name.into_iter().collect())
}

/// What follows `state`.
fn state(keyword: &Ident, cursor: &mut Cursor, errors: &mut Diagnostics) -> Statement {
    const EXAMPLE: &str = "`state h: [128];`, and further down `h = …;`";
    let Some(name) = cursor.eat_ident() else { return Statement::Broken(Vec::new()) };
    let shape = if cursor.eat(':').is_some() { cursor.eat_group(Delimiter::Bracket) } else { None };
    let Some(shape) = shape else {
        let problem = format!("expected the shape of the state `{name}`, found {}", cursor.found());
        errors.error(cursor.span(), problem).help(EXAMPLE);
        skip(cursor);
        return Statement::Broken(vec![name]);
    };
    let end_of_call = shape.span_close();
    let sizes = sizes(&shape, errors);
    if cursor.is('=') {
        errors.error(cursor.span(), "a state starts from zeros").help(EXAMPLE);
        skip(cursor);
        return Statement::Broken(vec![name]);
    }
    let fine = end(cursor, "this state", errors);
    let Some(sizes) = sizes.filter(|_| fine) else { return Statement::Broken(vec![name]) };
    let shape: Vec<_> = sizes.iter().map(value_text).collect();
    let text = format!("state {name}: [{}]", shape.join(", "));
    let args = sizes.into_iter().map(|value| Arg { name: None, value }).collect();
    let call = Call { name: Ident::new("State", keyword.span()), args, end: end_of_call, text, docs: Vec::new() };
    Statement::State { name, call }
}
