//! A state that decays becomes zero before it becomes denormal, and what silence leads to.

use nn::prelude::*;

nn::network! {
    #[stream]
    struct Lstm = Input<4, 1> => LSTM<20>;
}

nn::network! {
    #[stream]
    struct Gru = Input<4, 1> => GRU<8>;
}

nn::network! {
    #[stream]
    struct Plain = Input<4, 1> => SimpleRNN<8, activation = linear>;
}

nn::network! {
    #[stream]
    struct Convolution = Input<4, 1> => Conv1D<8, 3, padding = causal, dilation_rate = 4> => Conv1D<2, 3, padding = causal>;
}

/// The parts of the state that are carried from step to step are those that a step does not clear.
fn numbers<N: Stream<Element = f32>>(state: &N::State) -> &[f32] {
    bytemuck::cast_slice(std::slice::from_ref(state))
}

/// Plays a sound that dies away, and looks at the first `carried` numbers of the state.
fn dies_away<N>(carried: usize)
where
    N: Stream<Element = f32, StepInput = nn::Tensor1<1>>,
{
    let mut net = N::new(&mut nn::rng(1));
    // Small weights without a bias: everything decays.
    for param in N::PARAMS {
        let scale = if param.name.ends_with("bias") { 0.0 } else { 0.5 };
        net.as_flat_mut()[param.range()].iter_mut().for_each(|weight| *weight *= scale);
    }
    let (mut state, mut sound, mut small) = (bytemuck::zeroed_box::<N::State>(), 1.0_f32, f32::MAX);
    for _ in 0..4000 {
        net.step(&[sound].into(), &mut state);
        for number in &numbers::<N>(&state)[..carried] {
            assert!(*number == 0.0 || number.abs() >= 2.0_f32.powi(-63), "{}: {number:e}", N::NAME);
            small = if *number == 0.0 { small } else { small.min(number.abs()) };
        }
        sound *= 0.9;
    }
    assert!(small < 1e-17, "{}: the state got down to {small:e}", N::NAME);
    let last = &numbers::<N>(&state)[..carried];
    // The place in a convolution's ring is a number, too.
    assert!(last.iter().all(|number| *number == 0.0 || *number >= 1.0), "{}: {last:?}", N::NAME);
}

#[test]
fn states_become_zero_and_never_denormal() {
    dies_away::<Lstm>(2 * 20);
    dies_away::<Gru>(8);
    dies_away::<Plain>(8);
    dies_away::<Convolution>(8 + 1 + 2 * 8 + 1);
}

/// In blocks, a sound that dies away and one that is denormal from the start leave no denormal number either.
fn dies_away_in_blocks<N>(carried: usize)
where
    N: Stream<Element = f32, StepInput = nn::Tensor1<1>>,
{
    let net = N::new(&mut nn::rng(1));
    for (mut sound, factor) in [(1.0_f32, 0.9_f32), (1e-39, 1.0)] {
        let mut state = N::state();
        let mut ys = vec![<N::StepOutput as bytemuck::Zeroable>::zeroed(); N::BLOCK + 5];
        for _ in 0..30 {
            let xs: Vec<nn::Tensor1<1>> = std::iter::repeat_with(|| {
                sound *= factor;
                [sound].into()
            })
            .take(ys.len())
            .collect();
            net.steps(&xs, &mut ys, &mut state);
            for number in &numbers::<N>(&state)[..carried] {
                assert!(*number == 0.0 || number.abs() >= 2.0_f32.powi(-63), "{}: {number:e}", N::NAME);
            }
        }
    }
}

#[test]
fn blocks_leave_no_denormal_state() {
    dies_away_in_blocks::<Lstm>(2 * 20);
    dies_away_in_blocks::<Plain>(8);
    dies_away_in_blocks::<Convolution>(8 + 1 + 2 * 8 + 1);
}

/// After rest, silence changes nothing any more.
fn rests<N>(bound: f32)
where
    N: Stream<Element = f32, StepInput = nn::Tensor1<1>, StepOutput: nn::Tensor<Item = f32>>,
{
    let mut net = N::new(&mut nn::rng(3));
    // With biases, silence is not zero.
    net.as_flat_mut().iter_mut().enumerate().for_each(|(index, weight)| *weight += (index % 7) as f32 * 0.02);
    let (mut state, mut cold) = (net.rested(), N::state());
    let [rested, first] = [&mut state, &mut cold].map(|state| net.step(&[0.0].into(), state));
    let later = (0..300).map(|_| net.step(&[0.0].into(), &mut state)).last().expect("a step");
    for (first, later) in rested.as_flat().iter().zip(later.as_flat()) {
        assert!((first - later).abs() <= bound, "{}: {first} is not {later}", N::NAME);
    }
    assert_ne!(first.as_flat(), later.as_flat(), "{}: a cold start is heard", N::NAME);
    N::reset(&mut state);
    assert_eq!(net.step(&[0.0].into(), &mut state).as_flat(), first.as_flat());
}

#[test]
fn rest_is_where_silence_leads() {
    rests::<Lstm>(1e-6);
    rests::<Gru>(1e-6);
    // It remembers so many steps and no more.
    assert_eq!(Convolution::RECEPTIVE_FIELD, Some(1 + 8 + 2));
    rests::<Convolution>(0.0);
}

#[test]
fn voices_know_nothing_of_each_other() {
    let net = Lstm::new(&mut nn::rng(1));
    let sound = |voice: usize, t: usize| ((t * (voice + 3)) as f32 * 0.1).sin();
    let alone = [0, 1].map(|voice| {
        let mut state = net.rested();
        (0..100).map(|t| net.step(&[sound(voice, t)].into(), &mut state)).collect::<Vec<_>>()
    });
    let mut states = [net.rested(), net.rested()];
    for t in 0..100 {
        for (voice, (state, alone)) in states.iter_mut().zip(&alone).enumerate() {
            assert_eq!(net.step(&[sound(voice, t)].into(), state), alone[t]);
        }
    }
}
