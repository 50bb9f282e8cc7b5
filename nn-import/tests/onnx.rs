//! ONNX files: read, run by nn-run, and compared with what Keras computes.

mod suite;

use nn_import::{ImportError, Options, onnx};
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

/// A message of protocol buffers: numbered fields of bytes.
fn message(fields: &[(u8, &[u8])]) -> Vec<u8> {
    let field = |(number, bytes): &(u8, &[u8])| {
        let mut field = vec![number << 3 | 2, bytes.len() as u8];
        field.extend_from_slice(bytes);
        field
    };
    fields.iter().flat_map(field).collect()
}

/// A node that reads `from` and gives `to`.
fn node(op: &str, domain: &str, from: &str, to: &str) -> Vec<u8> {
    message(&[(1, from.as_bytes()), (2, to.as_bytes()), (3, b"it"), (4, op.as_bytes()), (7, domain.as_bytes())])
}

/// An input or output of floats, with a dimension for each name.
fn info(name: &str, dims: &[&str]) -> Vec<u8> {
    let dims: Vec<u8> = dims.iter().flat_map(|dim| message(&[(1, &message(&[(2, dim.as_bytes())]))])).collect();
    let mut tensor = vec![8, 1];
    tensor.extend(message(&[(2, &dims)]));
    message(&[(1, name.as_bytes()), (2, &message(&[(1, &tensor)]))])
}

fn file(nodes: &[Vec<u8>], output: &str) -> Vec<u8> {
    let nodes: Vec<u8> = nodes.iter().flat_map(|node| message(&[(1, node)])).collect();
    let ends = message(&[(11, &info("x", &["batch", "steps"])), (12, &info(output, &[]))]);
    let graph: Vec<u8> = nodes.into_iter().chain(ends).collect();
    let mut bytes = vec![8, 8];
    bytes.extend(message(&[(8, &[16, 17]), (7, &graph)]));
    bytes
}

#[test]
fn open_sizes_are_bound_by_name() {
    let bytes = file(&[node("Relu", "", "x", "y")], "y");
    let error = onnx::read(&bytes, &Options::new()).unwrap_err().to_string();
    assert!(error.contains("input `x`") && error.contains("`steps`"), "{error}");
    for options in [Options::new().dim("steps", 7), Options::new().input("x", &[1, 7])] {
        let model = nn_import::read(&bytes, &options).expect("it is read");
        assert_eq!(model.text, "pub struct Model = Input<7> => ReLU;\n");
        assert_eq!((model.inputs, model.outputs), (vec!["x".to_owned()], vec!["y".to_owned()]));
    }
    let error = onnx::read(&bytes, &Options::new().input("z", &[1, 7])).unwrap_err().to_string();
    assert!(error.contains("`z`") && error.contains("its inputs are `x`"), "{error}");
}

#[test]
fn all_that_cannot_be_had_is_listed() {
    let nodes = [node("Relu", "", "x", "a"), node("NonZero", "", "a", "b"), node("Quick", "com.example", "a", "c")];
    let error = onnx::read(&file(&nodes, "b"), &Options::new().dim("steps", 7)).unwrap_err();
    let ImportError::Unsupported(all) = &error else { panic!("{error}") };
    assert_eq!(all.iter().map(|one| one.node.as_str()).collect::<Vec<_>>(), ["`it` (NonZero)", "`it` (Quick)"]);
    assert!(all[1].problem.contains("com.example") && !all[1].help.is_empty(), "{error}");
}
