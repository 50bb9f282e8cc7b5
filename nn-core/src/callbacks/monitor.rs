//! Watching a value of the logs: which way is better, and whether it got better.

use super::Control;
use crate::config::row::text;
use crate::config::{Direction, Opt, words};
use crate::train::{Logs, Watched};

/// Which way a monitored value gets better.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Mode {
    /// As the metric says: down for a loss, up for an accuracy. An error where it does not say: see
    /// [`Metric::direction`](crate::metrics::Metric::direction).
    #[default]
    Auto,
    /// Down.
    Min,
    /// Up.
    Max,
}

words!(Mode { Auto = "auto", Min = "min", Max = "max" });

/// The options of callbacks that watch a value.
pub(super) const MONITOR: Opt = text("val_loss", "the name of a value in the logs");
pub(super) const MODE: Opt = text("auto", "`auto`, `min` or `max`");

/// A value of the logs by name, and what counts as an improvement.
pub(super) struct Monitor<'a> {
    pub name: &'a str,
    pub mode: Mode,
    pub min_delta: f64,
}

/// The value in the logs of an epoch.
#[derive(Clone, Copy)]
pub(super) struct Current {
    pub value: f64,
    direction: Direction,
    min_delta: f64,
}

impl Monitor<'_> {
    /// The value in these logs; none in an epoch that is not validated.
    pub fn look<N: Watched>(&self, logs: &Logs, control: &Control<'_, N>) -> Result<Option<Current>, String> {
        let Self { name, mode, min_delta } = *self;
        let value = logs.get(name);
        if value.is_none() && !(name.starts_with("val_") && control.validates()) {
            let hint = if name.starts_with("val_") { " (there are no samples for validation)" } else { "" };
            return Err(format!("it monitors `{name}`, but there are only {}{hint}", logs.names()));
        }
        let unknown = || format!("which way is `{name}` better? Say so with `mode(Mode::Min)` or `mode(Mode::Max)`");
        let direction = match mode {
            Mode::Min => Direction::Down,
            Mode::Max => Direction::Up,
            Mode::Auto => control.direction(name).ok_or_else(unknown)?,
        };
        Ok(value.map(|value| Current { value, direction, min_delta }))
    }
}

impl Current {
    /// Whether it is better than `reference` by more than `min_delta`; any number is better than none.
    pub fn improves_on(self, reference: Option<f64>) -> bool {
        match self.direction {
            Direction::Up => self.value - self.min_delta > reference.unwrap_or(f64::NEG_INFINITY),
            Direction::Down => self.value + self.min_delta < reference.unwrap_or(f64::INFINITY),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_is_no_better_than_nan() {
        let improves =
            |value, reference| Current { value, direction: Direction::Down, min_delta: 0.1 }.improves_on(reference);
        assert!(improves(5.0, None));
        assert!(!improves(f64::NAN, None));
        assert!(!improves(0.95, Some(1.0)));
        assert!(improves(0.85, Some(1.0)));
    }
}
