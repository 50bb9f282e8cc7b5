//! What the benchmarks of kernels at inference share: the machine's peak, and rows that relate a time to it.

use std::hint::black_box;
use std::marker::PhantomData;
use std::ops::{Deref, DerefMut};
use std::time::Instant;

use fearless_simd::Level;
use fearless_simd::prelude::*;
use nn_core::activations::{Activation, Keeps};
use nn_core::element::Element;
use nn_core::rt::dispatch;

/// `max(x, 0)`.
#[derive(Clone, Copy)]
pub struct Positive;

impl<T: Element> Activation<T> for Positive {
    const KEEPS: Keeps = Keeps::Output;
    const MONOTONE: bool = true;

    #[inline(always)]
    fn apply<S: Simd>(self, simd: S, x: T::Vector<S>) -> T::Vector<S> {
        x.max(T::Vector::<S>::splat(simd, T::zero()))
    }

    #[inline(always)]
    fn derivative<S: Simd>(self, _: S, _: T::Vector<S>, dy: T::Vector<S>) -> T::Vector<S> {
        dy
    }
}

/// Prints the rows.
pub struct Report {
    pub level: Level,
    /// Multiply-adds per second.
    peak: f64,
    filter: String,
}

impl Report {
    /// Rows whose name has the first argument of the program in it, on the best level of this machine or the one that
    /// `NN_LEVEL` names.
    pub fn new() -> Self {
        let level = level();
        let filter = std::env::args().skip(1).find(|arg| !arg.starts_with('-')).unwrap_or_default();
        let report = Report { level, peak: peak(level), filter };
        println!("peak: {:.1} G multiply-adds/s ({level:?})", report.peak / 1e9);
        report
    }

    /// Whether there is to be a row of this name.
    pub fn wants(&self, name: &str) -> bool {
        name.contains(&self.filter)
    }

    /// Times `call`, which makes `macs` multiply-adds.
    pub fn row(&self, name: &str, macs: usize, mut call: impl FnMut()) {
        if !self.wants(name) {
            return;
        }
        let started = Instant::now();
        call();
        let once = started.elapsed().as_secs_f64();
        let inner = (2e-5 / once.max(1e-8)).clamp(1.0, 1000.0) as usize;
        let rounds = (0.3 / (once * inner as f64)).clamp(20.0, 5000.0) as usize;
        let mut times: Vec<f64> = (0..rounds).map(|_| time(inner, &mut call)).collect();
        times.sort_by(f64::total_cmp);
        let rate = macs as f64 / times[0];
        println!(
            "{name:<44} {:>11.3} us  min {:>11.3} us  {:>8.2} ns/1000  {:>6.1} G/s  {:>5.1} % of peak",
            times[rounds / 2] * 1e6,
            times[0] * 1e6,
            1e12 / rate,
            rate / 1e9,
            100.0 * rate / self.peak
        );
    }
}

/// Seconds of one call, over `inner` calls.
fn time(inner: usize, call: &mut impl FnMut()) -> f64 {
    let started = Instant::now();
    for _ in 0..inner {
        call();
    }
    started.elapsed().as_secs_f64() / inner as f64
}

/// Multiply-adds per second of one core, in single precision.
fn peak(level: Level) -> f64 {
    const STEPS: usize = 100_000;
    #[inline(always)]
    fn chains<S: Simd>(simd: S) -> f32 {
        let mut sums = [S::f32s::splat(simd, 1.0); 12];
        let (a, b) = (S::f32s::splat(simd, black_box(0.999)), S::f32s::splat(simd, black_box(0.001)));
        for _ in 0..STEPS {
            for sum in &mut sums {
                *sum = sum.mul_add(a, b);
            }
        }
        sums.iter().map(|sum| sum[0]).sum()
    }
    let lanes = dispatch!(level, simd => lanes(simd));
    let once = || {
        let started = Instant::now();
        black_box(dispatch!(level, simd => chains(simd)));
        started.elapsed().as_secs_f64()
    };
    (STEPS * 12 * lanes) as f64 / (0..30).map(|_| once()).fold(f64::MAX, f64::min)
}

#[inline(always)]
fn lanes<S: Simd>(_: S) -> usize {
    S::f32s::LEN
}

/// Numbers that start at a cache line, as those of a network do.
pub struct Numbers {
    memory: Vec<f32>,
    start: usize,
}

impl Deref for Numbers {
    type Target = [f32];

    fn deref(&self) -> &[f32] {
        &self.memory[self.start..]
    }
}

impl DerefMut for Numbers {
    fn deref_mut(&mut self) -> &mut [f32] {
        &mut self.memory[self.start..]
    }
}

/// As many zeros.
pub fn zeros(count: usize) -> Numbers {
    let mut memory = vec![0.0; count + 16];
    let start = memory.as_ptr().align_offset(64);
    memory.truncate(start + count);
    Numbers { memory, start }
}

/// The same numbers in every run.
pub fn values(count: usize) -> Numbers {
    let mut values = zeros(count);
    for (i, value) in values.iter_mut().enumerate() {
        *value = ((i * 7919) % 13) as f32 * 0.01 - 0.06;
    }
    values
}

/// A layer with the numbers of [`values`].
pub fn layer<L: bytemuck::Pod>() -> impl Deref<Target = L> {
    struct Layer<L>(Numbers, PhantomData<L>);
    impl<L: bytemuck::Pod> Deref for Layer<L> {
        type Target = L;

        fn deref(&self) -> &L {
            bytemuck::from_bytes(bytemuck::cast_slice(&self.0))
        }
    }
    Layer(values(size_of::<L>() / 4), PhantomData)
}

/// The best level of this machine, or the one that `NN_LEVEL` names.
fn level() -> Level {
    let best = Level::new();
    #[cfg(target_arch = "x86_64")]
    match std::env::var("NN_LEVEL").as_deref() {
        Ok("avx2") => return best.as_avx2().map_or(best, Level::Avx2),
        Ok("sse4_2") => return best.as_sse4_2().map_or(best, Level::Sse4_2),
        Ok("sse2") => return best.as_sse2().map_or(best, Level::Sse2),
        _ => {}
    }
    best
}
