//! `Adafactor`: Adam's scale of steps from sums over rows and columns.

use super::LearningRate;
use super::clip::sum_of_squares;
use super::common::{Algorithm, State, optimizer};
use super::update::{Tensor, Update};
use crate::element::Element;
use crate::params::Param;

optimizer! {
    /// Adafactor: Shazeer and Stern, [Adafactor: Adaptive Learning Rates with Sublinear Memory Cost](https://arxiv.org/abs/1804.04235).
    ///
    /// At step `t`, with `β = 1 - t^beta_2_decay`, `r` and `c` are moving averages, `β` old and `1 - β` new, of the means of
    /// `gradient² + epsilon_1` over the columns and over the rows of a matrix (the last two axes), and `v = r · c / mean(r)`. Of a weight
    /// of one axis or none, `v` is the moving average itself. With `rms` for the root of the mean square of a tensor:
    ///
    /// ```text
    /// u  = gradient / √v
    /// w -= max(epsilon_2, rms(w)) · min(learning_rate, 1 / √t) · u / max(1, rms(u) / clip_threshold)
    /// ```
    ///
    /// Keras' `relative_step` is not an option here: whatever it is, Keras' steps are these.
    ///
    /// Slots: `r`, `c` and `velocity`, which have what their tensors need, one after another. At most one of the three ways to clip may
    /// be given.
    ///
    /// ```
    /// use nn_core::optimizers::{Adafactor, Optimizer};
    /// # use nn_core::{Param, initializers::Initializer};
    /// # let params = [Param::new("w", &[2], 0, Initializer::Zeros)];
    ///
    /// // The weights have a mean square of 4, and each step is a tenth of its root.
    /// let mut weights = [2.0_f64, -2.0];
    /// Adafactor::new(0.1).step(&params, &mut weights, &[9.0, 0.3]);
    /// assert!((weights[0] - 1.8).abs() < 1e-9 && (weights[1] + 2.2).abs() < 1e-9);
    /// ```
    pub struct Adafactor, "adafactor" {
        /// The length of a step, in lengths of the weights; 0.001 by default.
        pub learning_rate: LearningRate = rate(0.001),
        /// How the averages slow down, a power of the step, 0 or below; -0.8 by default.
        pub beta_2_decay: f64 = number(-0.8, TO_ZERO),
        /// What keeps the averages from zero; 1e-30 by default.
        pub epsilon_1: f64 = number(1e-30, FROM_ZERO),
        /// What weights that are nearly zero count at least; 0.001 by default.
        pub epsilon_2: f64 = number(1e-3, FROM_ZERO),
        /// The largest root mean square of a step before it is scaled; 1 by default.
        pub clip_threshold: f64 = number(1.0, POSITIVE),
    }
}

impl<T: Element> Algorithm<T> for Adafactor<T> {
    const SKIPS_ROWS: bool = false;

    fn slot_names(&self) -> Vec<&'static str> {
        vec!["r", "c", "velocity"]
    }

    fn update(&self, update: Update<'_, T>) {
        let number = update.number as f64;
        let rate = update.rate.min(1.0 / number.sqrt());
        let old = 1.0 - number.powf(self.beta_2_decay);
        update.tensors(
            |param| match param.shape {
                [before @ .., rows, columns] => {
                    let matrices = before.iter().product::<usize>();
                    [matrices * rows, matrices * columns, 0]
                }
                _ => [0, 0, param.len()],
            },
            |tensor| self.move_tensor(tensor, rate, old),
        );
    }
}

impl<T: Element> Adafactor<T> {
    fn move_tensor(&self, tensor: Tensor<'_, T, 3>, rate: f64, old: f64) {
        let Tensor { param, weights, gradients, slots: [r, c, v] } = tensor;
        let square = |gradient: T| Element::to_f64(gradient).powi(2) + self.epsilon_1;
        let blend =
            |average: &mut T, new: f64| *average = T::from_f64(old * Element::to_f64(*average) + (1.0 - old) * new);
        let mut steps = gradients.to_vec();
        if let [.., rows, columns] = *param.shape {
            let matrices =
                gradients.chunks_exact((rows * columns).max(1)).zip(steps.chunks_exact_mut((rows * columns).max(1)));
            let averages = r.chunks_exact_mut(rows.max(1)).zip(c.chunks_exact_mut(columns.max(1)));
            for ((gradients, steps), (r, c)) in matrices.zip(averages) {
                let mut sums = vec![0.0; columns];
                for (r, row) in r.iter_mut().zip(gradients.chunks_exact(columns)) {
                    sums.iter_mut().zip(row).for_each(|(sum, &gradient)| *sum += square(gradient));
                    blend(r, row.iter().map(|&gradient| square(gradient)).sum::<f64>() / columns as f64);
                }
                c.iter_mut().zip(sums).for_each(|(c, sum)| blend(c, sum / rows as f64));
                let mean = r.iter().map(|&r| Element::to_f64(r)).sum::<f64>() / rows as f64;
                for (r, row) in r.iter().zip(steps.chunks_exact_mut(columns)) {
                    let scale = Element::to_f64(*r) / mean;
                    row.iter_mut()
                        .zip(&*c)
                        .for_each(|(step, c)| *step /= T::from_f64((scale * Element::to_f64(*c)).sqrt()));
                }
            }
        } else {
            for ((v, step), &gradient) in v.iter_mut().zip(&mut steps).zip(gradients) {
                blend(v, square(gradient));
                *step /= v.sqrt();
            }
        }
        let rms = |values: &[T]| (sum_of_squares(values) / values.len() as f64).sqrt();
        let alpha = self.epsilon_2.max(rms(weights)) * rate / (rms(&steps) / self.clip_threshold).max(1.0);
        weights.iter_mut().zip(steps).for_each(|(weight, step)| *weight -= T::from_f64(alpha) * step);
    }
}
