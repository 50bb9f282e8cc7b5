//! Files as models and networks.

use std::path::Path;

use nn_import::{Model, Options};
use nn_run::Network;

/// Why a command stops, in a sentence.
pub type Stop = Box<dyn std::error::Error>;

/// A number is the size of a dimension, or the value of an input: the file knows which.
pub fn numbers(options: Options, numbers: &[(String, f64)]) -> Options {
    numbers.iter().fold(options, |options, (name, number)| {
        let options = options.constant(name, *number);
        let is_size = *number >= 1.0 && number.fract() == 0.0;
        if is_size { options.dim(name, *number as usize) } else { options }
    })
}

pub fn model(file: &Path, options: &Options) -> Result<Model, Stop> {
    nn_import::read_file(file, options).map_err(|error| format!("{}: {error}", file.display()).into())
}

pub fn network(file: &Path, options: &Options) -> Result<(Model, Network), Stop> {
    let model = model(file, options)?;
    let network = Network::from_model(&model).map_err(|error| format!("{}: {error}", file.display()))?;
    Ok((model, network))
}
