//! Tokens → `ast::Network`.

pub mod ast;
mod attributes;
mod block;
mod chain;
mod cursor;
mod expression;
pub mod foreign;
mod graph;
mod slice;
mod statement;
pub mod text;
mod value;

use proc_macro2::{Ident, Span, TokenStream};
use syn::parse::{ParseStream, Parser};
use syn::{Attribute, Token, Visibility, token};

use crate::diagnostics::{Diagnostics, Extent};
use ast::{Body, Header, Item, Network};
use chain::Place;
use cursor::Cursor;

/// Reads a network. `None` if not even its name could be read.
pub fn parse(tokens: TokenStream, errors: &mut Diagnostics) -> Option<Network> {
    let last = tokens.clone().into_iter().last().map_or_else(Span::call_site, |token| token.span());
    let parsed = (|input: ParseStream| header(input, errors)).parse2(tokens);
    let (header, rest) = match parsed {
        Ok(parsed) => parsed,
        Err(error) => {
            errors.syntax(&error);
            return None;
        }
    };
    let body = match rest {
        Rest::Chain(rest) => Body::Chain(whole_chain(&mut Cursor::new(rest, last), header.name.is_some(), errors)),
        Rest::Graph(rest) => whole_graph(&mut Cursor::new(rest, last), errors),
        Rest::File => Body::File,
        Rest::Broken => Body::Chain(vec![Item::Broken]),
    };
    Some(Network { header, body })
}

/// What follows the header.
enum Rest {
    Chain(TokenStream),
    Graph(TokenStream),
    /// A `;`: the network is a file.
    File,
    /// What has been reported.
    Broken,
}

/// What the next tokens are the start of.
enum Form {
    Chain,
    Graph,
    File,
    Broken,
}

fn header(input: ParseStream, errors: &mut Diagnostics) -> syn::Result<(Header, Rest)> {
    let attributes = input.call(Attribute::parse_outer)?;
    let vis: Visibility = input.parse()?;
    let name = match input.peek(Token![struct]) {
        true => {
            input.parse::<Token![struct]>()?;
            let name = input.parse::<Ident>()?;
            if name == "gen" {
                // A keyword since the edition of 2024, which syn does not know.
                return Err(syn::Error::new(name.span(), "expected identifier, found keyword `gen`"));
            }
            if name == "rt" {
                let report =
                    errors.error(&name, "`rt` cannot be the name of a network: it is a module of the expansion");
                report.help("`Rt` would do");
            }
            Some(name)
        }
        false if matches!(vis, Visibility::Inherited) => None,
        false => return Err(input.error("expected `struct`: `pub struct Name = Input<…> => …;`")),
    };
    let is_struct = name.is_some();
    let header = attributes::read(attributes, vis, name, errors);
    let form = match (&header.model, is_struct) {
        (Some(model), true) => after_model(input, model, errors)?,
        (None, true) => after_name(input, errors)?,
        (_, false) => expression_form(input, errors)?,
    };
    let rest = input.parse::<TokenStream>()?;
    let rest = match form {
        Form::Chain => Rest::Chain(rest),
        Form::Graph => Rest::Graph(rest),
        Form::File => Rest::File,
        Form::Broken => Rest::Broken,
    };
    Ok((header, rest))
}

/// After the name of a network that is a file stands `;`.
fn after_model(input: ParseStream, model: &ast::Model, errors: &mut Diagnostics) -> syn::Result<Form> {
    if input.peek(Token![;]) {
        input.parse::<Token![;]>()?;
        if input.is_empty() {
            return Ok(Form::File);
        }
        return Err(input.error("one `network!` holds one network"));
    }
    let problem = "the layers of this network come from a file, and stand here as well";
    let help = format!("`struct Name;` behind `#[model({:?})]`, or the layers without it", model.path.value());
    errors.error(input.span(), problem).help(help);
    Ok(Form::Broken)
}

/// After the name stands `=` and a chain, or the inputs of a graph.
fn after_name(input: ParseStream, errors: &mut Diagnostics) -> syn::Result<Form> {
    if input.peek(token::Paren) {
        return Ok(Form::Graph);
    }
    if input.peek(token::Brace) {
        errors
            .error(input.span(), "the inputs and outputs of the network are missing")
            .help("`struct Name(x: Input<4>) -> y { … }`");
        return Ok(Form::Broken);
    }
    if input.peek(Token![<]) {
        errors
            .error(input.span(), "a network has no generic parameters")
            .help("sizes may be the paths of `const`s: `Dense<CLASSES>`");
        return Ok(Form::Broken);
    }
    if input.peek(Token![=]) && !input.peek(Token![=>]) && !input.peek(Token![==]) {
        input.parse::<Token![=]>()?;
        return Ok(Form::Chain);
    }
    errors
        .error(input.span(), "expected `=` after the name of the network")
        .help("`struct Name = Input<…> => … => …;`");
    if input.peek(Token![=>]) {
        input.parse::<Token![=>]>()?;
    }
    Ok(Form::Chain)
}

/// Without `struct Name`: a graph opens with its inputs, a chain with a layer.
fn expression_form(input: ParseStream, errors: &mut Diagnostics) -> syn::Result<Form> {
    if input.peek(token::Paren) {
        return Ok(Form::Graph);
    }
    if input.peek(syn::Ident) && input.peek2(token::Paren) && input.peek3(Token![->]) {
        let name: Ident = input.parse()?;
        errors
            .error(&name, "a network with a name is a struct")
            .help(format!("`struct {name}(…) -> … {{ … }}`, or leave the name out where it is an expression"));
        return Ok(Form::Graph);
    }
    Ok(Form::Chain)
}

/// The graph, after which nothing may stand.
fn whole_graph(cursor: &mut Cursor, errors: &mut Diagnostics) -> Body {
    let graph = graph::graph(cursor, errors);
    let Some(graph) = graph else { return Body::Chain(vec![Item::Broken]) };
    if let Some(span) = cursor.eat(';') {
        errors.error(span, "no `;` stands after the body of a network").help("leave it out");
    }
    nothing_more(cursor, errors);
    Body::Graph(graph)
}

fn nothing_more(cursor: &Cursor, errors: &mut Diagnostics) {
    if !cursor.done() {
        let at = Extent { start: cursor.span(), end: cursor.span() };
        errors.error(at, "one `network!` holds one network").help("write a second `network!` for the next one");
    }
}

/// The chain, and what may stand after it: `;` after a struct, nothing after an expression.
fn whole_chain(cursor: &mut Cursor, is_struct: bool, errors: &mut Diagnostics) -> Vec<Item> {
    if cursor.done() || cursor.is(';') {
        errors
            .error(cursor.span(), "the network is empty")
            .help("start with the shape of one sample: `Input<28, 28, 1> => Flatten => Dense<10>`");
        return vec![Item::Broken];
    }
    let chain = chain::chain(cursor, Place::Network, errors);
    let end = cursor.last_span();
    match (is_struct, cursor.eat(';')) {
        (true, None) => {
            errors.error(end, "a `;` is missing after the network");
        }
        (false, Some(span)) => {
            errors.error(span, "a network that is an expression does not end in `;`").help("leave the `;` out");
        }
        _ => {}
    }
    nothing_more(cursor, errors);
    chain
}

#[cfg(test)]
mod fuzz;
#[cfg(test)]
mod graph_tests;
#[cfg(test)]
mod statement_tests;
#[cfg(test)]
mod tests;
