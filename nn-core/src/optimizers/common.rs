//! What all optimizers do around their own rule: gathering and clipping of gradients, weight decay, averages of the weights,
//! constraints.

use super::rows::Clip;
use super::update::{self, Rule, Update};
use super::{LearningRate, RowGradients};
use crate::element::Element;
use crate::error::FitError;
use crate::params::Param;

/// What an optimizer remembers from step to step; empty at first.
#[derive(Clone, Debug)]
pub struct State<T> {
    /// Steps made so far, also those that only gather gradients.
    pub(super) steps: u64,
    /// One vector for each slot that is in use, as long as the weights but for optimizers that say otherwise.
    pub(super) slots: Vec<Vec<T>>,
    /// The clipped gradients of the last step, where it clips.
    pub(super) clipped: Vec<T>,
    /// For each weight whose gradient is a list of rows, which rows ever had one.
    pub(super) live: Vec<Vec<bool>>,
    /// The sum of the gradients since the last update, where several steps make one.
    pub(super) accumulated: Vec<T>,
    /// The moving average of the weights, where there is one.
    pub(super) average: Vec<T>,
    /// The product of the momenta of all updates, of which Nadam has another for each; empty elsewhere.
    pub(super) momenta: Vec<T>,
}

impl<T> Default for State<T> {
    fn default() -> Self {
        State {
            steps: 0,
            slots: Vec::new(),
            clipped: Vec::new(),
            live: Vec::new(),
            accumulated: Vec::new(),
            average: Vec::new(),
            momenta: Vec::new(),
        }
    }
}

/// What is an optimizer's own.
pub(super) trait Algorithm<T: Element> {
    /// Whether a row of a table that never had a gradient stays as it is; otherwise lists of rows become whole gradients.
    const SKIPS_ROWS: bool = true;

    /// Keras' names of the slots that are in use.
    fn slot_names(&self) -> Vec<&'static str>;

    /// Refuses values of options that the row allows.
    fn check(&self) -> Result<(), FitError> {
        Ok(())
    }

    /// How much a weight decays, where it is not `weight_decay`.
    fn weight_decay(&self, common: &Common<'_>, _param: &Param) -> Option<f64> {
        common.weight_decay
    }

    /// Moves the weights along the clipped gradients.
    fn update(&self, update: Update<'_, T>);
}

/// The options that all optimizers share.
#[derive(Clone, Copy, Debug)]
pub(super) struct Common<'a> {
    pub learning_rate: &'a LearningRate,
    pub weight_decay: Option<f64>,
    pub exclude_from_weight_decay: &'a [String],
    pub clipnorm: Option<f64>,
    pub global_clipnorm: Option<f64>,
    pub clipvalue: Option<f64>,
    pub use_ema: bool,
    pub ema_momentum: f64,
    pub ema_overwrite_frequency: Option<usize>,
    pub gradient_accumulation_steps: Option<usize>,
}

impl Common<'_> {
    /// Refuses options that contradict each other, or would do nothing.
    pub fn check(&self) -> Result<(), FitError> {
        self.learning_rate.check()?;
        if let Some(every) = self.ema_overwrite_frequency.filter(|_| !self.use_ema) {
            return Err(FitError::option("ema_overwrite_frequency", "none without `use_ema`", every));
        }
        self.check_clipping()
    }

    /// Updates made in so many steps.
    pub fn iterations(&self, steps: u64) -> u64 {
        steps / self.every()
    }

    /// Steps in which one update is made.
    fn every(&self) -> u64 {
        self.gradient_accumulation_steps.map_or(1, |steps| steps.max(1) as u64)
    }

    /// A step of an optimizer.
    pub fn step<T: Element, A: Algorithm<T>>(
        self,
        algorithm: &A,
        state: &mut State<T>,
        params: &[Param],
        weights: &mut [T],
        gradients: &[T],
        rows: &[RowGradients<'_, T>],
    ) {
        if self.every() == 1 {
            self.update(algorithm, state, params, weights, gradients, rows);
        } else {
            state.accumulate(params, gradients, rows);
            if (state.steps + 1).is_multiple_of(self.every()) {
                let mut mean = std::mem::take(&mut state.accumulated);
                let share = T::from_f64(1.0 / self.every() as f64);
                mean.iter_mut().for_each(|gradient| *gradient *= share);
                self.update(algorithm, state, params, weights, &mean, &[]);
                mean.fill(T::zero());
                state.accumulated = mean;
            }
        }
        if self.use_ema {
            self.average(state, params, weights, gradients);
        }
        for param in params.iter().filter(|param| param.trainable) {
            if let (Some(constraint), Some(weight)) = (param.constraint, weights.get_mut(param.range())) {
                constraint.apply(param.shape, weight);
            }
        }
        state.steps += 1;
    }

    fn update<T: Element, A: Algorithm<T>>(
        &self,
        algorithm: &A,
        state: &mut State<T>,
        params: &[Param],
        weights: &mut [T],
        gradients: &[T],
        rows: &[RowGradients<'_, T>],
    ) {
        let rate = self.learning_rate.at(state.steps);
        let number = self.iterations(state.steps) + 1;
        state.live.resize_with(rows.len(), Vec::new);
        let (gradients, clips) = self.clip(params, gradients, rows, &mut state.clipped);
        for param in params {
            let excluded = self.exclude_from_weight_decay.iter().any(|name| param.name.contains(&name[..]));
            if let Some(decay) = algorithm.weight_decay(self, param).filter(|_| !excluded) {
                let decay = Decay(T::from_f64(decay * rate));
                update::update(std::slice::from_ref(param), &[], weights, gradients, [], decay);
            }
        }
        let State { slots, live, momenta, .. } = state;
        let update =
            Update { params, weights, gradients: gradients.into(), rows, clips, slots, live, momenta, rate, number };
        algorithm.update(if A::SKIPS_ROWS { update } else { update.dense() });
    }

    /// Takes the weights into their average, and puts it in their place where it is time.
    fn average<T: Element>(&self, state: &mut State<T>, params: &[Param], weights: &mut [T], gradients: &[T]) {
        let iterations = self.iterations(state.steps);
        // The average starts at the first weights.
        let momentum = if iterations == 0 { 0.0 } else { self.ema_momentum };
        let rule = Average { old: T::from_f64(momentum), new: T::from_f64(1.0 - momentum) };
        state.average.resize(weights.len(), T::zero());
        update::update(params, &[], weights, gradients, [&mut state.average[..]], rule);
        if self.ema_overwrite_frequency.is_some_and(|every| (iterations + 1).is_multiple_of(every as u64)) {
            state.take_average(params, weights);
        }
    }
}

impl<T: Element> State<T> {
    fn accumulate(&mut self, params: &[Param], gradients: &[T], rows: &[RowGradients<'_, T>]) {
        self.accumulated.resize(gradients.len(), T::zero());
        let gradients = whole_gradients(params, gradients, rows, &vec![Clip::none(); rows.len()]);
        self.accumulated.iter_mut().zip(&gradients[..]).for_each(|(sum, gradient)| *sum += *gradient);
    }

    /// Makes the weights their average.
    pub(super) fn take_average(&self, params: &[Param], weights: &mut [T]) {
        for range in update::trainable::<T>(params, &[]) {
            if let (Some(weights), Some(average)) = (weights.get_mut(range.clone()), self.average.get(range)) {
                weights.copy_from_slice(average);
            }
        }
    }
}

/// The gradients with the sums of rows, after clipping, in place of lists.
pub(super) fn whole_gradients<'a, T: Element>(
    params: &[Param],
    gradients: &'a [T],
    rows: &[RowGradients<'_, T>],
    clips: &[Clip<T>],
) -> std::borrow::Cow<'a, [T]> {
    let mut gradients = std::borrow::Cow::Borrowed(gradients);
    for (rows, clip) in rows.iter().zip(clips) {
        if let Some(part) = params.get(rows.param()).and_then(|param| gradients.to_mut().get_mut(param.range())) {
            rows.write(part, *clip);
        }
    }
    gradients
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

/// The moving average of a weight, which stays as it is.
#[derive(Clone, Copy)]
struct Average<T> {
    old: T,
    new: T,
}

impl<T: Element> Rule<T, 1> for Average<T> {
    #[inline(always)]
    fn apply(self, weight: &mut T, _: T, _: T, [average]: &mut [T; 1]) {
        *average = self.old * *average + self.new * *weight;
    }
}

/// Writes an optimizer from its class, its name and its own options: the struct, its row, [`Optimizer`](super::Optimizer). What it
/// does is left to its [`Algorithm`]. An optimizer that decays by default says so last, and behind it what it has that is no option
/// of the row.
///
/// ```text
/// optimizer! {
///     /// What it is.
///     pub struct SGD, "sgd" {
///         /// The length of a step; 0.01 by default.
///         pub learning_rate: LearningRate = rate(0.01),
///     }
/// }
/// ```
macro_rules! optimizer {
    ($(#[$doc:meta])* pub struct $class:ident, $name:literal {
        $($(#[$about:meta])* pub $option:ident: $type:ty = $value:expr,)+
    }) => {
        optimizer! {
            $(#[$doc])*
            pub struct $class, $name {
                $($(#[$about])* pub $option: $type = $value,)+;
                /// What part of a weight is taken off before each step, times the learning rate; none by default.
                pub weight_decay: Option<f64> = optional(FROM_ZERO),
            }
        }
    };
    ($(#[$doc:meta])* pub struct $class:ident, $name:literal {
        $($(#[$about:meta])* pub $option:ident: $type:ty = $value:expr,)+;
        $(#[$decay:meta])* pub weight_decay: Option<f64> = $weight_decay:expr,
        $($(#[$more:meta])* pub $other:ident: $other_type:ty,)*
    }) => {
        $(#[$doc])*
        #[derive(Clone, Debug)]
        pub struct $class<T = f32> {
            $($(#[$about])* pub $option: $type,)+
            $(#[$decay])*
            pub weight_decay: Option<f64>,
            /// The largest norm of the gradient of each weight tensor.
            pub clipnorm: Option<f64>,
            /// The largest norm of all gradients together.
            pub global_clipnorm: Option<f64>,
            /// The largest absolute value of each element of the gradients.
            pub clipvalue: Option<f64>,
            /// Whether to keep a moving average of the weights, which takes their place at the end of `fit`. Default false.
            pub use_ema: bool,
            /// How slowly that average moves; 0.99 by default.
            pub ema_momentum: f64,
            /// Updates after which the average takes the place of the weights, again and again; never by default.
            pub ema_overwrite_frequency: Option<usize>,
            /// Steps, at least two, whose gradients make one update by their mean; by default each step makes one.
            pub gradient_accumulation_steps: Option<usize>,
            /// Weights that do not decay: all that have one of these texts in their name, `dense.bias`. See
            /// [`exclude_from_weight_decay`](Self::exclude_from_weight_decay()).
            pub exclude_from_weight_decay: Vec<String>,
            $($(#[$more])* pub $other: $other_type,)*
            /// What it remembers.
            pub state: $crate::optimizers::State<T>,
        }

        $crate::config::row! {
            $class<T>, $name, [];
            $($option: $value,)+
            weight_decay: $weight_decay,
            clipnorm: optional(POSITIVE),
            global_clipnorm: optional(POSITIVE),
            clipvalue: optional(POSITIVE),
            use_ema: flag(false),
            ema_momentum: number(0.99, UNIT),
            ema_overwrite_frequency: optional(FROM_ONE),
            gradient_accumulation_steps: optional(FROM_TWO);
            $($other,)* exclude_from_weight_decay, state
        }

        impl<T> $class<T> {
            /// Keras' defaults, but this learning rate: a number or a [schedule](crate::optimizers::schedules).
            pub fn new(learning_rate: impl Into<LearningRate>) -> Self {
                Self { learning_rate: learning_rate.into(), ..Self::default() }
            }

            /// Leaves weights out of `weight_decay` that have one of these texts in their name: `["bias", "gamma"]`.
            pub fn exclude_from_weight_decay(self, names: impl IntoIterator<Item = impl Into<String>>) -> Self {
                Self { exclude_from_weight_decay: names.into_iter().map(Into::into).collect(), ..self }
            }

            fn common(&self) -> $crate::optimizers::common::Common<'_> {
                $crate::optimizers::common::Common {
                    learning_rate: &self.learning_rate,
                    weight_decay: self.weight_decay,
                    exclude_from_weight_decay: &self.exclude_from_weight_decay,
                    clipnorm: self.clipnorm,
                    global_clipnorm: self.global_clipnorm,
                    clipvalue: self.clipvalue,
                    use_ema: self.use_ema,
                    ema_momentum: self.ema_momentum,
                    ema_overwrite_frequency: self.ema_overwrite_frequency,
                    gradient_accumulation_steps: self.gradient_accumulation_steps,
                }
            }
        }

        impl<T: Element> $crate::optimizers::Optimizer<T> for $class<T> {
            fn name(&self) -> &'static str {
                <Self as $crate::config::Config>::ROW.name
            }

            fn check(&self) -> Result<(), $crate::error::FitError> {
                <T as $crate::optimizers::common::Steps<Self>>::check(self)
            }

            fn learning_rate(&self) -> f64 {
                self.learning_rate.at(self.state.steps)
            }

            fn set_learning_rate(&mut self, rate: f64) -> Result<(), $crate::error::FitError> {
                self.learning_rate.set(rate)
            }

            fn iterations(&self) -> u64 {
                self.common().iterations(self.state.steps)
            }

            fn step(&mut self, params: &[Param], weights: &mut [T], gradients: &[T]) {
                self.step_with_rows(params, weights, gradients, &[]);
            }

            fn step_with_rows(
                &mut self,
                params: &[Param],
                weights: &mut [T],
                gradients: &[T],
                rows: &[$crate::optimizers::RowGradients<'_, T>],
            ) {
                <T as $crate::optimizers::common::Steps<Self>>::move_weights(self, params, weights, gradients, rows);
            }

            fn finalize(&mut self, params: &[Param], weights: &mut [T]) {
                if self.use_ema {
                    self.state.take_average(params, weights);
                }
            }

            fn slots(&self) -> Vec<(&'static str, &[T])> {
                <T as $crate::optimizers::common::Steps<Self>>::slots(self)
            }
        }

        $crate::optimizers::common::steps!($class, f32);
        $crate::optimizers::common::steps!($class, f64);
    };
}

pub(super) use optimizer;

/// What an optimizer of this type does to weights of this type. Not generic where it is written, so that it is compiled in this
/// crate, and not in each program that trains.
pub trait Steps<O>: Sized {
    #[doc(hidden)]
    fn check(optimizer: &O) -> Result<(), FitError>;

    #[doc(hidden)]
    fn move_weights(
        optimizer: &mut O,
        params: &[Param],
        weights: &mut [Self],
        gradients: &[Self],
        rows: &[RowGradients<'_, Self>],
    );

    #[doc(hidden)]
    fn slots(optimizer: &O) -> Vec<(&'static str, &[Self])>;
}

/// Compiles an optimizer for a type of elements.
macro_rules! steps {
    ($class:ident, $element:ty) => {
        impl $crate::optimizers::common::Steps<$class<$element>> for $element {
            fn check(optimizer: &$class<$element>) -> Result<(), $crate::error::FitError> {
                $crate::config::check(optimizer)?;
                optimizer.common().check()?;
                Algorithm::<$element>::check(optimizer)
            }

            fn move_weights(
                optimizer: &mut $class<$element>,
                params: &[Param],
                weights: &mut [$element],
                gradients: &[$element],
                rows: &[$crate::optimizers::RowGradients<'_, $element>],
            ) {
                let mut state = std::mem::take(&mut optimizer.state);
                optimizer.common().step(optimizer, &mut state, params, weights, gradients, rows);
                optimizer.state = state;
            }

            fn slots(optimizer: &$class<$element>) -> Vec<(&'static str, &[$element])> {
                let State { slots, momenta, average, accumulated, .. } = &optimizer.state;
                let own = Algorithm::<$element>::slot_names(optimizer).into_iter().zip(slots);
                let others =
                    [("momentum_product", momenta), ("average", average), ("gradient_accumulator", accumulated)];
                let others = others.into_iter().filter(|(_, values)| !values.is_empty());
                own.chain(others).map(|(name, values)| (name, &values[..])).collect()
            }
        }
    };
}

pub(super) use steps;
