//! A linear autoregression: the next year as a weighted sum of the last ones, by least squares.

/// Years that it sees.
const ORDER: usize = 9;
/// The weights, and the constant behind them.
const TERMS: usize = ORDER + 1;

pub struct Autoregression {
    weights: [f64; TERMS],
}

impl Autoregression {
    /// The weights with the least sum of squared errors over all years that have enough years before them.
    pub fn fit(spots: &[f32]) -> Result<Self, String> {
        let mut normal = [[0.0; TERMS + 1]; TERMS];
        for year in ORDER..spots.len() {
            let terms = terms(&spots[..year]);
            for (row, equation) in normal.iter_mut().enumerate() {
                for (column, sum) in equation.iter_mut().enumerate() {
                    let other = if column < TERMS { terms[column] } else { f64::from(spots[year]) };
                    *sum += terms[row] * other;
                }
            }
        }
        solve(normal).map(|weights| Self { weights }).ok_or_else(|| "the years are all alike".to_string())
    }

    /// The forecast for the year after these.
    pub fn forecast(&self, before: &[f32]) -> f32 {
        self.weights.iter().zip(terms(before)).map(|(weight, term)| weight * term).sum::<f64>() as f32
    }
}

/// The last years, the latest first, and a one for the constant.
fn terms(before: &[f32]) -> [f64; TERMS] {
    std::array::from_fn(|term| if term < ORDER { f64::from(before[before.len() - 1 - term]) } else { 1.0 })
}

/// Gauss' elimination with the largest pivot of each column.
fn solve(mut rows: [[f64; TERMS + 1]; TERMS]) -> Option<[f64; TERMS]> {
    for column in 0..TERMS {
        let pivot = (column..TERMS).max_by(|a, b| rows[*a][column].abs().total_cmp(&rows[*b][column].abs()))?;
        rows.swap(column, pivot);
        if rows[column][column] == 0.0 {
            return None;
        }
        let chosen = rows[column];
        for (_, row) in rows.iter_mut().enumerate().filter(|(index, _)| *index != column) {
            let factor = row[column] / chosen[column];
            row.iter_mut().zip(chosen).for_each(|(number, pivot)| *number -= factor * pivot);
        }
    }
    Some(std::array::from_fn(|index| rows[index][TERMS] / rows[index][index]))
}
