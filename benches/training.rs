//! Samples per second of training with Adam at batch 32, on one thread and on two.
//!
//! `cargo bench --bench training [name] [threads]`. A step is forward, loss, backward and update, as `train_on_batch`
//! runs it. The share of the peak counts three multiply-adds for each one of inference, and the peak of all threads.

mod support;

use nn::prelude::*;
use support::networks::{KerasCnn, LeNet};
use support::{fill, fma_peak, median};

/// Samples of a step.
const BATCH: usize = 32;

/// Samples per second of `train_on_batch`, at best of a few hundred steps.
fn measure<N>(name: &str, loss: SparseCategoricalCrossentropy, threads: usize, peak: f64)
where
    N: Train<Element = f32>,
    N::Input: Tensor<Item = f32>,
    SparseCategoricalCrossentropy: nn::losses::LossesFor<nn::train::Outputs<N>, u8, f32>,
    (): nn::metrics::MetricsFor<f32, nn::train::Outputs<N>>,
{
    let mut wanted = std::env::args().skip(1).filter(|arg| !arg.starts_with('-'));
    if !wanted.all(|arg| arg == name || arg == threads.to_string()) {
        return;
    }
    let targets: Vec<u8> = (0..BATCH).map(|index| (index * 7 % 10) as u8).collect();
    let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build();
    let Ok(pool) = pool else {
        println!("{name}: no pool of {threads} threads");
        return;
    };
    pool.install(|| {
        let mut x = bytemuck::allocation::zeroed_vec::<N::Input>(targets.len());
        x.iter_mut().for_each(|sample| fill(sample.as_flat_mut()));
        let mut model = N::new(&mut nn::rng(1)).compile(Adam::default(), loss, ());
        let seconds = median(|| {
            if let Err(error) = model.train_on_batch(&x, &targets, None) {
                println!("{name}: {error}");
            }
        });
        let (rate, each) = (targets.len() as f64 / seconds, seconds / targets.len() as f64 * 1e6);
        let macs = 3 * N::LAYERS.iter().map(|layer| layer.macs).sum::<u64>();
        let share = 100.0 * rate * macs as f64 / (peak * threads as f64);
        println!("{name:<12}{threads:>8}{rate:>12.0}  samples/s{each:>10.2}  us a sample{share:>8.1}  % of peak");
    });
}

fn main() {
    let peak = fma_peak();
    println!("FMA peak of a core: {:.1} G multiply-adds/s\n", peak / 1e9);
    for threads in [1, 2] {
        measure::<LeNet>("lenet", SparseCategoricalCrossentropy::from_logits(), threads, peak);
        measure::<KerasCnn>("keras_cnn", SparseCategoricalCrossentropy::default(), threads, peak);
    }
}
