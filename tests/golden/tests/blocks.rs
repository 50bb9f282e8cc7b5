//! Time steps in blocks have the bits of time steps one by one, compiled and interpreted.

use bytemuck::Zeroable;
use nn::{Record, Stream};
use nn_run::{Data, Network as Interpreted};
use rand::{Rng, RngExt};

/// More than four blocks, and no whole number of them.
const STEPS: usize = 150;

/// A compiled network, and its text.
macro_rules! networks {
    ($($test:ident: $name:ident, $block:literal, { $($text:tt)* })*) => {
        $(nn::network! { $($text)* }

        #[test]
        fn $test() {
            check::<$name>(stringify!($($text)*), $block);
        })*
    };
}

/// The same numbers for each part of each time step; some are nearly nothing, some none.
fn fill<X: Record>(xs: &mut [X], rng: &mut impl Rng, wild: bool) {
    for part in 0..X::PARTS.len() {
        for (step, x) in xs.iter_mut().enumerate() {
            let ids = !matches!(X::PARTS[part].dtype, nn::Dtype::F32);
            for bytes in x.part_mut(part).chunks_exact_mut(4) {
                let number = match step % 23 {
                    20 if wild => f32::NAN,
                    21 if wild => f32::INFINITY,
                    7 if wild => 1e-30,
                    8 => 0.0,
                    _ => rng.random_range(-1.0..1.0),
                };
                let id: u32 = rng.random_range(0..5);
                bytes.copy_from_slice(&if ids { id.to_ne_bytes() } else { number.to_ne_bytes() });
            }
        }
    }
}

/// All numbers of a part, time step after time step.
fn part<X: Record, T: bytemuck::Pod>(xs: &[X], part: usize) -> Vec<T> {
    xs.iter().flat_map(|x| bytemuck::pod_collect_to_vec(x.part(part))).collect()
}

fn bits(numbers: &[f32]) -> Vec<u32> {
    // Which NaN it is depends on the order of the operands.
    numbers.iter().map(|x| if x.is_nan() { 0x7fc0_0000 } else { x.to_bits() }).collect()
}

fn check<N: Stream<Element = f32>>(text: &str, block: usize)
where
    N::StepOutput: Record,
{
    assert_eq!(N::BLOCK, block, "{}", N::NAME);
    let rng = &mut nn::rng(7);
    let mut net = N::new(rng);
    net.as_flat_mut().iter_mut().for_each(|weight| *weight += rng.random_range(-0.2..0.2));
    // The vectors that compiled networks run on: without optimization not the longest.
    let level = nn_core::rt::dispatch!(nn_core::rt::level(), simd => fearless_simd::Simd::level(simd));
    let mut run: Interpreted = Interpreted::from_text(text).unwrap().on(level);
    run.weights_mut().copy_from_slice(net.as_flat());
    for wild in [false, true] {
        let mut xs = vec![N::StepInput::zeroed(); STEPS];
        fill(&mut xs, rng, wild);
        let mut state: Box<N::State> = bytemuck::zeroed_box();
        let single: Vec<N::StepOutput> = xs.iter().map(|x| net.step(x, &mut state)).collect();
        let outputs = 0..N::StepOutput::PARTS.len();
        let expected: Vec<Vec<u32>> = outputs.clone().map(|index| bits(&part(&single, index))).collect();
        let reals: Vec<Vec<f32>> = (0..N::StepInput::PARTS.len()).map(|index| part(&xs, index)).collect();
        let ids: Vec<Vec<u32>> = (0..N::StepInput::PARTS.len()).map(|index| part(&xs, index)).collect();
        for round in 0..6 {
            let (mut state, mut running) = (bytemuck::zeroed_box::<N::State>(), run.state());
            let mut ys = vec![N::StepOutput::zeroed(); STEPS];
            let mut given: Vec<Vec<f32>> =
                N::StepOutput::PARTS.iter().map(|part| vec![0.0; part.len() * STEPS]).collect();
            let mut at = 0;
            while at < STEPS {
                let most = if round == 0 { STEPS } else { STEPS.min([1, 5, 40, 70, 100][round - 1]) };
                let len = if round == 0 { STEPS } else { rng.random_range(1..=most).min(STEPS - at) };
                net.steps(&xs[at..at + len], &mut ys[at..at + len], &mut state);
                let inputs = N::StepInput::PARTS.iter().enumerate().map(|(index, part)| {
                    let range = at * part.len()..(at + len) * part.len();
                    match part.dtype {
                        nn::Dtype::F32 => Data::Real(&reals[index][range]),
                        _ => Data::U32(&ids[index][range]),
                    }
                });
                let places = given.iter_mut().zip(N::StepOutput::PARTS);
                let mut places: Vec<&mut [f32]> =
                    places.map(|(place, part)| &mut place[at * part.len()..(at + len) * part.len()]).collect();
                run.steps(&inputs.collect::<Vec<_>>(), &mut running, &mut places).unwrap();
                at += len;
            }
            for index in outputs.clone() {
                assert_eq!(bits(&part(&ys, index)), expected[index], "{}, output {index}, round {round}", N::NAME);
                assert_eq!(bits(&given[index]), expected[index], "{}, output {index} of the interpreter", N::NAME);
            }
        }
    }
}

networks! {
    a_wave_net: WaveNet, 32, {
        #[stream]
        struct WaveNet(audio: Input<4, 1>) -> output {
            block layer<const C: usize, const D: usize>(x, condition) -> (next, skip) {
                let skip = (x => conv: Conv1D<C, 3, padding = causal, dilation_rate = D>)
                    + (condition => mixin: Dense<C, use_bias = false>) => Tanh;
                let next = x + (skip => one: Dense<C>);
            }
            let x = audio => rechannel: Dense<16, use_bias = false>;
            let (x, s0) = layer<16, 1>(x, audio);
            let (x, s1) = layer<16, 20>(x, audio);
            let (_, s2) = layer<16, 64>(x, audio);
            let x = s0 + s1 + s2 => head: Dense<3, use_bias = false>;
            let (x, s3) = layer<3, 2>(x, audio);
            let (_, s4) = layer<3, 45>(x, audio);
            let output = s3 + s4 => Conv1D<1, 16, padding = causal>;
        }
    }
    a_tcn: Tcn, 64, {
        #[stream(block = 64)]
        struct Tcn(audio: Input<4, 1>) -> output {
            let x = audio => Dense<32>;
            let y = x => Conv1D<32, 4, padding = causal, dilation_rate = 10, groups = 32, use_bias = false> => BatchNorm => ReLU;
            let z = y + (x => DepthwiseConv1D<1, use_bias = false>) => Conv1D<8, 3, padding = causal, groups = 2>;
            let output = z => ZeroPadding1D<(2, 0)> => SeparableConv1D<5, 3, depth_multiplier = 2> => LayerNorm => Dense<2>;
        }
    }
    recurrent: Recurrent, 32, {
        #[stream]
        struct Recurrent(audio: Input<4, 3>) -> (y, last) {
            let x = audio => LSTM<12, return_sequences = true> => GRU<20, return_sequences = true> => Dense<9>;
            let last = x => SimpleRNN<5>;
            let y = audio + (x => Dense<3>);
        }
    }
    with_knobs: Knobs, 32, {
        #[stream]
        struct Knobs(audio: Input<4, 2>, tokens: Input<4, dtype = u32>, knobs: Input<3>) -> (y, side) {
            let x = Concatenate((audio => Dense<8>), (tokens => Embedding<5, 4>)) => Conv1D<6, 2, padding = causal>;
            let side = knobs => Dense<6, activation = tanh> => Dense<1>;
            let y = x * 2.0 - 1.0 => Softmax => Dense<7>;
            let y = y[.., 1..4] => Dense<1>;
        }
    }
    all_steps_alike: Alike, 32, {
        #[stream]
        struct Alike(audio: Input<16, 2>, knobs: Input<3>) -> (y, loud) {
            let x = Concatenate(audio, (knobs => Dense<4> => RepeatVector<16>)) => Dense<6> => PReLU<shared_axes = 1>;
            let y = x => Rescaling<0.5, offset = 0.25> => Conv1D<3, 2, padding = causal> => PReLU<shared_axes = (1, 2)>;
            let loud = (audio => Dense<3>) + (knobs => Dense<3>) => ReLU;
        }
    }
    an_impulse_response: Cabinet, 32, {
        #[stream]
        struct Cabinet = Input<4, 1> => Conv1D<1, 300, padding = causal, use_bias = false> => Conv1D<4, 1>;
    }
    valid: Valid, 32, {
        #[stream]
        struct Valid = Input<40, 1> => Conv1D<4, 3, dilation_rate = 2> => Conv1D<20, 2> => Conv1D<2, 3>;
    }
}
