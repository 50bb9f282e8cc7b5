//! Graphs: wiring, names, the order of weights, blocks; and what is said about mistakes in them.

use std::collections::HashSet;
use std::fs;
use std::path::Path;

use super::{Graph, Value, What};
use crate::layers;
use crate::testing::{graph_mistakes, wire};

#[track_caller]
fn graph(source: &str) -> Graph {
    let (graph, reports) = wire(source);
    let messages: Vec<_> = reports.iter().map(|report| report.message()).collect();
    assert!(messages.is_empty(), "{messages:#?} in {source}");
    graph.expect("a graph")
}

/// `name: Layer<…>(inputs)`, line by line, without the inputs of the network, and the outputs last.
fn dump(graph: &Graph) -> Vec<String> {
    let value = |value: &Value| {
        let name = &graph.nodes[value.node].name;
        if value.result == 0 { name.to_string() } else { format!("{name}.{}", value.result) }
    };
    let values = |values: Vec<&Value>| values.into_iter().map(value).collect::<Vec<_>>().join(", ");
    let mut lines = Vec::new();
    for (id, node) in graph.nodes.iter().enumerate() {
        let What::Layer(call) = node.what else { continue };
        let weights =
            if node.weights == id { String::new() } else { format!(" as {}", graph.nodes[node.weights].name) };
        let results = node.results.map(|(count, _)| format!(" -> {count}")).unwrap_or_default();
        let inputs = values(node.inputs.iter().collect());
        lines.push(format!("{}: {}({inputs}){results}{weights}", node.name, graph.calls[call].text));
    }
    let outputs: Vec<_> =
        graph.outputs.iter().map(|output| format!("{} = {}", output.name, value(&output.value))).collect();
    lines.push(outputs.join(", "));
    lines
}

#[track_caller]
fn is(source: &str, lines: &[&str]) {
    assert_eq!(dump(&graph(source)), lines, "in {source}");
}

/// In a network of two inputs `x` and `y`, and an output `z`.
fn net(body: &str) -> String {
    format!("struct Net(x: Input<4>, y: Input<4>) -> z {{ {body} }}")
}

#[test]
fn values_are_wired() {
    is(
        &net("let a = x => Dense<3> => ReLU; let z = Concatenate<axis = -1>(a, y, a);"),
        &[
            "dense: Dense<3>(x)",
            "re_lu: ReLU(dense)",
            "concatenate: Concatenate<axis = -1>(re_lu, y, re_lu)",
            "z = concatenate",
        ],
    );
    is(
        "(x: Input<4>) -> (a, b,) { let a = x => Dense<3>; let b = a => Dense<2>; }",
        &["dense: Dense<3>(x)", "dense_1: Dense<2>(dense)", "a = dense, b = dense_1"],
    );
}

#[test]
fn arguments_of_calls_are_values() {
    is(
        &net("let z = last: Add(x => Dense<3>, (y + x) => [Dense<3>; 2], y * y);"),
        &[
            "dense: Dense<3>(x)",
            "add: y + x(y, x)",
            "dense_1: Dense<3>(add)",
            "dense_2: Dense<3>(dense_1)",
            "multiply: y * y(y, y)",
            "last: Add(dense, dense_2, multiply)",
            "z = last",
        ],
    );
    is(
        &net("let z = (LSTM<4>(x, y)) => MultiHeadAttention<4, 32>;"),
        &["lstm: LSTM<4>(x, y)", "multi_head_attention: MultiHeadAttention<4, 32>(lstm)", "z = multi_head_attention"],
    );
}

#[test]
fn operators_bind_as_in_rust() {
    is(
        &net("let z = x - y - x * y + (x - y) => ReLU => Dense<2>;"),
        &[
            "subtract: x - y(x, y)",
            "multiply: x * y(x, y)",
            "subtract_1: Subtract(subtract, multiply)",
            "subtract_2: x - y(x, y)",
            "add: Add(subtract_1, subtract_2)",
            "re_lu: ReLU(add)",
            "dense: Dense<2>(re_lu)",
            "z = dense",
        ],
    );
    is(
        &net("let z = x + (y => Dense<4>) * x;"),
        &["dense: Dense<4>(y)", "multiply: Multiply(dense, x)", "add: Add(x, multiply)", "z = add"],
    );
}

#[test]
fn numbers_become_constants() {
    let written = |body: &str, nodes: &[&str]| is(&net(&format!("let w = x - y; let z = {body};")), nodes);
    let rescaled = |body: &str, text: &str| {
        written(body, &["subtract: x - y(x, y)", &format!("rescaling: {text}(subtract)"), "z = rescaling"]);
    };
    // A factor and a term are one layer.
    rescaled("w * 0.5 + 1.0", "w * 0.5 + 1.0");
    rescaled("1 - w", "1.0 - w");
    rescaled("-w", "-w");
    rescaled("2.0 * 3.0 * w", "2.0 * 3.0 * w");
    // Two factors are two roundings, and so is a factor behind a term.
    written(
        "(w * 0.5 + 1.0) * 3.0",
        &[
            "subtract: x - y(x, y)",
            "rescaling: w * 0.5 + 1.0(subtract)",
            "rescaling_1: (w * 0.5 + 1.0) * 3.0(rescaling)",
            "z = rescaling_1",
        ],
    );
    written("1 / w", &["subtract: x - y(x, y)", "reciprocal: 1.0 / w(subtract)", "z = reciprocal"]);
    written(
        "3.0 / w",
        &["subtract: x - y(x, y)", "reciprocal: 1.0 / w(subtract)", "rescaling: 3.0 / w(reciprocal)", "z = rescaling"],
    );
    written("w / y", &["subtract: x - y(x, y)", "divide: w / y(subtract, y)", "z = divide"]);
    // What is long is shown as the layer that it is.
    is(
        &net("let z = -((x - y => Dense<3>) / 4) + 1;"),
        &[
            "subtract: x - y(x, y)",
            "dense: Dense<3>(subtract)",
            "rescaling: Rescaling<-0.25, offset = 1.0>(dense)",
            "z = rescaling",
        ],
    );
}

#[test]
fn signs_bind_tighter_than_operators() {
    is(
        &net("let z = -x - -y * x;"),
        &[
            "rescaling: -x(x)",
            "rescaling_1: -y(y)",
            "multiply: Multiply(rescaling_1, x)",
            "subtract: Subtract(rescaling, multiply)",
            "z = subtract",
        ],
    );
}

#[test]
fn no_layer_is_called_as_a_word_of_rust() {
    is(
        &net("let c = Where(x, x, y); let z = Where(c, x, 0.5);"),
        &["where_: Where(x, x, y)", "constant: 0.5()", "where_1: Where(where_, x, constant)", "z = where_1"],
    );
}

#[test]
fn outputs_may_be_anything() {
    // An output that is named again counts on; an input may be one.
    is(
        "(x: Input<4>) -> (y, x, y, y_1, y) { let y = x => ReLU; let y_1 = x => Tanh; }",
        &["re_lu: ReLU(x)", "tanh: Tanh(x)", "y = re_lu, x = x, y_2 = re_lu, y_1 = tanh, y_3 = re_lu"],
    );
    is("(x: Input<4>) -> x { }", &["x = x"]);
    is(
        "(x: Input<4>) -> y { block b(x) -> (x, x) { } let (a, b) = x => b; let y = a + b; }",
        &["add: a + b(x, x)", "y = add"],
    );
}

#[test]
fn repeats_over_values() {
    is(
        "(x: Input<4>) -> y { let y = x => [Dense<N> => Tanh; N in (3, 5)] => [fc: Dense<{ 2 * N }>; N in (1, 2)]; }",
        &[
            "dense: Dense<3>(x)",
            "tanh: Tanh(dense)",
            "dense_1: Dense<5>(tanh)",
            "tanh_1: Tanh(dense_1)",
            "fc: Dense<2>(tanh_1)",
            "fc_1: Dense<4>(fc)",
            "y = fc_1",
        ],
    );
    // Words too, one in the other, and the innermost of a name.
    is(
        "(x: Input<4>) -> y {
            let y = x => [[Dense<N, activation = A>; N in (2, 3)] => Dense<4>; A in (relu, tanh)] => [Dense<N>; N in (9)];
        }",
        &[
            "dense: Dense<2, activation = relu>(x)",
            "dense_1: Dense<3, activation = relu>(dense)",
            "dense_2: Dense<4>(dense_1)",
            "dense_3: Dense<2, activation = tanh>(dense_2)",
            "dense_4: Dense<3, activation = tanh>(dense_3)",
            "dense_5: Dense<4>(dense_4)",
            "dense_6: Dense<9>(dense_5)",
            "y = dense_6",
        ],
    );
}

#[test]
fn rounds_and_choices_are_written_out() {
    is(
        "(x: Input<4>) -> y {
            let mut h = x;
            for N in (3, 5, 7) {
                weight w: [4] = ones;
                let wide = h * w => Dense<N>;
                if N == 3 { h = wide => Dense<4>; } else if N > 5 && N != 6 { h = wide => fc: Dense<4>; } else { h = h + h; }
            }
            for _ in (1, 2) { h = h => ReLU; }
            let y = h;
        }",
        // What the second round makes of `wide` nobody needs.
        &[
            "w: weight w: [4] = ones()",
            "multiply: h * w(x, w)",
            "dense: Dense<3>(multiply)",
            "dense_1: Dense<4>(dense)",
            "add: h + h(dense_1, dense_1)",
            "w_2: weight w: [4] = ones()",
            "multiply_2: h * w(add, w_2)",
            "dense_3: Dense<7>(multiply_2)",
            "fc: Dense<4>(dense_3)",
            "re_lu: ReLU(fc)",
            "re_lu_1: ReLU(re_lu)",
            "y = re_lu_1",
        ],
    );
    // In a block, a parameter chooses; what only the other body uses counts as used.
    let net = |deep: usize| {
        format!(
            "(x: Input<4>) -> y {{
                block b<const DEEP: usize, const N: usize>(x, z) -> y {{
                    let mut y = x;
                    if DEEP == 1 {{ y = Concatenate(y, z) => Dense<N>; }}
                }}
                let y = b<{deep}, 3>(x, x => Tanh) => Dense<2>;
            }}"
        )
    };
    is(
        &net(1),
        &[
            "tanh: Tanh(x)",
            "b_1_concatenate: Concatenate(x, tanh)",
            "b_1_dense: Dense<3>(b_1_concatenate)",
            "dense: Dense<2>(b_1_dense)",
            "y = dense",
        ],
    );
    is(&net(0), &["dense: Dense<2>(x)", "y = dense"]);
}

#[test]
fn slices() {
    is(
        &net("let z = x[.., 1..=2] + y[-1][(2..).step_by(2)];"),
        &[
            "get_item: x[.., 1..=2](x)",
            "get_item_1: y[-1](y)",
            "get_item_2: y[-1][(2..).step_by(2)](get_item_1)",
            "add: Add(get_item, get_item_2)",
            "z = add",
        ],
    );
    // The parameters of a block are bounds.
    is(
        "(x: Input<9>) -> y { block head<const N: usize>(x) -> y { let y = x[..N]; } let y = x => head<3>; }",
        &["head_1_get_item: x[..3](x)", "y = head_1_get_item"],
    );
}

#[test]
fn operators_stand_where_they_are_written() {
    let source = net("let z = (x => ReLU) + y;");
    let graph = graph(&source);
    let node = graph.nodes.last().expect("the sum");
    let text =
        |extent: crate::diagnostics::Extent| &source[extent.start.byte_range().start..extent.end.byte_range().end];
    assert_eq!(text(node.at), "(x => ReLU) + y");
    assert_eq!(text((&node.name).into()), "+");
    assert_eq!(graph.shown(graph.nodes.len() - 1), "Add");
    assert_eq!(graph.shown(0), "x");
}

#[test]
fn lets_shadow() {
    is(
        &net("let x = x + y; let x = x => Dense<3>; let x = x => Dense<2>; let z = x => ReLU;"),
        &["add: x + y(x, y)", "dense: Dense<3>(add)", "dense_1: Dense<2>(dense)", "re_lu: ReLU(dense_1)", "z = re_lu"],
    );
    is("(x: Input<4>) -> x { let x = x => Dense<3>; }", &["dense: Dense<3>(x)", "x = dense"]);
}

#[test]
fn tuples_take_results() {
    is(
        &net("let (a, _, c) = Concatenate(x, y) => ReLU => LSTM<3, return_state = true>; let z = LSTM<3>(x, a, c);"),
        &[
            "concatenate: Concatenate(x, y)",
            "re_lu: ReLU(concatenate)",
            "lstm: LSTM<3, return_state = true>(re_lu) -> 3",
            "lstm_1: LSTM<3>(x, lstm, lstm.2)",
            "z = lstm_1",
        ],
    );
    is(
        &net("let (h,) = x => ReLU; let (a, b) = GRU<3, return_state = true>(y, h); let z = a + b;"),
        &["re_lu: ReLU(x)", "gru: GRU<3, return_state = true>(y, re_lu) -> 2", "add: a + b(gru, gru.1)", "z = add"],
    );
}

#[test]
fn declared_layers_share_weights() {
    is(
        &net("let p = x => shared; layer shared = Dense<3, activation = tanh>; let z = shared(y) + p => Dense<1>;"),
        &[
            "shared: Dense<3, activation = tanh>(x)",
            "shared_use_2: Dense<3, activation = tanh>(y) as shared",
            "add: Add(shared_use_2, shared)",
            "dense: Dense<1>(add)",
            "z = dense",
        ],
    );
    is(
        "(x: Input<4>) -> z { layer d = Dense<4>; let z = x => [d => ReLU; 2] => Dense<2>; }",
        &[
            "d: Dense<4>(x)",
            "re_lu: ReLU(d)",
            "d_use_2: Dense<4>(re_lu) as d",
            "re_lu_1: ReLU(d_use_2)",
            "dense: Dense<2>(re_lu_1)",
            "z = dense",
        ],
    );
    let twice = graph(&net("layer shared = Dense<3>; let a = x => shared; let z = Add(a, y => shared);"));
    assert_eq!(twice.shown(3), "shared");
}

const RESIDUAL: &str = "block residual<const F: usize, const S: usize>(x) -> y {
    let a = x => Conv2D<F, 3, strides = (S, S)> => BatchNorm => last: Conv2D<{ 2 * F + S }, { F }>;
    let y = a + x => ReLU;
}";

#[test]
fn blocks_are_copied() {
    let source =
        format!("(x: Input<9, 9, 4>) -> y {{ let y = x => residual<4, 1> => residual<N, S = 2>; {RESIDUAL} }}");
    is(
        &source,
        &[
            "residual_1_conv2d: Conv2D<4, 3, strides = (1, 1)>(x)",
            "residual_1_batch_normalization: BatchNorm(residual_1_conv2d)",
            "residual_1_last: Conv2D<9, 4>(residual_1_batch_normalization)",
            "residual_1_add: a + x(residual_1_last, x)",
            "residual_1_re_lu: ReLU(residual_1_add)",
            "residual_2_conv2d: Conv2D<N, 3, strides = (2, 2)>(residual_1_re_lu)",
            "residual_2_batch_normalization: BatchNorm(residual_2_conv2d)",
            "residual_2_last: Conv2D<{ 2 * N + 2 }, { N }>(residual_2_batch_normalization)",
            "residual_2_add: a + x(residual_2_last, residual_1_re_lu)",
            "residual_2_re_lu: ReLU(residual_2_add)",
            "y = residual_2_re_lu",
        ],
    );
}

#[test]
fn parameters_stand_in_all_values() {
    let source = |value: &str| {
        format!(
            "(x: Input<4>) -> z {{ block b<const N: usize>(x) -> y {{ let y = x => Dense<{value}>; }} let z = x => b<{{ 2 * M }}>; }}"
        )
    };
    let text = |value: &str| dump(&graph(&source(value)))[0].clone();
    assert_eq!(text("N"), "b_1_dense: Dense<{ 2 * M }>(x)");
    assert_eq!(text("{ N * N }"), "b_1_dense: Dense<{ (2 * M) * (2 * M) }>(x)");
    assert_eq!(text("{ N + a::N + N::B + a.N }"), "b_1_dense: Dense<{ (2 * M) + a :: N + N :: B + a . N }>(x)");
    assert_eq!(text("TimeDistributed<Dense<N>>"), "b_1_dense_1: Dense<TimeDistributed<Dense<{ 2 * M }>>>(x)");
    assert_eq!(text("constant(N)"), "b_1_dense: Dense<constant({ 2 * M })>(x)");
    let source = "(x: Input<4>) -> z { block b<const N: usize>(x) -> y { let y = x => [Dense<{ N - 1 }>; N]; } let z = x => b<2>; }";
    is(source, &["b_1_dense: Dense<1>(x)", "b_1_dense_1: Dense<1>(b_1_dense)", "z = b_1_dense_1"]);
}

#[test]
fn blocks_in_blocks() {
    let source = "(x: Input<4>) -> z {
        block outer<const N: usize>(x) -> y {
            block inner(a, b) -> (c, d) { let c = a => Dense<N>; let d = b => own => shared; layer own = Dense<2>; }
            let (p, q) = inner(x, x);
            let (r, _) = inner(p, q);
            let y = r => pair<N>;
        }
        block pair<const M: usize>(x) -> y { let y = x => Dense<{ M + 1 }>; }
        layer shared = Dense<4>;
        let z = x => outer<3> => first: outer<5> => [again: pair<7> => pair<8>; 2] => shared;
    }";

    // What depends on `q` is dropped, and so the first `own` is.
    is(
        source,
        &[
            "outer_1_inner_1_dense: Dense<3>(x)",
            "outer_1_inner_2_dense: Dense<3>(outer_1_inner_1_dense)",
            "outer_1_pair_1_dense: Dense<4>(outer_1_inner_2_dense)",
            "first_inner_1_dense: Dense<5>(outer_1_pair_1_dense)",
            "first_inner_2_dense: Dense<5>(first_inner_1_dense)",
            "first_pair_1_dense: Dense<6>(first_inner_2_dense)",
            "again_dense: Dense<8>(first_pair_1_dense)",
            "pair_1_dense: Dense<9>(again_dense)",
            "again_1_dense: Dense<8>(pair_1_dense)",
            "pair_2_dense: Dense<9>(again_1_dense)",
            "shared: Dense<4>(pair_2_dense)",
            "z = shared",
        ],
    );
}

#[test]
fn copies_share_what_they_do_not_change() {
    let source = "(x: Input<4>) -> z { block b<const N: usize>(x) -> y { let y = x => Dense<N> => Dense<2>; }
        let z = x => [b<3>; 3] => b<4>; }";
    let graph = graph(source);
    let texts: Vec<_> = graph.calls.iter().map(|call| call.text.as_str()).collect();
    assert_eq!(texts, ["Input<4>", "Dense<3>", "Dense<2>", "Dense<4>"]);
}

#[test]
fn wrapped_layers_take_a_number() {
    let names = |source: &str| {
        let graph = graph(source);
        graph.nodes[1..].iter().map(|node| node.name.to_string()).collect::<Vec<_>>()
    };
    let source = "Input<4, 3> => TimeDistributed<Dense<5>> => label: TimeDistributed<TimeDistributed<Dense<3>>>
        => TimeDistributed<Flatten> => Flatten => Dense<2> => Bidirectional<LSTM<2>> => LSTM<3>";
    let expected = "time_distributed label time_distributed_2 flatten_1 dense_2 bidirectional lstm_1";
    assert_eq!(names(source), expected.split(' ').collect::<Vec<_>>());
    let source =
        "(x: Input<4, 3>) -> y { layer each = TimeDistributed<Dense<5>>; let y = x => each => each => Dense<3>; }";
    assert_eq!(names(source), ["each", "each_use_2", "dense_1"]);
}

/// The names of layers with weights in the golden cases, in the order of Keras' weights.
#[test]
fn fields_are_in_the_order_of_keras() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../tests/golden/fixtures/cases.json");
    let text = fs::read_to_string(path).expect("the golden cases are part of the repository");
    let cases: serde_json::Value = serde_json::from_str(&text).expect("JSON");
    let (mut chains, mut graphs) = (0, 0);
    for case in cases["cases"].as_array().expect("cases") {
        let (Some(dsl), Some(params)) = (case["dsl"].as_str(), case["params"].as_array()) else { continue };
        let unnamed = ["LayerNorm ", "LayerNorm<", "LayerNorm;"].iter().any(|name| format!("{dsl} ").contains(name));
        if unnamed && layers::find("LayerNorm").is_none() {
            continue;
        }
        let is_graph = dsl.contains("->");
        let source = if is_graph { format!("struct {dsl}") } else { dsl.to_string() };
        let graph = graph(&source);
        let fields: Vec<_> = graph.fields.iter().map(|id| graph.nodes[*id].name.to_string()).collect();
        let mut expected: Vec<&str> = Vec::new();
        for param in params {
            let layer = param["name"].as_str().and_then(|name| name.split('.').next()).expect("a name");
            if expected.last() != Some(&layer) {
                expected.push(layer);
            }
        }
        let weighted: HashSet<_> = expected.iter().copied().collect();
        let found: Vec<_> = fields.iter().map(String::as_str).filter(|name| weighted.contains(name)).collect();
        assert_eq!(found, expected, "in {dsl}");
        *(if is_graph { &mut graphs } else { &mut chains }) += 1;
    }
    assert!(chains > 100 && graphs > 50, "{chains} chains and {graphs} graphs");
}

#[test]
fn a_shared_layer_stands_where_its_deepest_use_does() {
    let graph = graph(&net(
        "layer late = Dense<4>; let a = x => late; let b = y => late => Dense<4> => Dense<4>; let z = a + b;",
    ));
    let names: Vec<_> = graph.fields.iter().map(|id| graph.nodes[*id].name.to_string()).collect();
    assert_eq!(names, ["late", "dense", "dense_1", "add"]);
}

#[test]
fn many_layers() {
    let found = |body: &str| graph_mistakes(&net(body));
    let block = "block b(x) -> y { let y = x => [Dense<4>; 100]; } block c(x) -> y { let y = x => [b; 20]; }";
    let problem = |text: &str, place: &str| vec![(place.to_string(), text.to_string())];
    assert_eq!(found(&format!("{block} let z = x + y => c => c;")), []);
    let text = "with this use of `c` the network has more than 4096 layers";
    assert_eq!(found(&format!("{block} let z = x + y => c => c => c;")), problem(text, "c"));
    let text = "with this repeat the network has more than 4096 layers";
    assert_eq!(found(&format!("{block} let z = x + y => [c; 3];")), problem(text, "[c; 3]"));
    let text = "with this use of `d` the network has more than 4096 copies of blocks";
    let nested = "block d(x) -> y { let y = x => [[e; 100]; 100]; } block e(x) -> x {} let z = x + y => d => ReLU;";
    assert_eq!(found(nested), problem(text, "d"));
}
