//! Latency of one sample on one core, and how near it comes to the machine's FMA peak.
//!
//! `cargo bench --bench inference`. The last lines are plain rows: name, median, unit, percent of
//! the peak that the same run measured, heap allocations of one call.

mod support;

use std::hint::black_box;

use nn::Record;
use nn::prelude::*;
use support::networks::{
    Attention, AudioDense, AudioGru, AudioLstm, AudioTcn, Autoencoder, DsCnn, Gru, Headline, KerasCnn, LeNet, Lstm,
    Mlp, MobileNet, ResNet8, Rnn,
};
use support::{Counting, allocations, fill_sample, fma_peak, median};

#[global_allocator]
static ALLOCATOR: Counting = Counting;

nn::network! {
    /// The larger convolution of `KerasCnn` alone, on an input that has its border already.
    struct InnerConvolution = Input<34, 34, 32> => Conv2D<64, 3, activation = relu>;
}

/// One line of the summary.
struct Row {
    name: &'static str,
    seconds: f64,
    macs: u64,
    allocations: u64,
    /// Seconds to one of the unit, and the unit.
    unit: (f64, &'static str),
}

fn sample<X: Record>() -> Box<X> {
    let mut x: Box<X> = bytemuck::allocation::zeroed_box();
    fill_sample(&mut *x, 0);
    x
}

/// One time step of a streamed network.
fn step<N: Stream<Element = f32>>(name: &'static str) -> Row {
    let net = N::new(&mut nn::rng(1));
    let (x, mut state) = (sample::<N::StepInput>(), bytemuck::allocation::zeroed_box::<N::State>());
    let before = allocations();
    black_box(net.step(&x, &mut state));
    let allocations = allocations() - before;
    // Many steps to a call, so that the clock does not count.
    const STEPS: u32 = 1000;
    let seconds = median(|| {
        for _ in 0..STEPS {
            black_box(net.step(black_box(&x), &mut state));
        }
    });
    let steps = N::LAYERS.first().and_then(|input| input.output.first()).copied().unwrap_or(1) as u64;
    let macs = N::LAYERS.iter().map(|layer| layer.macs).sum::<u64>() / steps;
    Row { name, seconds: seconds / f64::from(STEPS), macs, allocations, unit: (1e9, "ns") }
}

fn measure<N: Network<Element = f32>>(name: &'static str, macs: u64) -> Row {
    let net = N::new(&mut nn::rng(1));
    let x = sample::<N::Input>();
    let mut workspace = N::workspace();
    let before = allocations();
    black_box(net.infer(&x, &mut workspace));
    let allocations = allocations() - before;
    let seconds = median(|| {
        black_box(net.infer(black_box(&x), &mut workspace));
    });
    Row { name, seconds, macs, allocations, unit: (1e6, "us") }
}

fn main() {
    let rows = [
        measure::<LeNet>("lenet", LeNet::MACS),
        measure::<InnerConvolution>("conv 34x34x32 to 64", InnerConvolution::MACS),
        measure::<KerasCnn>("keras_cnn", KerasCnn::MACS),
        measure::<Mlp>("mlp", Mlp::MACS),
        measure::<Rnn>("rnn", Rnn::MACS),
        measure::<Lstm>("lstm", Lstm::MACS),
        measure::<Gru>("gru", Gru::MACS),
        measure::<Headline>("headline", Headline::MACS),
        measure::<ResNet8>("resnet8", ResNet8::MACS),
        measure::<DsCnn>("ds_cnn", DsCnn::MACS),
        measure::<MobileNet>("mobilenet", MobileNet::MACS),
        measure::<Autoencoder>("autoencoder", Autoencoder::MACS),
        measure::<Attention>("attention", Attention::MACS),
        step::<AudioLstm>("audio lstm, a step"),
        step::<AudioGru>("audio gru, a step"),
        step::<AudioTcn>("audio tcn, a step"),
        step::<AudioDense>("audio dense, a step"),
    ];
    let peak = fma_peak();
    println!("FMA peak of one core: {:.1} G multiply-adds/s", peak / 1e9);
    println!("{:<24}{:>12}  {:<6}{:>10}{:>14}", "name", "median", "unit", "% of peak", "allocations");
    for row in rows {
        let percent = 100.0 * row.macs as f64 / row.seconds / peak;
        let (scale, unit) = row.unit;
        println!("{:<24}{:>12.3}  {:<6}{:>10.1}{:>14}", row.name, row.seconds * scale, unit, percent, row.allocations);
    }
}
