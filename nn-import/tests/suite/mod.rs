//! The golden models, and what Keras computes of them.

use std::fs;
use std::path::PathBuf;

use nn_import::Model;
use nn_run::{Data, Network};
use safetensors::{Dtype, SafeTensors};

pub fn folder() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../tests/golden/fixtures/models")
}

/// What the suite says of all models.
pub fn models() -> Vec<Golden> {
    let text = fs::read_to_string(folder().join("models.json")).expect("models.json");
    let json: serde_json::Value = serde_json::from_str(&text).expect("JSON");
    let names = |json: &serde_json::Value| json.as_object().expect("an object").keys().cloned().collect();
    let golden = |model: &serde_json::Value| Golden {
        name: model["name"].as_str().expect("a name").to_owned(),
        inputs: names(&model["inputs"]),
        outputs: names(&model["outputs"]),
    };
    json["models"].as_array().expect("a list").iter().map(golden).collect()
}

/// A model of the suite.
pub struct Golden {
    pub name: String,
    pub inputs: Vec<String>,
    pub outputs: Vec<String>,
}

fn numbers(tensors: &SafeTensors, name: &str) -> Vec<f32> {
    let tensor = tensors.tensor(name).unwrap_or_else(|_| panic!("no tensor `{name}`"));
    assert!(matches!(tensor.dtype(), Dtype::F32 | Dtype::U32));
    let bytes = tensor.data().chunks_exact(4).map(|bytes| bytes.try_into().expect("four"));
    match tensor.dtype() {
        Dtype::F32 => bytes.map(f32::from_le_bytes).collect(),
        _ => bytes.map(|bytes| u32::from_le_bytes(bytes) as f32).collect(),
    }
}

/// Runs a model on the golden inputs, and compares its results.
pub fn check(Golden { name, inputs: given, outputs: wanted }: &Golden, model: &Model) {
    let bytes = fs::read(folder().join(format!("{name}.golden.safetensors"))).expect("golden");
    let tensors = SafeTensors::deserialize(&bytes).expect("safetensors");
    let mut network: Network =
        Network::from_text(&model.text).unwrap_or_else(|error| panic!("{name}: {error}\n{}", model.text));
    let weights: Vec<f32> = model.weights.iter().flat_map(|tensor| tensor.values.iter().copied()).collect();
    assert_eq!(network.weights_mut().len(), weights.len(), "{name}: {}", model.text);
    network.weights_mut().copy_from_slice(&weights);
    let mut workspace = network.workspace();
    let (inputs, outputs) = (network.inputs().to_vec(), network.outputs().to_vec());
    let given: Vec<Vec<f32>> = given.iter().map(|name| numbers(&tensors, &format!("input.{name}"))).collect();
    let wanted: Vec<Vec<f32>> = wanted.iter().map(|name| numbers(&tensors, &format!("output.{name}"))).collect();
    let samples = given[0].len() / inputs[0].len();
    for sample in 0..samples {
        let ids: Vec<Vec<u32>> = inputs
            .iter()
            .zip(&given)
            .map(|(part, all)| all[sample * part.len()..][..part.len()].iter().map(|x| *x as u32).collect())
            .collect();
        let data: Vec<Data<f32>> = inputs
            .iter()
            .zip(given.iter().zip(&ids))
            .map(|(part, (all, ids))| match part.kind {
                nn_run::Kind::U32 => Data::U32(ids),
                _ => Data::Real(&all[sample * part.len()..][..part.len()]),
            })
            .collect();
        let mut results: Vec<Vec<f32>> = outputs.iter().map(|part| vec![0.0; part.len()]).collect();
        let mut slices: Vec<&mut [f32]> = results.iter_mut().map(Vec::as_mut_slice).collect();
        network.infer(&data, &mut workspace, &mut slices).expect("it runs");
        for ((part, result), wanted) in outputs.iter().zip(&results).zip(&wanted) {
            let wanted = &wanted[sample * part.len()..][..part.len()];
            for (got, want) in result.iter().zip(wanted) {
                assert!(
                    (got - want).abs() <= 1e-5 + 1e-5 * want.abs(),
                    "{name}, `{}`: {got}, not {want}\n{}",
                    part.name,
                    model.text
                );
            }
        }
    }
}

pub fn read(file: &str) -> Vec<u8> {
    fs::read(folder().join(file)).expect("the file")
}
