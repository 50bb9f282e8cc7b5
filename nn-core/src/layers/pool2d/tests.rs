//! Inference against the oracle, on every level of SIMD.

use crate::kernels::vectors::dispatch;

use super::*;
use crate::element::Element;
use crate::kernels::testing::{Bent, assert_close, levels, random};
use crate::shape::{Padding, pads};

const UNTOUCHED: f64 = 7.0;

fn check<L: Pool2DShape, T: Element>(shape: L, border: Border, what: &str) {
    let x = random::<T>(1, L::INPUT.iter().product());
    let around = border.around(L::OUTPUT);
    let mut expected = vec![T::from_f64(UNTOUCHED); around.iter().product()];
    let values = oracle::pool::<L, T>(&x);
    let [_, width, c] = L::OUTPUT;
    for (i, value) in values.into_iter().enumerate() {
        let (row, rest) = (i / (width * c), i % (width * c));
        expected[((row + border.top) * around[1] + border.left) * c + rest] = Bent(0.25).of(value);
    }
    for level in levels() {
        let mut y = vec![T::from_f64(UNTOUCHED); expected.len()];
        dispatch!(level, simd => infer(simd, shape, border, &x, &mut y, Bent(0.25)));
        assert_close(&y, &expected, L::POOL_SIZE[0] * L::POOL_SIZE[1], &format!("{what} at {level:?}"));
    }
}

macro_rules! cases {
    (@value $default:expr) => { $default };
    (@value $default:expr, $value:expr) => { $value };
    ($($test:ident: $input:expr, $size:expr, $strides:expr, $padding:ident $(, pads $pads:expr)?;)*) => {
        $(#[test]
        fn $test() {
            #[derive(Clone, Copy)]
            struct Largest;
            #[derive(Clone, Copy)]
            struct Mean;
            cases!(@shape Largest, Max, $input, $size, $strides, $padding $(, $pads)?);
            cases!(@shape Mean, Average, $input, $size, $strides, $padding $(, $pads)?);
            for border in [Border::NONE, Border::new([1, 0], [2, 1])] {
                check::<_, f32>(Largest, border, stringify!($test));
                check::<_, f64>(Largest, border, stringify!($test));
                check::<_, f32>(Mean, border, stringify!($test));
                check::<_, f64>(Mean, border, stringify!($test));
            }
        })*
    };
    (@shape $name:ident, $kind:ident, $input:expr, $size:expr, $strides:expr, $padding:ident $(, $pads:expr)?) => {
        impl Pool2DShape for $name {
            const KIND: Kind = Kind::$kind;
            const INPUT: [usize; 3] = $input;
            const POOL_SIZE: [usize; 2] = $size;
            const STRIDES: [usize; 2] = $strides;
            const PADS: [[usize; 2]; 2] = cases!(
                @value pads(Padding::$padding, &Self::INPUT, Self::POOL_SIZE, Self::STRIDES, [1, 1]) $(, $pads)?
            );
        }
    };
}

cases! {
    one_pixel: [1, 1, 1], [1, 1], [1, 1], Valid;
    one_channel: [9, 11, 1], [2, 2], [2, 2], Valid;
    one_channel_same: [9, 11, 1], [2, 2], [2, 2], Same;
    three_channels: [8, 10, 3], [3, 3], [2, 2], Valid;
    three_channels_same: [8, 10, 3], [3, 3], [2, 2], Same;
    six_channels: [26, 26, 6], [2, 2], [2, 2], Valid;
    overlapping: [7, 6, 5], [3, 2], [1, 1], Same;
    gaps: [10, 11, 4], [2, 2], [3, 4], Valid;
    gaps_same: [10, 11, 4], [1, 2], [3, 4], Same;
    sixteen_channels: [6, 5, 16], [2, 2], [2, 2], Valid;
    seventeen_channels: [6, 5, 17], [3, 3], [2, 1], Same;
    many_channels: [5, 4, 70], [2, 3], [2, 2], Same;
    larger_than_the_input: [2, 3, 6], [5, 5], [1, 2], Same;
    uneven_pads: [9, 11, 3], [3, 3], [2, 2], Valid, pads [[1, 0], [2, 1]];
    uneven_pads_one_channel: [6, 30, 1], [2, 4], [1, 2], Valid, pads [[0, 1], [3, 3]];
    wide: [3, 50, 2], [1, 4], [1, 4], Valid;
}
