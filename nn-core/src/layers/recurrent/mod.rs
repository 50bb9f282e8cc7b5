//! What `SimpleRNN`, `LSTM` and `GRU` share: their geometry, the walk over the steps, masks, dropout.
//!
//! The inputs of all steps are projected by one product; only the recurrent part is stepped. At inference that is a
//! vector times a matrix for each step, in training one product over the samples of a shard.
//!
//! With a mask, a skipped step leaves the state alone and repeats the output of the step before it, zeros where
//! there is none: the results of Keras 3 on TensorFlow. A cell (`LSTMCell`, …) is a layer of one step that is given
//! its state.
//!
//! Calls take slices in structs, since a recurrent layer has many of them: [`Sequence`] and [`Step`] at inference,
//! [`Forward`] and [`Backward`] in training. `N` is the number of states: 2 for an `LSTM` (h, then c), else 1.
//!
//! [`AnyRecurrent`] is one of the three that is chosen while the program runs.

mod any;
mod infer;
mod multiply;
#[cfg(all(test, feature = "std"))]
pub(crate) mod oracle;
#[cfg(all(test, feature = "std"))]
pub(crate) mod testing;
#[cfg(feature = "alloc")]
pub(crate) mod train;

#[cfg(feature = "alloc")]
pub use crate::layers::state::Carried;
pub use any::{AnyRecurrent, Kind};
pub(crate) use infer::{Cell, Memory, gate, sequence, step, steps, vectors};
pub(crate) use multiply::{Inputs, Recurrent, row};
#[cfg(feature = "alloc")]
pub use train::{Backward, Forward, Gradients, Random};

use crate::geometry::geometry;

/// The geometry of one recurrent layer in a network: a unit struct that the macro emits.
pub trait RecurrentShape: Copy + Send + Sync + 'static {
    /// Steps of the input; 1 for a cell.
    const STEPS: usize = 1;
    /// Elements of the input in one step.
    const INPUTS: usize;
    /// Elements of the output in one step, and of each state.
    const UNITS: usize;
    /// Whether the output has a row for each step, or only that of the last one.
    const RETURN_SEQUENCES: bool = false;
    /// Whether the steps are taken from the last to the first; rows of the output are in the order of the steps taken.
    const GO_BACKWARDS: bool = false;
    /// `GRU` only: whether the reset gate acts after the product or before it.
    const RESET_AFTER: bool = true;
    /// The share of the inputs that is dropped in training, the same ones in all steps of a sample.
    ///
    /// Nothing is dropped unless it lies between 0 and 1, ends left out, as in Keras. All gates see the same inputs; Keras
    /// 3.15 draws for each gate of an `LSTM` or `GRU` where there is a `recurrent_dropout` too.
    const DROPOUT: f64 = 0.0;
    /// The share of the last output that is dropped in training before it goes into the product, the same units in all
    /// steps of a sample.
    const RECURRENT_DROPOUT: f64 = 0.0;
    /// Whether the output of a skipped step is zero (as in a `Bidirectional`), or that of the step before it.
    const ZERO_OUTPUT_FOR_MASK: bool = false;
    /// Whether the rows of the output are in the order of time, even with `GO_BACKWARDS` (as in a `Bidirectional`).
    const OUTPUT_IN_TIME: bool = false;
    /// All of these.
    const SIZES: RecurrentSizes = RecurrentSizes {
        steps: Self::STEPS,
        inputs: Self::INPUTS,
        units: Self::UNITS,
        return_sequences: Self::RETURN_SEQUENCES,
        go_backwards: Self::GO_BACKWARDS,
        reset_after: Self::RESET_AFTER,
        dropout: Self::DROPOUT,
        recurrent_dropout: Self::RECURRENT_DROPOUT,
        zero_output_for_mask: Self::ZERO_OUTPUT_FOR_MASK,
        output_in_time: Self::OUTPUT_IN_TIME,
    };
}

/// The constants of [`RecurrentShape`] as numbers.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct RecurrentSizes {
    /// Steps of the input; 1 for a cell.
    pub steps: usize,
    /// Elements of the input in one step.
    pub inputs: usize,
    /// Elements of the output in one step, and of each state.
    pub units: usize,
    /// Whether the output has a row for each step, or only that of the last one.
    pub return_sequences: bool,
    /// Whether the steps are taken from the last to the first.
    pub go_backwards: bool,
    /// `GRU` only: whether the reset gate acts after the product or before it.
    pub reset_after: bool,
    /// The share of the inputs that is dropped in training.
    pub dropout: f64,
    /// The share of the last output that is dropped in training.
    pub recurrent_dropout: f64,
    /// Whether the output of a skipped step is zero, or that of the step before it.
    pub zero_output_for_mask: bool,
    /// Whether the rows of the output are in the order of time, even with `go_backwards`.
    pub output_in_time: bool,
}

geometry!(RecurrentShape, RecurrentSizes);

impl RecurrentSizes {
    /// A cell of so many inputs and units; all else as [`RecurrentShape`] has it by default.
    pub const fn new(inputs: usize, units: usize) -> Self {
        RecurrentSizes {
            steps: 1,
            inputs,
            units,
            return_sequences: false,
            go_backwards: false,
            reset_after: true,
            dropout: 0.0,
            recurrent_dropout: 0.0,
            zero_output_for_mask: false,
            output_in_time: false,
        }
    }

    /// The elements of one sample's output.
    pub const fn output_len(&self) -> usize {
        if self.return_sequences { self.steps * self.units } else { self.units }
    }
}

/// [`RecurrentSizes::output_len`] of a layer whose sizes are constants.
pub const fn output_len<L: RecurrentShape>() -> usize {
    L::SIZES.output_len()
}

/// What inference of one sample reads and writes.
#[derive(Debug)]
pub struct Sequence<'a, T, const N: usize> {
    /// `STEPS × INPUTS` elements.
    pub x: &'a [T],
    /// One element for each step: 0 where the step is skipped.
    pub mask: Option<&'a [T]>,
    /// What the states start from; zeros without.
    pub initial_state: [Option<&'a [T]>; N],
    /// `stateful`: all states, where they start from (unless there is an initial one) and where they are left.
    pub state: Option<&'a mut [T]>,
    /// Rows of `UNITS` elements: one for each step with `RETURN_SEQUENCES`, else one.
    pub y: &'a mut [T],
    /// Where the states after the last step are wanted.
    pub final_state: [Option<&'a mut [T]>; N],
    /// As long as `scratch_len` of the layer says; what it holds does not matter.
    pub scratch: &'a mut [T],
}

impl<'a, T> Sequence<'a, T, 2> {
    /// For a layer of one state: without the second.
    pub(crate) fn one(self) -> Sequence<'a, T, 1> {
        let Sequence { x, mask, initial_state: [initial, _], state, y, final_state: [last, _], scratch } = self;
        Sequence { x, mask, initial_state: [initial], state, y, final_state: [last], scratch }
    }
}

/// What one step of inference reads and writes, or several in a row.
#[derive(Debug)]
pub struct Step<'a, T> {
    /// `INPUTS` elements for each step.
    pub x: &'a [T],
    /// All states, `UNITS` elements each: read, then overwritten.
    pub state: &'a mut [T],
    /// `UNITS` elements for each step.
    pub y: &'a mut [T],
    /// As long as `step_scratch_len` of the layer says; what it holds does not matter.
    pub scratch: &'a mut [T],
}

/// The weights of a layer as flat slices, in Keras' layouts.
#[derive(Clone, Copy, Debug)]
pub struct Weights<'a, T> {
    /// For the inputs: `INPUTS × gates × UNITS` elements.
    pub kernel: &'a [T],
    /// For the output of the step before: `UNITS × gates × UNITS` elements.
    pub recurrent_kernel: &'a [T],
    /// `gates × UNITS` elements, twice as many for a `GRU` with `RESET_AFTER`; none with `use_bias = false`.
    pub bias: &'a [T],
}
