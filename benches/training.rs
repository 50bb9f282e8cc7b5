//! Milliseconds a step of training with Adam, on one thread and on two.
//!
//! `cargo bench --bench training [name] [batch] [threads]`, for example `cargo bench --bench training lenet 32`. A step is forward,
//! loss, backward and update, as `train_on_batch` runs it on a resident batch. The share of the peak counts three
//! multiply-adds for each one of inference, and the peak of all threads. Where other programs run, the fastest step says
//! more than the median.

mod support;

use nn::losses::LossesFor;
use nn::metrics::MetricsFor;
use nn::prelude::*;
use nn::train::Outputs;
use support::networks::{Gru, Headline, KerasCnn, LeNet, Lstm, Mlp, ResNet8};
use support::{fill_sample, fma_peak, times};

/// What is measured of one network.
struct Case<L, Y> {
    name: &'static str,
    batch: usize,
    loss: L,
    /// The target of a sample.
    target: fn(usize) -> Y,
}

impl<L: Clone, Y> Case<L, Y> {
    /// One line of the table.
    fn measure<N>(&self, threads: usize, peak: f64)
    where
        N: Train<Element = f32>,
        Y: nn::losses::Target<f32>,
        L: LossesFor<Outputs<N>, Y, f32> + Send,
        (): MetricsFor<f32, Outputs<N>>,
    {
        let known = [self.name.to_owned(), self.batch.to_string(), threads.to_string()];
        let mut wanted = std::env::args().skip(1).filter(|arg| !arg.starts_with('-'));
        if !wanted.all(|arg| known.contains(&arg)) {
            return;
        }
        let pool = match rayon::ThreadPoolBuilder::new().num_threads(threads).build() {
            Ok(pool) => pool,
            Err(error) => return println!("{}: {error}", self.name),
        };
        let times = pool.install(|| {
            let mut x = bytemuck::allocation::zeroed_vec::<N::Input>(self.batch);
            x.iter_mut().zip(0..).for_each(|(sample, seed)| fill_sample(sample, seed));
            let y: Vec<Y> = (0..self.batch).map(self.target).collect();
            let mut model = N::new(&mut nn::rng(1)).compile(Adam::default(), self.loss.clone(), ());
            times(|| {
                if let Err(error) = model.train_on_batch(&x, &y, None) {
                    println!("{}: {error}", self.name);
                }
            })
        });
        let (fastest, median) = (times[0], times[times.len() / 2]);
        let macs = 3 * N::LAYERS.iter().map(|layer| layer.macs).sum::<u64>() * self.batch as u64;
        let share = 100.0 * macs as f64 / fastest / (peak * threads as f64);
        let rate = self.batch as f64 / fastest;
        let Case { name, batch, .. } = self;
        let (fastest, median) = (fastest * 1e3, median * 1e3);
        println!("{name:<12}{batch:>6}{threads:>9}{fastest:>12.4}{median:>12.4}{rate:>12.0}{share:>12.1}");
    }
}

/// One of ten classes.
fn class(index: usize) -> u8 {
    (index * 7 % 10) as u8
}

/// Yes or no.
fn answer(index: usize) -> u8 {
    index.is_multiple_of(3).into()
}

fn main() {
    let peak = fma_peak();
    println!("FMA peak of a core: {:.1} G multiply-adds/s\n", peak / 1e9);
    println!(
        "{:<12}{:>6}{:>9}{:>12}{:>12}{:>12}{:>12}",
        "name", "batch", "threads", "fastest", "median", "samples/s", "% of peak"
    );
    let logits = SparseCategoricalCrossentropy::from_logits;
    let classes = SparseCategoricalCrossentropy::default;
    let yes = BinaryCrossentropy::default;
    for threads in [1, 2] {
        Case { name: "lenet", batch: 32, loss: logits(), target: class }.measure::<LeNet>(threads, peak);
        Case { name: "lenet", batch: 128, loss: logits(), target: class }.measure::<LeNet>(threads, peak);
        Case { name: "keras_cnn", batch: 32, loss: classes(), target: class }.measure::<KerasCnn>(threads, peak);
        Case { name: "mlp", batch: 128, loss: yes(), target: answer }.measure::<Mlp>(threads, peak);
        Case { name: "lstm", batch: 32, loss: yes(), target: answer }.measure::<Lstm>(threads, peak);
        Case { name: "gru", batch: 32, loss: yes(), target: answer }.measure::<Gru>(threads, peak);
        let both = Case {
            name: "headline",
            batch: 32,
            loss: (yes(), yes()),
            target: |index| (answer(index), answer(index + 1)),
        };
        both.measure::<Headline>(threads, peak);
        Case { name: "resnet8", batch: 32, loss: classes(), target: class }.measure::<ResNet8>(threads, peak);
    }
}
