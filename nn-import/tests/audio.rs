//! Models of audio effects, against what their formats say, written out naively.

use nn_import::{Model, Options};
use nn_run::{Data, Network};
use serde_json::{Value, json};

/// Numbers without an end, always the same.
struct Noise(u32);

impl Noise {
    fn next(&mut self) -> f64 {
        self.0 = self.0.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        (f64::from(self.0 >> 8) / f64::from(1 << 24) - 0.5) * 1.4
    }

    fn take(&mut self, count: usize) -> Vec<f64> {
        (0..count).map(|_| f64::from(self.next() as f32)).collect()
    }
}

const STEPS: usize = 40;

fn run(file: &Value, input: &[f64]) -> Vec<f64> {
    let options = Options::new().dim("steps", input.len());
    let model: Model = nn_import::read(file.to_string().as_bytes(), &options).unwrap_or_else(|error| panic!("{error}"));
    let network: Network = Network::from_text(&model.text).unwrap_or_else(|error| panic!("{error}\n{}", model.text));
    let mut network = network;
    for tensor in &model.weights {
        network.set_weight(&tensor.name, &tensor.values).expect("the weight is there");
    }
    let x: Vec<f32> = input.iter().map(|x| *x as f32).collect();
    let mut y = vec![0.0; input.len()];
    network.infer(&[Data::Real(&x)], &mut network.workspace(), &mut [&mut y]).expect("it runs");
    y.into_iter().map(f64::from).collect()
}

#[track_caller]
fn close(got: &[f64], want: &[f64]) {
    assert_eq!(got.len(), want.len());
    for (step, (got, want)) in got.iter().zip(want).enumerate() {
        assert!((got - want).abs() < 2e-5, "sample {step}: {got}, not {want}");
    }
}

fn sigmoid(x: f64) -> f64 {
    1.0 / (1.0 + (-x).exp())
}

/// The numbers of a file in the order in which a player takes them.
struct Taken<'a>(&'a [f64]);

impl Taken<'_> {
    fn take(&mut self, count: usize) -> Vec<f64> {
        let (taken, rest) = self.0.split_at(count);
        self.0 = rest;
        taken.to_vec()
    }
}

/// `[out][in]` times a vector.
fn product(matrix: &[f64], x: &[f64]) -> Vec<f64> {
    matrix.chunks(x.len()).map(|row| row.iter().zip(x).map(|(a, b)| a * b).sum()).collect()
}

/// An array of a WaveNet.
struct Stack {
    inputs: usize,
    channels: usize,
    kernel: usize,
    dilations: Vec<usize>,
    head: usize,
    bias: bool,
}

/// A WaveNet as NeuralAmpModelerCore computes it.
fn wavenet(arrays: &[Stack], gated: bool, weights: &[f64], x: &[f64]) -> Vec<f64> {
    let mut taken = Taken(weights);
    let mut flow: Vec<Vec<f64>> = x.iter().map(|x| vec![*x]).collect();
    let mut heads: Option<Vec<Vec<f64>>> = None;
    for Stack { inputs, channels, kernel, dilations, head, bias } in arrays {
        let (c, wide) = (*channels, if gated { 2 * channels } else { *channels });
        let rechannel = taken.take(c * inputs);
        flow = flow.iter().map(|x| product(&rechannel, x)).collect();
        let mut sum = heads.unwrap_or_else(|| vec![vec![0.0; c]; x.len()]);
        for dilation in dilations {
            let (conv, conv_bias) = (taken.take(wide * c * kernel), taken.take(wide));
            let (mixin, one, one_bias) = (taken.take(wide), taken.take(c * c), taken.take(c));
            let before = flow.clone();
            for step in 0..x.len() {
                let mut z: Vec<f64> = (0..wide).map(|out| conv_bias[out] + mixin[out] * x[step]).collect();
                for (out, z) in z.iter_mut().enumerate() {
                    for tap in 0..*kernel {
                        let Some(at) = step.checked_sub((kernel - 1 - tap) * dilation) else { continue };
                        *z += (0..c).map(|from| conv[(out * c + from) * kernel + tap] * before[at][from]).sum::<f64>();
                    }
                }
                let z: Vec<f64> =
                    (0..c).map(|out| z[out].tanh() * if gated { sigmoid(z[c + out]) } else { 1.0 }).collect();
                sum[step].iter_mut().zip(&z).for_each(|(sum, z)| *sum += z);
                for (out, mixed) in product(&one, &z).iter().enumerate() {
                    flow[step][out] = before[step][out] + mixed + one_bias[out];
                }
            }
        }
        let (weights, biases) = (taken.take(head * c), if *bias { taken.take(*head) } else { vec![0.0; *head] });
        let headed = |sum: &Vec<f64>| product(&weights, sum).iter().zip(&biases).map(|(a, b)| a + b).collect();
        heads = Some(sum.iter().map(headed).collect());
    }
    let scale = taken.take(1)[0];
    assert!(taken.0.is_empty());
    heads.expect("a head").iter().map(|y| y[0] * scale).collect()
}

#[test]
fn wavenets() {
    for gated in [false, true] {
        let arrays = [
            Stack { inputs: 1, channels: 4, kernel: 3, dilations: vec![1, 2, 4], head: 2, bias: false },
            Stack { inputs: 4, channels: 2, kernel: 2, dilations: vec![8, 1], head: 1, bias: true },
        ];
        let count = |Stack { inputs, channels: c, kernel, dilations, head, bias }: &Stack| {
            let wide = if gated { 2 * c } else { *c };
            c * inputs
                + dilations.len() * (wide * c * kernel + wide + wide + c * c + c)
                + head * c
                + if *bias { *head } else { 0 }
        };
        let weights = Noise(7).take(arrays.iter().map(count).sum::<usize>() + 1);
        let layers: Vec<Value> = arrays
            .iter()
            .map(|Stack { inputs, channels: c, kernel, dilations, head, bias }| {
                json!({"input_size": inputs, "condition_size": 1, "channels": c, "kernel_size": kernel, "dilations": dilations,
                    "head_size": head, "head_bias": bias, "activation": "Tanh", "gated": gated})
            })
            .collect();
        let file = json!({"version": "0.5.4", "architecture": "WaveNet", "config": {"layers": layers, "head": null, "head_scale": 0.02}, "weights": weights});
        let x = Noise(3).take(STEPS);
        close(&run(&file, &x), &wavenet(&arrays, gated, &weights, &x));
    }
}

#[test]
fn a_list_of_weights_of_another_length_is_an_error() {
    let file =
        json!({"architecture": "Linear", "config": {"receptive_field": 4, "bias": true}, "weights": [0.5, 0.5, 0.5]});
    let error = nn_import::read(file.to_string().as_bytes(), &Options::new()).unwrap_err();
    assert!(error.to_string().contains("weights where 4 are wanted"), "{error}");
}

#[test]
fn an_impulse_response_has_its_newest_sample_last() {
    let file = json!({"architecture": "Linear", "config": {"receptive_field": 3, "bias": true}, "weights": [0.0, 0.5, 1.0, 0.25]});
    close(&run(&file, &[1.0, 0.0, 0.0, 2.0]), &[1.25, 0.75, 0.25, 2.25]);
}

/// One step of an LSTM whose gates are i, f, g, o.
fn lstm_step(rows: &[f64], bias: &[f64], x: &[f64], h: &mut [f64], c: &mut [f64]) {
    let units = h.len();
    let all: Vec<f64> = x.iter().chain(h.iter()).copied().collect();
    let z: Vec<f64> = product(rows, &all).iter().zip(bias).map(|(a, b)| a + b).collect();
    for unit in 0..units {
        let gate = |gate: usize| z[gate * units + unit];
        c[unit] = sigmoid(gate(1)) * c[unit] + sigmoid(gate(0)) * gate(2).tanh();
        h[unit] = sigmoid(gate(3)) * c[unit].tanh();
    }
}

#[test]
fn an_lstm_of_nam_starts_from_the_state_of_its_file() {
    const UNITS: usize = 3;
    let weights =
        Noise(11).take(2 * (4 * UNITS + 2 * UNITS) + 4 * UNITS * (1 + UNITS) + 4 * UNITS * 2 * UNITS + UNITS + 1);
    let config = json!({"input_size": 1, "hidden_size": UNITS, "num_layers": 2});
    let file = json!({"architecture": "LSTM", "config": config, "weights": weights});
    let mut taken = Taken(&weights);
    let mut layers: Vec<_> = [1, UNITS]
        .map(|inputs| {
            let (rows, bias) = (taken.take(4 * UNITS * (inputs + UNITS)), taken.take(4 * UNITS));
            (rows, bias, taken.take(UNITS), taken.take(UNITS))
        })
        .into();
    let (head, bias) = (taken.take(UNITS), taken.take(1));
    let x = Noise(5).take(STEPS);
    let step = |x: &f64| {
        let mut at = vec![*x];
        for (rows, bias, h, c) in &mut layers {
            lstm_step(rows, bias, &at, h, c);
            at.clone_from(h);
        }
        product(&head, &at)[0] + bias[0]
    };
    let want: Vec<f64> = x.iter().map(step).collect();
    close(&run(&file, &x), &want);
}

/// `[rows][columns]` for a file.
fn matrix(values: &[f64], columns: usize) -> Value {
    values.chunks(columns).map(|row| Value::from(row.to_vec())).collect()
}

#[test]
fn recurrent_layers_of_pytorch() {
    const UNITS: usize = 4;
    for (kind, gates) in [("LSTM", 4), ("GRU", 3)] {
        let mut noise = Noise(13);
        let (w, u) = (noise.take(gates * UNITS), noise.take(gates * UNITS * UNITS));
        let (a, b) = (noise.take(gates * UNITS), noise.take(gates * UNITS));
        let (linear, bias) = (noise.take(UNITS), noise.take(1));
        let file = json!({
            "model_data": {"unit_type": kind, "input_size": 1, "hidden_size": UNITS, "output_size": 1, "num_layers": 1, "skip": 1},
            "state_dict": {"rec.weight_ih_l0": matrix(&w, 1), "rec.weight_hh_l0": matrix(&u, UNITS), "rec.bias_ih_l0": a,
                "rec.bias_hh_l0": b, "lin.weight": matrix(&linear, UNITS), "lin.bias": bias},
        });
        let x = Noise(17).take(STEPS);
        let (mut h, mut c) = (vec![0.0; UNITS], vec![0.0; UNITS]);
        let step = |x: &f64| {
            let from_x: Vec<f64> = w.iter().zip(&a).map(|(w, a)| w * x + a).collect();
            let from_h: Vec<f64> = product(&u, &h).iter().zip(&b).map(|(u, b)| u + b).collect();
            for unit in 0..UNITS {
                let gate = |gate: usize| from_x[gate * UNITS + unit] + from_h[gate * UNITS + unit];
                if gates == 4 {
                    c[unit] = sigmoid(gate(1)) * c[unit] + sigmoid(gate(0)) * gate(2).tanh();
                    h[unit] = sigmoid(gate(3)) * c[unit].tanh();
                } else {
                    let n = (from_x[2 * UNITS + unit] + sigmoid(gate(0)) * from_h[2 * UNITS + unit]).tanh();
                    h[unit] = (1.0 - sigmoid(gate(1))) * n + sigmoid(gate(1)) * h[unit];
                }
            }
            product(&linear, &h)[0] + bias[0] + x
        };
        let want: Vec<f64> = x.iter().map(step).collect();
        close(&run(&file, &x), &want);
    }
}

#[test]
fn a_chain_of_rtneural() {
    let layers = json!([
        {"type": "dense", "activation": "tanh", "shape": [null, null, 2], "weights": [[[0.5, -0.25]], [0.1, 0.2]]},
        {"type": "conv1d", "activation": "", "shape": [null, null, 1], "kernel_size": [2], "dilation": [2], "weights": [[[[1.0], [0.5]], [[0.25], [2.0]]], [0.0]]},
        {"type": "prelu", "activation": "", "shape": [null, null, 1], "weights": [[[0.5]]]},
        {"type": "activation", "activation": "tanh", "shape": [null, null, 1], "weights": []},
    ]);
    let x = [0.3, -1.0, 0.7, 0.2, -0.4];
    let hidden: Vec<[f64; 2]> = x.iter().map(|x: &f64| [(0.5 * x + 0.1).tanh(), (-0.25 * x + 0.2).tanh()]).collect();
    let want: Vec<f64> = (0..x.len())
        .map(|step| {
            let before = if step >= 2 { hidden[step - 2] } else { [0.0; 2] };
            let sum = before[0] + 0.5 * before[1] + 0.25 * hidden[step][0] + 2.0 * hidden[step][1];
            (if sum < 0.0 { 0.5 * sum } else { sum }).tanh()
        })
        .collect();
    close(&run(&json!({"in_shape": [null, null, 1], "layers": layers}), &x), &want);
}
