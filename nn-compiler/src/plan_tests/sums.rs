//! Sums with another value in the epilogues of convolutions.

use crate::testing::program;

/// The layers of each step, and where it reads and writes.
fn steps(body: &str) -> Vec<String> {
    let program = program(&format!("struct Net(x: Input<8, 8, 4>) -> y {{ {body} }}"));
    let text = program.text();
    let lines = text.lines().filter_map(|line| line.strip_prefix("step "));
    lines.map(|line| line.split_once(": ").unwrap_or_default().1.to_string()).collect()
}

#[test]
fn the_later_of_two_convolutions_takes_the_sum_in() {
    let body = "let a = x => c1: Conv2D<4, 3> => ReLU => c2: Conv2D<4, 3, use_bias = false> => BatchNormalization;
        let s = x => c0: Conv2D<4, 5>;";
    let [first, second] = ["c1 + re_lu: x -> RE_LU", "c2 + batch_normalization: RE_LU -> BATCH_NORMALIZATION"];
    for sum in ["s + a", "a + s", "Add(s, a)"] {
        let third = "c0 + add + re_lu_1: x, BATCH_NORMALIZATION -> y";
        assert_eq!(steps(&format!("{body} let y = {sum} => ReLU;")), [first, second, third], "{sum}");
    }
}

#[test]
fn an_input_is_added_and_zeros_are_left() {
    let block = "let a = x => c1: Conv2D<4, 3, padding = same> => c2: Conv2D<4, 1>;
        let y = x + a => c3: Conv2D<2, 3, padding = same>;";
    assert_eq!(steps(block), ["c1: x -> C1_PADDED", "c1: C1_PADDED -> C1", "c2 + add: C1, x -> ADD", "c3: ADD -> y"]);
    let pooled = "let s = x => MaxPool2D<2>; let y = s + (x => c: Conv2D<4, 1> => MaxPool2D<2>) => Activation<tanh>;";
    assert_eq!(
        steps(pooled),
        ["max_pooling2d: x -> MAX_POOLING2D", "c + max_pooling2d_1 + add + activation: x, MAX_POOLING2D -> y"]
    );
}

#[test]
fn other_sums_are_steps_of_their_own() {
    let last = |body: &str| steps(body).pop().unwrap_or_default().split(':').next().unwrap_or_default().to_string();
    // Both are one value; the other comes later; the place for an activation is taken; other shapes; no sum.
    assert_eq!(last("let a = x => c: Conv2D<4, 1>; let y = a + a;"), "add");
    assert_eq!(last("let a = x => c: Conv2D<4, 1>; let s = x => AvgPool2D<1>; let y = a + s;"), "add");
    let taken = "let s = x => MaxPool2D<2>; let y = s + (x => c: Conv2D<4, 1> => MaxPool2D<2> => Activation<tanh>);";
    assert_eq!(last(taken), "add");
    assert_eq!(last("let s = x => GlobalAvgPool2D<keepdims = true>; let y = s + (x => c: Conv2D<4, 1>);"), "add");
    assert_eq!(last("let s = x => ReLU; let y = s * (x => c: Conv2D<4, 1>);"), "multiply");
}
