//! What denormal numbers cost: a step of the audio networks with an input of 0.3, and with one of 1e-40.
//!
//! `cargo bench --bench denormals`. The state never is denormal, so the input's cost is all there is.

mod support;

use std::hint::black_box;
use std::time::Instant;

use nn::prelude::*;
use support::networks::{AudioDense, AudioGru, AudioLstm, AudioTcn};

const STEPS: u32 = 200;
const BLOCKS: u32 = 4000;

/// Nanoseconds of a step, in the fastest of many blocks.
fn fastest<N>(net: &N, x: f32) -> f64
where
    N: Stream<Element = f32, StepInput = nn::Tensor1<1>>,
{
    let mut state = bytemuck::allocation::zeroed_box::<N::State>();
    let blocks = (0..BLOCKS).map(|_| {
        let start = Instant::now();
        for _ in 0..STEPS {
            black_box(net.step(black_box(&[x].into()), &mut state));
        }
        start.elapsed().as_secs_f64()
    });
    1e9 * blocks.fold(f64::MAX, f64::min) / f64::from(STEPS)
}

fn measure<N>()
where
    N: Stream<Element = f32, StepInput = nn::Tensor1<1>>,
{
    let net = N::new(&mut nn::rng(1));
    let [normal, denormal] = [0.3, 1e-40].map(|x| fastest(&*net, x));
    println!("{:<16}{normal:>12.1}{denormal:>18.1}", N::NAME);
}

fn main() {
    println!("{:<16}{:>12}{:>18}", "ns a step", "normal", "denormal input");
    measure::<AudioLstm>();
    measure::<AudioGru>();
    measure::<AudioTcn>();
    measure::<AudioDense>();
}
