//! Inference against the oracle, over many geometries, on every level of SIMD.

use crate::kernels::vectors::dispatch;

use super::oracle::convolve;
use super::*;
use crate::kernels::testing::{Bent, assert_close, levels, random};
use crate::layers::epilogue::Epilogue;
use crate::layers::pool2d::Kind;
use crate::shape::{Padding, pads};

const BEFORE: Bent = Bent(0.25);
const AFTER: Bent = Bent(-0.5);
/// What the border of the output holds: nothing may touch it.
const UNTOUCHED: f64 = 7.0;

/// `AFTER(pool(BEFORE((bias + sum) · scale + shift)) + value)` inside of the border, by the formula.
fn expected<L: Conv2DShape, D: Destination<L>, T: Element>(
    kernel: &[T],
    bias: &[T],
    affine: &[T],
    shortcut: &[T],
    x: &[T],
) -> Vec<T> {
    let f = L::FILTERS;
    let mut sums = convolve::<L, T>(kernel, bias, x);
    for (i, value) in sums.iter_mut().enumerate() {
        *value = BEFORE.of(*value * affine[i % f] + affine[f + i % f]);
    }
    let (size, kind) = D::POOL.map_or(([1, 1], Kind::Max), |pool| (pool.size, pool.kind));
    let shape = [L::OUTPUT[0] / size[0], L::OUTPUT[1] / size[1], f];
    let around = D::BORDER.around(shape);
    let mut y = vec![T::from_f64(UNTOUCHED); around.iter().product()];
    oracle::for_each(shape, |[i, j, channel]| {
        let window = (0..size[0] * size[1]).map(|q| {
            let pixel = (i * size[0] + q / size[1]) * L::OUTPUT[1] + j * size[1] + q % size[1];
            sums[pixel * f + channel]
        });
        let value = match kind {
            Kind::Max => window.fold(T::neg_infinity(), |max, x| if max >= x || max.is_nan() { max } else { x }),
            Kind::Average => window.sum::<T>() / T::from_f64((size[0] * size[1]) as f64),
        };
        let value = value + shortcut.get((i * shape[1] + j) * f + channel).copied().unwrap_or(T::zero());
        y[((i + D::BORDER.top) * around[1] + j + D::BORDER.left) * f + channel] = AFTER.of(value);
    });
    y
}

/// Tilings that are planned before, as the macro does, give the plans that the compiler makes; those for another type of
/// element are not taken.
fn planned_before<L: Conv2DShape, D: Destination<L>, T: Element>(what: &str) {
    let g = geometry::geometry(&L::SIZES, &D::SIZES);
    for element in [4, 8] {
        let tilings = Some(Tilings::plan(&g, element));
        assert_eq!(
            plan::Plans::new::<T>(&g, &tilings),
            plan::All::<L, D, T>::PLANS,
            "{what}, {:?}, {element}",
            T::DTYPE
        );
    }
}

fn check<
    L: Conv2DShape,
    D: Destination<L>,
    const KH: usize,
    const KW: usize,
    const C: usize,
    const F: usize,
    T: Element,
>(
    shape: L,
    destination: D,
    what: &str,
) {
    planned_before::<L, D, T>(what);
    let mut weights: Box<Conv2D<KH, KW, C, F, T>> = bytemuck::zeroed_box();
    weights.kernel_mut().copy_from_slice(&random(1, KH * KW * C * F));
    weights.bias.copy_from_slice(&random(2, F));
    let affine = random::<T>(3, 2 * F);
    let x = random::<T>(4, L::INPUT.iter().product());
    let without = expected::<L, D, T>(weights.kernel(), &weights.bias, &affine, &[], &x);
    let value = random::<T>(5, L::OUTPUT.iter().product());
    let with = expected::<L, D, T>(weights.kernel(), &weights.bias, &affine, &value, &x);
    let mut padded = vec![T::from_f64(UNTOUCHED); L::BORDER.around(L::INPUT).iter().product()];
    check_not_a_number::<L, D, KH, KW, C, F, T>(shape, destination, &weights, x.clone(), what);
    for (level, expected) in levels().into_iter().flat_map(|level| [(level, &without), (level, &with)]) {
        let mut y = vec![T::from_f64(UNTOUCHED); expected.len()];
        let mut scratch = vec![T::nan(); scratch_len::<L, D, T>()];
        let epilogue = Epilogue::bias(&weights.bias).affine(affine.split_at(F)).activation(BEFORE).after_pool(AFTER);
        let added = core::ptr::eq(expected, &with);
        dispatch!(level, simd => {
            pad(simd, L::INPUT, L::BORDER, &x, &mut padded);
            let epilogue = if added { epilogue.plus(&value) } else { epilogue };
            infer(simd, shape, destination, &*weights, &padded, &mut y, &mut scratch, epilogue);
        });
        let what = format!("{what}, {:?} at {level:?}, another value: {added}", T::DTYPE);
        assert_close(&y, expected, KH * KW * C, &what);
    }
}

/// What is not a number reaches the maxima of all windows that see it, and nothing else.
fn check_not_a_number<
    L: Conv2DShape,
    D: Destination<L>,
    const KH: usize,
    const KW: usize,
    const C: usize,
    const F: usize,
    T: Element,
>(
    shape: L,
    destination: D,
    weights: &Conv2D<KH, KW, C, F, T>,
    mut x: Vec<T>,
    what: &str,
) {
    if !matches!(D::POOL, Some(Pooling { kind: Kind::Max, .. })) {
        return;
    }
    x.iter_mut().step_by(23).for_each(|x| *x = T::nan());
    let affine: Vec<T> = (0..2 * F).map(|i| if i < F { T::one() } else { T::zero() }).collect();
    let expected = expected::<L, D, T>(weights.kernel(), &weights.bias, &affine, &[], &x);
    let mut padded = vec![T::from_f64(UNTOUCHED); L::BORDER.around(L::INPUT).iter().product()];
    for level in levels() {
        let mut y = vec![T::from_f64(UNTOUCHED); expected.len()];
        let mut scratch = vec![T::nan(); scratch_len::<L, D, T>()];
        let epilogue = Epilogue::bias(&weights.bias).affine(affine.split_at(F)).activation(BEFORE).after_pool(AFTER);
        dispatch!(level, simd => {
            pad(simd, L::INPUT, L::BORDER, &x, &mut padded);
            infer(simd, shape, destination, weights, &padded, &mut y, &mut scratch, epilogue);
        });
        let same = y.iter().zip(&expected).all(|(got, want)| got.is_nan() == want.is_nan());
        assert!(same, "{what}, {:?} at {level:?}: not a number", T::DTYPE);
    }
}

macro_rules! case {
    (@value $default:expr) => { $default };
    (@value $default:expr, $value:expr) => { $value };
    ($($test:ident: $input:expr => $f:literal, ($kh:literal, $kw:literal)
        $(, groups $groups:literal)? $(, strides $strides:expr)? $(, dilation $dilation:expr)? $(, padding $padding:ident)? $(, pads $pads:expr)?
        $(, pool $kind:ident $size:expr)? $(, border $border:expr)?;)*) => {
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
            impl<L: Conv2DShape> Destination<L> for Case {
                const POOL: Option<Pooling> = case!(@value None $(, Some(Pooling { kind: Kind::$kind, size: $size }))?);
                const BORDER: Border = case!(@value Border::NONE $(, $border)?);
            }
            const C: usize = Case::INPUT[2] / Case::GROUPS;
            check::<_, _, $kh, $kw, C, $f, f32>(Case, Case, stringify!($test));
            check::<_, _, $kh, $kw, C, $f, f64>(Case, Case, stringify!($test));
        })*
    };
}

case! {
    one_of_everything: [1, 1, 1] => 1, (1, 1);
    one_pixel_many_filters: [1, 1, 3] => 70, (1, 1);
    lenet_first: [28, 28, 1] => 6, (3, 3), pool Max [2, 2];
    lenet_first_unpooled: [28, 28, 1] => 6, (3, 3);
    lenet_second: [13, 13, 6] => 16, (3, 3), pool Max [2, 2];
    caffe_first: [28, 28, 1] => 20, (5, 5), pool Max [2, 2];
    first_same: [9, 8, 3] => 32, (3, 3), padding Same, pool Max [2, 2], border Border::new([1, 1], [1, 1]);
    second_same: [8, 8, 32] => 64, (3, 3), padding Same;
    uneven_pads: [7, 9, 3] => 8, (3, 3), strides [2, 1], pads [[2, 0], [0, 1]], pool Max [2, 2];
    pads_beyond_the_kernel: [5, 6, 4] => 17, (3, 2), pads [[4, 5], [3, 0]], border Border::new([1, 1], [1, 1]);
    depthwise_uneven_pads: [6, 5, 9] => 9, (3, 3), groups 9, strides [2, 2], pads [[1, 0], [4, 2]];
    odd_everything: [11, 7, 5] => 13, (3, 2), strides [2, 1], padding Same;
    uneven_border: [10, 9, 2] => 3, (2, 2), pool Average [3, 2], border Border::new([1, 2], [0, 3]);
    one_filter: [12, 40, 1] => 1, (3, 3);
    one_filter_many_channels: [5, 6, 40] => 1, (3, 3), padding Same;
    two_filters: [7, 30, 2] => 2, (3, 3), padding Same, border Border::new([0, 1], [2, 0]);
    three_filters_strided: [17, 33, 3] => 3, (3, 3), strides [2, 2], padding Same;
    five_filters_dilated: [16, 20, 2] => 5, (3, 3), dilation [2, 3];
    five_filters_dilated_same: [16, 20, 2] => 5, (3, 3), dilation [2, 2], padding Same, pool Max [2, 2];
    seven_filters_tall: [20, 24, 1] => 7, (7, 1), strides [1, 2];
    nine_filters_wide: [6, 40, 1] => 9, (1, 7), strides [3, 1], pool Average [2, 3];
    twelve_filters: [10, 10, 16] => 12, (3, 3), padding Same;
    seventeen_filters: [6, 9, 4] => 17, (3, 3), pool Average [2, 2];
    thirty_three_filters: [6, 6, 7] => 33, (2, 3), padding Same, pool Max [3, 3];
    forty_eight_filters: [5, 5, 8] => 48, (3, 3), dilation [2, 1], padding Same;
    many_filters: [4, 5, 10] => 70, (3, 3), padding Same, border Border::new([1, 1], [2, 2]);
    large_pool: [20, 20, 2] => 4, (3, 3), pool Max [6, 5];
    large_pool_average: [12, 12, 3] => 24, (1, 1), pool Average [4, 4];
    pool_drops_the_rest: [12, 14, 2] => 6, (2, 2), pool Max [3, 3];
    whole_input: [6, 5, 9] => 11, (6, 5);
    two_groups: [7, 8, 6] => 10, (3, 3), groups 2, padding Same, pool Max [2, 2], border Border::new([1, 1], [1, 1]);
    four_groups_wide: [6, 6, 8] => 64, (3, 2), groups 4, strides [2, 2];
    depthwise: [6, 9, 5] => 5, (3, 3), groups 5, padding Same;
    depthwise_dilated: [8, 9, 6] => 12, (3, 3), groups 6, dilation [2, 2], padding Same, pool Average [2, 2];
    depthwise_strided: [9, 12, 10] => 10, (3, 2), groups 10, strides [2, 2], padding Same;
    depthwise_strided_dilated: [11, 13, 10] => 10, (3, 2), groups 10, strides [2, 2], dilation [2, 3], padding Same, pool Max [2, 2];
    depthwise_strided_down: [9, 9, 6] => 12, (2, 3), groups 6, strides [3, 1], dilation [1, 2], border Border::new([1, 0], [0, 2]);
    depthwise_of_three: [7, 6, 5] => 15, (3, 3), groups 5, padding Same, pool Max [2, 2], border Border::new([1, 0], [0, 1]);
    depthwise_of_many: [6, 5, 3] => 51, (2, 3), groups 3, strides [1, 2];
    grouped_columns: [5, 12, 4] => 18, (1, 3), groups 2, dilation [1, 2];
    pointwise_strided: [9, 9, 12] => 20, (1, 1), strides [2, 2];
    stride_over_kernel: [10, 11, 3] => 8, (2, 2), strides [3, 4];
    strided_first: [21, 22, 3] => 24, (7, 7), strides [2, 2], padding Same;
}

#[test]
fn pad_and_clear() {
    let border = Border::new([1, 2], [2, 1]);
    let x = random::<f32>(1, 3 * 2 * 2);
    let mut y = vec![f32::NAN; border.around([3, 2, 2]).iter().product()];
    dispatch!(fearless_simd::Level::new(), simd => pad(simd, [3, 2, 2], border, &x, &mut y));
    let mut expected = vec![0.0; y.len()];
    oracle::for_each([3, 2, 2], |[i, j, k]| expected[((i + 1) * 5 + j + 2) * 2 + k] = x[(i * 2 + j) * 2 + k]);
    assert_eq!(y, expected);
    let mut ones = vec![1.0_f32; y.len()];
    clear_border([3, 2, 2], border, &mut ones);
    assert_eq!(ones, expected.iter().map(|&v| if v == 0.0 { 0.0 } else { 1.0 }).collect::<Vec<_>>());
}
