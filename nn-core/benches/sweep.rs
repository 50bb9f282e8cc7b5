//! What a multiply-add costs from one size to the next: a size that falls off a cliff stands out.
//!
//! `cargo bench -p nn-core --bench sweep [part of a name]`; the rows are those of the benchmark `kernels`.

mod support;

use std::hint::black_box;

use fearless_simd::prelude::*;
use nn_core::activations::Linear;
use nn_core::layers::conv2d::{self, Border, Conv2DShape, Destination, Filters, FiltersMut, Plain, Pooling};
use nn_core::layers::dense::{self, Dense};
use nn_core::layers::epilogue::Epilogue;
use nn_core::layers::layer_normalization::{self, LayerNormalization, LayerNormalizationShape};
use nn_core::layers::pool2d::{self, Kind, Pool2DShape};
use nn_core::layers::softmax;
use nn_core::shape::{Padding, pads};
use support::{Numbers, Positive, Report, layer, values, zeros};

/// As `fearless_simd::dispatch`, but for the levels only that are measured: compiling the others takes longer than the
/// measurement.
macro_rules! dispatch {
    ($level:expr, $simd:pat => $op:expr) => {
        match $level {
            #[cfg(target_arch = "x86_64")]
            fearless_simd::Level::Avx512(level) => run!(level, $simd => $op),
            #[cfg(target_arch = "x86_64")]
            fearless_simd::Level::Avx2(level) => run!(level, $simd => $op),
            #[cfg(target_arch = "aarch64")]
            fearless_simd::Level::Neon(level) => run!(level, $simd => $op),
            level => panic!("{level:?} is not measured"),
        }
    };
}

macro_rules! run {
    ($level:expr, $simd:pat => $op:expr) => {
        $level.vectorize(
            #[inline(always)]
            || {
                let $simd = $level;
                $op
            },
        )
    };
}

/// A convolution with `same` padding.
#[derive(Clone, Copy)]
struct Same<
    const H: usize,
    const W: usize,
    const C: usize,
    const F: usize,
    const KH: usize,
    const KW: usize,
    const STRIDE: usize,
    const DILATION: usize,
    const GROUPS: usize,
>;

impl<
    const H: usize,
    const W: usize,
    const C: usize,
    const F: usize,
    const KH: usize,
    const KW: usize,
    const STRIDE: usize,
    const DILATION: usize,
    const GROUPS: usize,
> Conv2DShape for Same<H, W, C, F, KH, KW, STRIDE, DILATION, GROUPS>
{
    const INPUT: [usize; 3] = [H, W, C];
    const FILTERS: usize = F;
    const KERNEL_SIZE: [usize; 2] = [KH, KW];
    const STRIDES: [usize; 2] = [if KH == 1 { 1 } else { STRIDE }, STRIDE];
    const PADS: [[usize; 2]; 2] =
        pads(Padding::Same, &Self::INPUT, Self::KERNEL_SIZE, Self::STRIDES, Self::DILATION_RATE);
    const DILATION_RATE: [usize; 2] = [if KH == 1 { 1 } else { DILATION }, DILATION];
    const GROUPS: usize = GROUPS;
}

#[derive(Clone, Copy)]
struct Max2;

impl<L: Conv2DShape> Destination<L> for Max2 {
    const POOL: Option<Pooling> = Some(Pooling { kind: Kind::Max, size: [2, 2] });
}

/// Weights of any size.
struct Bank {
    kernel: Numbers,
    bias: Numbers,
}

impl Filters<f32> for Bank {
    fn kernel(&self) -> &[f32] {
        &self.kernel
    }

    fn bias(&self) -> &[f32] {
        &self.bias
    }
}

impl FiltersMut<f32> for Bank {
    fn kernel_mut(&mut self) -> &mut [f32] {
        &mut self.kernel
    }

    fn bias_mut(&mut self) -> &mut [f32] {
        &mut self.bias
    }
}

fn convolution<L: Conv2DShape, D: Destination<L>>(report: &Report, what: &str, shape: L, destination: D) {
    let [height, width, channels] = L::INPUT;
    let [kernel_height, kernel_width] = L::KERNEL_SIZE;
    let name = format!("{what} {height}x{width}x{channels} -> {}, {kernel_height}x{kernel_width}", L::FILTERS);
    if !report.wants(&name) {
        return;
    }
    let taps = kernel_height * kernel_width * channels / L::GROUPS;
    let bank = Bank { kernel: values(taps * L::FILTERS), bias: values(L::FILTERS) };
    let x = values(L::BORDER.around(L::INPUT).iter().product());
    let outputs = L::OUTPUT.iter().product::<usize>();
    let mut y = zeros(outputs);
    let mut scratch = zeros(conv2d::scratch_len::<L, D, f32>());
    report.row(&name, outputs * taps, || {
        let (bank, x) = (black_box(&bank), black_box(&x[..]));
        let (y, scratch) = (&mut y[..], &mut scratch[..]);
        dispatch!(report.level, simd => {
            let epilogue = Epilogue::bias(&bank.bias).activation(Positive);
            conv2d::infer(simd, shape, destination, bank, x, y, scratch, epilogue);
        });
        black_box(y);
    });
}

macro_rules! convolutions {
    ($report:expr, $what:literal, $destination:expr;
        $($h:literal x $w:literal x $c:literal => $f:literal, $kh:literal x $kw:literal
            $(, stride $stride:literal)? $(, dilation $dilation:literal)? $(, groups $groups:literal)?;)*) => {
        $(convolution(
            $report,
            $what,
            Same::<$h, $w, $c, $f, $kh, $kw, { 1 $(* $stride)? }, { 1 $(* $dilation)? }, { 1 $(* $groups)? }>,
            $destination,
        );)*
    };
}

/// As many filters as channels.
fn square(report: &Report) {
    convolutions! { report, "square", Plain;
        32 x 32 x 1 => 1, 3 x 3; 32 x 32 x 2 => 2, 3 x 3; 32 x 32 x 3 => 3, 3 x 3; 32 x 32 x 4 => 4, 3 x 3;
        32 x 32 x 6 => 6, 3 x 3; 32 x 32 x 8 => 8, 3 x 3; 32 x 32 x 10 => 10, 3 x 3; 32 x 32 x 12 => 12, 3 x 3;
        32 x 32 x 16 => 16, 3 x 3; 32 x 32 x 20 => 20, 3 x 3; 32 x 32 x 24 => 24, 3 x 3; 32 x 32 x 32 => 32, 3 x 3;
        32 x 32 x 48 => 48, 3 x 3; 32 x 32 x 64 => 64, 3 x 3;
    }
}

/// A first layer, on colours.
fn first(report: &Report) {
    convolutions! { report, "first", Plain;
        32 x 32 x 3 => 1, 3 x 3; 32 x 32 x 3 => 2, 3 x 3; 32 x 32 x 3 => 4, 3 x 3; 32 x 32 x 3 => 6, 3 x 3;
        32 x 32 x 3 => 8, 3 x 3; 32 x 32 x 3 => 10, 3 x 3; 32 x 32 x 3 => 12, 3 x 3; 32 x 32 x 3 => 16, 3 x 3;
        32 x 32 x 3 => 20, 3 x 3; 32 x 32 x 3 => 24, 3 x 3; 32 x 32 x 3 => 32, 3 x 3; 32 x 32 x 3 => 48, 3 x 3;
        32 x 32 x 3 => 64, 3 x 3;
    }
    convolutions! { report, "first, max 2,", Max2;
        32 x 32 x 1 => 6, 3 x 3; 32 x 32 x 3 => 6, 5 x 5; 32 x 32 x 3 => 12, 3 x 3; 64 x 64 x 3 => 32, 3 x 3;
    }
}

/// Other geometries.
fn others(report: &Report) {
    convolutions! { report, "strides 2,", Plain;
        32 x 32 x 3 => 6, 3 x 3, stride 2; 32 x 32 x 10 => 10, 3 x 3, stride 2; 32 x 32 x 16 => 32, 3 x 3, stride 2;
        32 x 32 x 64 => 64, 3 x 3, stride 2; 112 x 112 x 3 => 64, 7 x 7, stride 2;
        96 x 96 x 3 => 8, 3 x 3, stride 2; 96 x 96 x 3 => 16, 3 x 3, stride 2; 96 x 96 x 3 => 24, 3 x 3, stride 2;
        96 x 96 x 3 => 32, 3 x 3, stride 2; 64 x 64 x 1 => 8, 3 x 3, stride 2;
    }
    convolutions! { report, "dilation 2,", Plain;
        32 x 32 x 3 => 6, 3 x 3, dilation 2; 32 x 32 x 10 => 10, 3 x 3, dilation 2;
        32 x 32 x 16 => 32, 3 x 3, dilation 2; 32 x 32 x 64 => 64, 3 x 3, dilation 2;
    }
    convolutions! { report, "pointwise", Plain;
        32 x 32 x 3 => 3, 1 x 1; 32 x 32 x 6 => 6, 1 x 1; 32 x 32 x 12 => 12, 1 x 1; 32 x 32 x 20 => 20, 1 x 1;
        32 x 32 x 64 => 12, 1 x 1; 32 x 32 x 64 => 64, 1 x 1; 32 x 32 x 64 => 2, 1 x 1; 14 x 14 x 256 => 256, 1 x 1;
        32 x 32 x 24 => 24, 1 x 1; 32 x 32 x 40 => 40, 1 x 1; 32 x 32 x 50 => 50, 1 x 1; 32 x 32 x 100 => 100, 1 x 1;
    }
    convolutions! { report, "depthwise", Plain;
        32 x 32 x 3 => 3, 3 x 3, groups 3; 32 x 32 x 6 => 6, 3 x 3, groups 6; 32 x 32 x 12 => 12, 3 x 3, groups 12;
        32 x 32 x 16 => 16, 3 x 3, groups 16; 32 x 32 x 20 => 20, 3 x 3, groups 20;
        32 x 32 x 64 => 64, 3 x 3, groups 64; 32 x 32 x 8 => 16, 3 x 3, groups 8;
    }
    convolutions! { report, "groups", Plain;
        32 x 32 x 12 => 12, 3 x 3, groups 2; 32 x 32 x 32 => 32, 3 x 3, groups 8; 32 x 32 x 64 => 64, 3 x 3, groups 4;
    }
    convolutions! { report, "sequence", Plain;
        1 x 512 x 1 => 8, 1 x 3; 1 x 512 x 3 => 6, 1 x 5; 1 x 512 x 8 => 8, 1 x 3; 1 x 512 x 12 => 12, 1 x 3;
        1 x 512 x 20 => 20, 1 x 3; 1 x 512 x 64 => 64, 1 x 3; 1 x 512 x 8 => 8, 1 x 3, dilation 8;
        1 x 512 x 64 => 64, 1 x 5, stride 2;
    }
}

/// From ten thousand multiply-adds to a billion.
fn sizes(report: &Report) {
    convolutions! { report, "size", Plain;
        4 x 4 x 8 => 8, 3 x 3; 4 x 4 x 64 => 64, 3 x 3; 8 x 8 x 64 => 64, 3 x 3; 16 x 16 x 64 => 64, 3 x 3;
        64 x 64 x 64 => 64, 3 x 3; 128 x 128 x 64 => 64, 3 x 3; 168 x 168 x 64 => 64, 3 x 3;
        512 x 512 x 3 => 16, 3 x 3; 512 x 512 x 16 => 16, 3 x 3; 512 x 512 x 6 => 6, 3 x 3;
        14 x 14 x 256 => 256, 3 x 3; 7 x 7 x 512 => 512, 3 x 3; 14 x 14 x 512 => 512, 3 x 3;
    }
    product::<32, 32>(report, 1);
    product::<64, 64>(report, 1);
    product::<100, 100>(report, 1);
    product::<128, 128>(report, 1);
    product::<256, 256>(report, 1);
    product::<512, 512>(report, 1);
    product::<1024, 1024>(report, 1);
    product::<2048, 2048>(report, 1);
    product::<4096, 4096>(report, 1);
    product::<16384, 64>(report, 1);
    product::<256, 1>(report, 1);
    product::<256, 3>(report, 1);
    product::<256, 6>(report, 1);
    product::<256, 10>(report, 1);
    product::<256, 12>(report, 1);
    product::<256, 20>(report, 1);
    product::<256, 33>(report, 1);
    product::<64, 64>(report, 10);
    product::<64, 3>(report, 50);
    product::<64, 10>(report, 50);
    product::<512, 128>(report, 100);
    product::<512, 512>(report, 64);
}

fn product<const IN: usize, const OUT: usize>(report: &Report, rows: usize) {
    let name = format!("dense {IN} -> {OUT}, rows {rows}");
    if !report.wants(&name) {
        return;
    }
    let weights = layer::<Dense<IN, OUT>>();
    let x = values(rows * IN);
    let mut y = zeros(rows * OUT);
    report.row(&name, rows * IN * OUT, || {
        let (weights, x, y) = (black_box(&*weights), black_box(&x[..]), &mut y[..]);
        dispatch!(report.level, simd => {
            dense::infer(simd, weights, x, y, Epilogue::bias(&weights.bias).activation(Positive));
        });
        black_box(y);
    });
}

/// A pooling, of which an input in a window counts as a multiply-add.
#[derive(Clone, Copy)]
struct Pool<const MAX: bool, const HW: usize, const C: usize, const SIZE: usize, const STRIDE: usize>;

impl<const MAX: bool, const HW: usize, const C: usize, const SIZE: usize, const STRIDE: usize> Pool2DShape
    for Pool<MAX, HW, C, SIZE, STRIDE>
{
    const KIND: Kind = if MAX { Kind::Max } else { Kind::Average };
    const INPUT: [usize; 3] = [HW, HW, C];
    const POOL_SIZE: [usize; 2] = [SIZE, SIZE];
    const STRIDES: [usize; 2] = [STRIDE, STRIDE];
    const PADS: [[usize; 2]; 2] = pads(Padding::Same, &Self::INPUT, Self::POOL_SIZE, Self::STRIDES, [1, 1]);
}

fn pool<L: Pool2DShape>(report: &Report, shape: L) {
    let ([height, width, channels], [size, _]) = (L::INPUT, L::POOL_SIZE);
    let kind = if matches!(L::KIND, Kind::Max) { "max" } else { "average" };
    let name = format!("pool {kind} {height}x{width}x{channels}, {size}x{size}, strides {}", L::STRIDES[0]);
    let (x, mut y) = (values(height * width * channels), zeros(L::OUTPUT.iter().product()));
    report.row(&name, y.len() * size * size, || {
        let (x, y) = (black_box(&x[..]), &mut y[..]);
        dispatch!(report.level, simd => pool2d::infer(simd, shape, Border::NONE, x, y, Linear));
        black_box(y);
    });
}

fn pools(report: &Report) {
    pool(report, Pool::<true, 32, 1, 2, 2>);
    pool(report, Pool::<true, 32, 3, 2, 2>);
    pool(report, Pool::<true, 32, 6, 2, 2>);
    pool(report, Pool::<true, 32, 10, 2, 2>);
    pool(report, Pool::<true, 32, 16, 2, 2>);
    pool(report, Pool::<true, 32, 20, 2, 2>);
    pool(report, Pool::<true, 32, 64, 2, 2>);
    pool(report, Pool::<true, 32, 6, 3, 1>);
    pool(report, Pool::<true, 32, 64, 3, 2>);
    pool(report, Pool::<false, 32, 1, 2, 2>);
    pool(report, Pool::<false, 32, 6, 2, 2>);
    pool(report, Pool::<false, 32, 20, 3, 2>);
    pool(report, Pool::<false, 32, 64, 8, 8>);
}

/// Layers of which each number of the input counts as a multiply-add.
fn rows(report: &Report) {
    for (rows, n) in [(1, 10), (1, 64), (1, 1000), (10, 10), (64, 20), (64, 64), (64, 100)] {
        let (x, mut y) = (values(rows * n), zeros(rows * n));
        report.row(&format!("softmax {rows} x {n}"), rows * n, || {
            let (x, y) = (black_box(&x[..]), &mut y[..]);
            dispatch!(report.level, simd => softmax::infer(simd, [rows, n, 1], x, y));
            black_box(y);
        });
    }
    normalization::<10, 6>(report);
    normalization::<10, 20>(report);
    normalization::<10, 64>(report);
    normalization::<64, 64>(report);
    normalization::<10, 512>(report);
}

#[derive(Clone, Copy)]
struct Last<const ROWS: usize, const N: usize>;

impl<const ROWS: usize, const N: usize> LayerNormalizationShape for Last<ROWS, N> {
    const SHAPE: &'static [usize] = &[ROWS, N];
    const NORMALIZED: &'static [bool] = &[false, true];
}

fn normalization<const ROWS: usize, const N: usize>(report: &Report) {
    let weights = LayerNormalization { gamma: [1.0_f32; N], beta: [0.5; N] };
    let (x, mut y) = (values(ROWS * N), zeros(ROWS * N));
    let mut scratch = zeros(layer_normalization::scratch_len::<Last<ROWS, N>>());
    report.row(&format!("layer normalization {ROWS} x {N}"), ROWS * N, || {
        let (x, y, scratch) = (black_box(&x[..]), &mut y[..], &mut scratch[..]);
        dispatch!(report.level, simd => layer_normalization::infer(simd, Last::<ROWS, N>, &weights, x, y, scratch));
        black_box(y);
    });
}

fn main() {
    let report = Report::new();
    square(&report);
    first(&report);
    others(&report);
    sizes(&report);
    pools(&report);
    rows(&report);
}
