//! Batch-1 kernels against the machine's peak, which is measured in the same run.
//!
//! `cargo bench -p nn-core --bench kernels [part of a name]`; one row a kernel: median and minimum of a call,
//! time of 1000 multiply-adds, multiply-adds a second and percent of the peak (of the minimum). `NN_LEVEL=avx2` (`sse4_2`, `sse2`) takes that level.

mod support;

use std::hint::black_box;

use fearless_simd::prelude::*;
use nn_core::layers::conv1d::{self, Conv1D, state_len};
use nn_core::layers::conv2d::{self, Border, Conv2D, Conv2DShape, Destination, Plain, Pooling};
use nn_core::layers::dense::{self, Dense};
use nn_core::layers::epilogue::Epilogue;
use nn_core::layers::pool2d::{self, Kind, Pool2DShape};
use nn_core::rt::dispatch;
use support::{Positive, Report, layer, values, zeros};

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
shape!(Caffe1: [28, 28, 1] => 20, 5);
shape!(First: [64, 64, 3] => 32, 3, PADS: [[usize; 2]; 2] = [[1; 2]; 2]);
shape!(Second: [32, 32, 32] => 64, 3, PADS: [[usize; 2]; 2] = [[1; 2]; 2]);
shape!(Deep: [14, 14, 256] => 256, 3, PADS: [[usize; 2]; 2] = [[1; 2]; 2]);
shape!(Point: [28, 28, 64] => 128, 1);
shape!(Narrow: [28, 28, 64] => 8, 1);
shape!(Few: [32, 32, 16] => 12, 3, PADS: [[usize; 2]; 2] = [[1; 2]; 2]);
shape!(Strided: [112, 112, 3] => 64, 7, PADS: [[usize; 2]; 2] = [[2, 3]; 2], STRIDES: [usize; 2] = [2, 2]);
shape!(Dilated: [32, 32, 32] => 64, 3, DILATION_RATE: [usize; 2] = [2, 2]);
shape!(Grouped: [28, 28, 64] => 64, 3, PADS: [[usize; 2]; 2] = [[1; 2]; 2], GROUPS: usize = 4);
shape!(Depthwise: [28, 28, 64] => 64, 3, PADS: [[usize; 2]; 2] = [[1; 2]; 2], GROUPS: usize = 64);

#[derive(Clone, Copy)]
struct Max2;

impl<L: Conv2DShape> Destination<L> for Max2 {
    const POOL: Option<Pooling> = Some(Pooling { kind: Kind::Max, size: [2, 2] });
}

fn convolution<L: Conv2DShape, D: Destination<L>, const K: usize, const C: usize, const F: usize>(
    report: &Report,
    name: &str,
    shape: L,
    destination: D,
) {
    let weights = layer::<Conv2D<K, K, C, F>>();
    let x = values(L::BORDER.around(L::INPUT).iter().product());
    let pool = D::POOL.map_or([1, 1], |pool| pool.size);
    let output = [L::OUTPUT[0] / pool[0] * pool[0], L::OUTPUT[1] / pool[1] * pool[1]];
    let mut y = zeros(output[0] * output[1] * F);
    let mut scratch = zeros(conv2d::scratch_len::<L, D, f32>());
    report.row(name, output[0] * output[1] * F * K * K * C, || {
        let (weights, x) = (black_box(&*weights), black_box(&x[..]));
        let (y, scratch) = (&mut y[..], &mut scratch[..]);
        dispatch!(report.level, simd => {
            let epilogue = Epilogue::bias(&weights.bias).activation(Positive);
            conv2d::infer(simd, shape, destination, weights, x, y, scratch, epilogue);
        });
        black_box(y);
    });
}

fn product<const IN: usize, const OUT: usize>(report: &Report, name: &str, rows: usize) {
    let weights = layer::<Dense<IN, OUT>>();
    let x = values(rows * IN);
    let mut y = zeros(rows * OUT);
    report.row(name, rows * IN * OUT, || {
        let (weights, x, y) = (black_box(&*weights), black_box(&x[..]), &mut y[..]);
        dispatch!(report.level, simd => {
            let epilogue = Epilogue::bias(&weights.bias).activation(Positive);
            dense::infer(simd, weights, x, y, epilogue);
        });
        black_box(y);
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
        let x = values(Shape::INPUT.iter().product());
        let mut y = zeros(Shape::OUTPUT.iter().product());
        $report.row($name, Shape::OUTPUT.iter().product::<usize>() * $size * $size, || {
            let (x, y) = (black_box(&x[..]), &mut y[..]);
            dispatch!($report.level, simd => pool2d::infer(simd, Shape, Border::NONE, x, y, Positive));
            black_box(y);
        });
    }};
}

/// The whole of LeNet, as the macro would emit it.
fn lenet(report: &Report) {
    #[derive(Clone, Copy)]
    #[repr(C)]
    struct Net {
        conv1: Conv2D<3, 3, 1, 6>,
        conv2: Conv2D<3, 3, 6, 16>,
        dense1: Dense<400, 120>,
        dense2: Dense<120, 84>,
        dense3: Dense<84, 10>,
    }
    let net = Net { conv1: *layer(), conv2: *layer(), dense1: *layer(), dense2: *layer(), dense3: *layer() };
    #[inline(always)]
    fn infer<S: Simd>(simd: S, net: &Net, x: &[f32], a: &mut [f32], b: &mut [f32], scratch: &mut [f32]) {
        let (pool, relu) = (Max2, Positive);
        let [e1, e2] =
            [Epilogue::bias(&net.conv1.bias).after_pool(relu), Epilogue::bias(&net.conv2.bias).after_pool(relu)];
        conv2d::infer(simd, LeNet1, pool, &net.conv1, x, &mut a[..1014], scratch, e1);
        conv2d::infer(simd, LeNet2, pool, &net.conv2, &a[..1014], &mut b[..400], scratch, e2);
        dense::infer(simd, &net.dense1, &b[..400], &mut a[..120], Epilogue::bias(&net.dense1.bias).activation(relu));
        dense::infer(simd, &net.dense2, &a[..120], &mut b[..84], Epilogue::bias(&net.dense2.bias).activation(relu));
        dense::infer(simd, &net.dense3, &b[..84], &mut a[..10], Epilogue::bias(&net.dense3.bias));
    }
    let x = values(784);
    let (mut a, mut b) = (zeros(1014), zeros(400));
    let mut scratch = zeros(conv2d::scratch_len::<LeNet1, Max2, f32>() + conv2d::scratch_len::<LeNet2, Max2, f32>());
    let macs = 26 * 26 * 54 + 100 * 16 * 54 + 400 * 120 + 120 * 84 + 840;
    report.row("LeNet, whole", macs, || {
        let (net, x) = (black_box(&net), black_box(&x[..]));
        dispatch!(report.level, simd => infer(simd, net, x, &mut a, &mut b, &mut scratch));
        black_box(&mut a);
    });
}

/// How fast one core reads what a dense layer of so many weights would read: the bound of batch-1 products.
fn read(report: &Report, name: &str, weights: usize) {
    #[inline(always)]
    fn sum<S: Simd>(simd: S, x: &[f32]) -> f32 {
        const SUMS: usize = 8;
        let mut sums = [S::f32s::splat(simd, 0.0); SUMS];
        for chunk in x.chunks_exact(SUMS * S::f32s::LEN) {
            for (u, sum) in sums.iter_mut().enumerate() {
                *sum += S::f32s::from_slice(simd, &chunk[u * S::f32s::LEN..][..S::f32s::LEN]);
            }
        }
        sums.iter().map(|sum| sum[0]).sum()
    }
    let x = values(weights);
    report.row(name, weights, || {
        black_box(dispatch!(report.level, simd => sum(simd, black_box(&x[..]))));
    });
}

fn convolutions(report: &Report) {
    convolution::<_, _, 3, 1, 6>(report, "conv 28x28x1 -> 6, 3x3, max 2", LeNet1, Max2);
    convolution::<_, _, 3, 1, 6>(report, "conv 28x28x1 -> 6, 3x3", LeNet1, Plain);
    convolution::<_, _, 3, 6, 16>(report, "conv 13x13x6 -> 16, 3x3, max 2", LeNet2, Max2);
    convolution::<_, _, 5, 1, 20>(report, "conv 28x28x1 -> 20, 5x5, max 2", Caffe1, Max2);
    convolution::<_, _, 3, 3, 32>(report, "conv 66x66x3 -> 32, 3x3, max 2", First, Max2);
    convolution::<_, _, 3, 3, 32>(report, "conv 66x66x3 -> 32, 3x3", First, Plain);
    convolution::<_, _, 3, 32, 64>(report, "conv 34x34x32 -> 64, 3x3", Second, Plain);
    convolution::<_, _, 3, 32, 64>(report, "conv 34x34x32 -> 64, 3x3, max 2", Second, Max2);
    convolution::<_, _, 3, 256, 256>(report, "conv 16x16x256 -> 256, 3x3", Deep, Plain);
    convolution::<_, _, 1, 64, 128>(report, "conv 28x28x64 -> 128, 1x1", Point, Plain);
    convolution::<_, _, 1, 64, 8>(report, "conv 28x28x64 -> 8, 1x1", Narrow, Plain);
    convolution::<_, _, 3, 16, 12>(report, "conv 34x34x16 -> 12, 3x3", Few, Plain);
    convolution::<_, _, 7, 3, 64>(report, "conv 112x112x3 -> 64, 7x7, strides 2", Strided, Plain);
    convolution::<_, _, 3, 32, 64>(report, "conv 32x32x32 -> 64, 3x3, dilation 2", Dilated, Plain);
    convolution::<_, _, 3, 16, 64>(report, "conv 30x30x64 -> 64, 3x3, groups 4", Grouped, Plain);
    convolution::<_, _, 3, 1, 64>(report, "conv 30x30x64 -> 64, 3x3, groups 64", Depthwise, Plain);
}

/// One step of a causal convolution of kernel size 3.
fn steps(report: &Report) {
    macro_rules! step {
        ($name:ident: $channels:literal => $filters:literal, $dilation:literal) => {
            #[derive(Clone, Copy)]
            struct $name;
            impl Conv2DShape for $name {
                const INPUT: [usize; 3] = [1, 1, $channels];
                const FILTERS: usize = $filters;
                const KERNEL_SIZE: [usize; 2] = [1, 3];
                const DILATION_RATE: [usize; 2] = [1, $dilation];
            }
            let weights = layer::<Conv1D<3, $channels, $filters>>();
            let (x, mut y, mut state) = (values($channels), zeros($filters), zeros(state_len::<$name>()));
            let name = concat!("step ", $channels, " -> ", $filters, ", 3, dilation ", $dilation);
            report.row(name, 3 * $channels * $filters, || {
                dispatch!(report.level, simd => {
                    let epilogue = Epilogue::bias(&weights.bias).activation(Positive);
                    conv1d::step(simd, $name, black_box(&*weights), black_box(&x), &mut state, black_box(&mut y), epilogue);
                });
            });
        };
    }
    step!(StepFirst: 1 => 8, 1);
    step!(StepNarrow: 8 => 8, 8);
    step!(StepWide: 32 => 32, 8);
}

fn main() {
    let report = Report::new();
    lenet(&report);
    convolutions(&report);
    steps(&report);
    read(&report, "read only: 400 -> 120", 400 * 120);
    read(&report, "read only: 784 -> 512", 784 * 512);
    read(&report, "read only: 16384 -> 64", 16384 * 64);
    read(&report, "read only: 2048 -> 1000", 2048 * 1000);
    product::<400, 120>(&report, "dense 400 -> 120", 1);
    product::<120, 84>(&report, "dense 120 -> 84", 1);
    product::<84, 10>(&report, "dense 84 -> 10", 1);
    product::<784, 512>(&report, "dense 784 -> 512", 1);
    product::<16384, 64>(&report, "dense 16384 -> 64", 1);
    product::<2048, 1000>(&report, "dense 2048 -> 1000", 1);
    product::<16384, 1>(&report, "dense 16384 -> 1", 1);
    product::<4096, 2>(&report, "dense 4096 -> 2", 1);
    product::<64, 64>(&report, "dense 64 -> 64, 50 rows", 50);
    pooling!(report, "max pool 26x26x6, 2x2", Max, [26, 26, 6], 2, 2);
    pooling!(report, "max pool 64x64x1, 2x2", Max, [64, 64, 1], 2, 2);
    pooling!(report, "max pool 64x64x32, 2x2", Max, [64, 64, 32], 2, 2);
    pooling!(report, "average pool 32x32x64, 3x3 strides 2", Average, [32, 32, 64], 3, 2);
}
