//! `Normalization` and `Rescaling` by constants along an axis, against the formula in `f64`.

use nn_core::layers::rescaling::{Constants, Kind, backward, infer};
use nn_core::rt::dispatch_each;
use nn_core::rt::fearless_simd::Level;

#[test]
fn every_element_has_the_constants_of_its_place() {
    for dims in [[3, 1, 1], [5, 3, 1], [2, 15, 1], [1, 16, 1], [3, 37, 1], [2, 4, 5], [1, 2, 33], [7, 8, 1]] {
        let count = dims[1];
        let first: Vec<f64> = (0..count).map(|at| at as f64 - 1.5).collect();
        let second: Vec<f64> = (0..count).map(|at| if at == 2 { 0.0 } else { 0.25 + at as f64 }).collect();
        let len = 2 * dims.iter().product::<usize>();
        let x: Vec<f64> = (0..len).map(|at| ((at * 13) % 29) as f64 / 4.0).collect();
        for kind in [Kind::Normalize, Kind::Denormalize, Kind::Rescale] {
            let constants = Constants::new(kind, dims, [&first, &second]);
            let (mut y, mut dx) = (vec![f64::NAN; len], vec![f64::NAN; len]);
            dispatch_each!(Level::new(), simd => {
                infer(simd, &constants, &x, &mut y);
                backward(simd, &constants, &x, &mut dx);
            });
            for at in 0..len {
                let (a, b) = (first[at / dims[2] % count], second[at / dims[2] % count]);
                let root = b.sqrt().max(1e-7);
                let (value, slope) = match kind {
                    Kind::Normalize => ((x[at] - a) / root, 1.0 / root),
                    Kind::Denormalize => (a + x[at] * root, root),
                    Kind::Rescale => (x[at] * a + b, a),
                };
                let close = |got: f64, want: f64| (got - want).abs() <= 1e-12 * want.abs().max(1.0);
                assert!(close(y[at], value), "{kind:?} {dims:?} {at}: {} is not {value}", y[at]);
                assert!(close(dx[at], x[at] * slope), "{kind:?} {dims:?} {at}");
            }
        }
    }
}

#[test]
#[should_panic(expected = "a number for each element along its axis")]
fn constants_of_another_length_are_refused() {
    let _ = Constants::new(Kind::Rescale, [2, 3, 1], [&[1.0; 3][..], &[1.0; 2]]);
}
