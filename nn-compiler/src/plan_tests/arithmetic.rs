//! What numbers and operations make of values, in the steps before, and weights that are values.

use crate::testing::program;

/// The layers of each step, and where it reads and writes.
fn steps(source: &str) -> Vec<String> {
    let text = program(source).text();
    let lines = text.lines().filter_map(|line| line.strip_prefix("step "));
    lines.map(|line| line.split_once(": ").unwrap_or_default().1.to_string()).collect()
}

#[test]
fn numbers_are_part_of_the_step_before() {
    let net =
        |value: &str| steps(&format!("struct Net(x: Input<6>) -> y {{ let h = x => Dense<5>; let y = {value}; }}"));
    assert_eq!(net("1.0 - h * 0.5"), ["dense + rescaling: x -> y"]);
    assert_eq!(net("-h"), ["dense + rescaling: x -> y"]);
    assert_eq!(net("Square(h)"), ["dense + square: x -> y"]);
    // There is one place for a function.
    assert_eq!(net("(h + 1.0) * 0.5"), ["dense + rescaling: x -> y", "rescaling_1: y -> y"]);
    let image = "struct Net(x: Input<8, 8, 2>) -> y { let a = x => Conv2D<4, 3>; let b = x => Conv2D<4, 3>; let y = (a + b) / 2; }";
    assert_eq!(steps(image), ["conv2d: x -> CONV2D", "conv2d_1 + add + rescaling: x, CONV2D -> y"]);
    let quotient = "struct Net(a: Input<4>, b: Input<4>) -> y { let y = Abs(a / b); }";
    assert_eq!(steps(quotient), ["divide + abs: a, b -> y"]);
}

#[test]
fn training_keeps_no_more_than_the_output_of_such_a_step() {
    let of = |value: &str| {
        let plan = program(&format!("struct Net(x: Input<6>) -> y {{ let h = x => Dense<5>; let y = {value}; }}"));
        plan.training.steps.iter().map(|step| step.activation.is_some()).collect::<Vec<bool>>()
    };
    assert_eq!(of("1.0 - h * 0.5"), [true]);
    assert_eq!(of("Reciprocal(h)"), [true]);
    // The derivative of a square needs what went in.
    assert_eq!(of("Square(h)"), [false, false]);
}

#[test]
fn weights_are_read_where_they_lie() {
    let net = "struct Net(x: Input<3, 4>) -> (y, w, z) {
        weight w: [4] = ones;
        let y = x + w;
        let z = w => Dense<2>;
    }";
    assert_eq!(steps(net), ["add: x, w -> y", "dense: w -> z", ": w -> w"]);
    // Nothing is computed in a weight's memory.
    let kept = "struct Net(x: Input<4>) -> y { weight w: [4] = ones; let y = Tanh(w) * x * w; }";
    assert_eq!(steps(kept), ["tanh: w -> y", "multiply: y, x -> y", "multiply_1: y, w -> y"]);
}

#[test]
fn a_step_has_all_operations_but_masks() {
    let plan = program(
        "#[stream] struct Net(x: Input<6, 4>, ids: Input<6, dtype = u32>) -> y {
            weight mix: [4, 3] = ones;
            let h = Maximum(Matmul(x, mix), 0.5) + OneHot<3>(ids);
            let y = h * Stack(ArgMax<axis = 2>(h), Sum<axis = 2>(h))[.., 0..1] => Dense<2>;
        }",
    );
    let graph = &plan.stream.as_ref().expect("a step").program.graph;
    assert_eq!(graph.nodes.len(), plan.graph.nodes.len());
    let rank = |name: &str| graph.values.iter().find(|value| value.name.text == name).map(|value| value.shape.len());
    assert_eq!(["maximum", "one_hot", "stack", "dense"].map(rank), [Some(1); 4]);
}
