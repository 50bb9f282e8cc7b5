//! The kernels of training, on one shard of 16 samples: our tiles and matrixmultiply.
//!
//! `cargo bench -p nn-core --bench training_kernels [part of a name]`; one row a kernel: median and minimum of a
//! call, then billions of multiply-adds a second at the minimum.

use std::hint::black_box;
use std::time::Instant;

use fearless_simd::Level;
use fearless_simd::prelude::*;
use nn_core::activations::Linear;
use nn_core::kernels::blas::{self, Strided};
use nn_core::kernels::gemm::{self, Left};
use nn_core::layers::conv2d::{self, Conv2D, Conv2DShape, Filters};
use nn_core::layers::dense::{self, Dense};
use nn_core::layers::pool2d::{self, Kind, Pool2DShape};
use nn_core::rt::dispatch;

const SAMPLES: usize = 16;

/// Prints the rows.
struct Report {
    level: Level,
    filter: String,
}

impl Report {
    /// Times `call`, which makes `macs` multiply-adds for each sample.
    fn row(&self, name: &str, macs: usize, mut call: impl FnMut()) {
        if !name.contains(&self.filter) {
            return;
        }
        let mut times: Vec<f64> = (0..20).map(|_| time(1, &mut call)).collect();
        let inner = (5e-5 / times[19]).clamp(1.0, 1000.0) as usize;
        let rounds = (0.2 / (times[19] * inner as f64)).clamp(20.0, 4000.0) as usize;
        times = (0..rounds).map(|_| time(inner, &mut call)).collect();
        times.sort_by(f64::total_cmp);
        let micros = times[rounds / 2] * 1e6;
        let rate = (macs * SAMPLES) as f64 / times[0] / 1e9;
        let per_sample = times[0] * 1e6 / SAMPLES as f64;
        println!("{name:<44} {micros:>9.3} us  min {per_sample:>8.3} us/sample  {rate:>6.1} G/s");
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

/// The peak of one core, in the same unit.
fn peak(report: &Report) {
    #[inline(always)]
    fn chains<S: Simd>(simd: S, steps: usize) -> f32 {
        let mut sums = [S::f32s::splat(simd, 1.0); 12];
        let (a, b) = (S::f32s::splat(simd, black_box(0.999)), S::f32s::splat(simd, black_box(0.001)));
        for _ in 0..steps {
            for sum in &mut sums {
                *sum = sum.mul_add(a, b);
            }
        }
        sums.iter().map(|sum| sum[0]).sum()
    }
    let steps = 10_000;
    let macs = steps * 12 * dispatch!(report.level, simd => lanes(simd)) / SAMPLES;
    report.row("peak", macs, || {
        black_box(dispatch!(report.level, simd => chains(simd, black_box(steps))));
    });
}

#[inline(always)]
fn lanes<S: Simd>(_: S) -> usize {
    S::f32s::LEN
}

fn values(count: usize) -> Vec<f32> {
    (0..count).map(|i| ((i * 7919) % 13) as f32 * 0.01 - 0.06).collect()
}

/// A boxed layer without passing through the stack.
fn layer<L: bytemuck::Pod>() -> Box<L> {
    let mut layer: Box<L> = bytemuck::zeroed_box();
    let len = size_of::<L>() / 4;
    bytemuck::cast_slice_mut::<L, f32>(std::slice::from_mut(&mut *layer)).copy_from_slice(&values(len));
    layer
}

/// The three products of a Dense layer, by our tiles and by matrixmultiply.
fn products(report: &Report, input: usize, output: usize) {
    let (x, w, dy) = (values(SAMPLES * input), values(input * output), values(SAMPLES * output));
    let (mut y, mut dx, mut dw) = (dy.clone(), x.clone(), w.clone());
    let (macs, level) = (input * output, report.level);
    let mut scratch = Vec::new();
    let name = |what: &str, by: &str| format!("{what} {input} -> {output}, {by}");
    report.row(&name("product forward", "tiles"), macs, || {
        let left = Left::Rows(black_box(&x[..]));
        dispatch!(level, simd => gemm::multiply(simd, [SAMPLES, output, input], left, &w, &mut y));
    });
    report.row(&name("product forward", "matrixmultiply"), macs, || {
        let (x, w) = (Strided::rows(black_box(&x[..]), input), Strided::rows(&w, output));
        blas::multiply([SAMPLES, output, input], x, w, true, &mut y);
    });
    report.row(&name("product weights", "tiles"), macs, || {
        let left = Left::Columns(black_box(&x[..]));
        dispatch!(level, simd => gemm::multiply(simd, [input, output, SAMPLES], left, &dy, &mut dw));
    });
    report.row(&name("product weights", "matrixmultiply"), macs, || {
        let (x, dy) = (Strided::columns(black_box(&x[..]), input), Strided::rows(&dy, output));
        blas::multiply([input, output, SAMPLES], x, dy, true, &mut dw);
    });
    report.row(&name("product input", "tiles"), macs, || {
        let (dy, dx, scratch) = (black_box(&dy[..]), &mut dx[..], &mut scratch);
        dispatch!(level, simd => gemm::multiply_transposed(simd, [SAMPLES, input, output], dy, &w, dx, scratch));
    });
    report.row(&name("product input", "matrixmultiply"), macs, || {
        let (dy, w) = (Strided::rows(black_box(&dy[..]), output), Strided::columns(&w, output));
        blas::multiply([SAMPLES, input, output], dy, w, false, &mut dx);
    });
}

fn densely<const IN: usize, const OUT: usize>(report: &Report) {
    let weights = layer::<Dense<IN, OUT>>();
    let mut gradients = layer::<Dense<IN, OUT>>();
    let (x, dy) = (values(SAMPLES * IN), values(SAMPLES * OUT));
    let (mut y, mut dx, mut scratch) = (dy.clone(), x.clone(), Vec::new());
    report.row(&format!("dense {IN} -> {OUT} forward"), IN * OUT, || {
        let (x, y) = (black_box(&x[..]), &mut y[..]);
        dispatch!(report.level, simd => dense::forward(simd, &*weights, x, y, Linear));
    });
    report.row(&format!("dense {IN} -> {OUT} backward"), 2 * IN * OUT, || {
        let (x, dx, gradients, scratch) = (black_box(&x[..]), Some(&mut dx[..]), &mut *gradients, &mut scratch);
        dispatch!(report.level, simd => dense::backward(simd, &*weights, x, &dy, gradients, dx, scratch));
    });
}

macro_rules! shape {
    ($name:ident: $input:expr => $filters:literal, $size:literal $(, $item:ident: $type:ty = $value:expr)*) => {
        #[derive(Clone, Copy)]
        struct $name;
        impl Conv2DShape for $name {
            const INPUT: [usize; 3] = $input;
            const FILTERS: usize = $filters;
            const KERNEL_SIZE: [usize; 2] = [$size, $size];
            $(const $item: $type = $value;)*
        }
    };
}

shape!(LeNet1: [28, 28, 1] => 6, 3);
shape!(LeNet2: [13, 13, 6] => 16, 3);
shape!(First: [64, 64, 3] => 32, 3, PADS: [[usize; 2]; 2] = [[1; 2]; 2]);
shape!(Second: [32, 32, 32] => 64, 3, PADS: [[usize; 2]; 2] = [[1; 2]; 2]);
shape!(Halved: [32, 32, 32] => 64, 3, PADS: [[usize; 2]; 2] = [[0, 1]; 2], STRIDES: [usize; 2] = [2, 2]);
shape!(Grouped: [28, 28, 64] => 64, 3, PADS: [[usize; 2]; 2] = [[1; 2]; 2], GROUPS: usize = 4);

fn convolution<L: Conv2DShape, const K: usize, const C: usize, const F: usize>(report: &Report, name: &str, shape: L) {
    let weights = layer::<Conv2D<K, K, C, F>>();
    let mut gradients = layer::<Conv2D<K, K, C, F>>();
    let [oh, ow, _] = L::OUTPUT;
    let (x, dy) = (values(SAMPLES * L::INPUT.iter().product::<usize>()), values(SAMPLES * oh * ow * F));
    let (mut y, mut dx, mut scratch) = (dy.clone(), x.clone(), Vec::new());
    let macs = oh * ow * F * K * K * C;
    report.row(&format!("{name} forward"), macs, || {
        let (x, y, scratch) = (black_box(&x[..]), &mut y[..], &mut scratch);
        dispatch!(report.level, simd => conv2d::forward(simd, shape, &*weights, SAMPLES, x, y, Linear, scratch));
    });
    report.row(&format!("{name} backward, weights"), macs, || {
        let (x, gradients, scratch) = (black_box(&x[..]), &mut *gradients, &mut scratch);
        dispatch!(report.level, simd => {
            conv2d::backward(simd, shape, &*weights, SAMPLES, x, &dy, gradients, None, scratch)
        });
    });
    report.row(&format!("{name} backward, both"), 2 * macs, || {
        let (x, gradients, dx, scratch) = (black_box(&x[..]), &mut *gradients, Some(&mut dx[..]), &mut scratch);
        dispatch!(report.level, simd => {
            conv2d::backward(simd, shape, &*weights, SAMPLES, x, &dy, gradients, dx, scratch)
        });
    });
    // What a product of the unfolded windows would take, without unfolding and folding them.
    let windows = values(oh * ow * K * K * C);
    report.row(&format!("{name} forward, matrixmultiply alone"), macs, || {
        for y in y.chunks_exact_mut(oh * ow * F) {
            let windows = Strided::rows(black_box(&windows[..]), K * K * C);
            blas::multiply([oh * ow, F, K * K * C], windows, Strided::rows(weights.kernel(), F), false, y);
        }
    });
}

macro_rules! pooling {
    ($report:expr, $name:literal, $kind:ident, $input:expr, $size:literal, $stride:literal) => {{
        #[derive(Clone, Copy)]
        struct Shape;
        impl Pool2DShape for Shape {
            const KIND: Kind = Kind::$kind;
            const INPUT: [usize; 3] = $input;
            const POOL_SIZE: [usize; 2] = [$size, $size];
            const STRIDES: [usize; 2] = [$stride, $stride];
        }
        let x = values(SAMPLES * Shape::INPUT.iter().product::<usize>());
        let mut y = vec![0.0; SAMPLES * Shape::OUTPUT.iter().product::<usize>()];
        let (dy, mut dx) = (values(y.len()), x.clone());
        let work = y.len() / SAMPLES * $size * $size;
        $report.row(concat!($name, " forward"), work, || {
            let (x, y) = (black_box(&x[..]), &mut y[..]);
            dispatch!($report.level, simd => pool2d::forward(simd, Shape, SAMPLES, x, y));
        });
        $report.row(concat!($name, " backward"), work, || {
            let (x, dx) = (black_box(&x[..]), &mut dx[..]);
            dispatch!($report.level, simd => pool2d::backward(simd, Shape, SAMPLES, x, &y, &dy, dx));
        });
    }};
}

fn main() {
    let filter = std::env::args().skip(1).find(|arg| !arg.starts_with('-')).unwrap_or_default();
    let report = Report { level: Level::new(), filter };
    peak(&report);
    for [input, output] in [[400, 120], [120, 84], [84, 10], [784, 512], [1024, 1024], [2048, 1000], [4096, 1000]] {
        products(&report, input, output);
    }
    densely::<400, 120>(&report);
    densely::<120, 84>(&report);
    densely::<84, 10>(&report);
    convolution::<_, 3, 1, 6>(&report, "conv LeNet first", LeNet1);
    pooling!(&report, "max 26x26x6", Max, [26, 26, 6], 2, 2);
    convolution::<_, 3, 6, 16>(&report, "conv LeNet second", LeNet2);
    pooling!(&report, "max 11x11x16", Max, [11, 11, 16], 2, 2);
    convolution::<_, 3, 3, 32>(&report, "conv 64x64x3 -> 32", First);
    convolution::<_, 3, 32, 64>(&report, "conv 32x32x32 -> 64", Second);
    convolution::<_, 3, 32, 64>(&report, "conv 32x32x32 -> 64, strides 2", Halved);
    convolution::<_, 3, 16, 64>(&report, "conv 28x28x64 -> 64, groups 4", Grouped);
    pooling!(&report, "average 28x28x64, 3 by 2", Average, [28, 28, 64], 3, 2);
}
