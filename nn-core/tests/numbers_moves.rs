//! Layers that move numbers or take them together give the same bits by unit structs and by numbers that are learned
//! while the program runs.

mod numbers;

use std::hint::black_box;

use nn_core::layers::cropping::{self, CroppingShape, CroppingSizes};
use nn_core::layers::permute::{self, PermuteShape, PermuteSizes};
use nn_core::layers::prelu::{self, PReLUShape, PReLUSizes};
use nn_core::layers::repeat_vector;
use nn_core::layers::up_sampling::{self, UpSamplingShape, UpSamplingSizes};
use nn_core::layers::zero_padding::{self, ZeroPaddingShape, ZeroPaddingSizes};
use nn_core::rt::fearless_simd::{Level, dispatch};
use nn_core::{Element, Geometry};
use numbers::{random, same, unwritten};

const SAMPLES: usize = 2;

fn product(shape: &[usize]) -> usize {
    shape.iter().product()
}

/// A unit struct of a shape with two constants of lists.
macro_rules! unit {
    ($shape:ident { $first:ident: $of_first:ty = $a:expr, $second:ident: $of_second:ty = $b:expr }) => {{
        #[derive(Clone, Copy)]
        struct Shape;
        impl $shape for Shape {
            const $first: &'static [$of_first] = &$a;
            const $second: &'static [$of_second] = &$b;
        }
        Shape
    }};
}

fn permuted<T: Element>(level: Level, shape: impl Geometry<PermuteSizes>, len: usize) -> Vec<Vec<T>> {
    let (x, mut y, mut dx) = (random(1, SAMPLES * len), unwritten(SAMPLES * len), unwritten(SAMPLES * len));
    dispatch!(level, simd => {
        permute::infer(simd, shape, &x, &mut y);
        permute::backward(simd, shape, &x, &mut dx);
    });
    vec![y, dx]
}

#[test]
fn axes_in_another_order() {
    fn at<T: Element>(level: Level, shape: impl PermuteShape, numbers: &PermuteSizes, input: &[usize]) {
        let len = product(input);
        same(&permuted::<T>(level, shape, len), &permuted(level, numbers, len), &format!("{numbers:?}"), level);
    }
    macro_rules! compare {
        ($($input:expr => $axes:expr;)*) => {
            $(everywhere!(at(
                unit!(PermuteShape { INPUT: usize = $input, AXES: usize = $axes }),
                black_box(&PermuteSizes::new(&$input, &$axes)),
                &$input,
            ));)*
        };
    }
    compare! {
        [3, 4] => [1, 0];
        [17, 35] => [1, 0];
        [5, 18, 17] => [2, 0, 1];
        [2, 3, 4] => [1, 0, 2];
        [3, 1, 17, 1] => [3, 2, 1, 0];
        [2, 3, 2, 3, 2, 4] => [5, 2, 0, 4, 1, 3];
        [2, 3, 4] => [0, 1, 2];
    }
}

#[test]
fn zeros_around_and_edges_cut_off() {
    fn run<T: Element>(
        level: Level,
        padding: impl Geometry<ZeroPaddingSizes>,
        cropping: impl Geometry<CroppingSizes>,
    ) -> Vec<Vec<T>> {
        let (small, large) = (SAMPLES * padding.sizes().inset.small, SAMPLES * padding.sizes().inset.large);
        let (small_x, large_x) = (random(1, small), random(2, large));
        let [mut padded, mut gradient] = [(); 2].map(|()| unwritten(large));
        let [mut cropped, mut back] = [(); 2].map(|()| unwritten(small));
        dispatch!(level, _simd => {
            zero_padding::infer(padding, &small_x, &mut padded);
            zero_padding::backward(padding, &large_x, &mut back);
            cropping::infer(cropping, &large_x, &mut cropped);
            cropping::backward(cropping, &small_x, &mut gradient);
        });
        vec![padded, back, cropped, gradient]
    }
    fn at<T: Element>(
        level: Level,
        (padding, cropping): (impl ZeroPaddingShape, impl CroppingShape),
        numbers: &(ZeroPaddingSizes, CroppingSizes),
    ) {
        let by_numbers = run::<T>(level, &numbers.0, &numbers.1);
        same(&run::<T>(level, padding, cropping), &by_numbers, &format!("{numbers:?}"), level);
    }
    macro_rules! compare {
        ($($small:expr, $around:expr;)*) => {
            $(everywhere!(at(
                (
                    unit!(ZeroPaddingShape { INPUT: usize = $small, PADDING: [usize; 2] = $around }),
                    unit!(CroppingShape { OUTPUT: usize = $small, CROPPING: [usize; 2] = $around }),
                ),
                black_box(&(ZeroPaddingSizes::new(&$small, &$around), CroppingSizes::new(&$small, &$around))),
            ));)*
        };
    }
    compare! {
        [4, 3], [[1, 2], [0, 0]];
        [3, 4, 2], [[1, 0], [2, 3], [0, 0]];
        [2, 3, 4], [[0, 0], [1, 0], [2, 3]];
        [2, 3, 2, 2], [[1, 0], [0, 2], [1, 1], [0, 0]];
        [5], [[0, 0]];
    }
}

/// A test of some shapes, with `infer` and `backward` of `up_sampling`.
macro_rules! up_sampling {
    ($test:ident: $infer:expr, $backward:expr; $($input:expr, $size:expr;)*) => {
        #[test]
        fn $test() {
            fn run<T: Element>(
                level: Level,
                shape: impl Geometry<UpSamplingSizes>,
                [small, large]: [usize; 2],
            ) -> Vec<Vec<T>> {
                let (x, dy) = (random(1, SAMPLES * small), random(2, SAMPLES * large));
                let (mut y, mut dx) = (unwritten(dy.len()), unwritten(x.len()));
                dispatch!(level, simd => {
                    $infer(simd, shape, &x, &mut y);
                    $backward(simd, shape, &dy, &mut dx);
                });
                vec![y, dx]
            }
            fn at<T: Element>(level: Level, shape: impl UpSamplingShape, numbers: &UpSamplingSizes, lens: [usize; 2]) {
                same(&run::<T>(level, shape, lens), &run(level, numbers, lens), &format!("{numbers:?}"), level);
            }
            $(everywhere!(at(
                unit!(UpSamplingShape { INPUT: usize = $input, SIZE: usize = $size }),
                black_box(&UpSamplingSizes::new(&$input, &$size)),
                [product(&$input), product(&$input) * product(&$size)],
            ));)*
        }
    };
}

up_sampling! {
    copies_of_elements: |_, shape, x, y| up_sampling::infer(shape, x, y), up_sampling::backward;
    [4, 3], [2, 1];
    [3, 4, 19], [2, 3, 1];
    [2, 3, 4], [1, 2, 2];
    [2, 3, 2, 2], [2, 1, 3, 1];
    [2, 2, 3, 2], [1, 2, 1, 3];
    [2, 3], [1, 1];
}

up_sampling! {
    mixtures_of_neighbours: up_sampling::infer_bilinear, up_sampling::backward_bilinear;
    [3, 4, 19], [2, 3, 1];
    [1, 4, 2], [1, 3, 1];
    [2, 3, 4], [1, 2, 2];
}

#[test]
fn vectors_repeated() {
    fn run<T: Element>(level: Level, sizes: [usize; 2], lens: [usize; 2]) -> Vec<Vec<T>> {
        let (x, dy) = (random(1, SAMPLES * lens[0]), random(2, SAMPLES * lens[1]));
        let (mut y, mut dx) = (unwritten(dy.len()), unwritten(x.len()));
        dispatch!(level, simd => {
            repeat_vector::infer(sizes, &x, &mut y);
            repeat_vector::backward(simd, sizes, &dy, &mut dx);
        });
        vec![y, dx]
    }
    fn at<T: Element>(level: Level) {
        let lens = [19, 57];
        same(&run::<T>(level, [3, 19], lens), &run(level, black_box([3, 19]), lens), "3 × 19", level);
    }
    everywhere!(at());
}

#[test]
fn slopes_that_are_learned() {
    fn run<T: Element>(level: Level, shape: impl Geometry<PReLUSizes>, slopes: usize) -> Vec<Vec<T>> {
        let (alpha, len) = (random::<T>(1, slopes), SAMPLES * shape.sizes().len);
        let (x, dy) = (random(2, len), random(3, len));
        let (mut y, mut dx, mut dalpha) = (unwritten(len), unwritten(len), random(4, slopes));
        dispatch!(level, simd => {
            prelu::infer_with(simd, shape, &alpha, &x, &mut y);
            prelu::backward_with(simd, shape, &alpha, SAMPLES, &x, &dy, &mut dx, &mut dalpha);
        });
        vec![y, dx, dalpha]
    }
    fn at<T: Element>(level: Level, shape: impl PReLUShape, numbers: &PReLUSizes, slopes: usize) {
        same(&run::<T>(level, shape, slopes), &run(level, numbers, slopes), &format!("{numbers:?}"), level);
    }
    macro_rules! compare {
        ($($shape:expr, $shared:expr, $slopes:expr;)*) => {
            $(everywhere!(at(
                unit!(PReLUShape { SHAPE: usize = $shape, SHARED: bool = $shared }),
                black_box(&PReLUSizes::new(&$shape, &$shared)),
                $slopes,
            ));)*
        };
    }
    compare! {
        [37], [false], 37;
        [3, 5, 19], [true, true, false], 19;
        [4, 9, 4], [false, true, true], 4;
        [3, 4, 5], [false, true, false], 15;
        [2, 3, 2, 2, 2, 3], [true, false, true, false, true, false], 18;
        [6, 2], [true, true], 1;
    }
}
