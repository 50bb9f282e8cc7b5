//! Unit structs of geometries: one for each distinct geometry of a network, so that rustc compiles a kernel once for all
//! layers that are equal.

use std::collections::HashMap;

use proc_macro2::{Delimiter, Ident, TokenStream, TokenTree};
use quote::quote;

use super::{Context, ops};

/// The structs so far.
#[derive(Default)]
pub struct Distinct {
    /// The first structs of a text, which says all but names and docs.
    first: HashMap<String, Vec<Ident>>,
    /// Other names for structs.
    names: HashMap<String, Ident>,
}

impl Distinct {
    /// The geometries of all layers of a network.
    pub fn geometries(&mut self, cx: &Context<'_>) -> Vec<TokenStream> {
        let nodes = cx.program.graph.nodes.iter();
        nodes.map(|node| self.add(ops::of(&node.op).geometry(cx, node))).collect()
    }

    /// Items that define unit structs, or other names for earlier ones where these say the same.
    pub fn add(&mut self, items: TokenStream) -> TokenStream {
        let mut own = Vec::new();
        structs(items.clone(), &mut own);
        let mut text = String::new();
        self.write(items.clone(), &own, &mut text);
        // Two macros may mean two crates by it.
        if own.is_empty() || text.contains("$crate") {
            return items;
        }
        let Some(first) = self.first.get(&text) else {
            self.first.insert(text, own);
            return items;
        };
        self.names.extend(own.iter().map(ToString::to_string).zip(first.iter().cloned()));
        // Without training there may be nobody who uses it.
        quote!(#(#[allow(unused_imports)] use #first as #own;)*)
    }

    /// The text of items: its own structs are numbers in it, others have their first names, and there are no docs.
    fn write(&self, items: TokenStream, own: &[Ident], text: &mut String) {
        let mut trees = items.into_iter().peekable();
        while let Some(tree) = trees.next() {
            match &tree {
                TokenTree::Punct(punct) if punct.as_char() == '#' && trees.peek().is_some_and(is_doc) => {
                    trees.next();
                    continue;
                }
                TokenTree::Group(group) => {
                    let [open, close] = match group.delimiter() {
                        Delimiter::Parenthesis => ["(", ")"],
                        Delimiter::Brace => ["{", "}"],
                        Delimiter::Bracket => ["[", "]"],
                        Delimiter::None => ["", ""],
                    };
                    *text += open;
                    self.write(group.stream(), own, text);
                    *text += close;
                }
                TokenTree::Ident(ident) => match own.iter().position(|own| own == ident) {
                    Some(number) => *text += &format!("#{number}"),
                    None => {
                        let word = ident.to_string();
                        *text += &self.names.get(&word).map_or(word, ToString::to_string);
                    }
                },
                other => *text += &other.to_string(),
            }
            text.push(' ');
        }
    }
}

/// Whether it is what follows the `#` of a doc comment.
fn is_doc(tree: &TokenTree) -> bool {
    let TokenTree::Group(group) = tree else { return false };
    matches!(group.stream().into_iter().next(), Some(TokenTree::Ident(word)) if word == "doc")
}

/// The names of the structs that items define.
fn structs(items: TokenStream, names: &mut Vec<Ident>) {
    let mut after = false;
    for tree in items {
        match tree {
            TokenTree::Ident(name) if after => {
                names.push(name);
                after = false;
            }
            other => after = matches!(&other, TokenTree::Ident(word) if word == "struct"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn added(distinct: &mut Distinct, items: &str) -> String {
        let tokens: TokenStream = items.parse().expect("items");
        distinct.add(tokens).to_string()
    }

    #[test]
    fn equal_items_are_there_once() {
        let distinct = &mut Distinct::default();
        let first = "#[doc = \" first\"] struct A; impl Shape for A { const N: usize = 3; }";
        let second = "#[doc = \" second\"] struct B; impl Shape for B { const N: usize = 3; }";
        assert!(added(distinct, first).contains("struct A"));
        assert_eq!(added(distinct, second), "# [allow (unused_imports)] use A as B ;");
        assert!(added(distinct, &second.replace('3', "4").replace('B', "C")).contains("struct C"));
        // What belongs to equal structs is equal.
        assert!(added(distinct, "struct ToA; impl To<A> for ToA { }").contains("struct ToA"));
        assert_eq!(
            added(distinct, "struct ToB; impl To<B> for ToB { }"),
            "# [allow (unused_imports)] use ToA as ToB ;"
        );
        assert!(added(distinct, "struct ToC; impl To<C> for ToC { }").contains("struct ToC"));
    }

    #[test]
    fn two_structs_are_two_names() {
        let distinct = &mut Distinct::default();
        let pair = "struct A; struct B; impl X for A { } impl Y for B { }";
        assert_eq!(added(distinct, pair), pair.parse::<TokenStream>().expect("items").to_string());
        let again = added(distinct, &pair.replace('A', "C").replace('B', "D"));
        assert!(again.contains("use A as C") && again.contains("use B as D"), "{again}");
        let turned = added(distinct, "struct E; struct F; impl Y for E { } impl X for F { }");
        assert!(turned.contains("struct E"), "{turned}");
    }

    #[test]
    fn items_that_do_not_define_anything_stay() {
        let distinct = &mut Distinct::default();
        assert_eq!(added(distinct, ""), "");
        assert_eq!(added(distinct, "const _ : () = () ;"), added(distinct, "const _ : () = () ;"));
    }
}
