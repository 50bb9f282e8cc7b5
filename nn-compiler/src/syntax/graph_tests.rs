//! What can be read of a graph, and what is said about what cannot.

use crate::syntax::ast::{Body, GraphForm, Network, Statement};
use crate::syntax::text::expression_text;
use crate::testing::{all, body, graph_mistake, graph_mistakes, wire};

fn read(source: &str) -> GraphForm {
    let mut errors = crate::diagnostics::Diagnostics::default();
    let network = super::parse(source.parse().expect("tokens"), &mut errors);
    assert!(errors.finish().is_empty(), "mistakes in {source}");
    match network {
        Some(Network { body: Body::Graph(graph), .. }) => graph,
        _ => panic!("no graph in {source}"),
    }
}

#[test]
fn graphs_are_read() {
    let graph = read(
        "/// Doc.\n#[dtype(f64)] pub struct Net(a: Input<4>, ids: Input<5, dtype = u32>,) -> (p, q) {
            let (y, _, c) = x => LSTM<3, return_state = true>;;
            layer shared = Dense<64, activation = relu>;
            block residual<const F: usize, const S: usize,>(x, y) -> (y, z) { let y = x; let z = y; }
        }",
    );
    let inputs = graph.inputs.iter().map(|(name, call)| (name.to_string(), call.as_ref().expect("read").text.clone()));
    assert_eq!(
        inputs.collect::<Vec<_>>(),
        [("a".into(), "Input<4>".into()), ("ids".into(), "Input<5, dtype = u32>".into())]
    );
    assert_eq!(graph.outputs, ["p", "q"]);
    let [Statement::Let { names, value, .. }, Statement::Layer { name, call }, Statement::Block(block)] =
        graph.statements.as_slice()
    else {
        panic!("three statements");
    };
    assert_eq!(
        names.iter().map(|name| name.as_ref().map(ToString::to_string)).collect::<Vec<_>>(),
        [Some("y".into()), None, Some("c".into())]
    );
    assert_eq!(expression_text(value), "x => LSTM<3, return_state = true>");
    assert_eq!((name.to_string().as_str(), call.text.as_str()), ("shared", "Dense<64, activation = relu>"));
    assert_eq!((block.name.to_string().as_str(), block.statements.len()), ("residual", 2));
    assert_eq!(block.parameters, ["F", "S"]);
    assert_eq!(block.inputs, ["x", "y"]);
    assert_eq!(block.outputs, ["y", "z"]);
}

#[test]
fn values_are_shown_as_they_bind() {
    let shown = |value: &str| match read(&body(&format!("let y = {value};"))).statements.as_slice() {
        [Statement::Let { value, .. }] => expression_text(value),
        _ => panic!("one statement"),
    };
    for value in [
        "a + b * c",
        "(a - b) * c - d",
        "a - (b - c)",
        "a * (b * c)",
        "(x => Dense<4>) + y",
        "a + b => [c: Dense<3> => ReLU; 3] => d: Softmax<axis = -1>",
        "out: Add(x => Dense<3>, Concatenate<axis = 1>(a, b), c * d)",
    ] {
        assert_eq!(shown(value), value);
    }
    assert_eq!(shown("((a) + (b)) + (c * (d))"), "a + b + c * d");
    assert_eq!(shown("(x => ReLU) => Dense<3>"), "x => ReLU => Dense<3>");
}

#[test]
fn an_expression_has_no_name() {
    let (graph, reports) = wire("(x: Input<4>) -> (y,) { let y = x => Dense<3>; }");
    assert!(reports.is_empty() && graph.is_some_and(|graph| graph.header.name.is_none()));
}

#[test]
fn very_long_values() {
    let sum = vec!["x"; 400].join(" + ");
    let found = graph_mistakes(&body(&format!("let y = {sum};")));
    let message = "this value has more than 256 operators\n= help: give names to its parts: `let part = …;`";
    assert_eq!(found, [("+".to_string(), message.to_string())]);
}

#[test]
fn the_signature() {
    all(
        "struct A() -> y { }",
        &[
            (
                "()",
                "a network has at least one input\n\
             = help: `(x: Input<28, 28, 1>)`",
            ),
            (
                "y",
                "the output `y` is never defined\n\
             = help: `let y = …;`",
            ),
        ],
    );
    graph_mistake(
        "struct A(x) -> y { let y = x => Dense<3>; }",
        "x",
        "the input `x` has no shape\n\
         = help: `x: Input<28, 28, 1>`, without the batch",
    );
    graph_mistake("struct A(x Input<4, 4>) -> y { let y = x => Dense<3>; }", "Input", "a `:` is missing after `x`");
    graph_mistake(
        "struct A(x: Inptu<4>) -> y { let y = x => Dense<3>; }",
        "Inptu<4>",
        "the shape of an input is an `Input<…>`, not `Inptu<4>`\n\
         = help: did you mean `Input`?",
    );
    graph_mistake(
        "struct A(x: f32) -> y { let y = x => Dense<3>; }",
        "f32",
        "the shape of an input is an `Input<…>`, not `f32`\n\
         = help: `x: Input<28, 28, 1>`, without the batch",
    );
    graph_mistake(
        "struct A(x: [f32; 4]) -> y { let y = x => Dense<3>; }",
        "[f32; 4]",
        "expected the shape of `x`, found `[…]`\n\
         = help: `x: Input<28, 28, 1>`, without the batch",
    );
    all(
        "struct A(mut x: Input<4>, _: Input<3>) -> y { let y = x => Dense<3>; }",
        &[
            (
                "mut",
                "values do not change\n\
             = help: leave `mut` out; a second `let` may take the same name",
            ),
            ("_", "an input has a name"),
        ],
    );
    graph_mistake(
        "struct A(x: Input<4> y: Input<3>) -> z { let z = x => Dense<3>; }",
        "y",
        "expected `,` or `)` after an input, found `y`",
    );
    graph_mistake(
        "struct A(x: Input<4) -> y { let y = x => Dense<3>; }",
        "<",
        "this `<` is never closed\n\
         = help: a `>` is missing before the next layer",
    );
    all(
        "struct A(3: Input<4>) -> y { let y = x => Dense<3>; }",
        &[("3", "expected the name of an input, found `3`"), ("x", "there is no value `x`")],
    );
}

#[test]
fn the_outputs() {
    graph_mistake(
        "struct A(x: Input<4>) { let y = x => Dense<3>; }",
        "{ let y = x => Dense<3>; }",
        "the outputs of the network are missing\n\
         = help: `-> y`, or `-> (a, b)` for several",
    );
    graph_mistake(
        "struct A(x: Input<4>) -> { let y = x => Dense<3>; }",
        "{ let y = x => Dense<3>; }",
        "expected the name of an output\n\
         = help: `-> y`, or `-> (a, b)` for several",
    );
    graph_mistake(
        "struct A(x: Input<4>) -> () { let y = x => Dense<3>; }",
        "()",
        "a network has at least one output\n\
         = help: `-> y`",
    );
    graph_mistake(
        "struct A(x: Input<4>) -> Tensor<3> { let y = x => Dense<3>; }",
        "<",
        "expected `{` after the outputs, found `<`\n\
         = help: an output is a name; its shape comes from the layers",
    );
    graph_mistake(
        "struct A(x: Input<4>) -> y, z { let y = x => Dense<3>; }",
        ",",
        "expected `{` after the outputs, found `,`\n\
         = help: several outputs stand in parentheses: `-> (a, b)`",
    );
    graph_mistake(
        "struct A(x: Input<4>) -> (y: f32) { let y = x => Dense<3>; }",
        ":",
        "expected `,` or `)` after an output, found `:`",
    );
    graph_mistake(
        "struct A(x: Input<4>) -> _ { let y = x => Dense<3>; }",
        "_",
        "expected the name of an output\n\
         = help: `-> y`, or `-> (a, b)` for several",
    );
}

#[test]
fn the_body() {
    graph_mistake(
        "struct A(x: Input<4>) -> y;",
        ";",
        "expected the body of the network, found `;`\n\
         = help: `(x: Input<4>) -> y { let y = x => Dense<3>; }`",
    );
    graph_mistake(
        "struct A(x: Input<4>) -> y = x => Dense<3>;",
        "=",
        "expected the body of the network, found `=`\n\
         = help: `(x: Input<4>) -> y { let y = x => Dense<3>; }`",
    );
    graph_mistake(
        "struct A(x: Input<4>) -> y { let y = x => Dense<3>; };",
        ";",
        "no `;` stands after the body of a network\n\
         = help: leave it out",
    );
    graph_mistake(
        "struct A(x: Input<4>) -> y { let y = x => Dense<3>; } struct B = Input<3>;",
        "struct",
        "one `network!` holds one network\n\
         = help: write a second `network!` for the next one",
    );
    graph_mistake(
        "A(x: Input<4>) -> y { let y = x => Dense<3>; }",
        "A",
        "a network with a name is a struct\n\
         = help: `struct A(…) -> … { … }`, or leave the name out where it is an expression",
    );
    graph_mistake(
        "struct A { let y = x => Dense<3>; }",
        "{",
        "the inputs and outputs of the network are missing\n\
         = help: `struct Name(x: Input<4>) -> y { … }`",
    );
}
