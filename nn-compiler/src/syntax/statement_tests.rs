//! What is said about statements and values that cannot be read.

use crate::testing::{all_in_body, in_body};

#[test]
fn lets() {
    in_body("let y = x => Dense<4>", ">", "a `;` is missing after this value");
    in_body("let h = x => Dense<4> let y = h => ReLU;", ">", "a `;` is missing after this value");
    in_body(
        "y = x => Dense<4>;",
        "y",
        "a `let` is missing here\n\
         = help: a value is defined once; a second `let` may take its name again",
    );
    in_body(
        "let y: Tensor = x => Dense<4>;",
        ":",
        "a value has no type here: its shape comes from the layers\n\
         = help: leave the type out",
    );
    in_body(
        "let y;",
        ";",
        "expected `=`, found `;`\n\
         = help: `let y = x => Dense<3>;`",
    );
    in_body("let = x => Dense<3>;", "=", "expected a name, found `=`");
    in_body(
        "let y => x => Dense<3>;",
        "=",
        "expected `=`, found `=>`\n\
         = help: `let y = x => Dense<3>;`",
    );
    in_body(
        "let () = x => ReLU;",
        "()",
        "this `let` defines nothing\n\
         = help: `let (y, h) = …;`",
    );
    in_body("let (a, (b, c)) = x => LSTM<3>; let y = Add(a, b, c);", "(b, c)", "expected a name, found `(…)`");
    in_body("let (a b) = x => LSTM<3>; let y = a + b;", "b", "expected `,` or `)`, found `b`");
}

#[test]
fn statements_of_rust() {
    in_body(
        "return x => Dense<4>;",
        "return",
        "`return` has no place here: the signature says what comes out: `-> y`\n\
         = help: `let y = …;`, without `return`",
    );
    in_body(
        "let y = x => Dense<4>; return y;",
        "return",
        "`return` has no place here: the signature says what comes out: `-> y`\n\
         = help: `let y = …;`, without `return`",
    );
    in_body(
        "let y = x => Dense<4>; y",
        "y",
        "the body does not end in a value: the signature says what comes out\n\
         = help: leave this out",
    );
    in_body(
        "x => Dense<4>",
        "x => Dense<4>",
        "the body does not end in a value: the signature says what comes out\n\
         = help: `let y = …;`",
    );
    in_body(
        "x => Dense<4>; let y = x => ReLU;",
        "x => Dense<4>",
        "this value has no name, so nothing can use it\n\
         = help: `let name = …;`",
    );
    in_body(
        "const N: usize = 3; let y = x => Dense<N>;",
        "const",
        "`const` has no place here: constants stand outside of `network!`\n\
         = help: blocks have parameters: `block name<const F: usize>(x) -> y { … }`",
    );
    in_body(
        "fn f(x: A) -> B { x } let y = x => Dense<3>;",
        "fn",
        "`fn` has no place here: a network has no functions\n\
         = help: a block is what comes nearest: `block name(x) -> y { … }`",
    );
    in_body(
        "pub struct B; let y = x => Dense<3>;",
        "pub",
        "`pub` has no place here: a network holds `let`, `layer` and `block`, and no items of Rust",
    );
    in_body(
        "lett y = x => Dense<3>;",
        "lett",
        "expected `let`, `layer` or `block`, found `lett`\n\
         = help: did you mean `let`?",
    );
    in_body(
        "var y = x => Dense<3>;",
        "var",
        "expected `let`, `layer` or `block`, found `var`\n\
         = help: did you mean `let`?",
    );
    in_body(
        "layers s = Dense<3>; let y = x => s;",
        "layers",
        "expected `let`, `layer` or `block`, found `layers`\n\
         = help: did you mean `layer`?",
    );
    in_body("# let y = x => Dense<3>;", "#", "expected `let`, `layer` or `block`, found `#`");
}

#[test]
fn values() {
    in_body("let y = ;", ";", "expected a value, found `;`");
    in_body("let y = x => ;", "=", "no layer follows this `=>`");
    in_body(
        "let y = x.relu();",
        ".",
        "expected `;` after this value, found `.`\n\
         = help: layers are chained with `=>`: `x => ReLU`",
    );
    in_body("let y = x Dense<3>;", "Dense", "a `=>` is missing before `Dense`");
    in_body(
        "let y = x x;",
        "x",
        "expected `;` after this value, found `x`\n\
         = help: layers are chained with `=>`, values joined by `+`, `-`, `*`, `/` or a call: `Add(a, b)`",
    );
    in_body(
        "let y = x -> Dense<3>;",
        "->",
        "layers are chained with `=>`, not `->`\n\
         = help: write `=>`",
    );
    in_body(
        "let y = [Dense<3>; 2];",
        "[Dense<3>; 2]",
        "a repeat needs a value that goes into it\n\
         = help: `x => [Dense<64>; 3]`",
    );
    in_body(
        "let y = Dense<3>;",
        "Dense<3>",
        "`Dense<3>` is a layer, and no value goes into it\n\
         = help: `x => Dense<3>`",
    );
    in_body(
        "let y = Dense<3> => ReLU;",
        "Dense<3>",
        "`Dense<3>` is a layer, and no value goes into it\n\
         = help: `x => Dense<3>`",
    );
    in_body("let y = () => ReLU;", "()", "these parentheses hold no value");
    in_body(
        "let y = (x, x) => Add;",
        "(x, x)",
        "parentheses around values hold one, not several\n\
         = help: a layer or a block takes several in its call: `Add(a, b)`",
    );
    in_body("let y = (x; x) => Add;", ";", "expected `)`, found `;`");
    in_body(
        "let y = out: x => Dense<3>;",
        "out",
        "the label `out` names no layer\n\
         = help: a label stands before a layer: `x => out: Dense<3>`, `out: Add(a, b)`",
    );
    in_body("let y = x => Dense<3> ReLU;", "ReLU", "a `=>` is missing before `ReLU`");
    in_body("let y = x => Dense<3>, x;", ",", "expected `=>` or `;`, found `,`");
}

#[test]
fn layers_and_operators() {
    in_body(
        "let y = x => Dense<4> + x;",
        "+",
        "what follows `=>` is a layer, which cannot be an operand of `+`\n\
         = help: write `(x => Dense<4>) + x`",
    );
    in_body(
        "let y = x - x => [a: Dense<4> => ReLU; 2] - x * (x + x) => ReLU * x;",
        "-",
        "what follows `=>` is a layer, which cannot be an operand of `-`\n\
         = help: write `(x - x => [a: Dense<4> => ReLU; 2]) - x * (x + x)`",
    );
    in_body(
        "let y = x => [Dense<3> + x; 2];",
        "+",
        "`+` stands between values, and a chain has no names for them\n\
         = help: with names: `struct Name(x: Input<4>) -> y { let y = (x => Dense<4>) + x; }`",
    );
}

#[test]
fn calls() {
    in_body(
        "let y = Dense(3);",
        "Dense(3)",
        "the arguments of `Dense` stand in `<…>`, not in parentheses\n\
         = help: `Dense<3>`",
    );
    in_body(
        "let y = x => Dense(3);",
        "Dense(3)",
        "the arguments of `Dense` stand in `<…>`, not in parentheses\n\
         = help: `Dense<3>`",
    );
    in_body(
        "let y = Add();",
        "Add()",
        "`Add` gets no value\n\
         = help: `Add(x)`, or `x => Add`",
    );
    in_body(
        "let y = x => Add(x);",
        "Add(x)",
        "`Add` takes its value from before the `=>` here, not from parentheses\n\
         = help: all of its values stand in its call: `Add(…, x)`",
    );
    in_body("let y = Add(x; x);", ";", "expected `,` or `)`, found `;`");
    in_body("let y = Add(x => Dense<3>, x => );", "=", "no layer follows this `=>`");
    in_body(
        "let y = Add(axis = 1);",
        "Add(axis = 1)",
        "the arguments of `Add` stand in `<…>`, not in parentheses\n\
         = help: `Add<axis = 1>`",
    );
}

#[test]
fn declarations() {
    in_body(
        "layer s: Dense<3>; let y = x => s;",
        ":",
        "expected `=` after `layer s`, found `:`\n\
         = help: `layer shared = Dense<64>;`",
    );
    in_body(
        "layer s = x => Dense<3>; let y = x => s;",
        "=",
        "a `layer` is one layer, and no value goes into it here\n\
         = help: several layers are a block: `block s(x) -> y { … }`",
    );
    in_body(
        "layer s = Dense<3>(x); let y = x => s;",
        "(x)",
        "no value goes into a layer where it is declared\n\
         = help: `layer s = Dense<3>;`, then `x => s`",
    );
    in_body(
        "layer s = Dense<3> => ReLU; let y = x => s;",
        "=",
        "a `layer` is one layer, and no value goes into it here\n\
         = help: several layers are a block: `block s(x) -> y { … }`",
    );
    in_body(
        "layer s = [Dense<3>; 2]; let y = x => s;",
        "[Dense<3>; 2]",
        "expected a layer, found `[…]`\n\
         = help: `layer shared = Dense<64>;`",
    );
    all_in_body(
        "layer s = Dense<3, let y = x => s;",
        &[
            (
                "<",
                "this `<` is never closed\n\
             = help: a `>` is missing before the next layer",
            ),
            ("y", "expected `,` or `>`, found `y`"),
        ],
    );
    in_body("layer s = Dense<3> let y = x => s;", ">", "a `;` is missing after this layer");
}

#[test]
fn blocks() {
    in_body(
        "block b { let y = x => ReLU; } let y = x => b;",
        "{ let y = x => ReLU; }",
        "expected the inputs of the block `b`, found `{…}`\n\
         = help: `block name<const F: usize>(x) -> y { … }`",
    );
    in_body(
        "block b() -> y { let y = x => ReLU; } let y = x => b;",
        "()",
        "a block has at least one input\n\
         = help: `block name(x) -> y { … }`",
    );
    in_body(
        "block b(x) { let y = x => ReLU; } let y = x => b;",
        "{ let y = x => ReLU; }",
        "the outputs of the block are missing\n\
         = help: `-> y`, or `-> (a, b)` for several",
    );
    in_body(
        "block b(x) -> y; let y = x => b;",
        ";",
        "expected the body of the block `b`, found `;`\n\
         = help: `block name<const F: usize>(x) -> y { … }`",
    );
    in_body(
        "block b(x: Input<4>) -> y { let y = x => ReLU; } let y = x => b;",
        ":",
        "the inputs of a block have no shapes of their own\n\
         = help: names alone: `block name(x, y) -> z { … }`; the shapes come from where it is used",
    );
    in_body(
        "block b<F>(x) -> y { let y = x => Dense<F>; } let y = x => b<3>;",
        "F",
        "the parameter `F` of a block is a size\n\
         = help: write `const F: usize`",
    );
    in_body(
        "block b<const F: u32>(x) -> y { let y = x => Dense<F>; } let y = x => b<3>;",
        "F",
        "the parameter `F` of a block is a size\n\
         = help: write `const F: usize`",
    );
    in_body(
        "block b<const F: usize = 3>(x) -> y { let y = x => Dense<F>; } let y = x => b<3>;",
        "=",
        "expected `,` or `>`, found `=`\n\
         = help: a parameter of a block has no default",
    );
    in_body(
        "block b<const F: usize(x) -> y { let y = x => Dense<F>; } let y = x => b<3>;",
        "<",
        "this `<` is never closed",
    );
    in_body(
        "block b<const 3: usize>(x) -> y { let y = x => Dense<3>; } let y = x => b;",
        "3",
        "expected a parameter, found `3`\n\
         = help: `const F: usize`",
    );
}
