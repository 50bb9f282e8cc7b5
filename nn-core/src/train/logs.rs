//! What training reports: the loss and the metrics by name.

use std::collections::BTreeMap;
use std::fmt::{self, Display, Formatter};
use std::ops::Index;

/// The loss and the metrics of an epoch so far, by name, the loss first; those of validation begin with `val_`.
///
/// ```
/// let mut logs = nn_core::train::Logs::default();
/// logs.set("loss", 0.5);
/// assert_eq!(logs.get("loss"), Some(0.5));
/// assert_eq!(logs.to_string(), "loss: 0.5000");
/// ```
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Logs(Vec<(String, f64)>);

impl Logs {
    /// The value of this name.
    pub fn get(&self, name: &str) -> Option<f64> {
        self.iter().find(|(other, _)| *other == name).map(|(_, value)| value)
    }

    /// Sets the value of this name, behind the others if it is new.
    pub fn set(&mut self, name: &str, value: f64) {
        match self.0.iter_mut().find(|(other, _)| other == name) {
            Some((_, old)) => *old = value,
            None => self.0.push((name.to_owned(), value)),
        }
    }

    /// Names and values, in order.
    pub fn iter(&self) -> impl Iterator<Item = (&str, f64)> {
        self.0.iter().map(|(name, value)| (&name[..], *value))
    }

    /// The names, separated by commas: for messages.
    pub(crate) fn names(&self) -> String {
        self.iter().map(|(name, _)| format!("`{name}`")).collect::<Vec<_>>().join(", ")
    }
}

/// `logs["accuracy"]`; panics, as a map does, where there is no such name. See [`Logs::get`].
impl Index<&str> for Logs {
    type Output = f64;

    fn index(&self, name: &str) -> &f64 {
        match self.0.iter().find(|(other, _)| other == name) {
            Some((_, value)) => value,
            None => panic!("no `{name}` among {}", self.names()),
        }
    }
}

impl Display for Logs {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        for (index, (name, value)) in self.iter().enumerate() {
            let separator = if index > 0 { " - " } else { "" };
            write!(f, "{separator}{name}: {}", number(value))?;
        }
        Ok(())
    }
}

/// A value as Keras' progress bar prints it: four digits, as a power of ten where it is small.
fn number(value: f64) -> String {
    if value != 0.0 && value.abs() <= 1e-3 { format!("{value:.4e}") } else { format!("{value:.4}") }
}

/// What [`fit`](super::Model::fit) was asked to do.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Params {
    /// The number of the last epoch.
    pub epochs: usize,
    /// Steps in each.
    pub steps: usize,
    /// How much was printed: 0, 1 or 2.
    pub verbose: u8,
}

/// The loss and the metrics of each epoch; printed, it is a table.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct History {
    /// The epochs that were run, counted from 0.
    pub epoch: Vec<usize>,
    /// The values of each name, one for each epoch that has it (with `validation_freq`, not all have `val_…`).
    pub history: BTreeMap<String, Vec<f64>>,
    /// What was asked for.
    pub params: Params,
    /// The same by epochs.
    logs: Vec<Logs>,
}

impl History {
    pub(crate) fn new(params: Params) -> Self {
        Self { params, ..Self::default() }
    }

    pub(crate) fn push(&mut self, epoch: usize, logs: &Logs) {
        self.epoch.push(epoch);
        for (name, value) in logs.iter() {
            self.history.entry(name.to_owned()).or_default().push(value);
        }
        self.logs.push(logs.clone());
    }

    /// The values of this name, one for each epoch that has it; empty if none has.
    pub fn get(&self, name: &str) -> &[f64] {
        self.history.get(name).map_or(&[], Vec::as_slice)
    }

    /// The loss and the metrics of the last epoch.
    pub fn last(&self) -> Option<&Logs> {
        self.logs.last()
    }

    /// The names in the order of their first appearance.
    fn names(&self) -> Vec<&str> {
        let mut names = Vec::new();
        for (name, _) in self.logs.iter().flat_map(Logs::iter) {
            if !names.contains(&name) {
                names.push(name);
            }
        }
        names
    }
}

impl Display for History {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        let names = self.names();
        write!(f, "epoch")?;
        names.iter().try_for_each(|name| write!(f, "  {name:>10}"))?;
        for (epoch, logs) in self.epoch.iter().zip(&self.logs) {
            write!(f, "\n{:>5}", epoch + 1)?;
            for name in &names {
                let width = name.chars().count().max(10);
                let value = logs.get(name).map(number).unwrap_or_default();
                write!(f, "  {value:>width$}")?;
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn logs(values: &[(&str, f64)]) -> Logs {
        let mut logs = Logs::default();
        values.iter().for_each(|(name, value)| logs.set(name, *value));
        logs
    }

    #[test]
    fn values_keep_their_order_and_replace_old_ones() {
        let mut logs = logs(&[("loss", 1.0), ("accuracy", 0.25)]);
        logs.set("loss", 0.0001);
        assert_eq!(logs.to_string(), "loss: 1.0000e-4 - accuracy: 0.2500");
        assert_eq!(logs["accuracy"], 0.25);
        assert_eq!(logs.get("mae"), None);
    }

    #[test]
    fn the_table_has_a_hole_where_an_epoch_was_not_validated() {
        let mut history = History::new(Params { epochs: 2, steps: 1, verbose: 0 });
        history.push(0, &logs(&[("loss", 1.5)]));
        history.push(1, &logs(&[("loss", 0.5), ("val_loss", f64::NAN)]));
        let table = "epoch        loss    val_loss\n    1      1.5000            \n    2      0.5000         NaN";
        assert_eq!(history.to_string(), table);
        assert_eq!(history.get("loss"), [1.5, 0.5]);
        assert_eq!(history.get("val_loss").len(), 1);
        assert_eq!(history.get("mae"), [0.0; 0]);
        assert_eq!(history.last().unwrap()["loss"], 0.5);
    }
}
