//! What layers with `stateful` carry from one batch to the next: sample i goes on where sample i of the batch before ended.

use super::data::Data;
use super::network::SHARD;
use crate::element::Element;
use crate::error::FitError;

/// The states of the samples of a batch, shard by shard. Training and evaluation go on with the same ones, as in Keras.
pub(super) struct States<T> {
    /// The numbers of a sample; 0 for a network without a state.
    len: usize,
    /// The samples of a batch; 0 where nothing has been carried yet.
    samples: usize,
    shards: Vec<Vec<T>>,
}

impl<T: Element> States<T> {
    pub fn new(len: usize) -> Self {
        States { len, samples: 0, shards: Vec::new() }
    }

    /// Whether layers carry something.
    pub fn any(&self) -> bool {
        self.len > 0
    }

    /// All samples begin anew with the next batch, which may have any number of them.
    pub fn reset(&mut self) {
        self.samples = 0;
        self.shards.clear();
    }

    /// Those of a batch of so many samples, one for each shard.
    pub fn of(&mut self, samples: usize) -> &mut [Vec<T>] {
        if self.any() && self.samples != samples {
            self.samples = samples;
            let shards = (0..samples).step_by(SHARD).map(|first| SHARD.min(samples - first));
            self.shards = shards.map(|samples| vec![T::zero(); samples * self.len]).collect();
        }
        &mut self.shards
    }

    /// Checks that batches are as large as the one whose states are carried.
    pub fn check(&self, option: &'static str, batch_size: usize) -> Result<(), FitError> {
        match self.samples {
            _ if !self.any() => Ok(()),
            0 => Ok(()),
            samples if samples == batch_size => Ok(()),
            samples => {
                let found = format!("{batch_size} after batches of {samples}");
                Err(FitError::option(option, "batches as large as those whose states go on, or `reset_states`", found))
            }
        }
    }

    /// Checks that samples make whole batches.
    pub fn check_whole(&self, what: &'static str, data: &Data<'_, T>, batch_size: usize) -> Result<(), FitError> {
        if !self.any() || data.len.is_multiple_of(batch_size) {
            return Ok(());
        }
        let found = format!("{} samples in batches of {batch_size}", data.len);
        Err(FitError::option(what, "whole batches, for the layers with `stateful`", found))
    }

    /// Checks the option after how many steps states begin anew.
    pub fn check_steps(&self, steps: Option<usize>) -> Result<(), FitError> {
        match steps {
            Some(0) => Err(FitError::option("steps_per_state", "at least 1", 0)),
            Some(steps) if !self.any() => {
                Err(FitError::option("steps_per_state", "none for a network without `stateful` layers", steps))
            }
            _ => Ok(()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_shard_has_its_samples_and_other_batches_are_refused() {
        let mut states = States::<f32>::new(3);
        assert!(states.check("batch_size", 40).is_ok());
        assert_eq!(states.of(40).iter().map(Vec::len).collect::<Vec<_>>(), [48, 48, 24]);
        states.of(40)[2][5] = 1.0;
        assert_eq!(states.of(40)[2][5], 1.0);
        let refused = states.check("batch_size", 32).unwrap_err().to_string();
        assert_eq!(
            refused,
            "`batch_size`: expected batches as large as those whose states go on, or `reset_states`, found 32 after batches of 40"
        );
        states.reset();
        assert!(states.check("batch_size", 32).is_ok());
        assert_eq!(states.of(40)[2][5], 0.0);
    }
}
