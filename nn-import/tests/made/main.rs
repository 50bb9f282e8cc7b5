//! ONNX files that are made here, node by node.

mod attention;
mod blocks;
mod file;
mod mutated;
mod operators;
mod patterns;
mod states;

use nn_import::{Model, Options, onnx};
use nn_run::{Data, Network};

/// Numbers that are no pattern.
pub fn numbers(count: usize, seed: usize) -> Vec<f32> {
    (0..count).map(|i| ((i * 7919 + seed * 104_729 + 13) % 2003) as f32 / 1001.5 - 1.0).collect()
}

/// The model of a file.
pub fn model(bytes: &[u8]) -> Model {
    onnx::read(bytes, &Options::new()).unwrap_or_else(|error| panic!("{error}"))
}

/// The first output of a model.
pub fn run(model: &Model, inputs: &[Data<f32>]) -> Vec<f32> {
    let mut network: Network =
        Network::from_text(&model.text).unwrap_or_else(|error| panic!("{error}\n{}", model.text));
    let weights: Vec<f32> = model.weights.iter().flat_map(|tensor| tensor.values.iter().copied()).collect();
    network.weights_mut().copy_from_slice(&weights);
    let mut output = vec![0.0; network.outputs()[0].len()];
    network.infer(inputs, &mut network.workspace(), &mut [&mut output]).expect("it runs");
    output
}

/// Whether numbers are those that are wanted.
#[track_caller]
pub fn close(got: &[f32], want: &[f64], model: &Model) {
    assert_eq!(got.len(), want.len());
    for (got, want) in got.iter().zip(want) {
        assert!((f64::from(*got) - want).abs() < 1e-5 * want.abs().max(1.0), "{got}, not {want}\n{}", model.text);
    }
}

/// The softmax of a row.
pub fn shares(row: &[f64]) -> Vec<f64> {
    let sum: f64 = row.iter().map(|x| x.exp()).sum();
    row.iter().map(|x| x.exp() / sum).collect()
}
