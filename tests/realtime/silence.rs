//! A state that decays becomes zero before it becomes denormal.

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
