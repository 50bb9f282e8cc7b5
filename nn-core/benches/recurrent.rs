//! Recurrent layers of 1 to 64 units at batch 1: odd numbers of units should cost no more than their share.
//!
//! `cargo bench -p nn-core --bench recurrent [part of a name]`; one row a layer: minimum of a sequence of 64 steps of
//! 16 inputs, and of one streamed step, each per step and per multiply-add.

use std::hint::black_box;
use std::time::Instant;

use fearless_simd::Level;
use nn_core::activations::{Sigmoid, Tanh};
use nn_core::layers::recurrent::{RecurrentShape, Sequence, Step};
use nn_core::layers::{gru, lstm, simple_rnn};
use nn_core::rt::dispatch;

const STEPS: usize = 64;
const INPUTS: usize = 16;

#[derive(Clone, Copy)]
struct Shape<const UNITS: usize>;

impl<const UNITS: usize> RecurrentShape for Shape<UNITS> {
    const STEPS: usize = STEPS;
    const INPUTS: usize = INPUTS;
    const UNITS: usize = UNITS;
}

fn values(count: usize) -> Vec<f32> {
    (0..count).map(|i| ((i * 7919) % 29) as f32 * 0.01 - 0.14).collect()
}

/// A boxed layer, filled.
fn layer<L: bytemuck::Pod>() -> Box<L> {
    let mut layer: Box<L> = bytemuck::zeroed_box();
    let weights: &mut [f32] = bytemuck::cast_slice_mut(std::slice::from_mut(&mut *layer));
    weights.copy_from_slice(&values(weights.len()));
    layer
}

/// The fewest seconds of a call, over short blocks of calls.
fn minimum(mut call: impl FnMut()) -> f64 {
    let once = time(1000, &mut call);
    let calls = (2e-5 / once).clamp(1.0, 1000.0) as u32;
    (0..(0.2 / (once * f64::from(calls))) as u32).map(|_| time(calls, &mut call)).fold(f64::MAX, f64::min)
}

/// Seconds of one call, over so many.
fn time(calls: u32, call: &mut impl FnMut()) -> f64 {
    let started = Instant::now();
    for _ in 0..calls {
        call();
    }
    started.elapsed().as_secs_f64() / f64::from(calls)
}

/// One layer: its module, its activations, how many states and gates it has, its weights.
macro_rules! bench {
    ($filter:expr, $module:ident, [$($activation:expr),*], $states:literal, $gates:literal, $units:literal, $weights:ty) => {{
        let name = concat!(stringify!($module), " ", $units);
        if name.contains($filter) {
            let weights = layer::<$weights>();
            let (x, mut y) = (values(STEPS * INPUTS), [0.0; $units]);
            let mut scratch = vec![0.0; $module::scratch_len::<Shape<$units>, f32>()];
            let mut state = [0.0; $states * $units];
            let sequence = minimum(|| {
                let (weights, x, y, scratch) = (black_box(&*weights), black_box(&x[..]), &mut y[..], &mut scratch[..]);
                dispatch!(Level::new(), simd => $module::infer(simd, Shape::<$units>, weights, Sequence {
                    x, mask: None, initial_state: [None; $states], state: None, y, final_state: [const { None }; $states], scratch,
                }, $($activation),*));
            });
            let step = minimum(|| {
                let (weights, x) = (black_box(&*weights), black_box(&x[..INPUTS]));
                let step = Step { x, state: &mut state, y: &mut y, scratch: &mut scratch };
                dispatch!(Level::new(), simd => $module::step(simd, Shape::<$units>, weights, step, $($activation),*));
            });
            row(name, [sequence / STEPS as f64, step], $gates * $units * (INPUTS + $units));
        }
    }};
}

/// Prints the seconds of a step in a sequence and of a streamed one, which have so many multiply-adds.
fn row(name: &str, seconds: [f64; 2], macs: usize) {
    let [sequence, step] = seconds.map(|seconds| seconds * 1e9);
    let [per_mac, step_per_mac] = [sequence, step].map(|nanoseconds| nanoseconds / macs as f64);
    println!(
        "{name:<14} {macs:>6} multiply-adds  in a sequence {sequence:>7.1} ns, {per_mac:.4} each  streamed {step:>7.1} ns, \
         {step_per_mac:.4} each"
    );
}

macro_rules! sweep {
    ($filter:expr, $($units:literal)*) => {
        $(bench!($filter, simple_rnn, [Tanh], 1, 1, $units, simple_rnn::SimpleRNN<INPUTS, $units>);)*
        $(bench!($filter, gru, [Tanh, Sigmoid], 1, 3, $units, gru::GRU<INPUTS, $units>);)*
        $(bench!($filter, lstm, [Tanh, Sigmoid], 2, 4, $units, lstm::LSTM<INPUTS, $units>);)*
    };
}

fn main() {
    let filter = std::env::args().skip(1).find(|arg| !arg.starts_with('-')).unwrap_or_default();
    sweep!(&filter, 1 3 6 8 10 12 16 20 24 32 48 50 64);
}
