//! `AUC`: the area under the curve of two rates.

use super::confusion::{Comparison, Confusion, evenly, ratio, ratios};
use super::{Metric, by_row, mean_of};
use crate::config::{row, words};
use crate::element::Element;

/// The curve whose area [`AUC`] is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Curve {
    /// The rate of true positives over that of false ones: the receiver operating characteristic.
    #[default]
    Roc,
    /// Precision over recall.
    Pr,
    /// The gain in precision over the gain in recall.
    PrGain,
}

words!(Curve { Roc = "ROC", Pr = "PR", PrGain = "PRGAIN" });

/// How the area between two points of a curve is taken.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum SummationMethod {
    /// Below a straight line; for [`Curve::Pr`] below a curve on which true positives are a straight line.
    #[default]
    Interpolation,
    /// Below the higher one.
    Majoring,
    /// Below the lower one.
    Minoring,
}

words!(SummationMethod { Interpolation = "interpolation", Majoring = "majoring", Minoring = "minoring" });

/// The area under the curve of two rates, from counts at `num_thresholds` thresholds: Davis and Goadrich,
/// [The Relationship Between Precision-Recall and ROC Curves](https://www.biostat.wisc.edu/~page/rocpr.pdf).
///
/// Outputs are probabilities, or logits with `from_logits`. An output is positive if it is above a threshold, and true if its target
/// is not zero. Samples count by their weights. With `multi_label`, each class has an area of its own, and the result is their mean.
///
/// ```
/// use nn_core::metrics::{AUC, Metric};
///
/// let mut metric = AUC { num_thresholds: 3, ..Default::default() };
/// metric.update(&[0.0_f32, 0.0, 1.0, 1.0], &[0.0, 0.5, 0.3, 0.9], 1, 1, None);
/// assert_eq!(Metric::<f32>::result(&metric), 0.75);
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct AUC {
    /// How many thresholds are tried, from 0 to 1 and equally far apart; 200 by default.
    pub num_thresholds: usize,
    /// The curve. By default that of the rates of true and false positives.
    pub curve: Curve,
    /// How the area between two points is taken. By default interpolated.
    pub summation_method: SummationMethod,
    /// Thresholds from 0 to 1 between the ends, in place of `num_thresholds`.
    pub thresholds: Option<Vec<f64>>,
    /// Whether each class has an area of its own.
    pub multi_label: bool,
    /// What each class counts; all the same by default.
    pub label_weights: Option<Vec<f64>>,
    /// Whether outputs are logits rather than probabilities.
    pub from_logits: bool,
    /// What was gathered.
    pub confusion: Confusion,
}

row! {
    AUC, "auc", [], Up;
    num_thresholds: number(200.0, FROM_TWO),
    curve: text("ROC", "`ROC`, `PR` or `PRGAIN`"),
    summation_method: text("interpolation", "`interpolation`, `majoring` or `minoring`"),
    thresholds: optional(Range { expected: "a list of numbers from 0 to 1", ..UNIT }),
    multi_label: flag(false),
    label_weights: optional(Range { expected: "a list of finite numbers from 0 on", ..FROM_ZERO }),
    from_logits: flag(false);
    confusion
}

impl AUC {
    /// The thresholds, the first below all outputs and the last above.
    fn thresholds(&self) -> Vec<f64> {
        let mut thresholds = match &self.thresholds {
            Some(inner) => {
                let mut all = [&[0.0][..], inner, &[1.0]].concat();
                all.sort_by(f64::total_cmp);
                all
            }
            None => evenly(self.num_thresholds),
        };
        if let [first, .., last] = &mut thresholds[..] {
            (*first, *last) = (-1e-7, 1.0 + 1e-7);
        }
        thresholds
    }

    /// The area of the counts of some thresholds.
    fn area(&self, counts: &Confusion) -> f64 {
        let (x, y) = match self.curve {
            Curve::Roc => (ratios(&counts.false_positives, &counts.true_negatives), counts.recalls()),
            Curve::Pr if self.summation_method == SummationMethod::Interpolation => return interpolated(counts),
            Curve::Pr => (counts.recalls(), counts.precisions()),
            Curve::PrGain => gains(counts),
        };
        let height = |[a, b]: [f64; 2]| match self.summation_method {
            SummationMethod::Interpolation => (a + b) / 2.0,
            SummationMethod::Majoring => a.max(b),
            SummationMethod::Minoring => a.min(b),
        };
        pairs(&x).zip(pairs(&y)).map(|([to, from], heights)| (to - from) * height(heights)).sum()
    }
}

fn pairs(values: &[f64]) -> impl Iterator<Item = [f64; 2]> {
    values.windows(2).map(|pair| [pair[0], pair[1]])
}

/// The area below precision over recall, where true positives are a straight line over positives.
fn interpolated(counts: &Confusion) -> f64 {
    let positives: Vec<_> = counts.true_positives.iter().zip(&counts.false_positives).map(|(t, f)| t + f).collect();
    let steps = pairs(&counts.true_positives).zip(pairs(&positives)).zip(counts.false_negatives.iter().skip(1));
    let areas = steps.map(|(([to, from], [p_to, p_from]), missed)| {
        let slope = ratio(to - from, (p_to - p_from).max(0.0));
        let intercept = from - slope * p_from;
        let growth = if p_to > 0.0 && p_from > 0.0 { p_to / p_from } else { 1.0 };
        ratio(slope * (to - from + intercept * growth.ln()), from + missed)
    });
    areas.sum()
}

/// The gains in recall and in precision over what is right by chance.
fn gains(counts: &Confusion) -> (Vec<f64>, Vec<f64>) {
    let each = 0..counts.true_positives.len();
    let gains = each.map(|at| {
        let right = counts.true_positives[at];
        let of_true = right + counts.false_negatives[at];
        let scale = ratio(of_true, counts.true_negatives[at] + counts.false_positives[at]);
        if right == 0.0 {
            return (0.0, 1.0);
        }
        ((1.0 - scale * counts.false_negatives[at] / right).max(0.0), 1.0 - scale * counts.false_positives[at] / right)
    });
    gains.unzip()
}

impl<T: Element> Metric<T> for AUC {
    by_row!();

    fn fits(&self, classes: usize, target_width: usize) -> bool {
        let weighted = self.label_weights.as_ref().is_none_or(|weights| weights.len() == classes);
        Comparison::fits(None, classes, target_width) && weighted
    }

    fn reset(&mut self) {
        self.confusion = Confusion::default();
    }

    fn update(&mut self, y_true: &[T], y_pred: &[T], classes: usize, _: usize, weights: Option<&[T]>) {
        let thresholds = self.thresholds();
        let comparison = Comparison {
            clips: true,
            from_logits: self.from_logits,
            by_class: self.multi_label,
            // The areas of classes are weighed in the end.
            class_weights: if self.multi_label { &[] } else { self.label_weights.as_deref().unwrap_or_default() },
            ..Comparison::new(&thresholds)
        };
        comparison.update(&mut self.confusion, y_true, y_pred, classes, weights);
    }

    fn result(&self) -> f64 {
        let each = self.thresholds().len();
        let Confusion { true_positives, false_positives, true_negatives, false_negatives } = &self.confusion;
        let positives = true_positives.chunks(each).zip(false_positives.chunks(each));
        let negatives = true_negatives.chunks(each).zip(false_negatives.chunks(each));
        let areas =
            positives.zip(negatives).map(|((true_positives, false_positives), (true_negatives, false_negatives))| {
                self.area(&Confusion {
                    true_positives: true_positives.to_vec(),
                    false_positives: false_positives.to_vec(),
                    true_negatives: true_negatives.to_vec(),
                    false_negatives: false_negatives.to_vec(),
                })
            });
        let areas: Vec<f64> = areas.collect();
        match &self.label_weights {
            Some(weights) if self.multi_label => {
                let sum = areas.iter().zip(weights).map(|(area, weight)| area * weight).sum();
                ratio(sum, weights.iter().sum())
            }
            _ => mean_of(&areas),
        }
    }
}
