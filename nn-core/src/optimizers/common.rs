//! What all optimizers do around their own rule: clipping, weight decay, constraints.

use super::RowGradients;
use super::rows::Table;
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
    pub(super) clipped: Vec<T>,
    /// For each weight whose gradient is a list of rows, which rows ever had one.
    pub(super) live: Vec<Vec<bool>>,
}

impl<T> Default for State<T> {
    fn default() -> Self {
        State { iterations: 0, slots: Vec::new(), clipped: Vec::new(), live: Vec::new() }
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
        rows: &[RowGradients<'_, T>],
        rule: R,
    ) {
        // A network of another size starts afresh.
        state.slots.resize_with(N, Vec::new);
        state.slots.iter_mut().for_each(|slot| slot.resize(weights.len(), T::zero()));
        state.live.resize_with(rows.len(), Vec::new);
        let (gradients, clips) = self.clip(params, gradients, rows, &mut state.clipped);
        if let Some(decay) = self.weight_decay {
            update::update(params, &[], weights, gradients, [], Decay(T::from_f64(decay * self.learning_rate)));
        }
        let mut slots = state.slots.iter_mut();
        let mut slots = std::array::from_fn(|_| slots.next().map_or(&mut [][..], Vec::as_mut_slice));
        update::update(params, rows, weights, gradients, slots.each_mut().map(|slot| &mut **slot), rule);
        for ((rows, clip), live) in rows.iter().zip(clips).zip(&mut state.live) {
            let Some(param) = params.get(rows.param()).filter(|param| param.trainable) else { continue };
            let slots = slots.each_mut().map(|slot| slot.get_mut(param.range()).unwrap_or_default());
            let weights = weights.get_mut(param.range()).unwrap_or_default();
            Table { weights, slots, live }.update(param, rows, clip, rule);
        }
        for param in params.iter().filter(|param| param.trainable) {
            if let (Some(constraint), Some(weight)) = (param.constraint, weights.get_mut(param.range())) {
                constraint.apply(param.shape, weight);
            }
        }
        state.iterations += 1;
    }
}

/// Keras' decoupled weight decay: `w -= w · weight_decay · learning_rate`, before the step.
#[derive(Clone, Copy)]
struct Decay<T>(T);

impl<T: Element> Rule<T, 0> for Decay<T> {
    #[inline(always)]
    fn apply(self, weight: &mut T, _: T, _: T, _: &mut [T; 0]) {
        *weight -= *weight * self.0;
    }
}

/// Writes the row of an optimizer from its class, its name and its own options; the others are the same for all.
macro_rules! optimizer_row {
    ($class:ident, $name:literal; $($option:ident: $value:expr),+) => {
        $crate::config::row! {
            $class<T>, $name, [];
            $($option: $value,)+
            weight_decay: optional(FROM_ZERO),
            clipnorm: optional(POSITIVE),
            global_clipnorm: optional(POSITIVE),
            clipvalue: optional(POSITIVE);
            state
        }
    };
}

/// Writes the methods of [`Optimizer`](super::Optimizer) that only look at options and state.
macro_rules! by_row {
    () => {
        fn name(&self) -> &'static str {
            <Self as $crate::config::Config>::ROW.name
        }

        fn check(&self) -> Result<(), $crate::error::FitError> {
            $crate::config::check(self)?;
            common!(self).check()
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

        fn step(&mut self, params: &[Param], weights: &mut [T], gradients: &[T]) {
            self.step_with_rows(params, weights, gradients, &[]);
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

pub(super) use {by_row, common, optimizer_row};
