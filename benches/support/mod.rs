//! What the benchmarks share: the machine's peak, medians, counted allocations, plain rows.
#![allow(dead_code, reason = "each benchmark uses its part")]

pub mod networks;

use std::alloc::{GlobalAlloc, Layout, System};
use std::hint::black_box;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use fearless_simd::prelude::*;
use fearless_simd::{Level, Simd};
use nn::__rt::dispatch;
use nn::{Dtype, Record};

/// Counts what the system allocator is asked for.
pub struct Counting;

static ALLOCATIONS: AtomicU64 = AtomicU64::new(0);

// SAFETY: every call is passed on to the system allocator unchanged.
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        ALLOCATIONS.fetch_add(1, Ordering::Relaxed);
        // SAFETY: the caller keeps the contract of `alloc`, which is the system allocator's.
        unsafe { System.alloc(layout) }
    }

    unsafe fn dealloc(&self, pointer: *mut u8, layout: Layout) {
        // SAFETY: the pointer came from `alloc` above, so from the system allocator.
        unsafe { System.dealloc(pointer, layout) }
    }
}

/// Allocations since the program started.
pub fn allocations() -> u64 {
    ALLOCATIONS.load(Ordering::Relaxed)
}

/// Multiply-adds per second of one core at its best: independent chains of fused multiply-adds in registers.
pub fn fma_peak() -> f64 {
    const CHAINS: usize = 16;
    const ROUNDS: usize = 200_000;

    #[inline(always)]
    fn chains<S: Simd>(simd: S) -> f32 {
        let mut sums = [S::f32s::splat(simd, 1.0); CHAINS];
        let factor = S::f32s::splat(simd, black_box(0.999));
        let term = S::f32s::splat(simd, black_box(0.001));
        for _ in 0..ROUNDS {
            for sum in &mut sums {
                *sum = sum.mul_add(factor, term);
            }
        }
        sums.iter().map(|sum| sum.as_slice()[0]).sum()
    }

    #[inline(always)]
    fn lanes<S: Simd>(_: S) -> usize {
        S::f32s::LEN
    }

    let level = Level::new();
    let lanes = dispatch!(level, simd => lanes(simd));
    let best = (0..20)
        .map(|_| {
            let start = Instant::now();
            black_box(dispatch!(level, simd => chains(simd)));
            start.elapsed()
        })
        .min()
        .unwrap_or(Duration::MAX);
    (CHAINS * ROUNDS * lanes) as f64 / best.as_secs_f64()
}

/// The median time of a call, in seconds: calls are timed in blocks of at least 20 µs, for about a second.
pub fn median(call: impl FnMut()) -> f64 {
    let times = times(call);
    times[times.len() / 2]
}

/// The times of a call in such blocks, the shortest first.
pub fn times(mut call: impl FnMut()) -> Vec<f64> {
    let start = Instant::now();
    let mut warm = 0u32;
    while start.elapsed() < Duration::from_millis(100) {
        call();
        warm += 1;
    }
    let once = start.elapsed().as_secs_f64() / f64::from(warm);
    let block = (20e-6 / once).ceil().max(1.0) as u32;
    let mut times = Vec::with_capacity(100_000);
    let start = Instant::now();
    while start.elapsed() < Duration::from_secs(1) && times.len() < 100_000 {
        let begin = Instant::now();
        for _ in 0..block {
            call();
        }
        times.push(begin.elapsed().as_secs_f64() / f64::from(block));
    }
    times.sort_by(f64::total_cmp);
    times
}

/// Numbers that are neither all alike nor random: the same in every run.
pub fn fill(values: &mut [f32]) {
    for (index, value) in values.iter_mut().enumerate() {
        *value = ((index * 7919) % 29) as f32 / 14.0 - 1.0;
    }
}

/// A sample of such numbers, or of ids that every embedding here has: other ones for another `seed`.
pub fn fill_sample<X: Record>(x: &mut X, seed: u32) {
    for (index, part) in X::PARTS.iter().enumerate() {
        match part.dtype {
            Dtype::F32 => fill(bytemuck::cast_slice_mut(x.part_mut(index))),
            Dtype::U32 => {
                let ids: &mut [u32] = bytemuck::cast_slice_mut(x.part_mut(index));
                ids.iter_mut().zip(seed * 101..).for_each(|(id, place)| *id = place * 977 % 10_000);
            }
            Dtype::F64 | Dtype::I32 | Dtype::U8 => {}
        }
    }
}
