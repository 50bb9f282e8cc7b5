//! Penalties of regularizers: of the weights that are trained, and of no others, and of what layers compute, as in Keras.

use nn::prelude::*;

nn::network! {
    #[dtype(f64)]
    struct Net = Input<3, dtype = u32>
        => Embedding<5, 4, embeddings_regularizer = l2(0.3), trainable = false>
        => Flatten
        => Dense<4, kernel_regularizer = l2(0.5), bias_regularizer = l1(0.25), trainable = false>
        => BatchNormalization<gamma_regularizer = l2(0.7), beta_regularizer = l1(0.1), trainable = false>
        => Dense<3, kernel_regularizer = l1_l2(0.01, 0.02)>
        => PReLU<alpha_regularizer = l2(2.0), trainable = false>
        => Dense<1, bias_regularizer = l2(0.04)>;
}

#[test]
fn weights_that_are_not_trained_have_no_penalty() {
    let with_penalty: Vec<&str> =
        Net::PARAMS.iter().filter(|param| param.regularizer.is_some()).map(|param| param.name).collect();
    assert_eq!(with_penalty, ["dense_1.kernel", "dense_2.bias"]);

    let mut network: Box<Net> = Net::zeros();
    network.as_flat_mut().iter_mut().enumerate().for_each(|(i, weight)| *weight = ((i * 37) % 17) as f64 / 16.0 + 0.1);
    let (kernel, bias) = (network.dense_1.kernel.as_flattened(), network.dense_2.bias);
    let penalty: f64 = kernel.iter().map(|w| 0.01 * w.abs() + 0.02 * w * w).sum::<f64>()
        + 0.04 * bias.iter().map(|w| w * w).sum::<f64>();
    let x: Vec<NetInput> = [[0, 1, 2], [4, 4, 3], [1, 0, 3]].map(Tensor1).to_vec();
    let y: Vec<Tensor1<1, f64>> = [2.0, -1.0, 0.5].map(|y| Tensor1([y])).to_vec();
    let data: f64 = network.predict(&x).unwrap().iter().zip(&y).map(|(p, y)| (p[0] - y[0]).powi(2)).sum::<f64>() / 3.0;

    let mut model = network.clone().compile(SGD::new(0.0), MeanSquaredError::default(), ());
    let close = |what: &str, loss: f64| assert!((loss - data - penalty).abs() < 1e-10, "{what}: {loss}");
    close("evaluate", model.evaluate(&x, &y, Evaluate { verbose: 0, ..Evaluate::default() }).unwrap()["loss"]);
    let options = Fit { epochs: 1, batch_size: 3, verbose: 0, validation_data: Some((&x, &y)), ..Fit::default() };
    let history = model.fit(&x, &y, options).unwrap();
    close("fit", history.history["loss"][0]);
    close("val_loss", history.history["val_loss"][0]);

    // And nothing but what is trained moves.
    model.optimizer_mut().learning_rate = 0.1.into();
    model.train_on_batch(&x, &y, None).unwrap();
    for param in Net::PARAMS {
        let same = network.as_flat()[param.range()] == model.network().as_flat()[param.range()];
        assert_eq!(same, !param.trainable, "{}", param.name);
    }
}

nn::network! {
    #[dtype(f64)]
    struct Active = Input<3>
        => ActivityRegularization<0.05>
        => first: Dense<4, activation = tanh, activity_regularizer = l1_l2(0.3, 0.2)>
        => second: Dense<2, activity_regularizer = l2(0.1), trainable = false>;
}

nn::network! {
    #[dtype(f64)]
    struct First = Input<3> => first: Dense<4, activation = tanh>;
}

nn::network! {
    #[dtype(f64)]
    struct Noisy = Input<3>
        => Dropout<0.5> => first: Dense<4, activation = tanh, activity_regularizer = l1_l2(0.3, 0.2)> => BatchNorm
        => Dropout<0.5> => Dense<2>;
}

/// All samples in one batch.
fn evaluation<N: Network>() -> Evaluate<'static, 'static, N> {
    Evaluate { verbose: 0, batch_size: BATCH, ..Evaluate::default() }
}

/// Two whole shards and a part of one.
const BATCH: usize = 40;

#[test]
fn what_layers_compute_has_a_penalty_in_training_and_in_evaluation() {
    let network = Active::new(&mut nn::rng(3));
    let mut first = First::zeros();
    first.first = network.first;
    let x: Vec<Tensor1<3, f64>> =
        (0..BATCH).map(|i| Tensor1(std::array::from_fn(|j| ((i * 7 + j * 5) % 11) as f64 / 5.0 - 1.0))).collect();
    let y = vec![Tensor1([0.5, -0.5]); BATCH];
    let of = |x: &[f64], l1: f64, l2: f64| x.iter().map(|x| l1 * x.abs() + l2 * x * x).sum::<f64>();
    let (hidden, output) = (first.predict(&x), network.predict(&x));
    let samples = x.iter().zip(&hidden).zip(&output);
    let of_first = |hidden: &[f64]| of(hidden, 0.3, 0.2);
    let penalties = samples.map(|((x, hidden), y)| of(&x.0, 0.05, 0.0) + of_first(&hidden.0) + of(&y.0, 0.0, 0.1));
    let penalty = penalties.sum::<f64>() / BATCH as f64;
    let error = |y: &Tensor1<2, f64>| ((y[0] - 0.5).powi(2) + (y[1] + 0.5).powi(2)) / 2.0;
    let data: f64 = output.iter().map(error).sum::<f64>() / BATCH as f64;

    let mut model = network.to_boxed().compile(SGD::new(0.1), MeanSquaredError::default(), ());
    let close = |what: &str, loss: f64| assert!((loss - data - penalty).abs() < 1e-10, "{what}: {loss}");
    close("evaluate", model.evaluate(&x, &y, evaluation()).unwrap()["loss"]);
    close("train_on_batch", model.train_on_batch(&x, &y, None).unwrap()["loss"]);
    let after = model.evaluate(&x, &y, evaluation()).unwrap()["loss"];
    assert!(after < data + penalty, "the gradient leads down: {after}");

    // In evaluation there is no noise, and batch normalizations use their moving statistics.
    let mut noisy = Noisy::new(&mut nn::rng(3));
    noisy.first = network.first;
    let data = noisy.predict(&x).iter().map(error).sum::<f64>() / BATCH as f64;
    let penalty = hidden.iter().map(|hidden| of_first(&hidden.0)).sum::<f64>() / BATCH as f64;
    let mut model = noisy.compile(SGD::new(0.1), MeanSquaredError::default(), ());
    let loss = model.evaluate(&x, &y, evaluation()).unwrap()["loss"];
    assert!((loss - data - penalty).abs() < 1e-10, "{loss}, not {data} + {penalty}");
}
