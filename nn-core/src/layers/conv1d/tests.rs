//! Sequences as images of one row, and step by step, against a naive oracle, on every level of SIMD.

use crate::kernels::vectors::dispatch;

use super::*;
use crate::activations::Linear;
use crate::kernels::testing::{Bent, assert_close, levels, random};
use crate::layers::conv2d::{self, Border, Conv2DShape, Plain};
use crate::layers::epilogue::Epilogue;
use crate::shape::{Padding, pads};

/// Steps of the sequences.
const STEPS: usize = 23;

/// `y[t][f] = bias[f] + Σ x[t·stride + k·dilation − before][c] · kernel[k][c][f]`, with zeros outside of `x`.
fn convolve<L: Conv2DShape, T: Element>(kernel: &[T], bias: &[T], x: &[T]) -> Vec<T> {
    let ([_, steps, c], [_, outputs, filters]) = (L::INPUT, L::OUTPUT);
    let (channels, share) = (c / L::GROUPS, L::FILTERS / L::GROUPS);
    let mut y = Vec::new();
    for (t, f) in (0..outputs * filters).map(|i| (i / filters, i % filters)) {
        let mut sum = bias[f];
        for (k, channel) in (0..L::KERNEL_SIZE[1] * channels).map(|i| (i / channels, i % channels)) {
            let step = (t * L::STRIDES[1] + k * L::DILATION_RATE[1]).wrapping_sub(L::BORDER.left);
            if step < steps {
                let weight = kernel[(k * channels + channel) * filters + f];
                sum += x[step * c + f / share * channels + channel] * weight;
            }
        }
        y.push(sum);
    }
    y
}

fn weights<const K: usize, const C: usize, const F: usize, T: Element>() -> Box<Conv1D<K, C, F, T>> {
    let mut weights: Box<Conv1D<K, C, F, T>> = bytemuck::zeroed_box();
    weights.kernel_mut().copy_from_slice(&random(1, K * C * F));
    weights.bias.copy_from_slice(&random(2, F));
    weights
}

/// The whole sequence.
fn check<L: Conv2DShape, const K: usize, const C: usize, const F: usize, T: Element>(shape: L, what: &str) {
    let weights = weights::<K, C, F, T>();
    let x = random::<T>(3, STEPS * L::INPUT[2]);
    let expected = convolve::<L, T>(weights.kernel(), &weights.bias, &x);
    for level in levels() {
        let mut padded = vec![T::nan(); conv2d::bordered_len::<L>()];
        let mut scratch = vec![T::nan(); conv2d::scratch_len::<L, Plain, T>()];
        let mut y = vec![T::nan(); expected.len()];
        dispatch!(level, simd => {
            conv2d::pad(simd, L::INPUT, L::BORDER, &x, &mut padded);
            let epilogue = Epilogue::bias(&weights.bias);
            conv2d::infer(simd, shape, Plain, &*weights, &padded, &mut y, &mut scratch, epilogue);
        });
        assert_close(&y, &expected, K * C, &format!("{what} at {level:?}"));
        let mut scratch = Vec::new();
        let mut y = vec![T::nan(); expected.len()];
        dispatch!(level, simd => {
            conv2d::forward(simd, shape, &*weights, 1, &x, &mut y, Linear, &mut scratch);
        });
        assert_close(&y, &expected, K * C, &format!("{what}, forward at {level:?}"));
    }
}

/// Step by step, twice: a state of zeros is the start of a sequence.
fn check_steps<L: Conv2DShape, const K: usize, const C: usize, const F: usize, T: Element>(shape: L, what: &str) {
    let weights = weights::<K, C, F, T>();
    let x = random::<T>(3, STEPS * L::INPUT[2]);
    let (scale, shift) = (random::<T>(4, F), random::<T>(5, F));
    let mut expected = convolve::<L, T>(weights.kernel(), &weights.bias, &x);
    for (i, y) in expected.iter_mut().enumerate() {
        *y = Bent(0.25).of(*y * scale[i % F] + shift[i % F]);
    }
    let seen = L::OUTPUT[1];
    for level in levels() {
        let mut state = vec![T::zero(); state_len::<L>()];
        for _ in 0..2 {
            let mut got = Vec::new();
            for x in x.chunks_exact(L::INPUT[2]) {
                let mut y = vec![T::nan(); F];
                dispatch!(level, simd => {
                    let epilogue = Epilogue::bias(&weights.bias).affine((&scale, &shift)).activation(Bent(0.25));
                    step(simd, shape, &*weights, x, &mut state, &mut y, epilogue);
                });
                got.extend(y);
            }
            check_blocks::<L, _, T>(shape, &*weights, &x, (&scale, &shift), &got, &state, level);
            // A window that has to lie inside is whole some steps later.
            let got = &got[(STEPS - seen) * F..];
            assert_close(got, &expected, K * C, &format!("{what}, step by step at {level:?}"));
            state.fill(T::zero());
        }
    }
}

/// Blocks of all lengths, after one another from the same start, have the bits of single steps, and leave the same state.
fn check_blocks<L: Conv2DShape, W: Filters<T>, T: Element>(
    shape: L,
    weights: &W,
    x: &[T],
    affine: (&[T], &[T]),
    expected: &[T],
    expected_state: &[T],
    level: fearless_simd::Level,
) {
    let dilation = L::DILATION_RATE[1];
    for lens in [&[STEPS][..], &[1, 2, 20], &[9, 5, 1, 8], &[3, 3, 17]] {
        let mut state = vec![T::zero(); state_len::<L>()];
        let (mut at, mut got) = (0, Vec::new());
        for len in lens {
            let x = &x[at * L::INPUT[2]..(at + len) * L::INPUT[2]];
            let mut y = vec![T::nan(); len * L::FILTERS];
            let mut scratch = vec![T::nan(); steps_scratch_len(&L::SIZES, dilation, *len)];
            dispatch!(level, simd => {
                let epilogue = Epilogue::bias(weights.bias()).affine(affine).activation(Bent(0.25));
                steps(simd, shape, dilation, weights, x, &mut state, &mut y, &mut scratch, epilogue);
            });
            got.extend(y);
            at += len;
        }
        assert_eq!((&got[..], &state[..]), (expected, expected_state), "blocks of {lens:?} at {level:?}");
    }
}

macro_rules! cases {
    (@value $default:expr) => { $default };
    (@value $default:expr, $value:expr) => { $value };
    ($check:ident: $($test:ident: $c:literal => $f:literal, $k:literal $(, groups $groups:literal)?
        $(, stride $stride:literal)? $(, dilation $dilation:literal)? $(, padding $padding:ident)?;)*) => {
        $(#[test]
        fn $test() {
            #[derive(Clone, Copy)]
            struct Case;
            impl Conv2DShape for Case {
                const INPUT: [usize; 3] = [1, STEPS, $c];
                const FILTERS: usize = $f;
                const KERNEL_SIZE: [usize; 2] = [1, $k];
                const GROUPS: usize = cases!(@value 1 $(, $groups)?);
                const STRIDES: [usize; 2] = [1, cases!(@value 1 $(, $stride)?)];
                const DILATION_RATE: [usize; 2] = [1, cases!(@value 1 $(, $dilation)?)];
                const PADS: [[usize; 2]; 2] = pads(cases!(@value Padding::Valid $(, Padding::$padding)?), &Self::INPUT, Self::KERNEL_SIZE, Self::STRIDES, Self::DILATION_RATE);
            }
            const C: usize = Case::INPUT[2] / Case::GROUPS;
            $check::<_, $k, C, $f, f32>(Case, stringify!($test));
            $check::<_, $k, C, $f, f64>(Case, stringify!($test));
        })*
    };
}

cases! { check:
    valid: 3 => 4, 3;
    same: 5 => 3, 4, padding Same;
    causal: 3 => 4, 3, padding Causal;
    causal_dilated: 8 => 8, 3, dilation 4, padding Causal;
    causal_strided: 2 => 17, 3, stride 3, padding Causal;
    causal_groups: 6 => 4, 2, groups 2, dilation 2, padding Causal;
    causal_beyond_the_input: 1 => 5, 4, dilation 8, padding Causal;
    wide: 20 => 40, 5, padding Same;
    strided_same: 7 => 9, 3, stride 2, padding Same;
}

cases! { check_steps:
    steps_one_of_everything: 1 => 1, 1;
    steps_no_window: 5 => 12, 1, padding Causal;
    steps_two: 1 => 1, 2, padding Causal;
    steps_first_of_a_network: 1 => 8, 3, padding Causal;
    steps_of_a_network: 8 => 8, 3, dilation 8, padding Causal;
    steps_to_one: 40 => 1, 3, dilation 2, padding Causal;
    steps_few_filters: 7 => 3, 4, dilation 3, padding Causal;
    steps_odd: 11 => 13, 3, padding Causal;
    steps_two_vectors: 6 => 24, 2, dilation 5, padding Causal;
    steps_many_filters: 16 => 70, 3, dilation 2, padding Causal;
    steps_very_many_filters: 3 => 150, 2, padding Causal;
    steps_groups: 6 => 10, 3, groups 2, dilation 2, padding Causal;
    steps_depthwise: 9 => 9, 3, groups 9, dilation 3, padding Causal;
    steps_depthwise_of_three: 5 => 15, 3, groups 5, dilation 2, padding Causal;
    steps_valid: 4 => 6, 3, dilation 4;
    steps_same_ring: 2 => 33, 5, padding Causal;
}

#[test]
fn causal_zeros_come_before() {
    #[derive(Clone, Copy)]
    struct Case;
    impl Conv2DShape for Case {
        const INPUT: [usize; 3] = [1, 9, 2];
        const FILTERS: usize = 3;
        const KERNEL_SIZE: [usize; 2] = [1, 4];
        const DILATION_RATE: [usize; 2] = [1, 2];
        const PADS: [[usize; 2]; 2] =
            pads(Padding::Causal, &Self::INPUT, Self::KERNEL_SIZE, Self::STRIDES, Self::DILATION_RATE);
    }
    assert_eq!((Case::BORDER, Case::OUTPUT), (Border::new([0, 0], [6, 0]), [1, 9, 3]));
    assert_eq!(state_len::<Case>(), 6 * 2 + 1);
}

#[test]
fn a_place_that_is_none_does_no_harm() {
    #[derive(Clone, Copy)]
    struct Case;
    impl Conv2DShape for Case {
        const INPUT: [usize; 3] = [1, 9, 2];
        const FILTERS: usize = 3;
        const KERNEL_SIZE: [usize; 2] = [1, 4];
    }
    let weights = weights::<4, 2, 3, f32>();
    for place in [f32::NAN, f32::INFINITY, -1.0, 1e30, 3.0] {
        let mut state = [place; state_len::<Case>()];
        let mut y = [0.0; 3];
        dispatch!(fearless_simd::Level::new(), simd => {
            step(simd, Case, &*weights, &[1.0, 2.0], &mut state, &mut y, Epilogue::bias(&weights.bias));
        });
        assert!((0.0..6.0).contains(&state[state_len::<Case>() - 1]));
    }
}
