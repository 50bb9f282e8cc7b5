//! Numbers, slices and free weights in compiled networks: where sizes are constants, step by step, and in files.

use nn::prelude::*;

const STEPS: usize = 6;
const FEATURES: usize = 4;
const FROM: usize = 2;

nn::network! {
    /// All sizes are constants that the macro does not see.
    struct Constants(x: Input<STEPS, FEATURES>) -> (tail, last, every, sum) {
        weight<trainable = false> scale: [FEATURES] = constant(2.0);
        weight table: [STEPS, { FEATURES * 2 }] = normal(0.0, 1.0);
        let tail = x[FROM.., ..-1];
        let last = x[-1, FROM];
        let every = x[(1..).step_by(FROM), (..=FROM).step_by(2)];
        let sum = (x - 1.0) * scale / 4.0 + table[.., FEATURES..];
    }
}

nn::network! {
    /// Step by step: a weight of one step is the same for all of them.
    #[stream]
    struct Steps(x: Input<STEPS, FEATURES>) -> y {
        weight gain: [FEATURES] = uniform(0.5, 1.5);
        let h = (1.0 - x * 0.5) * gain => GRU<4, return_sequences = true>;
        let h = h[.., 1..] / (Square(h[.., ..3]) + 1.0) - Abs(h[.., -1..]);
        weight mix: [3, 4] = uniform(-1.0, 1.0);
        weight row: [3] = uniform(-1.0, 1.0);
        let (a, b) = Matmul(h, mix) => Split<2>;
        let sums = Sum<axis = -1, keepdims = true>(Maximum(a, 0.1)) + Stack(Mean<axis = 2>(b), Matmul(h, row)) * Norm<-1, keepdims = true>(h);
        let y = Where(Less(a, b), CumSum<axis = 2>(a), Pad<((0, 0), (1, 0))>(b)[.., 1..]) + sums => Dense<2>;
    }
}

nn::network! {
    /// Outputs that are named twice, inputs that are outputs, and weights that are.
    struct Outputs(x: Input<4>, z: Input<2>) -> (y, z, y, gain) {
        weight gain: [4] = constant(3.0);
        let y = x * gain => [Dense<N>; N in (4, 2)];
    }
}

nn::network! {
    /// Nothing that has a state.
    #[stream]
    struct Plain(x: Input<STEPS, FEATURES>) -> y {
        weight gain: [3] = uniform(0.5, 1.5);
        let y = -x[.., 1..] + Sin(x)[.., ..3] * gain;
    }
}

fn samples() -> [[f32; FEATURES]; STEPS] {
    core::array::from_fn(|step| core::array::from_fn(|feature| ((step * 5 + feature * 3) % 7) as f32 * 0.25 - 0.7))
}

#[test]
fn sizes_may_be_constants() {
    let (mut net, x) = (Constants::new(&mut nn::rng(1)), samples());
    net.table = core::array::from_fn(|row| core::array::from_fn(|column| (10 * row + column) as f32));
    let y = net.infer(&x.into(), &mut Default::default());
    assert_eq!(y.tail.0, [2, 3, 4, 5].map(|step| [x[step][0], x[step][1], x[step][2]]));
    assert_eq!(y.last.0, [x[5][2]]);
    assert_eq!(y.every.0, [1, 3, 5].map(|step: usize| [x[step][0], x[step][2]]));
    for (step, row) in y.sum.0.iter().enumerate() {
        for (feature, y) in row.iter().enumerate() {
            let want = (x[step][feature] - 1.0) * 2.0 * 0.25 + (10 * step + feature + FEATURES) as f32;
            assert!((y - want).abs() < 1e-5, "{step}, {feature}: {y}, not {want}");
        }
    }
}

#[test]
fn weights_have_their_own_names() {
    let names: Vec<&str> = Constants::PARAMS.iter().map(|param| param.name).collect();
    assert_eq!(names, ["scale", "table"]);
    assert_eq!((Constants::PARAMETERS, Constants::PARAMS[0].trainable), (4 + 48, false));
    let net = Constants::new(&mut nn::rng(1));
    assert_eq!(net.scale, [2.0; FEATURES]);
    let file = std::env::temp_dir().join(format!("nn_arithmetic_{}.safetensors", std::process::id()));
    net.save(&file).expect("the file is written");
    let other = Constants::load(&file).expect("the file fits");
    std::fs::remove_file(&file).expect("the file is there");
    assert_eq!((other.scale, other.table), (net.scale, net.table));
    let summary = Constants::summary().to_string();
    assert!(summary.contains("table") && summary.contains("Weight"), "{summary}");
}

#[test]
fn steps_are_the_whole_sequence() {
    let (net, x) = (Steps::new(&mut nn::rng(2)), samples());
    let whole = net.infer(&x.into(), &mut Default::default());
    let mut state = Default::default();
    for (x, want) in x.into_iter().zip(whole.0) {
        let y = net.step(&x.into(), &mut state);
        for (y, want) in y.0.iter().zip(want) {
            assert!((y - want).abs() < 1e-6, "{y}, not {want}");
        }
    }
    let plain = Plain::new(&mut nn::rng(3));
    let whole = plain.infer(&x.into(), &mut Default::default());
    for (x, want) in x.into_iter().zip(whole.0) {
        assert_eq!(plain.step(&x.into(), &mut Default::default()).0, want);
    }
}

#[test]
fn outputs_may_be_inputs_and_weights_and_the_same() {
    let net = Outputs::new(&mut nn::rng(4));
    let x = OutputsInput { x: [0.1, 0.2, 0.3, 0.4].into(), z: [5.0, 6.0].into() };
    let y = net.infer(&x, &mut Default::default());
    assert_eq!((y.y.0, y.z.0, y.gain.0), (y.y_1.0, [5.0, 6.0], [3.0; 4]));
    assert!(y.y.0.iter().any(|y| *y != 0.0));
    let mut workspace = OutputsWorkspace::new();
    assert_eq!(net.infer(&x, &mut workspace), net.infer(&x, &mut workspace));
}
