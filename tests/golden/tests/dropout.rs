//! What dropouts keep while a network trains: another choice for each sample, each step and each layer, and the same
//! however a batch is cut into shards.

use nn::Record;
use nn::prelude::*;
use nn::train::SHARD;
use nn_golden::sample::samples;
use nn_golden::training::Step;
use rand::RngExt;

/// Samples of a batch: more than two shards.
const BATCH: usize = 2 * SHARD + 5;

/// The rows of a network that has the same layer on each of `steps` steps, where all samples and all steps are alike: only
/// what is dropped tells them apart.
fn rows<N: Train<Element = f64>>(steps: usize) {
    let mut rng = nn::rng(3);
    let net = N::new(&mut rng);
    let [len, row] = [<N::Input as Record>::PARTS[0].len(), <N::Output as Record>::PARTS[0].len() / steps];
    let step: Vec<f64> = (0..len / steps).map(|_| rng.random_range(0.1..1.0)).collect();
    let x = samples(&[step.repeat(steps * BATCH)]);
    let y = Step::forward(&*net, &x, SHARD).output(0);
    let rows: Vec<&[f64]> = y.chunks_exact(row).collect();
    assert_eq!(rows.len(), BATCH * steps);
    for (index, one) in rows.iter().enumerate() {
        let same = rows[..index].iter().position(|other| other == one);
        let of = |row: usize| format!("step {} of sample {}", row % steps, row / steps);
        assert!(same.is_none(), "{} keeps what {} does", of(index), of(same.unwrap_or(0)));
    }
    for size in [1, 5, BATCH] {
        assert!(Step::forward(&*net, &x, size).output(0) == y, "shards of {size} samples keep something else");
    }
}

/// One network of three steps and one test for each line.
macro_rules! each_step_differs {
    ($($name:ident: [$($chain:tt)+])+) => { $(
        #[test]
        fn $name() {
            nn::network! { #[dtype(f64)] struct Net = $($chain)+; }
            rows::<Net>(3);
        }
    )+ };
}

each_step_differs! {
    time_distributed_dropout: [Input<3, 64> => TimeDistributed<Dropout<0.5>>]
    alpha_dropout: [Input<3, 64> => AlphaDropout<0.5>]
    gaussian_dropout: [Input<3, 8> => GaussianDropout<0.5>]
    gaussian_noise: [Input<3, 8> => TimeDistributed<GaussianNoise<0.5>>]
    random_rotation: [Input<3, 6, 5, 1> => TimeDistributed<RandomRotation<0.5>>]
    random_contrast: [Input<3, 4, 4, 2> => TimeDistributed<RandomContrast<(0.5, 1), value_range = (-9, 9)>>]
    spatial_dropout: [Input<3, 2, 64> => TimeDistributed<SpatialDropout1D<0.5>>]
    time_distributed_inputs: [Input<3, 2, 64> => TimeDistributed<SimpleRNN<4, dropout = 0.5>>]
    time_distributed_states: [Input<3, 2, 4> => TimeDistributed<SimpleRNN<64, recurrent_dropout = 0.5>>]
    time_distributed_lstm: [Input<3, 2, 64> => TimeDistributed<LSTM<64, dropout = 0.5, recurrent_dropout = 0.5>>]
    time_distributed_gru: [Input<3, 2, 64> => TimeDistributed<GRU<64, dropout = 0.5, recurrent_dropout = 0.5>>]
    time_distributed_bidirectional: [Input<3, 2, 64> => TimeDistributed<Bidirectional<GRU<4, dropout = 0.5>>>]
    time_distributed_attention: [Input<3, 8, 4> => TimeDistributed<MultiHeadAttention<4, 2, dropout = 0.5>>]
    time_distributed_twice: [Input<3, 1, 2, 64> => TimeDistributed<TimeDistributed<SimpleRNN<4, dropout = 0.5>>>]
}

/// Units whose dropouts are compared.
const UNITS: usize = 64;

nn::network! {
    /// Dropouts of all kinds: each output is larger than 1.5 where its dropout kept something, where the inputs are 1 and
    /// kernels are the identity.
    struct Several(x: Input<2, 64>, z: Input<1, 64>) -> (a, b, c, d, e, f, g, h, i, j, k, l) {
        let x = x => Dense<64, use_bias = false>;
        let v = x => GlobalAvgPool1D;
        layer shared = Dropout<0.5>;
        let a = x => SimpleRNN<64, activation = linear, use_bias = false, dropout = 0.5, recurrent_initializer = zeros>;
        let b = v => Dropout<0.5>;
        let c = v => Dropout<0.5>;
        let d = v => shared;
        let e = v => shared;
        let f = x => Bidirectional<SimpleRNN<64, activation = linear, use_bias = false, recurrent_dropout = 0.5>>;
        let g = v => [Dropout<0.5>; 1];
        let h = z => MultiHeadAttention<64, 1, use_bias = false, dropout = 0.5>;
        let i = x => SimpleRNN<64, activation = linear, use_bias = false, recurrent_dropout = 0.5>;
        let j = v => Dropout<0.5>;
        let k = v => Dropout<0.5, seed = 1>;
        let l = v => Dropout<0.5, seed = 4294967296>;
    }
}

/// No two dropouts of a network keep the same.
#[test]
fn dropouts_are_independent() {
    let mut net = Several::zeros();
    for param in Several::PARAMS.iter().filter(|param| param.name != "simple_rnn.recurrent_kernel") {
        let kernel = &mut net.as_flat_mut()[param.range()];
        assert_eq!(kernel.len(), UNITS * UNITS, "{}", param.name);
        kernel.iter_mut().step_by(UNITS + 1).for_each(|weight| *weight = 1.0);
    }
    let x = samples(&[vec![1.0; BATCH * 2 * UNITS], vec![1.0; BATCH * UNITS]]);
    let step = Step::forward(&*net, &x, SHARD);
    let mut kept: Vec<(String, Vec<bool>)> = Vec::new();
    for (part, output) in <<Several as nn::Network>::Output as Record>::PARTS.iter().enumerate() {
        let y = step.output(part);
        for from in (0..output.len()).step_by(UNITS) {
            let rows = y.chunks_exact(output.len()).flat_map(|row| &row[from..from + UNITS]);
            kept.push((format!("{part} from {from}"), rows.map(|&y| y > 1.5).collect()));
        }
    }
    let count = (BATCH * UNITS) as f64;
    let middle = |what: &str, number: usize| {
        let deviations = (number as f64 - count / 2.0) / (count / 4.0).sqrt();
        assert!(deviations.abs() < 4.5, "{what}: {number} of {count}");
    };
    for (index, (name, one)) in kept.iter().enumerate() {
        middle(&format!("kept by {name}"), one.iter().filter(|kept| **kept).count());
        for (other, another) in &kept[..index] {
            let alike = one.iter().zip(another).filter(|(one, another)| one == another).count();
            middle(&format!("kept by {name} as by {other}"), alike);
        }
    }
}

/// What comes of a long vector of alternating −1 and 2 in training; both mean and variance have to be what the layer says.
fn mean_and_deviation(layer: &str, [mean, deviation]: [f64; 2]) {
    const LEN: usize = 1 << 14;
    let network = nn_run::Network::<f64>::from_text(&format!("#[dtype(f64)] struct Net = Input<{LEN}> => {layer};"));
    let network = network.unwrap_or_else(|mistakes| panic!("{layer}:\n{mistakes}"));
    let x: Vec<f64> = (0..2 * LEN).map(|i| if i % 2 == 0 { -1.0 } else { 2.0 }).collect();
    let step = nn_run::Step::forward(&network, &[nn_run::Data::Real(&x)], 2, 7).expect("the samples fit");
    let (y, count) = (step.output(0), (2 * LEN) as f64);
    let got = y.iter().sum::<f64>() / count;
    let spread = (y.iter().map(|y| (y - got).powi(2)).sum::<f64>() / count).sqrt();
    assert!((got - mean).abs() < 0.05 && (spread - deviation).abs() < 0.05, "{layer}: {got} and {spread}");
}

#[test]
fn noise_has_the_mean_and_the_deviation_that_its_layer_says() {
    // The inputs have a mean of ½, a mean square of 2.5 and a variance of 2.25.
    mean_and_deviation("GaussianNoise<2.0>", [0.5, (2.25_f64 + 4.0).sqrt()]);
    // x·n, where n has a variance of rate / (1 − rate) = 1.
    mean_and_deviation("GaussianDropout<0.5>", [0.5, (2.5_f64 * 2.0 - 0.25).sqrt()]);
    mean_and_deviation("Dropout<0.5>", [0.5, (2.5_f64 * 2.0 - 0.25).sqrt()]);
    // a·(x or α) + b, by the formulas of the paper.
    let (rate, alpha) = (0.2_f64, -1.758_099_340_847_376_6_f64);
    let a = ((1.0 - rate) * (1.0 + rate * alpha * alpha)).powf(-0.5);
    let mean = (1.0 - rate) * 0.5 + rate * alpha;
    let square = (1.0 - rate) * 2.5 + rate * alpha * alpha;
    mean_and_deviation("AlphaDropout<0.2>", [a * mean - a * alpha * rate, a * (square - mean * mean).sqrt()]);
}

#[test]
fn elements_along_an_axis_of_noise_shape_share_their_noise() {
    let run = |layer: &str| {
        let text = format!("#[dtype(f64)] struct Net = Input<5, 16> => {layer};");
        let network =
            nn_run::Network::<f64>::from_text(&text).unwrap_or_else(|mistakes| panic!("{layer}:\n{mistakes}"));
        let x: Vec<f64> = (0..3 * 5 * 16).map(|at| at as f64 + 1.0).collect();
        nn_run::Step::forward(&network, &[nn_run::Data::Real(&x)], 3, 7).expect("the samples fit").output(0)
    };
    let spatial = run("SpatialDropout1D<0.5>");
    assert_ne!(spatial, run("Dropout<0.5>"));
    for shape in ["(1, 16)", "(1, None)", "(None, 1, 16)"] {
        assert_eq!(run(&format!("Dropout<0.5, noise_shape = {shape}>")), spatial, "{shape}");
    }
    assert_eq!(run("Dropout<0.5, noise_shape = (5, None)>"), run("Dropout<0.5>"));
    for step in run("Dropout<0.5, noise_shape = (None, 1)>").chunks(16) {
        assert!(step.iter().all(|y| *y == 0.0) || step.iter().all(|y| *y > 0.0), "{step:?}");
    }
}

nn::network! {
    /// Pictures, alone and in a sequence of sequences, with everything that changes them.
    struct Still(x: Input<4, 5, 1>, steps: Input<2, 3, 4, 5, 1>, bytes: Input<4, 5, 1, dtype = u8>) -> (y, z, n) {
        let y = x => RandomFlip => RandomTranslation<0.5, 0.5> => RandomRotation<0.5> => RandomZoom<0.5> => RandomContrast<1> => RandomBrightness<1>;
        let z = steps => TimeDistributed<TimeDistributed<RandomZoom<0.5>>> => TimeDistributed<TimeDistributed<RandomContrast<1>>>;
        let n = bytes => RandomRotation<0.5>;
    }
}

/// Compiled and interpreted networks give pictures back as they are; in training they do not.
#[test]
fn pictures_stay_as_they_are_at_inference() {
    let mut x = StillInput::default();
    x.x.as_flat_mut().iter_mut().enumerate().for_each(|(at, x)| *x = at as f32 * 20.0 - 70.0);
    x.steps.as_flat_mut().iter_mut().enumerate().for_each(|(at, x)| *x = at as f32 * 3.0 - 10.0);
    x.bytes.as_flat_mut().iter_mut().enumerate().for_each(|(at, x)| *x = at as u8 * 11);
    let y = Still::zeros().infer(&x, &mut StillWorkspace::new());
    assert_eq!((y.y, y.z), (x.x, x.steps));
    assert!(y.n.as_flat().iter().zip(x.bytes.as_flat()).all(|(y, x)| *y == f32::from(*x)));

    let text = "Input<2, 4, 5, 1> => TimeDistributed<RandomZoom<0.5>> => TimeDistributed<RandomBrightness<1, value_range = (-99, 99)>>";
    let network = nn_run::Network::<f32>::from_text(text).unwrap_or_else(|mistakes| panic!("{mistakes}"));
    let (x, mut y) = (&x.steps.as_flat()[..40], [0.0; 40]);
    network.infer(&[nn_run::Data::Real(x)], &mut network.workspace(), &mut [&mut y]).expect("a sample");
    assert_eq!(x, y);
    let step = nn_run::Step::forward(&network, &[nn_run::Data::Real(x)], 1, 7).expect("a sample");
    assert_ne!(step.output(0), x);
}
