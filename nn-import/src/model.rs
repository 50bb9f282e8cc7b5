//! What a file becomes.

/// A network as text, and its weights.
#[derive(Clone, Debug, PartialEq)]
pub struct Model {
    /// What stands between the braces of `network!`.
    pub text: String,
    /// The weights, by the names that the network of this text gives them, in its order.
    pub weights: Vec<Tensor>,
    /// The file's own names of the inputs, in the order of the text.
    pub inputs: Vec<String>,
    /// The file's own names of the outputs, in the order of the text.
    pub outputs: Vec<String>,
}

/// A named array.
#[derive(Clone, Debug, PartialEq)]
pub struct Tensor {
    /// As `conv2d.kernel`.
    pub name: String,
    /// Outermost axis first.
    pub shape: Vec<usize>,
    /// Row-major.
    pub values: Vec<f32>,
}
