//! A layer that is chosen while the program runs.

use fearless_simd::Simd;

use super::{RecurrentSizes, Sequence, Step, Weights};
use crate::activations::{Activation, AnyActivation, Keeps};
use crate::element::Element;
use crate::layers::{gru, lstm, simple_rnn};
#[cfg(feature = "alloc")]
use {
    super::train::{self, Sizes},
    super::{Backward, Forward, Gradients},
};

/// Which of the recurrent layers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Kind {
    /// [`SimpleRNN`](simple_rnn).
    SimpleRnn,
    /// [`LSTM`](lstm).
    Lstm,
    /// [`GRU`](gru).
    Gru,
}

impl Kind {
    /// Gates side by side in the kernels.
    pub const fn gates(self) -> usize {
        match self {
            Kind::SimpleRnn => 1,
            Kind::Lstm => lstm::GATES,
            Kind::Gru => gru::GATES,
        }
    }

    /// States: h, and of an `LSTM` c.
    pub const fn states(self) -> usize {
        match self {
            Kind::SimpleRnn | Kind::Gru => 1,
            Kind::Lstm => 2,
        }
    }
}

/// A recurrent layer, or a cell, whose kind, sizes and activations are known when the program runs.
///
/// The results have the bits of those of [`simple_rnn`], [`lstm`] and [`gru`] for a layer whose sizes are constants. Every
/// call takes two states: one that the kind does not have is neither read nor written.
///
/// ```
/// use fearless_simd::Level;
/// use nn_core::rt::dispatch;
/// use nn_core::activations::Linear;
/// use nn_core::layers::recurrent::{AnyRecurrent, Kind, RecurrentSizes, Sequence, Weights};
///
/// let layer = AnyRecurrent {
///     kind: Kind::SimpleRnn,
///     sizes: RecurrentSizes { steps: 3, return_sequences: true, ..RecurrentSizes::new(1, 1) },
///     activation: Linear.into(),
///     recurrent_activation: Linear.into(),
/// };
/// let weights = Weights { kernel: &[1.0], recurrent_kernel: &[2.0], bias: &[0.5] };
/// let mut y = [0.0; 3];
/// let mut scratch = vec![0.0; layer.scratch_len::<f32>()];
/// dispatch!(Level::new(), simd => layer.infer(simd, weights, Sequence {
///     x: &[1.0, 10.0, 100.0],
///     mask: None,
///     initial_state: [None; 2],
///     state: None,
///     y: &mut y,
///     final_state: [None, None],
///     scratch: &mut scratch,
/// }));
/// assert_eq!(y, [1.5, 13.5, 127.5]);
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct AnyRecurrent {
    /// Which layer.
    pub kind: Kind,
    /// Its sizes.
    pub sizes: RecurrentSizes,
    /// `activation`.
    pub activation: AnyActivation,
    /// `recurrent_activation`, which a `SimpleRNN` does not have.
    pub recurrent_activation: AnyActivation,
}

impl AnyRecurrent {
    /// How many elements of scratch [`infer`](Self::infer) needs, on any machine.
    pub const fn scratch_len<T: Element>(&self) -> usize {
        self.sizes.scratch_len::<T>(self.kind.gates())
    }

    /// How many elements of scratch [`step`](Self::step) needs, on any machine.
    pub const fn step_scratch_len<T: Element>(&self) -> usize {
        self.sizes.step_scratch_len::<T>(self.kind.gates())
    }

    /// All steps of one sample.
    ///
    /// A slice that is too short is a mistake of the caller's: a panic in debug builds, no result in release.
    pub fn infer<S: Simd, T: Element>(&self, simd: S, weights: Weights<'_, T>, sequence: Sequence<'_, T, 2>) {
        let (shape, activation, recurrent_activation) = self.parts();
        simd.vectorize(
            #[inline(always)]
            || match self.kind {
                Kind::SimpleRnn => {
                    super::sequence(simd, simple_rnn::Cell { shape, weights, activation }, sequence.one());
                }
                Kind::Lstm => {
                    super::sequence(simd, lstm::Cell { shape, weights, activation, recurrent_activation }, sequence);
                }
                Kind::Gru => {
                    let cell = gru::Cell { shape, weights, activation, recurrent_activation };
                    super::sequence(simd, cell, sequence.one());
                }
            },
        );
    }

    /// One step of one sample: what [`infer`](Self::infer) does for each of its steps.
    ///
    /// The state holds h, then c if there is one.
    pub fn step<S: Simd, T: Element>(&self, simd: S, weights: Weights<'_, T>, step: Step<'_, T>) {
        let (shape, activation, recurrent_activation) = self.parts();
        simd.vectorize(
            #[inline(always)]
            || match self.kind {
                Kind::SimpleRnn => super::step(simd, simple_rnn::Cell { shape, weights, activation }, step),
                Kind::Lstm => {
                    super::step(simd, lstm::Cell { shape, weights, activation, recurrent_activation }, step);
                }
                Kind::Gru => super::step(simd, gru::Cell { shape, weights, activation, recurrent_activation }, step),
            },
        );
    }

    /// As many steps of one sample as there are inputs for, no more than the sizes say: what [`step`](Self::step) does one by one, with
    /// the same bits, in the scratch of [`infer`](Self::infer).
    pub fn steps<S: Simd, T: Element>(&self, simd: S, weights: Weights<'_, T>, steps: Step<'_, T>) {
        let (shape, activation, recurrent_activation) = self.parts();
        simd.vectorize(
            #[inline(always)]
            || match self.kind {
                Kind::SimpleRnn => super::steps(simd, simple_rnn::Cell { shape, weights, activation }, steps),
                Kind::Lstm => {
                    super::steps(simd, lstm::Cell { shape, weights, activation, recurrent_activation }, steps);
                }
                Kind::Gru => super::steps(simd, gru::Cell { shape, weights, activation, recurrent_activation }, steps),
            },
        );
    }

    fn parts(&self) -> (&RecurrentSizes, Called, Called) {
        (&self.sizes, Called(self.activation), Called(self.recurrent_activation))
    }
}

#[cfg(feature = "alloc")]
impl AnyRecurrent {
    fn saved(&self) -> train::Saved {
        match self.kind {
            Kind::SimpleRnn => simple_rnn::train::SAVED,
            Kind::Lstm => lstm::train::SAVED,
            Kind::Gru => gru::train::saved(&self.sizes),
        }
    }

    /// How many elements [`forward`](Self::forward) saves for each sample.
    pub fn saved_len(&self) -> usize {
        self.saved().len(&self.sizes)
    }

    /// All steps of the samples of a shard.
    ///
    /// # Panics
    ///
    /// If a slice is too short.
    pub fn forward<S: Simd, T: Element>(&self, simd: S, weights: Weights<'_, T>, pass: Forward<'_, T, 2>) {
        let (_, activation, recurrent_activation) = self.parts();
        let sizes = Sizes::new(&self.sizes, pass.samples, self.saved());
        match self.kind {
            Kind::SimpleRnn => {
                train::forward(simd, simple_rnn::train::Cell { activation }, &sizes, weights, pass.one());
            }
            Kind::Lstm => {
                let cell = lstm::train::Cell { activation, recurrent_activation };
                train::forward(simd, cell, &sizes, weights, pass);
            }
            Kind::Gru => {
                let cell = gru::train::Cell { activation, recurrent_activation };
                train::forward(simd, cell, &sizes, weights, pass.one());
            }
        }
    }

    /// Back through all steps: adds the gradients of the weights to `gradients`.
    ///
    /// # Panics
    ///
    /// If a slice is too short.
    pub fn backward<S: Simd, T: Element>(
        &self,
        simd: S,
        weights: Weights<'_, T>,
        pass: Backward<'_, T, 2>,
        gradients: &mut Gradients<'_, T>,
    ) {
        let (_, activation, recurrent_activation) = self.parts();
        let sizes = Sizes::new(&self.sizes, pass.samples, self.saved());
        match self.kind {
            Kind::SimpleRnn => {
                let cell = simple_rnn::train::Cell { activation };
                train::backward(simd, cell, &sizes, weights, pass.one(), gradients);
            }
            Kind::Lstm => {
                let cell = lstm::train::Cell { activation, recurrent_activation };
                train::backward(simd, cell, &sizes, weights, pass, gradients);
            }
            Kind::Gru => {
                let cell = gru::train::Cell { activation, recurrent_activation };
                train::backward(simd, cell, &sizes, weights, pass.one(), gradients);
            }
        }
    }
}

/// An activation in a function of its own: the code of all activations once, in place of once for each gate.
#[derive(Clone, Copy)]
struct Called(AnyActivation);

impl<T: Element> Activation<T> for Called {
    // Nobody asks for it: `keeps` says which.
    const KEEPS: Keeps = Keeps::Output;

    #[inline(always)]
    fn apply<S: Simd>(self, simd: S, x: T::Vector<S>) -> T::Vector<S> {
        simd.vectorize(
            #[inline(always)]
            || Activation::<T>::apply(self.0, simd, x),
        )
    }

    #[inline(always)]
    fn derivative<S: Simd>(self, simd: S, kept: T::Vector<S>, dy: T::Vector<S>) -> T::Vector<S> {
        simd.vectorize(
            #[inline(always)]
            || Activation::<T>::derivative(self.0, simd, kept, dy),
        )
    }

    #[inline(always)]
    fn keeps(self) -> Keeps {
        Activation::<T>::keeps(self.0)
    }
}
