//! ONNX files: read, run by nn-run, and compared with what Keras computes.

mod suite;

use nn_import::{Options, onnx};
use suite::{check, models, read};

/// The sizes of one sample, with the batch that the files have been exported for.
fn one_sample(name: &str) -> Options {
    let shapes: &[(&str, &[usize])] = match name {
        "batch_norm_cnn" => &[("x", &[1, 9, 8, 3])],
        "bidirectional" => &[("x", &[1, 5, 3])],
        "conv1d_causal" => &[("x", &[1, 12, 2])],
        "gru_embedding" => &[("x", &[1, 8])],
        "headline" => &[("headline", &[1, 9]), ("extra", &[1, 4])],
        "lenet" => &[("x", &[1, 14, 14, 1])],
        "lstm" => &[("x", &[1, 6, 3])],
        "masked_lstm" => &[("x", &[1, 7])],
        "mlp" => &[("x", &[1, 7])],
        "resnet" => &[("x", &[1, 8, 8, 3])],
        _ => &[("x", &[1, 5, 6])],
    };
    shapes.iter().fold(Options::new(), |options, (name, shape)| options.input(name, shape))
}

#[test]
fn models_compute_what_keras_computes() {
    for golden in models() {
        let name = &golden.name;
        let model = onnx::read(&read(&format!("{name}.onnx")), &one_sample(name));
        let model = model.unwrap_or_else(|error| panic!("{name}: {error}"));
        check(&golden, &model);
    }
}
