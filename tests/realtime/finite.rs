//! NaN in an input stays in that call: a recurrent layer begins anew, a convolution has heard silence.

use nn::prelude::*;

nn::network! {
    #[stream]
    struct Lstm = Input<16, 1> => LSTM<20, return_sequences = true> => Dense<1>;
}

nn::network! {
    #[stream]
    struct Gru = Input<16, 1> => GRU<5, return_sequences = true> => Dense<1>;
}

nn::network! {
    #[stream]
    struct GruBefore = Input<16, 1> => GRU<17, return_sequences = true, reset_after = false> => Dense<1>;
}

nn::network! {
    #[stream]
    struct Plain = Input<16, 1> => SimpleRNN<9, return_sequences = true> => Dense<1>;
}

nn::network! {
    #[stream]
    struct Convolutions = Input<16, 1>
        => Conv1D<8, 3, padding = causal, dilation_rate = 2, activation = tanh> => Conv1D<3, 2, padding = causal> => Dense<1>;
}

nn::network! {
    #[stream]
    struct Mixed = Input<16, 1>
        => Conv1D<4, 3, padding = causal> => GRU<6, return_sequences = true>
        => LSTM<7, return_sequences = true> => SimpleRNN<3, return_sequences = true> => Dense<1>;
}

const BROKEN: [f32; 3] = [f32::NAN, f32::INFINITY, f32::NEG_INFINITY];

fn wave(t: usize) -> f32 {
    (t as f32 * 0.7).sin()
}

/// What a network makes of these inputs, one after the other.
fn heard<N>(net: &N, xs: &[f32]) -> Vec<f32>
where
    N: Stream<StepInput = nn::Tensor1<1>, StepOutput = nn::Tensor1<1>>,
{
    let mut state = bytemuck::zeroed_box::<N::State>();
    xs.iter().map(|x| net.step(&[*x].into(), &mut state)[0]).collect()
}

/// Ten waves, something, ten more, of which the results are returned.
fn after<N>(net: &N, between: &[f32]) -> Vec<f32>
where
    N: Stream<StepInput = nn::Tensor1<1>, StepOutput = nn::Tensor1<1>>,
{
    let xs: Vec<f32> = (0..10).map(wave).chain(between.iter().copied()).chain((10..20).map(wave)).collect();
    heard(net, &xs).split_off(10)
}

#[test]
fn recurrent_layers_begin_anew() {
    fn check<N>()
    where
        N: Stream<StepInput = nn::Tensor1<1>, StepOutput = nn::Tensor1<1>>,
    {
        let net = N::new(&mut nn::rng(3));
        let expected = heard(&*net, &(10..20).map(wave).collect::<Vec<f32>>());
        let broken = after(&*net, &[f32::NAN, f32::NAN]);
        assert!(broken[0].is_nan() && broken[1].is_nan(), "{}: what comes of NaN is not hidden", N::NAME);
        assert_eq!(broken[2..], expected, "{}", N::NAME);
    }
    check::<Lstm>();
    check::<Gru>();
    check::<GruBefore>();
    check::<Plain>();
}

#[test]
fn convolutions_remember_silence_instead() {
    let net = Convolutions::new(&mut nn::rng(3));
    let (silent, broken) = (after(&*net, &[0.0]), after(&*net, &[f32::NAN]));
    assert!(broken[0].is_nan());
    assert!(broken[1].is_finite(), "{broken:?}");
    // The second layer has silence in place of what the first one made of it, and that for one step.
    assert_eq!(broken[2..], silent[2..]);
}

#[test]
fn nothing_that_is_not_finite_stays() {
    fn check<N>()
    where
        N: Stream<Element = f32, StepInput = nn::Tensor1<1>, StepOutput = nn::Tensor1<1>>,
    {
        let net = N::new(&mut nn::rng(5));
        for broken in BROKEN {
            let ys = after(&*net, &[broken]);
            assert!(ys[1..].iter().all(|y| y.is_finite()), "{} after {broken}: {ys:?}", N::NAME);
        }
    }
    check::<Lstm>();
    check::<Gru>();
    check::<GruBefore>();
    check::<Plain>();
    check::<Convolutions>();
    check::<Mixed>();
}

nn::network! {
    struct Parts = Input<4, 1> => LSTM<5, return_sequences = true, stateful = true> => Bidirectional<GRU<3, stateful = true>> => Dense<1>;
}

#[test]
fn after_a_broken_part_of_a_sequence_it_begins_anew() {
    let net = Parts::new(&mut nn::rng(2));
    let part = |first: usize| [first, first + 1, first + 2, first + 3].map(|t| [wave(t)]);
    let run = |parts: &[[[f32; 1]; 4]]| {
        let (mut state, mut workspace) = (PartsState::new(), PartsWorkspace::new());
        parts.iter().map(|x| net.infer_stateful(&(*x).into(), &mut state, &mut workspace)[0]).collect::<Vec<f32>>()
    };
    let broken = run(&[part(0), [[0.1], [f32::NAN], [0.2], [0.3]], part(4), part(8)]);
    assert!(broken[0].is_finite() && broken[1].is_nan());
    assert_eq!(broken[2..], run(&[part(4), part(8)]));
}

#[test]
fn reset_forgets() {
    let (net, mut state) = (Mixed::new(&mut nn::rng(5)), MixedState::new());
    let first = net.step(&[0.5].into(), &mut state);
    net.step(&[0.25].into(), &mut state);
    state.reset();
    assert_eq!(net.step(&[0.5].into(), &mut state), first);
}
