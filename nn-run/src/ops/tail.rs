//! What becomes of results before they are stored, with numbers.

use nn_core::Element;
use nn_core::activations::{AnyActivation, Linear};
use nn_core::rt::{Epilogue, Simd};

use super::batch_normalization::BatchNormalization;
use super::{Site, Tail};

/// The end of a step, but for its pooling.
#[derive(Debug)]
pub(crate) struct Ending {
    affine: Option<BatchNormalization>,
    /// Before pooling.
    pub(crate) activation: AnyActivation,
    /// Whether the last input is added.
    pub(crate) sum: bool,
    after_pool: AnyActivation,
}

impl Ending {
    pub(crate) fn new(site: &Site<'_>, tail: &Tail) -> Self {
        let linear = Self::linear();
        Ending {
            affine: tail.affine.and_then(|node| BatchNormalization::of_node(site, &site.program.graph.nodes[node])),
            activation: tail.activation.unwrap_or(linear),
            sum: tail.sum,
            after_pool: tail.after_pool.unwrap_or(linear),
        }
    }

    /// No activation.
    pub(crate) fn linear() -> AnyActivation {
        Linear.into()
    }

    /// The epilogue of a kernel; `fold` is memory for the scale and shift of a BatchNormalization.
    #[inline(always)]
    pub(crate) fn epilogue<'a, S: Simd, T: Element>(
        &self,
        simd: S,
        weights: &[T],
        bias: &'a [T],
        fold: &'a mut [T],
        value: Option<&'a [T]>,
    ) -> Epilogue<'a, T, AnyActivation, AnyActivation> {
        let affine = self.affine.as_ref().map(|normalization| normalization.fold(simd, weights, fold));
        let epilogue = Epilogue::bias(bias).activation(self.activation).after_pool(self.after_pool);
        Epilogue { affine, value: value.filter(|_| self.sum), ..epilogue }
    }
}
