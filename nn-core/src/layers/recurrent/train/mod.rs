//! Training: the samples of a shard, through all steps and back.
//!
//! Everything here goes by step first and sample second, so that what belongs to a step is one matrix with a row for
//! each sample. Sizes are plain numbers: one piece of code for all layers of a kind.

mod backward;
mod forward;
mod lanes;
mod memory;
mod sizes;

pub(crate) use backward::{AllSteps, StepBackward, backward};
pub(crate) use forward::{StepForward, forward};
pub(crate) use lanes::{Place, each, keep, value};
pub(crate) use memory::factors;
pub(crate) use sizes::Sizes;

use alloc::vec::Vec;

use fearless_simd::Simd;

use super::{RecurrentSizes, Weights};
use crate::element::Element;
use crate::layers::state::Carried;

/// What decides which elements a dropout keeps: the same numbers in [`Forward`] and in [`Backward`].
#[derive(Clone, Copy, Debug, Default)]
pub struct Random {
    /// The key of this step of training.
    pub key: u64,
    /// The stream of random numbers for the inputs; the next one is for the states.
    pub stream: u64,
    /// The index in the batch of the first sample.
    pub first_sample: u64,
}

/// What the forward pass of training reads and writes: `samples` samples, one after the other in each slice.
#[derive(Debug)]
pub struct Forward<'a, T, const N: usize> {
    /// How many samples.
    pub samples: usize,
    /// `STEPS × INPUTS` elements for each sample.
    pub x: &'a [T],
    /// `STEPS` elements for each sample: 0 where the step is skipped.
    pub mask: Option<&'a [T]>,
    /// What the states start from, `UNITS` elements for each sample; zeros without.
    pub initial_state: [Option<&'a [T]>; N],
    /// `stateful`: all states, where they start from (unless there is an initial one) and where they are left. No gradient
    /// goes through them: backward ends where the batch begins.
    pub state: Option<Carried<'a, T>>,
    /// Rows of `UNITS` elements: for each sample one for each step with `RETURN_SEQUENCES`, else one.
    pub y: &'a mut [T],
    /// Where the states after the last step are wanted, `UNITS` elements for each sample.
    pub final_state: [Option<&'a mut [T]>; N],
    /// What backward needs: `saved_len` of the layer for each sample.
    pub saved: &'a mut [T],
    /// The dropouts.
    pub random: Random,
    /// Grows as needed; what it holds does not matter.
    pub scratch: &'a mut Vec<T>,
}

impl<'a, T> Forward<'a, T, 2> {
    /// For a layer of one state: without the second.
    pub(crate) fn one(self) -> Forward<'a, T, 1> {
        let Forward { samples, x, mask, initial_state, state, y, final_state, saved, random, scratch } = self;
        let ([initial, _], [last, _]) = (initial_state, final_state);
        let (initial_state, final_state) = ([initial], [last]);
        Forward { samples, x, mask, initial_state, state, y, final_state, saved, random, scratch }
    }
}

/// What the backward pass reads and writes; slices are laid out as in [`Forward`].
#[derive(Debug)]
pub struct Backward<'a, T, const N: usize> {
    /// How many samples.
    pub samples: usize,
    /// As in [`Forward`].
    pub x: &'a [T],
    /// As in [`Forward`].
    pub mask: Option<&'a [T]>,
    /// What [`Forward`] left.
    pub saved: &'a [T],
    /// The gradient of `y`.
    pub dy: &'a [T],
    /// The gradients of the final states, where there are any.
    pub d_final_state: [Option<&'a [T]>; N],
    /// The gradient of `x`, if it is wanted: overwritten.
    pub dx: Option<&'a mut [T]>,
    /// The gradients of the initial states that are wanted: overwritten.
    pub d_initial_state: [Option<&'a mut [T]>; N],
    /// As in [`Forward`].
    pub random: Random,
    /// Grows as needed; what it holds does not matter.
    pub scratch: &'a mut Vec<T>,
}

impl<'a, T> Backward<'a, T, 2> {
    /// For a layer of one state: without the second.
    pub(crate) fn one(self) -> Backward<'a, T, 1> {
        let Backward { samples, x, mask, saved, dy, d_final_state, dx, d_initial_state, random, scratch } = self;
        let ([last, _], [initial, _]) = (d_final_state, d_initial_state);
        let (d_final_state, d_initial_state) = ([last], [initial]);
        Backward { samples, x, mask, saved, dy, d_final_state, dx, d_initial_state, random, scratch }
    }
}

/// The gradients of a layer's weights as flat slices, laid out as [`Weights`], to add to.
#[derive(Debug)]
pub struct Gradients<'a, T> {
    /// That of the kernel for the inputs.
    pub kernel: &'a mut [T],
    /// That of the kernel for the output of the step before.
    pub recurrent_kernel: &'a mut [T],
    /// That of the bias; empty with `use_bias = false`.
    pub bias: &'a mut [T],
}

/// What one kind of layer does in a step of training, for all samples of a shard.
pub(crate) trait Cell<T: Element>: Copy {
    /// From the projections of the inputs to the next states.
    fn forward<S: Simd>(self, simd: S, sizes: &Sizes, weights: Weights<'_, T>, step: StepForward<'_, T>);

    /// From the gradients of the states after a step to those of the states before it, and of all sums.
    ///
    /// Linear in the gradients of the states: where they are zero, all gradients become zero.
    fn backward<S: Simd>(self, simd: S, sizes: &Sizes, step: StepBackward<'_, T>);

    /// Adds what the gradients of the weights lack, once those of all steps are known.
    fn finish<S: Simd>(self, _: S, _: &Sizes, _: AllSteps<'_, T>, _: &mut Gradients<'_, T>) {}
}

/// How many elements a kind of layer saves of each step, for each unit.
#[derive(Clone, Copy)]
pub(crate) struct Saved {
    /// Gates: columns of the kernels.
    pub(crate) gates: usize,
    /// What backward needs beside gates and states.
    pub(crate) extra: usize,
    /// States.
    pub(crate) states: usize,
    /// Whether the sums of the recurrent product have gradients of their own.
    pub(crate) inner: bool,
}

impl Saved {
    /// What is saved of a sample.
    pub(crate) const fn len(self, sizes: &RecurrentSizes) -> usize {
        let RecurrentSizes { steps, units, .. } = *sizes;
        units * (steps * (self.gates + self.extra) + (steps + 1) * self.states)
    }
}
