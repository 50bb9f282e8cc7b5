//! `predict` where weights are many runs samples side by side: the same numbers as sample by sample.

use nn::prelude::*;
use rand::RngExt;
use rayon::ThreadPoolBuilder;

/// A size that the macro cannot see.
const UNITS: usize = 200;

nn::network! {
    /// Dense layers at both ends and in between, with all that can follow one.
    struct Wide(picture: Input<6, 6, 2>, extra: Input<150>) -> (scores, gate) {
        let seen = picture => Conv2D<16, 3, activation = relu> => Flatten => Dense<256, use_bias = false> => BatchNorm => ReLU;
        let known = extra => Dense<256, activation = tanh>;
        let hidden = seen + known => Dense<UNITS, activation = gelu>;
        let scores = hidden => Dense<180> => Softmax;
        let gate = hidden => Dense<1, activation = sigmoid>;
    }
}

nn::network! {
    /// One layer, which leaves nothing to keep, of more weights than any cache near a core holds.
    struct Alone = Input<1500> => Dense<1500>;
}

fn samples(count: usize) -> Vec<WideInput> {
    let mut rng = nn::rng(3);
    let mut sample = || {
        let mut x: WideInput = bytemuck::Zeroable::zeroed();
        x.picture.as_flat_mut().iter_mut().chain(x.extra.as_flat_mut()).for_each(|x| *x = rng.random_range(-1.0..1.0));
        x
    };
    (0..count).map(|_| sample()).collect()
}

fn network() -> Box<Wide> {
    let mut rng = nn::rng(1);
    let mut net = Wide::new(&mut rng);
    // Statistics and factors that are not nought and one.
    net.as_flat_mut().iter_mut().for_each(|weight| *weight += rng.random_range(-0.02..0.02));
    net
}

#[test]
fn samples_side_by_side_are_those_one_by_one() {
    const { assert!(<Wide as Network>::TOGETHER == 32) };
    let (net, mut workspace) = (network(), Wide::workspace());
    for count in [0, 1, 2, 5, 31, 32, 33, 150] {
        let xs = samples(count);
        let ys = net.predict(&xs);
        assert_eq!(ys.len(), count);
        for (x, y) in xs.iter().zip(&ys) {
            let one = net.infer(x, &mut workspace);
            let pairs = one.scores.0.iter().chain(&one.gate.0).zip(y.scores.0.iter().chain(&y.gate.0));
            assert!(pairs.clone().all(|(one, many)| (one - many).abs() < 1e-5), "{count} samples");
        }
    }
}

#[test]
fn threads_do_not_change_a_bit() {
    let (net, xs) = (network(), samples(67));
    let bits = |threads: usize, count: usize| {
        let pool = ThreadPoolBuilder::new().num_threads(threads).build().expect("threads can be started");
        let ys = pool.install(|| net.predict(&xs[..count]));
        let bits = ys.iter().flat_map(|y| y.scores.0.iter().chain(&y.gate.0).map(|y| y.to_bits()));
        bits.collect::<Vec<u32>>()
    };
    for count in [2, 3, 33, 67] {
        let one = bits(1, count);
        assert_eq!(bits(2, count), one, "{count} samples");
        assert_eq!(bits(5, count), one, "{count} samples");
    }
}

#[test]
fn a_layer_alone_is_the_same_however_it_is_dealt_out() {
    let (net, mut rng) = (Alone::new(&mut nn::rng(1)), nn::rng(2));
    let mut xs = vec![AloneInput::zeros(); 7];
    xs.iter_mut().flat_map(|x| &mut x.0).for_each(|x| *x = rng.random_range(-1.0..1.0));
    let pool = |threads| ThreadPoolBuilder::new().num_threads(threads).build().expect("threads can be started");
    let one = pool(1).install(|| net.predict(&xs));
    for threads in 2..=7 {
        assert!(pool(threads).install(|| net.predict(&xs)) == one, "{threads} threads");
    }
    let alone = net.infer(&xs[6], &mut AloneWorkspace::new());
    assert!(alone.0.iter().zip(&one[6].0).all(|(one, many)| (one - many).abs() < 1e-5));
}

#[test]
fn evaluation_takes_the_same_way() {
    let (net, xs) = (network(), samples(45));
    let (mut workspace, y) = (Wide::workspace(), (0..45).map(|x| (x * 4, 1.0)).collect::<Vec<(u8, f32)>>());
    let losses = xs.iter().zip(&y).map(|(x, (label, _))| {
        let y = net.infer(x, &mut workspace);
        f64::from(-y.scores[usize::from(*label)].ln()) - f64::from(y.gate[0].ln())
    });
    let expected = losses.sum::<f64>() / xs.len() as f64;
    let loss = (SparseCategoricalCrossentropy::default(), BinaryCrossentropy::default());
    let mut model = net.compile(SGD::new(0.1), loss, ());
    let options = Evaluate { batch_size: 45, verbose: 0, ..Evaluate::default() };
    let got = model.evaluate(&xs, &y, options).expect("the data fit the network")["loss"];
    assert!((got - expected).abs() < 1e-4, "{got} for {expected}");
}
