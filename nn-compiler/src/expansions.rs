//! The expansions in `tests/expand/`, which people have read: a change shows there before it ships.
//!
//! Each `NAME.network` holds what stands between the braces of `network!`; `NAME.rs` is what becomes
//! of it. `NN_EXPAND=write cargo test -p nn-compiler expansions` writes them anew, for review.

use std::fs;
use std::path::{Path, PathBuf};

use proc_macro2::TokenStream;
use syn::visit_mut::{self, VisitMut};

#[test]
fn expansions_are_those_reviewed() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../tests/expand");
    let mut networks: Vec<PathBuf> = fs::read_dir(&folder)
        .expect("the folder of reviewed expansions is part of the repository")
        .filter_map(|entry| Some(entry.ok()?.path()))
        .filter(|path| path.extension().is_some_and(|extension| extension == "network"))
        .collect();
    networks.sort();
    assert!(networks.len() >= 4, "the reviewed expansions are missing from {}", folder.display());
    for network in networks {
        let source = fs::read_to_string(&network).expect("a readable file");
        let expansion = expand(&source);
        let reviewed = network.with_extension("rs");
        if std::env::var_os("NN_EXPAND").is_some() {
            fs::write(&reviewed, &expansion).expect("a writable folder");
        }
        let expected = fs::read_to_string(&reviewed).unwrap_or_default();
        assert!(expansion == expected, "{} is not what was reviewed:\n{expansion}", reviewed.display());
    }
}

/// What the macro makes of `source`, formatted.
fn expand(source: &str) -> String {
    let tokens: TokenStream = source.parse().expect("a network that lexes");
    let mut file: syn::File = syn::parse2(crate::expand(tokens)).expect("an expansion that parses");
    Unwrap.visit_file_mut(&mut file);
    prettyplease::unparse(&file)
}

/// Puts the items of `if_std!` and `if_alloc!` where the macro stands, so that they are formatted too.
struct Unwrap;

impl VisitMut for Unwrap {
    fn visit_block_mut(&mut self, block: &mut syn::Block) {
        let statements = std::mem::take(&mut block.stmts);
        for statement in statements {
            match statement {
                syn::Stmt::Macro(call) if call.mac.path.segments.iter().any(|segment| segment.ident == "if_std") => {
                    let items: syn::File = syn::parse2(call.mac.tokens).expect("items");
                    block.stmts.extend(items.items.into_iter().map(syn::Stmt::Item));
                }
                other => block.stmts.push(other),
            }
        }
        visit_mut::visit_block_mut(self, block);
    }

    fn visit_item_impl_mut(&mut self, item: &mut syn::ItemImpl) {
        for part in std::mem::take(&mut item.items) {
            match part {
                syn::ImplItem::Macro(call) => {
                    let function = syn::parse2(call.mac.tokens).expect("an associated item");
                    item.items.push(function);
                }
                other => item.items.push(other),
            }
        }
        visit_mut::visit_item_impl_mut(self, item);
    }
}
