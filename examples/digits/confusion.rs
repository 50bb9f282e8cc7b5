//! The confusion matrix: which digit was taken for which.

use std::fmt::{self, Display, Formatter};

use crate::DigitsOutput;

/// How often each digit (row) was taken for each digit (column).
pub struct Matrix([[usize; 10]; 10]);

impl Matrix {
    /// Counts the pictures by what they show and by their highest score.
    pub fn new(scores: &[DigitsOutput], digits: &[u8]) -> Self {
        let mut counts = [[0; 10]; 10];
        for (scores, digit) in scores.iter().zip(digits) {
            counts[usize::from(*digit)][highest(scores)] += 1;
        }
        Self(counts)
    }

    /// The share of pictures that were recognised.
    pub fn accuracy(&self) -> f64 {
        let right: usize = (0..10).map(|digit| self.0[digit][digit]).sum();
        right as f64 / self.0.as_flattened().iter().sum::<usize>() as f64
    }
}

/// The digit with the highest score.
fn highest(scores: &DigitsOutput) -> usize {
    (0..10).max_by(|a, b| scores[*a].total_cmp(&scores[*b])).unwrap_or(0)
}

impl Display for Matrix {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        writeln!(f, "is \\ taken for  0   1   2   3   4   5   6   7   8   9   recognised")?;
        writeln!(f, "            ┌────────────────────────────────────────┐")?;
        for (digit, row) in self.0.iter().enumerate() {
            write!(f, "          {digit} │")?;
            for (other, count) in row.iter().enumerate() {
                match (*count, digit == other) {
                    (0, _) => write!(f, "  · ")?,
                    (count, true) => write!(f, "{count:>3} ")?,
                    (count, false) => write!(f, "{count:>3}!")?,
                }
            }
            let all: usize = row.iter().sum();
            writeln!(f, "│ {:>3} of {all}", row[digit])?;
        }
        writeln!(f, "            └────────────────────────────────────────┘")
    }
}
