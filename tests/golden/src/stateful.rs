//! Networks that go on where they stopped: batches one after another, the samples of each with states of their own.

use bytemuck::Zeroable;
use fearless_simd::Simd;
use nn_core::Stateful;

use crate::case::{Case, shape};
use crate::network::{check_description, names, with_params};
use crate::sample::{elements_of, samples};
use crate::simd::vectors;

/// Checks the outputs of each call.
///
/// # Panics
///
/// If anything differs from the case.
pub fn check<N: Stateful<Element: Into<f64>>>(name: &str) {
    let case = Case::load(name);
    check_description::<N>(&case);
    let net = with_params::<N>(&case, "param.");
    let (inputs, outputs) = (names::<N::Input>(&case, "inputs"), names::<N::Output>(&case, "outputs"));
    let resets = shape(&case.json["reset_before"]);
    let mut states = vec![N::State::zeroed(); case.count("batch")];
    for call in 0..case.count("calls") {
        if resets.contains(&call) {
            states.fill(N::State::zeroed());
        }
        let x: Vec<_> = inputs.iter().map(|input| case.array(&format!("input.{input}@{call}")).data).collect();
        let y = run(&*net, &samples(&x), &mut states);
        for (index, output) in outputs.iter().enumerate() {
            let got: Vec<N::Element> = y.iter().flat_map(|y| elements_of(y, index)).collect();
            case.compare(&format!("output.{output}@{call}"), &got);
        }
    }
}

/// One call: each sample with its state.
fn run<N: Stateful>(net: &N, x: &[N::Input], states: &mut [N::State]) -> Vec<N::Output> {
    assert_eq!(x.len(), states.len(), "the size of the batch");
    let mut workspace: Box<N::Workspace> = bytemuck::zeroed_box();
    let simd = vectors();
    let run = |(x, state): (&N::Input, &mut N::State)| {
        let mut y = N::Output::zeroed();
        simd.vectorize(
            #[inline(always)]
            || net.forward_from(simd, x, state, &mut workspace, &mut y),
        );
        y
    };
    x.iter().zip(states).map(run).collect()
}
