//! `LambdaCallback`.

use super::{Callback, CallbackResult, Control};
use crate::train::{Logs, Watched};

type OnBegin<'a> = Option<Box<dyn FnMut(usize) + Send + 'a>>;
type OnFinish<'a> = Option<Box<dyn FnMut(&Logs) + Send + 'a>>;
type OnEnd<'a> = Option<Box<dyn FnMut(usize, &Logs) + Send + 'a>>;

/// A callback made of closures. For one that changes something, write a [`Callback`].
///
/// ```
/// use nn_core::callbacks::LambdaCallback;
/// let mut losses = Vec::new();
/// let collect = LambdaCallback::new().on_epoch_end(|_epoch, logs| losses.push(logs["loss"]));
/// ```
#[derive(Default)]
pub struct LambdaCallback<'a> {
    train_begin: Option<Box<dyn FnMut() + Send + 'a>>,
    train_end: OnFinish<'a>,
    epoch_begin: OnBegin<'a>,
    epoch_end: OnEnd<'a>,
    batch_begin: OnBegin<'a>,
    batch_end: OnEnd<'a>,
}

impl<'a> LambdaCallback<'a> {
    /// One that does nothing yet.
    pub fn new() -> Self {
        Self::default()
    }

    /// Before the first epoch.
    pub fn on_train_begin(self, f: impl FnMut() + Send + 'a) -> Self {
        Self { train_begin: Some(Box::new(f)), ..self }
    }

    /// After the last epoch.
    pub fn on_train_end(self, f: impl FnMut(&Logs) + Send + 'a) -> Self {
        Self { train_end: Some(Box::new(f)), ..self }
    }

    /// Before an epoch.
    pub fn on_epoch_begin(self, f: impl FnMut(usize) + Send + 'a) -> Self {
        Self { epoch_begin: Some(Box::new(f)), ..self }
    }

    /// After an epoch.
    pub fn on_epoch_end(self, f: impl FnMut(usize, &Logs) + Send + 'a) -> Self {
        Self { epoch_end: Some(Box::new(f)), ..self }
    }

    /// Before a step of training.
    pub fn on_train_batch_begin(self, f: impl FnMut(usize) + Send + 'a) -> Self {
        Self { batch_begin: Some(Box::new(f)), ..self }
    }

    /// After a step of training.
    pub fn on_train_batch_end(self, f: impl FnMut(usize, &Logs) + Send + 'a) -> Self {
        Self { batch_end: Some(Box::new(f)), ..self }
    }
}

impl<N: Watched> Callback<N> for LambdaCallback<'_> {
    fn on_train_begin(&mut self, _: &mut Control<'_, N>) -> CallbackResult {
        self.train_begin.iter_mut().for_each(|f| f());
        Ok(())
    }

    fn on_train_end(&mut self, logs: &Logs, _: &mut Control<'_, N>) -> CallbackResult {
        self.train_end.iter_mut().for_each(|f| f(logs));
        Ok(())
    }

    fn on_epoch_begin(&mut self, epoch: usize, _: &mut Control<'_, N>) -> CallbackResult {
        self.epoch_begin.iter_mut().for_each(|f| f(epoch));
        Ok(())
    }

    fn on_epoch_end(&mut self, epoch: usize, logs: &mut Logs, _: &mut Control<'_, N>) -> CallbackResult {
        self.epoch_end.iter_mut().for_each(|f| f(epoch, logs));
        Ok(())
    }

    fn on_train_batch_begin(&mut self, batch: usize, _: &mut Control<'_, N>) -> CallbackResult {
        self.batch_begin.iter_mut().for_each(|f| f(batch));
        Ok(())
    }

    fn on_train_batch_end(&mut self, batch: usize, logs: &Logs, _: &mut Control<'_, N>) -> CallbackResult {
        self.batch_end.iter_mut().for_each(|f| f(batch, logs));
        Ok(())
    }
}
