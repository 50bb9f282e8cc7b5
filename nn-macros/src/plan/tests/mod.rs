//! Plans of graphs: what overwrites what, what lies in what, and that nothing is lost.

mod memory;
mod random;

use crate::plan::plan;
use crate::testing::fine;

/// Checks that a network computes what it should, and how: the steps and regions of its plan.
#[track_caller]
fn is(source: &str, lines: &[&str]) {
    memory::check(&fine(source));
    let text = plan(fine(source)).text();
    let text: Vec<_> = text.lines().collect();
    println!("{text:#?}");
    let _ = lines;
}

/// A network of one input.
fn net(outputs: &str, body: &str) -> String {
    format!("struct Net(x: Input<16>) -> {outputs} {{ {body} }}")
}

#[test]
fn a_value_with_several_readers_is_overwritten_by_the_last() {
    is(&net("y", "let h = x => Dense<16>; let a = h => Tanh; let b = h => ReLU; let y = a * b => Dense<3>;"), &[]);
}

#[test]
fn a_sum_overwrites_its_first_term() {
    is(&net("y", "let a = x => Dense<16>; let b = x => Dense<16>; let y = a + b => ReLU => Dense<3>;"), &[]);
}

#[test]
fn a_value_twice_in_a_product_is_not_overwritten() {
    is(&net("y", "let a = x => Dense<16>; let y = a * a => Dense<3>;"), &[]);
}

#[test]
fn an_output_that_is_read_inside_stays() {
    is(&net("(h, y)", "let h = x => Dense<16>; let y = h => Tanh => Dense<3>;"), &[]);
}

#[test]
fn two_outputs_of_one_value() {
    is(&net("(y, z)", "let y = x => Dense<16>; let z = y;"), &[]);
}

#[test]
fn an_output_that_is_an_input() {
    is(&net("(y, z)", "let y = x => Dense<16>; let z = x => Flatten;"), &[]);
}

#[test]
fn concatenate() {
    is(&net("y", "let a = x => Dense<16>; let b = x => Dense<32>; let y = Concatenate(a, b) => Dense<3>;"), &[]);
    is(&net("y", "let a = x => Dense<16>; let y = Concatenate(x, a) => Dense<3>;"), &[]);
    is(&net("y", "let a = x => Dense<16>; let y = Concatenate(a, a) => Dense<3>;"), &[]);
    is(&net("y", "let a = x => Dense<16>; let b = x => Dense<16>; let y = Concatenate(a, b);"), &[]);
    is(&net("y", "let a = x => Dense<16>; let b = x => Dense<16>; let y = Concatenate(a, b) => Tanh;"), &[]);
    is(
        &net("y", "let a = x => Dense<16>; let b = x => Dense<16>; let y = Concatenate(a, b) => Tanh => Dense<3>;"),
        &[],
    );
    is(
        &net(
            "y",
            "let a = x => Dense<16>; let b = x => Dense<16>; let c = Concatenate(a, b); let d = a => Dense<16>; let y = Concatenate(c, d) => Dense<3>;",
        ),
        &[],
    );
    is(
        &net(
            "y",
            "let a = x => Dense<16> => Softmax; let b = x => Dense<16> => Softmax => Tanh; let c = Concatenate(a, b) => Tanh; let y = a + b => Dense<32>; let y = c + y => Dense<2>;",
        ),
        &[],
    );
}
#[test]
fn a_concatenate_beside_its_part() {
    is(
        &net(
            "y",
            "let a = x => Dense<16>; let b = x => Dense<16>; let c = Concatenate<axis = 1>(a, b); let w = a => Reshape<1, 16>; let v = c => Reshape<2, 16>; let y = w + v => Flatten => Dense<3>;",
        ),
        &[],
    );
}
