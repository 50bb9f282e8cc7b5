//! Training: the samples of a shard.

mod after;
mod before;

use fearless_simd::prelude::*;

use super::{GATES, GRU};
use crate::activations::Activation;
use crate::element::Element;
use crate::kernels::frame;
use crate::kernels::gemm::{self, Left};
use crate::layers::recurrent::train::{
    self, AllSteps, Gradients, Place, Saved, Sizes, StepBackward, StepForward, each, value,
};
use crate::layers::recurrent::{Backward, Forward, RecurrentShape, RecurrentSizes, Weights};

/// How many elements [`forward`] saves for each sample.
pub const fn saved_len<L: RecurrentShape>() -> usize {
    saved(&L::SIZES).len(&L::SIZES)
}

/// Gates, with `reset_after` the candidate's sum before the reset, and h.
pub(crate) const fn saved(sizes: &RecurrentSizes) -> Saved {
    Saved { gates: GATES, extra: if sizes.reset_after { 1 } else { 0 }, states: 1, inner: true }
}

/// All steps of the samples of a shard.
///
/// # Panics
///
/// If a slice is too short.
#[inline(always)]
pub fn forward<
    S: Simd,
    L: RecurrentShape,
    const IN: usize,
    const UNITS: usize,
    T: Element,
    const BIASES: usize,
    A: Activation<T>,
    R: Activation<T>,
>(
    simd: S,
    _: L,
    weights: &GRU<IN, UNITS, T, BIASES>,
    pass: Forward<'_, T, 1>,
    activation: A,
    recurrent_activation: R,
) {
    let sizes = Sizes::new(&L::SIZES, pass.samples, saved(&L::SIZES));
    train::forward(simd, Cell { activation, recurrent_activation }, &sizes, weights.weights(), pass);
}

/// Back through all steps: adds the gradients of the weights to `gradients`.
///
/// # Panics
///
/// If a slice is too short.
#[inline(always)]
pub fn backward<
    S: Simd,
    L: RecurrentShape,
    const IN: usize,
    const UNITS: usize,
    T: Element,
    const BIASES: usize,
    A: Activation<T>,
    R: Activation<T>,
>(
    simd: S,
    _: L,
    weights: &GRU<IN, UNITS, T, BIASES>,
    pass: Backward<'_, T, 1>,
    gradients: &mut GRU<IN, UNITS, T, BIASES>,
    activation: A,
    recurrent_activation: R,
) {
    let sizes = Sizes::new(&L::SIZES, pass.samples, saved(&L::SIZES));
    let mut gradients = Gradients {
        kernel: gradients.kernel.as_flattened_mut().as_flattened_mut(),
        recurrent_kernel: gradients.recurrent_kernel.as_flattened_mut().as_flattened_mut(),
        bias: gradients.bias.as_flattened_mut().as_flattened_mut(),
    };
    let cell = Cell { activation, recurrent_activation };
    train::backward(simd, cell, &sizes, weights.weights(), pass, &mut gradients);
}

/// The activations of the layer.
#[derive(Clone, Copy)]
pub(crate) struct Cell<A, R> {
    pub(crate) activation: A,
    pub(crate) recurrent_activation: R,
}

impl<T: Element, A: Activation<T>, R: Activation<T>> train::Cell<T> for Cell<A, R> {
    fn forward<S: Simd>(self, simd: S, sizes: &Sizes, weights: Weights<'_, T>, mut step: StepForward<'_, T>) {
        match weights.bias.get(sizes.columns..2 * sizes.columns) {
            Some(bias) => step.sums.chunks_exact_mut(bias.len().max(1)).for_each(|sums| sums.copy_from_slice(bias)),
            None => step.sums.fill(T::zero()),
        }
        multiply(simd, sizes, step.input, weights.recurrent_kernel, step.sums);
        if sizes.reset_after {
            self.reset_after(simd, sizes, &mut step);
        } else {
            self.reset_before(simd, sizes, weights, &mut step);
        }
    }

    fn backward<S: Simd>(self, simd: S, sizes: &Sizes, mut step: StepBackward<'_, T>) {
        if sizes.reset_after {
            self.back_after(simd, sizes, &mut step);
        } else {
            self.back_before(simd, sizes, &mut step);
        }
    }

    fn finish<S: Simd>(self, simd: S, sizes: &Sizes, all: AllSteps<'_, T>, gradients: &mut Gradients<'_, T>) {
        if sizes.reset_after {
            if let Some(bias) = gradients.bias.get_mut(sizes.columns..) {
                gemm::add_rows(simd, all.dinner, bias);
            }
            return;
        }
        // The candidate's product took the state after the reset.
        let [reset_h, product] = all.free;
        let (units, columns) = (sizes.units, sizes.columns);
        let every = sizes.of_samples(all.rows);
        reset(self.recurrent_activation, simd, &every, (all.gates, all.input), reset_h);
        product.fill(T::zero());
        gemm::multiply(simd, [units, columns, all.rows], Left::Columns(reset_h), all.dgates, product);
        let rows =
            gradients.recurrent_kernel.chunks_exact_mut(columns.max(1)).zip(product.chunks_exact(columns.max(1)));
        for (to, from) in rows {
            to[2 * units..].iter_mut().zip(&from[2 * units..]).for_each(|(to, from)| *to += *from);
        }
    }
}

/// `sums += rows · recurrent_kernel`.
fn multiply<S: Simd, T: Element>(simd: S, sizes: &Sizes, rows: &[T], recurrent_kernel: &[T], sums: &mut [T]) {
    gemm::multiply(simd, [sizes.samples, sizes.columns, sizes.units], Left::Rows(rows), recurrent_kernel, sums);
}

/// `to = reset ∘ h`, from the gates that were saved.
fn reset<S: Simd, T: Element, R: Activation<T>>(
    recurrent_activation: R,
    simd: S,
    sizes: &Sizes,
    (gates, h): (&[T], &[T]),
    to: &mut [T],
) {
    frame::vectorize(
        simd,
        #[inline(always)]
        || {
            each::<S, T, _, _>(
                simd,
                sizes,
                to,
                #[inline(always)]
                |_, at| value(simd, recurrent_activation, at.gate(simd, gates, 1)) * at.state::<S, T>(simd, h),
                #[inline(always)]
                |to, at, value| at.set_state::<S, T>(value, to),
            );
        },
    );
}

/// `update ∘ h + (1 - update) ∘ candidate`.
#[inline(always)]
fn renew<S: Simd, T: Element>(h: T::Vector<S>, update: T::Vector<S>, candidate: T::Vector<S>) -> T::Vector<S> {
    (h - candidate).mul_add(update, candidate)
}

/// What both forms of the backward pass begin with.
struct Back<V> {
    /// The gradients of the sums of the update gate and of the candidate.
    dupdate: V,
    dcandidate: V,
    /// That of h before the step, but for what goes through the products.
    dh: V,
}

impl<A, R> Cell<A, R> {
    /// What both forms begin with on their way back.
    #[inline(always)]
    fn back<S: Simd, T: Element>(self, simd: S, step: &StepBackward<'_, T>, at: Place) -> Back<T::Vector<S>>
    where
        A: Activation<T>,
        R: Activation<T>,
    {
        let (saved_update, saved_candidate) = (at.gate::<S, T>(simd, step.gates, 0), at.gate(simd, step.gates, 2));
        let update = value::<S, T, R>(simd, self.recurrent_activation, saved_update);
        let candidate = value::<S, T, A>(simd, self.activation, saved_candidate);
        let (dh, h_before) = (at.state::<S, T>(simd, step.dh), at.state::<S, T>(simd, step.h_before));
        Back {
            dupdate: self.recurrent_activation.derivative(simd, saved_update, dh * (h_before - candidate)),
            dcandidate: self.activation.derivative(simd, saved_candidate, dh - dh * update),
            dh: dh * update,
        }
    }
}
