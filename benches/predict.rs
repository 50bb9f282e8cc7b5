//! `predict` on batches: microseconds a sample on one thread, and what part of twice the speed two threads reach.
//!
//! `cargo bench --bench predict [name]`. Of both the fastest call counts, in turns, so that other programs disturb little;
//! efficiency still needs two cores that nobody else uses.

mod support;

use std::hint::black_box;
use std::time::{Duration, Instant};

use nn::prelude::*;
use rayon::ThreadPool;
use support::networks::{Attention, Gru, Headline, KerasCnn, LeNet, Lstm, Mlp, ResNet8, Rnn, Wide};
use support::{fill_sample, fma_peak};

/// The fastest of several calls, in seconds; at least one.
fn fastest(pool: &ThreadPool, time: Duration, mut call: impl FnMut() + Send) -> f64 {
    pool.install(|| {
        let begin = Instant::now();
        let mut best = Duration::MAX;
        while best == Duration::MAX || begin.elapsed() < time {
            let start = Instant::now();
            call();
            best = best.min(start.elapsed());
        }
        best.as_secs_f64()
    })
}

/// One line for each size of a batch.
fn measure<N: Network<Element = f32>>(name: &str, pools: &[ThreadPool; 2], peak: f64) {
    let mut wanted = std::env::args().skip(1).filter(|arg| !arg.starts_with('-'));
    if !wanted.all(|arg| arg == name) {
        return;
    }
    let net = N::new(&mut nn::rng(1));
    let macs = N::LAYERS.iter().map(|layer| layer.macs).sum::<u64>();
    for samples in [64, 256, 1024] {
        let mut x = bytemuck::allocation::zeroed_vec::<N::Input>(samples);
        x.iter_mut().zip(0..).for_each(|(sample, seed)| fill_sample(sample, seed));
        let mut best = [f64::MAX; 2];
        for _ in 0..8 {
            for (pool, best) in pools.iter().zip(&mut best) {
                let time = Duration::from_millis(100);
                *best = best.min(fastest(pool, time, || drop(black_box(net.predict(black_box(&x))))));
            }
        }
        let [one, two] = best.map(|seconds| seconds / samples as f64);
        let (share, efficiency) = (100.0 * macs as f64 / one / peak, 100.0 * one / (2.0 * two));
        let [one, two] = [one, two].map(|seconds| seconds * 1e6);
        println!("{name:<12}{samples:>8}{one:>12.3}{two:>12.3}{share:>12.1}{efficiency:>14.1}");
    }
}

fn main() {
    let pool = |threads| rayon::ThreadPoolBuilder::new().num_threads(threads).build();
    let (Ok(one), Ok(two)) = (pool(1), pool(2)) else { return println!("no threads to run on") };
    let (pools, peak) = ([one, two], fma_peak());
    println!("FMA peak of a core: {:.1} G multiply-adds/s; microseconds a sample\n", peak / 1e9);
    println!("name         samples  one thread two threads   % of peak  efficiency %");
    measure::<LeNet>("lenet", &pools, peak);
    measure::<KerasCnn>("keras_cnn", &pools, peak);
    measure::<Mlp>("mlp", &pools, peak);
    measure::<Wide>("wide", &pools, peak);
    measure::<Rnn>("rnn", &pools, peak);
    measure::<Lstm>("lstm", &pools, peak);
    measure::<Gru>("gru", &pools, peak);
    measure::<Headline>("headline", &pools, peak);
    measure::<ResNet8>("resnet8", &pools, peak);
    measure::<Attention>("attention", &pools, peak);
}
