//! What all optimizers do around their own rule: clipping, weight decay, constraints.

use super::update::{self, Rule};
use crate::element::Element;
use crate::params::Param;

/// What an optimizer remembers from step to step; empty at first.
#[derive(Clone, Debug)]
pub struct State<T> {
    pub(super) iterations: u64,
    /// One vector for each slot that is in use, as long as the weights.
    pub(super) slots: Vec<Vec<T>>,
    /// The clipped gradients of the last step, where it clips.
    clipped: Vec<T>,
}

impl<T> Default for State<T> {
    fn default() -> Self {
        State { iterations: 0, slots: Vec::new(), clipped: Vec::new() }
    }
}

/// The options that all optimizers share.
#[derive(Clone, Copy, Debug)]
pub(super) struct Common {
    pub learning_rate: f64,
    pub weight_decay: Option<f64>,
    pub clipnorm: Option<f64>,
    pub global_clipnorm: Option<f64>,
    pub clipvalue: Option<f64>,
}

impl Common {
    /// A step with an optimizer's rule, which has `N` slots for each weight.
    pub fn step<T: Element, R: Rule<T, N>, const N: usize>(
        self,
        state: &mut State<T>,
        params: &[Param],
        weights: &mut [T],
        gradients: &[T],
        rule: R,
    ) {
        // A network of another size starts afresh.
        state.slots.resize_with(N, Vec::new);
        state.slots.iter_mut().for_each(|slot| slot.resize(weights.len(), T::zero()));
        let gradients = self.clip(params, gradients, &mut state.clipped);
        self.decay(params, weights);
        let mut slots = state.slots.iter_mut();
        let slots = std::array::from_fn(|_| slots.next().map_or(&mut [][..], Vec::as_mut_slice));
        update::update(params, weights, gradients, slots, rule);
        for param in params.iter().filter(|param| param.trainable) {
            if let (Some(constraint), Some(weight)) = (param.constraint, weights.get_mut(param.range())) {
                constraint.apply(param.shape, weight);
            }
        }
        state.iterations += 1;
    }

    /// The gradients, clipped where an option says so.
    fn clip<'a, T: Element>(self, params: &[Param], gradients: &'a [T], clipped: &'a mut Vec<T>) -> &'a [T] {
        let positive = |limit: Option<f64>| limit.filter(|&limit| limit > 0.0);
        let (clipnorm, global) = (positive(self.clipnorm), positive(self.global_clipnorm));
        let value = positive(self.clipvalue);
        if clipnorm.or(global).or(value).is_none() {
            return gradients;
        }
        clipped.clear();
        clipped.extend_from_slice(gradients);
        let trainable = || params.iter().filter(|param| param.trainable);
        if let Some(limit) = clipnorm {
            for part in trainable().map(|param| param.range()) {
                if let Some(part) = clipped.get_mut(part) {
                    scale_to(limit, sum_of_squares(part).sqrt(), part);
                }
            }
        } else if let Some(limit) = global {
            let squares = trainable().filter_map(|param| gradients.get(param.range())).map(sum_of_squares);
            scale_to(limit, squares.sum::<f64>().sqrt(), clipped);
        } else if let Some(limit) = value.map(T::from_f64) {
            clipped.iter_mut().for_each(|x| *x = x.clamp(-limit, limit));
        }
        clipped
    }

    /// Keras' decoupled weight decay: `w -= w · weight_decay · learning_rate`, before the step.
    fn decay<T: Element>(self, params: &[Param], weights: &mut [T]) {
        let Some(decay) = self.weight_decay else { return };
        let rate = T::from_f64(decay * self.learning_rate);
        for part in update::trainable(params) {
            for weight in weights.get_mut(part).unwrap_or_default() {
                *weight -= *weight * rate;
            }
        }
    }
}

/// Scales gradients of this norm down to the limit, if they are above it.
fn scale_to<T: Element>(limit: f64, norm: f64, gradients: &mut [T]) {
    let scale = T::from_f64(limit / norm.max(limit));
    // A norm that is not a number leaves none, as in Keras, rather than passing for one within the limit.
    let scale = if norm.is_finite() { scale } else { T::nan() };
    gradients.iter_mut().for_each(|x| *x *= scale);
}

fn sum_of_squares<T: Element>(values: &[T]) -> f64 {
    let mut lanes = [0.0; 8];
    for part in values.chunks(8) {
        for (lane, &value) in lanes.iter_mut().zip(part) {
            let value = Element::to_f64(value);
            *lane += value * value;
        }
    }
    lanes.iter().sum()
}

/// Writes the methods of [`Optimizer`](super::Optimizer) that only look at fields.
macro_rules! accessors {
    ($name:literal) => {
        fn name(&self) -> &'static str {
            $name
        }

        fn learning_rate(&self) -> f64 {
            self.learning_rate
        }

        fn set_learning_rate(&mut self, rate: f64) {
            self.learning_rate = rate;
        }

        fn iterations(&self) -> u64 {
            self.state.iterations
        }

        fn slots(&self) -> Vec<(&'static str, &[T])> {
            self.slot_names().into_iter().zip(self.state.slots.iter().map(Vec::as_slice)).collect()
        }
    };
}

/// Gathers the options that all optimizers share.
macro_rules! common {
    ($optimizer:expr) => {
        $crate::optimizers::common::Common {
            learning_rate: $optimizer.learning_rate,
            weight_decay: $optimizer.weight_decay,
            clipnorm: $optimizer.clipnorm,
            global_clipnorm: $optimizer.global_clipnorm,
            clipvalue: $optimizer.clipvalue,
        }
    };
}

pub(super) use {accessors, common};
