//! Recurrent layers whose sizes are constants, and the same with numbers: the same bits, in every pass.

#![cfg(feature = "std")]

use bytemuck::Pod;
use nn_core::activations::{
    Activation, AnyActivation, HardSigmoid, LeakyRelu, Linear, Relu, Sigmoid, Softsign, Swish, Tanh,
};
use nn_core::element::Element;
use nn_core::layers::bidirectional::{AnyBidirectional, Merge, merge, merge_backward, merge_into};
use nn_core::layers::gru::{self, GRU};
use nn_core::layers::lstm::{self, LSTM};
use nn_core::layers::recurrent::{
    AnyRecurrent, Backward, Forward, Gradients, Kind, Random, RecurrentShape, RecurrentSizes, Sequence, Step, Weights,
    output_len,
};
use nn_core::layers::simple_rnn::{self, SimpleRNN};
use nn_core::rt::fearless_simd::{Level, Simd, dispatch};

/// A layer's functions, with two states whatever it has.
trait Layer<T: Element>: Pod {
    const KIND: Kind;
    /// Scratch of a sequence, scratch of a step, saved values of a sample.
    fn lens<L: RecurrentShape>() -> [usize; 3];
    fn infer<S: Simd, L: RecurrentShape, A: Activation<T>, R: Activation<T>>(
        &self,
        simd: S,
        sequence: Sequence<'_, T, 2>,
        activations: (L, A, R),
    );
    fn step<S: Simd, L: RecurrentShape, A: Activation<T>, R: Activation<T>>(
        &self,
        simd: S,
        one: Step<'_, T>,
        activations: (L, A, R),
    );
    fn forward<S: Simd, L: RecurrentShape, A: Activation<T>, R: Activation<T>>(
        &self,
        simd: S,
        pass: Forward<'_, T, 2>,
        activations: (L, A, R),
    );
    fn backward<S: Simd, L: RecurrentShape, A: Activation<T>, R: Activation<T>>(
        &self,
        simd: S,
        pass: Backward<'_, T, 2>,
        gradients: &mut Self,
        activations: (L, A, R),
    );
}

/// Of two states those that a layer has.
macro_rules! states {
    (1, $states:expr) => {{
        let [first, _] = $states;
        [first]
    }};
    (2, $states:expr) => {{
        let [first, second] = $states;
        [first, second]
    }};
}

macro_rules! layer {
    ($weights:ty, $kind:ident, $module:ident, $count:tt, |$A:ident, $R:ident| ($($activation:expr),*)) => {
        impl<const IN: usize, const UNITS: usize, const BIASES: usize, T: Element> Layer<T> for $weights {
            const KIND: Kind = Kind::$kind;

            fn lens<L: RecurrentShape>() -> [usize; 3] {
                [$module::scratch_len::<L, T>(), $module::step_scratch_len::<L, T>(), $module::saved_len::<L>()]
            }

            #[inline(always)]
            fn infer<S: Simd, L: RecurrentShape, A: Activation<T>, R: Activation<T>>(
                &self,
                simd: S,
                sequence: Sequence<'_, T, 2>,
                (shape, $A, $R): (L, A, R),
            ) {
                let Sequence { x, mask, initial_state, state, y, final_state, scratch } = sequence;
                let initial_state = states!($count, initial_state);
                let final_state = states!($count, final_state);
                let sequence = Sequence { x, mask, initial_state, state, y, final_state, scratch };
                $module::infer(simd, shape, self, sequence, $($activation),*);
            }

            #[inline(always)]
            fn step<S: Simd, L: RecurrentShape, A: Activation<T>, R: Activation<T>>(
                &self,
                simd: S,
                one: Step<'_, T>,
                (shape, $A, $R): (L, A, R),
            ) {
                $module::step(simd, shape, self, one, $($activation),*);
            }

            #[inline(always)]
            fn forward<S: Simd, L: RecurrentShape, A: Activation<T>, R: Activation<T>>(
                &self,
                simd: S,
                pass: Forward<'_, T, 2>,
                (shape, $A, $R): (L, A, R),
            ) {
                let Forward { samples, x, mask, initial_state, y, final_state, saved, random, scratch } = pass;
                let initial_state = states!($count, initial_state);
                let final_state = states!($count, final_state);
                let pass = Forward { samples, x, mask, initial_state, y, final_state, saved, random, scratch };
                $module::forward(simd, shape, self, pass, $($activation),*);
            }

            #[inline(always)]
            fn backward<S: Simd, L: RecurrentShape, A: Activation<T>, R: Activation<T>>(
                &self,
                simd: S,
                pass: Backward<'_, T, 2>,
                gradients: &mut Self,
                (shape, $A, $R): (L, A, R),
            ) {
                let Backward { samples, x, mask, saved, dy, d_final_state, dx, d_initial_state, random, scratch } = pass;
                let d_final_state = states!($count, d_final_state);
                let d_initial_state = states!($count, d_initial_state);
                let pass =
                    Backward { samples, x, mask, saved, dy, d_final_state, dx, d_initial_state, random, scratch };
                $module::backward(simd, shape, self, pass, gradients, $($activation),*);
            }
        }
    };
}

layer!(SimpleRNN<IN, UNITS, T, [T; BIASES]>, SimpleRnn, simple_rnn, 1, |activation, _recurrent| (activation));
layer!(LSTM<IN, UNITS, T, BIASES>, Lstm, lstm, 2, |activation, recurrent| (activation, recurrent));
layer!(GRU<IN, UNITS, T, BIASES>, Gru, gru, 1, |activation, recurrent| (activation, recurrent));

/// Numbers between -1 and 1.
fn random<T: Element>(seed: u64, count: usize) -> Vec<T> {
    let mut state = seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1;
    let mut next = || {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        T::from_f64((state >> 40) as f64 / f64::from(1 << 23) - 1.0)
    };
    (0..count).map(|_| next()).collect()
}

/// Masks of some samples: leading, trailing, all, single steps.
fn masks<T: Element>(samples: usize, steps: usize) -> Vec<T> {
    let keeps = |sample: usize, step: usize| match sample % 4 {
        0 => step >= 2,
        1 => step % 2 == 1,
        2 => false,
        _ => step + 2 < steps,
    };
    let places = (0..samples).flat_map(|sample| (0..steps).map(move |step| (sample, step)));
    places.map(|(sample, step)| T::from_f64(f64::from(u8::from(keeps(sample, step))))).collect()
}

/// Every level of SIMD that this machine has, the plain one without vectors included.
fn levels() -> Vec<Level> {
    let best = Level::new();
    let mut levels = vec![best, Level::baseline(), Level::fallback()];
    #[cfg(target_arch = "x86_64")]
    levels.extend(best.as_avx2().map(Level::Avx2));
    levels
}

/// What a pass wrote: one slice after the other.
type Written<T> = Vec<Vec<T>>;

#[track_caller]
fn same<T: Pod>(constants: &Written<T>, numbers: &Written<T>, what: &str) {
    assert_eq!(constants.len(), numbers.len());
    for (index, (constants, numbers)) in constants.iter().zip(numbers).enumerate() {
        let [constants, numbers] = [constants, numbers].map(|values| bytemuck::cast_slice::<T, u8>(values));
        assert!(constants == numbers, "{what}: slice {index}");
    }
}

/// A layer of constants and the same of numbers.
struct Both<W, L, A, R> {
    weights: Box<W>,
    constants: (L, A, R),
    numbers: AnyRecurrent,
}

fn sliced<W: Pod, T: Element>(weights: &W, numbers: &AnyRecurrent) -> [usize; 2] {
    let columns = numbers.kind.gates() * numbers.sizes.units;
    let kernels = [numbers.sizes.inputs * columns, numbers.sizes.units * columns];
    assert!(size_of_val(weights) >= kernels.iter().sum::<usize>() * size_of::<T>());
    kernels
}

impl<W: Pod, L: RecurrentShape, A: Copy, R: Copy> Both<W, L, A, R> {
    fn slices<T: Element>(&self) -> Weights<'_, T> {
        let all = bytemuck::cast_slice::<W, T>(core::slice::from_ref(&*self.weights));
        let [kernel, recurrent] = sliced::<W, T>(&self.weights, &self.numbers);
        let (kernel, rest) = all.split_at(kernel);
        let (recurrent_kernel, bias) = rest.split_at(recurrent);
        Weights { kernel, recurrent_kernel, bias }
    }

    fn inferred<T: Element>(&self, level: Level, numbers: bool, masked: bool, stateful: bool) -> Written<T>
    where
        W: Layer<T>,
        A: Activation<T>,
        R: Activation<T>,
    {
        let sizes = &self.numbers.sizes;
        let x = random::<T>(1, sizes.steps * sizes.inputs);
        let mask = masks::<T>(2, sizes.steps)[sizes.steps..].to_vec();
        let starts = [random::<T>(2, sizes.units), random::<T>(3, sizes.units)];
        let mut state = random::<T>(4, W::KIND.states() * sizes.units);
        let mut y = vec![T::one(); sizes.output_len()];
        let [mut h, mut c] = [(); 2].map(|()| vec![T::one(); sizes.units]);
        let mut scratch = vec![T::nan(); self.numbers.scratch_len::<T>()];
        let sequence = Sequence {
            x: &x,
            mask: masked.then_some(&mask[..]),
            initial_state: if stateful { [None; 2] } else { starts.each_ref().map(|start| Some(&start[..])) },
            state: stateful.then_some(&mut state[..]),
            y: &mut y,
            final_state: [Some(&mut h), Some(&mut c)],
            scratch: &mut scratch,
        };
        if numbers {
            dispatch!(level, simd => self.numbers.infer(simd, self.slices::<T>(), sequence));
        } else {
            dispatch!(level, simd => self.weights.infer(simd, sequence, self.constants));
        }
        vec![y, h, c, state]
    }

    fn stepped<T: Element>(&self, level: Level, numbers: bool) -> Written<T>
    where
        W: Layer<T>,
        A: Activation<T>,
        R: Activation<T>,
    {
        let sizes = &self.numbers.sizes;
        let mut state = random::<T>(4, W::KIND.states() * sizes.units);
        let mut scratch = vec![T::nan(); self.numbers.step_scratch_len::<T>()];
        let mut written = Vec::new();
        for step in 0..3 {
            let (x, mut y) = (random::<T>(10 + step, sizes.inputs), vec![T::one(); sizes.units]);
            let one = Step { x: &x, state: &mut state, y: &mut y, scratch: &mut scratch };
            if numbers {
                dispatch!(level, simd => self.numbers.step(simd, self.slices::<T>(), one));
            } else {
                dispatch!(level, simd => self.weights.step(simd, one, self.constants));
            }
            written.push(y);
        }
        written.push(state);
        written
    }

    fn trained<T: Element>(&self, level: Level, numbers: bool, masked: bool) -> Written<T>
    where
        W: Layer<T>,
        A: Activation<T>,
        R: Activation<T>,
    {
        const SAMPLES: usize = 4;
        let sizes = &self.numbers.sizes;
        let x = random::<T>(1, SAMPLES * sizes.steps * sizes.inputs);
        let mask = masks::<T>(SAMPLES, sizes.steps);
        let mask = masked.then_some(&mask[..]);
        let random_states = |seed: u64| [0, 1].map(|index| random::<T>(seed + index, SAMPLES * sizes.units));
        let (starts, dends) = (random_states(2), random_states(5));
        let dy = random::<T>(7, SAMPLES * sizes.output_len());
        let mut y = vec![T::one(); SAMPLES * sizes.output_len()];
        let [mut h, mut c, mut dh, mut dc] = [(); 4].map(|()| vec![T::one(); SAMPLES * sizes.units]);
        let (mut dx, mut saved) = (vec![T::nan(); x.len()], vec![T::one(); SAMPLES * self.numbers.saved_len()]);
        let (mut scratch, random) = (vec![T::nan(); 2], Random { key: 9, stream: 1, first_sample: 2 });
        let forward = Forward {
            samples: SAMPLES,
            x: &x,
            mask,
            initial_state: starts.each_ref().map(|start| Some(&start[..])),
            y: &mut y,
            final_state: [Some(&mut h), Some(&mut c)],
            saved: &mut saved,
            random,
            scratch: &mut scratch,
        };
        if numbers {
            dispatch!(level, simd => self.numbers.forward(simd, self.slices::<T>(), forward));
        } else {
            dispatch!(level, simd => self.weights.forward(simd, forward, self.constants));
        }
        let backward = Backward {
            samples: SAMPLES,
            x: &x,
            mask,
            saved: &saved,
            dy: &dy,
            d_final_state: dends.each_ref().map(|gradient| Some(&gradient[..])),
            dx: Some(&mut dx),
            d_initial_state: [Some(&mut dh), Some(&mut dc)],
            random,
            scratch: &mut scratch,
        };
        let mut gradients: Box<W> = Box::new(W::zeroed());
        if numbers {
            let [kernel, recurrent] = sliced::<W, T>(&self.weights, &self.numbers);
            let all = bytemuck::cast_slice_mut::<W, T>(core::slice::from_mut(&mut *gradients));
            let (kernel, rest) = all.split_at_mut(kernel);
            let (recurrent_kernel, bias) = rest.split_at_mut(recurrent);
            let mut gradients = Gradients { kernel, recurrent_kernel, bias };
            dispatch!(level, simd => self.numbers.backward(simd, self.slices::<T>(), backward, &mut gradients));
        } else {
            dispatch!(level, simd => self.weights.backward(simd, backward, &mut *gradients, self.constants));
        }
        let gradients = bytemuck::cast_slice::<W, T>(core::slice::from_ref(&*gradients)).to_vec();
        vec![y, h, c, saved, dx, dh, dc, gradients]
    }
}

/// Every pass at every level.
fn check<T: Element, W: Layer<T>, L: RecurrentShape, A: Activation<T>, R: Activation<T>>(shape: L, pair: (A, R))
where
    AnyActivation: From<A> + From<R>,
{
    let mut weights: Box<W> = Box::new(W::zeroed());
    let scale = T::from_f64(1.5 / (L::UNITS as f64).sqrt());
    let all = bytemuck::cast_slice_mut::<W, T>(core::slice::from_mut(&mut *weights));
    let len = all.len();
    all.iter_mut().zip(random::<T>(6, len)).for_each(|(weight, value)| *weight = value * scale);
    let (activation, recurrent_activation) = (pair.0.into(), pair.1.into());
    let numbers = AnyRecurrent { kind: W::KIND, sizes: L::SIZES, activation, recurrent_activation };
    let lens = [numbers.scratch_len::<T>(), numbers.step_scratch_len::<T>(), numbers.saved_len()];
    assert_eq!((W::lens::<L>(), output_len::<L>()), (lens, numbers.sizes.output_len()));
    let both = Both { weights, constants: (shape, pair.0, pair.1), numbers };
    for level in levels() {
        let what = |pass: &str| format!("{pass} of {numbers:?} at {level:?}");
        for (masked, stateful) in [(false, false), (false, true), (true, false), (true, true)] {
            let run = |numbers| both.inferred::<T>(level, numbers, masked, stateful);
            same(&run(false), &run(true), &what("infer"));
        }
        same(&both.stepped::<T>(level, false), &both.stepped::<T>(level, true), &what("step"));
        for masked in [false, true] {
            let run = |numbers| both.trained::<T>(level, numbers, masked);
            same(&run(false), &run(true), &what("training"));
        }
    }
}

/// Geometries: what is not the default of [`RecurrentShape`].
macro_rules! cases {
    ($($test:ident: $element:ty, $weights:ty, [$steps:literal x $inputs:literal -> $units:literal],
        {$($constant:ident: $type:ty = $value:expr),*}, $activation:expr, $recurrent:expr;)*) => {
        $(#[test]
        fn $test() {
            #[derive(Clone, Copy)]
            struct Shape;
            impl RecurrentShape for Shape {
                const STEPS: usize = $steps;
                const INPUTS: usize = $inputs;
                const UNITS: usize = $units;
                $(const $constant: $type = $value;)*
            }
            check::<$element, $weights, _, _, _>(Shape, ($activation, $recurrent));
        })*
    };
}

cases! {
    simple_narrow: f32, SimpleRNN<3, 1>, [5 x 3 -> 1], { RETURN_SEQUENCES: bool = true }, Tanh, Linear;
    simple_half_a_vector: f32, SimpleRNN<9, 5>, [3 x 9 -> 5], {}, Softsign, Linear;
    simple_dropped: f64, SimpleRNN<9, 11, f64>, [4 x 9 -> 11],
        { GO_BACKWARDS: bool = true, DROPOUT: f64 = 0.25, RECURRENT_DROPOUT: f64 = 0.5 }, Swish, Linear;
    simple_no_bias: f32, SimpleRNN<2, 37, f32, [f32; 0]>, [4 x 2 -> 37],
        { RETURN_SEQUENCES: bool = true, STRIDE: usize = 40 }, Relu, Linear;
    simple_several_blocks: f32, SimpleRNN<20, 290>, [2 x 20 -> 290], { RETURN_SEQUENCES: bool = true }, Tanh, Linear;

    lstm_cell: f32, LSTM<3, 4>, [1 x 3 -> 4], {}, Tanh, Sigmoid;
    lstm_narrow: f64, LSTM<1, 1, f64>, [5 x 1 -> 1], { RETURN_SEQUENCES: bool = true }, Tanh, Sigmoid;
    lstm_sequences: f32, LSTM<9, 8>, [6 x 9 -> 8], { RETURN_SEQUENCES: bool = true }, Tanh, Sigmoid;
    lstm_bidirectional: f32, LSTM<5, 20>, [6 x 5 -> 20],
        { RETURN_SEQUENCES: bool = true, GO_BACKWARDS: bool = true, OUTPUT_IN_TIME: bool = true,
          ZERO_OUTPUT_FOR_MASK: bool = true, STRIDE: usize = 40 }, Tanh, Sigmoid;
    lstm_last_row_beside: f32, LSTM<3, 6, f32, 0>, [4 x 3 -> 6],
        { GO_BACKWARDS: bool = true, STRIDE: usize = 12 }, LeakyRelu(0.1), HardSigmoid;
    lstm_dropped: f64, LSTM<2, 9, f64>, [3 x 2 -> 9],
        { DROPOUT: f64 = 0.25, RECURRENT_DROPOUT: f64 = 0.5 }, Swish, Swish;
    lstm_several_blocks: f32, LSTM<4, 70>, [5 x 4 -> 70], { RETURN_SEQUENCES: bool = true }, Tanh, Sigmoid;

    gru_narrow: f32, GRU<3, 1>, [5 x 3 -> 1], { RETURN_SEQUENCES: bool = true }, Tanh, Sigmoid;
    gru_sequences: f32, GRU<9, 8>, [7 x 9 -> 8], { RETURN_SEQUENCES: bool = true }, Tanh, Sigmoid;
    gru_bidirectional: f64, GRU<2, 5, f64>, [6 x 2 -> 5],
        { RETURN_SEQUENCES: bool = true, GO_BACKWARDS: bool = true, OUTPUT_IN_TIME: bool = true,
          ZERO_OUTPUT_FOR_MASK: bool = true, STRIDE: usize = 10 }, Tanh, Sigmoid;
    gru_dropped: f32, GRU<4, 24, f32, 0>, [3 x 4 -> 24],
        { DROPOUT: f64 = 0.25, RECURRENT_DROPOUT: f64 = 0.5 }, Swish, Swish;
    gru_several_blocks: f32, GRU<4, 90>, [5 x 4 -> 90], {}, Softsign, HardSigmoid;
    gru_before_cell: f32, GRU<3, 1, f32, 1>, [1 x 3 -> 1], { RESET_AFTER: bool = false }, Tanh, Sigmoid;
    gru_before_small: f32, GRU<9, 12, f32, 1>, [6 x 9 -> 12],
        { RETURN_SEQUENCES: bool = true, GO_BACKWARDS: bool = true, RESET_AFTER: bool = false }, Tanh, Sigmoid;
    gru_before_dropped: f64, GRU<2, 9, f64, 1>, [4 x 2 -> 9],
        { RESET_AFTER: bool = false, DROPOUT: f64 = 0.25, RECURRENT_DROPOUT: f64 = 0.5 }, Swish, Swish;
    gru_before_several_blocks: f32, GRU<4, 70, f32, 0>, [5 x 4 -> 70],
        { RETURN_SEQUENCES: bool = true, RESET_AFTER: bool = false }, Tanh, Sigmoid;
}

/// Two layers of constants, as `network!` calls them for a `Bidirectional`, and the same of numbers.
struct Directions<W, F, B> {
    weights: Box<[W; 2]>,
    shapes: (F, B),
    merge: Option<Merge>,
    numbers: AnyBidirectional,
}

impl<W: Pod, F: RecurrentShape, B: RecurrentShape> Directions<W, F, B> {
    fn slices<T: Element>(&self) -> [Weights<'_, T>; 2] {
        let [kernel, recurrent] = sliced::<W, T>(&self.weights[0], &self.numbers.layers()[0]);
        self.weights.each_ref().map(|weights| {
            let all = bytemuck::cast_slice::<W, T>(core::slice::from_ref(weights));
            let (kernel, rest) = all.split_at(kernel);
            let (recurrent_kernel, bias) = rest.split_at(recurrent);
            Weights { kernel, recurrent_kernel, bias }
        })
    }

    /// The elements of one sample's result.
    fn output_len(&self) -> usize {
        F::SIZES.output_len()
    }

    fn half(&self) -> usize {
        if self.merge.is_some() { self.output_len() } else { 0 }
    }

    fn inferred<T: Element>(&self, level: Level, numbers: bool, stateful: bool) -> Written<T>
    where
        W: Layer<T>,
    {
        let x = random::<T>(1, F::STEPS * F::INPUTS);
        let mask = masks::<T>(2, F::STEPS)[F::STEPS..].to_vec();
        let starts = [2, 3, 4, 5].map(|seed| random::<T>(seed, F::UNITS));
        let initial_state = if stateful { [None; 4] } else { starts.each_ref().map(|start| Some(&start[..])) };
        let mut state = random::<T>(6, 2 * W::KIND.states() * F::UNITS);
        let mut y = vec![T::one(); self.output_len()];
        let mut last = [(); 4].map(|()| vec![T::one(); F::UNITS]);
        let mut scratch = vec![T::nan(); self.numbers.scratch_len::<T>()];
        assert_eq!(scratch.len(), self.half() + W::lens::<F>()[0]);
        if numbers {
            let sequence = Sequence {
                x: &x,
                mask: Some(&mask),
                initial_state,
                state: stateful.then_some(&mut state[..]),
                y: &mut y,
                final_state: last.each_mut().map(|last| Some(&mut last[..])),
                scratch: &mut scratch,
            };
            dispatch!(level, simd => self.numbers.infer(simd, self.slices::<T>(), sequence));
        } else {
            let [first, second] = &*self.weights;
            let (forward_state, backward_state) = state.split_at_mut(W::KIND.states() * F::UNITS);
            let [h, c, backward_h, backward_c] = last.each_mut().map(|last| Some(&mut last[..]));
            let (other, scratch) = scratch.split_at_mut(self.half());
            let sequence = Sequence {
                x: &x,
                mask: Some(&mask),
                initial_state: [initial_state[0], initial_state[1]],
                state: stateful.then_some(forward_state),
                y: &mut y,
                final_state: [h, c],
                scratch: &mut *scratch,
            };
            dispatch!(level, simd => first.infer(simd, sequence, (self.shapes.0, Tanh, Sigmoid)));
            let sequence = Sequence {
                x: &x,
                mask: Some(&mask),
                initial_state: [initial_state[2], initial_state[3]],
                state: stateful.then_some(backward_state),
                y: if self.merge.is_some() { &mut *other } else { &mut y[F::UNITS..] },
                final_state: [backward_h, backward_c],
                scratch,
            };
            dispatch!(level, simd => second.infer(simd, sequence, (self.shapes.1, Tanh, Sigmoid)));
            if let Some(mode) = self.merge {
                dispatch!(level, simd => merge_into(simd, mode, other, &mut y));
            }
        }
        last.into_iter().chain([y, state]).collect()
    }

    fn trained<T: Element>(&self, level: Level, numbers: bool) -> Written<T>
    where
        W: Layer<T>,
    {
        const SAMPLES: usize = 4;
        let x = random::<T>(1, SAMPLES * F::STEPS * F::INPUTS);
        let mask = masks::<T>(SAMPLES, F::STEPS);
        let mask = Some(&mask[..]);
        let starts = [2, 3, 4, 5].map(|seed| random::<T>(seed, SAMPLES * F::UNITS));
        let initial = starts.each_ref().map(|start| Some(&start[..]));
        let ends = [6, 7, 8, 9].map(|seed| random::<T>(seed, SAMPLES * F::UNITS));
        let d_final = ends.each_ref().map(|end| Some(&end[..]));
        let dy = random::<T>(10, SAMPLES * self.output_len());
        let mut y = vec![T::one(); SAMPLES * self.output_len()];
        let [mut last, mut first] = [(); 2].map(|()| [(); 4].map(|()| vec![T::one(); SAMPLES * F::UNITS]));
        let mut saved = vec![T::one(); SAMPLES * self.numbers.saved_len()];
        let (mut dx, mut scratch) = (vec![T::nan(); x.len()], vec![T::nan(); 2]);
        let mut room = vec![T::nan(); SAMPLES * self.numbers.room_len()];
        let mut gradients: Box<[W; 2]> = Box::new([W::zeroed(); 2]);
        let random = Random { key: 9, stream: 1, first_sample: 2 };
        let after = Random { stream: 3, ..random };
        let finals = last.each_mut().map(|last| Some(&mut last[..]));
        let d_initial = first.each_mut().map(|first| Some(&mut first[..]));
        if numbers {
            let pass = Forward {
                samples: SAMPLES,
                x: &x,
                mask,
                initial_state: initial,
                y: &mut y,
                final_state: finals,
                saved: &mut saved,
                random,
                scratch: &mut scratch,
            };
            dispatch!(level, simd => self.numbers.forward(simd, self.slices::<T>(), pass));
            let pass = Backward {
                samples: SAMPLES,
                x: &x,
                mask,
                saved: &saved,
                dy: &dy,
                d_final_state: d_final,
                dx: Some(&mut dx),
                d_initial_state: d_initial,
                random,
                scratch: &mut scratch,
            };
            let [kernel, recurrent] = sliced::<W, T>(&self.weights[0], &self.numbers.layers()[0]);
            let mut slices = gradients.each_mut().map(|gradients| {
                let all = bytemuck::cast_slice_mut::<W, T>(core::slice::from_mut(gradients));
                let (kernel, rest) = all.split_at_mut(kernel);
                let (recurrent_kernel, bias) = rest.split_at_mut(recurrent);
                Gradients { kernel, recurrent_kernel, bias }
            });
            let weights = self.slices::<T>();
            dispatch!(level, simd => self.numbers.backward(simd, weights, pass, &mut slices, &mut room));
        } else {
            let (half, shapes) = (SAMPLES * self.half(), self.shapes);
            let [h, c, backward_h, backward_c] = finals;
            let (outputs, saved) = saved.split_at_mut(2 * half);
            let (one, other) = outputs.split_at_mut(half);
            let (saved, backward_saved) = saved.split_at_mut(SAMPLES * W::lens::<F>()[2]);
            let pass = Forward {
                samples: SAMPLES,
                x: &x,
                mask,
                initial_state: [initial[0], initial[1]],
                y: if self.merge.is_some() { &mut *one } else { &mut y },
                final_state: [h, c],
                saved: &mut *saved,
                random,
                scratch: &mut scratch,
            };
            dispatch!(level, simd => self.weights[0].forward(simd, pass, (shapes.0, Tanh, Sigmoid)));
            let pass = Forward {
                samples: SAMPLES,
                x: &x,
                mask,
                initial_state: [initial[2], initial[3]],
                y: if self.merge.is_some() { &mut *other } else { &mut y[F::UNITS..] },
                final_state: [backward_h, backward_c],
                saved: &mut *backward_saved,
                random: after,
                scratch: &mut scratch,
            };
            dispatch!(level, simd => self.weights[1].forward(simd, pass, (shapes.1, Tanh, Sigmoid)));
            let (mut d_one, mut d_other) = (vec![T::nan(); half], vec![T::nan(); half]);
            let mut dx_backward = vec![T::nan(); x.len()];
            let [dy, backward_dy] = match self.merge {
                None => [&dy[..], &dy[F::UNITS..]],
                Some(mode) => {
                    dispatch!(level, simd => {
                        merge(simd, mode, one, other, &mut y);
                        merge_backward(simd, mode, one, other, &dy, &mut d_one, &mut d_other);
                    });
                    [&d_one[..], &d_other]
                }
            };
            let [dh, dc, backward_dh, backward_dc] = d_initial;
            let pass = Backward {
                samples: SAMPLES,
                x: &x,
                mask,
                saved,
                dy,
                d_final_state: [d_final[0], d_final[1]],
                dx: Some(&mut dx),
                d_initial_state: [dh, dc],
                random,
                scratch: &mut scratch,
            };
            let [one, other] = &mut *gradients;
            dispatch!(level, simd => self.weights[0].backward(simd, pass, one, (shapes.0, Tanh, Sigmoid)));
            let pass = Backward {
                samples: SAMPLES,
                x: &x,
                mask,
                saved: backward_saved,
                dy: backward_dy,
                d_final_state: [d_final[2], d_final[3]],
                dx: Some(&mut dx_backward),
                d_initial_state: [backward_dh, backward_dc],
                random: after,
                scratch: &mut scratch,
            };
            dispatch!(level, simd => self.weights[1].backward(simd, pass, other, (shapes.1, Tanh, Sigmoid)));
            dx.iter_mut().zip(dx_backward).for_each(|(dx, more)| *dx += more);
        }
        let gradients = bytemuck::cast_slice::<W, T>(&*gradients).to_vec();
        last.into_iter().chain(first).chain([y, saved, dx, gradients]).collect()
    }
}

/// `layer` is what stands inside of the `Bidirectional`.
fn check_directions<T: Element, W: Layer<T>, F: RecurrentShape, B: RecurrentShape>(
    shapes: (F, B),
    merge: Option<Merge>,
    sizes: RecurrentSizes,
) {
    let mut weights: Box<[W; 2]> = Box::new([W::zeroed(); 2]);
    let all = bytemuck::cast_slice_mut::<W, T>(&mut *weights);
    let len = all.len();
    all.iter_mut().zip(random::<T>(6, len)).for_each(|(weight, value)| *weight = value * T::from_f64(0.5));
    let (activation, recurrent_activation) = (Tanh.into(), Sigmoid.into());
    let layer = AnyRecurrent { kind: W::KIND, sizes, activation, recurrent_activation };
    let numbers = AnyBidirectional::new(layer, merge);
    assert_eq!(numbers.layers().map(|layer| layer.sizes), [F::SIZES, B::SIZES]);
    let both = Directions { weights, shapes, merge, numbers };
    for level in levels() {
        let what = format!("{numbers:?} at {level:?}");
        for stateful in [false, true] {
            let run = |numbers| both.inferred::<T>(level, numbers, stateful);
            same(&run(false), &run(true), &what);
        }
        same(&both.trained::<T>(level, false), &both.trained::<T>(level, true), &what);
    }
}

macro_rules! directions {
    ($($test:ident: $element:ty, $weights:ty, [$steps:literal x $inputs:literal -> $units:literal], $merge:expr,
        sequences: $sequences:literal, stride: $stride:literal, dropout: $dropout:literal;)*) => {
        $(#[test]
        fn $test() {
            #[derive(Clone, Copy)]
            struct Forward;
            impl RecurrentShape for Forward {
                const STEPS: usize = $steps;
                const INPUTS: usize = $inputs;
                const UNITS: usize = $units;
                const RETURN_SEQUENCES: bool = $sequences;
                const ZERO_OUTPUT_FOR_MASK: bool = $sequences;
                const STRIDE: usize = $stride;
                const DROPOUT: f64 = $dropout;
                const RECURRENT_DROPOUT: f64 = $dropout;
            }
            #[derive(Clone, Copy)]
            struct Backward;
            impl RecurrentShape for Backward {
                const STEPS: usize = $steps;
                const INPUTS: usize = $inputs;
                const UNITS: usize = $units;
                const RETURN_SEQUENCES: bool = $sequences;
                const ZERO_OUTPUT_FOR_MASK: bool = $sequences;
                const STRIDE: usize = $stride;
                const DROPOUT: f64 = $dropout;
                const RECURRENT_DROPOUT: f64 = $dropout;
                const GO_BACKWARDS: bool = true;
                const OUTPUT_IN_TIME: bool = $sequences;
            }
            let layer = RecurrentSizes {
                steps: $steps,
                return_sequences: $sequences,
                dropout: $dropout,
                recurrent_dropout: $dropout,
                ..RecurrentSizes::new($inputs, $units)
            };
            check_directions::<$element, $weights, _, _>((Forward, Backward), $merge, layer);
        })*
    };
}

directions! {
    both_beside: f32, LSTM<3, 5>, [6 x 3 -> 5], None, sequences: true, stride: 10, dropout: 0.5;
    both_last_beside: f64, GRU<2, 9, f64>, [4 x 2 -> 9], None, sequences: false, stride: 18, dropout: 0.0;
    both_multiplied: f32, GRU<2, 9>, [6 x 2 -> 9], Some(Merge::Mul), sequences: true, stride: 9, dropout: 0.25;
    both_averaged: f32, SimpleRNN<3, 4>, [4 x 3 -> 4], Some(Merge::Ave), sequences: false, stride: 4, dropout: 0.0;
}
