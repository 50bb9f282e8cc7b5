//! Every kind against a naive version, for all ways that shapes meet, with central differences for the gradients.
//!
//! Sizes are numbers here, so that one function for each number of inputs serves all cases; that constants give the same bits
//! is compared for whole networks, and once in `in_the_memory_of_the_first`.

use crate::kernels::vectors::dispatch;
use fearless_simd::{Fallback, Level, Simd};

use super::*;
use crate::activations::{Linear, Relu};
use crate::element::Element;
use crate::kernels::testing::{levels, random};
use crate::shape::MOST_AXES;

const SAMPLES: usize = 3;
const KINDS: [Kind; 8] =
    [Kind::Add, Kind::Subtract, Kind::Multiply, Kind::Divide, Kind::Average, Kind::Maximum, Kind::Minimum, Kind::Where];

/// Shapes, and masks for each sample and input where there are some.
struct Case<'a, const N: usize> {
    shapes: [&'static [usize]; N],
    masks: [Option<&'a [f64]>; N],
}

/// The sizes of the output, from the last axis on with ones behind.
fn output(shapes: &[&[usize]]) -> [usize; MOST_AXES] {
    core::array::from_fn(|from_last| {
        shapes.iter().map(|shape| shape.iter().rev().nth(from_last).copied().unwrap_or(1)).max().unwrap()
    })
}

/// Where an input has the element of the output.
fn place(shape: &[usize], output: [usize; MOST_AXES], element: usize) -> usize {
    let (mut rest, mut place, mut stride) = (element, 0, 1);
    for (from_last, size) in output.into_iter().enumerate() {
        let own = shape.iter().rev().nth(from_last).copied().unwrap_or(1);
        place += if own == 1 { 0 } else { rest % size * stride };
        stride *= own;
        rest /= size;
    }
    place
}

/// Keras' `_merge_function` of each layer, for one element; `x` with whether it counts.
fn merged(kind: Kind, x: &[(f64, bool)]) -> f64 {
    let values = || x.iter().map(|x| x.0);
    let fold = |op: fn(f64, f64) -> f64| {
        let counting = x.iter().filter(|x| x.1).map(|x| x.0);
        counting.reduce(op).unwrap_or(x[0].0)
    };
    match kind {
        Kind::Add => values().sum(),
        Kind::Subtract => x[0].0 - x[1].0,
        Kind::Divide => x[0].0 / x[1].0,
        Kind::Greater => f64::from(x[0].0 > x[1].0),
        Kind::GreaterEqual => f64::from(x[0].0 >= x[1].0),
        Kind::Less => f64::from(x[0].0 < x[1].0),
        Kind::LessEqual => f64::from(x[0].0 <= x[1].0),
        Kind::Equal => f64::from(x[0].0 == x[1].0),
        Kind::NotEqual => f64::from(x[0].0 != x[1].0),
        Kind::Where if x[0].0 == 0.0 => x[2].0,
        Kind::Where => x[1].0,
        Kind::Average => values().sum::<f64>() / x.len() as f64,
        Kind::Multiply if x.iter().all(|x| !x.1) => 0.0,
        Kind::Multiply => x.iter().filter(|x| x.1).map(|x| x.0).product(),
        Kind::Maximum => fold(f64::max),
        Kind::Minimum => fold(f64::min),
    }
}

fn size(shape: &[usize]) -> usize {
    shape.iter().product()
}

fn naive<const N: usize>(kind: Kind, case: &Case<'_, N>, x: &[Vec<f64>; N]) -> Vec<f64> {
    let output = output(&case.shapes);
    let mut y = Vec::new();
    for (sample, element) in (0..SAMPLES).flat_map(|s| (0..output.iter().product()).map(move |e| (s, e))) {
        let inputs: Vec<_> = (0..N)
            .map(|i| {
                let at = sample * size(case.shapes[i]) + place(case.shapes[i], output, element);
                let row = at / case.shapes[i].last().unwrap();
                (x[i][at], case.masks[i].is_none_or(|mask| mask[row] != 0.0))
            })
            .collect();
        y.push(merged(kind, &inputs));
    }
    y
}

type Results<const N: usize> = (Vec<f64>, [Vec<f64>; N]);

#[inline(always)]
fn run<S: Simd, T: Element, const N: usize, const MASKED: bool>(
    simd: S,
    shape: &MergeSizes<[Place; N]>,
    masks: [Option<&[f64]>; N],
    x: &[Vec<f64>; N],
    dy: &[f64],
) -> Results<N> {
    let narrow = |x: &[f64]| -> Vec<T> { x.iter().map(|&x| T::from_f64(x)).collect() };
    let wide = |x: &[T]| -> Vec<f64> { x.iter().map(|&x| x.to_f64()).collect() };
    let (x, masks, dy) = (x.each_ref().map(|x| narrow(x)), masks.map(|mask| mask.map(narrow)), narrow(dy));
    let (mut y, mut dx) = (vec![T::nan(); dy.len()], x.clone().map(|x| vec![T::nan(); x.len()]));
    let inputs = x.each_ref().map(Vec::as_slice);
    let kept = if shape.kind.reads_inputs() { inputs } else { [&[][..]; N] };
    let masks = masks.each_ref().map(|mask| mask.as_deref());
    let gradients = dx.each_mut().map(|dx| Some(dx.as_mut_slice()));
    if MASKED {
        forward_masked(simd, shape, SAMPLES, inputs, masks, &mut y);
        backward_masked(simd, shape, SAMPLES, kept, masks, &dy, gradients);
    } else {
        forward(simd, shape, SAMPLES, inputs, &mut y);
        backward(simd, shape, SAMPLES, kept, &dy, gradients);
    }
    (wide(&y), dx.map(|dx| wide(&dx)))
}

fn close(got: &[f64], want: &[f64], tolerance: f64, what: &str) {
    assert_eq!(got.len(), want.len(), "{what}");
    for (at, (got, want)) in got.iter().zip(want).enumerate() {
        assert!((got - want).abs() <= tolerance * (1.0 + want.abs()), "{what} at {at}: {got}, not {want}");
    }
}

fn check<const N: usize, const MASKED: bool>(kind: Kind, shapes: [&'static [usize]; N], masks: [Option<&[f64]>; N]) {
    let (case, sizes) = (Case { shapes, masks }, &MergeSizes::new(kind, shapes));
    // Numbers that are far enough apart for the differences.
    let x: [Vec<f64>; N] = core::array::from_fn(|i| {
        let count = SAMPLES * size(shapes[i]);
        (0..count).map(|at| ((at * 37 + i * 13 + 5) % 101) as f64 * 0.03 - 1.5 + i as f64 * 0.01).collect()
    });
    let y = naive(kind, &case, &x);
    assert_eq!(y.len(), SAMPLES * sizes.output());
    let dy = random::<f64>(7, y.len());
    let loss = |x: &[Vec<f64>; N]| naive(kind, &case, x).iter().zip(&dy).map(|(y, dy)| y * dy).sum::<f64>();
    let differences: [Vec<f64>; N] = core::array::from_fn(|i| {
        let one = |at: usize| {
            let (mut up, mut down) = (x.clone(), x.clone());
            up[i][at] += 1e-5;
            down[i][at] -= 1e-5;
            (loss(&up) - loss(&down)) / 2e-5
        };
        (0..x[i].len()).map(one).collect()
    });
    let compare = |(got, dx): Results<N>, tolerance: f64, level: &str| {
        let what = format!("{:?} of {:?}, {level}", kind, shapes);
        close(&got, &y, tolerance, &what);
        for i in 0..N {
            close(&dx[i], &differences[i], tolerance, &format!("{what}, gradient {i}"));
        }
    };
    for level in levels() {
        let results = dispatch!(level, simd => run::<_, f32, N, MASKED>(simd, sizes, masks, &x, &dy));
        compare(results, 2e-5, &format!("{level:?}"));
    }
    compare(run::<_, f64, N, MASKED>(Fallback::new(), sizes, masks, &x, &dy), 1e-8, "f64");
}

macro_rules! shapes {
    ($($test:ident: $shapes:expr, $n:literal, [$($kind:ident),+];)*) => {
        $(#[test]
        fn $test() {
            $(check::<$n, false>(Kind::$kind, $shapes, [None; $n]);)+
        })*
    };
}

shapes! {
    vectors: [&[5], &[5]], 2, [Add];
    one_element: [&[1], &[1]], 2, [Multiply];
    several_vectors: [&[3, 23], &[3, 23]], 2, [Subtract, Multiply, Average, Maximum];
    three_inputs: [&[4, 5], &[4, 5], &[4, 5]], 3, [Multiply, Average, Maximum, Minimum];
    rows: [&[3, 18], &[1, 18]], 2, [Add, Multiply];
    columns: [&[3, 18], &[3, 1]], 2, [Subtract, Minimum];
    channels: [&[2, 3, 19], &[1, 1, 19]], 2, [Multiply];
    fewer_axes: [&[2, 3, 5], &[5]], 2, [Subtract, Maximum];
    middle: [&[2, 3, 4, 5], &[2, 1, 4, 1]], 2, [Multiply];
    both_repeated: [&[4, 1], &[1, 6]], 2, [Subtract, Maximum];
    all_repeated: [&[2, 1, 1], &[1, 3, 1], &[1, 1, 17]], 3, [Average, Minimum];
    one_for_all: [&[2, 20], &[1]], 2, [Multiply];
    five_axes: [&[2, 1, 3, 2, 5], &[2, 2, 1, 2, 5]], 2, [Subtract, Maximum];
    six_axes: [&[2, 3, 1, 2, 1, 5], &[1, 2, 2, 3, 1], &[2, 1, 2, 1, 3, 5]], 3, [Add, Multiply, Minimum];
    six_and_one: [&[2, 1, 3, 2, 2, 3], &[3]], 2, [Average];
}

macro_rules! in_place {
    ($($kind:ident: [$first:expr $(, $other:expr)+], $n:literal;)*) => {
        #[test]
        fn in_the_memory_of_the_first() {
            $({
                #[derive(Clone, Copy)]
                struct Shape;
                impl MergeShape<$n> for Shape {
                    const KIND: Kind = Kind::$kind;
                    const INPUTS: [&'static [usize]; $n] = [&$first $(, &$other)+];
                }
                let x: [Vec<f32>; $n] = core::array::from_fn(|i| random(i as u64, size(Shape::INPUTS[i])));
                for level in levels() {
                    let (mut apart, mut y) = (vec![f32::NAN; Shape::SIZES.output()], x[0].clone());
                    let [_, others @ ..] = x.each_ref().map(Vec::as_slice);
                    dispatch!(level, simd => infer(simd, Shape, x.each_ref().map(Vec::as_slice), &mut apart, Relu));
                    dispatch!(level, simd => infer_in_place(simd, Shape, &mut y, others, Relu));
                    assert_eq!(y, apart, "{:?} at {level:?}", Shape::INPUTS);
                    dispatch!(level, simd => infer(simd, &Shape::SIZES, x.each_ref().map(Vec::as_slice), &mut y, Relu));
                    assert_eq!(y, apart, "{:?} by numbers at {level:?}", Shape::INPUTS);
                }
            })*
        }
    };
}

in_place! {
    Add: [[5], [5]], 2;
    Add: [[4, 19], [4, 19]], 2;
    Subtract: [[4, 19], [19]], 2;
    Multiply: [[3, 2, 5], [3, 1, 1]], 2;
    Average: [[40], [40], [1]], 3;
    Maximum: [[2, 20], [2, 20], [2, 1]], 3;
}

const FIRST: [f64; 6] = [1.0, 0.0, 1.0, 0.0, 0.0, 1.0];
const SECOND: [f64; 6] = [1.0, 1.0, 0.0, 0.0, 1.0, 0.0];

macro_rules! masked {
    ($($test:ident: $kind:ident;)*) => {
        $(#[test]
        fn $test() {
            const TWO: [&[usize]; 2] = [&[2, 19], &[2, 19]];
            check::<2, true>(Kind::$kind, TWO, [Some(&FIRST), Some(&SECOND)]);
            check::<2, true>(Kind::$kind, TWO, [Some(&FIRST), None]);
            check::<2, true>(Kind::$kind, TWO, [None, Some(&SECOND)]);
            const THREE: [&[usize]; 3] = [&[2, 3], &[1, 3], &[2, 1]];
            check::<3, true>(Kind::$kind, THREE, [Some(&FIRST), Some(&SECOND[1..4]), Some(&SECOND)]);
        })*
    };
}

masked! {
    masked_products: Multiply;
    masked_maxima: Maximum;
    masked_minima: Minimum;
    masks_do_not_change_sums: Add;
}

#[test]
fn the_first_of_several_takes_the_gradient() {
    #[derive(Clone, Copy)]
    struct Shape;
    impl MergeShape<3> for Shape {
        const KIND: Kind = Kind::Maximum;
        const INPUTS: [&'static [usize]; 3] = [&[4], &[4], &[4]];
    }
    let x = [vec![1.0, 2.0, 2.0, 0.0], vec![2.0, 2.0, 1.0, 0.0], vec![2.0, 1.0, 3.0, f64::NAN]];
    for level in levels() {
        let mut results = [vec![0.0; 4], vec![0.0; 4], vec![0.0; 4], vec![0.0; 4]];
        let [y, da, db, dc] = results.each_mut().map(Vec::as_mut_slice);
        dispatch!(level, simd => {
            let inputs = x.each_ref().map(Vec::as_slice);
            infer(simd, Shape, inputs, y, Linear);
            backward(simd, Shape, 1, inputs, &[1.0; 4], [Some(da), Some(db), Some(dc)]);
        });
        let [y, da, db, dc] = results;
        assert!(y[..3] == [2.0, 2.0, 3.0] && y[3].is_nan());
        assert_eq!((da, db, dc), (vec![0.0, 1.0, 0.0, 0.0], vec![1.0, 0.0, 0.0, 0.0], vec![0.0, 0.0, 1.0, 1.0]));
    }
}

#[test]
fn short_slices_do_not_panic() {
    #[derive(Clone, Copy)]
    struct Shape;
    impl MergeShape<2> for Shape {
        const KIND: Kind = Kind::Add;
        const INPUTS: [&'static [usize]; 2] = [&[3, 4], &[3, 4]];
    }
    let mut y = [7.0_f32; 12];
    dispatch!(Level::new(), simd => infer(simd, Shape, [&[1.0; 11], &[1.0; 12]], &mut y, Linear));
    assert_eq!(y, [7.0; 12]);
}

#[test]
fn sums_in_place() {
    let mut y = random::<f32>(1, 21);
    let (before, x) = (y.clone(), random::<f32>(2, 21));
    dispatch!(Level::new(), simd => add_in_place(simd, &mut y, &x));
    assert!(y.iter().zip(before.iter().zip(&x)).all(|(y, (a, b))| *y == a + b));
}

#[test]
fn comparisons_and_choices() {
    let (a, b) = ([1.0, 2.0, 3.0, f64::NAN, 0.0], [2.0, 2.0, 2.0, 1.0, -0.0]);
    let of = |kind: Kind| {
        let (sizes, mut y) = (MergeSizes::new(kind, [&[5], &[5]]), [7.0; 5]);
        dispatch!(Level::new(), simd => infer(simd, &sizes, [&a, &b], &mut y, Linear));
        y
    };
    assert_eq!(of(Kind::Greater), [0.0, 0.0, 1.0, 0.0, 0.0]);
    assert_eq!(of(Kind::GreaterEqual), [0.0, 1.0, 1.0, 0.0, 1.0]);
    assert_eq!(of(Kind::Less), [1.0, 0.0, 0.0, 0.0, 0.0]);
    assert_eq!(of(Kind::LessEqual), [1.0, 1.0, 0.0, 0.0, 1.0]);
    assert_eq!(of(Kind::Equal), [0.0, 1.0, 0.0, 0.0, 1.0]);
    assert_eq!(of(Kind::NotEqual), [1.0, 0.0, 1.0, 1.0, 0.0]);
    let (sizes, choice) = (MergeSizes::new(Kind::Where, [&[2, 1], &[2, 3], &[3]]), [0.0, 5.0]);
    let (x, y, mut out) = ([1.0, 2.0, 3.0, 4.0, 5.0, 6.0], [7.0, 8.0, 9.0], [0.0; 6]);
    let (mut dc, mut dx, mut dy) = ([1.0; 2], [1.0; 6], [1.0; 3]);
    dispatch!(Level::new(), simd => {
        infer(simd, &sizes, [&choice, &x, &y], &mut out, Linear);
        backward(simd, &sizes, 1, [&choice[..], &x, &y], &[1.0, 2.0, 3.0, 4.0, 5.0, 6.0], [Some(&mut dc), Some(&mut dx), Some(&mut dy)]);
    });
    assert_eq!(out, [7.0, 8.0, 9.0, 4.0, 5.0, 6.0]);
    assert_eq!((dc, dx, dy), ([0.0; 2], [0.0, 0.0, 0.0, 4.0, 5.0, 6.0], [1.0, 2.0, 3.0]));
}

#[test]
fn kinds_that_backward_reads_for() {
    assert_eq!(KINDS.map(Kind::reads_inputs), [false, false, true, true, false, true, true, true]);
}
