//! Latency of one sample on one core, and how near it comes to the machine's FMA peak.
//!
//! `cargo bench --bench inference`. The last lines are plain rows: name, median, unit, percent of
//! the peak that the same run measured, heap allocations of one call.

mod support;

use std::hint::black_box;

use nn::prelude::*;
use support::networks::{KerasCnn, LeNet};
use support::{Counting, allocations, fill, fma_peak, median};

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
}

fn measure<N: Network<Element = f32>>(name: &'static str, macs: u64) -> Row
where
    N::Input: Tensor<Item = f32>,
{
    let net = N::new(&mut nn::rng(1));
    let mut x: Box<N::Input> = bytemuck::allocation::zeroed_box();
    fill(x.as_flat_mut());
    let mut workspace = N::workspace();
    let before = allocations();
    black_box(net.infer(&x, &mut workspace));
    let allocations = allocations() - before;
    let seconds = median(|| {
        black_box(net.infer(black_box(&x), &mut workspace));
    });
    Row { name, seconds, macs, allocations }
}

fn main() {
    let rows = [
        measure::<LeNet>("lenet", LeNet::MACS),
        measure::<InnerConvolution>("conv 34x34x32 to 64", InnerConvolution::MACS),
        measure::<KerasCnn>("keras_cnn", KerasCnn::MACS),
    ];
    let peak = fma_peak();
    println!("FMA peak of one core: {:.1} G multiply-adds/s", peak / 1e9);
    println!("{:<24}{:>12}  {:<6}{:>10}{:>14}", "name", "median", "unit", "% of peak", "allocations");
    for row in rows {
        let percent = 100.0 * row.macs as f64 / row.seconds / peak;
        println!("{:<24}{:>12.3}  {:<6}{:>10.1}{:>14}", row.name, row.seconds * 1e6, "us", percent, row.allocations);
    }
}
