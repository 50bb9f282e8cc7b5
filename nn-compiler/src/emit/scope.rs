//! Whose names are whose. The expansion stands among the user's own items, which may be called as anything in it is, and the
//! crate may be called as the user likes.
//!
//! The stages write `::nn::__rt` for the runtime, and put what the user wrote into [`users`]. Here, at the end,
//!
//! - `::nn` becomes the path of the crate in the user's;
//! - outside of blocks, where nothing but the network's own types is defined, the user's tokens stand as they are;
//! - inside of a block they would see our names. So each is a constant or a function of the network, defined before the
//!   block, and the block has its name.

use std::collections::BTreeSet;

use proc_macro2::{Delimiter, Group, Ident, Spacing, Span, TokenStream, TokenTree};
use quote::{format_ident, quote, quote_spanned};

/// Where the crate is.
pub struct Root {
    pub path: TokenStream,
    /// Whether it is the path of `#[crate(…)]`.
    pub written: bool,
}

impl Default for Root {
    fn default() -> Self {
        Root { path: quote!(::nn), written: false }
    }
}

/// What an expression of the user's is.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Users {
    /// Of type `usize`.
    Size,
    /// A value that implements `Activation`.
    Activation,
    /// A function that fills a weight.
    Initializer,
    /// A function that says what a weight costs.
    Penalty,
    /// A function that changes a weight after each step.
    Constraint,
    /// An array of elements.
    Constants,
    /// No expression: it only stands outside of blocks.
    Attributes,
    /// A type, which only stands there, too.
    Type,
}

const KINDS: [(&str, Users); 8] = [
    ("size", Users::Size),
    ("activation", Users::Activation),
    ("initializer", Users::Initializer),
    ("penalty", Users::Penalty),
    ("constraint", Users::Constraint),
    ("constants", Users::Constants),
    ("attributes", Users::Attributes),
    ("type", Users::Type),
];

/// Marks what the user wrote: in invisible brackets, behind a word that says what it is.
pub fn users(what: Users, tokens: impl quote::ToTokens) -> TokenStream {
    let word = KINDS.iter().find(|(_, kind)| *kind == what).map_or("", |(word, _)| word);
    let word = Ident::new(word, Span::call_site());
    let tokens = Group::new(Delimiter::None, tokens.into_token_stream());
    TokenTree::from(Group::new(Delimiter::None, quote!(#word #tokens))).into()
}

/// What [`users`] has marked.
fn marked(group: &Group) -> Option<(Users, TokenStream)> {
    if group.delimiter() != Delimiter::None {
        return None;
    }
    let mut inside = group.stream().into_iter();
    match (inside.next(), inside.next(), inside.next()) {
        (Some(TokenTree::Ident(word)), Some(TokenTree::Group(tokens)), None) => {
            let (_, what) = KINDS.iter().find(|(name, _)| word == name)?;
            Some((*what, tokens.stream()))
        }
        _ => None,
    }
}

/// The tokens without marks, as the user would read them.
#[cfg(test)]
pub fn plain(tokens: TokenStream) -> TokenStream {
    Scope::new(&Root::default(), Ident::new("Unnamed", Span::call_site()), quote!(f32), quote!()).outside(tokens)
}

/// The last pass over the expansion of one network.
pub struct Scope {
    /// The crate, as a path in the user's, and whether the user wrote it.
    root: TokenStream,
    written: bool,
    /// The runtime, as the blocks find it.
    runtime: TokenStream,
    /// The network, and its type of weights.
    name: Ident,
    dtype: TokenStream,
    /// The attributes of everything that is defined.
    conditions: TokenStream,
    /// What the user wrote, and the name it has in a block.
    hoisted: Vec<(String, Ident)>,
    /// Their definitions.
    definitions: TokenStream,
}

/// Where tokens will stand.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Place {
    Outside,
    Inside,
}

impl Scope {
    pub fn new(root: &Root, name: Ident, dtype: TokenStream, conditions: TokenStream) -> Self {
        let Root { path, written } = root;
        let runtime = if *written { quote!(__nn_root) } else { quote!(#path::__rt) };
        let (hoisted, definitions) = (Vec::new(), TokenStream::new());
        Scope { root: path.clone(), written: *written, runtime, name, dtype, conditions, hoisted, definitions }
    }

    /// Tokens for where the user's names are seen.
    pub fn outside(&mut self, tokens: TokenStream) -> TokenStream {
        self.resolved(tokens, Place::Outside)
    }

    /// Items for a block, where `rt` is the runtime.
    pub fn inside(&mut self, items: TokenStream) -> TokenStream {
        let items = self.resolved(items, Place::Inside);
        let locals = locals(&items);
        let Scope { runtime, conditions, .. } = self;
        // They hide the user's own types and derives of these names, and their constants, which `let` would not bind.
        quote! {
            #conditions
            #[allow(dead_code, deprecated, unused_imports, unused_variables, unused_braces)]
            #[allow(non_camel_case_types, non_snake_case)]
            const _: () = {
                use #runtime::{self as rt, Clone, Copy, Debug, Default, primitives::*};
                rt::names!(#(#locals)*);
                #items
            };
        }
    }

    /// The blocks, and before them what the user wrote: nothing of ours is seen there.
    pub fn around(self, blocks: TokenStream) -> TokenStream {
        let Scope { root, written, runtime, name, conditions, definitions, .. } = self;
        let definitions = (!definitions.is_empty()).then(|| {
            quote! {
                #conditions
                #[allow(deprecated, unused_braces)]
                const _: () = {
                    use #runtime as __nn_rt;
                    impl #name { #definitions }
                };
            }
        });
        if !written {
            return quote!(#definitions #blocks);
        }
        // A path of the user's, too.
        quote! {
            #conditions
            const _: () = {
                use #root::__rt as __nn_root;
                #definitions
                #blocks
            };
        }
    }

    fn resolved(&mut self, tokens: TokenStream, place: Place) -> TokenStream {
        let trees: Vec<TokenTree> = tokens.into_iter().collect();
        let mut resolved = TokenStream::new();
        let mut at = 0;
        while let Some(tree) = trees.get(at) {
            if let Some(span) = word_at(&trees[at..], "nn") {
                at += 3;
                if place == Place::Outside {
                    // Where the stage put it, for what rustc says of the whole path.
                    resolved.extend(self.root.clone().into_iter().map(|mut token| {
                        token.set_span(span.resolved_at(token.span()));
                        token
                    }));
                } else {
                    // `::nn::__rt` is all that is used of the crate.
                    at += 3;
                    resolved.extend([TokenTree::from(Ident::new("rt", span))]);
                }
                continue;
            }
            at += 1;
            match tree {
                TokenTree::Group(group) => match marked(group) {
                    Some((what, tokens)) if place == Place::Inside => resolved.extend(self.hoisted(what, tokens)),
                    Some((_, tokens)) => resolved.extend(tokens),
                    None => {
                        let mut inner = Group::new(group.delimiter(), self.resolved(group.stream(), place));
                        inner.set_span(group.span());
                        resolved.extend([TokenTree::from(inner)]);
                    }
                },
                tree => resolved.extend([tree.clone()]),
            }
        }
        resolved
    }

    /// The name that stands in a block for what the user wrote.
    fn hoisted(&mut self, what: Users, tokens: TokenStream) -> TokenStream {
        // With the places, since the same text may mean different things if macros wrote it.
        let key = format!("{tokens:?}");
        let known = self.hoisted.iter().find(|(other, _)| *other == key).map(|(_, name)| name.clone());
        let network = self.name.clone();
        let number = self.hoisted.len();
        let (name, definition) = match what {
            Users::Activation => {
                let name = format_ident!("__activation_{number}");
                let dtype = &self.dtype;
                // What is no activation is underlined here.
                let at = tokens.clone().into_iter().next().map_or_else(Span::call_site, |token| token.span());
                let output = quote_spanned!(at=> impl __nn_rt::activations::Activation<#dtype>);
                let definition = quote!(#[doc(hidden)] #[inline(always)] const fn #name() -> #output { #tokens });
                (name, definition)
            }
            Users::Initializer => {
                let name = format_ident!("__INITIALIZER_{number}");
                let value = quote!(__nn_rt::Initializer::Custom(#tokens));
                (name.clone(), quote!(#[doc(hidden)] const #name: __nn_rt::Initializer = #value;))
            }
            Users::Penalty => {
                let name = format_ident!("__PENALTY_{number}");
                (name.clone(), quote!(#[doc(hidden)] const #name: __nn_rt::Penalty = #tokens;))
            }
            Users::Constraint => {
                let name = format_ident!("__CONSTRAINT_{number}");
                (name.clone(), quote!(#[doc(hidden)] const #name: __nn_rt::Project = #tokens;))
            }
            Users::Constants => {
                let (name, dtype) = (format_ident!("__CONSTANTS_{number}"), &self.dtype);
                (name.clone(), quote!(#[doc(hidden)] const #name: &'static [#dtype] = &#tokens;))
            }
            Users::Size | Users::Attributes | Users::Type => {
                let name = format_ident!("__SIZE_{number}");
                (name.clone(), quote!(#[doc(hidden)] const #name: ::core::primitive::usize = { #tokens };))
            }
        };
        let name = known.unwrap_or_else(|| {
            self.hoisted.push((key, name.clone()));
            self.definitions.extend(definition);
            name
        });
        match what {
            Users::Activation => quote!(#network::#name()),
            _ => quote!(#network::#name),
        }
    }
}

/// Whether `::word` stands at the start, and where.
fn word_at(trees: &[TokenTree], word: &str) -> Option<Span> {
    match trees {
        [TokenTree::Punct(first), TokenTree::Punct(second), TokenTree::Ident(found), ..] => {
            let colons = first.as_char() == ':' && first.spacing() == Spacing::Joint && second.as_char() == ':';
            (colons && found == word).then(|| found.span())
        }
        _ => None,
    }
}

/// The names that functions of the expansion bind, beside those between the brackets of `let [a, b] = …`.
const LOCALS: &str = "buffers done dother douts dx dx_backward first folded gradients index input kept saved saved_backward list memory of \
    one other output outputs padded part pass phase rest rows sample samples scale scratch shard shards shift simd \
    spare state states statistics sums values workspace x xs y ys";

/// The names that are bound in the items.
fn locals(items: &TokenStream) -> BTreeSet<Ident> {
    let mut found = BTreeSet::new();
    collect(items.clone(), &mut found);
    found
}

fn collect(tokens: TokenStream, found: &mut BTreeSet<Ident>) {
    let mut after_let = false;
    for tree in tokens {
        match &tree {
            TokenTree::Ident(word) => {
                if LOCALS.split(' ').any(|local| word == local) {
                    found.insert(word.clone());
                }
            }
            TokenTree::Group(group) => {
                if after_let && group.delimiter() == Delimiter::Bracket {
                    let words = group.stream().into_iter();
                    found.extend(words.filter_map(|tree| match tree {
                        TokenTree::Ident(word) => Some(word),
                        _ => None,
                    }));
                }
                collect(group.stream(), found);
            }
            TokenTree::Punct(_) | TokenTree::Literal(_) => {}
        }
        after_let = matches!(&tree, TokenTree::Ident(word) if word == "let");
    }
}
