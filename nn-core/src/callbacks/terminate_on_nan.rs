//! `TerminateOnNaN`.

use super::{Callback, CallbackResult, Control};
use crate::config::row;
use crate::train::{Logs, Watched};

/// Ends training when the loss is infinite or not a number.
#[derive(Clone, Copy, Debug)]
pub struct TerminateOnNaN;

row! { TerminateOnNaN, "TerminateOnNaN", []; }

impl<N: Watched> Callback<N> for TerminateOnNaN {
    fn on_train_batch_end(&mut self, batch: usize, logs: &Logs, control: &mut Control<'_, N>) -> CallbackResult {
        if logs.get("loss").is_some_and(|loss| !loss.is_finite()) {
            control.message(&format!("Batch {batch}: the loss is not finite, training ends"));
            control.stop_training();
        }
        Ok(())
    }
}
