//! Both parts against the formulas, on every level of SIMD.

use crate::kernels::vectors::dispatch;

use super::*;
use crate::activations::Linear;
use crate::kernels::testing::{Bent, assert_close, levels, random};
use crate::layers::conv2d::oracle::convolve;
use crate::layers::conv2d::{Border, Pooling, bordered_len, pad};
use crate::layers::pool2d::Kind;
use crate::shape::{Padding, pads};

/// One part after the other, for one sample.
fn expected<L: SeparableShape, T: Element>(weights: &impl SeparableFilters<T>, x: &[T]) -> Vec<T> {
    let [depthwise, pointwise, bias] = weights.slices();
    convolve::<Pointwise<L>, T>(pointwise, bias, &convolve::<L, T>(depthwise, &[], x))
}

fn fill<T: Element>(weights: &mut impl SeparableFilters<T>, seed: u64) {
    for (part, slice) in weights.slices_mut().into_iter().enumerate() {
        let len = slice.len();
        slice.copy_from_slice(&random(seed + part as u64, len));
    }
}

fn check_infer<L: SeparableShape, W: SeparableFilters<T> + bytemuck::Zeroable, T: Element>(shape: L, what: &str) {
    let mut weights: Box<W> = bytemuck::zeroed_box();
    fill(&mut *weights, 1);
    let x = random::<T>(9, L::INPUT.iter().product());
    let mut y = expected::<L, T>(&*weights, &x);
    y.iter_mut().for_each(|y| *y = Bent(0.25).of(*y));
    let terms = L::KERNEL_SIZE[0] * L::KERNEL_SIZE[1] * L::FILTERS;
    for level in levels() {
        let mut padded = vec![T::nan(); bordered_len::<L>()];
        let mut scratch = vec![T::nan(); scratch_len::<L, Plain, T>()];
        let mut got = vec![T::nan(); y.len()];
        dispatch!(level, simd => {
            pad(simd, L::INPUT, L::BORDER, &x, &mut padded);
            let epilogue = Epilogue::bias(weights.slices()[2]).activation(Bent(0.25));
            infer(simd, shape, Plain, &*weights, &padded, &mut got, &mut scratch, epilogue);
        });
        assert_close(&got, &y, terms, &format!("{what} at {level:?}"));
    }
}

/// `Σ y · dy` over all samples, by the formulas.
fn loss<L: SeparableShape, T: Element>(weights: &impl SeparableFilters<T>, [x, dy]: [&[T]; 2]) -> T {
    let (input, output) = (L::INPUT.iter().product(), Pointwise::<L>::OUTPUT.iter().product());
    let samples = x.chunks_exact(input).zip(dy.chunks_exact(output));
    samples.map(|(x, dy)| expected::<L, T>(weights, x).iter().zip(dy).map(|(y, dy)| *y * *dy).sum::<T>()).sum()
}

/// The result is linear in each number alone, so the difference that a step of 1 makes is the gradient.
fn check_train<L: SeparableShape, W: SeparableFilters<f64> + bytemuck::Zeroable + Clone>(shape: L, what: &str) {
    const SAMPLES: usize = 3;
    let mut weights: Box<W> = bytemuck::zeroed_box();
    fill(&mut *weights, 1);
    let mut x = random::<f64>(9, SAMPLES * L::INPUT.iter().product::<usize>());
    let dy = random::<f64>(8, SAMPLES * Pointwise::<L>::OUTPUT.iter().product::<usize>());
    let here = loss::<L, f64>(&*weights, [&x, &dy]);
    let y: Vec<f64> =
        x.chunks_exact(L::INPUT.iter().product()).flat_map(|x| expected::<L, f64>(&*weights, x)).collect();
    let mut sums = weights.clone();
    fill(&mut *sums, 5);
    let mut expected = sums.slices().map(<[f64]>::to_vec);
    for (part, sums) in expected.iter_mut().enumerate() {
        for (index, sum) in sums.iter_mut().enumerate() {
            weights.slices_mut()[part][index] += 1.0;
            *sum += loss::<L, f64>(&*weights, [&x, &dy]) - here;
            weights.slices_mut()[part][index] -= 1.0;
        }
    }
    let mut dx = vec![0.0; x.len()];
    for index in 0..x.len() {
        x[index] += 1.0;
        dx[index] = loss::<L, f64>(&*weights, [&x, &dy]) - here;
        x[index] -= 1.0;
    }
    for level in levels() {
        let [mut between, mut dbetween] = [const { Vec::new() }; 2];
        between.resize(SAMPLES * between_len::<L>(), f64::NAN);
        dbetween.resize(between.len(), f64::NAN);
        let (mut got_y, mut got_dx, mut scratch) = (vec![f64::NAN; y.len()], vec![f64::NAN; x.len()], Vec::new());
        let mut gradients = sums.clone();
        dispatch!(level, simd => {
            forward(simd, shape, &*weights, SAMPLES, &x, &mut between, &mut got_y, Linear, &mut scratch);
            let values: [&[f64]; 3] = [&x, &between, &dy];
            let dx = Some(got_dx.as_mut_slice());
            backward(simd, shape, &*weights, SAMPLES, values, &mut *gradients, &mut dbetween, dx, &mut scratch);
        });
        let terms = 100 * x.len();
        assert_close(&got_y, &y, terms, &format!("{what}: y at {level:?}"));
        assert_close(&got_dx, &dx, terms, &format!("{what}: dx at {level:?}"));
        for (got, expected) in gradients.slices().into_iter().zip(&expected) {
            assert_close(got, expected, terms, &format!("{what}: weights at {level:?}"));
        }
    }
}

macro_rules! cases {
    (@value $default:expr) => { $default };
    (@value $default:expr, $value:expr) => { $value };
    ($($test:ident: [$h:literal, $w:literal, $c:literal] => $f:literal, ($kh:literal, $kw:literal)
        $(, multiplier $m:literal)? $(, strides $strides:expr)? $(, dilation $dilation:expr)? $(, padding $padding:ident)?;)*) => {
        $(#[test]
        fn $test() {
            #[derive(Clone, Copy)]
            struct Case;
            const M: usize = cases!(@value 1 $(, $m)?);
            impl Conv2DShape for Case {
                const INPUT: [usize; 3] = [$h, $w, $c];
                const FILTERS: usize = $c * M;
                const KERNEL_SIZE: [usize; 2] = [$kh, $kw];
                const GROUPS: usize = $c;
                const STRIDES: [usize; 2] = cases!(@value [1, 1] $(, $strides)?);
                const DILATION_RATE: [usize; 2] = cases!(@value [1, 1] $(, $dilation)?);
                const PADS: [[usize; 2]; 2] = pads(cases!(@value Padding::Valid $(, Padding::$padding)?), &Self::INPUT, Self::KERNEL_SIZE, Self::STRIDES, Self::DILATION_RATE);
            }
            impl SeparableShape for Case {
                const POINTWISE_FILTERS: usize = $f;
            }
            check_infer::<_, SeparableConv2D<$kh, $kw, $c, M, { $c * M }, $f, f32>, f32>(Case, stringify!($test));
            check_infer::<_, SeparableConv2D<$kh, $kw, $c, M, { $c * M }, $f, f64>, f64>(Case, stringify!($test));
            check_train::<_, SeparableConv2D<$kh, $kw, $c, M, { $c * M }, $f, f64>>(Case, stringify!($test));
        })*
    };
}

cases! {
    valid: [5, 6, 3] => 4, (3, 2);
    same: [4, 5, 9] => 5, (3, 3), padding Same;
    strided: [6, 5, 2] => 19, (3, 3), multiplier 3, strides [2, 1], padding Same;
    dilated: [6, 7, 4] => 3, (2, 3), multiplier 2, dilation [3, 2];
    strided_dilated: [9, 11, 4] => 6, (3, 2), multiplier 2, strides [2, 3], dilation [2, 3], padding Same;
    one_of_everything: [1, 1, 1] => 1, (1, 1);
    one_channel: [4, 4, 1] => 8, (3, 3), multiplier 5;
}

/// A sequence, without bias.
#[test]
fn steps() {
    #[derive(Clone, Copy)]
    struct Case;
    impl Conv2DShape for Case {
        const INPUT: [usize; 3] = [1, 9, 4];
        const FILTERS: usize = 8;
        const KERNEL_SIZE: [usize; 2] = [1, 3];
        const GROUPS: usize = 4;
        const STRIDES: [usize; 2] = [1, 2];
        const PADS: [[usize; 2]; 2] =
            pads(Padding::Same, &Self::INPUT, Self::KERNEL_SIZE, Self::STRIDES, Self::DILATION_RATE);
    }
    impl SeparableShape for Case {
        const POINTWISE_FILTERS: usize = 5;
    }
    check_infer::<_, SeparableConv1D<3, 4, 2, 8, 5, f32, [f32; 0]>, f32>(Case, "steps");
    check_train::<_, SeparableConv1D<3, 4, 2, 8, 5, f64, [f64; 0]>>(Case, "steps");
}

/// The second part pools on the way, and leaves room for the zeros of the layer behind.
#[test]
fn pooled() {
    #[derive(Clone, Copy)]
    struct Case;
    impl Conv2DShape for Case {
        const INPUT: [usize; 3] = [6, 8, 3];
        const FILTERS: usize = 3;
        const KERNEL_SIZE: [usize; 2] = [3, 3];
        const GROUPS: usize = 3;
        const PADS: [[usize; 2]; 2] =
            pads(Padding::Same, &Self::INPUT, Self::KERNEL_SIZE, Self::STRIDES, Self::DILATION_RATE);
    }
    impl SeparableShape for Case {
        const POINTWISE_FILTERS: usize = 5;
    }
    impl<L: Conv2DShape> Destination<L> for Case {
        const POOL: Option<Pooling> = Some(Pooling { kind: Kind::Max, size: [2, 2] });
        const BORDER: Border = Border::new([1, 0], [0, 1]);
    }
    let mut weights: Box<SeparableConv2D<3, 3, 3, 1, 3, 5>> = bytemuck::zeroed_box();
    fill(&mut *weights, 1);
    let x = random::<f32>(9, 6 * 8 * 3);
    let unpooled = expected::<Case, f32>(&*weights, &x);
    let mut y = vec![7.0; 4 * 5 * 5];
    for (place, channel) in (0..3 * 4 * 5).map(|at| (at / 5, at % 5)) {
        let (row, column) = (place / 4, place % 4);
        let value = |i: usize| unpooled[((2 * row + i / 2) * 8 + 2 * column + i % 2) * 5 + channel];
        y[((row + 1) * 5 + column) * 5 + channel] = (0..4).map(value).fold(f32::MIN, f32::max);
    }
    for level in levels() {
        let mut padded = vec![f32::NAN; bordered_len::<Case>()];
        let mut scratch = vec![f32::NAN; scratch_len::<Case, Case, f32>()];
        let mut got = vec![7.0; y.len()];
        dispatch!(level, simd => {
            pad(simd, Case::INPUT, <Case as Conv2DShape>::BORDER, &x, &mut padded);
            let epilogue = Epilogue::bias(&weights.bias);
            infer(simd, Case, Case, &*weights, &padded, &mut got, &mut scratch, epilogue);
        });
        assert_close(&got, &y, 27, &format!("{level:?}"));
    }
}
