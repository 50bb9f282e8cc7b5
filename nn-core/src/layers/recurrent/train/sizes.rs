//! The geometry of a layer and the samples of a shard, as plain numbers.

use core::ops::Range;

use super::Saved;
use crate::element::Element;
use crate::layers::recurrent::RecurrentSizes;

/// What the passes go by.
#[derive(Clone, Copy)]
pub(crate) struct Sizes {
    pub(crate) samples: usize,
    pub(crate) steps: usize,
    pub(crate) inputs: usize,
    pub(crate) units: usize,
    /// Columns of the kernels.
    pub(crate) columns: usize,
    pub(crate) reset_after: bool,
    pub(super) saved: Saved,
    /// 0 where nothing is dropped.
    pub(super) dropout: f64,
    pub(super) recurrent_dropout: f64,
    go_backwards: bool,
    return_sequences: bool,
    output_in_time: bool,
    zero_output_for_mask: bool,
    output_len: usize,
}

/// Keras drops nothing at a rate of 1.
fn rate(rate: f64) -> f64 {
    if rate > 0.0 && rate < 1.0 { rate } else { 0.0 }
}

impl Sizes {
    pub(crate) fn new(layer: &RecurrentSizes, samples: usize, saved: Saved) -> Self {
        Sizes {
            samples,
            steps: layer.steps,
            inputs: layer.inputs,
            units: layer.units,
            columns: saved.gates * layer.units,
            reset_after: layer.reset_after,
            saved,
            dropout: rate(layer.dropout),
            recurrent_dropout: rate(layer.recurrent_dropout),
            go_backwards: layer.go_backwards,
            return_sequences: layer.return_sequences,
            output_in_time: layer.output_in_time,
            zero_output_for_mask: layer.zero_output_for_mask,
            output_len: layer.output_len(),
        }
    }

    /// The same with another number of samples.
    pub(crate) fn of_samples(&self, samples: usize) -> Self {
        Sizes { samples, ..*self }
    }

    /// Rows of a matrix of all steps.
    pub(super) fn rows(&self) -> usize {
        self.steps * self.samples
    }

    /// The elements of a state of all samples.
    pub(super) fn state(&self) -> usize {
        self.samples * self.units
    }

    /// The elements of the gates of all samples.
    pub(super) fn gates(&self) -> usize {
        self.samples * self.columns
    }

    /// The place in time of a step.
    pub(super) fn time(&self, step: usize) -> usize {
        if self.go_backwards { self.steps - 1 - step } else { step }
    }

    /// Where a step of a sample is in the input.
    pub(super) fn input(&self, sample: usize, step: usize) -> Range<usize> {
        let first = (sample * self.steps + self.time(step)) * self.inputs;
        first..first + self.inputs
    }

    /// Where a step of a sample is in the output, if it is there.
    pub(super) fn output(&self, sample: usize, step: usize) -> Option<Range<usize>> {
        let row = match (self.return_sequences, self.output_in_time) {
            (true, true) => self.time(step),
            (true, false) => step,
            (false, _) if step + 1 == self.steps => 0,
            (false, _) => return None,
        };
        let first = sample * self.output_len + row * self.units;
        Some(first..first + self.units)
    }

    /// Whether a sample takes a step.
    pub(super) fn keeps<T: Element>(&self, mask: Option<&[T]>, sample: usize, step: usize) -> bool {
        mask.is_none_or(|mask| mask[sample * self.steps + self.time(step)] != T::zero())
    }

    /// Whether the output of a step is the state; otherwise it is zero.
    pub(super) fn shows<T: Element>(&self, mask: Option<&[T]>, sample: usize, step: usize) -> bool {
        self.keeps(mask, sample, step)
            || !self.zero_output_for_mask && (0..step).any(|step| self.keeps(mask, sample, step))
    }
}
