//! What operations are told that move elements, repeat them, or make one of many.

use alloc::vec::Vec;

use super::{Along, Pair};
use crate::size::Size;

/// Axes in another order.
#[derive(Clone, Debug, PartialEq)]
pub struct Permute {
    /// For each axis of the output which one of the input it is.
    pub axes: Vec<usize>,
}

/// `RepeatVector<n>`.
#[derive(Clone, Debug, PartialEq)]
pub struct Repeat {
    /// How often.
    pub n: Size,
}

/// `ZeroPadding` or `Cropping`: one lies inside of the other.
#[derive(Clone, Debug, PartialEq)]
pub struct Inset {
    /// Whether the input lies inside of the output.
    pub pads: bool,
    /// Before and behind each axis.
    pub ends: Vec<[Size; 2]>,
}

/// `x[1..5]`, `Split<2>`: some elements of each axis of the input.
#[derive(Clone, Debug, PartialEq)]
pub struct Slice {
    /// For each result, which of each axis.
    pub parts: Vec<Vec<Along>>,
}

/// `Take<axis>`.
#[derive(Clone, Debug, PartialEq)]
pub struct Take {
    /// The axis of the rows, counted without the batch.
    pub axis: usize,
    /// How many there are: ids are below it.
    pub rows: Size,
}

/// `OneHot<num_classes>`.
#[derive(Clone, Debug, PartialEq)]
pub struct OneHot {
    /// The elements of a row.
    pub num_classes: Size,
}

/// `Resizing<height, width>`.
#[derive(Clone, Debug, PartialEq)]
pub struct Resizing {
    /// Height and width of the output.
    pub size: Pair,
    /// Whether an element lies on a line between its neighbours, and is not the nearest.
    pub bilinear: bool,
}

/// `Stack<axis>`.
#[derive(Clone, Debug, PartialEq)]
pub struct Stack {
    /// The axis that is new, counted without the batch.
    pub axis: usize,
}

/// `Pad`: what lies before and behind each axis.
#[derive(Clone, Debug, PartialEq)]
pub struct Pad {
    /// How many elements before and behind each axis.
    pub ends: Vec<[Size; 2]>,
    /// Which numbers they are.
    pub mode: PadMode,
}

/// The numbers around a value.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum PadMode {
    /// This one.
    Constant(f64),
    /// Mirrored at the last element, which is not repeated.
    Reflect,
    /// Mirrored at the end.
    Symmetric,
    /// The last element.
    Edge,
}

/// `Sum`, `Mean` and their like.
#[derive(Clone, Debug, PartialEq)]
pub struct Reduce {
    /// What many numbers become.
    pub kind: ReduceKind,
    /// Of the axes of the input, whether each becomes one number.
    pub axes: Vec<bool>,
}

/// What many numbers become.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ReduceKind {
    /// Their sum.
    Sum,
    /// Their mean.
    Mean,
    /// The largest.
    Max,
    /// The smallest.
    Min,
    /// Their product.
    Prod,
    /// The mean square of what they are off their mean.
    Variance,
    /// The root of the sum of their squares.
    Norm,
}

/// A function of all elements along an axis.
#[derive(Clone, Debug, PartialEq)]
pub struct AlongAxis {
    /// Which.
    pub kind: AlongKind,
    /// The axis, counted without the batch.
    pub axis: usize,
}

/// What is done with the elements along an axis.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AlongKind {
    /// Each becomes the sum of all up to it.
    CumSum,
    /// The place of the largest.
    ArgMax,
}

/// `UpSampling`.
#[derive(Clone, Debug, PartialEq)]
pub struct UpSample {
    /// How many elements stand for one along each axis.
    pub size: Vec<Size>,
    /// Whether they lie on lines between neighbours.
    pub bilinear: bool,
}

/// `Concatenate`.
#[derive(Clone, Debug, PartialEq)]
pub struct Concatenate {
    /// The axis, counted without the batch.
    pub axis: usize,
    /// Where the inputs lie in the output, from which element on, if each of them is one piece of it.
    pub at: Option<Vec<Size>>,
}
