//! Samples per second of training with Adam at batch 32, on one thread and on two.
//!
//! `cargo bench --bench training`. A step is forward, loss, backward and update, as `train_on_batch`
//! runs it.

mod support;

use nn::prelude::*;
use support::networks::{KerasCnn, LeNet};
use support::{fill, median};

/// Samples of a step.
const BATCH: usize = 32;

/// Samples per second of `train_on_batch`, at best of a few hundred steps.
fn measure<N, Y>(name: &str, loss: SparseCategoricalCrossentropy, threads: usize, targets: &[Y])
where
    N: Train<Element = f32>,
    N::Input: Tensor<Item = f32>,
    Y: nn::losses::Target<f32>,
    SparseCategoricalCrossentropy: nn::losses::LossesFor<nn::train::Outputs<N>, Y, f32>,
{
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
            if let Err(error) = model.train_on_batch(&x, targets, None) {
                println!("{name}: {error}");
            }
        });
        let (rate, each) = (targets.len() as f64 / seconds, seconds / targets.len() as f64 * 1e6);
        println!("{name:<12}{threads:>8}{rate:>16.0}  samples/s{each:>10.2}  us a sample");
    });
}

fn main() {
    let targets: Vec<u8> = (0..BATCH).map(|index| (index * 7 % 10) as u8).collect();
    println!("{:<12}{:>8}{:>16}", "name", "threads", "rate");
    for threads in [1, 2] {
        measure::<LeNet, u8>("lenet", SparseCategoricalCrossentropy::from_logits(), threads, &targets);
        measure::<KerasCnn, u8>("keras_cnn", SparseCategoricalCrossentropy::default(), threads, &targets);
    }
}
