//! What can go wrong.

use std::io;
use std::path::Path;

/// Why data were not read, or not made into samples.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum DataError {
    /// A file that the system does not read or write.
    #[error("cannot {action} `{file}`: {source}")]
    File {
        /// `read` or `write`.
        action: &'static str,
        /// The file.
        file: String,
        /// The system's reason.
        source: io::Error,
    },
    /// A file that is not of its form, or cut short.
    #[error("`{file}`, {place}: expected {expected}, found {found}")]
    Format {
        /// The file.
        file: String,
        /// Where in it.
        place: String,
        /// What should be there.
        expected: String,
        /// What is.
        found: String,
    },
    /// Numbers that are no samples of this network, or a column that is not there.
    #[error("`{what}` takes {expected}, not {found}")]
    Unfit {
        /// What was called.
        what: &'static str,
        /// What it takes.
        expected: String,
        /// What it was given.
        found: String,
    },
}

/// A result of this crate.
pub type Result<T> = std::result::Result<T, DataError>;

/// The name of a file, for messages, and what is said of it.
#[derive(Clone, Copy)]
pub(crate) struct Named<'a>(pub &'a str);

impl Named<'_> {
    /// Something at a place that should be something else.
    pub fn wrong<T>(
        self,
        place: impl Into<String>,
        expected: impl Into<String>,
        found: impl Into<String>,
    ) -> Result<T> {
        let (place, expected, found) = (place.into(), expected.into(), found.into());
        Err(DataError::Format { file: self.0.to_owned(), place, expected, found })
    }

    /// What the system says while a part is read: an end that comes too early is a matter of the file's form.
    pub fn unread<T>(self, place: &str, error: io::Error) -> Result<T> {
        use io::ErrorKind::{InvalidData, InvalidInput, UnexpectedEof};
        match error.kind() {
            UnexpectedEof => self.wrong(place, "more bytes", "the end"),
            InvalidData | InvalidInput => self.wrong(place, "data that can be unpacked", error.to_string()),
            _ => Err(DataError::File { action: "read", file: self.0.to_owned(), source: error }),
        }
    }
}

pub(crate) fn unfit<T>(what: &'static str, expected: impl Into<String>, found: impl Into<String>) -> Result<T> {
    Err(DataError::Unfit { what, expected: expected.into(), found: found.into() })
}

/// The name of a file.
pub(crate) fn shown(path: &Path) -> String {
    path.display().to_string()
}
