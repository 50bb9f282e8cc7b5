//! `Add`, `Subtract`, `Multiply`, `Divide`, `Average`, `Maximum`, `Minimum`, comparisons and `Where`: several inputs become one,
//! element by element.
//!
//! Shapes line up at the last axis. An axis of size 1, or one that is missing, is repeated to the size of the others,
//! and gets the sum of their gradients.
//!
//! | kind | `y` | gradient of an input, before such sums |
//! | --- | --- | --- |
//! | `Add` | `x₀ + x₁ + …` | `dy` |
//! | `Subtract` | `x₀ - x₁` | `dy`, `-dy` |
//! | `Multiply` | `x₀ · x₁ · …` | `dy` times the other inputs |
//! | `Divide` | `x₀ / x₁` | `dy / x₁`, `-dy · x₀ / x₁²` |
//! | `Average` | `(x₀ + x₁ + …) / n` | `dy / n` |
//! | `Maximum`, `Minimum` | the largest, the smallest | `dy` for the first that has it, as in TensorFlow, else 0 |
//! | `Greater`, `Equal`, … | 1 where it holds, else 0 | 0 |
//! | `Where` | `x₁` where `x₀` is not 0, else `x₂` | 0; `dy` for the one that is taken, else 0 |
//!
//! # Masks
//!
//! A mask has one number for each row of the last axis: 1, or 0 where the row does not count. As in Keras 3, the output
//! has a mask if all inputs have one: 1 where any of them is ([`masks::any`](super::masks::any)). With masks, `Multiply`, `Maximum` and
//! `Minimum` leave out rows that do not count ([`infer_masked`]); the other kinds take them as they are.

mod infer;
mod inputs;
mod runs;
#[cfg(all(test, feature = "std"))]
mod tests;
#[cfg(feature = "alloc")]
mod train;

#[cfg(feature = "alloc")]
use alloc::vec::Vec;

pub use infer::{
    add_in_place, infer, infer_in_place, infer_masked, infer_slices, infer_slices_in_place, infer_slices_masked,
};
pub use runs::{Place, Runs};
#[cfg(feature = "alloc")]
pub use train::{
    backward, backward_masked, backward_slices, backward_slices_masked, forward, forward_masked, forward_slices,
    forward_slices_masked,
};

use crate::geometry::Geometry;

/// What several numbers become.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// The sum.
    Add,
    /// The first without the second.
    Subtract,
    /// The product.
    Multiply,
    /// The first divided by the second.
    Divide,
    /// 1 where the first is above the second, else 0.
    Greater,
    /// The same where it is not below.
    GreaterEqual,
    /// The same where it is below.
    Less,
    /// The same where it is not above.
    LessEqual,
    /// The same where both are equal.
    Equal,
    /// The same where they are not.
    NotEqual,
    /// The second where the first is not 0, else the third.
    Where,
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
        matches!(self, Kind::Multiply | Kind::Divide | Kind::Maximum | Kind::Minimum | Kind::Where)
    }

    /// Whether the masks of the inputs change the output.
    pub const fn reads_masks(self) -> bool {
        matches!(self, Kind::Multiply | Kind::Maximum | Kind::Minimum)
    }
}

/// The geometry of one merge in a network: a unit struct that the macro emits.
pub trait MergeShape<const N: usize>: Copy + Send + Sync + 'static {
    /// What the inputs become.
    const KIND: Kind;
    /// The axes of each input, at most six.
    const INPUTS: [&'static [usize]; N];

    /// Both of it.
    const SIZES: MergeSizes<[Place; N]> = MergeSizes::new(Self::KIND, Self::INPUTS);
}

/// The sizes of one merge.
///
/// `P` are the [`Place`]s of the inputs: an array where rustc knows how many there are, a slice or a vector where not.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct MergeSizes<P> {
    /// What the inputs become.
    pub kind: Kind,
    /// How far in memory every input either runs along with the output or stays at one element.
    pub runs: Runs<P>,
    /// The same, but never further than the last axis: one run for each number of a mask.
    pub rows: Runs<P>,
}

impl<const N: usize> MergeSizes<[Place; N]> {
    /// The sizes for inputs of at most six axes.
    pub const fn new(kind: Kind, inputs: [&[usize]; N]) -> Self {
        MergeSizes { kind, runs: Runs::new(inputs, false), rows: Runs::new(inputs, true) }
    }
}

#[cfg(feature = "alloc")]
impl MergeSizes<Vec<Place>> {
    /// The sizes for any number of inputs of at most six axes.
    pub fn of(kind: Kind, inputs: &[&[usize]]) -> Self {
        MergeSizes { kind, runs: Runs::of(inputs, false), rows: Runs::of(inputs, true) }
    }
}

impl<P: AsRef<[Place]>> MergeSizes<P> {
    /// The number of elements of the output.
    #[inline(always)]
    pub fn output(&self) -> usize {
        self.runs.len * self.runs.count
    }

    /// The same for [`infer_slices`] and its like, which take any number of inputs.
    pub fn as_slices(&self) -> MergeSizes<&[Place]> {
        MergeSizes { kind: self.kind, runs: self.runs.as_slice(), rows: self.rows.as_slice() }
    }
}

impl MergeSizes<&[Place]> {
    /// The same for so many inputs, if there are.
    #[inline(always)]
    fn as_array<const N: usize>(&self) -> Option<MergeSizes<[Place; N]>> {
        Some(MergeSizes { kind: self.kind, runs: self.runs.as_array()?, rows: self.rows.as_array()? })
    }
}

impl<L: MergeShape<N>, const N: usize> Geometry<MergeSizes<[Place; N]>> for L {
    const KNOWN: Option<MergeSizes<[Place; N]>> = Some(L::SIZES);

    #[inline(always)]
    fn sizes(self) -> MergeSizes<[Place; N]> {
        L::SIZES
    }
}

impl<const N: usize> Geometry<MergeSizes<[Place; N]>> for &MergeSizes<[Place; N]> {
    const KNOWN: Option<MergeSizes<[Place; N]>> = None;

    #[inline(always)]
    fn sizes(self) -> MergeSizes<[Place; N]> {
        *self
    }
}

impl<'a> Geometry<MergeSizes<&'a [Place]>> for &MergeSizes<&'a [Place]> {
    const KNOWN: Option<MergeSizes<&'a [Place]>> = None;

    #[inline(always)]
    fn sizes(self) -> MergeSizes<&'a [Place]> {
        *self
    }
}
