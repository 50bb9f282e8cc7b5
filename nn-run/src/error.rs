//! What can go wrong.

use std::fmt;

use nn_compiler::Mistake;

/// The text of a network has mistakes: all of them, each with its place.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mistakes(
    /// At least one, in the order of the text.
    pub Vec<Mistake>,
);

impl fmt::Display for Mistakes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, Mistake { line, column, message, .. }) in self.0.iter().enumerate() {
            let between = if index == 0 { "" } else { "\n" };
            write!(f, "{between}{line}:{}: {message}", column + 1)?;
        }
        Ok(())
    }
}

impl std::error::Error for Mistakes {}

/// What was given to a network is not what it takes.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum BadCall {
    /// More or fewer tensors than inputs, outputs or weights.
    #[error("`{network}` has {expected} {what}, but {found} were given")]
    Count {
        /// The name of the network.
        network: String,
        /// `inputs` or `outputs`.
        what: &'static str,
        /// How many there are.
        expected: usize,
        /// How many were given.
        found: usize,
    },
    /// A tensor of another length.
    #[error("`{name}` of `{network}` has {expected} elements ({shape}), but {found} were given")]
    Len {
        /// The name of the network.
        network: String,
        /// The name of the input, output or weight.
        name: String,
        /// Its shape.
        shape: String,
        /// Its elements.
        expected: usize,
        /// The elements that were given.
        found: usize,
    },
    /// Ids for numbers, or numbers for ids.
    #[error("`{name}` of `{network}` takes {expected}, but {found} were given")]
    Kind {
        /// The name of the network.
        network: String,
        /// The name of the input.
        name: String,
        /// What it takes: `numbers` or `ids`.
        expected: &'static str,
        /// What was given.
        found: &'static str,
    },
    /// An id that an embedding has no row for.
    #[error("`{name}` of `{network}` has the id {id}, but its embedding has rows for ids from 0 to below {below}")]
    Id {
        /// The name of the network.
        network: String,
        /// The name of the input.
        name: String,
        /// The id; negative ones have no row either.
        id: i64,
        /// Ids are below this.
        below: usize,
    },
    /// There is no weight of this name.
    #[error("`{network}` has no weight `{name}`")]
    NoWeight {
        /// The name of the network.
        network: String,
        /// The name that was asked for.
        name: String,
    },
    /// The workspace or state of another network.
    #[error("the {what} has {found} elements, but that of `{network}` has {expected}")]
    Memory {
        /// The name of the network.
        network: String,
        /// `workspace` or `state`.
        what: &'static str,
        /// Its elements.
        expected: usize,
        /// The elements of what was given.
        found: usize,
    },
    /// What the network does not have.
    #[error("`{network}` {lacks}")]
    Lacks {
        /// The name of the network.
        network: String,
        /// What it has not, as a sentence about it.
        lacks: &'static str,
    },
}

/// Why a file is no network.
#[cfg(feature = "import")]
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum FromFileError {
    /// The file could not be read, or has in it what no network of ours has.
    #[error(transparent)]
    Import(#[from] nn_import::ImportError),
    /// The text of the model has mistakes.
    #[error(transparent)]
    Text(#[from] Mistakes),
    /// The model has other weights than the network of its text.
    #[error(transparent)]
    Weights(#[from] BadCall),
}
