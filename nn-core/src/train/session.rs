//! A run of `fit` or `evaluate`, as its callbacks see it.

use super::data::Data;
use super::logs::{Logs, Params};
use super::meters::Prefix;
use super::model::Model;
use super::network::Train;
use super::progress::Progress;
use super::rows::Batch;
use crate::callbacks::{Callback, CallbackResult, Control, Directions, State};
use crate::error::FitError;
use crate::losses::Losses;
use crate::network::{Network, Outputs};
use crate::optimizers::Optimizer;

/// Callbacks and what they share.
pub(super) struct Session<'a, N: Network> {
    callbacks: &'a mut [&'a mut dyn Callback<N>],
    pub state: State,
}

impl<'a, N: Network> Session<'a, N> {
    pub fn new(
        callbacks: &'a mut [&'a mut dyn Callback<N>],
        params: Params,
        validates: bool,
        directions: Directions,
    ) -> Self {
        let progress = Progress::new(params.verbose);
        Self { callbacks, state: State { params, progress, stop: false, batch_loss: f64::NAN, validates, directions } }
    }
}

/// Runs on one of rayon's threads, where handing work to the others is cheap: from elsewhere each step would wait to be woken.
pub(super) fn in_pool<R: Send>(run: impl FnOnce() -> R + Send) -> R {
    if rayon::current_num_threads() == 1 { run() } else { rayon::scope(|_| run()) }
}

impl<N: Train, L: Losses<N::Element, Outputs<N>>, O: Optimizer<N::Element>> Model<N, L, O> {
    /// Calls a hook of each callback, in order.
    pub(super) fn hook(
        &mut self,
        session: &mut Session<'_, N>,
        mut hook: impl FnMut(&mut dyn Callback<N>, &mut Control<'_, N>) -> CallbackResult,
    ) -> Result<(), FitError> {
        let Session { callbacks, state } = session;
        let mut control = Control { network: &mut *self.network, optimizer: &mut self.optimizer, state };
        for callback in callbacks.iter_mut() {
            hook(&mut **callback, &mut control)
                .map_err(|source| FitError::Callback { callback: callback.name().to_owned(), source })?;
        }
        Ok(())
    }

    /// Evaluates on all samples in their order and adds the results to the logs.
    pub(super) fn test(
        &mut self,
        data: Data<'_, N>,
        batch_size: usize,
        prefix: Prefix,
        logs: &mut Logs,
        session: &mut Session<'_, N>,
    ) -> Result<(), FitError> {
        let order: Vec<_> = (0..data.x.len()).collect();
        let mut so_far = Logs::default();
        self.meters.reset();
        self.hook(session, |callback, control| callback.on_test_begin(control))?;
        for (index, samples) in order.chunks(batch_size).enumerate() {
            self.hook(session, |callback, control| callback.on_test_batch_begin(index, control))?;
            self.test_step(&Batch { data, samples });
            self.meters.write(Prefix::None, &mut so_far);
            self.hook(session, |callback, control| callback.on_test_batch_end(index, &so_far, control))?;
            if prefix == Prefix::None {
                session.state.progress.advance(samples.len(), &so_far);
            }
        }
        self.meters.write(prefix, logs);
        self.hook(session, |callback, control| callback.on_test_end(&so_far, control))
    }
}
