//! The loss and the metrics of an epoch so far.

use super::data::{classes, rows};
use super::logs::Logs;
use super::rows::Part;
use crate::element::Element;
use crate::error::FitError;
use crate::metrics::{Metric, Metrics};
use crate::network::Network;

/// The mean loss and the metrics that a network is compiled with.
pub(super) struct Meters<T> {
    /// The sum over batches of loss times samples.
    loss: f64,
    samples: usize,
    metrics: Vec<Meter<T>>,
}

struct Meter<T> {
    metric: Box<dyn Metric<T>>,
    /// Whether samples count by their weights.
    weighted: bool,
    /// What the logs of training and of validation call it.
    names: [String; 2],
}

/// Which names the logs use.
#[derive(Clone, Copy, PartialEq)]
pub(super) enum Prefix {
    None,
    Val,
}

impl<T: Element> Meters<T> {
    pub fn new(metrics: Metrics<T>) -> Self {
        let mut meters = Self { loss: 0.0, samples: 0, metrics: Vec::new() };
        meters.add(metrics, false);
        meters
    }

    /// Adds metrics; where a weighted one has the name of another, Keras calls it `weighted_…`.
    pub fn add(&mut self, metrics: Metrics<T>, weighted: bool) {
        for metric in metrics.0 {
            let mut name = metric.name().to_owned();
            if weighted && self.metrics.iter().any(|meter| meter.names[0] == name) {
                name = format!("weighted_{name}");
            }
            let names = [name.clone(), format!("val_{name}")];
            self.metrics.push(Meter { metric, weighted, names });
        }
    }

    /// Whether the metrics can take targets of so many numbers in a row.
    pub fn check<N: Network<Element = T>>(&self, width: usize) -> Result<(), FitError> {
        let width = width / rows::<N>();
        match self.metrics.iter().find(|meter| !meter.metric.fits(classes::<N>(), width)) {
            None => Ok(()),
            Some(meter) => {
                Err(FitError::Metric { metric: meter.names[0].clone(), outputs: classes::<N>(), targets: width })
            }
        }
    }

    pub fn reset(&mut self) {
        (self.loss, self.samples) = (0.0, 0);
        self.metrics.iter_mut().for_each(|meter| meter.metric.reset());
    }

    /// Adds a batch with its loss.
    pub fn update<'a, N: Network<Element = T>>(
        &mut self,
        loss: f64,
        samples: usize,
        predictions: impl Iterator<Item = (Part<'a, T>, &'a [T])>,
    ) {
        self.loss += loss * samples as f64;
        self.samples += samples;
        for (Part { y_true, weights, factors }, y_pred) in predictions {
            let width = y_true.len() / factors.len().max(1);
            for meter in &mut self.metrics {
                let weights = weights.filter(|_| meter.weighted);
                meter.metric.update(y_true, y_pred, classes::<N>(), width, weights);
            }
        }
    }

    /// Writes the loss and the metrics so far; those of validation with `val_`.
    pub fn write(&self, prefix: Prefix, logs: &mut Logs) {
        let loss = if prefix == Prefix::Val { "val_loss" } else { "loss" };
        logs.set(loss, self.loss / self.samples.max(1) as f64);
        for meter in &self.metrics {
            logs.set(&meter.names[usize::from(prefix == Prefix::Val)], meter.metric.result());
        }
    }
}
