//! What can go wrong outside of the compiler: files and the data given to training.

use std::io;
use std::path::PathBuf;

use thiserror::Error;

use crate::element::Dtype;
use crate::losses::BadTarget;
use crate::record::BadInput;

/// Why a weight file was not loaded. The network is as it was.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum LoadError {
    /// The file cannot be opened.
    #[error("cannot open `{}`: {source}", path.display())]
    Open {
        /// The file.
        path: PathBuf,
        /// The system's reason.
        source: io::Error,
    },
    /// The path leads to a folder or a device.
    #[error("`{}` is not a file", path.display())]
    NotAFile {
        /// The path.
        path: PathBuf,
    },
    /// The file cannot be read to its end.
    #[error("cannot read the weights: {0}")]
    Read(#[from] io::Error),
    /// The file ends too early.
    #[error("the file is cut off: expected at least {expected} bytes, found {found}")]
    Truncated {
        /// Bytes that the file must have by what it says itself.
        expected: u64,
        /// Bytes that it has.
        found: u64,
    },
    /// There are bytes after the last tensor.
    #[error("the file has {excess} bytes after its last tensor")]
    TrailingData {
        /// Bytes too many.
        excess: u64,
    },
    /// The file is what Git keeps in place of a large one.
    #[error("a Git LFS pointer, not the weights: `git lfs pull` fetches the file")]
    Pointer,
    /// The header claims a size that no header has.
    #[error("not a safetensors file: its header would have {found} bytes, and at most {limit} are allowed")]
    HeaderTooLarge {
        /// The size it claims.
        found: u64,
        /// The largest size that is allowed.
        limit: u64,
    },
    /// The header is no JSON, or its tensors overlap, leave gaps or contradict their shapes.
    #[error("not a valid safetensors header: {reason}")]
    Header {
        /// What is wrong with it.
        reason: String,
    },
    /// Two tensors have the same name.
    #[error("the file has two tensors named `{tensor}`")]
    Duplicate {
        /// The name.
        tensor: String,
    },
    /// The file has a tensor for which the network has no weight.
    #[error("the file has a tensor `{tensor}`, but `{network}` has no weight of that name{}", did_you_mean(*nearest))]
    Unknown {
        /// The name in the file.
        tensor: String,
        /// The network.
        network: &'static str,
        /// The weight whose name is nearest.
        nearest: Option<&'static str>,
    },
    /// The file has no tensor for a weight of the network.
    #[error("the file has no tensor `{tensor}`, which `{network}` needs")]
    Missing {
        /// The name of the weight.
        tensor: &'static str,
        /// The network.
        network: &'static str,
    },
    /// A tensor has another shape than the weight.
    #[error("the shape of `{tensor}`: expected {expected:?}, found {found:?}")]
    Shape {
        /// The name.
        tensor: &'static str,
        /// The weight's shape.
        expected: &'static [usize],
        /// The tensor's shape.
        found: Vec<usize>,
    },
    /// A tensor has another element type than the network.
    #[error("the element type of `{tensor}`: expected {expected:?}, found {found}")]
    Dtype {
        /// The name.
        tensor: &'static str,
        /// The network's element type.
        expected: Dtype,
        /// The tensor's.
        found: String,
    },
}

impl LoadError {
    pub(crate) fn header(error: serde_json::Error) -> Self {
        Self::Header { reason: error.to_string() }
    }
}

fn did_you_mean(nearest: Option<&str>) -> String {
    nearest.map(|name| format!("; did you mean `{name}`?")).unwrap_or_default()
}

/// Why a weight file was not written. A file that was there before is as it was.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum SaveError {
    /// The file cannot be written.
    #[error("cannot write `{}`: {source}", path.display())]
    Write {
        /// The file.
        path: PathBuf,
        /// The system's reason.
        source: io::Error,
    },
    /// The header cannot be written as JSON.
    #[error("cannot write the header: {0}")]
    Header(#[from] serde_json::Error),
}

/// Why `fit`, `evaluate` or a single step was refused or broken off.
///
/// Data and options are checked before the first step: then the network is as it was.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum FitError {
    /// There is no sample.
    #[error("`{what}` has no samples")]
    Empty {
        /// The argument.
        what: &'static str,
    },
    /// Two arguments must have the same number of samples.
    #[error("`{what}` must have as many entries as `{of}`: expected {expected}, found {found}")]
    Length {
        /// The argument.
        what: &'static str,
        /// The argument that it belongs to.
        of: &'static str,
        /// The number of samples of `of`.
        expected: usize,
        /// That of `what`.
        found: usize,
    },
    /// An option has a value that it cannot have.
    #[error("`{option}`: expected {expected}, found {found}")]
    Option {
        /// The option.
        option: &'static str,
        /// What it may be.
        expected: &'static str,
        /// What it is.
        found: String,
    },
    /// Two options contradict each other.
    #[error("`{first}` and `{second}` cannot be given together: {reason}")]
    Conflict {
        /// An option.
        first: &'static str,
        /// Another.
        second: &'static str,
        /// Why.
        reason: &'static str,
    },
    /// A target has another size than the loss and the network's output ask for.
    #[error("each entry of `{what}`: expected {expected} numbers, found {found}")]
    TargetSize {
        /// The argument.
        what: &'static str,
        /// Numbers that the loss compares with one output.
        expected: usize,
        /// Numbers in one target.
        found: usize,
    },
    /// A sample that the network cannot take: an id that an embedding has no row for.
    #[error("`{what}[{sample}]`: {source}")]
    Input {
        /// The argument.
        what: &'static str,
        /// The sample, counted from 0.
        sample: usize,
        /// Part, place and size.
        source: BadInput,
    },
    /// A target that the loss cannot take: a class that the network does not have, say.
    #[error("`{what}`{}: {source}", of_output(output))]
    Target {
        /// The argument.
        what: &'static str,
        /// The output that it is for; empty if there is but one.
        output: &'static str,
        /// The loss's reason.
        source: BadTarget,
    },
    /// A metric cannot compare such targets with the network's output.
    #[error("the metric `{metric}` does not compare {outputs} outputs with {targets} numbers of a target")]
    Metric {
        /// The name of the metric.
        metric: String,
        /// Numbers in a row of the output.
        outputs: usize,
        /// Numbers in a row of the target.
        targets: usize,
    },
    /// A weight is infinite or not a number.
    #[error("`{what}[{index}]`: expected a finite number, found {found}")]
    Weight {
        /// The argument.
        what: &'static str,
        /// The entry.
        index: usize,
        /// What it is.
        found: f64,
    },
    /// `class_weight` names a class that the network does not have, or one twice.
    #[error("`class_weight`: expected each class from 0 to {} at most once, found {class}", classes - 1)]
    ClassWeight {
        /// The class.
        class: usize,
        /// The number of classes.
        classes: usize,
    },
    /// An argument names an output that the network does not have.
    #[error("`{what}` names the output `{name}`, but the network has {}", listed(outputs))]
    UnknownOutput {
        /// The argument.
        what: &'static str,
        /// The name.
        name: String,
        /// The names that there are; empty if there is one output, which has none.
        outputs: Vec<&'static str>,
    },
    /// An argument names an output twice.
    #[error("`{what}` names the output `{name}` twice")]
    OutputTwice {
        /// The argument.
        what: &'static str,
        /// The name.
        name: String,
    },
    /// The learning rate cannot be set: the optimizer follows a schedule.
    #[error("the learning rate follows a schedule ({schedule}), so that it cannot be set")]
    ScheduledRate {
        /// The schedule.
        schedule: &'static str,
    },
    /// A callback gave up.
    #[error("the callback {callback}: {source}")]
    Callback {
        /// Its name.
        callback: String,
        /// Its reason.
        source: Box<dyn std::error::Error + Send + Sync>,
    },
}

/// Why nothing was made of a name and its options.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum ConfigError {
    /// There is nothing of this name.
    #[error("there is no {what} `{name}`{}", did_you_mean(*nearest))]
    Name {
        /// The kind of object: `loss`.
        what: &'static str,
        /// The name.
        name: String,
        /// The name that is nearest.
        nearest: Option<&'static str>,
    },
    /// There is no such option.
    #[error("{class} has no option `{option}`{}", did_you_mean(*nearest))]
    Option {
        /// The class.
        class: &'static str,
        /// The option.
        option: String,
        /// The option whose name is nearest.
        nearest: Option<&'static str>,
    },
    /// An option has a value that it cannot have.
    #[error("{class}: {source}")]
    Value {
        /// The class.
        class: &'static str,
        /// The option and what it may be.
        source: FitError,
    },
}

fn of_output(output: &str) -> String {
    if output.is_empty() { String::new() } else { format!(" for `{output}`") }
}

fn listed(outputs: &[&str]) -> String {
    match outputs {
        [] => "one output, without a name".to_owned(),
        names => names.iter().map(|name| format!("`{name}`")).collect::<Vec<_>>().join(", "),
    }
}

impl FitError {
    pub(crate) fn option(option: &'static str, expected: &'static str, found: impl ToString) -> Self {
        Self::Option { option, expected, found: found.to_string() }
    }
}
