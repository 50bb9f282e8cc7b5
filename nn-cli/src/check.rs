//! `nn check`: every file of a folder on all of its test vectors.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use nn_import::{Options, tflite};
use nn_run::{Network, Part, State};
use serde_json::Value as Json;

use crate::array::Array;
use crate::open::{self, Stop};
use crate::run;

pub fn check(folders: &[PathBuf]) -> ExitCode {
    let mut fine = true;
    for folder in folders {
        match Folder::open(folder) {
            Ok(folder) => fine &= folder.check(),
            Err(error) => {
                eprintln!("error: {}: {error}", folder.display());
                fine = false;
            }
        }
    }
    if fine { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

/// A folder, and what its meta.json says.
struct Folder {
    path: PathBuf,
    primary: String,
    files: Vec<String>,
    cases: Vec<Case>,
    /// Of the largest result of an output, or of one if that is larger.
    tolerance: f64,
}

/// Arrays in, and the arrays that must come out.
struct Case {
    /// `single`, or `stream: …` where the first axis counts steps.
    kind: String,
    inputs: Vec<(String, PathBuf)>,
    outputs: Vec<(String, PathBuf)>,
}

impl Folder {
    fn open(path: &Path) -> Result<Self, Stop> {
        let meta: Json = serde_json::from_slice(&fs::read(path.join("meta.json"))?)?;
        let files = meta["files"].as_object().ok_or("meta.json has no `files`")?.keys().cloned().collect();
        let arrays = |json: &Json| {
            let array = |json: &Json| Some((json["name"].as_str()?.to_owned(), path.join(json["file"].as_str()?)));
            json.as_array().into_iter().flatten().filter_map(array).collect::<Vec<_>>()
        };
        let case = |json: &Json| Case {
            kind: json["kind"].as_str().unwrap_or("single").to_owned(),
            inputs: arrays(&json["inputs"]),
            outputs: arrays(&json["outputs"]),
        };
        let cases = meta["cases"].as_array().into_iter().flatten().map(case).collect();
        let tolerance = tolerance(&meta["suggested_tolerance"]);
        let primary = meta["primary"].as_str().unwrap_or_default().to_owned();
        Ok(Folder { path: path.to_owned(), primary, files, cases, tolerance })
    }

    fn check(&self) -> bool {
        let mut fine = true;
        for file in &self.files {
            for (number, case) in self.cases.iter().enumerate().filter(|(_, case)| self.is_of(case, file)) {
                let name = format!("{}/{file} case {number}", self.path.display());
                match self.run(file, case) {
                    Ok(off) if off <= self.tolerance => println!("{name}: off by {off:.1e}"),
                    Ok(off) => {
                        println!("{name}: OFF by {off:.1e}, where {:.1e} is allowed", self.tolerance);
                        fine = false;
                    }
                    Err(error) => {
                        println!("{name}: FAILED: {error}");
                        fine = false;
                    }
                }
            }
        }
        fine
    }

    /// A case that names a file is that file's alone; all others are of all files.
    fn is_of(&self, case: &Case, file: &str) -> bool {
        let named = self.files.iter().find(|other| case.kind.starts_with(other.as_str()));
        named.map_or(file == self.primary || !self.has_own(file), |named| named == file)
    }

    fn has_own(&self, file: &str) -> bool {
        self.cases.iter().any(|case| case.kind.starts_with(file))
    }

    /// How far the results are off, in shares of the largest one.
    fn run(&self, file: &str, case: &Case) -> Result<f64, Stop> {
        let read = |(name, path): &(String, PathBuf)| Array::read(path).map(|array| (name.clone(), array));
        let mut inputs = case.inputs.iter().map(read).collect::<Result<Vec<_>, _>>()?;
        let mut wanted = case.outputs.iter().map(read).collect::<Result<Vec<_>, _>>()?;
        let is_stream = case.kind.contains("stream");
        let mut options = open::numbers(Options::new(), &assignments(&case.kind));
        // A file of TFLite leaves no size open, and may have the channels elsewhere than the vectors.
        let is_tflite = file.ends_with(".tflite");
        for (name, array) in inputs.iter().filter(|_| !is_tflite) {
            options = options.input(name, if is_stream { &array.shape[1..] } else { &array.shape });
        }
        // States go in and out by hand, so that all of them are compared; below they stay within the network.
        let (model, network) = open::network(&self.path.join(file), &options.clone().stateless())?;
        if is_tflite {
            let scales = tflite::scales(&fs::read(self.path.join(file))?)?;
            for (arrays, scales) in [&mut inputs, &mut wanted].into_iter().zip(scales) {
                let scaled = |((name, array), scale): ((String, Array), _)| (name, array.scaled(scale));
                *arrays = std::mem::take(arrays).into_iter().zip(scales).map(scaled).collect();
            }
            let moved = |((name, array), part): ((String, Array), &Part)| (name, array.channels_last(&part.shape));
            inputs = inputs.into_iter().zip(network.inputs()).map(moved).collect();
        }
        let names = Names { inputs: &model.inputs, outputs: &model.outputs };
        let results = if is_stream { steps(&network, names, &inputs, None)? } else { whole(&network, names, &inputs)? };
        let mut off: f64 = 0.0;
        for (place, (name, wanted)) in wanted.iter().enumerate() {
            // `state_last` is what the output `state` is after the last step.
            let last = name.strip_suffix("_last").filter(|_| !names.outputs.contains(name));
            let wanted_name = last.unwrap_or(name);
            let place = names.outputs.iter().position(|other| other == wanted_name).unwrap_or(place);
            let got = results.get(place).ok_or_else(|| format!("it has no output `{name}`"))?;
            let before = last.map_or(0, |_| got.len().saturating_sub(wanted.values.len()));
            let got = &got[before..];
            if got.len() != wanted.values.len() {
                return Err(
                    format!("`{name}` has {} elements, where {} are wanted", got.len(), wanted.values.len()).into()
                );
            }
            let largest = wanted.values.iter().fold(1.0, |largest: f64, value| largest.max(value.abs()));
            let far = got.iter().zip(&wanted.values).map(|(got, want)| (got - want).abs());
            off = far.fold(off, |off, far| if far.is_nan() { f64::INFINITY } else { off.max(far / largest) });
        }
        if is_stream {
            off = off.max(self.carried(file, &options, &inputs, names, &results)?);
        }
        Ok(off)
    }

    /// How far a stream is off whose states the network carries, against the one in which they go in and out.
    fn carried(
        &self,
        file: &str,
        options: &Options,
        inputs: &[(String, Array)],
        all: Names,
        wanted: &[Vec<f64>],
    ) -> Result<f64, Stop> {
        let (model, network) = open::network(&self.path.join(file), options)?;
        if model.inputs.len() == all.inputs.len() {
            return Ok(0.0);
        }
        let mut state = network.state();
        let names = Names { inputs: &model.inputs, outputs: &model.outputs };
        let results = steps(&network, names, inputs, Some(&mut state))?;
        let mut off: f64 = 0.0;
        for (name, got) in model.outputs.iter().zip(&results) {
            let place = all.outputs.iter().position(|other| other == name);
            let wanted = place.and_then(|place| wanted.get(place)).ok_or_else(|| format!("no output `{name}`"))?;
            let far = got.iter().zip(wanted).map(|(got, want)| (got - want).abs());
            off = far.fold(off, |off, far| if far.is_nan() { f64::INFINITY } else { off.max(far) });
        }
        Ok(off)
    }
}

/// A number, or the largest below 1 that a sentence has.
fn tolerance(json: &Json) -> f64 {
    let words = json.as_str().unwrap_or_default().split_whitespace();
    let numbers = words.filter_map(|word| word.parse().ok()).filter(|number| (0.0..1.0).contains(number));
    json.as_f64().or(numbers.reduce(f64::max)).unwrap_or(1e-4)
}

/// The file's own names.
#[derive(Clone, Copy)]
struct Names<'a> {
    inputs: &'a [String],
    outputs: &'a [String],
}

impl Names<'_> {
    /// The array of an input: that of its name, or the one in its place.
    fn find<'a>(&self, inputs: &'a [(String, Array)], place: usize) -> Option<&'a Array> {
        let named = inputs.iter().find(|(name, _)| *name == self.inputs[place]);
        let is_strange = inputs.iter().all(|(name, _)| !self.inputs.contains(name));
        named.or_else(|| inputs.get(place).filter(|_| is_strange)).map(|(_, array)| array)
    }
}

fn whole(network: &Network, names: Names, inputs: &[(String, Array)]) -> Result<Vec<Vec<f64>>, Stop> {
    let arrays = (0..network.inputs().len()).map(|place| {
        let array = names.find(inputs, place).ok_or_else(|| format!("no array for `{}`", names.inputs[place]))?;
        Ok(array.clone())
    });
    let arrays = arrays.collect::<Result<Vec<_>, Stop>>()?;
    Ok(run::batch(network, &arrays)?.into_iter().map(|array| array.values).collect())
}

/// Step by step: inputs without an array are a state, which goes from outputs of the same size back in.
fn steps(
    network: &Network,
    names: Names,
    inputs: &[(String, Array)],
    mut state: Option<&mut State<f32>>,
) -> Result<Vec<Vec<f64>>, Stop> {
    let count = inputs.first().map_or(0, |(_, array)| array.shape[0]);
    let arrays: Vec<Option<&Array>> = (0..network.inputs().len()).map(|place| names.find(inputs, place)).collect();
    let mut open: Vec<usize> = (0..network.outputs().len()).collect();
    let mut states = Vec::new();
    // The last outputs of that size are the states; the first is the result.
    for (place, part) in network.inputs().iter().enumerate().filter(|(place, _)| arrays[*place].is_none()) {
        let fits = |output: &usize| network.outputs()[*output].len() == part.len();
        let from = open.iter().position(|output| fits(output) && names.outputs[*output] != names.outputs[0]);
        let from = from
            .or_else(|| open.iter().position(fits))
            .ok_or_else(|| format!("no output is the state `{}`", part.name))?;
        states.push((place, open.remove(from)));
    }
    let mut carried: Vec<Vec<f64>> = network.inputs().iter().map(|part| vec![0.0; part.len()]).collect();
    let mut workspace = network.workspace();
    let mut results: Vec<Vec<f64>> = vec![Vec::new(); network.outputs().len()];
    for step in 0..count {
        for (place, part) in network.inputs().iter().enumerate() {
            if let Some(array) = arrays[place] {
                let len = part.len();
                let values = array.values.get(step * len..(step + 1) * len);
                let values = values.ok_or_else(|| format!("`{}` takes {len} elements a step", part.name))?;
                carried[place].copy_from_slice(values);
            }
        }
        let outputs = run::infer(network, &mut workspace, state.as_deref_mut(), &carried)?;
        for (input, output) in &states {
            carried[*input].clone_from(&outputs[*output]);
        }
        results.iter_mut().zip(outputs).for_each(|(all, one)| all.extend(one));
    }
    Ok(results)
}

/// `sr=16000` in a sentence.
fn assignments(text: &str) -> Vec<(String, f64)> {
    let words = text.split(|c: char| c.is_whitespace() || c == ',');
    let pair = |word: &str| {
        let (name, number) = word.split_once('=')?;
        Some((name.to_owned(), number.parse().ok()?))
    };
    words.filter_map(pair).collect()
}
