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

/// Random numbers that are the same in every run (xorshift).
struct Random(u64);

impl Random {
    fn below(&mut self, end: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 % end.max(1) as u64) as usize
    }

    /// A file with some of its bytes others, gone, or twice.
    fn mutated(&mut self, bytes: &[u8]) -> Vec<u8> {
        let mut bytes = bytes.to_vec();
        for _ in 0..=self.below(4) {
            let at = self.below(bytes.len());
            match self.below(6) {
                0 => bytes.truncate(at),
                1 => bytes[at] = self.below(256) as u8,
                2 => bytes[at] ^= 1 << self.below(8),
                3 => drop(bytes.remove(at)),
                4 => bytes.insert(at, [0, 1, 127, 128, 255][self.below(5)]),
                _ => {
                    let end = (at + self.below(40)).min(bytes.len());
                    let part = bytes[at..end].to_vec();
                    bytes.splice(at..at, part);
                }
            }
            if bytes.is_empty() {
                break;
            }
        }
        bytes
    }
}

/// How many files are tried; `NN_MUTATIONS` asks for more.
fn mutations() -> usize {
    std::env::var("NN_MUTATIONS").ok().and_then(|count| count.parse().ok()).unwrap_or(20_000)
}

#[test]
fn no_bytes_make_it_panic() {
    let mut random = Random(0x5eed);
    let files: Vec<(String, Vec<u8>)> =
        models().into_iter().map(|golden| (golden.name.clone(), read(&format!("{}.onnx", golden.name)))).collect();
    let mut taken = 0;
    for round in 0..mutations() {
        let (name, file) = &files[round % files.len()];
        let bytes = random.mutated(file);
        taken += usize::from(onnx::read(&bytes, &one_sample(name)).is_ok());
    }
    // Some mutations touch numbers alone.
    assert!(taken > 0);
}
