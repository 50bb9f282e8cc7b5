use crate::kernels::vectors::dispatch;

use super::*;
use crate::kernels::testing::{assert_close, levels, random};

const EPSILON: f64 = 1e-3;
const N: usize = 3;

fn layer() -> BatchNormalization<N, f64> {
    BatchNormalization {
        gamma: [0.5, -1.0, 2.0],
        beta: [0.1, 0.2, 0.3],
        moving_mean: [0.0; N],
        moving_variance: [1.0; N],
    }
}

/// Every row with the moments of those that count, by the formula.
fn oracle(x: &[f64], mask: &[f64]) -> Vec<f64> {
    let layer = layer();
    let count = mask.iter().sum::<f64>().max(1.0);
    let over_rows = |f: &dyn Fn(usize) -> f64| (0..mask.len()).map(|row| mask[row] * f(row)).sum::<f64>() / count;
    let mut y = vec![0.0; x.len()];
    for c in 0..N {
        let mean = over_rows(&|row| x[row * N + c]);
        let variance = over_rows(&|row| (x[row * N + c] - mean).powi(2));
        for row in 0..mask.len() {
            y[row * N + c] = (x[row * N + c] - mean) / (variance + EPSILON).sqrt() * layer.gamma[c] + layer.beta[c];
        }
    }
    y
}

/// Output and input gradient of a batch in shards of so many rows.
fn run(x: &[f64], mask: &[f64], dy: &[f64], shard: usize) -> [Vec<f64>; 2] {
    let (layer, mut all) = (layer(), Statistics::default());
    let [mut y, mut dx] = [vec![0.0; x.len()], vec![0.0; x.len()]];
    let level = levels()[0];
    dispatch!(level, simd => {
        let rows: Vec<_> = x.chunks(shard * N).zip(mask.chunks(shard)).zip(dy.chunks(shard * N)).collect();
        let mut shards: Vec<Partial<f64>> = rows.iter().map(|_| Partial::default()).collect();
        for (((x, mask), _), shard) in rows.iter().zip(&mut shards) {
            gather_masked(simd, N, x, mask, shard);
        }
        all.combine(&shards);
        let mut gradients = BatchNormalization { gamma: [0.0; N], beta: [0.0; N], ..layer };
        for (((x, mask), dy), shard) in rows.iter().zip(&mut shards) {
            let dims = [mask.len(), N, 1];
            super::super::gather_backward(simd, dims, &all, EPSILON, 1, x, dy, shard, &mut gradients);
        }
        all.combine_backward(&shards);
        let outputs = y.chunks_mut(shard * N).zip(dx.chunks_mut(shard * N));
        for (((x, mask), dy), (y, dx)) in rows.iter().zip(outputs) {
            super::super::forward(simd, [mask.len(), N, 1], &layer, &all, EPSILON, 1, x, y);
            backward_masked(simd, &layer, &all, EPSILON, x, mask, dy, dx);
        }
    });
    [y, dx]
}

#[test]
fn rows_that_do_not_count() {
    let (x, dy) = (random::<f64>(1, 10 * N), random::<f64>(2, 10 * N));
    for mask in [[1., 0., 1., 1., 0., 0., 0., 1., 1., 1.], [0.; 10], [1.; 10], [0., 0., 0., 0., 0., 1., 0., 0., 0., 0.]]
    {
        let [y, dx] = run(&x, &mask, &dy, 3);
        assert_close(&y, &oracle(&x, &mask), 100, "y");
        let loss = |x: &[f64]| oracle(x, &mask).iter().zip(&dy).map(|(y, dy)| y * dy).sum::<f64>();
        let differences: Vec<f64> = (0..x.len())
            .map(|i| {
                let moved = |by: f64| {
                    let mut x = x.clone();
                    x[i] += by;
                    loss(&x)
                };
                (moved(1e-5) - moved(-1e-5)) / 2e-5
            })
            .collect();
        for (dx, difference) in dx.iter().zip(&differences) {
            assert!((dx - difference).abs() < 1e-7, "{dx} {difference}");
        }
    }
}
