//! `FBetaScore`, `F1Score`: precision and recall in one number.

use super::{Metric, by_row, mean_of, weighted_rows};
use crate::config::{row, words};
use crate::element::Element;

/// How the scores of the classes become one.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Average {
    /// The score of all classes together.
    Micro,
    /// The mean.
    #[default]
    Macro,
    /// The mean weighted by how often each class is right.
    Weighted,
}

words!(Average { Micro = "micro", Macro = "macro", Weighted = "weighted" });

/// What is counted of each class.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct ScoreCounts {
    /// Outputs that are positive where the target is true.
    true_positives: Vec<f64>,
    false_positives: Vec<f64>,
    false_negatives: Vec<f64>,
}

const EPSILON: f64 = 1e-7;

impl ScoreCounts {
    fn update<T: Element>(
        &mut self,
        y_true: &[T],
        y_pred: &[T],
        classes: usize,
        weights: Option<&[T]>,
        threshold: Option<f64>,
    ) {
        for counts in [&mut self.true_positives, &mut self.false_positives, &mut self.false_negatives] {
            counts.resize(classes, 0.0);
        }
        if y_true.len() != y_pred.len() {
            return self.true_positives.fill(f64::NAN);
        }
        for (targets, outputs, weight) in weighted_rows([y_true, y_pred], [classes; 2], weights) {
            let largest = outputs.iter().map(|&x| Element::to_f64(x)).fold(f64::NEG_INFINITY, f64::max);
            for (class, (&target, &output)) in targets.iter().zip(outputs).enumerate() {
                let (target, output) = (target.to_f64(), output.to_f64());
                let positive = match threshold {
                    Some(threshold) => output > threshold,
                    None => output >= largest && output.abs() > 1e-9,
                };
                if positive {
                    self.true_positives[class] += target * weight;
                    self.false_positives[class] += (1.0 - target) * weight;
                } else {
                    self.false_negatives[class] += target * weight;
                }
            }
        }
    }

    fn scores(&self, average: Option<Average>, beta: f64) -> Vec<f64> {
        let score = |[right, wrong, missed]: [f64; 3]| {
            let (precision, recall) = (right / (right + wrong + EPSILON), right / (right + missed + EPSILON));
            precision * recall / (beta * beta * precision + recall + EPSILON) * (1.0 + beta * beta)
        };
        let counts = [&self.true_positives, &self.false_positives, &self.false_negatives];
        let of_class = |class: usize| score(counts.map(|counts| counts[class]));
        let scores: Vec<_> = (0..self.true_positives.len()).map(of_class).collect();
        match average {
            _ if scores.is_empty() => scores,
            None => scores,
            Some(Average::Micro) => vec![score(counts.map(|counts| counts.iter().sum()))],
            Some(Average::Macro) => vec![mean_of(&scores)],
            Some(Average::Weighted) => {
                let weights =
                    self.true_positives.iter().zip(&self.false_negatives).map(|(right, missed)| right + missed);
                let total = weights.clone().sum::<f64>() + EPSILON;
                vec![scores.iter().zip(weights).map(|(score, weight)| score * weight / total).sum()]
            }
        }
    }
}

macro_rules! score {
    ($(#[$doc:meta])* $class:ident, $name:literal { $($(#[$about:meta])* $beta:ident)? }) => {
        $(#[$doc])*
        ///
        /// Targets are one-hot, or have several ones. An output is positive if it is above `threshold`, without one if it is the largest of
        /// its row. Samples count by their weights. Without an `average`, [`results`](Metric::results) has the score of each class.
        #[derive(Clone, Debug, PartialEq)]
        pub struct $class {
            /// How the scores of the classes become one; by default each class has its own.
            pub average: Option<Average>,
            $($(#[$about])* pub $beta: f64,)?
            /// Outputs above it are positive, above 0 and at most 1; by default the largest of a row are.
            pub threshold: Option<f64>,
            /// What was gathered.
            pub counts: ScoreCounts,
        }

        row! {
            $class, $name, [], Up;
            average: word_or_none("`micro`, `macro`, `weighted` or none"),
            $($beta: number(1.0, POSITIVE),)?
            threshold: optional(ABOVE_ZERO_TO_ONE); counts
        }

        impl $class {
            fn scores(&self) -> Vec<f64> {
                // That of the option, else one.
                let beta = [$(self.$beta,)? 1.0][0];
                self.counts.scores(self.average, beta)
            }
        }

        impl<T: Element> Metric<T> for $class {
            by_row!();

            fn fits(&self, classes: usize, target_width: usize) -> bool {
                classes == target_width
            }

            fn reset(&mut self) {
                self.counts = ScoreCounts::default();
            }

            fn update(&mut self, y_true: &[T], y_pred: &[T], classes: usize, _: usize, weights: Option<&[T]>) {
                self.counts.update(y_true, y_pred, classes, weights, self.threshold);
            }

            fn result(&self) -> f64 {
                mean_of(&self.scores())
            }

            fn results(&self) -> Vec<f64> {
                self.scores()
            }
        }
    };
}

score! {
    /// The F-score: `(1 + beta²) · precision · recall / (beta² · precision + recall)`.
    ///
    /// ```
    /// use nn_core::metrics::{Average, FBetaScore, Metric};
    ///
    /// let mut metric = FBetaScore { beta: 2.0, average: Some(Average::Macro), ..Default::default() };
    /// metric.update(&[1.0_f64, 0.0, 1.0, 0.0], &[0.9, 0.1, 0.2, 0.8], 2, 2, None);
    /// assert!((Metric::<f64>::result(&metric) - 2.5 / 4.5 / 2.0).abs() < 1e-6);
    /// ```
    FBetaScore, "fbeta_score" {
        /// How many times as important recall is as precision; 1 by default.
        beta
    }
}

score! {
    /// The F1-score, the harmonic mean of precision and recall: `2 · precision · recall / (precision + recall)`.
    ///
    /// ```
    /// use nn_core::metrics::{F1Score, Metric};
    ///
    /// let mut metric = F1Score { threshold: Some(0.5), ..Default::default() };
    /// metric.update(&[1.0_f64, 0.0, 1.0, 0.0], &[0.9, 0.1, 0.2, 0.8], 2, 2, None);
    /// assert!((Metric::<f64>::results(&metric)[0] - 2.0 / 3.0).abs() < 1e-6);
    /// ```
    F1Score, "f1_score" {}
}
