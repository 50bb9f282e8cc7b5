//! What is said about names of values, inputs, outputs and layers.

use crate::testing::{all, all_in_body, graph_mistake, in_body};

#[test]
fn what_nothing_uses() {
    in_body(
        "let a = x => Dense<3>; let y = x => ReLU;",
        "a",
        "the value `a` is never used\n\
         = help: leave it out",
    );
    in_body(
        "let a = x => Dense<3>; let a = x => Dense<4>; let y = a => ReLU;",
        "a",
        "the value `a` is never used\n\
         = help: leave it out",
    );
    all_in_body(
        "let (a, b, _c) = x => LSTM<3>; let y = b => ReLU;",
        &[
            (
                "a",
                "the value `a` is never used\n\
             = help: drop this result with `_`",
            ),
            (
                "_c",
                "the value `_c` is never used\n\
             = help: drop this result with `_`",
            ),
        ],
    );
    graph_mistake(
        "struct A(x: Input<4>, _w: Input<3>) -> y { let y = x => ReLU; }",
        "_w",
        "the input `_w` is never read\n\
         = help: leave it out",
    );
    in_body(
        "let _ = x => ReLU; let y = x => ReLU;",
        "_",
        "all of this value is dropped, so its layers do nothing\n\
         = help: leave the line out",
    );
    in_body(
        "let (_, _) = x => LSTM<3>; let y = x => ReLU;",
        "(_, _)",
        "all of this value is dropped, so its layers do nothing\n\
         = help: leave the line out",
    );
    in_body(
        "layer s = Dense<3>; let y = x => ReLU;",
        "s",
        "the layer `s` is never used\n\
         = help: leave it out",
    );
    all_in_body(
        "block b<const N: usize>(x, w) -> y { let a = x => ReLU; let y = x => ReLU; } let y = b<3>(x, x) => b<4>(x);",
        &[
            (
                "N",
                "the parameter `N` is never used\n\
             = help: leave it out",
            ),
            (
                "w",
                "the input `w` is never read\n\
             = help: leave it out",
            ),
            (
                "a",
                "the value `a` is never used\n\
             = help: leave it out",
            ),
            (
                "b<4>(x)",
                "`b` takes its value from before the `=>` here, not from parentheses\n\
             = help: all of its values stand in its call: `b(…, x)`",
            ),
        ],
    );
    all_in_body(
        "block b(x) -> y { let a = x => ReLU; let y = x => Con2D; } let y = x => ReLU;",
        &[
            (
                "b",
                "the block `b` is never used\n\
             = help: `x => b` puts a copy in; or leave it out",
            ),
            (
                "a",
                "the value `a` is never used\n\
             = help: leave it out",
            ),
            (
                "Con2D",
                "there is no layer `Con2D`\n\
             = help: did you mean `Conv2D`?",
            ),
        ],
    );
    graph_mistake(
        "struct A(x: Input<4>, z: Input<4>) -> y { block two(a, b) -> (c, d) { let c = a => ReLU; let d = b => ReLU; } let (y, _) = two(x, z); }",
        "z",
        "no output depends on the input `z`\n\
         = help: leave it out: what reads it is dropped",
    );
}

#[test]
fn values_without_a_definition() {
    in_body(
        "let y = h => ReLU; let h = x => Dense<3>;",
        "h",
        "`h` is used before it is defined\n\
         = help: it is defined further down: move that up",
    );
    all_in_body(
        "let y = y => ReLU; let z = x + y;",
        &[
            (
                "y",
                "`y` is used before it is defined\n\
             = help: a value cannot depend on itself",
            ),
            (
                "z",
                "the value `z` is never used\n\
             = help: leave it out",
            ),
        ],
    );
    graph_mistake(
        "struct A(x: Input<4>) -> out { let hidden = x => Dense<3>; let out = hiden => ReLU; }",
        "hiden",
        "there is no value `hiden`\n\
         = help: did you mean `hidden`?",
    );
    graph_mistake(
        "struct A(x: Input<4>) -> out { let ot = x => Dense<3>; }",
        "out",
        "the output `out` is never defined\n\
         = help: did you mean `ot`?",
    );
    graph_mistake(
        "struct A(x: Input<4>) -> (y, out) { let y = x => Dense<3>; }",
        "out",
        "the output `out` is never defined\n\
         = help: `let out = …;`",
    );
    in_body(
        "let y = N => ReLU;",
        "N",
        "there is no value `N`\n\
         = help: a size stands in `<…>`: `Dense<CLASSES>`",
    );
    in_body(
        "let y = Flatten;",
        "Flatten",
        "`Flatten` is a layer, not a value\n\
         = help: a value goes into it: `x => Flatten`",
    );
    in_body(
        "layer h = Dense<3>; let y = h => ReLU;",
        "h",
        "`h` is a layer, not a value\n\
         = help: a value goes into it: `x => h`",
    );
    in_body("block b(x) -> y { let y = x + q; } let y = x => b => b;", "q", "there is no value `q`");
    in_body(
        "let h = x => Dense<3>; block b(x) -> y { let y = x + h; } let y = x => b;",
        "h",
        "the value `h` is not known inside of this block\n\
         = help: a block sees its inputs alone: hand the value to it as one more input",
    );
    in_body(
        "let (a, b) = x; let y = a + b;",
        "(a, b)",
        "`x` is one value, not 2\n\
         = help: several values come from a layer or a block: `let (y, h) = x => GRU<4, return_state = true>;`",
    );
}

#[test]
fn names_that_clash() {
    all(
        "struct A(x: Input<4>, x: Input<3>) -> y { let y = x => ReLU; }",
        &[(
            "x",
            "two inputs are called `x`\n\
             = help: every input has its own name",
        )],
    );
    all_in_body(
        "layer a = Dense<3>; layer a = Dense<4>; block a(x) -> y { let y = x => ReLU; } let y = x => a;",
        &[
            (
                "a",
                "two layers are called `a`\n\
             = help: every layer has its own name",
            ),
            (
                "a",
                "a layer and a block are both called `a`\n\
             = help: rename one of them",
            ),
        ],
    );
    all_in_body(
        "block b(x) -> y { let y = x => ReLU; } block b(x) -> y { let y = x => Tanh; } layer b = Dense<3>; let y = x => b;",
        &[
            (
                "b",
                "two blocks are called `b`\n\
             = help: every block has its own name",
            ),
            (
                "b",
                "a layer and a block are both called `b`\n\
             = help: rename one of them",
            ),
        ],
    );
    all_in_body(
        "block Dense(x) -> y { let y = x => ReLU; } layer LSTM = Dense<3>; let y = x => Dense<3> => LSTM<2>;",
        &[
            (
                "Dense",
                "`Dense` is the name of a layer of the language\n\
             = help: give the block a name of its own",
            ),
            (
                "LSTM",
                "`LSTM` is the name of a layer of the language\n\
             = help: give the layer a name of its own",
            ),
        ],
    );
    in_body(
        "let (a, a) = x => LSTM<3>; let y = a => ReLU;",
        "a",
        "two values are called `a`\n\
         = help: every value has its own name",
    );
    in_body(
        "let y = x => dense: Dense<3> => Dense<3>;",
        "dense",
        "`dense` is also the name that `Dense<3>` without a label gets\n\
         = help: choose another label here, or label that `Dense<3>` too",
    );
    in_body(
        "layer dense = Dense<3>; let y = x => dense => Dense<3>;",
        "dense",
        "`dense` is also the name that `Dense<3>` without a label gets\n\
         = help: choose another label here, or label that `Dense<3>` too",
    );
    in_body(
        "block b(x) -> y { let y = x => Dense<3>; } let y = x => b => b_1_dense: Dense<3>;",
        "b_1_dense",
        "`b_1_dense` is also the name that `Dense<3>` without a label gets\n\
         = help: choose another label here, or label that `Dense<3>` too",
    );
    in_body(
        "block b(x) -> y { let y = x => Dense<3>; } let y = x => a: b => a: b;",
        "a",
        "the label `a` stands here twice\n\
         = help: every copy has its own name, as every layer has",
    );
    in_body(
        "layer a = Dense<3>; let y = x => a => a_use_2: Dense<3> => a;",
        "a_use_2",
        "`a_use_2` is also the name that another use of the layer `a` gets\n\
         = help: choose another label here",
    );
    all(
        "struct A(type: Input<4>) -> self { let fn = type => ReLU; let self = fn => Dense<3>; }",
        &[
            (
                "type",
                "`type` cannot be the name of an input: Rust keeps this word\n\
             = help: `type_` would do",
            ),
            (
                "self",
                "`self` cannot be the name of an output: Rust keeps this word\n\
             = help: `self_` would do",
            ),
            (
                "fn",
                "`fn` cannot be the name of a value: Rust keeps this word\n\
             = help: `fn_` would do",
            ),
            (
                "self",
                "`self` cannot be the name of a value: Rust keeps this word\n\
             = help: `self_` would do",
            ),
        ],
    );
}
