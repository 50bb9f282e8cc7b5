//! What can go wrong.

use std::io;
use std::path::PathBuf;

/// Why a layer was not made, did not learn or did not transform, or a function did not compute. What was there before
/// is as it was.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum PreprocessingError {
    /// An option has a value that it cannot have, alone or beside others.
    #[error("`{option}` of `{layer}` is {found}, but must be {expected}")]
    Option {
        /// The layer or function.
        layer: &'static str,
        /// The option.
        option: &'static str,
        /// What it may be.
        expected: String,
        /// What it is.
        found: String,
    },
    /// A layer that learns from data, or is given what it learns, has neither yet.
    #[error("`{layer}` has no {what} yet: call `adapt`, or give it")]
    NotAdapted {
        /// The layer.
        layer: &'static str,
        /// What it has not: `vocabulary`, `bin_boundaries`, `mean and variance`.
        what: &'static str,
    },
    /// `adapt` of a layer whose vocabulary or boundaries were given.
    #[error("`{layer}` was given its {what}: there is nothing to learn from data")]
    Given {
        /// The layer.
        layer: &'static str,
        /// What it was given.
        what: &'static str,
    },
    /// A vocabulary that cannot be one: empty, too long, with a term twice or a special token at a place that is not
    /// its own.
    #[error("a vocabulary of `{layer}` must {expected}, but {found}")]
    Vocabulary {
        /// The layer.
        layer: &'static str,
        /// What it must do.
        expected: String,
        /// What it does.
        found: String,
    },
    /// Tokens outside of the vocabulary, where `num_oov_indices` is 0.
    #[error("`{layer}` with `num_oov_indices` of 0 takes only tokens of its vocabulary, but found {}", list(found, *more))]
    OutOfVocabulary {
        /// The layer.
        layer: &'static str,
        /// The first of the tokens.
        found: Vec<String>,
        /// How many there are beside those.
        more: usize,
    },
    /// Data of another shape.
    #[error("`{layer}` takes {expected}, but {found}")]
    Shape {
        /// The layer or function.
        layer: &'static str,
        /// What it takes.
        expected: String,
        /// What was given, as a sentence.
        found: String,
    },
    /// A value that the layer does not take, or that its results cannot have.
    #[error("`{layer}` takes {expected}, but found {found}")]
    Value {
        /// The layer or function.
        layer: &'static str,
        /// What it takes.
        expected: String,
        /// What it found.
        found: String,
    },
    /// A text or file that is not of the form that it should have.
    #[error("{what} is not {expected}: {found}")]
    Format {
        /// The text or file, with the place in it.
        what: String,
        /// What it should be.
        expected: String,
        /// What is wrong.
        found: String,
    },
    /// A file cannot be read or written.
    #[error("cannot {action} `{}`: {source}", path.display())]
    File {
        /// `read` or `write`.
        action: &'static str,
        /// The file.
        path: PathBuf,
        /// The system's reason.
        source: io::Error,
    },
}

fn list(found: &[String], more: usize) -> String {
    let quoted: Vec<String> = found.iter().map(|token| format!("`{token}`")).collect();
    let rest = if more == 0 { String::new() } else { format!(" and {more} more") };
    quoted.join(", ") + &rest
}

/// A result of this crate.
pub type Result<T> = std::result::Result<T, PreprocessingError>;

pub(crate) fn option<T>(
    layer: &'static str,
    option: &'static str,
    expected: impl Into<String>,
    found: impl Into<String>,
) -> Result<T> {
    Err(PreprocessingError::Option { layer, option, expected: expected.into(), found: found.into() })
}

pub(crate) fn shape<T>(layer: &'static str, expected: impl Into<String>, found: impl Into<String>) -> Result<T> {
    Err(PreprocessingError::Shape { layer, expected: expected.into(), found: found.into() })
}

pub(crate) fn value<T>(layer: &'static str, expected: impl Into<String>, found: impl Into<String>) -> Result<T> {
    Err(PreprocessingError::Value { layer, expected: expected.into(), found: found.into() })
}
