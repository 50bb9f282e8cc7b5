//! `nn run`.

use std::path::{Path, PathBuf};

use nn_import::Options;
use nn_run::{Network, State, Workspace};

use crate::array::{Array, Sample};
use crate::open::{self, Stop};

pub fn run(file: &Path, options: &Options, inputs: &[PathBuf], folder: &Path) -> Result<(), Stop> {
    let (_, network) = open::network(file, options)?;
    let arrays = inputs.iter().map(|path| Array::read(path)).collect::<Result<Vec<_>, _>>()?;
    if arrays.len() != network.inputs().len() {
        let names: Vec<&str> = network.inputs().iter().map(|part| part.name.as_str()).collect();
        let problem = format!("{} arrays are given for the inputs `{}`", arrays.len(), names.join("`, `"));
        return Err(problem.into());
    }
    let results = batch(&network, &arrays)?;
    for (part, result) in network.outputs().iter().zip(&results) {
        let path = folder.join(format!("{}.npy", part.name));
        result.write(&path).map_err(|error| format!("{}: {error}", path.display()))?;
        println!("{}: {:?}", path.display(), result.shape);
    }
    Ok(())
}

/// Runs a network on whole arrays, sample by sample.
pub fn batch(network: &Network, arrays: &[Array]) -> Result<Vec<Array>, Stop> {
    let mut samples = None;
    for (part, array) in network.inputs().iter().zip(arrays) {
        let len = part.len().max(1);
        let count = array.values.len() / len;
        if array.values.len() % len != 0 || samples.is_some_and(|samples| samples != count) {
            let problem = format!(
                "`{}` takes samples of {:?}, and is given an array of {:?}",
                part.name, part.shape, array.shape
            );
            return Err(problem.into());
        }
        samples = Some(count);
    }
    let samples = samples.unwrap_or(1);
    let mut workspace = network.workspace();
    let mut results: Vec<Vec<f64>> = vec![Vec::new(); network.outputs().len()];
    for sample in 0..samples {
        let cut = |array: &Array, len: usize| array.values[sample * len..][..len].to_vec();
        let given: Vec<Vec<f64>> =
            network.inputs().iter().zip(arrays).map(|(part, array)| cut(array, part.len())).collect();
        for (all, one) in results.iter_mut().zip(infer(network, &mut workspace, None, &given)?) {
            all.extend(one);
        }
    }
    let array = |(part, values): (&nn_run::Part, Vec<f64>)| Array {
        shape: std::iter::once(samples).chain(part.shape.iter().copied()).collect(),
        values,
        is_whole: false,
    };
    Ok(network.outputs().iter().zip(results).map(array).collect())
}

/// One sample; with a state, the next of a stream.
pub fn infer(
    network: &Network,
    workspace: &mut Workspace<f32>,
    state: Option<&mut State<f32>>,
    given: &[Vec<f64>],
) -> Result<Vec<Vec<f64>>, Stop> {
    let samples = network.inputs().iter().zip(given).map(|(part, values)| Sample::new(part, values));
    let samples = samples.collect::<Result<Vec<_>, _>>()?;
    let data: Vec<_> = samples.iter().map(Sample::data).collect();
    let mut results: Vec<Vec<f32>> = network.outputs().iter().map(|part| vec![0.0; part.len()]).collect();
    let mut slices: Vec<&mut [f32]> = results.iter_mut().map(Vec::as_mut_slice).collect();
    match state {
        Some(state) => network.infer_stateful(&data, state, workspace, &mut slices)?,
        None => network.infer(&data, workspace, &mut slices)?,
    }
    Ok(results.into_iter().map(|result| result.into_iter().map(f64::from).collect()).collect())
}
