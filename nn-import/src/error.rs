//! Why a file could not be read.

/// Why a model file is not taken.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ImportError {
    /// The file could not be read.
    #[error("cannot read `{path}`: {source}")]
    Io {
        /// As given.
        path: String,
        /// What the system says.
        source: std::io::Error,
    },
    /// The bytes are not what the format wants.
    #[error("this is no {format} file: {reason}")]
    Format {
        /// `ONNX`, `HDF5`, …
        format: &'static str,
        /// What is wrong with them.
        reason: String,
    },
    /// The network that the file describes is none that the language takes: a size that does not fit, say.
    #[error("{}", of_text(.text, .mistakes))]
    Text {
        /// The network as it was written down.
        text: String,
        /// What the compiler says of it.
        mistakes: Vec<nn_compiler::Mistake>,
    },
    /// The file is sound, and has things in it that no network of ours has: all of them.
    #[error("{}", lines(.0))]
    Unsupported(Vec<Unsupported>),
}

/// One thing of a file that cannot be had.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unsupported {
    /// The layer or node, by its name in the file and its kind: `` `dense_1` (Dense) ``.
    pub node: String,
    /// What it asks for.
    pub problem: String,
    /// The way out, or nothing.
    pub help: String,
}

fn lines(all: &[Unsupported]) -> String {
    let line = |Unsupported { node, problem, help }: &Unsupported| match help.as_str() {
        "" => format!("{node}: {problem}"),
        help => format!("{node}: {problem}\nhelp: {help}"),
    };
    all.iter().map(line).collect::<Vec<_>>().join("\n")
}

/// Each mistake with the line of the text where it is.
fn of_text(text: &str, mistakes: &[nn_compiler::Mistake]) -> String {
    let line = |mistake: &nn_compiler::Mistake| {
        let line = text.lines().nth(mistake.line.saturating_sub(1)).unwrap_or_default().trim();
        format!("in `{line}`: {}", mistake.message)
    };
    mistakes.iter().map(line).collect::<Vec<_>>().join("\n")
}
