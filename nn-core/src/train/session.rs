//! A run of `fit` or `evaluate`, as its callbacks see it.

use super::data::Data;
use super::driver::{Driver, Parts};
use super::learner::Hook;
use super::logs::{Logs, Params};
use super::meters::Prefix;
use super::progress::Progress;
use super::rows::Batch;
use crate::config::Direction;
use crate::element::Element;
use crate::error::FitError;

/// What the logs call losses and metrics, and which way these get better; `None` where the metric does not say.
pub(crate) type Directions = Vec<(String, Option<Direction>)>;

/// What a run keeps for its callbacks.
pub struct State {
    pub(crate) params: Params,
    pub(crate) progress: Progress,
    /// Whether a callback has asked for the end.
    pub(crate) stop: bool,
    /// The loss of the last batch.
    pub(crate) batch_loss: f64,
    /// Whether epochs are validated.
    pub(crate) validates: bool,
    pub(crate) directions: Directions,
    /// Whether a callback has asked that the states of `stateful` layers begin anew.
    pub(crate) reset: bool,
}

/// How evaluation cuts samples into steps.
#[derive(Clone, Copy)]
pub(super) struct TestBatches {
    pub batch_size: usize,
    /// After how many steps states begin anew, if they do.
    pub steps_per_state: Option<usize>,
}

/// The state of a run that begins.
pub(super) fn state(params: Params, validates: bool, directions: Directions) -> State {
    let progress = Progress::new(params.verbose);
    State { params, progress, stop: false, batch_loss: f64::NAN, validates, directions, reset: false }
}

/// Runs on one of rayon's threads, where handing work to the others is cheap: from elsewhere each step would wait to be woken.
pub(super) fn in_pool<R: Send>(run: impl FnOnce() -> R + Send) -> R {
    if rayon::current_num_threads() == 1 { run() } else { rayon::scope(|_| run()) }
}

impl<T: Element> Parts<'_, T> {
    /// Calls a hook of each callback, in order.
    pub(super) fn hook(&mut self, mut hook: Hook<'_>, state: &mut State) -> Result<(), FitError> {
        self.learner.hook(&mut hook, self.optimizer, state)
    }
}

impl<T: Element> Driver<T> {
    /// Lets the states of `stateful` layers begin anew before a step, if it is their turn or a callback has asked for it.
    pub(super) fn begin_states(&mut self, steps_per_state: Option<usize>, step: u128, state: &mut State) {
        let turn = steps_per_state.is_some_and(|steps| step.is_multiple_of(steps as u128));
        if std::mem::take(&mut state.reset) || turn {
            self.states.reset();
        }
    }

    /// Does what a callback has asked for after the last step.
    pub(super) fn end_states(&mut self, state: &State) {
        if state.reset {
            self.states.reset();
        }
    }

    /// Evaluates on all samples in their order and adds the results to the logs.
    pub(super) fn test(
        &mut self,
        parts: &mut Parts<'_, T>,
        data: Data<'_, T>,
        batches: TestBatches,
        prefix: Prefix,
        logs: &mut Logs,
        state: &mut State,
    ) -> Result<(), FitError> {
        let order: Vec<_> = (0..data.len).collect();
        let mut so_far = Logs::default();
        self.meters.reset();
        parts.hook(Hook::TestBegin, state)?;
        for (index, samples) in order.chunks(batches.batch_size).enumerate() {
            parts.hook(Hook::TestBatchBegin(index), state)?;
            self.begin_states(batches.steps_per_state, index as u128, state);
            self.test_step(parts, &Batch { data, samples });
            self.meters.write(Prefix::None, &mut so_far);
            parts.hook(Hook::TestBatchEnd(index, &so_far), state)?;
            if prefix == Prefix::None {
                state.progress.advance(samples.len(), &so_far);
            }
        }
        self.meters.write(prefix, logs);
        parts.hook(Hook::TestEnd(&so_far), state)
    }
}
