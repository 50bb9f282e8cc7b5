//! Layers that move numbers or take them together give the same bits by unit structs and by numbers that are learned
//! while the program runs.

mod numbers;

use std::hint::black_box;

use nn_core::activations::{AnyActivation, Relu};
use nn_core::layers::concatenate::{self, ConcatenateShape, ConcatenateSizes};
use nn_core::layers::cropping::{self, CroppingShape, CroppingSizes};
use nn_core::layers::merge::{self, Kind, MergeShape, MergeSizes, Place};
use nn_core::layers::permute::{self, PermuteShape, PermuteSizes};
use nn_core::layers::prelu::{self, PReLUShape, PReLUSizes};
use nn_core::layers::repeat_vector;
use nn_core::layers::up_sampling::{self, UpSamplingShape, UpSamplingSizes};
use nn_core::layers::zero_padding::{self, ZeroPaddingShape, ZeroPaddingSizes};
use nn_core::rt::dispatch;
use nn_core::rt::fearless_simd::Level;
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
        let (small, large) = (SAMPLES * padding.sizes().pad.small, SAMPLES * padding.sizes().pad.large);
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

/// Of each input so many elements for each sample, and the memory of their gradients.
fn inputs<T: Element>(shapes: &[&[usize]], samples: usize) -> [Vec<Vec<T>>; 2] {
    let each = |i: usize, shape: &&[usize]| random(1 + i as u64, samples * product(shape));
    let x: Vec<Vec<T>> = shapes.iter().enumerate().map(|(i, shape)| each(i, shape)).collect();
    let dx = x.iter().map(|x| unwritten(x.len())).collect();
    [x, dx]
}

fn slices<T>(all: &[Vec<T>]) -> Vec<&[T]> {
    all.iter().map(Vec::as_slice).collect()
}

#[test]
fn inputs_behind_each_other() {
    fn at<T: Element, L: ConcatenateShape<N>, const N: usize>(level: Level, shape: L) {
        let sizes = black_box(ConcatenateSizes::of(&L::INPUTS, L::AXIS));
        let output = sizes.outer * sizes.row;
        let [x, dx] = inputs::<T>(&L::INPUTS, SAMPLES);
        let dy = random::<T>(9, SAMPLES * output);
        let [mut known, mut numbers] = [(); 2].map(|()| vec![unwritten::<T>(output), unwritten(dy.len())]);
        let [mut dx, mut by_numbers] = [dx.clone(), dx];
        let [first, all] = known.get_disjoint_mut([0, 1]).unwrap();
        concatenate::infer(shape, core::array::from_fn(|i| &x[i][..x[i].len() / SAMPLES]), first);
        concatenate::forward(shape, SAMPLES, core::array::from_fn(|i| &x[i][..]), all);
        let mut gradients = dx.iter_mut();
        concatenate::backward(shape, SAMPLES, &dy, core::array::from_fn(|_| gradients.next().map(Vec::as_mut_slice)));

        let one: Vec<&[T]> = x.iter().map(|x| &x[..x.len() / SAMPLES]).collect();
        let [first, all] = numbers.get_disjoint_mut([0, 1]).unwrap();
        concatenate::infer_slices(&sizes.as_slices(), &one, first);
        concatenate::forward_slices(&sizes.as_slices(), SAMPLES, &slices(&x), all);
        let mut gradients: Vec<Option<&mut [T]>> = by_numbers.iter_mut().map(|dx| Some(&mut dx[..])).collect();
        concatenate::backward_slices(&sizes.as_slices(), SAMPLES, &dy, &mut gradients);
        same(&[known, dx].concat(), &[numbers, by_numbers].concat(), &format!("{sizes:?}"), level);
    }
    macro_rules! compare {
        ($($shapes:expr, $n:expr, $axis:expr;)*) => {
            $({
                #[derive(Clone, Copy)]
                struct Shape;
                impl ConcatenateShape<$n> for Shape {
                    const INPUTS: [&'static [usize]; $n] = $shapes;
                    const AXIS: usize = $axis;
                }
                everywhere!(at<_, $n>(Shape));
            })*
        };
    }
    compare! {
        [&[5], &[3]], 2, 0;
        [&[2, 3], &[2, 1], &[2, 4]], 3, 1;
        [&[2, 3, 4], &[2, 1, 4]], 2, 1;
        [&[2, 2, 3, 2, 2, 3], &[2, 2, 3, 1, 2, 3]], 2, 3;
        [&[7], &[1], &[2], &[3], &[4]], 5, 0;
        [&[3]], 1, 0;
    }
}

/// What goes into a merge.
struct Merged<T> {
    x: Vec<Vec<T>>,
    masks: Option<Vec<Option<Vec<T>>>>,
    dy: Vec<T>,
}

impl<T: Element> Merged<T> {
    fn new(shapes: &[&[usize]], output: usize, masked: bool) -> Self {
        let [x, _] = inputs::<T>(shapes, SAMPLES);
        let counts = |i: usize, row: usize| row != 0 && (row + i).is_multiple_of(2);
        // The last of three has none; there are rows in which no other counts.
        let mask = |i: usize| {
            let rows = x[i].len() / shapes[i].last().unwrap();
            let flags = (0..rows).map(|row| if counts(i, row) { T::one() } else { T::zero() });
            (i < 2).then(|| flags.collect())
        };
        let masks = masked.then(|| (0..x.len()).map(mask).collect());
        Merged { x, masks, dy: random(9, SAMPLES * output) }
    }

    fn x(&self, i: usize, samples: usize) -> &[T] {
        &self.x[i][..self.x[i].len() * samples / SAMPLES]
    }

    fn mask(&self, i: usize, samples: usize) -> Option<&[T]> {
        self.masks.as_ref()?[i].as_ref().map(|mask| &mask[..mask.len() * samples / SAMPLES])
    }

    /// The memory of what is inferred, of what goes forward, and of the gradients.
    fn results(&self) -> Vec<Vec<T>> {
        let lens = [self.dy.len() / SAMPLES, self.dy.len()].into_iter().chain(self.x.iter().map(Vec::len));
        lens.map(unwritten).collect()
    }

    fn known<L: MergeShape<N>, const N: usize>(&self, level: Level, shape: L) -> Vec<Vec<T>> {
        let mut results = self.results();
        let [y, all, dx @ ..] = &mut results[..] else { unreachable!() };
        let mut dx = dx.iter_mut();
        let dx = core::array::from_fn(|_| dx.next().map(Vec::as_mut_slice));
        let [one, x] = [1, SAMPLES].map(|samples| core::array::from_fn(|i| self.x(i, samples)));
        let kept = core::array::from_fn(|i| if L::KIND.reads_inputs() { self.x(i, SAMPLES) } else { &[] });
        let [first, masks] = [1, SAMPLES].map(|samples| core::array::from_fn(|i| self.mask(i, samples)));
        dispatch!(level, simd => {
            if self.masks.is_some() {
                merge::infer_masked(simd, shape, one, first, y);
                merge::forward_masked(simd, shape, SAMPLES, x, masks, all);
                merge::backward_masked(simd, shape, SAMPLES, kept, masks, &self.dy, dx);
            } else {
                merge::infer(simd, shape, one, y, Relu);
                merge::forward(simd, shape, SAMPLES, x, all);
                merge::backward(simd, shape, SAMPLES, kept, &self.dy, dx);
            }
        });
        results
    }

    fn numbers(&self, level: Level, sizes: &MergeSizes<&[Place]>) -> Vec<Vec<T>> {
        let mut results = self.results();
        let [y, all, dx @ ..] = &mut results[..] else { unreachable!() };
        let mut dx: Vec<Option<&mut [T]>> = dx.iter_mut().map(|dx| Some(&mut dx[..])).collect();
        let every = 0..self.x.len();
        let [one, x] = [1, SAMPLES].map(|samples| every.clone().map(|i| self.x(i, samples)).collect::<Vec<_>>());
        let kept: Vec<&[T]> = if sizes.kind.reads_inputs() { x.clone() } else { vec![&[]; x.len()] };
        let [first, masks] =
            [1, SAMPLES].map(|samples| every.clone().map(|i| self.mask(i, samples)).collect::<Vec<_>>());
        dispatch!(level, simd => {
            if self.masks.is_some() {
                merge::infer_slices_masked(simd, sizes, &one, &first, y);
                merge::forward_slices_masked(simd, sizes, SAMPLES, &x, &masks, all);
                merge::backward_slices_masked(simd, sizes, SAMPLES, &kept, &masks, &self.dy, &mut dx);
            } else {
                merge::infer_slices(simd, sizes, &one, y, AnyActivation::from(Relu));
                merge::forward_slices(simd, sizes, SAMPLES, &x, all);
                merge::backward_slices(simd, sizes, SAMPLES, &kept, &self.dy, &mut dx);
            }
        });
        results
    }
}

/// Infer, forward and backward by a unit struct, and by numbers.
fn merged<T: Element, L: MergeShape<N>, const N: usize>(level: Level, shape: L, masked: bool) {
    let sizes = black_box(MergeSizes::of(L::KIND, &L::INPUTS));
    let given = Merged::<T>::new(&L::INPUTS, sizes.output(), masked);
    let what = format!("{:?} of {:?}, masked: {masked}", L::KIND, L::INPUTS);
    same(&given.known(level, shape), &given.numbers(level, &sizes.as_slices()), &what, level);
}

macro_rules! merges {
    ($($test:ident: $kind:ident of $shapes:expr, $n:literal, $masked:expr;)*) => {
        $(#[test]
        fn $test() {
            #[derive(Clone, Copy)]
            struct Shape;
            impl MergeShape<$n> for Shape {
                const KIND: Kind = Kind::$kind;
                const INPUTS: [&'static [usize]; $n] = $shapes;
            }
            merged::<f32, _, $n>(Level::new(), Shape, $masked);
            merged::<f32, _, $n>(Level::baseline(), Shape, $masked);
        })*
    };
}

merges! {
    merges_of_two: Add of [&[3, 23], &[3, 23]], 2, false;
    merges_of_five: Multiply of [&[2, 9], &[2, 9], &[9], &[2, 1], &[2, 9]], 5, false;
    merges_of_three_behind_masks: Maximum of [&[3, 2, 5], &[3, 2, 5], &[1, 1, 5]], 3, true;
}

#[test]
fn merges_in_the_memory_of_the_first() {
    fn by_numbers<T: Element>(level: Level, sizes: &MergeSizes<&[Place]>, y: &mut [T], others: &[&[T]]) {
        let relu = AnyActivation::from(Relu);
        dispatch!(level, simd => merge::infer_slices_in_place(simd, sizes, y, others, relu));
    }
    fn at<T: Element, L: MergeShape<N>, const N: usize, const M: usize>(level: Level, shape: L) {
        let sizes = black_box(MergeSizes::of(L::KIND, &L::INPUTS));
        let [x, _] = inputs::<T>(&L::INPUTS, 1);
        let (mut known, mut numbers) = (x[0].clone(), x[0].clone());
        let others: [&[T]; M] = core::array::from_fn(|i| &x[i + 1][..]);
        dispatch!(level, simd => merge::infer_in_place(simd, shape, &mut known, others, Relu));
        by_numbers(level, &sizes.as_slices(), &mut numbers, &others);
        same(&[known], &[numbers], &format!("{:?} of {:?}", L::KIND, L::INPUTS), level);
    }
    macro_rules! compare {
        ($($kind:ident: $shapes:expr, $n:literal, $others:literal;)*) => {
            $({
                #[derive(Clone, Copy)]
                struct Shape;
                impl MergeShape<$n> for Shape {
                    const KIND: Kind = Kind::$kind;
                    const INPUTS: [&'static [usize]; $n] = $shapes;
                }
                everywhere!(at<_, $n, $others>(Shape));
            })*
        };
    }
    compare! {
        Subtract: [&[4, 19], &[19]], 2, 1;
        Maximum: [&[2, 20], &[2, 20], &[2, 1], &[20]], 4, 3;
    }
}
