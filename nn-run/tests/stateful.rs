//! Layers with `stateful` in training: sample i of a batch goes on where sample i of the batch before ended, compiled and
//! interpreted.

use std::error::Error;

use fearless_simd::{Level, Simd};
use nn::{Network as _, Tensor1, Tensor2};
use nn_core::losses::{Loss, MeanSquaredError};
use nn_core::optimizers::SGD;
use nn_core::train::{Evaluate as TypedEvaluate, Fit as TypedFit};
use nn_run::{BadCall, Data, Evaluate, Fit, Model, Network};

type Result = std::result::Result<(), Box<dyn Error>>;

/// Two samples beyond a shard, in batches.
const BATCH: usize = 18;
const BATCHES: usize = 4;

nn::network! {
    struct Echo = Input<4, 3>
        => Masking<mask_value = 2.0>
        => first: LSTM<5, return_sequences = true, stateful = true, activity_regularizer = l2(0.01)>
        => Bidirectional<GRU<3, stateful = true, return_sequences = true>, merge_mode = sum>
        => BatchNorm
        => SimpleRNN<4, stateful = true>
        => Dense<2>;
}

const TEXT: &str = "struct Echo = Input<4, 3>
    => Masking<mask_value = 2.0>
    => first: LSTM<5, return_sequences = true, stateful = true, activity_regularizer = l2(0.01)>
    => Bidirectional<GRU<3, stateful = true, return_sequences = true>, merge_mode = sum>
    => BatchNorm
    => SimpleRNN<4, stateful = true>
    => Dense<2>;";

fn filled(text: &str) -> Network {
    let mut network: Network = Network::from_text(text).unwrap_or_else(|mistakes| panic!("{mistakes}"));
    network.initialize(&mut nn_core::rng(3));
    network
}

/// The vectors of compiled networks, which have no code for AVX-512 in debug builds.
fn compiled_level() -> Level {
    let level = Level::new();
    #[cfg(target_arch = "x86_64")]
    if cfg!(debug_assertions)
        && let Some(avx2) = level.as_avx2()
    {
        return avx2.level();
    }
    level
}

fn mse() -> Vec<Box<dyn Loss<f32>>> {
    vec![Box::new(MeanSquaredError::default())]
}

fn numbers(count: usize, seed: usize) -> Vec<f32> {
    (0..count).map(|at| ((at * 37 + seed * 11) % 61) as f32 / 30.0 - 1.0).collect()
}

/// Inputs, some steps of which are masked, and targets.
fn data() -> (Vec<f32>, Vec<f32>) {
    let mut x = numbers(BATCH * BATCHES * 12, 1);
    x.chunks_exact_mut(3).step_by(7).for_each(|step| step.fill(2.0));
    (x, numbers(BATCH * BATCHES * 2, 2))
}

fn quiet<'a>() -> Fit<'a, 'a, f32> {
    Fit { batch_size: BATCH, verbose: 0, shuffle: false, ..Fit::default() }
}

#[test]
fn compiled_and_interpreted_networks_carry_the_same_bits() -> Result {
    let (x, y) = data();
    let mut model = filled(TEXT).on(compiled_level()).compile(SGD::new(0.05), mse())?;
    let mut compiled = Echo::new(&mut nn::rng(3)).compile(SGD::new(0.05), MeanSquaredError::default(), ());
    let typed: Vec<EchoInput> = x.as_chunks::<12>().0.iter().map(|x| bytemuck::cast(*x)).collect();
    let targets: Vec<Tensor1<2>> = y.as_chunks::<2>().0.iter().map(|y| (*y).into()).collect();
    assert_eq!(compiled.network().as_flat(), model.network().weights());

    let validation = (&typed[..BATCH], &targets[..BATCH]);
    let fit = TypedFit {
        batch_size: BATCH,
        epochs: 3,
        verbose: 0,
        shuffle: false,
        validation_data: Some(validation),
        ..TypedFit::default()
    };
    let expected = compiled.fit(&typed, &targets, fit)?;
    let own = [Data::Real(&x[..BATCH * 12])];
    let validation_data = Some((&own[..], &y[..BATCH * 2]));
    let history = model.fit(&[Data::Real(&x)], &y, Fit { epochs: 3, validation_data, ..quiet() })?;
    assert_eq!(history, expected);
    assert_eq!(compiled.network().as_flat(), model.network().weights());

    // Evaluation goes on with the same states, penalties of values included.
    let evaluate = || Evaluate { batch_size: BATCH, verbose: 0, ..Evaluate::default() };
    let typed_evaluate = || TypedEvaluate { batch_size: BATCH, verbose: 0, ..TypedEvaluate::default() };
    let first = model.evaluate(&[Data::Real(&x)], &y, evaluate())?;
    assert_eq!(first, compiled.evaluate(&typed, &targets, typed_evaluate())?);
    model.reset_states();
    compiled.reset_states();
    let anew = model.evaluate(&[Data::Real(&x)], &y, evaluate())?;
    assert_ne!(anew, first);
    assert_eq!(anew, compiled.evaluate(&typed, &targets, typed_evaluate())?);
    Ok(())
}

#[test]
fn pictures_carry_a_state_too() -> Result {
    nn::network! {
        struct Film = Input<3, 4, 4, 1>
            => ConvLSTM2D<2, 3, padding = same, stateful = true, return_sequences = true, dropout = 0.25, recurrent_dropout = 0.25>
            => ConvLSTM2D<3, 2, stateful = true> => Flatten => Dense<2>;
    }
    const TEXT: &str = "Input<3, 4, 4, 1>
        => ConvLSTM2D<2, 3, padding = same, stateful = true, return_sequences = true, dropout = 0.25, recurrent_dropout = 0.25>
        => ConvLSTM2D<3, 2, stateful = true> => Flatten => Dense<2>";
    let (x, y) = (numbers(2 * BATCH * 48, 3), numbers(2 * BATCH * 2, 4));
    let typed: Vec<FilmInput> = x.as_chunks::<48>().0.iter().map(|x| bytemuck::cast(*x)).collect();
    let targets: Vec<Tensor1<2>> = y.as_chunks::<2>().0.iter().map(|y| (*y).into()).collect();
    let mut compiled = Film::new(&mut nn::rng(3)).compile(SGD::new(0.05), MeanSquaredError::default(), ());
    let fit =
        TypedFit { batch_size: BATCH, epochs: 2, verbose: 0, shuffle: false, seed: Some(5), ..TypedFit::default() };
    let expected = compiled.fit(&typed, &targets, fit)?;
    let mut model = filled(TEXT).on(compiled_level()).compile(SGD::new(0.05), mse())?;
    let history = model.fit(&[Data::Real(&x)], &y, Fit { epochs: 2, seed: Some(5), ..quiet() })?;
    assert_eq!(history, expected);
    assert_eq!(compiled.network().as_flat(), model.network().weights());
    let mut other = filled(TEXT).on(compiled_level()).compile(SGD::new(0.05), mse())?;
    let reset =
        other.fit(&[Data::Real(&x)], &y, Fit { epochs: 2, seed: Some(5), steps_per_state: Some(1), ..quiet() })?;
    assert_ne!(reset, history);
    Ok(())
}

/// The same layers where the state is an input.
#[test]
fn the_state_of_a_batch_is_an_initial_state_without_a_gradient() -> Result {
    let (x, y) = (numbers(BATCH * 2 * 8, 5), numbers(BATCH * 2 * 2, 6));
    let ([before, after], [y0, y1]) = (halves(&x), halves(&y));
    for layer in ["LSTM", "GRU", "SimpleRNN"] {
        let stateful = format!("Input<4, 2> => {layer}<5, stateful = true> => Dense<2>");
        let states: Vec<String> = (0..if layer == "LSTM" { 2 } else { 1 }).map(|at| format!("s{at}")).collect();
        let inputs: Vec<String> = states.iter().map(|state| format!("{state}: Input<5>")).collect();
        let (inputs, names) = (inputs.join(", "), states.join(", "));
        let given = format!(
            "struct Given(x: Input<4, 2>, {inputs}) -> (y, {names}) {{
                let (last, {names}) = {layer}<5, return_state = true>(x, {names});
                let y = last => Dense<2>;
            }}"
        );
        let mut model = filled(&stateful).compile(SGD::new(0.1), mse())?;
        let given = filled(&given);
        let zeros = vec![0.0; 5 * BATCH];
        let states = outputs(&given, before, &vec![&zeros[..]; states.len()]);

        model.train_on_batch(&[Data::Real(before)], y0, None)?;
        let mut given = given.clone();
        given.weights_mut().copy_from_slice(model.network().weights());
        let losses = (0..=states.len()).flat_map(|_| mse()).collect();
        let weights: Vec<(&str, f64)> = names.split(", ").map(|name| (name, 0.0)).collect();
        let mut expected = given.compile(SGD::new(0.1), losses)?.loss_weights(&weights)?;
        let mut data = vec![Data::Real(after)];
        data.extend(states.iter().map(|state| Data::Real(state)));
        let targets: Vec<f32> = y1.chunks_exact(2).flat_map(|y| [y, &vec![0.0; 5 * states.len()]].concat()).collect();
        expected.train_on_batch(&data, &targets, None)?;
        model.train_on_batch(&[Data::Real(after)], y1, None)?;
        // The states come from inference, which adds in another order than training.
        let pairs = model.network().weights().iter().zip(expected.network().weights());
        assert!(pairs.clone().all(|(carried, given)| (carried - given).abs() < 1e-6), "{layer}: {pairs:?}");
    }
    Ok(())
}

fn halves(values: &[f32]) -> [&[f32]; 2] {
    let (first, second) = values.split_at(values.len() / 2);
    [first, second]
}

/// The final states of all samples.
fn outputs(network: &Network, x: &[f32], initial: &[&[f32]]) -> Vec<Vec<f32>> {
    let mut all = vec![Vec::new(); initial.len()];
    for sample in 0..BATCH {
        let mut inputs = vec![Data::Real(&x[sample * 8..][..8])];
        inputs.extend(initial.iter().map(|state| Data::Real(&state[sample * 5..][..5])));
        let mut places: Vec<Vec<f32>> = network.outputs().iter().map(|part| vec![0.0; part.len()]).collect();
        let mut slices: Vec<&mut [f32]> = places.iter_mut().map(Vec::as_mut_slice).collect();
        network.infer(&inputs, &mut network.workspace(), &mut slices).unwrap();
        all.iter_mut().zip(&places[1..]).for_each(|(all, state)| all.extend(state));
    }
    all
}

#[test]
fn states_begin_anew_when_they_are_told() -> Result {
    let (x, y) = data();
    let parts = || x.chunks_exact(BATCH * 12).zip(y.chunks_exact(BATCH * 2));
    let model = || filled(TEXT).compile(SGD::new(0.05), mse());
    let by_hand = |reset_after: usize| {
        let mut model = model()?;
        for (index, (x, y)) in parts().enumerate() {
            if index % reset_after == 0 {
                model.reset_states();
            }
            model.train_on_batch(&[Data::Real(x)], y, None)?;
        }
        std::result::Result::<_, Box<dyn Error>>::Ok(model.into_network().weights().to_vec())
    };
    let fitted = |steps_per_state| {
        let mut model = model()?;
        model.fit(&[Data::Real(&x)], &y, Fit { steps_per_state, ..quiet() })?;
        std::result::Result::<_, Box<dyn Error>>::Ok(model.into_network().weights().to_vec())
    };
    assert_eq!(fitted(None)?, by_hand(BATCHES)?);
    assert_eq!(fitted(Some(2))?, by_hand(2)?);
    assert_ne!(fitted(Some(2))?, fitted(None)?);
    Ok(())
}

#[test]
fn validation_has_states_of_its_own_where_states_begin_anew() -> Result {
    let (x, y) = data();
    let train = |validates: bool| {
        let mut model: Model<f32> = filled(TEXT).compile(SGD::new(0.05), mse())?;
        let data = [Data::Real(&x[..36])];
        let validation_data = validates.then_some((&data[..], &y[..6]));
        let fit =
            Fit { epochs: 2, steps_per_state: Some(3), validation_data, validation_batch_size: Some(3), ..quiet() };
        model.fit(&[Data::Real(&x)], &y, fit)?;
        std::result::Result::<_, Box<dyn Error>>::Ok(model.into_network().weights().to_vec())
    };
    assert_eq!(train(true)?, train(false)?);
    Ok(())
}

#[test]
fn a_callback_lets_states_begin_anew() -> Result {
    struct Reset;
    impl nn_core::callbacks::Callback<Network> for Reset {
        fn on_epoch_begin(
            &mut self,
            _: usize,
            control: &mut nn_core::callbacks::Control<'_, Network>,
        ) -> std::result::Result<(), Box<dyn Error + Send + Sync>> {
            control.reset_states();
            Ok(())
        }
    }
    let (x, y) = data();
    let (mut one, mut other) =
        (filled(TEXT).compile(SGD::new(0.05), mse())?, filled(TEXT).compile(SGD::new(0.05), mse())?);
    one.fit(&[Data::Real(&x)], &y, Fit { epochs: 3, callbacks: &mut [&mut Reset], ..quiet() })?;
    other.fit(&[Data::Real(&x)], &y, Fit { epochs: 3, steps_per_state: Some(BATCHES), ..quiet() })?;
    assert_eq!(one.network().weights(), other.network().weights());
    Ok(())
}

#[test]
fn batches_that_do_not_go_on_are_refused_before_the_first_step() -> Result {
    let (x, y) = data();
    let mut model = filled(TEXT).compile(SGD::new(0.05), mse())?;
    let before = model.network().weights().to_vec();
    let data = [Data::Real(&x[..36])];
    let held_out = || Some((&data[..], &y[..6]));
    let refused = [
        (Fit { shuffle: true, ..quiet() }, "`shuffle`: expected false"),
        (Fit { batch_size: 5, ..quiet() }, "`x`: expected whole batches"),
        (Fit { validation_data: held_out(), ..quiet() }, "`validation_data.0`: expected whole batches"),
        (Fit { validation_data: held_out(), validation_batch_size: Some(3), ..quiet() }, "`validation_batch_size`"),
        (Fit { steps_per_state: Some(0), ..quiet() }, "`steps_per_state`: expected at least 1"),
    ];
    for (fit, part) in refused {
        let error = model.fit(&[Data::Real(&x)], &y, fit).unwrap_err().to_string();
        assert!(error.contains(part), "{error}");
    }
    assert_eq!(model.network().weights(), before);

    // Other batches than those whose states go on.
    model.train_on_batch(&data, &y[..6], None)?;
    let trained = model.network().weights().to_vec();
    let errors = [
        model.fit(&[Data::Real(&x)], &y, quiet()).unwrap_err().to_string(),
        model
            .evaluate(&[Data::Real(&x)], &y, Evaluate { batch_size: BATCH, ..Evaluate::default() })
            .unwrap_err()
            .to_string(),
        model.test_on_batch(&[Data::Real(&x)], &y, None).unwrap_err().to_string(),
    ];
    for error in errors {
        assert!(error.contains("or `reset_states`, found") && error.contains("after batches of 3"), "{error}");
    }
    assert_eq!(model.network().weights(), trained);
    model.reset_states();
    model.fit(&[Data::Real(&x)], &y, quiet())?;

    let mut stateless = filled("Input<4, 3> => LSTM<3> => Dense<2>").compile(SGD::new(0.1), mse())?;
    let error = stateless.fit(&[Data::Real(&x)], &y, Fit { steps_per_state: Some(1), ..quiet() }).unwrap_err();
    assert!(error.to_string().contains("without `stateful` layers"), "{error}");
    Ok(())
}

#[test]
fn a_state_on_each_step_of_time_distributed_is_not_trained() {
    let network = filled("Input<2, 4, 3> => TimeDistributed<LSTM<3, stateful = true>> => Flatten => Dense<2>");
    let error = network.compile(SGD::new(0.1), mse()).err();
    assert!(matches!(error, Some(BadCall::Lacks { .. })), "{error:?}");
}

/// What only a state can know: which of two signs a stream began with, many batches ago.
#[test]
fn a_stream_is_learned_part_by_part() -> Result {
    nn::network! { struct Memory = Input<1, 1> => SimpleRNN<1, stateful = true> => Dense<1>; }
    let mut net = Memory::zeros();
    net.simple_rnn.kernel = [[1.0]];
    net.simple_rnn.recurrent_kernel = [[1.5]];
    net.dense.kernel = [[0.1]];
    let mut model = net.compile(SGD::new(0.1), MeanSquaredError::default(), ());
    // Sixteen streams of eight parts, whose first part alone says something.
    let sign = |stream: usize| if stream.is_multiple_of(3) { 1.0 } else { -1.0 };
    let x: Vec<Tensor2<1, 1>> = (0..8)
        .flat_map(|part| (0..16).map(move |stream| [[if part == 0 { sign(stream) } else { 0.0 }]].into()))
        .collect();
    let y: Vec<Tensor1<1>> = (0..8).flat_map(|_| (0..16).map(move |stream| [sign(stream)].into())).collect();
    let fit = TypedFit {
        batch_size: 16,
        epochs: 40,
        verbose: 0,
        shuffle: false,
        steps_per_state: Some(8),
        ..TypedFit::default()
    };
    let history = model.fit(&x, &y, fit)?;
    assert!(history.get("loss").last().is_some_and(|loss| *loss < 0.01), "{:?}", history.get("loss"));
    Ok(())
}
