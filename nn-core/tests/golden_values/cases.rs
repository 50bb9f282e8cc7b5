//! Reading Keras' results: the cases of one kind, and their tensors.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use nn_core::config::{Options, Value as Setting};
use nn_core::error::ConfigError;
use safetensors::{Dtype, SafeTensors};
use serde_json::Value;

/// A case with its tensors.
pub struct Case {
    pub json: Value,
    tensors: BTreeMap<String, (Vec<usize>, Vec<f64>)>,
}

impl Case {
    pub fn name(&self) -> &str {
        self.text("name")
    }

    pub fn text(&self, key: &str) -> &str {
        self.json[key].as_str().unwrap_or_default()
    }

    /// What the case's `class` and `config` say; `None` if there is no such class, or its options are not values that it takes.
    pub fn make<O>(&self, from_config: fn(&str, Options<'_>) -> Result<O, ConfigError>) -> Option<O> {
        let config = self.json["config"].as_object()?;
        let option = |(name, value)| Some((String::as_str(name), Setting::from_json(value)?));
        let options = config.iter().map(option).collect::<Option<Vec<_>>>()?;
        match from_config(self.text("class"), &options) {
            Ok(object) => Some(object),
            // Nothing of that name, or not with all values that Keras takes.
            Err(ConfigError::Name { .. } | ConfigError::Value { .. }) => None,
            Err(error) => panic!("{}: {error}", self.name()),
        }
    }

    pub fn has(&self, tensor: &str) -> bool {
        self.tensors.contains_key(tensor)
    }

    pub fn shape(&self, tensor: &str) -> &[usize] {
        &self.tensors[tensor].0
    }

    pub fn tensor(&self, tensor: &str) -> &[f64] {
        &self.tensors[tensor].1
    }

    pub fn tensors(&self) -> impl Iterator<Item = &str> {
        self.tensors.keys().map(String::as_str)
    }

    /// Whether all of `got` is within the case's tolerances of `want`.
    pub fn check(&self, what: &str, got: &[f64], want: &[f64]) -> Result<(), String> {
        let atol = self.json["atols"][what].as_f64().or(self.json["atol"].as_f64()).unwrap_or(1e-6);
        let rtol = self.json["rtol"].as_f64().unwrap_or(1e-5);
        if got.len() != want.len() {
            return Err(format!("{}: {what}: {} elements for {}", self.name(), got.len(), want.len()));
        }
        for (at, (got, want)) in got.iter().zip(want).enumerate() {
            let off = (got - want).abs();
            if off.is_nan() || off > atol + rtol * want.abs() {
                return Err(format!("{}: {what}[{at}]: {got} for {want}", self.name()));
            }
        }
        Ok(())
    }
}

/// The folder of Keras' results, where one is named.
fn folder() -> Option<PathBuf> {
    std::env::var_os("NN_GOLDEN").map(PathBuf::from)
}

/// The cases of one kind; `None`, with the reason printed, where no folder is named.
pub fn load(kind: &str) -> Option<Vec<Case>> {
    let Some(folder) = folder() else {
        println!("skipped: NN_GOLDEN names no folder of Keras' results");
        return None;
    };
    let text = std::fs::read_to_string(folder.join("cases.json")).expect("cases.json");
    let all: Value = serde_json::from_str(&text).expect("JSON");
    let cases = all["cases"].as_array().expect("cases").iter().filter(|case| case["kind"] == kind);
    let mut files = BTreeMap::new();
    Some(cases.map(|case| Case { json: case.clone(), tensors: tensors(case, &folder, &mut files) }).collect())
}

fn tensors(
    case: &Value,
    folder: &Path,
    files: &mut BTreeMap<String, Vec<u8>>,
) -> BTreeMap<String, (Vec<usize>, Vec<f64>)> {
    let Some(file) = case["file"].as_str() else { return BTreeMap::new() };
    let bytes = files.entry(file.into()).or_insert_with(|| std::fs::read(folder.join(file)).expect("tensors"));
    let all = SafeTensors::deserialize(bytes).expect("safetensors");
    let name = case["name"].as_str().unwrap_or_default();
    let names = case["tensors"].as_array().into_iter().flatten().filter_map(Value::as_str);
    let read = |tensor: &str| {
        let view = all.tensor(&format!("{name}/{tensor}")).expect("tensor");
        (tensor.to_string(), (view.shape().to_vec(), numbers(view.dtype(), view.data())))
    };
    names.map(read).collect()
}

fn numbers(dtype: Dtype, bytes: &[u8]) -> Vec<f64> {
    let words = || bytes.as_chunks::<4>().0.iter();
    match dtype {
        Dtype::F32 => words().map(|&word| f64::from(f32::from_le_bytes(word))).collect(),
        Dtype::I32 => words().map(|&word| f64::from(i32::from_le_bytes(word))).collect(),
        Dtype::U32 => words().map(|&word| f64::from(u32::from_le_bytes(word))).collect(),
        Dtype::BOOL | Dtype::U8 => bytes.iter().map(|&byte| f64::from(byte)).collect(),
        Dtype::F64 => bytes.as_chunks::<8>().0.iter().map(|&word| f64::from_le_bytes(word)).collect(),
        other => panic!("tensors of {other:?}"),
    }
}

/// Runs all cases; `run` gives `None` for a case that is not covered. Prints the counts, and fails with every failure.
pub fn run_all(kind: &str, run: impl Fn(&Case) -> Option<Result<(), String>>) {
    let Some(cases) = load(kind) else { return };
    let (mut passed, mut failures, mut uncovered) = (0, Vec::new(), Vec::new());
    for case in &cases {
        match run(case) {
            Some(Ok(())) => passed += 1,
            Some(Err(failure)) => failures.push(failure),
            None => uncovered.push(case.name()),
        }
    }
    println!("{kind}: {passed} passed, {} failed, {} not covered: {uncovered:?}", failures.len(), uncovered.len());
    assert!(failures.is_empty(), "{kind}:\n{}", failures.join("\n"));
    assert!(passed > 0, "{kind}: no case");
}
