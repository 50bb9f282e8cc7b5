//! What is right and wrong above and below thresholds: the counts that many metrics are made of.

use super::weighted_rows;
use crate::config::OneOrMore;
use crate::config::row::{Included, Range};
use crate::element::Element;

/// The option of thresholds.
pub(super) const THRESHOLDS: Range =
    Range { expected: "a number from 0 to 1, or a list of them", from: Included(0.0), to: Included(1.0) };

/// Weighted counts of outputs above and below thresholds: one of each kind for each threshold. An output above a threshold is
/// positive; a target that is not zero is true.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Confusion {
    /// Above where the target is true.
    pub true_positives: Vec<f64>,
    /// Above where it is not.
    pub false_positives: Vec<f64>,
    /// Below where it is not.
    pub true_negatives: Vec<f64>,
    /// Below where it is true.
    pub false_negatives: Vec<f64>,
}

/// A quotient that is zero where there is nothing to divide by.
pub(super) fn ratio(part: f64, whole: f64) -> f64 {
    if whole == 0.0 { 0.0 } else { part / whole }
}

impl Confusion {
    fn each(&mut self) -> [&mut Vec<f64>; 4] {
        [&mut self.true_positives, &mut self.false_positives, &mut self.true_negatives, &mut self.false_negatives]
    }

    /// Adds an output, which is above the thresholds that are below it.
    fn add(&mut self, first: usize, thresholds: &[f64], target: bool, output: f64, weight: f64) {
        let (positives, negatives) = match target {
            true => (&mut self.true_positives, &mut self.false_negatives),
            false => (&mut self.false_positives, &mut self.true_negatives),
        };
        let counts = positives[first..].iter_mut().zip(&mut negatives[first..]);
        for ((positives, negatives), &threshold) in counts.zip(thresholds) {
            *(if output > threshold { positives } else { negatives }) += weight;
        }
    }

    /// What part of the positives is true, for each threshold.
    pub(super) fn precisions(&self) -> Vec<f64> {
        ratios(&self.true_positives, &self.false_positives)
    }

    /// What part of what is true is positive, for each threshold.
    pub(super) fn recalls(&self) -> Vec<f64> {
        ratios(&self.true_positives, &self.false_negatives)
    }

    /// What part of what is not true is negative, for each threshold.
    pub(super) fn specificities(&self) -> Vec<f64> {
        ratios(&self.true_negatives, &self.false_positives)
    }
}

/// `part / (part + rest)`.
pub(super) fn ratios(part: &[f64], rest: &[f64]) -> Vec<f64> {
    part.iter().zip(rest).map(|(part, rest)| ratio(*part, part + rest)).collect()
}

/// Which outputs are compared with which thresholds.
pub(super) struct Comparison<'a> {
    pub thresholds: &'a [f64],
    /// How many of the outputs of a row can be positive.
    pub top_k: Option<usize>,
    /// The only class that counts.
    pub class_id: Option<usize>,
    /// Whether outputs are taken to be from 0 to 1.
    pub clips: bool,
    /// Whether outputs are logits.
    pub from_logits: bool,
    /// Whether each class has counts of its own.
    pub by_class: bool,
    /// What each class counts, where it is not 1.
    pub class_weights: &'a [f64],
}

impl<'a> Comparison<'a> {
    pub fn new(thresholds: &'a [f64]) -> Self {
        Self {
            thresholds,
            top_k: None,
            class_id: None,
            clips: false,
            from_logits: false,
            by_class: false,
            class_weights: &[],
        }
    }

    /// Whether rows of so many outputs and targets can be compared.
    pub fn fits(class_id: Option<usize>, classes: usize, width: usize) -> bool {
        classes == width && class_id.is_none_or(|class| class < classes)
    }

    /// Adds a batch.
    pub fn update<T: Element>(
        &self,
        confusion: &mut Confusion,
        y_true: &[T],
        y_pred: &[T],
        classes: usize,
        weights: Option<&[T]>,
    ) {
        let counts = self.thresholds.len() * if self.by_class { classes } else { 1 };
        confusion.each().into_iter().for_each(|each| each.resize(counts, 0.0));
        if y_true.len() != y_pred.len() {
            confusion.each().into_iter().for_each(|each| each.fill(f64::NAN));
            return;
        }
        for (targets, outputs, weight) in weighted_rows([y_true, y_pred], [classes; 2], weights) {
            for (class, (&target, &output)) in targets.iter().zip(outputs).enumerate() {
                if self.class_id.is_some_and(|only| only != class) {
                    continue;
                }
                let first = if self.by_class { class * self.thresholds.len() } else { 0 };
                let weight = weight * self.class_weights.get(class).copied().unwrap_or(1.0);
                let output = self.output(outputs, class, output.to_f64());
                confusion.add(first, self.thresholds, target != T::zero(), output, weight);
            }
        }
    }

    fn output<T: Element>(&self, outputs: &[T], class: usize, output: f64) -> f64 {
        let output = if self.from_logits { 1.0 / (1.0 + (-output).exp()) } else { output };
        let output = if self.clips { output.clamp(0.0, 1.0) } else { output };
        match self.top_k {
            Some(k) if !is_among(outputs, class, k) => f64::NEG_INFINITY,
            _ => output,
        }
    }
}

/// Whether an output is one of the `k` largest of its row; of equal ones the first are.
fn is_among<T: Element>(outputs: &[T], class: usize, k: usize) -> bool {
    let own = outputs[class];
    let before = |(other, &x): (usize, &T)| x > own || x == own && other < class;
    outputs.iter().enumerate().filter(|&pair| before(pair)).count() < k
}

/// The thresholds of an option; without it one half, or none where only the largest outputs count.
pub(super) fn thresholds(option: &Option<OneOrMore>, top_k: Option<usize>) -> Vec<f64> {
    match option {
        Some(OneOrMore::One(threshold)) => vec![*threshold],
        Some(OneOrMore::More(thresholds)) => thresholds.clone(),
        None => vec![if top_k.is_some() { f64::NEG_INFINITY } else { 0.5 }],
    }
}

/// So many thresholds from 0 to 1, all equally far apart.
pub(super) fn evenly(count: usize) -> Vec<f64> {
    if count < 2 { vec![0.5] } else { (0..count).map(|at| at as f64 / (count - 1) as f64).collect() }
}
