//! `nn import`.

use std::collections::BTreeMap;
use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};

use nn_import::{Model, Options};
use safetensors::Dtype;
use safetensors::tensor::TensorView;

use crate::open::{self, Stop};

pub fn import(file: &Path, options: &Options, output: Option<&Path>) -> Result<(), Stop> {
    let model = open::model(file, options)?;
    let name = output.map_or_else(|| file.with_extension(""), Path::to_owned);
    let (text, weights) = (name.with_extension("rs"), name.with_extension("safetensors"));
    let has_weights = !model.weights.is_empty();
    if has_weights {
        replace(&weights, &safetensors(&model)?)?;
        println!("{}", weights.display());
    }
    replace(&text, program(&model, has_weights.then_some(&weights)).as_bytes())?;
    println!("{}", text.display());
    Ok(())
}

/// The network as a Rust file.
fn program(model: &Model, weights: Option<&PathBuf>) -> String {
    let lines: String = model.text.lines().map(|line| format!("    {line}\n")).collect();
    let weights = weights.map(|path| format!("    #[weights({:?})]\n", path.display().to_string())).unwrap_or_default();
    format!("nn::network! {{\n{weights}{lines}}}\n")
}

fn safetensors(model: &Model) -> Result<Vec<u8>, Stop> {
    let bytes = |values: &[f32]| values.iter().flat_map(|value| value.to_le_bytes()).collect::<Vec<u8>>();
    let arrays: Vec<Vec<u8>> = model.weights.iter().map(|tensor| bytes(&tensor.values)).collect();
    let mut views = BTreeMap::new();
    for (tensor, bytes) in model.weights.iter().zip(&arrays) {
        views.insert(tensor.name.as_str(), TensorView::new(Dtype::F32, tensor.shape.clone(), bytes)?);
    }
    Ok(safetensors::serialize(views, None)?)
}

/// Writes a file as a whole, or not at all.
fn replace(path: &Path, bytes: &[u8]) -> Result<(), Stop> {
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    fs::create_dir_all(folder)?;
    let mut file = tempfile::NamedTempFile::new_in(folder)?;
    file.write_all(bytes)?;
    file.persist(path).map_err(|error| format!("{}: {error}", path.display()))?;
    Ok(())
}
