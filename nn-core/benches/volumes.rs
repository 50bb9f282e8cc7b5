//! Convolutions of volumes and transposed convolutions against the machine's peak, which is measured in the same run.
//!
//! `cargo bench -p nn-core --bench volumes [part of a name]`; the rows are those of `kernels`, of one sample, and of its gradients.
//! Multiply-adds are those of whole windows, of which some hang over an edge.

mod support;

use std::hint::black_box;

use bytemuck::Pod;
use fearless_simd::dispatch;
use nn_core::layers::conv2d::{Filters, FiltersMut};
use nn_core::layers::conv3d::{self, Conv2DTranspose, Conv3D, Conv3DSizes};
use nn_core::layers::epilogue::Epilogue;
use nn_core::shape::{Padding, transposed_ends};
use support::{Positive, Report, layer, values, zeros};

fn rows<W: Pod + Filters<f32> + FiltersMut<f32>>(report: &Report, name: &str, sizes: Conv3DSizes, macs: usize) {
    let [input, output] = [sizes.input(), sizes.output()].map(|shape| shape.iter().product());
    let (weights, mut gradients) = (layer::<W>(), Box::new(W::zeroed()));
    let (x, dy, mut y, mut dx) = (values(input), values(output), zeros(output), zeros(input));
    let (mut scratch, mut memory) = (zeros(sizes.scratch_len::<f32>()), Vec::new());
    report.row(name, macs, || {
        let (weights, x) = (black_box(&*weights), black_box(&x[..]));
        dispatch!(report.level, simd => {
            let epilogue = Epilogue::bias(weights.bias()).activation(Positive);
            conv3d::infer(simd, &sizes, weights, x, &mut y, &mut scratch, epilogue);
        });
        black_box(&mut y);
    });
    report.row(&format!("{name}, backward"), 2 * macs, || {
        let (weights, x) = (black_box(&*weights), black_box(&x[..]));
        dispatch!(report.level, simd => {
            let dx = Some(&mut dx[..]);
            conv3d::backward(simd, &sizes, weights, 1, x, &dy, &mut *gradients, dx, &mut memory);
        });
        black_box(&mut dx[..]);
    });
}

fn cube<const C: usize, const F: usize>(report: &Report, side: usize) {
    let sizes = Conv3DSizes::new([side, side, side, C], F, [3; 3], [1; 3], [1; 3]).padded([[1; 2]; 3]);
    let name = format!("Conv3D {side}³×{C} -> {F}, 3³");
    rows::<Conv3D<3, 3, 3, C, F>>(report, &name, sizes, side * side * side * 27 * C * F);
}

fn transposed<const K: usize, const C: usize, const F: usize>(report: &Report, side: usize, stride: usize) {
    let image = Conv3DSizes::new([1, side, side, C], F, [1, K, K], [1, stride, stride], [1; 3]);
    let padding = if K == stride { Padding::Valid } else { Padding::Same };
    let [before, behind, more] = transposed_ends(padding, K, stride, 1, None);
    let sizes = image.transposed([[0, 0], [before, behind], [before, behind]], [0, more, more]);
    let name = format!("Conv2DTranspose {side}²×{C} -> {F}, {K}² at {stride}");
    rows::<Conv2DTranspose<K, K, F, C>>(report, &name, sizes, side * side * K * K * C * F);
}

fn main() {
    let report = Report::new();
    cube::<1, 16>(&report, 16);
    cube::<16, 32>(&report, 16);
    cube::<64, 64>(&report, 8);
    transposed::<3, 64, 64>(&report, 7, 2);
    transposed::<4, 64, 32>(&report, 14, 2);
    transposed::<5, 256, 128>(&report, 4, 2);
    transposed::<3, 32, 1>(&report, 28, 1);
    transposed::<2, 64, 32>(&report, 32, 2);
    transposed::<3, 3, 64>(&report, 16, 2);
}
