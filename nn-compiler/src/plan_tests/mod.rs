//! Plans of graphs: what overwrites what, what lies in what, and that nothing is lost.

mod arithmetic;
mod fold;
mod golden;
mod layout;
mod memory;
mod random;
mod streams;
mod sums;

use crate::testing::{fine, program};

/// Checks that a network of the input `x` computes what it should, and how: the steps of its plan, and its regions as far
/// as they are parts of others.
#[track_caller]
fn is(outputs: &str, body: &str, lines: &[&str]) {
    let source = format!("struct Net(x: Input<16>) -> {outputs} {{ {body} }}");
    memory::check(&fine(&source).graph);
    let plan = program(&source);
    let text = plan.text();
    let steps = text.lines().filter(|line| line.starts_with("step")).filter_map(|line| Some(line.split_once(": ")?.1));
    let within = plan.regions.iter().filter_map(|region| {
        let (whole, _) = region.within.as_ref()?;
        Some(format!("{} in {}", region.name, plan.regions[*whole].name))
    });
    let found = steps.map(str::to_string).chain(within);
    assert_eq!(found.collect::<Vec<_>>(), lines, "{source}");
}

#[test]
fn the_last_of_several_readers_works_in_place() {
    is(
        "y",
        "let h = x => Dense<16>; let a = h => Tanh; let b = h => ReLU; let y = a * b => Dense<3>;",
        &[
            "dense: x -> RE_LU",
            "tanh: RE_LU -> MULTIPLY",
            "re_lu: RE_LU -> RE_LU",
            "multiply: MULTIPLY, RE_LU -> MULTIPLY",
            "dense_1: MULTIPLY -> y",
        ],
    );
}

#[test]
fn a_sum_lies_where_a_term_did() {
    is(
        "y",
        "let a = x => Dense<16>; let b = a => Dense<16>; let y = b + a => ReLU => Dense<3>;",
        &["dense: x -> DENSE", "dense_1: DENSE -> RE_LU", "add + re_lu: RE_LU, DENSE -> RE_LU", "dense_2: RE_LU -> y"],
    );
    // The input is not ours to overwrite, but the other term is.
    is(
        "y",
        "let a = x => Dense<16>; let y = x + a => Dense<3>;",
        &["dense: x -> ADD", "add: ADD, x -> ADD", "dense_1: ADD -> y"],
    );
    is(
        "y",
        "let a = x => Dense<16>; let y = x - a => Dense<3>;",
        &["dense: x -> DENSE", "subtract: x, DENSE -> SUBTRACT", "dense_1: SUBTRACT -> y"],
    );
    // Read again later.
    is(
        "y",
        "let a = x => Dense<16>; let y = x + a => Dense<16>; let y = y * a => Dense<3>;",
        &[
            "dense: x -> DENSE",
            "add: x, DENSE -> ADD",
            "dense_1: ADD -> MULTIPLY",
            "multiply: MULTIPLY, DENSE -> MULTIPLY",
            "dense_2: MULTIPLY -> y",
        ],
    );
}

#[test]
fn a_value_twice_in_a_product_is_not_overwritten() {
    is(
        "y",
        "let a = x => Dense<16>; let y = a * a => Dense<3>;",
        &["dense: x -> DENSE", "multiply: DENSE, DENSE -> MULTIPLY", "dense_1: MULTIPLY -> y"],
    );
}

#[test]
fn outputs_stay() {
    is(
        "(h, y)",
        "let h = x => Dense<16>; let y = h => Tanh => Dense<3>;",
        &["dense: x -> h", "tanh: h -> TANH", "dense_1: TANH -> y"],
    );
    is("(y, z)", "let y = x => Dense<16>; let z = y;", &["dense: x -> y", ": y -> z"]);
    is("(y, z)", "let y = x => Dense<16> => Tanh; let z = y => Dropout<0.5>;", &["dense + tanh: x -> y", ": y -> z"]);
    is("(y, z)", "let y = x => Dense<3>; let z = x => Reshape<4, 4>;", &["dense: x -> y", ": x -> z"]);
}

#[test]
fn a_concatenate_is_written_by_its_parts() {
    is(
        "y",
        "let a = x => Dense<16>; let b = x => Dense<32>; let y = Concatenate(a, b) => Dense<3>;",
        &[
            "dense: x -> DENSE",
            "dense_1: x -> DENSE_1",
            "dense_2: CONCATENATE -> y",
            "DENSE in CONCATENATE",
            "DENSE_1 in CONCATENATE",
        ],
    );
    // What comes from outside is copied, and what is there twice.
    is(
        "y",
        "let a = x => Dense<16>; let y = Concatenate(x, a, a) => Dense<3>;",
        &[
            "dense: x -> DENSE",
            "concatenate: x -> CONCATENATE_X",
            "concatenate: DENSE -> CONCATENATE_DENSE",
            "dense_1: CONCATENATE -> y",
            "DENSE in CONCATENATE",
            "CONCATENATE_X in CONCATENATE",
            "CONCATENATE_DENSE in CONCATENATE",
        ],
    );
    // An output is the caller's memory.
    is(
        "y",
        "let a = x => Dense<16>; let b = x => Dense<16>; let y = Concatenate(a, b);",
        &["dense: x -> DENSE", "dense_1: x -> DENSE_1", "concatenate: DENSE, DENSE_1 -> y"],
    );
    is(
        "(a, y)",
        "let a = x => Dense<16>; let b = x => Dense<16>; let y = Concatenate(a, b) => Dense<3>;",
        &[
            "dense: x -> a",
            "dense_1: x -> DENSE_1",
            "concatenate: a -> CONCATENATE_DENSE",
            "dense_2: CONCATENATE -> y",
            "DENSE_1 in CONCATENATE",
            "CONCATENATE_DENSE in CONCATENATE",
        ],
    );
}

#[test]
fn concatenates_nest() {
    is(
        "y",
        "let a = x => Dense<16>; let b = x => Dense<16>; let c = Concatenate(a, b); let d = c => Dense<16>; let y = Concatenate(d, c) => Dense<3>;",
        &[
            "dense: x -> DENSE",
            "dense_1: x -> DENSE_1",
            "dense_2: CONCATENATE -> DENSE_2",
            "dense_3: CONCATENATE_1 -> y",
            "CONCATENATE in CONCATENATE_1",
            "DENSE in CONCATENATE",
            "DENSE_1 in CONCATENATE",
            "DENSE_2 in CONCATENATE_1",
        ],
    );
    is(
        "y",
        "let a = x => Dense<16>; let b = x => Dense<16>; let c = Concatenate(a, b); let y = Concatenate(c, a) => Dense<3>;",
        &[
            "dense: x -> DENSE",
            "dense_1: x -> DENSE_1",
            "concatenate_1: DENSE -> CONCATENATE_1_DENSE",
            "dense_2: CONCATENATE_1 -> y",
            "CONCATENATE in CONCATENATE_1",
            "DENSE in CONCATENATE",
            "DENSE_1 in CONCATENATE",
            "CONCATENATE_1_DENSE in CONCATENATE_1",
        ],
    );
}

#[test]
fn a_concatenate_is_overwritten_once_nobody_reads_its_parts() {
    is(
        "y",
        "let a = x => Dense<16>; let b = x => Dense<16>; let y = Concatenate(a, b) => Tanh => Dense<3>;",
        &[
            "dense: x -> DENSE",
            "dense_1: x -> DENSE_1",
            "tanh: TANH -> TANH",
            "dense_2: TANH -> y",
            "DENSE in TANH",
            "DENSE_1 in TANH",
        ],
    );
    is(
        "y",
        "let a = x => Dense<16>; let b = x => Dense<16>; let c = Concatenate(a, b) => Tanh; let y = c + Concatenate(b, a) => Dense<3>;",
        &[
            "dense: x -> DENSE",
            "dense_1: x -> DENSE_1",
            "tanh: CONCATENATE -> ADD",
            "concatenate_1: DENSE_1 -> CONCATENATE_1_DENSE_1",
            "concatenate_1: DENSE -> CONCATENATE_1_DENSE",
            "add: ADD, CONCATENATE_1 -> ADD",
            "dense_2: ADD -> y",
            "DENSE in CONCATENATE",
            "DENSE_1 in CONCATENATE",
            "CONCATENATE_1_DENSE_1 in CONCATENATE_1",
            "CONCATENATE_1_DENSE in CONCATENATE_1",
        ],
    );
    // Its parts would lie in the output.
    is(
        "y",
        "let a = x => Dense<16>; let b = x => Dense<16>; let y = Concatenate(a, b) => Tanh;",
        &[
            "dense: x -> DENSE",
            "dense_1: x -> DENSE_1",
            "tanh: CONCATENATE -> y",
            "DENSE in CONCATENATE",
            "DENSE_1 in CONCATENATE",
        ],
    );
    // Parts are overwritten in their places.
    is(
        "y",
        "let a = x => Dense<16> => Softmax => Tanh; let b = x => Dense<16>; let y = Concatenate(a, b) => Dense<3>;",
        &[
            "dense: x -> DENSE",
            "softmax: DENSE -> TANH",
            "tanh: TANH -> TANH",
            "dense_1: x -> DENSE_1",
            "dense_2: CONCATENATE -> y",
            "TANH in CONCATENATE",
            "DENSE_1 in CONCATENATE",
        ],
    );
    // A part that a later step would overwrite, and the Concatenate needs.
    is(
        "y",
        "let a = x => Dense<16>; let b = x => Dense<16>; let c = Concatenate(a, b); let d = a => Tanh => Dense<32>; let y = c + d => Dense<3>;",
        &[
            "dense: x -> DENSE",
            "dense_1: x -> DENSE_1",
            "tanh: DENSE -> TANH",
            "dense_2: TANH -> DENSE_2",
            "add: ADD, DENSE_2 -> ADD",
            "dense_3: ADD -> y",
            "DENSE in ADD",
            "DENSE_1 in ADD",
        ],
    );
}

/// Rust does not lend the same memory twice.
#[test]
fn a_part_is_copied_where_a_step_reads_it_beside_the_whole() {
    is(
        "y",
        "let a = x => Dense<16>; let b = x => Dense<16>; let c = Concatenate(a, b); let v = a => Reshape<1, 16>; let w = c => Reshape<2, 16>; let y = v + w => Flatten => Dense<3>;",
        &[
            "dense: x -> DENSE",
            "dense_1: x -> DENSE_1",
            "concatenate: DENSE -> CONCATENATE_DENSE",
            "add: DENSE, CONCATENATE -> ADD",
            "dense_2: ADD -> y",
            "DENSE_1 in CONCATENATE",
            "CONCATENATE_DENSE in CONCATENATE",
        ],
    );
}

#[test]
fn regions_have_names_of_their_own() {
    let plan = program("Input<9, 9, 1> => Conv2D<2, 3> => conv2d_scratch: Conv2D<2, 3> => conv2d_folded: Conv2D<1, 3>");
    let mut names: Vec<_> = plan.regions.iter().map(|region| region.name.to_string()).collect();
    names.sort_unstable();
    names.dedup();
    assert_eq!(names.len(), plan.regions.len(), "{names:?}");
}

/// The steps of training whose backward begins with the derivative of an activation, by the node's name.
#[track_caller]
fn derives(source: &str) -> Vec<String> {
    let plan = program(source);
    let steps = plan.training.steps.iter().filter(|step| step.derivative.is_some());
    steps.filter_map(|step| Some(plan.graph.nodes[step.node?].name.to_string())).collect()
}

#[test]
fn a_maximum_takes_over_the_derivative_before_it() {
    let chain = |layers: &str| derives(&format!("struct Net = Input<8, 8, 2> => {layers} => Flatten => Dense<3>;"));
    assert_eq!(chain("a: Conv2D<4, 3, activation = relu> => b: MaxPool2D<2>"), ["b"]);
    assert_eq!(chain("a: Conv2D<4, 3> => ReLU => b: MaxPool2D<2>"), ["b"]);
    // A mean has no element whose derivative it could take, and of this function the output does not say it.
    assert_eq!(chain("a: Conv2D<4, 3, activation = relu> => b: AvgPool2D<2>"), ["a"]);
    assert!(chain("a: Conv2D<4, 3, activation = gelu> => b: MaxPool2D<2>").is_empty());
    let shared = "struct Net(x: Input<8, 8, 2>) -> y {
        let a = x => a: Conv2D<2, 3, padding = same, activation = relu>;
        let b = a => b: MaxPool2D<3, strides = 1, padding = same>;
        let y = a + b => Flatten => Dense<3>;
    }";
    assert_eq!(derives(shared), ["a"]);
}

#[test]
fn stateful_layers_carry_their_states() {
    let states = |layers: &str| {
        let net = program(&format!("struct Net(x: Input<5, 3, 2>) -> y {{ let y = x => {layers}; }}"));
        let states = net.states.iter().map(|(name, len)| format!("{name} {}", len.known().unwrap_or_default()));
        states.collect::<Vec<_>>()
    };
    assert_eq!(states("Reshape<5, 6> => LSTM<4, stateful = true>"), ["LSTM 8"]);
    assert_eq!(
        states("Reshape<5, 6> => Bidirectional<LSTM<4, stateful = true>>"),
        ["BIDIRECTIONAL 8", "BIDIRECTIONAL_BACKWARD 8"]
    );
    assert_eq!(
        states("Reshape<5, 6> => Bidirectional<GRU<4, stateful = true>, merge_mode = sum>"),
        ["BIDIRECTIONAL 4", "BIDIRECTIONAL_BACKWARD 4"]
    );
    assert_eq!(states("Reshape<5, 6> => Bidirectional<LSTM<4>>"), [""; 0]);
    // Of all steps there is one state.
    assert_eq!(states("TimeDistributed<GRU<4, stateful = true>>"), ["TIME_DISTRIBUTED 4"]);
    assert_eq!(
        states("TimeDistributed<Bidirectional<GRU<4, stateful = true>>>"),
        ["TIME_DISTRIBUTED 4", "TIME_DISTRIBUTED_BACKWARD 4"]
    );
    assert_eq!(states("TimeDistributed<GRU<4>>"), [""; 0]);
}
