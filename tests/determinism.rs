//! The same seed gives the same weights, to the last bit, on one thread and on many.

use nn::prelude::*;
use rand::RngExt;
use rayon::ThreadPoolBuilder;

nn::network! {
    /// What waits for no other shard: dropout, convolution, pooling.
    struct Plain = Input<8, 8, 1>
        => Conv2D<4, 3, activation = relu, activity_regularizer = l1(0.001)> => MaxPool2D<2> => Dropout<0.25>
        => Flatten => Dense<16, activation = tanh, kernel_regularizer = l2(0.01), activity_regularizer = l2(0.01)> => Dropout<0.5> => Dense<3>;
}

nn::network! {
    /// What needs all shards: statistics of the batch.
    struct Normalized = Input<8, 8, 1>
        => Conv2D<4, 3, padding = same, use_bias = false> => BatchNorm => ReLU => GlobalAvgPool2D
        => Dense<8> => BatchNorm<activity_regularizer = l2(0.1)> => ReLU => Dense<3>;
}

nn::network! {
    /// Dropouts inside of layers.
    struct Inside = Input<8, 8, 1>
        => TimeDistributed<LSTM<6, dropout = 0.2, recurrent_dropout = 0.3>>
        => Bidirectional<GRU<4, return_sequences = true, dropout = 0.25>> => MultiHeadAttention<2, 3, dropout = 0.2>
        => TimeDistributed<Dropout<0.1>> => Flatten => Dense<3>;
}

/// Samples in a batch: two whole shards and a part of one.
const BATCH: usize = 40;

/// The bits of weights, history and predictions after a training on so many threads.
fn train<N>(threads: usize) -> (Vec<u32>, Vec<u64>, Vec<u32>)
where
    N: Train<Element = f32, Input = Tensor3<8, 8, 1>, Output = Tensor1<3>, Predictions = Vec<Tensor1<3>>>,
{
    let pool = ThreadPoolBuilder::new().num_threads(threads).build().expect("threads can be started");
    pool.install(|| {
        let mut rng = nn::rng(7);
        let x: Vec<N::Input> = (0..100).map(|_| image(&mut rng)).collect();
        let y: Vec<u8> = (0..100).map(|_| rng.random_range(0..3)).collect();
        let loss = SparseCategoricalCrossentropy::from_logits();
        let mut model = N::new(&mut rng).compile(Adam::new(0.01), loss, metrics::accuracy());
        let options =
            Fit { epochs: 3, batch_size: BATCH, verbose: 0, validation_split: 0.2, seed: Some(5), ..Fit::default() };
        let history = model.fit(&x, &y, options).expect("the data fit the network");
        let weights = model.network().as_flat().iter().map(|weight| weight.to_bits()).collect();
        let values = history.history.values().flatten().map(|value| value.to_bits()).collect();
        let outputs = model.predict(&x).iter().flat_map(|y| y.0).map(f32::to_bits).collect();
        (weights, values, outputs)
    })
}

fn image(rng: &mut impl rand::Rng) -> Tensor3<8, 8, 1> {
    Tensor3(std::array::from_fn(|_| std::array::from_fn(|_| [rng.random_range(-1.0..1.0)])))
}

#[test]
fn shards_that_do_not_meet_give_the_same_bits_on_any_number_of_threads() {
    let one = train::<Plain>(1);
    for threads in 2..=4 {
        assert!(train::<Plain>(threads) == one, "{threads} threads");
    }
}

#[test]
fn dropouts_inside_of_layers_give_the_same_bits_on_any_number_of_threads() {
    let one = train::<Inside>(1);
    for threads in 2..=4 {
        assert!(train::<Inside>(threads) == one, "{threads} threads");
    }
}

#[test]
fn shards_that_meet_give_the_same_bits_on_any_number_of_threads() {
    let one = train::<Normalized>(1);
    for threads in 2..=4 {
        assert!(train::<Normalized>(threads) == one, "{threads} threads");
    }
}

#[test]
fn another_seed_gives_other_bits() {
    let weights = |seed| {
        let mut rng = nn::rng(7);
        let x: Vec<_> = (0..BATCH).map(|_| image(&mut rng)).collect();
        let net = Plain::new(&mut rng);
        let mut model = net.compile(SGD::new(0.1), SparseCategoricalCrossentropy::from_logits(), ());
        let options = Fit { batch_size: 8, verbose: 0, seed: Some(seed), ..Fit::default() };
        model.fit(&x, &[1_u8; BATCH], options).expect("the data fit the network");
        model.into_network()
    };
    assert_ne!(weights(1).as_flat(), weights(2).as_flat(), "order and dropout follow the seed");
    assert_eq!(weights(1).as_flat(), weights(1).as_flat(), "the same seed gives the same run");
}
