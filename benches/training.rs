//! Samples per second of training with Adam at batch 32, on one thread and on two.
//!
//! `cargo bench --bench training`. A step is forward, loss, backward and update, as `train_on_batch`
//! runs it.

mod support;

use nn::prelude::*;
use support::{fill, median};

nn::network! {
    /// LeNet on 28×28 digits.
    struct LeNet = Input<28, 28, 1>
        => conv1: Conv2D<6, 3> => MaxPool2D<2> => ReLU
        => conv2: Conv2D<16, 3> => MaxPool2D<2> => ReLU
        => Flatten
        => Dense<120, activation = relu>
        => Dense<84, activation = relu>
        => Dense<10>;
}

nn::network! {
    /// The network with two convolutions of the Keras notes.
    struct KerasCnn = Input<64, 64, 3>
        => Conv2D<32, 3, padding = same, activation = relu> => MaxPool2D<2>
        => Conv2D<64, 3, padding = same, activation = relu> => MaxPool2D<2>
        => Flatten
        => Dense<64, activation = relu>
        => Dense<10>;
}

const BATCH: usize = 32;

/// Samples per second of `train_on_batch`, at best of a few hundred steps.
fn measure<N, Y>(name: &str, threads: usize, targets: &[Y])
where
    N: Train<Element = f32>,
    N::Input: Tensor<Item = f32>,
    Y: nn::losses::Target<f32>,
    SparseCategoricalCrossentropy: nn::losses::LossFor<N::Output, Y, f32>,
{
    let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build();
    let Ok(pool) = pool else {
        println!("{name}: no pool of {threads} threads");
        return;
    };
    pool.install(|| {
        let mut x = bytemuck::allocation::zeroed_vec::<N::Input>(targets.len());
        x.iter_mut().for_each(|sample| fill(sample.as_flat_mut()));
        let loss = SparseCategoricalCrossentropy::from_logits();
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
        measure::<LeNet, u8>("lenet", threads, &targets);
        measure::<KerasCnn, u8>("keras_cnn", threads, &targets);
    }
}
