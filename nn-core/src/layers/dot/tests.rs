//! Every pair of axes against the formula, with central differences for the gradients.

use crate::kernels::vectors::dispatch;
use fearless_simd::{Fallback, Simd};

use super::*;
use crate::kernels::testing::{levels, random};

const SAMPLES: usize = 2;

macro_rules! shapes {
    ($($test:ident: $left:expr, $right:expr, $axes:expr, $normalize:literal;)*) => {
        $(#[test]
        fn $test() {
            #[derive(Clone, Copy)]
            struct Shape;
            impl DotShape for Shape {
                const INPUTS: [&'static [usize]; 2] = [&$left, &$right];
                const AXES: [usize; 2] = $axes;
                const NORMALIZE: bool = $normalize;
            }
            check(Shape);
        })*
    };
}

shapes! {
    vectors: [5], [5], [0, 0], false;
    matrices: [3, 4], [4, 5], [1, 0], false;
    last_of_both: [3, 20], [5, 20], [1, 1], false;
    long_sums: [5, 70], [17, 70], [1, 1], false;
    wide: [6, 3], [6, 37], [0, 0], false;
    first_of_the_left: [4, 19], [5, 4], [0, 1], false;
    middle: [2, 3, 4], [5, 3, 2], [1, 1], false;
    vector_and_matrix: [18], [18, 3], [0, 0], false;
    four_axes: [2, 3, 4, 2], [4], [2, 0], false;
    five_axes: [2, 3, 4, 2, 3], [3, 4, 2], [2, 1], false;
    six_axes: [2, 1, 3, 2, 4, 2], [4, 3], [4, 0], true;
    six_axes_of_the_product: [2, 3, 4, 2], [2, 4, 3, 2], [2, 1], false;
    cosine: [5], [5], [0, 0], true;
    cosines: [3, 4], [5, 4], [1, 1], true;
    cosines_of_columns: [4, 3], [2, 4, 3], [0, 1], true;
}

/// The product along the axes, of what was divided by its norm if asked.
fn naive<L: DotShape>(_: L, a: &[f64], b: &[f64]) -> Vec<f64> {
    let rows = |shape: &[usize], axis: usize, x: &[f64]| -> Vec<Vec<f64>> {
        let inner: usize = shape[axis + 1..].iter().product();
        let outer: usize = shape[..axis].iter().product();
        let term = |o: usize, i: usize, t: usize| x[(o * shape[axis] + t) * inner + i];
        let row = |o: usize, i: usize| -> Vec<f64> { (0..shape[axis]).map(|t| term(o, i, t)).collect() };
        let mut rows: Vec<_> =
            (0..outer).flat_map(|o| (0..inner).map(move |i| (o, i))).map(|(o, i)| row(o, i)).collect();
        for row in rows.iter_mut().filter(|_| L::NORMALIZE) {
            let norm = row.iter().map(|x| x * x).sum::<f64>().sqrt().max(1e-7);
            row.iter_mut().for_each(|x| *x /= norm);
        }
        rows
    };
    let (a, b) = (rows(L::INPUTS[0], L::AXES[0], a), rows(L::INPUTS[1], L::AXES[1], b));
    a.iter().flat_map(|a| b.iter().map(|b| a.iter().zip(b).map(|(a, b)| a * b).sum())).collect()
}

#[inline(always)]
fn run<S: Simd, L: DotShape, T: Element>(simd: S, shape: L, x: [&[f64]; 2], dy: &[f64]) -> [Vec<f64>; 3] {
    let [a, b, dy] = [x[0], x[1], dy].map(|x| x.iter().map(|&x| T::from_f64(x)).collect::<Vec<T>>());
    let (mut y, mut scratch) = (vec![T::nan(); dy.len()], vec![T::nan(); 3]);
    let (mut da, mut db) = (vec![T::nan(); a.len()], vec![T::nan(); b.len()]);
    forward(simd, shape, SAMPLES, [&a, &b], &mut y);
    backward(simd, shape, SAMPLES, [&a, &b], &y, &dy, [Some(&mut da), Some(&mut db)], &mut scratch);
    [y, da, db].map(|x| x.iter().map(|&x| x.to_f64()).collect())
}

fn check<L: DotShape>(shape: L) {
    let [a, b] = [0, 1].map(|i| random::<f64>(i as u64, SAMPLES * L::SIZES.lens()[i]));
    let whole = |a: &[f64], b: &[f64]| -> Vec<f64> {
        let samples = a.chunks(L::SIZES.lens()[0]).zip(b.chunks(L::SIZES.lens()[1]));
        samples.flat_map(|(a, b)| naive(shape, a, b)).collect()
    };
    let y = whole(&a, &b);
    assert_eq!(y.len(), SAMPLES * L::SIZES.output());
    let dy = random::<f64>(2, y.len());
    let loss = |a: &[f64], b: &[f64]| whole(a, b).iter().zip(&dy).map(|(y, dy)| y * dy).sum::<f64>();
    let differences = |x: &[f64], loss: &dyn Fn(&[f64]) -> f64| -> Vec<f64> {
        let one = |at: usize| {
            let (mut up, mut down) = (x.to_vec(), x.to_vec());
            up[at] += 1e-5;
            down[at] -= 1e-5;
            (loss(&up) - loss(&down)) / 2e-5
        };
        (0..x.len()).map(one).collect()
    };
    let want = [y, differences(&a, &|a| loss(a, &b)), differences(&b, &|b| loss(&a, b))];
    let compare = |got: [Vec<f64>; 3], tolerance: f64, level: &str| {
        for ((got, want), what) in got.iter().zip(&want).zip(["y", "da", "db"]) {
            assert_eq!(got.len(), want.len());
            for (at, (got, want)) in got.iter().zip(want).enumerate() {
                let close = (got - want).abs() <= tolerance * (1.0 + want.abs());
                assert!(close, "{what} of {:?}, {level}, at {at}: {got}, not {want}", L::INPUTS);
            }
        }
    };
    compare(run::<_, L, f64>(Fallback::new(), shape, [&a, &b], &dy), 1e-8, "f64");
    for level in levels() {
        let results = dispatch!(level, simd => run::<_, L, f32>(simd, shape, [&a, &b], &dy));
        compare(results, 5e-5, &format!("{level:?}"));
    }
}

#[test]
fn zeros_have_no_direction() {
    #[derive(Clone, Copy)]
    struct Shape;
    impl DotShape for Shape {
        const INPUTS: [&'static [usize]; 2] = [&[2], &[2]];
        const AXES: [usize; 2] = [0, 0];
        const NORMALIZE: bool = true;
    }
    let x = [&[0.0, 0.0, 0.0, 0.0][..], &[3.0, 4.0, 0.0, 0.0]];
    let [y, da, db] = run::<_, _, f64>(Fallback::new(), Shape, x, &[1.0, 1.0]);
    assert_eq!(y, [0.0, 0.0]);
    for (got, want) in da.iter().chain(&db).zip([0.6e7, 0.8e7, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0]) {
        assert!((got - want).abs() < 1e-6, "{got}, not {want}");
    }
}
