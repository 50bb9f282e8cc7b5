//! What can be read, and what is said about what cannot.

use proc_macro2::{Delimiter, Group, TokenStream, TokenTree};
use quote::quote;

use super::*;
use crate::syntax::ast::{Budget, Dtype};
use crate::testing::{fine, mistake, mistakes};

fn read(tokens: TokenStream) -> Network {
    let mut errors = Diagnostics::default();
    let network = parse(tokens, &mut errors);
    let reports = errors.finish();
    assert!(reports.is_empty(), "{}", reports[0].message());
    network.expect("a network")
}

#[test]
fn the_header() {
    let network = read(quote! {
        /// Reads digits.
        #[dtype(f64)]
        #[budget(params <= 61_706, workspace <= 16 KiB, macs <= 300_000)]
        #[allow(dead_code)]
        pub(crate) struct Digits = Input<4> => Dense<2>;
    });
    let header = network.header;
    assert_eq!(header.name.unwrap(), "Digits");
    assert!(matches!(header.vis, Visibility::Restricted(_)));
    assert_eq!(header.dtype, Dtype::F64);
    assert_eq!(header.attrs.len(), 2);
    let limits: Vec<_> = header.budget.iter().map(|limit| (limit.what, limit.most)).collect();
    assert_eq!(limits, [(Budget::Params, 61_706), (Budget::Workspace, 16_384), (Budget::Macs, 300_000)]);
}

#[test]
fn layers_are_shown_evenly_spaced() {
    let net = fine(
        "Input<8,8,2>=>Conv2D<4,(3,4),strides=(2,1),padding=same>=>Flatten=>Dense<10_000,activation=leaky_relu(0.1),kernel_constraint=max_norm(2.0)>=>Dense<{N*2}>",
    );
    let texts: Vec<_> = net.graph.layers().map(|(node, _)| node.text.as_str()).collect();
    let expected = [
        "Conv2D<4, (3, 4), strides = (2, 1), padding = same>",
        "Flatten",
        "Dense<10_000, activation = leaky_relu(0.1), kernel_constraint = max_norm(2.0)>",
        "Dense<{ N * 2 }>",
    ];
    assert_eq!(texts, expected);
}

#[test]
fn values_of_every_kind() {
    fine("Input<8, 8, 2> => Conv2D<{ 2 + 2 }, (3), kernel_initializer = ::my::init, bias_initializer = ones()>");
    fine(
        "Input<8, 8, N> => Conv2D<self::N, (3, { N },), strides = ((1), 2)> => ReLU<max_value = 6., threshold = 1e-3>",
    );
    let pair = "`kernel_size` of `Conv2D` takes one size, or height and width, not `(3,)`\n= help: `3` or `(3, 4)`";
    mistake("Input<8, 8, 2> => Conv2D<4, (3,)>", "(3,)", pair);
}

/// `macro_rules!` hands expressions on in invisible brackets.
#[test]
fn invisible_brackets_do_not_matter() {
    let hidden = |tokens: TokenStream| TokenTree::from(Group::new(Delimiter::None, tokens));
    let (sum, number, layer) = (hidden(quote!(2 + 3)), hidden(quote!(-1)), hidden(quote!(Dense<4>)));
    let network = read(quote!(Input<#sum, 4> => Reshape<#number> => #layer));
    let texts = network.chain().iter().map(|item| match item {
        Item::Layer { call, .. } => call.text.clone(),
        _ => String::new(),
    });
    assert_eq!(texts.collect::<Vec<_>>(), ["Input<{ 2 + 3 }, 4>", "Reshape<-1>", "Dense<4>"]);
}

#[test]
fn links() {
    mistake("Input<3, 4, 2> Dense<3> => ReLU", "Dense", "a `=>` is missing before `Dense`");
    mistake("Input<3> -> Dense<3>", "->", "layers are chained with `=>`, not `->`\n= help: write `=>`");
    mistake("Input<3> => Dense<2> =>", "=>", "no layer follows this `=>`");
    mistake("Input<3> => => Dense<2>", "=", "expected a layer, found `=>`");
    mistake("Input<3> => Dense<3>, Dense<4>", ",", "expected `=>` or the end of the network, found `,`");
    mistake("Input<3> => Dense<3> => 5", "5", "expected a layer, found `5`");
    mistake(
        "Input<3> => Dense<4> + Dense<3>",
        "+",
        "`+` stands between values, and a chain has no names for them\n\
         = help: with names: `struct Name(x: Input<4>) -> y { let y = (x => Dense<4>) + x; }`",
    );
    mistake(
        "Input<3> => Concatenate<axis = -1>(a, b)",
        "Concatenate<axis = -1>(a, b)",
        "`Concatenate` takes values by name, and a chain has no names for them\n\
         = help: with names: `struct Name(a: Input<4>, b: Input<4>) -> y { let y = Concatenate(a, b); }`",
    );
}

#[test]
fn the_frame() {
    let start = "\n= help: start with the shape of one sample: `Input<28, 28, 1> => Flatten => Dense<10>`";
    mistake("", "", &format!("the network is empty{start}"));
    mistake("struct A = ;", ";", &format!("the network is empty{start}"));
    mistake("struct A = Input<3> => Dense<2>", ">", "a `;` is missing after the network");
    mistake(
        "Input<3> => Dense<2>;",
        ";",
        "a network that is an expression does not end in `;`\n= help: leave the `;` out",
    );
    mistake(
        "struct A = Input<3> => Dense<2>; struct B = Input<3> => Dense<2>;",
        "struct",
        "one `network!` holds one network\n= help: write a second `network!` for the next one",
    );
    let expected = "expected `=` after the name of the network\n= help: `struct Name = Input<…> => … => …;`";
    mistake("struct A Input<3> => Dense<2>;", "Input", expected);
    mistake("struct A => Input<3> => Dense<2>;", "=", expected);
    mistake(
        "struct A<const N: usize> = Input<3> => Dense<2>;",
        "<",
        "a network has no generic parameters\n= help: sizes may be the paths of `const`s: `Dense<CLASSES>`",
    );
    mistake("pub Input<3> => Dense<3>", "Input", "expected `struct`: `pub struct Name = Input<…> => …;`");
    mistake("struct 3 = Input<3>;", "3", "expected identifier");
}

#[test]
fn brackets() {
    mistake(
        "struct A = Input<3> => Dense<2, => ReLU;",
        "<",
        "this `<` is never closed\n= help: a `>` is missing before the next layer",
    );
    mistake(
        "Input<3> => Dense(4)",
        "Dense(4)",
        "the arguments of `Dense` stand in `<…>`, not in parentheses\n= help: `Dense<4>`",
    );
    mistake("Input<3> => Dense::<4>", ":", "no `::` stands between a layer and its arguments");
    mistake(
        "Input<3> => keras::Dense<4>",
        "keras",
        "a layer has a plain name, not a path\n= help: `Dense<10>`; nothing has to be imported",
    );
}

#[test]
fn repeats() {
    let example = "\n= help: `[Dense<64, activation = relu>; 3]`";
    mistake("Input<3> => [Dense<4>]", "[Dense<4>]", &format!("a repeat needs its count{example}"));
    mistake("Input<3> => [; 3]", "[; 3]", &format!("there is nothing to repeat{example}"));
    mistake("Input<3> => [Dense<4>; 3 4]", "4", "expected `]` after the count, found `4`");
    mistake(
        "Input<3> => x: [Dense<4>; 3]",
        "[Dense<4>; 3]",
        "expected a layer after the label `x`, found `[…]`\n\
         = help: a label names one layer; in a repeat it counts on: `[x: Dense<64>; 3]`",
    );
}

#[test]
fn values() {
    mistake("Input<4> => Dense<3u32>", "3u32", "a number has no type here: `u32`\n= help: write `3`");
    mistake("Input<4> => Dense<3.0f64>", "3.0f64", "a number has no type here: `f64`\n= help: write `3.0`");
    mistake(
        "Input<8> => Dense<6, activation = \"relu\">",
        "\"relu\"",
        "a value is a word, not a string\n= help: write `relu`, without quotes",
    );
    mistake("Input<4> => Dropout<1e999>", "1e999", "this number is too large");
    let huge = "9".repeat(50);
    mistake(&format!("Input<4> => Dense<{huge}>"), &huge, "this number is too large");
    mistake("Input<3> => Dense<2 * N>", "*", "an expression as a value stands in braces\n= help: `{ 2 * N }`");
    mistake("Input<3> => Dense<[3]>", "[3]", "several values stand in parentheses, not in brackets\n= help: `(3)`");
    mistake("Input<3> => Dense<units = >", ">", "expected a value, found `>`");
    mistake("Input<3> => Dense<3,,>", ",", "expected a value, found `,`");
    mistake(
        "Input<3> => Dense<3, activation: relu>",
        ":",
        "a `:` does not name an option\n= help: `activation = relu`",
    );
    mistake("Input<3> => Dense<3 4>", "4", "expected `,` or `>`, found `4`");
    mistake("Input<3> => Dense<'c'>", "'c'", "`'c'` is no value here");
    mistake("Input<3> => Dense<-N>", "-", "expected a number after `-`, found `N`");
    mistake("Input<3> => Dense<a::>", ">", "expected a name, found `>`");
}

#[test]
fn attributes() {
    mistake(
        "#[dtype(f16)] Input<3> => Dense<3>",
        "f16",
        "a network's dtype is `f32` or `f64`, not `f16`\n\
         = help: weights and activations are floats; the input's own type is `Input<…, dtype = …>`",
    );
    mistake(
        "#[crate(3)] struct A = Input<3> => Dense<3>;",
        "3",
        "the crate is a path\n= help: `#[crate(crate::path::to::nn)]`",
    );
    mistake(
        "#[dtype(f64)] #[dtype(f32)] struct A = Input<3> => Dense<3>;",
        "#[dtype(f32)]",
        "`#[dtype(…)]` stands here twice",
    );
    mistake(
        "/// Words.\nInput<3> => Dense<3>",
        "/// Words.",
        "a network that is an expression takes no such attribute\n= help: give the network a name: `struct Name = …;`",
    );
}

#[test]
fn budgets() {
    let network = |budget: &str| format!("#[budget({budget})] struct A = Input<3> => Dense<3>;");
    mistake(
        &network("parms <= 3"),
        "parms",
        "a budget limits `params`, `workspace` or `macs`, not `parms`\n= help: did you mean `params`?",
    );
    mistake(&network("params <= 3 KiB"), "KiB", "only `workspace` is measured in bytes");
    mistake(
        &network("workspace <= 3 KB"),
        "KB",
        "a unit is `B`, `KiB`, `MiB` or `GiB`, not `KB`\n= help: did you mean `KiB`?",
    );
    mistake(&network("workspace <= 3KiB"), "3KiB", "write the number and its unit apart: `3 KiB`");
    mistake(&network("params < 3"), "<", "expected `<=`");
    mistake(&network("params <= 3, params <= 4"), "params <= 4", "this limit stands here twice");
    mistake(&network("params <= 99999999999999999999"), "99999999999999999999", "this limit is too large");
    mistake(
        &network(""),
        "#[budget()]",
        "the budget is empty\n= help: `#[budget(params <= 61_706, workspace <= 16 KiB, macs <= 300_000)]`",
    );
}

#[test]
fn arguments_of_values_have_no_names() {
    mistake(
        "Input<3> => Dense<3, kernel_constraint = max_norm(1.0, axis = 1)>",
        "axis",
        "`axis` is an argument's name, and values have none\n\
         = help: the arguments of a value stand in Keras' order: `normal(0.0, 0.02)`",
    );
}

#[test]
fn all_mistakes_are_reported_in_their_order() {
    let found = mistakes("struct A = Input<28, 28, 1> -> Con2D<6, 3> => Dense<0> Dense<3, foo = 1> => Pool<2>");
    let places: Vec<_> = found.iter().map(|(place, _)| place.as_str()).collect();
    assert_eq!(places, ["->", "Con2D", "0", "Dense", "foo", "Pool", ">"]);
}
