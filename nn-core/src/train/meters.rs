//! The losses and the metrics of an epoch so far.

use super::learner::Facts;
use super::logs::Logs;
use super::outputs::Output;
use super::rows::View;
use super::session::Directions;
use crate::config::Direction;
use crate::element::Element;
use crate::error::FitError;
use crate::losses::Each;
use crate::metrics::{Metric, Metrics, Place};

/// The mean losses and the metrics that a network is compiled with.
pub(super) struct Meters<T> {
    loss: MeanLoss,
    /// The loss of each output, where there are several.
    losses: Vec<MeanLoss>,
    metrics: Vec<Meter<T>>,
    /// What metrics were given for that is no output, and in which argument.
    unknown: Vec<(&'static str, String)>,
}

/// What the logs of training and of validation call a number.
struct Name([String; 2]);

impl Name {
    fn new(name: &str) -> Self {
        Self([name.to_owned(), format!("val_{name}")])
    }

    fn with(&self, prefix: Prefix) -> &str {
        &self.0[usize::from(prefix == Prefix::Val)]
    }
}

struct MeanLoss {
    name: Name,
    /// The sum over batches of loss times samples.
    total: f64,
    samples: usize,
}

impl MeanLoss {
    fn new(name: &str) -> Self {
        Self { name: Name::new(name), total: 0.0, samples: 0 }
    }

    fn reset(&mut self) {
        (self.total, self.samples) = (0.0, 0);
    }

    fn add(&mut self, loss: f64, samples: usize) {
        self.total += loss * samples as f64;
        self.samples += samples;
    }

    fn write(&self, prefix: Prefix, logs: &mut Logs) {
        logs.set(self.name.with(prefix), self.total / self.samples.max(1) as f64);
    }
}

struct Meter<T> {
    metric: Box<dyn Metric<T>>,
    /// The output that it looks at.
    output: usize,
    /// Whether samples count by their weights.
    weighted: bool,
    name: Name,
}

/// Which names the logs use.
#[derive(Clone, Copy, PartialEq)]
pub(super) enum Prefix {
    None,
    Val,
}

impl<T: Element> Meters<T> {
    pub fn new(outputs: &[Output]) -> Self {
        let several = outputs.iter().filter(|output| !output.name.is_empty());
        let losses = several.map(|output| MeanLoss::new(&format!("{}_loss", output.name))).collect();
        Self { loss: MeanLoss::new("loss"), losses, metrics: Vec::new(), unknown: Vec::new() }
    }

    /// Adds metrics of an output. Where there are several outputs, their names stand before those of the metrics.
    pub fn add(&mut self, outputs: &[Output], place: Place<'_>, metrics: Metrics<T>, weighted: bool) {
        let what = if weighted { "weighted_metrics" } else { "metrics" };
        let known = outputs.iter().find(|output| match place {
            Place::Index(index) => output.index == index,
            Place::Name(name) => output.name == name,
        });
        match (known, place) {
            (Some(output), _) => self.add_to(output, metrics, weighted),
            (None, Place::Name(name)) => self.unknown.push((what, name.to_owned())),
            (None, Place::Index(_)) => {}
        }
    }

    fn add_to(&mut self, output: &Output, metrics: Metrics<T>, weighted: bool) {
        let prefix = if output.name.is_empty() { String::new() } else { format!("{}_", output.name) };
        for metric in metrics.0 {
            let name = Name::new(&self.unused(&prefix, metric.name(), weighted));
            self.metrics.push(Meter { metric, output: output.index, weighted, name });
        }
    }

    /// A name that no other metric has. As in Keras, the second one of a name is called `…_1`, and a weighted one
    /// `weighted_…`.
    fn unused(&self, prefix: &str, name: &str, weighted: bool) -> String {
        let taken = |name: &String| self.metrics.iter().any(|meter| meter.name.with(Prefix::None) == name);
        let plain = Some(format!("{prefix}{name}"));
        let marked = weighted.then(|| format!("{prefix}weighted_{name}"));
        let base = marked.clone().or(plain.clone()).unwrap_or_default();
        let numbered = (1..).map(|index| format!("{base}_{index}"));
        plain.into_iter().chain(marked).chain(numbered).find(|name| !taken(name)).unwrap_or_default()
    }

    /// Whether all metrics belong to an output, and can take its targets.
    pub fn check(&self, facts: &Facts<T>, losses: &Each<'_, T>) -> Result<(), FitError> {
        self.unknown.iter().try_for_each(|(what, name)| facts.find(what, name).map(|_| ()))?;
        self.metrics.iter().try_for_each(|meter| meter.metric.check_options())?;
        for (output, loss) in facts.outputs.iter().zip(losses.iter().flatten()) {
            let (outputs, targets) = (output.classes, loss.target_width(output.classes));
            let mut own = self.metrics.iter().filter(|meter| meter.output == output.index);
            if let Some(meter) = own.find(|meter| !meter.metric.fits(outputs, targets)) {
                let metric = meter.name.with(Prefix::None).to_owned();
                return Err(FitError::Metric { metric, outputs, targets });
            }
        }
        Ok(())
    }

    /// Which way each value of the logs gets better.
    pub fn directions(&self) -> Directions {
        let losses = [&self.loss].into_iter().chain(&self.losses).map(|loss| (&loss.name, Some(Direction::Down)));
        let metrics = self.metrics.iter().map(|meter| (&meter.name, meter.metric.direction()));
        let both = |(name, way): (&Name, _)| name.0.clone().map(|name| (name, way));
        losses.chain(metrics).flat_map(both).collect()
    }

    pub fn reset(&mut self) {
        self.loss.reset();
        self.losses.iter_mut().for_each(MeanLoss::reset);
        self.metrics.iter_mut().for_each(|meter| meter.metric.reset());
    }

    /// Adds a batch with its loss, and that of each output.
    pub fn update<'a>(
        &mut self,
        loss: f64,
        losses: &[f64],
        samples: usize,
        predictions: impl Iterator<Item = (View<'a, T>, &'a [T])>,
    ) {
        self.loss.add(loss, samples);
        self.losses.iter_mut().zip(losses).for_each(|(mean, &loss)| mean.add(loss, samples));
        for (View { output, y_true, weights, mask, factors }, y_pred) in predictions {
            let width = y_true.len() / factors.len().max(1);
            for meter in self.metrics.iter_mut().filter(|meter| meter.output == output.index) {
                let weights = if meter.weighted { weights } else { mask };
                meter.metric.update(y_true, y_pred, output.classes, width, weights);
            }
        }
    }

    /// Writes the losses and the metrics so far; those of validation with `val_`.
    pub fn write(&self, prefix: Prefix, logs: &mut Logs) {
        self.loss.write(prefix, logs);
        self.losses.iter().for_each(|loss| loss.write(prefix, logs));
        for meter in &self.metrics {
            logs.set(meter.name.with(prefix), meter.metric.result());
        }
    }
}
