//! `nn`: model files of other tools, as networks.

mod array;
mod check;
mod import;
mod open;
mod run;
mod summary;

use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Args, Parser, Subcommand};
use nn_import::Options;

/// Reads model files of Keras, ONNX, TFLite, RTNeural and NAM as networks of `nn`, and shows, runs and checks them.
#[derive(Parser)]
#[command(name = "nn", version)]
struct Nn {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Writes a model file as the text of a network, for `nn::network!`, and its weights beside it.
    ///
    /// NAME.rs has the network with `#[weights("NAME.safetensors")]`; the path there starts at the folder of Cargo.toml.
    Import {
        #[command(flatten)]
        model: ModelFile,
        /// Where to write NAME.rs and NAME.safetensors; beside FILE, with its name, if nothing is said.
        #[arg(short, long, value_name = "NAME")]
        output: Option<PathBuf>,
    },
    /// Shows the inputs, outputs and weights of a model file, and its network as text.
    Summary {
        #[command(flatten)]
        model: ModelFile,
    },
    /// Runs a model file on arrays of NumPy's, and writes one array for each output.
    ///
    /// The first axis of an array counts samples.
    Run {
        #[command(flatten)]
        model: ModelFile,
        /// One array for each input, in the order of `nn summary`.
        #[arg(value_name = "INPUT.npy", required = true)]
        inputs: Vec<PathBuf>,
        /// The folder for OUTPUT.npy.
        #[arg(short, long, default_value = ".")]
        output: PathBuf,
    },
    /// Runs every model file of a folder on the test vectors that its meta.json names.
    ///
    /// The exit status is 1 where a result is off, or a file cannot be read.
    Check {
        /// With a meta.json: `files`, `cases` (inputs and outputs as .npy), `suggested_tolerance`.
        #[arg(value_name = "FOLDER", required = true)]
        folders: Vec<PathBuf>,
    },
}

/// A model file, and what it leaves open.
#[derive(Args)]
struct ModelFile {
    /// `.keras`, `.h5`, `.json`, `.onnx`, `.tflite`, `.nam`.
    file: PathBuf,
    /// The whole shape of an input: `--input audio=1,576`.
    #[arg(long = "input", value_name = "NAME=SIZES", value_parser = shape)]
    shapes: Vec<(String, Vec<usize>)>,
    /// An open size, or an input that is a constant: `--set sr=16000`.
    #[arg(long = "set", value_name = "NAME=NUMBER", value_parser = number)]
    numbers: Vec<(String, f64)>,
}

impl ModelFile {
    fn options(&self) -> Options {
        let shapes = self.shapes.iter().fold(Options::new(), |options, (name, shape)| options.input(name, shape));
        open::numbers(shapes, &self.numbers)
    }
}

/// `name=1,576`.
fn shape(text: &str) -> Result<(String, Vec<usize>), String> {
    let (name, sizes) = text.rsplit_once('=').ok_or("expected NAME=SIZES, as `audio=1,576`")?;
    let size = |size: &str| size.trim().parse().map_err(|_| format!("`{size}` is no size"));
    Ok((name.to_owned(), sizes.split(',').map(size).collect::<Result<_, _>>()?))
}

/// `name=16000`.
fn number(text: &str) -> Result<(String, f64), String> {
    let (name, number) = text.rsplit_once('=').ok_or("expected NAME=NUMBER, as `sr=16000`")?;
    Ok((name.to_owned(), number.parse().map_err(|_| format!("`{number}` is no number"))?))
}

fn main() -> ExitCode {
    let result = match &Nn::parse().command {
        Command::Import { model, output } => import::import(&model.file, &model.options(), output.as_deref()),
        Command::Summary { model } => summary::summary(&model.file, &model.options()),
        Command::Run { model, inputs, output } => run::run(&model.file, &model.options(), inputs, output),
        Command::Check { folders } => return check::check(folders),
    };
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error}");
            ExitCode::FAILURE
        }
    }
}
