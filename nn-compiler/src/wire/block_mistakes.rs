//! What is said about declared layers and blocks.

use crate::testing::{all_in_body, graph_mistakes, in_body};

#[test]
fn layers_that_are_none() {
    in_body(
        "let h = x => ReLU; let y = x => h;",
        "h",
        "`h` is a value, not a layer\n\
         = help: values are joined by a layer or an operator: `Add(x, h)`, `x + h`",
    );
    all_in_body(
        "let y = x => Foo<3> => [Bar; 3];",
        &[("Foo", "there is no layer `Foo`"), ("Bar", "there is no layer `Bar`")],
    );
    in_body(
        "let y = x => Input<3> => ReLU;",
        "Input<3>",
        "an input stands in the signature: `(x: Input<…>)`\n\
         = help: leave this one out",
    );
    all_in_body(
        "layer shared = Dense<3>; let y = x => shard => shared<3> => out: shared;",
        &[
            (
                "shard",
                "there is no layer `shard`\n\
             = help: did you mean `shared`?",
            ),
            (
                "3",
                "`shared` has its arguments already\n\
             = help: they stand where it is declared: `layer shared = …;`",
            ),
            (
                "out",
                "the declared layer `shared` has its name already\n\
             = help: leave the label out",
            ),
        ],
    );
    all_in_body(
        "block b(x) -> y { let y = x => ReLU; } layer s = b; layer t = s; layer u = Densse<3>; layer v = Input<3>; let y = x => s => t => u => v;",
        &[
            (
                "b",
                "`b` is a block, not a layer\n\
             = help: every `x => b` puts in a copy with weights of its own",
            ),
            (
                "s",
                "`s` is a declared layer itself\n\
             = help: `x => s` uses it; `t` needs a layer: `layer t = Dense<64>;`",
            ),
            (
                "Densse",
                "there is no layer `Densse`\n\
             = help: did you mean `Dense`?",
            ),
            (
                "Input<3>",
                "an input stands in the signature: `(x: Input<…>)`\n\
             = help: leave this one out",
            ),
        ],
    );
}

#[test]
fn blocks_in_themselves() {
    in_body(
        "block b(x) -> y { let y = x => b; } let y = x => b;",
        "b",
        "the block `b` uses itself\n\
         = help: a copy would hold copies without end; to stack some, repeat it where it is used: `[b; 3]`",
    );
    in_body(
        "block b(x) -> y { let y = x => c; } block c(x) -> y { let y = x => ReLU => b; } let y = x => c => b;",
        "c",
        "the block `c` uses itself, by way of `b`\n\
         = help: a copy would hold copies without end; to stack some, repeat it where it is used: `[c; 3]`",
    );
}

#[test]
fn what_goes_into_a_block() {
    all_in_body(
        "block b<const F: usize>(x, w) -> (y, z) { let y = x => Dense<F>; let z = w => ReLU; } let y = x => b<3>;",
        &[
            (
                "b<3>",
                "the block `b` takes 2 values, but 1 goes in here\n\
             = help: `b<F>(x, w)`: all of its values stand in its call",
            ),
            (
                "b<3>",
                "the block `b` gives 2 values, but 1 is taken\n\
             = help: `let (y, z) = …;`, with `_` for what is dropped",
            ),
        ],
    );
    in_body(
        "block b<const F: usize>(x) -> (y, z) { let y = x => Dense<F>; let z = x => ReLU; } let (a, b, c) = x => b<3>; let y = Add(a, b, c);",
        "(a, b, c)",
        "the block `b` gives 2 values, but 3 are taken\n\
         = help: `let (y, z) = …;`, with `_` for what is dropped",
    );
    all_in_body(
        "block b(x) -> y { let y = x => ReLU; } let (a, _) = b(x, x); let y = a => b<3>;",
        &[
            (
                "(a, _)",
                "the block `b` gives 1 value, but 2 are taken\n\
             = help: `let y = …;`",
            ),
            (
                "b(x, x)",
                "the block `b` takes 1 value, but 2 go in here\n\
             = help: `b(x)`",
            ),
            (
                "3",
                "the block `b` has no parameter\n\
             = help: `b(x)`",
            ),
        ],
    );
    all_in_body(
        "block b<const F: usize, const S: usize>(x) -> y { let y = x => Conv2D<F, S>; } let y = x => b<3> => b<3, 4, 5> => b<S = 3, f = 4>;",
        &[
            (
                "b<3>",
                "the block `b` needs `S`\n\
             = help: `b<F, S>(x)`",
            ),
            (
                "5",
                "the block `b` has 2 parameters\n\
             = help: `b<F, S>(x)`",
            ),
            (
                "f",
                "the block `b` has no parameter `f`\n\
             = help: did you mean `F`?",
            ),
        ],
    );
    all_in_body(
        "block b<const F: usize>(x) -> y { let y = x => Dense<F>; } let y = x => b<(3, 4)> => b<-1> => b<F = 3, F = 4>;",
        &[
            (
                "(3, 4)",
                "`F` of the block `b` takes a size, not `(3, 4)`\n\
             = help: a size is an integer, the path of a `const` or a block: `{ 2 * N }`",
            ),
            (
                "-1",
                "`F` of the block `b` takes a size, not `-1`\n\
             = help: a size is an integer, the path of a `const` or a block: `{ 2 * N }`",
            ),
            ("4", "the parameter `F` stands here twice"),
        ],
    );
    all_in_body(
        "block b<const N: usize>(x) -> y { let y = x => [Dense<3>; N]; } let y = x => b<0> => b<M>;",
        &[
            (
                "0",
                "a repeat of 0 layers is nothing\n\
             = help: leave it out, or repeat at least once",
            ),
            (
                "M",
                "the count of a repeat is a number, not a constant\n\
             = help: write the number here\n\
             = note: the macro writes code and a field for each copy, and it runs before constants have values",
            ),
        ],
    );
}

#[test]
fn words_that_rust_keeps() {
    let message = |word: &str, what: &str| {
        format!("`{word}` cannot be the name of {what}: Rust keeps this word\n= help: `{word}_` would do")
    };
    let network = "(r#type: Input<4>) -> y {
        layer r#fn = Dense<3>;
        block r#mod<const r#use: usize>(r#in) -> r#let { let r#let = r#in => r#as: Dense<r#use>; }
        let y = r#type => r#fn => r#mod<3> => r#if: r#mod<3> => r#fn;
    }";
    let found = graph_mistakes(network);
    let expected = [
        ("r#type", message("type", "an input")),
        ("r#fn", message("fn", "a layer")),
        ("r#mod", message("mod", "a block")),
        ("r#use", message("use", "a parameter")),
        ("r#in", message("in", "an input")),
        ("r#let", message("let", "an output")),
        ("r#let", message("let", "a value")),
        ("r#as", message("as", "a layer")),
        ("r#if", message("if", "a copy of a block")),
    ];
    let expected = expected.map(|(place, message)| (place.to_string(), message));
    assert_eq!(found, expected);
}
