//! What the compiler says of a network that was written down.

use crate::ImportError;

/// A weight of a network.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Weight {
    /// `conv2d.kernel`.
    pub name: String,
    pub shape: Vec<usize>,
    pub trainable: bool,
    /// In the order of the network's weights.
    pub place: usize,
}

impl Weight {
    /// The layer it belongs to: `conv2d`.
    pub fn layer(&self) -> &str {
        self.name.split_once('.').map_or(&self.name, |(layer, _)| layer)
    }
}

/// The weights of a network, in its order.
pub fn weights(text: &str) -> Result<Vec<Weight>, ImportError> {
    let compiled =
        nn_compiler::compile(text).map_err(|mistakes| ImportError::Text { text: text.to_owned(), mistakes })?;
    let weight = |(place, (name, param)): (usize, (String, &nn_graph::weight::Param))| {
        let shape = param.shape.iter().map(|size| size.known().unwrap_or(0)).collect();
        Weight { name, shape, trainable: param.trainable, place }
    };
    Ok(compiled.program.graph.params().enumerate().map(weight).collect())
}
