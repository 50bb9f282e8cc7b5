//! `Bidirectional`: a recurrent layer from both ends of a sequence. Each is an operation of its own, and so is what makes one of
//! their outputs; what is left are the weights.
//!
//! Schuster, Paliwal: [Bidirectional recurrent neural networks](https://doi.org/10.1109/78.650093), 1997.

/// The weights of a `Bidirectional`: twice those of the layer inside of it.
#[derive(Clone, Copy, Debug, PartialEq)]
#[repr(C)]
pub struct Bidirectional<L> {
    /// From the first step to the last.
    pub forward: L,
    /// From the last step to the first.
    pub backward: L,
}
