//! Layers of the user's own: what they compute, that they learn, where their weights are, and that a wrong gradient is found.

use nn::custom::{Custom, Gradient, Memory, Weights, WeightsMut};
use nn::initializers::Initializer;
use nn::prelude::*;
use nn::testing::{GradientError, check_gradients};
use nn::{Element, Lambda, Param};

/// `x · |x|`, without a weight; in `WRONG` the gradient lacks its factor.
struct Signed<const WRONG: bool>;

impl<const N: usize, T: Element, const WRONG: bool> Lambda<Tensor1<N, T>> for Signed<WRONG> {
    type Output = Tensor1<N, T>;
    const SCRATCH: usize = N;

    fn forward(x: &Tensor1<N, T>, y: &mut Self::Output, scratch: &mut [T]) {
        assert_eq!(scratch.len(), N);
        for i in 0..N {
            scratch[i] = x[i].abs();
            y[i] = x[i] * scratch[i];
        }
    }

    fn backward(x: &Tensor1<N, T>, _: &Self::Output, dy: &Self::Output, dx: &mut Tensor1<N, T>, scratch: &mut [T]) {
        assert_eq!(scratch.len(), N);
        for i in 0..N {
            dx[i] = if WRONG { dy[i] * x[i].abs() } else { dy[i] * (x[i].abs() + x[i].abs()) };
        }
    }
}

type Right = Signed<false>;

/// A matrix for all steps, a shift that is not trained, and the sums over the steps: `R × C` to `U`.
struct Summed<const U: usize, const WRONG: bool = false>;

impl<const R: usize, const C: usize, const U: usize, const WRONG: bool, T: Element> Custom<Tensor2<R, C, T>>
    for Summed<U, WRONG>
{
    type Output = Tensor1<U, T>;
    const WEIGHTS: &'static [Param] = &[
        Param::weight("kernel", &[C, U], Initializer::GlorotUniform),
        Param::weight("shift", &[U], Initializer::Constant(0.5)).frozen(),
    ];
    const SAVED: usize = C;
    const SCRATCH: usize = C;

    fn infer(weights: Weights<'_, T>, x: &Tensor2<R, C, T>, y: &mut Self::Output, memory: Memory<'_, T>) {
        let Memory { scratch, state } = memory;
        <Self as Custom<Tensor2<R, C, T>>>::forward(weights, x, y, scratch, Memory { scratch: &mut [], state });
    }

    fn forward(weights: Weights<'_, T>, x: &Tensor2<R, C, T>, y: &mut Self::Output, saved: &mut [T], _: Memory<'_, T>) {
        for c in 0..C {
            saved[c] = (0..R).map(|r| x[r][c]).fold(T::zero(), |sum, x| sum + x);
        }
        for u in 0..U {
            y[u] = (0..C).map(|c| saved[c] * weights[0][c * U + u]).fold(weights[1][u], |sum, x| sum + x);
        }
    }

    fn backward(
        weights: Weights<'_, T>,
        of: Gradient<'_, Tensor2<R, C, T>, Self::Output>,
        dx: &mut Tensor2<R, C, T>,
        mut gradients: WeightsMut<'_, T>,
        _: &mut [T],
    ) {
        for (c, u) in (0..C).flat_map(|c| (0..U).map(move |u| (c, u))) {
            gradients[0][c * U + u] += if WRONG { of.dy[u] } else { of.dy[u] * of.saved[c] };
            (0..R).for_each(|r| dx[r][c] += of.dy[u] * weights[0][c * U + u]);
        }
    }
}

const UNITS: usize = 4;

nn::network! {
    /// In the middle of others, whose weights come before and after.
    #[dtype(f64)]
    pub struct Middle = Input<6>
        => Dense<6> => Lambda<Right> => Reshape<3, 2>
        => own: Custom<crate::Summed<UNITS>, output = UNITS>
        => Dense<2>;
}

fn samples() -> Vec<Tensor1<6, f64>> {
    (0..19).map(|n| Tensor1(std::array::from_fn(|i| (n as f64 * 7.3 + i as f64 * 1.9 + 0.4).sin()))).collect()
}

#[test]
fn weights_lie_between_those_of_other_layers() {
    let rows: Vec<_> = Middle::PARAMS.iter().map(|param| (param.name, param.offset, param.trainable)).collect();
    let expected = [
        ("dense.kernel", 0, true),
        ("dense.bias", 36, true),
        ("own.kernel", 42, true),
        ("own.shift", 50, false),
        ("dense_1.kernel", 54, true),
        ("dense_1.bias", 62, true),
    ];
    assert_eq!(rows, expected);
    assert_eq!(Middle::PARAMETERS, 64);
    let layer = Middle::summary().layers.iter().find(|layer| layer.name == "own").unwrap();
    assert_eq!((layer.class, layer.params, layer.trainable, layer.output), ("Custom", 12, 8, &[4_usize][..]));
    let net = Middle::new(&mut nn::rng(1));
    assert_eq!(net.own[8..], [0.5; 4]);
    let limit = (6.0_f64 / 6.0).sqrt();
    assert!(net.own[..8].iter().all(|weight| *weight != 0.0 && weight.abs() <= limit));
    assert_eq!(*Middle::from_bytes(&net.to_bytes().unwrap()).unwrap().as_flat(), *net.as_flat());
}

#[test]
fn inference_is_what_the_layers_say() {
    let net = Middle::new(&mut nn::rng(1));
    let x = samples()[3];
    let hidden: Vec<f64> = (0..6)
        .map(|o| {
            let sum: f64 = (0..6).map(|i| x[i] * net.dense.kernel[i][o]).sum();
            sum * sum.abs()
        })
        .collect();
    let sums: [f64; 2] = std::array::from_fn(|c| (0..3).map(|r| hidden[2 * r + c]).sum());
    let own: [f64; 4] = std::array::from_fn(|u| 0.5 + (0..2).map(|c| sums[c] * net.own[4 * c + u]).sum::<f64>());
    let y = net.infer(&x, &mut Default::default());
    for o in 0..2 {
        let expected: f64 = (0..4).map(|u| own[u] * net.dense_1.kernel[u][o]).sum();
        assert!((y[o] - expected).abs() < 1e-12, "{} or {expected}", y[o]);
    }
    assert_eq!(net.predict(&samples())[3], y);
}

#[test]
fn gradients_are_right() {
    check_gradients(&*Middle::new(&mut nn::rng(1)), &samples()).unwrap();
}

nn::network! {
    #[dtype(f64)]
    struct OfInput = Input<6> => Dense<3> => Lambda<Signed<true>> => Dense<2>;
}

nn::network! {
    #[dtype(f64)]
    struct OfWeight = Input<3, 2> => Dense<2> => own: Custom<Summed<2, true>, output = 2>;
}

#[test]
fn wrong_gradients_are_found() {
    let error = check_gradients(&*OfInput::new(&mut nn::rng(1)), &samples()).unwrap_err();
    assert!(matches!(error, GradientError::Input { sample: 0, index: 0, .. }), "{error}");
    let x: Tensor2<3, 2, f64> = [[0.3, -0.2], [0.9, 0.1], [-0.4, 0.6]].into();
    let error = check_gradients(&*OfWeight::new(&mut nn::rng(1)), &[x]).unwrap_err();
    assert!(matches!(error, GradientError::Weight { name: "own.kernel", index: 0, .. }), "{error}");
}

nn::network! {
    struct Learned = Input<3, 2> => own: Custom<Summed<1>, output = 1>;
}

nn::network! {
    struct Still = Input<3, 2> => own: Custom<Summed<1>, output = 1, trainable = false>;
}

#[test]
fn it_learns_where_it_is_trainable() {
    let x: Vec<LearnedInput> = (0..32)
        .map(|n| Tensor2(std::array::from_fn(|r| std::array::from_fn(|c| ((7 * n + 3 * r + c) as f32).sin()))))
        .collect();
    let y: Vec<f32> = x.iter().map(|x| 0.5 + x.0.iter().map(|x| 2.0 * x[0] - x[1]).sum::<f32>()).collect();
    let mut model = Learned::new(&mut nn::rng(1)).compile(Adam::new(0.05), MeanSquaredError::default(), ());
    model.fit(&x, &y, Fit { epochs: 200, verbose: 0, ..Fit::default() }).unwrap();
    let own = model.network().own.0;
    assert!((own[0] - 2.0).abs() < 0.05 && (own[1] + 1.0).abs() < 0.05 && own[2] == 0.5, "{own:?}");
    assert!(Still::PARAMS.iter().all(|param| !param.trainable));
}

/// A running sum of all that came, in a stateful layer.
struct Sum;

impl<const N: usize> Custom<Tensor1<N>> for Sum {
    type Output = Tensor1<N>;
    const STATE: usize = N;

    fn infer(_: Weights<'_, f32>, x: &Tensor1<N>, y: &mut Tensor1<N>, memory: Memory<'_, f32>) {
        for i in 0..N {
            memory.state[i] += x[i];
            y[i] = memory.state[i];
        }
    }

    fn backward(
        _: Weights<'_, f32>,
        of: Gradient<'_, Tensor1<N>, Tensor1<N>>,
        dx: &mut Tensor1<N>,
        _: WeightsMut<'_, f32>,
        _: &mut [f32],
    ) {
        *dx = *of.dy;
    }
}

nn::network! {
    struct Running = Input<2> => Custom<Sum, stateful = true>;
}

#[test]
fn a_state_is_carried_on() {
    let (net, mut state, mut workspace) = (Running::zeros(), RunningState::new(), RunningWorkspace::new());
    net.infer_stateful(&[1.0, 2.0].into(), &mut state, &mut workspace);
    assert_eq!(net.infer_stateful(&[0.5, -1.0].into(), &mut state, &mut workspace).0, [1.5, 1.0]);
    assert_eq!(net.infer(&[0.5, -1.0].into(), &mut workspace).0, [0.5, -1.0]);
}

#[test]
fn a_state_is_carried_from_batch_to_batch() {
    let mut tape = nn::train::GradientTape::<Running>::new(1);
    let (net, x) = (Running::zeros(), [[1.0, 2.0].into(), [f32::NAN, 4.0].into()]);
    let mut model = Running::zeros().compile(SGD::new(0.0), MeanSquaredError::default(), ());
    let y = [[1.0, 2.0], [0.0, 4.0]].map(Tensor1);
    let clean = [[1.0, 2.0].into(), [0.0, 4.0].into()];
    assert_eq!(model.train_on_batch(&clean, &y, None).unwrap()["loss"], 0.0);
    let twice = [[2.0, 4.0], [0.0, 8.0]].map(Tensor1);
    assert_eq!(model.train_on_batch(&clean, &twice, None).unwrap()["loss"], 0.0);
    // A tape begins anew.
    tape.forward(&net, &clean).unwrap();
    assert_eq!(tape.forward(&net, &x[..1]).unwrap()[0].0, [1.0, 2.0]);
}

nn::network! {
    /// On each step, in a declared layer that is used twice, behind a block.
    #[dtype(f64)]
    struct Everywhere(x: Input<2, 6>) -> y {
        block part(x) -> y { let y = x => TimeDistributed<Lambda<Right>>; }
        layer shared = Custom<Summed<3>, output = 3>;
        let a = x => part => shared;
        let b = x => shared;
        let y = a * b => Dense<1>;
    }
}

#[test]
fn layers_stand_wherever_others_do() {
    let x: Vec<_> = samples().windows(2).map(|pair| Tensor2([pair[0].0, pair[1].0])).collect();
    check_gradients(&*Everywhere::new(&mut nn::rng(2)), &x).unwrap();
    assert_eq!(Everywhere::PARAMS[0].name, "shared.kernel");
}

nn::network! {
    struct Words = Input<4, dtype = u32> => own: Embedding<9, 2> => sum: Custom<Summed<2>, output = 2> => more: Dense<1>;
}

nn::network! {
    struct Two(x: Input<2, 3>, ids: Input<4, dtype = u32>) -> y {
        let first = x => Custom<Summed<2>, output = 2>;
        let second = ids => Embedding<9, 2> => Flatten => Dense<2>;
        let y = first + second => Dense<1>;
    }
}

#[test]
fn tables_are_found_behind_weights_that_only_rustc_knows() {
    assert_eq!(<Words as Train>::TABLES, [0]);
    let table = Two::PARAMS[<Two as Train>::TABLES[0]];
    assert_eq!((table.name, table.shape), ("embedding.embeddings", &[9_usize, 2][..]));
}
