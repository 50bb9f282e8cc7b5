//! Watching a value of the logs: which way is better, and whether it got better.

use super::Control;
use crate::network::Network;
use crate::train::Logs;

/// Which way a monitored value gets better.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Mode {
    /// As the name says: down for a loss or an error, up for an accuracy. An error where it does not say.
    #[default]
    Auto,
    /// Down.
    Min,
    /// Up.
    Max,
}

/// A value of the logs by name, and what counts as an improvement.
#[derive(Clone, Debug)]
pub(super) struct Monitor {
    pub name: String,
    pub mode: Mode,
    pub min_delta: f64,
    /// Known from the first look at the logs.
    rising: bool,
}

impl Monitor {
    pub fn new(name: impl Into<String>) -> Self {
        Self { name: name.into(), mode: Mode::Auto, min_delta: 0.0, rising: false }
    }

    /// The value in these logs; none in an epoch that is not validated.
    pub fn current<N: Network>(&mut self, logs: &Logs, control: &Control<'_, N>) -> Result<Option<f64>, String> {
        let current = logs.get(&self.name);
        if current.is_none() && !(self.name.starts_with("val_") && control.validates()) {
            let hint = if self.name.starts_with("val_") { " (there are no samples for validation)" } else { "" };
            return Err(format!("it monitors `{}`, but there are only {}{hint}", self.name, logs.names()));
        }
        let unknown =
            || format!("which way is `{}` better? Say so with `mode(Mode::Min)` or `mode(Mode::Max)`", self.name);
        self.rising = match self.mode {
            Mode::Min => false,
            Mode::Max => true,
            Mode::Auto => rising(&self.name).ok_or_else(unknown)?,
        };
        Ok(current)
    }

    /// Whether `current` is better than `reference` by more than `min_delta`; any number is better than none.
    pub fn improves(&self, current: f64, reference: Option<f64>) -> bool {
        let worst = if self.rising { f64::NEG_INFINITY } else { f64::INFINITY };
        let reference = reference.unwrap_or(worst);
        match self.rising {
            true => current - self.min_delta > reference,
            false => current + self.min_delta < reference,
        }
    }
}

/// Parts of the names of Keras' metrics that are better when they are larger.
const UP: &[&str] = &[
    "acc",
    "auc",
    "precision",
    "recall",
    "sensitivity",
    "specificity",
    "iou",
    "io_u",
    "score",
    "similarity",
    "positives",
];

/// Parts of the names of those that are better when they are smaller.
const DOWN: &[&str] = &[
    "loss",
    "error",
    "mse",
    "mae",
    "mape",
    "msle",
    "entropy",
    "divergence",
    "hinge",
    "poisson",
    "logcosh",
    "log_cosh",
    "huber",
];

/// Whether the metric of this name is better when it is larger.
fn rising(name: &str) -> Option<bool> {
    let contains = |part: &&str| name.contains(*part);
    if name.contains("false_") || DOWN.iter().any(contains) {
        return Some(false);
    }
    UP.iter().any(contains).then_some(true)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_tell_which_way_is_better() {
        for up in ["accuracy", "val_sparse_categorical_accuracy", "auc", "f1_score", "mean_io_u", "true_positives"] {
            assert_eq!(rising(up), Some(true), "{up}");
        }
        for down in ["loss", "val_loss", "mae", "mean_squared_error", "binary_crossentropy", "false_positives"] {
            assert_eq!(rising(down), Some(false), "{down}");
        }
        assert_eq!(rising("perplexed"), None);
    }

    #[test]
    fn nothing_is_no_better_than_nan() {
        let monitor = Monitor { min_delta: 0.1, ..Monitor::new("loss") };
        assert!(monitor.improves(5.0, None));
        assert!(!monitor.improves(f64::NAN, None));
        assert!(!monitor.improves(0.95, Some(1.0)));
        assert!(monitor.improves(0.85, Some(1.0)));
    }
}
