//! What a BatchNormalization gathers over a batch.

use alloc::vec::Vec;

use crate::element::Element;

/// What one shard gathers, a number for each channel in every vector.
///
/// In `f64`, as what becomes of it: sums that nearly cancel would else keep few digits, or none.
#[derive(Clone, Debug, Default)]
pub struct Partial<T> {
    /// The mean of the shard.
    pub mean: Vec<f64>,
    /// The sum of the squared distances from it.
    pub m2: Vec<f64>,
    /// How many elements of each channel there are.
    pub count: usize,
    /// The sum of the gradients of the output: the gradient of `beta`.
    pub dbeta: Vec<f64>,
    /// The sum of the gradients times the normalized input: the gradient of `gamma`.
    pub dgamma: Vec<f64>,
    /// The means as the passes subtract them.
    pub(super) centre: Vec<T>,
    /// The rows that a mask leaves.
    pub(super) counted: Vec<T>,
}

/// What all shards of a batch gathered, a number for each channel in every vector.
#[derive(Clone, Debug, Default)]
pub struct Statistics {
    /// The mean of the batch.
    pub mean: Vec<f64>,
    /// Its variance, the mean of the squared distances.
    pub variance: Vec<f64>,
    /// How many elements of each channel there are.
    pub count: usize,
    /// The gradient of `beta`.
    pub dbeta: Vec<f64>,
    /// The gradient of `gamma`.
    pub dgamma: Vec<f64>,
}

impl Statistics {
    /// Takes together the moments of the shards, in their order.
    ///
    /// Pairwise, as in Chan, Golub, LeVeque: *Updating Formulae and a Pairwise Algorithm for Computing Sample
    /// Variances*, 1979: with `δ` the distance of the means, `m2 = m2ᵃ + m2ᵇ + δ² · nᵃ·nᵇ / n`.
    pub fn combine<'a, T: Element>(&mut self, shards: impl IntoIterator<Item = &'a Partial<T>>) {
        self.count = 0;
        let mut shards = shards.into_iter().peekable();
        if let Some(first) = shards.peek() {
            // Where a mask leaves nothing, the moments are zero, as in Keras.
            for moments in [&mut self.mean, &mut self.variance] {
                moments.clear();
                moments.resize(first.mean.len(), 0.0);
            }
        }
        for shard in shards.filter(|shard| shard.count > 0) {
            if self.count == 0 {
                self.mean.clone_from(&shard.mean);
                self.variance.clone_from(&shard.m2);
                self.count = shard.count;
                continue;
            }
            let all = self.count + shard.count;
            let share = shard.count as f64 / all as f64;
            let weight = self.count as f64 * share;
            for (i, (mean, m2)) in self.mean.iter_mut().zip(&mut self.variance).enumerate() {
                let distance = shard.mean[i] - *mean;
                *mean += distance * share;
                *m2 += shard.m2[i] + distance * distance * weight;
            }
            self.count = all;
        }
        let count = self.count.max(1) as f64;
        self.variance.iter_mut().for_each(|variance| *variance /= count);
    }

    /// Adds up the sums that the shards gathered on the way back, in their order.
    pub fn combine_backward<'a, T: Element>(&mut self, shards: impl IntoIterator<Item = &'a Partial<T>>) {
        self.dbeta.clear();
        self.dgamma.clear();
        self.dbeta.resize(self.mean.len(), 0.0);
        self.dgamma.resize(self.mean.len(), 0.0);
        for shard in shards {
            for (total, sums) in [(&mut self.dbeta, &shard.dbeta), (&mut self.dgamma, &shard.dgamma)] {
                for (total, sum) in total.iter_mut().zip(sums) {
                    *total += *sum;
                }
            }
        }
    }
}
