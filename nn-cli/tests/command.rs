//! `nn` as a person calls it.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

fn nn(arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_nn")).args(arguments).output().expect("it runs")
}

fn fixture(name: &str) -> String {
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../tests/golden/fixtures/models");
    folder.join(name).display().to_string()
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

/// An array of floats as NumPy writes it.
fn npy(path: &Path, shape: &str, values: &[f32]) {
    let mut header = format!("{{'descr': '<f4', 'fortran_order': False, 'shape': {shape}, }}");
    while (header.len() + 11) % 64 != 0 {
        header.push(' ');
    }
    header.push('\n');
    let mut bytes = b"\x93NUMPY\x01\x00".to_vec();
    bytes.extend((header.len() as u16).to_le_bytes());
    bytes.extend(header.as_bytes());
    bytes.extend(values.iter().flat_map(|value| value.to_le_bytes()));
    fs::write(path, bytes).expect("it is written");
}

#[test]
fn a_summary_has_the_network() {
    let output = nn(&["summary", &fixture("mlp.keras")]);
    assert!(output.status.success(), "{}", text(&output.stderr));
    let text = text(&output.stdout);
    assert!(text.contains("    => Dense<9, activation = relu>\n    => Dropout<0.5>\n"), "{text}");
    assert!(text.contains("weights 140 in 6 arrays"), "{text}");
}

#[test]
fn what_is_imported_is_a_program_and_its_weights() {
    let folder = tempfile::tempdir().expect("a folder");
    let name = folder.path().join("small");
    let output = nn(&["import", &fixture("mlp.h5"), "-o", &name.display().to_string()]);
    assert!(output.status.success(), "{}", text(&output.stderr));
    let program = fs::read_to_string(name.with_extension("rs")).expect("the program");
    assert!(program.starts_with("nn::network! {\n    #[weights("), "{program}");
    let weights = fs::read(name.with_extension("safetensors")).expect("the weights");
    let weights = safetensors::SafeTensors::deserialize(&weights).expect("safetensors");
    assert_eq!(weights.tensor("dense_1.kernel").expect("the kernel").shape(), [9, 5]);
}

#[test]
fn a_run_writes_an_array_for_each_output() {
    let folder = tempfile::tempdir().expect("a folder");
    let input = folder.path().join("x.npy");
    npy(&input, "(2, 7)", &[0.25; 14]);
    let (folder, input) = (folder.path().display().to_string(), input.display().to_string());
    let output = nn(&["run", &fixture("mlp.keras"), &input, "-o", &folder]);
    assert!(output.status.success(), "{}", text(&output.stderr));
    assert!(text(&output.stdout).contains("output.npy: [2, 3]"), "{}", text(&output.stdout));
    let bytes = fs::read(Path::new(&folder).join("output.npy")).expect("the result");
    let shares: Vec<f32> = npyz::NpyFile::new(&bytes[..]).expect("an array").into_vec().expect("floats");
    assert!((shares[..3].iter().sum::<f32>() - 1.0).abs() < 1e-6, "{shares:?}");
    assert_eq!(shares[..3], shares[3..]);
}

#[test]
fn a_check_finds_what_is_off() {
    let folder = tempfile::tempdir().expect("a folder");
    fs::copy(fixture("mlp.keras"), folder.path().join("mlp.keras")).expect("the model");
    npy(&folder.path().join("x.npy"), "(1, 7)", &[0.0; 7]);
    npy(&folder.path().join("y.npy"), "(1, 3)", &[0.0; 3]);
    let case = r#"{"inputs": [{"name": "x", "file": "x.npy"}], "outputs": [{"name": "dense_2", "file": "y.npy"}]}"#;
    let meta = format!(r#"{{"primary": "mlp.keras", "files": {{"mlp.keras": {{}}}}, "cases": [{case}]}}"#);
    fs::write(folder.path().join("meta.json"), meta).expect("it is written");
    let output = nn(&["check", &folder.path().display().to_string()]);
    assert_eq!(output.status.code(), Some(1));
    assert!(text(&output.stdout).contains("OFF by"), "{}", text(&output.stdout));
}

#[test]
fn a_file_that_is_none_is_said() {
    let output = nn(&["summary", &fixture("models.golden")]);
    assert_eq!(output.status.code(), Some(1));
    assert!(text(&output.stderr).contains("cannot read"), "{}", text(&output.stderr));
    let output = nn(&["summary", &fixture("mlp.weights.h5")]);
    assert!(text(&output.stderr).contains("no description of the network"), "{}", text(&output.stderr));
}
