//! What a file leaves open.

/// Sizes and values that a file leaves open, by the file's own names.
///
/// ```
/// use nn_import::Options;
///
/// let options = Options::new().input("input", &[1, 576]).constant("sr", 16000.0);
/// assert_eq!(options.inputs.len(), 1);
/// ```
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Options {
    /// The whole shapes of inputs.
    pub inputs: Vec<(String, Vec<usize>)>,
    /// Open dimensions by their names: `batch_size`.
    pub dims: Vec<(String, usize)>,
    /// Inputs that are constants.
    pub constants: Vec<(String, f64)>,
    /// Inputs that are states, each with the output that it is in the next call. Where nothing is said, those are whose names make it
    /// plain: `state` and `stateN`, `h0` and `hn`, `x_cache` and `x_cache_out`, of the same shape.
    pub states: Option<Vec<(String, String)>>,
}

impl Options {
    /// Nothing is said.
    pub fn new() -> Self {
        Options::default()
    }

    /// The shape of an input, as the file counts its axes.
    #[must_use]
    pub fn input(mut self, name: &str, shape: &[usize]) -> Self {
        self.inputs.push((name.to_owned(), shape.to_vec()));
        self
    }

    /// The size of an open dimension.
    #[must_use]
    pub fn dim(mut self, name: &str, size: usize) -> Self {
        self.dims.push((name.to_owned(), size));
        self
    }

    /// An input that is what this output was in the call before. Only what is named so is a state then.
    #[must_use]
    pub fn state(mut self, input: &str, output: &str) -> Self {
        self.states.get_or_insert_default().push((input.to_owned(), output.to_owned()));
        self
    }

    /// Nothing is a state: all inputs and outputs of the file are those of the network.
    #[must_use]
    pub fn stateless(mut self) -> Self {
        self.states = Some(Vec::new());
        self
    }

    /// An input that is always this number.
    #[must_use]
    pub fn constant(mut self, name: &str, value: f64) -> Self {
        self.constants.push((name.to_owned(), value));
        self
    }
}
