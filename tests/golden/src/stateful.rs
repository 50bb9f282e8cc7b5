//! Cases of stateful networks: several calls, each of which goes on where the one before stopped.

use bytemuck::Zeroable;
use fearless_simd::Simd;
use nn_core::{Network, Record, Stateful};

use crate::case::Case;
use crate::network::{check_description, names, with_params};
use crate::sample::samples;
use crate::simd::vectors;

/// Checks the outputs of all calls; states start anew where the case says so.
///
/// # Panics
///
/// If anything differs from the case.
pub fn check<N: Stateful<Element: Into<f64>>>(name: &str) {
    let case = Case::load(name);
    check_description::<N>(&case);
    let net = with_params::<N>(&case, "param.");
    let calls = case.json["calls"].as_u64().expect("a stateful case says how many `calls`");
    let resets = case.json["reset_before"].as_array().expect("a stateful case lists `reset_before`");
    let mut states: Vec<N::State> = Vec::new();
    for call in 0..calls {
        let x = inputs_at::<N>(&case, call);
        if resets.iter().any(|reset| reset.as_u64() == Some(call)) {
            states.clear();
        }
        states.resize(x.len(), N::State::zeroed());
        let outputs: Vec<N::Element> = x.iter().zip(&mut states).flat_map(|(x, state)| run(&*net, x, state)).collect();
        case.compare(&format!("output.y@{call}"), &outputs);
    }
}

fn run<N: Stateful>(net: &N, x: &N::Input, state: &mut N::State) -> Vec<N::Element> {
    let mut workspace: Box<N::Workspace> = bytemuck::zeroed_box();
    let mut output: Box<N::Output> = bytemuck::zeroed_box();
    let simd = vectors();
    simd.vectorize(
        #[inline(always)]
        || net.forward_from(simd, x, state, &mut workspace, &mut output),
    );
    bytemuck::pod_collect_to_vec(output.part(0))
}

/// The samples of one call.
fn inputs_at<N: Network>(case: &Case, call: u64) -> Vec<N::Input> {
    let names = names::<N::Input>(case, "inputs");
    samples(&names.iter().map(|name| case.array(&format!("input.{name}@{call}")).data).collect::<Vec<_>>())
}
