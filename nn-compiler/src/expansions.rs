//! The expansions in `tests/expand/`, which people have read: a change shows there before it ships.
//!
//! Each `NAME.network` holds what stands between the braces of `network!`; `NAME.rs` is what becomes
//! of it. `NN_EXPAND=write cargo test -p nn-compiler expansions` writes them anew, for review.

use std::collections::HashSet;
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

/// The same for layers that the reviewed networks have not.
#[test]
fn every_name_that_is_bound_is_free() {
    let networks = [
        "struct A(x: Input<6, 4>, m: Input<6, 4>) -> (a, b, c, d) {
            let a = x => Bidirectional<LSTM<3>, merge_mode = sum>;
            let b = Concatenate(x, m) => Bidirectional<GRU<3, return_sequences = true>> => TimeDistributed<Dense<2>>;
            let (h, _, _) = x + m => LSTM<4, return_sequences = true, return_state = true>;
            let c = Dot<axes = -1>(h, x) => Softmax<axis = 1> => GlobalMaxPool1D;
            let d = MultiHeadAttention<2, 3>(h, m) => LayerNormalization => PReLU => Flatten;
        }",
        "#[stream] struct B = Input<9, 4> => Conv1D<4, 3, padding = causal> => Dropout<0.1>
            => BatchNormalization => RMSNormalization => SimpleRNN<4, return_sequences = true> => Dense<3>;",
        "struct C = Input<9, 9, 4> => SeparableConv2D<4, 3, padding = same, strides = 2> => BatchNormalization
            => ZeroPadding2D => Conv2D<4, 3, padding = same> => UpSampling2D<2> => Cropping2D<1> => GroupNormalization<2>
            => AvgPool2D<2> => Dropout<0.1> => Permute<2, 1, 3> => GlobalAvgPool2D => RepeatVector<3>;",
        "struct D(ids: Input<6, dtype = u32>) -> y {
            let y = ids => Embedding<9, 4, mask_zero = true> => LSTM<3, stateful = true>;
        }",
        "struct F(x: Input<6, 4>, ids: Input<3, dtype = u32>, bytes: Input<4, 4, 2, dtype = u8>) -> (a, b, c) {
            weight w: [4] = ones;
            let a = Stack(Sum<axis = 2>(x), Max<2>(x), Prod<2>(x), Norm<2>(x), ArgMax<axis = 2>(x)) => CumSum<1> => Pad<1, mode = edge>;
            let b = Take<axis = 1>(x * w, ids) + OneHot<4>(ids) * Cast<float>(ids)[0];
            let c = bytes / 255 => Resizing<3, 5>;
        }",
        "struct G = Input<6, 4> => Custom<A, stateful = true> => Lambda<B, output = 6> => Dense<2, kernel_regularizer = a::b>;",
        "struct E = Input<700> => Dense<700> => BatchNormalization => Dense<700, activation = relu> => Dense<3>;",
    ];
    for network in networks {
        let expansion = expand(network);
        assert!(!expansion.contains("compile_error"), "{expansion}");
    }
}

/// What the macro makes of `source`, formatted.
fn expand(source: &str) -> String {
    let tokens: TokenStream = source.parse().expect("a network that lexes");
    let mut file: syn::File = syn::parse2(crate::expand(tokens, crate::NO_FILES)).expect("an expansion that parses");
    Unwrap.visit_file_mut(&mut file);
    all_bound_names_are_free(&mut file);
    prettyplease::unparse(&file)
}

/// Whatever a pattern binds is among the names of the block's `names!`, so that no constant of the user's is compared with.
#[track_caller]
fn all_bound_names_are_free(file: &mut syn::File) {
    #[derive(Default)]
    struct Names {
        free: HashSet<String>,
        bound: HashSet<String>,
    }
    impl VisitMut for Names {
        fn visit_macro_mut(&mut self, call: &mut syn::Macro) {
            if call.path.segments.iter().any(|segment| segment.ident == "names") {
                self.free.extend(call.tokens.clone().into_iter().map(|name| name.to_string()));
            }
        }
        fn visit_pat_ident_mut(&mut self, bound: &mut syn::PatIdent) {
            self.bound.insert(bound.ident.to_string());
        }
    }
    let mut names = Names::default();
    names.visit_file_mut(file);
    let missing: Vec<&String> = names.bound.difference(&names.free).collect();
    assert!(missing.is_empty(), "{missing:?} are bound, but are not in `emit::scope::LOCALS`");
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
