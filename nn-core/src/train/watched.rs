//! What callbacks see of a network.

use std::path::Path;

use crate::element::Element;
use crate::error::SaveError;
use crate::network::Network;

/// A network whose training callbacks watch: its weights. Every [`Network`] is one.
pub trait Watched {
    /// `f32` or `f64`.
    type Element: Element;

    /// All weights.
    fn flat(&self) -> &[Self::Element];

    /// All weights, to write to.
    fn flat_mut(&mut self) -> &mut [Self::Element];

    /// Writes the weights to a safetensors file, which replaces the one at `path` as a whole or not at all.
    ///
    /// # Errors
    ///
    /// Where the folder or the disk refuses; then a file that was at `path` is as it was.
    fn save_to(&self, path: &Path) -> Result<(), SaveError>;
}

impl<N: Network> Watched for N {
    type Element = N::Element;

    fn flat(&self) -> &[N::Element] {
        self.as_flat()
    }

    fn flat_mut(&mut self) -> &mut [N::Element] {
        self.as_flat_mut()
    }

    fn save_to(&self, path: &Path) -> Result<(), SaveError> {
        self.save(path)
    }
}
