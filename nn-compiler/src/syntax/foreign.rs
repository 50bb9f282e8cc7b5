//! The attributes that mean nothing to the macro: what of them goes to the struct, and what to all that is defined beside it.

use proc_macro2::TokenStream;
use quote::{ToTokens, quote};
use syn::punctuated::Punctuated;
use syn::{Attribute, Meta, Path, Token, parse_quote};

/// What every network derives, or implements in its own way.
const IMPLEMENTED: [&str; 5] = ["Clone", "Copy", "PartialEq", "Pod", "Zeroable"];

/// The attribute for the struct, without what the macro derives anyway; `None` if nothing is left.
pub fn of_struct(mut attribute: Attribute) -> Option<Attribute> {
    attribute.meta = without_derived(attribute.meta)?;
    Some(attribute)
}

fn without_derived(meta: Meta) -> Option<Meta> {
    if let Some((condition, metas)) = conditional(&meta) {
        return joined(&condition, metas.into_iter().filter_map(without_derived).collect());
    }
    let Meta::List(list) = &meta else { return Some(meta) };
    if !list.path.is_ident("derive") {
        return Some(meta);
    }
    let Ok(traits) = list.parse_args_with(Punctuated::<Path, Token![,]>::parse_terminated) else { return Some(meta) };
    let is_kept =
        |path: &&Path| path.segments.last().is_none_or(|last| IMPLEMENTED.iter().all(|name| last.ident != name));
    let kept: Vec<&Path> = traits.iter().filter(is_kept).collect();
    match kept.len() {
        0 => None,
        all if all == traits.len() => Some(meta.clone()),
        _ => Some(parse_quote!(derive(#(#kept),*))),
    }
}

/// Whether there is a network: the attributes for everything that is defined.
pub fn conditions(attributes: &[Attribute]) -> TokenStream {
    chosen(attributes, |meta| meta.path().is_ident("cfg").then_some(meta))
}

/// What else holds for the types beside the struct: levels of lints, and whether they are documented.
pub fn of_types(attributes: &[Attribute]) -> TokenStream {
    chosen(attributes, |meta| {
        let is = |word: &str| meta.path().is_ident(word);
        if is("expect") {
            // The lint may have nothing to say of this one.
            let Meta::List(list) = &meta else { return None };
            let lints = &list.tokens;
            return Some(parse_quote!(allow(#lints)));
        }
        let hidden =
            || matches!(&meta, Meta::List(list) if list.path.is_ident("doc") && list.tokens.to_string() == "hidden");
        (["cfg", "allow", "warn", "deny", "forbid"].into_iter().any(is) || hidden()).then_some(meta)
    })
}

/// The attributes for which `choose` has one, also where they stand in a `cfg_attr`.
fn chosen(attributes: &[Attribute], choose: fn(Meta) -> Option<Meta>) -> TokenStream {
    fn of(meta: &Meta, choose: fn(Meta) -> Option<Meta>) -> Option<Meta> {
        match conditional(meta) {
            Some((condition, metas)) => joined(&condition, metas.iter().filter_map(|meta| of(meta, choose)).collect()),
            None => choose(meta.clone()),
        }
    }
    let metas = attributes.iter().filter_map(|attribute| of(&attribute.meta, choose));
    metas.map(|meta| quote!(#[#meta])).collect()
}

/// The parts of `cfg_attr(condition, …)`.
fn conditional(meta: &Meta) -> Option<(TokenStream, Vec<Meta>)> {
    let Meta::List(list) = meta else { return None };
    if !list.path.is_ident("cfg_attr") {
        return None;
    }
    let all = list.parse_args_with(Punctuated::<Meta, Token![,]>::parse_terminated).ok()?;
    let mut all = all.into_iter();
    Some((all.next()?.into_token_stream(), all.collect()))
}

fn joined(condition: &TokenStream, metas: Vec<Meta>) -> Option<Meta> {
    (!metas.is_empty()).then(|| parse_quote!(cfg_attr(#condition, #(#metas),*)))
}
