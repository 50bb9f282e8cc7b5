//! What the tests of the three layers share: inference against the oracle; training is in the file beside.

mod training;

use crate::kernels::vectors::dispatch;
use bytemuck::Pod;
use fearless_simd::{Level, Simd};

use super::oracle::{Oracle, Sample, Scalar};
use super::{Backward, Forward, Kind, Random, RecurrentShape, Sequence, Step, output_len};

use crate::activations::{Activation, HardSigmoid, Relu, Sigmoid, Softsign, Swish, Tanh};
use crate::element::Element;
use crate::kernels::testing::{levels, random};
use crate::layers::dropout;

pub(crate) use training::{check_gradients, check_shards};

/// A layer's functions, with two states whatever it has.
pub(crate) trait Tested<T: Element>: Pod {
    const KIND: Kind;
    /// Scratch of a sequence, scratch of a step, saved values of a sample.
    fn lens<L: RecurrentShape>() -> [usize; 3];
    fn infer<S: Simd, L: RecurrentShape, A: Activation<T>, R: Activation<T>>(
        &self,
        simd: S,
        shape: L,
        sequence: Sequence<'_, T, 2>,
        activations: (A, R),
    );
    fn step<S: Simd, L: RecurrentShape, A: Activation<T>, R: Activation<T>>(
        &self,
        simd: S,
        shape: L,
        step: Step<'_, T>,
        activations: (A, R),
    );
    fn steps<S: Simd, L: RecurrentShape, A: Activation<T>, R: Activation<T>>(
        &self,
        simd: S,
        shape: L,
        steps: Step<'_, T>,
        activations: (A, R),
    );
    fn forward<S: Simd, L: RecurrentShape, A: Activation<T>, R: Activation<T>>(
        &self,
        simd: S,
        shape: L,
        pass: Forward<'_, T, 2>,
        activations: (A, R),
    );
    fn backward<S: Simd, L: RecurrentShape, A: Activation<T>, R: Activation<T>>(
        &self,
        simd: S,
        shape: L,
        pass: Backward<'_, T, 2>,
        gradients: &mut Self,
        activations: (A, R),
    );
}

/// Any geometry: `FLAGS` are a sum of the constants below.
#[derive(Clone, Copy)]
pub(crate) struct Shape<const STEPS: usize, const INPUTS: usize, const UNITS: usize, const FLAGS: u32>;

pub(crate) const SEQUENCES: u32 = 1;
pub(crate) const BACKWARDS: u32 = 2;
pub(crate) const RESET_BEFORE: u32 = 4;
pub(crate) const ZERO: u32 = 8;
pub(crate) const IN_TIME: u32 = 16;
pub(crate) const DROPOUT: u32 = 64;
pub(crate) const RECURRENT_DROPOUT: u32 = 128;

impl<const STEPS: usize, const INPUTS: usize, const UNITS: usize, const FLAGS: u32> RecurrentShape
    for Shape<STEPS, INPUTS, UNITS, FLAGS>
{
    const STEPS: usize = STEPS;
    const INPUTS: usize = INPUTS;
    const UNITS: usize = UNITS;
    const RETURN_SEQUENCES: bool = FLAGS & SEQUENCES != 0;
    const GO_BACKWARDS: bool = FLAGS & BACKWARDS != 0;
    const RESET_AFTER: bool = FLAGS & RESET_BEFORE == 0;
    const ZERO_OUTPUT_FOR_MASK: bool = FLAGS & ZERO != 0;
    const OUTPUT_IN_TIME: bool = FLAGS & IN_TIME != 0;
    const DROPOUT: f64 = if FLAGS & DROPOUT != 0 { 0.25 } else { 0.0 };
    const RECURRENT_DROPOUT: f64 = if FLAGS & RECURRENT_DROPOUT != 0 { 0.5 } else { 1.0 };
}

/// Two activations, each with the formula it stands for.
pub(crate) type Pair<A, R> = ((A, Scalar), (R, Scalar));

pub(crate) const TANH: (Tanh, Scalar) = (Tanh, f64::tanh);
pub(crate) const SIGMOID: (Sigmoid, Scalar) = (Sigmoid, |x| 1.0 / (1.0 + (-x).exp()));
pub(crate) const SOFTSIGN: (Softsign, Scalar) = (Softsign, |x| x / (1.0 + x.abs()));
pub(crate) const HARD_SIGMOID: (HardSigmoid, Scalar) = (HardSigmoid, |x| (x + 3.0).clamp(0.0, 6.0) / 6.0);
pub(crate) const RELU: (Relu, Scalar) = (Relu, |x| x.max(0.0));
/// Its derivative takes what goes in.
pub(crate) const SWISH: (Swish, Scalar) = (Swish, |x| x / (1.0 + (-x).exp()));
/// Keras' own.
pub(crate) const DEFAULT: Pair<Tanh, Sigmoid> = (TANH, SIGMOID);

/// What is in `y` before.
const FOREIGN: f64 = 7.0;

pub(crate) const RANDOM: Random = Random { key: 5, stream: 2, first_sample: 3 };

/// Some samples with what an oracle makes of them.
pub(crate) struct Batch {
    pub(crate) oracle: Oracle,
    pub(crate) samples: Vec<Sample>,
}

fn exact(seed: u64, count: usize) -> Vec<f64> {
    random::<f32>(seed, count).into_iter().map(f64::from).collect()
}

fn narrow<T: Element>(values: &[f64]) -> Vec<T> {
    values.iter().map(|value| T::from_f64(*value)).collect()
}

/// The masks of the first samples: leading, trailing, all, single steps.
fn mask(sample: usize, steps: usize) -> Vec<f64> {
    let keeps = |step: usize| match sample % 5 {
        0 => step >= 2,
        1 => step + 2 < steps,
        2 => false,
        3 => step % 2 == 1,
        _ => step != 1,
    };
    (0..steps).map(|step| f64::from(u8::from(keeps(step)))).collect()
}

fn drops(rate: f64, stream: u64, sample: usize, len: usize) -> Vec<f64> {
    let (ones, mut factors) = (vec![1.0; len], vec![0.0; len]);
    if rate > 0.0 && rate < 1.0 {
        let first = (RANDOM.first_sample as usize + sample) * len;
        dispatch!(Level::baseline(), simd => {
            dropout::forward(simd, rate, RANDOM.key, stream, first as u64, &ones, &mut factors)
        });
        return factors;
    }
    ones
}

impl Batch {
    pub(crate) fn new<T: Element, W: Tested<T>, L: RecurrentShape, A, R>(
        count: usize,
        pair: Pair<A, R>,
        masked: bool,
        started: bool,
    ) -> Self {
        let columns = W::KIND.gates() * L::UNITS;
        let lens = [L::INPUTS * columns, L::UNITS * columns];
        let all = size_of::<W>() / size_of::<T>();
        let scale = 1.0 / (L::UNITS as f64).sqrt();
        let recurrent_kernel = exact(2, lens[1]).iter().map(|w| f64::from((w * scale) as f32)).collect();
        let oracle = Oracle {
            kind: W::KIND,
            activation: pair.0.1,
            recurrent_activation: pair.1.1,
            kernel: exact(1, lens[0]),
            recurrent_kernel,
            bias: exact(3, all - lens[0] - lens[1]),
        };
        let state = |seed: u64| if started { exact(seed, L::UNITS) } else { vec![0.0; L::UNITS] };
        let samples = (0..count).map(|sample| Sample {
            x: exact(10 + sample as u64, L::STEPS * L::INPUTS),
            mask: masked.then(|| mask(sample, L::STEPS)),
            states: [state(50 + sample as u64), state(90 + sample as u64)],
            drops: [
                drops(L::DROPOUT, RANDOM.stream, sample, L::INPUTS),
                drops(L::RECURRENT_DROPOUT, RANDOM.stream + 1, sample, L::UNITS),
            ],
        });
        let samples = samples.collect();
        Batch { oracle, samples }
    }

    fn weights<T: Element, W: Tested<T>>(&self) -> Box<W> {
        let mut weights: Box<W> = bytemuck::zeroed_box();
        let all = [&self.oracle.kernel[..], &self.oracle.recurrent_kernel, &self.oracle.bias].concat();
        bytemuck::cast_slice_mut::<W, T>(core::slice::from_mut(&mut *weights)).copy_from_slice(&narrow::<T>(&all));
        weights
    }

    fn join<T: Element>(&self, part: impl Fn(&Sample) -> &[f64]) -> Vec<T> {
        narrow(&self.samples.iter().map(part).collect::<Vec<_>>().concat())
    }

    /// y, h, c; of all samples.
    fn expected<L: RecurrentShape>(&self) -> [Vec<f64>; 3] {
        let mut all = [const { Vec::new() }; 3];
        for sample in &self.samples {
            let (rows, [h, c]) = self.oracle.run::<L>(sample);
            all[0].extend(rows);
            all[1].extend(h);
            all[2].extend(c);
        }
        all
    }
}

#[track_caller]
fn close<T: Element>(got: &[T], expected: &[f64], bound: f64, what: &str) {
    assert_eq!(got.len(), expected.len(), "{what}: lengths");
    for (i, (got, expected)) in got.iter().zip(expected).enumerate() {
        let error = (Element::to_f64(*got) - expected).abs();
        assert!(error <= bound * (1.0 + expected.abs()), "{what}: element {i} is {got}, not {expected}");
    }
}

fn bound<T: Element>() -> f64 {
    Element::to_f64(T::epsilon()) * 64.0
}

/// All passes over `count` samples, on every level of SIMD.
pub(crate) fn check<T: Element, W: Tested<T>, L: RecurrentShape, A: Activation<T>, R: Activation<T>>(
    shape: L,
    pair: Pair<A, R>,
    masked: bool,
    started: bool,
) {
    let mut batch = Batch::new::<T, W, L, A, R>(5, pair, masked, started);
    for level in levels() {
        training::trained::<T, W, L, A, R>(&batch, shape, pair, masked, level);
    }
    // Inference knows no dropout.
    for sample in &mut batch.samples {
        sample.drops.iter_mut().for_each(|drops| drops.fill(1.0));
    }
    for level in levels() {
        inferred::<T, W, L, A, R>(&batch, shape, pair, started, level);
    }
}

fn inferred<T: Element, W: Tested<T>, L: RecurrentShape, A: Activation<T>, R: Activation<T>>(
    batch: &Batch,
    shape: L,
    pair: Pair<A, R>,
    started: bool,
    level: Level,
) {
    let weights = batch.weights::<T, W>();
    let expected = batch.expected::<L>();
    for (index, sample) in batch.samples.iter().enumerate() {
        let what = format!("{:?}, {} units, sample {index}, {:?} at {level:?}", W::KIND, L::UNITS, T::DTYPE);
        let (x, mask) = (narrow::<T>(&sample.x), sample.mask.as_ref().map(|mask| narrow::<T>(mask)));
        let [h0, c0] = sample.states.each_ref().map(|state| narrow::<T>(state));
        let mut carried = [&h0[..], &c0][..W::KIND.states()].concat();
        for stateful in [false, true] {
            let mut y = vec![T::from_f64(FOREIGN); output_len::<L>()];
            let mut scratch = vec![T::nan(); W::lens::<L>()[0]];
            let [mut h, mut c] = [(); 2].map(|()| vec![T::nan(); L::UNITS]);
            let initial_state = if started && !stateful { [Some(&h0[..]), Some(&c0[..])] } else { [None; 2] };
            let sequence = Sequence {
                x: &x,
                mask: mask.as_deref(),
                initial_state,
                state: stateful.then_some(&mut carried[..]),
                y: &mut y,
                final_state: [Some(&mut h), Some(&mut c)],
                scratch: &mut scratch,
            };
            dispatch!(level, simd => weights.infer(simd, shape, sequence, (pair.0.0, pair.1.0)));
            let part = |all: usize, len: usize| &expected[all][index * len..(index + 1) * len];
            close(&y, part(0, output_len::<L>()), bound::<T>(), &format!("y, {what}"));
            close(&h, part(1, L::UNITS), bound::<T>(), &format!("h, {what}"));
            if W::KIND == Kind::Lstm {
                close(&c, part(2, L::UNITS), bound::<T>(), &format!("c, {what}"));
            }
            if stateful {
                let packed = [&h[..], &c][..W::KIND.states()].concat();
                assert_eq!(carried, packed, "state, {what}");
            }
        }
    }
}

/// A sequence step by step gives what it gives at once.
pub(crate) fn check_steps<T: Element, W: Tested<T>, L: RecurrentShape, A: Activation<T>, R: Activation<T>>(
    shape: L,
    pair: Pair<A, R>,
) {
    let batch = Batch::new::<T, W, L, A, R>(2, pair, false, true);
    levels().into_iter().for_each(|level| stepped::<T, W, L, A, R>(&batch, shape, pair, level));
}

fn stepped<T: Element, W: Tested<T>, L: RecurrentShape, A: Activation<T>, R: Activation<T>>(
    batch: &Batch,
    shape: L,
    pair: Pair<A, R>,
    level: Level,
) {
    let weights = batch.weights::<T, W>();
    for sample in &batch.samples {
        let states = &sample.states[..W::KIND.states()];
        let mut state = narrow::<T>(&states.concat());
        let mut y = vec![T::nan(); L::UNITS];
        let mut scratch = vec![T::nan(); W::lens::<L>()[1]];
        let (expected, last) = batch.oracle.run::<L>(sample);
        let (start, mut single) = (state.clone(), Vec::new());
        for (step, x) in narrow::<T>(&sample.x).chunks_exact(L::INPUTS).enumerate() {
            let one = Step { x, state: &mut state, y: &mut y, scratch: &mut scratch };
            dispatch!(level, simd => weights.step(simd, shape, one, (pair.0.0, pair.1.0)));
            single.extend_from_slice(&y);
            let row = if L::RETURN_SEQUENCES { step } else { 0 };
            if L::RETURN_SEQUENCES || step + 1 == L::STEPS {
                let expected = &expected[row * L::UNITS..(row + 1) * L::UNITS];
                close(&y, expected, bound::<T>(), &format!("{:?}, step {step} at {level:?}", W::KIND));
            }
        }
        close(&state, &last[..states.len()].concat(), bound::<T>(), "state after the last step");
        // In blocks: the same bits.
        let mut scratch = vec![T::nan(); W::lens::<L>()[0]];
        for len in 1..=L::STEPS {
            let (mut in_blocks, mut ys) = (start.clone(), Vec::new());
            for x in narrow::<T>(&sample.x).chunks(len * L::INPUTS) {
                let mut y = vec![T::nan(); x.len() / L::INPUTS * L::UNITS];
                let some = Step { x, state: &mut in_blocks, y: &mut y, scratch: &mut scratch };
                dispatch!(level, simd => weights.steps(simd, shape, some, (pair.0.0, pair.1.0)));
                ys.extend(y);
            }
            assert_eq!((&ys, &in_blocks), (&single, &state), "{:?}, blocks of {len} at {level:?}", W::KIND);
        }
    }
}
