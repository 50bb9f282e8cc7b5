//! Training against the oracle, gradients against differences.

use crate::kernels::vectors::dispatch;
use fearless_simd::Level;

use super::{Batch, FOREIGN, Pair, RANDOM, Tested, bound, close, exact, narrow};
use crate::activations::Activation;
use crate::element::Element;
use crate::kernels::testing::levels;
use crate::layers::recurrent::{Backward, Forward, Random, RecurrentShape, output_len};

/// What backward leaves: dx, dh, dc, gradients of the weights.
pub(crate) struct Gradients<T> {
    pub(crate) dx: Vec<T>,
    pub(crate) states: [Vec<T>; 2],
    pub(crate) weights: Vec<T>,
}

/// The gradients of y, h and c that are given to backward.
fn cotangents<L: RecurrentShape>(samples: usize) -> [Vec<f64>; 3] {
    [exact(200, samples * output_len::<L>()), exact(201, samples * L::UNITS), exact(202, samples * L::UNITS)]
}

/// Forward and backward of the samples in `range`.
fn trained_part<T: Element, W: Tested<T>, L: RecurrentShape, A: Activation<T>, R: Activation<T>>(
    batch: &Batch,
    shape: L,
    pair: Pair<A, R>,
    level: Level,
    first_sample: u64,
    cotangents: &[Vec<f64>; 3],
) -> ([Vec<T>; 3], Gradients<T>) {
    let samples = batch.samples.len();
    let weights = batch.weights::<T, W>();
    let mut gradients: Box<W> = bytemuck::zeroed_box();
    let x = batch.join::<T>(|sample| &sample.x);
    let masks = batch.join::<T>(|sample| sample.mask.as_deref().unwrap_or(&[]));
    let mask = (!masks.is_empty()).then_some(&masks[..]);
    let [h0, c0] = [0, 1].map(|state| batch.join::<T>(|sample| &sample.states[state]));
    let [dy, dh, dc] = cotangents.each_ref().map(|values| narrow::<T>(values));
    let mut y = vec![T::from_f64(FOREIGN); samples * output_len::<L>()];
    let [mut h, mut c, mut dh0, mut dc0] = [(); 4].map(|()| vec![T::nan(); samples * L::UNITS]);
    let mut dx = vec![T::nan(); x.len()];
    let mut saved = vec![T::nan(); samples * W::lens::<L>()[2]];
    let mut scratch = vec![T::nan(); 3];
    let random = Random { first_sample, ..RANDOM };
    let forward = Forward {
        samples,
        x: &x,
        mask,
        initial_state: [Some(&h0), Some(&c0)],
        state: None,
        y: &mut y,
        final_state: [Some(&mut h), Some(&mut c)],
        saved: &mut saved,
        random,
        scratch: &mut scratch,
    };
    dispatch!(level, simd => weights.forward(simd, shape, forward, (pair.0.0, pair.1.0)));
    let backward = Backward {
        samples,
        x: &x,
        mask,
        saved: &saved,
        dy: &dy,
        d_final_state: [Some(&dh), Some(&dc)],
        dx: Some(&mut dx),
        d_initial_state: [Some(&mut dh0), Some(&mut dc0)],
        random,
        scratch: &mut scratch,
    };
    dispatch!(level, simd => weights.backward(simd, shape, backward, &mut *gradients, (pair.0.0, pair.1.0)));
    let weights = bytemuck::cast_slice::<W, T>(core::slice::from_ref(&*gradients)).to_vec();
    ([y, h, c], Gradients { dx, states: [dh0, dc0], weights })
}

pub(super) fn trained<T: Element, W: Tested<T>, L: RecurrentShape, A: Activation<T>, R: Activation<T>>(
    batch: &Batch,
    shape: L,
    pair: Pair<A, R>,
    masked: bool,
    level: Level,
) {
    let what = format!("training {:?}, {} units, {:?} at {level:?}, masked: {masked}", W::KIND, L::UNITS, T::DTYPE);
    let expected = batch.expected::<L>();
    let cotangents = cotangents::<L>(batch.samples.len());
    let first = RANDOM.first_sample;
    let (got, _) = trained_part::<T, W, L, A, R>(batch, shape, pair, level, first, &cotangents);
    for (got, expected) in got.iter().zip(&expected).take(1 + W::KIND.states()) {
        close(got, expected, bound::<T>(), &what);
    }
}

/// `Σ y · dy + h · dh + c · dc`.
fn loss<L: RecurrentShape>(batch: &Batch, cotangents: &[Vec<f64>; 3]) -> f64 {
    let expected = batch.expected::<L>();
    let states = batch.oracle.kind.states();
    let dot = |(a, b): (&Vec<f64>, &Vec<f64>)| a.iter().zip(b).map(|(a, b)| a * b).sum::<f64>();
    expected.iter().zip(cotangents).take(1 + states).map(dot).sum()
}

/// Every gradient in `f64` against central differences of the oracle.
pub(crate) fn check_gradients<W: Tested<f64>, L: RecurrentShape, A: Activation<f64>, R: Activation<f64>>(
    shape: L,
    pair: Pair<A, R>,
    masked: bool,
) {
    let mut batch = Batch::new::<f64, W, L, A, R>(5, pair, masked, true);
    let cotangents = cotangents::<L>(5);
    let first = RANDOM.first_sample;
    let (_, got) = trained_part::<f64, W, L, A, R>(&batch, shape, pair, levels()[0], first, &cotangents);
    let per = [L::STEPS * L::INPUTS, L::UNITS];
    compare::<L>(&mut batch, &cotangents, &got.dx, "dx", |batch, i| &mut batch.samples[i / per[0]].x[i % per[0]]);
    for state in 0..W::KIND.states() {
        compare::<L>(&mut batch, &cotangents, &got.states[state], "an initial state", |batch, i| {
            &mut batch.samples[i / per[1]].states[state][i % per[1]]
        });
    }
    let (kernel, recurrent) = (batch.oracle.kernel.len(), batch.oracle.recurrent_kernel.len());
    let (dkernel, rest) = got.weights.split_at(kernel);
    let (drecurrent, dbias) = rest.split_at(recurrent);
    compare::<L>(&mut batch, &cotangents, dkernel, "kernel", |batch, i| &mut batch.oracle.kernel[i]);
    compare::<L>(&mut batch, &cotangents, drecurrent, "recurrent", |batch, i| &mut batch.oracle.recurrent_kernel[i]);
    compare::<L>(&mut batch, &cotangents, dbias, "bias", |batch, i| &mut batch.oracle.bias[i]);
}

#[track_caller]
fn compare<L: RecurrentShape>(
    batch: &mut Batch,
    cotangents: &[Vec<f64>; 3],
    got: &[f64],
    what: &str,
    place: impl Fn(&mut Batch, usize) -> &mut f64,
) {
    for (i, got) in got.iter().enumerate() {
        let before = *place(batch, i);
        let mut moved = |by: f64| {
            *place(batch, i) = before + by;
            let loss = loss::<L>(batch, cotangents);
            *place(batch, i) = before;
            loss
        };
        let difference = (moved(1e-5) - moved(-1e-5)) / 2e-5;
        let error = (got - difference).abs();
        assert!(error < 1e-8 * (1.0 + difference.abs()), "{what}, element {i}: {got}, not {difference}");
    }
}

/// Two shards give what one gives: dropout goes by the place in the batch, gradients add up.
pub(crate) fn check_shards<W: Tested<f64>, L: RecurrentShape, A: Activation<f64>, R: Activation<f64>>(
    shape: L,
    pair: Pair<A, R>,
) {
    let batch = Batch::new::<f64, W, L, A, R>(5, pair, true, true);
    let cotangents = cotangents::<L>(5);
    let level = levels()[0];
    let run = |samples: core::ops::Range<usize>| {
        let part = Batch { oracle: batch.oracle.clone(), samples: batch.samples[samples.clone()].to_vec() };
        let cotangents =
            cotangents.each_ref().map(|all| all[samples.start * all.len() / 5..samples.end * all.len() / 5].to_vec());
        let first = RANDOM.first_sample + samples.start as u64;
        trained_part::<f64, W, L, A, R>(&part, shape, pair, level, first, &cotangents)
    };
    let ([y, ..], whole) = run(0..5);
    let ([first_y, ..], first) = run(0..2);
    let ([second_y, ..], second) = run(2..5);
    close(&[first_y, second_y].concat(), &y, 1e-15, "y");
    close(&[first.dx, second.dx].concat(), &whole.dx, 1e-14, "dx");
    let sum: Vec<f64> = first.weights.iter().zip(&second.weights).map(|(a, b)| a + b).collect();
    close(&sum, &whole.weights, 1e-13, "gradients");
}
