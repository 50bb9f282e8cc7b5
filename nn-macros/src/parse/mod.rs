//! Tokens → `ast::Network`.

pub mod ast;
mod attributes;
mod chain;
mod cursor;
pub mod text;
mod value;

use proc_macro2::{Ident, Span, TokenStream};
use syn::parse::{ParseStream, Parser};
use syn::{Attribute, Token, Visibility, token};

use crate::diagnostics::{Diagnostics, Extent};
use crate::layers::later;
use ast::{Body, Header, Item, Network};
use cursor::Cursor;

/// Reads a network. `None` if not even its name could be read.
pub fn parse(tokens: TokenStream, errors: &mut Diagnostics) -> Option<Network> {
    let last = tokens.clone().into_iter().last().map_or_else(Span::call_site, |token| token.span());
    let parsed = (|input: ParseStream| header(input, errors)).parse2(tokens);
    match parsed {
        Ok((header, Rest::Chain(rest))) => {
            let mut cursor = Cursor::new(rest, last);
            let chain = whole_chain(&mut cursor, header.name.is_some(), errors);
            Some(Network { header, body: Body::Chain(chain) })
        }
        Ok((header, Rest::Broken)) => Some(Network { header, body: Body::Chain(vec![Item::Broken]) }),
        Err(error) => {
            errors.syntax(&error);
            None
        }
    }
}

/// What follows the header.
enum Rest {
    Chain(TokenStream),
    /// What has been reported.
    Broken,
}

fn header(input: ParseStream, errors: &mut Diagnostics) -> syn::Result<(Header, Rest)> {
    let attributes = input.call(Attribute::parse_outer)?;
    let vis: Visibility = input.parse()?;
    let name = match input.peek(Token![struct]) {
        true => {
            input.parse::<Token![struct]>()?;
            Some(input.parse::<Ident>()?)
        }
        false if matches!(vis, Visibility::Inherited) => None,
        false => return Err(input.error("expected `struct`: `pub struct Name = Input<…> => …;`")),
    };
    let is_struct = name.is_some();
    let header = attributes::read(attributes, vis, name, errors);
    let fits = if is_struct { after_name(input, errors)? } else { no_graph(input, errors) };
    let rest = input.parse::<TokenStream>()?;
    Ok((header, if fits { Rest::Chain(rest) } else { Rest::Broken }))
}

/// Between the name and the chain stands `=`; a parenthesis there opens a graph.
fn after_name(input: ParseStream, errors: &mut Diagnostics) -> syn::Result<bool> {
    if input.peek(token::Paren) || input.peek(token::Brace) {
        let problem = later::not_yet("a network with named inputs (`struct Name(x: Input<…>) -> y { … }`)");
        errors.error(input.span(), problem).help("write a chain: `struct Name = Input<…> => … => …;`");
        return Ok(false);
    }
    if input.peek(Token![<]) {
        errors
            .error(input.span(), "a network has no generic parameters")
            .help("sizes may be the paths of `const`s: `Dense<CLASSES>`");
        return Ok(false);
    }
    if input.peek(Token![=]) && !input.peek(Token![=>]) && !input.peek(Token![==]) {
        input.parse::<Token![=]>()?;
        return Ok(true);
    }
    errors
        .error(input.span(), "expected `=` after the name of the network")
        .help("`struct Name = Input<…> => … => …;`");
    if input.peek(Token![=>]) {
        input.parse::<Token![=>]>()?;
    }
    Ok(true)
}

/// `Name(x: Input<4>) -> y { … }`, the expression form of a graph.
fn no_graph(input: ParseStream, errors: &mut Diagnostics) -> bool {
    let graph = input.peek(syn::Ident) && input.peek2(token::Paren) && input.peek3(Token![->]);
    if graph {
        errors.error(input.span(), later::not_yet("a network with named inputs"));
    }
    !graph
}

/// The chain, and what may stand after it: `;` after a struct, nothing after an expression.
fn whole_chain(cursor: &mut Cursor, is_struct: bool, errors: &mut Diagnostics) -> Vec<Item> {
    if cursor.done() || cursor.is(';') {
        errors
            .error(cursor.span(), "the network is empty")
            .help("start with the shape of one sample: `Input<28, 28, 1> => Flatten => Dense<10>`");
        return vec![Item::Broken];
    }
    let chain = chain::chain(cursor, errors);
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
    if !cursor.done() {
        let at = Extent { start: cursor.span(), end: cursor.span() };
        errors.error(at, "one `network!` holds one network").help("write a second `network!` for the next one");
    }
    chain
}

#[cfg(test)]
mod fuzz;
#[cfg(test)]
mod tests;
