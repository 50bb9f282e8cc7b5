//! Training against plain loops, over many geometries, on every level of SIMD.

use crate::kernels::vectors::dispatch;

use super::*;
use crate::activations::Linear;
use crate::kernels::testing::{assert_close, levels, random};
use crate::layers::conv2d::Conv2D;
use crate::layers::conv2d::oracle::convolve;
use crate::shape::{Padding, pads};

/// `(dkernel, dbias, dx)` of `Σ y · dy` for one sample.
fn derive<L: Conv2DShape, T: Element>(kernel: &[T], x: &[T], dy: &[T]) -> [Vec<T>; 3] {
    let ([h, w, c], [oh, ow, f]) = (L::INPUT, L::OUTPUT);
    let (channels, filters) = (c / L::GROUPS, f / L::GROUPS);
    let [mut dkernel, mut dbias, mut dx] = [kernel.len(), f, x.len()].map(|len| vec![T::zero(); len]);
    for (p, dy) in dy.iter().enumerate().take(oh * ow * f) {
        let (i, j, filter) = (p / f / ow, p / f % ow, p % f);
        dbias[filter] += *dy;
        for tap in 0..kernel.len() / f {
            let (r, s, channel) =
                (tap / channels / L::KERNEL_SIZE[1], tap / channels % L::KERNEL_SIZE[1], tap % channels);
            let row = (i * L::STRIDES[0] + r * L::DILATION_RATE[0]).wrapping_sub(L::BORDER.top);
            let column = (j * L::STRIDES[1] + s * L::DILATION_RATE[1]).wrapping_sub(L::BORDER.left);
            if row < h && column < w {
                let at = (row * w + column) * c + filter / filters * channels + channel;
                dkernel[tap * f + filter] += x[at] * *dy;
                dx[at] += kernel[tap * f + filter] * *dy;
            }
        }
    }
    [dkernel, dbias, dx]
}

/// `convolve` is linear in the kernel and in the input: `Σ y · dy` must come out of the gradients too.
fn check_oracle<L: Conv2DShape>(kernel: &[f64], x: &[f64], dy: &[f64]) {
    let dot = |a: &[f64], b: &[f64]| a.iter().zip(b).map(|(a, b)| a * b).sum::<f64>();
    let [dkernel, dbias, dx] = derive::<L, f64>(kernel, x, dy);
    let y = convolve::<L, f64>(kernel, &[], x);
    let ones = convolve::<L, f64>(kernel, &vec![1.0; L::FILTERS], x);
    let expected = dot(&y, dy);
    for (got, what) in [(dot(&dkernel, kernel), "kernel"), (dot(&dx, x), "input")] {
        assert!((got - expected).abs() < 1e-9, "{what}: {got}, not {expected}");
    }
    assert!((dbias.iter().sum::<f64>() - dot(&ones, dy) + expected).abs() < 1e-9, "bias");
}

fn check<L: Conv2DShape, const KH: usize, const KW: usize, const C: usize, const F: usize, T: Element>(
    shape: L,
    samples: usize,
    what: &str,
) {
    let (input, output): (usize, usize) = (L::INPUT.iter().product(), L::OUTPUT.iter().product());
    let mut weights: Box<Conv2D<KH, KW, C, F, T>> = bytemuck::zeroed_box();
    weights.kernel_mut().copy_from_slice(&random(1, KH * KW * C * F));
    weights.bias.copy_from_slice(&random(2, F));
    let (x, dy) = (random::<T>(3, samples * input), random::<T>(4, samples * output));
    let before = random::<T>(5, F.max(KH * KW * C * F));
    let [mut dkernel, mut dbias] = [&before[..KH * KW * C * F], &before[..F]].map(<[T]>::to_vec);
    let (mut y, mut dx) = (Vec::new(), Vec::new());
    for (x, dy) in x.chunks_exact(input).zip(dy.chunks_exact(output)) {
        y.extend(convolve::<L, T>(weights.kernel(), &weights.bias, x));
        let [kernel, bias, input] = derive::<L, T>(weights.kernel(), x, dy);
        dkernel.iter_mut().zip(kernel).for_each(|(sum, value)| *sum += value);
        dbias.iter_mut().zip(bias).for_each(|(sum, value)| *sum += value);
        dx.extend(input);
    }
    for level in levels() {
        let what = format!("{what}, {samples} samples, {:?} at {level:?}", T::DTYPE);
        let mut scratch = vec![T::nan(); 10];
        let mut gradients = weights.clone();
        gradients.kernel_mut().copy_from_slice(&before[..KH * KW * C * F]);
        gradients.bias.copy_from_slice(&before[..F]);
        let (mut got_y, mut got_dx) = (vec![T::nan(); y.len()], vec![T::nan(); dx.len()]);
        dispatch!(level, simd => {
            forward(simd, shape, &*weights, samples, &x, &mut got_y, Linear, &mut scratch);
            backward(simd, shape, &*weights, samples, &x, &dy, &mut *gradients, Some(&mut got_dx), &mut scratch);
        });
        assert_close(&got_y, &y, KH * KW * C, &format!("{what}: y"));
        let terms = samples * L::OUTPUT[0] * L::OUTPUT[1];
        assert_close(gradients.kernel(), &dkernel, terms, &format!("{what}: dkernel"));
        assert_close(&gradients.bias, &dbias, terms, &format!("{what}: dbias"));
        assert_close(&got_dx, &dx, KH * KW * F, &format!("{what}: dx"));
    }
}

macro_rules! case {
    (@value $default:expr) => { $default };
    (@value $default:expr, $value:expr) => { $value };
    ($types:tt $($test:ident: $input:expr => $f:literal, ($kh:literal, $kw:literal)
        $(, groups $groups:literal)? $(, strides $strides:expr)? $(, dilation $dilation:expr)? $(, padding $padding:ident)? $(, pads $pads:expr)?;)*) => {
        $(#[test]
        fn $test() {
            #[derive(Clone, Copy)]
            struct Case;
            impl Conv2DShape for Case {
                const INPUT: [usize; 3] = $input;
                const FILTERS: usize = $f;
                const KERNEL_SIZE: [usize; 2] = [$kh, $kw];
                const GROUPS: usize = case!(@value 1 $(, $groups)?);
                const STRIDES: [usize; 2] = case!(@value [1, 1] $(, $strides)?);
                const DILATION_RATE: [usize; 2] = case!(@value [1, 1] $(, $dilation)?);
                const PADS: [[usize; 2]; 2] = case!(
                    @value pads(case!(@value Padding::Valid $(, Padding::$padding)?), &Self::INPUT, Self::KERNEL_SIZE, Self::STRIDES, Self::DILATION_RATE)
                    $(, $pads)?
                );
            }
            const C: usize = Case::INPUT[2] / Case::GROUPS;
            let (kernel, x) = (random(1, $kh * $kw * C * $f), random(2, Case::INPUT.iter().product()));
            check_oracle::<Case>(&kernel, &x, &random(3, Case::OUTPUT.iter().product()));
            case!(@types $types Case, ($kh, $kw, C, $f), stringify!($test));
        })*
    };
    (@types ($($type:ident)*) $shape:expr, $sizes:tt, $what:expr) => {
        $(for samples in [1, 3, 17] {
            case!(@check $type, $shape, $sizes, samples, $what);
        })*
    };
    (@check $type:ident, $shape:expr, ($kh:expr, $kw:expr, $c:expr, $f:expr), $samples:expr, $what:expr) => {
        check::<_, $kh, $kw, $c, $f, $type>($shape, $samples, $what);
    };
}

case! { (f32 f64)
    lenet_second: [13, 13, 6] => 16, (3, 3);
    same: [9, 8, 3] => 32, (3, 3), padding Same;
    uneven_pads: [7, 9, 3] => 8, (3, 3), strides [2, 1], pads [[2, 0], [0, 1]];
    pads_beyond_the_kernel: [5, 6, 4] => 17, (3, 2), pads [[4, 5], [3, 0]];
    depthwise_uneven_pads: [6, 5, 9] => 9, (3, 3), groups 9, strides [2, 2], pads [[1, 0], [4, 2]];
    few_filters_uneven_pads: [9, 12, 2] => 3, (3, 3), pads [[3, 1], [0, 4]];
    odd_everything: [11, 7, 5] => 13, (3, 2), strides [2, 1], padding Same;
    groups: [6, 5, 6] => 9, (3, 3), groups 3, padding Same;
}

// Every case is compiled for every level and type: the rest for one type only.
case! { (f32)
    one_of_everything: [1, 1, 1] => 1, (1, 1);
    lenet_first: [28, 28, 1] => 6, (3, 3);
    many_filters: [3, 4, 5] => 70, (2, 2);
    even_kernel: [6, 7, 2] => 4, (2, 4), padding Same;
    strides_and_overlap: [12, 13, 3] => 5, (5, 4), strides [2, 3], padding Same;
    dilated: [12, 11, 3] => 6, (3, 2), dilation [2, 3];
    depthwise: [7, 7, 20] => 20, (3, 3), groups 20, padding Same;
    depthwise_of_three: [6, 7, 5] => 15, (3, 3), groups 5, strides [2, 2], padding Same;
    one_filter: [9, 40, 1] => 1, (3, 5), strides [1, 2];
}

case! { (f64)
    many_channels: [4, 5, 40] => 9, (3, 3), padding Same;
    strides_apart: [9, 11, 2] => 3, (2, 2), strides [3, 4];
    dilated_same: [7, 8, 2] => 17, (3, 3), dilation [2, 2], padding Same;
    wide_groups: [5, 5, 8] => 40, (3, 3), groups 2, strides [2, 2];
    depthwise_dilated: [8, 7, 9] => 18, (2, 2), groups 9, dilation [3, 2], padding Same;
    depthwise_strided_dilated: [9, 8, 7] => 14, (3, 2), groups 7, strides [2, 3], dilation [2, 2], padding Same;
    depthwise_row_strided_dilated: [1, 19, 3] => 3, (1, 4), groups 3, strides [1, 2], dilation [1, 3];
    pointwise: [5, 6, 7] => 33, (1, 1), strides [2, 2];
    kernel_beyond_input: [2, 2, 3] => 4, (5, 5), padding Same;
}
