//! `Add`, `Subtract`, `Multiply`, `Average`, `Maximum` and `Minimum`: several inputs become one, element by element.
//!
//! Shapes line up at the last axis. An axis of size 1, or one that is missing, is repeated to the size of the others,
//! and gets the sum of their gradients.
//!
//! | kind | `y` | gradient of an input, before such sums |
//! | --- | --- | --- |
//! | `Add` | `x₀ + x₁ + …` | `dy` |
//! | `Subtract` | `x₀ - x₁` | `dy`, `-dy` |
//! | `Multiply` | `x₀ · x₁ · …` | `dy` times the other inputs |
//! | `Average` | `(x₀ + x₁ + …) / n` | `dy / n` |
//! | `Maximum`, `Minimum` | the largest, the smallest | `dy` for the first that has it, as in TensorFlow, else 0 |
//!
//! # Masks
//!
//! A mask has one number for each row of the last axis: 1, or 0 where the row does not count. As in Keras 3, the output
//! has a mask if all inputs have one: 1 where any of them is ([`masks::any`](super::masks::any)). With masks, `Multiply`, `Maximum` and
//! `Minimum` leave out rows that do not count ([`infer_masked`]); the other kinds take them as they are.

mod infer;
mod runs;
#[cfg(all(test, feature = "std"))]
mod tests;
#[cfg(feature = "alloc")]
mod train;

pub use infer::{add_in_place, infer, infer_in_place, infer_masked};
pub use runs::Runs;
#[cfg(feature = "alloc")]
pub use train::{backward, backward_masked, forward, forward_masked};

/// What several numbers become.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// The sum.
    Add,
    /// The first without the second.
    Subtract,
    /// The product.
    Multiply,
    /// The mean.
    Average,
    /// The largest.
    Maximum,
    /// The smallest.
    Minimum,
}

impl Kind {
    /// Whether backward reads the inputs; if not, they need not be kept, and empty slices do.
    pub const fn reads_inputs(self) -> bool {
        matches!(self, Kind::Multiply | Kind::Maximum | Kind::Minimum)
    }

    /// Whether the masks of the inputs change the output.
    pub const fn reads_masks(self) -> bool {
        self.reads_inputs()
    }
}

/// The geometry of one merge in a network: a unit struct that the macro emits.
pub trait MergeShape<const N: usize>: Copy + Send + Sync + 'static {
    /// What the inputs become.
    const KIND: Kind;
    /// The axes of each input, at most six.
    const INPUTS: [&'static [usize]; N];

    /// How far in memory every input either runs along with the output or stays at one element.
    const RUNS: Runs<N> = Runs::new(Self::INPUTS, false);
    /// The same, but never further than the last axis: one run for each number of a mask.
    const ROWS: Runs<N> = Runs::new(Self::INPUTS, true);
    /// The number of elements of the output.
    const OUTPUT: usize = Self::RUNS.len * Self::RUNS.count;
}
