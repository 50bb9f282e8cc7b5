//! What recurrent layers are told.

use super::{Padding, Pair};
use crate::function::Function;
use crate::graph::Node;
use crate::size::{Shape, Size};

/// A recurrent layer.
#[derive(Clone, Debug, PartialEq)]
pub struct Recurrence {
    /// Which.
    pub kind: RecurrenceKind,
    /// One step whose states are inputs and results: `LSTMCell`.
    pub cell: bool,
    /// The elements of a state.
    pub units: Size,
    /// Of the candidate and the output.
    pub activation: Function,
    /// Of the gates.
    pub recurrent_activation: Function,
    /// Whether there is a bias.
    pub use_bias: bool,
    /// Whether the outputs of all steps are the result.
    pub return_sequences: bool,
    /// Whether the last states are results.
    pub return_state: bool,
    /// Whether it begins with the last step.
    pub go_backwards: bool,
    /// Whether it goes on where the call before ended.
    pub stateful: bool,
    /// The share of inputs that are dropped in training.
    pub dropout: f64,
    /// The share of states that are dropped in training.
    pub recurrent_dropout: f64,
    /// `seed = …`.
    pub seed: u64,
    /// Whether a GRU resets behind the product.
    pub reset_after: bool,
    /// Which of the two of a `Bidirectional` it is.
    pub direction: Option<Direction>,
}

/// Where a layer inside of a `Bidirectional` begins.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Direction {
    /// With the first step.
    Forward,
    /// With the last step; its outputs are in the order of time all the same.
    Backward,
}

impl Direction {
    /// What its weights are called inside of those of the layer.
    pub fn name(self) -> &'static str {
        match self {
            Direction::Forward => "forward",
            Direction::Backward => "backward",
        }
    }
}

/// `ConvLSTM1D` and `ConvLSTM2D`; a step of the former is one row.
#[derive(Clone, Debug, PartialEq)]
pub struct ConvLstm {
    /// The channels of a state.
    pub filters: Size,
    /// The window.
    pub kernel_size: Pair,
    /// How far it moves over the input.
    pub strides: Pair,
    /// What lies around the input.
    pub padding: Padding,
    /// How far apart the elements of the input are that it sees.
    pub dilation_rate: Pair,
    /// Of the candidate and the output.
    pub activation: Function,
    /// Of the gates.
    pub recurrent_activation: Function,
    /// Whether there is a bias.
    pub use_bias: bool,
    /// Whether the outputs of all steps are the result.
    pub return_sequences: bool,
    /// Whether the last states are results.
    pub return_state: bool,
    /// Whether it begins with the last step.
    pub go_backwards: bool,
    /// Whether it goes on where the call before ended.
    pub stateful: bool,
    /// The shape of `h`, and of `c`.
    pub state: Shape,
    /// The share of inputs that are dropped in training.
    pub dropout: f64,
    /// The share of states that are dropped in training.
    pub recurrent_dropout: f64,
    /// `seed = …`.
    pub seed: u64,
}

impl ConvLstm {
    /// The elements of `h` and `c`.
    pub fn state_len(&self) -> Size {
        Size::product([&Size::Known(2), &Size::product(&self.state)])
    }

    /// One stream of random numbers for the inputs and one for the states, as the runtime has them.
    pub fn streams(&self) -> u32 {
        if self.dropout > 0.0 || self.recurrent_dropout > 0.0 { 2 } else { 0 }
    }

    /// Whether it starts from a state.
    pub fn starts(&self, node: &Node) -> bool {
        self.stateful || node.inputs.len() > 1
    }

    /// Steps, height, width and channels of its input.
    pub fn input(&self, node: &Node) -> [Size; 4] {
        let one = Size::Known(1);
        match node.input.as_slice() {
            [steps, height, width, channels] => [steps, height, width, channels].map(Clone::clone),
            [steps, width, channels] => [steps, &one, width, channels].map(Clone::clone),
            _ => [&one, &one, &one, &one].map(Clone::clone),
        }
    }
}

/// Which recurrent layer.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum RecurrenceKind {
    /// Elman's.
    SimpleRnn,
    /// Long short-term memory.
    Lstm,
    /// Gated recurrent units.
    Gru,
}

impl RecurrenceKind {
    /// The number of states: h, and c of an LSTM.
    pub fn states(self) -> usize {
        match self {
            RecurrenceKind::Lstm => 2,
            RecurrenceKind::SimpleRnn | RecurrenceKind::Gru => 1,
        }
    }

    /// The number of gates, the candidate included.
    pub fn gates(self) -> usize {
        match self {
            RecurrenceKind::SimpleRnn => 1,
            RecurrenceKind::Lstm => 4,
            RecurrenceKind::Gru => 3,
        }
    }

    /// As Keras calls it.
    pub fn class(self) -> &'static str {
        match self {
            RecurrenceKind::SimpleRnn => "SimpleRNN",
            RecurrenceKind::Lstm => "LSTM",
            RecurrenceKind::Gru => "GRU",
        }
    }
}

impl Recurrence {
    /// The elements of all its states.
    pub fn state_len(&self) -> Size {
        Size::product([&Size::Known(self.kind.states()), &self.units])
    }

    /// Whether the last step is the first that it reads.
    pub fn begins_last(&self) -> bool {
        self.go_backwards || self.direction == Some(Direction::Backward)
    }

    /// Whether the outputs of a layer that begins with the last step are in the order of time.
    pub fn outputs_in_time(&self) -> bool {
        self.direction == Some(Direction::Backward) && self.return_sequences
    }

    /// Whether the outputs of steps that do not count are zeros, and not those before: as in Keras, inside of a `Bidirectional`.
    pub fn zeros_masked(&self) -> bool {
        self.direction.is_some() && self.return_sequences
    }
}

/// A recurrent layer for one time step, or a block of steps: its state is the network's.
#[derive(Clone, Debug, PartialEq)]
pub struct RecurrenceStep {
    /// What it is a step of.
    pub layer: Recurrence,
    /// How many steps: 1, or those of a block.
    pub steps: usize,
}
