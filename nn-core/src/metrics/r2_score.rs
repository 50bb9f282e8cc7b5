//! `R2Score`: what part of the variance of the targets the outputs explain.

use super::{Metric, by_row, mean_of, weighted_rows};
use crate::config::{row, words};
use crate::element::Element;

/// How the scores of the numbers of a row become one.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum ClassAggregation {
    /// The mean.
    #[default]
    UniformAverage,
    /// The mean weighted by the variances of the targets.
    VarianceWeightedAverage,
}

words!(ClassAggregation {
    UniformAverage = "uniform_average",
    VarianceWeightedAverage = "variance_weighted_average",
});

/// The coefficient of determination: `1 - Σ (y_true - y_pred)² / Σ (y_true - mean)²` for each number of a row, over all batches. 1 is
/// best, 0 is what the mean would have.
///
/// With `num_regressors`, it is adjusted: `1 - (1 - R²) · (n - 1) / (n - num_regressors - 1)` for `n` samples, if these are enough.
/// Without a `class_aggregation`, [`results`](Metric::results) has the score of each number of a row.
///
/// ```
/// use nn_core::metrics::{Metric, R2Score};
///
/// let mut metric = R2Score::default();
/// metric.update(&[1.0_f32, 4.0, 3.0], &[2.0, 4.0, 4.0], 1, 1, None);
/// assert!((Metric::<f32>::result(&metric) - 4.0 / 7.0).abs() < 1e-6);
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct R2Score {
    /// How the scores become one. By default their mean.
    pub class_aggregation: Option<ClassAggregation>,
    /// The number of inputs of the regression, for the adjusted score; 0 by default.
    pub num_regressors: usize,
    /// What was gathered.
    pub sums: Sums,
}

row! {
    R2Score, "r2_score", [], Up;
    class_aggregation: text("uniform_average", "`uniform_average`, `variance_weighted_average` or none"),
    num_regressors: number(0.0, COUNT);
    sums
}

/// What [`R2Score`] gathers.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Sums {
    /// Weights, targets, their squares and the squared differences, summed up for each number of a row.
    each: Vec<[f64; 4]>,
    /// Rows that have a weight.
    rows: usize,
}

impl R2Score {
    fn scores(&self) -> Vec<f64> {
        let total = |&[count, sum, squares, _]: &[f64; 4]| squares - sum * sum / count;
        let score = |sums: &[f64; 4]| {
            let score = 1.0 - sums[3] / total(sums);
            if score.is_infinite() { 0.0 } else { score }
        };
        let scores: Vec<f64> = self.sums.each.iter().map(score).collect();
        let scores = match self.class_aggregation {
            _ if scores.is_empty() => scores,
            None => scores,
            Some(ClassAggregation::UniformAverage) => vec![mean_of(&scores)],
            Some(ClassAggregation::VarianceWeightedAverage) => {
                let totals = self.sums.each.iter().map(total);
                vec![totals.clone().zip(scores).map(|(total, score)| total * score).sum::<f64>() / totals.sum::<f64>()]
            }
        };
        let (rows, regressors) = (self.sums.rows as f64, self.num_regressors as f64);
        if self.num_regressors == 0 || rows - regressors - 1.0 <= 0.0 {
            return scores;
        }
        scores.iter().map(|score| 1.0 - (1.0 - score) * (rows - 1.0) / (rows - regressors - 1.0)).collect()
    }
}

impl<T: Element> Metric<T> for R2Score {
    by_row!();

    fn fits(&self, classes: usize, target_width: usize) -> bool {
        classes == target_width
    }

    fn reset(&mut self) {
        self.sums = Sums::default();
    }

    fn update(&mut self, y_true: &[T], y_pred: &[T], classes: usize, _: usize, weights: Option<&[T]>) {
        self.sums.each.resize(classes, [0.0; 4]);
        if y_true.len() != y_pred.len() {
            return self.sums.each.fill([f64::NAN; 4]);
        }
        for (targets, outputs, weight) in weighted_rows([y_true, y_pred], [classes; 2], weights) {
            self.sums.rows += usize::from(weight != 0.0);
            for (sums, (&target, &output)) in self.sums.each.iter_mut().zip(targets.iter().zip(outputs)) {
                let (target, output) = (target.to_f64(), output.to_f64());
                let terms = [1.0, target, target * target, (target - output).powi(2)];
                sums.iter_mut().zip(terms).for_each(|(sum, term)| *sum += term * weight);
            }
        }
    }

    fn result(&self) -> f64 {
        mean_of(&self.scores())
    }

    fn results(&self) -> Vec<f64> {
        self.scores()
    }
}
