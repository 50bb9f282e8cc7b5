//! The formula, word for word: what every kernel must agree with.

use crate::element::Element;

/// `y[n][o] = bias[o] + Σ x[n][i] · kernel[i][o]`; `bias` may be empty.
pub(crate) fn multiply<T: Element>(input: usize, output: usize, kernel: &[T], bias: &[T], x: &[T]) -> Vec<T> {
    let mut y = Vec::new();
    for x in x.chunks_exact(input) {
        for o in 0..output {
            let bias = bias.get(o).copied().unwrap_or(T::zero());
            y.push((0..input).fold(bias, |sum, i| sum + x[i] * kernel[i * output + o]));
        }
    }
    y
}
