//! Gradients against differences.

use thiserror::Error;

use crate::error::FitError;
use crate::record::{Dtype, Record};
use crate::train::{GradientTape, Train};

/// How far the two points of a difference are from the middle.
const STEP: f64 = 1e-6;
/// How far a gradient may be from the difference: so much, and so much of it.
const TOLERANCE: f64 = 1e-5;
/// Most elements of a weight or of an input that are moved; these are spread over it.
const MOST: usize = 200;

/// A gradient that is not the slope of the loss, or data that a network does not take.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum GradientError {
    /// The samples cannot be run.
    #[error(transparent)]
    Data(#[from] FitError),
    /// That of a weight.
    #[error("the gradient of element {index} of `{name}`: expected {expected}, found {found}")]
    Weight {
        /// The name of the weight, as in files.
        name: &'static str,
        /// The element, in memory order.
        index: usize,
        /// The slope of the loss.
        expected: f64,
        /// What backward has computed.
        found: f64,
    },
    /// That of an input.
    #[error(
        "the gradient of element {index} of the input{} of sample {sample}: expected {expected}, found {found}",
        named(part)
    )]
    Input {
        /// The name of the input; empty if it is the only one.
        part: &'static str,
        /// The sample, counted from 0.
        sample: usize,
        /// The element, in memory order.
        index: usize,
        /// The slope of the loss.
        expected: f64,
        /// What backward has computed.
        found: f64,
    },
}

fn named(part: &str) -> String {
    if part.is_empty() { String::new() } else { format!(" `{part}`") }
}

/// Compares the gradients that a network is trained by with the slopes of its loss: for tests of layers of one's own.
///
/// The loss is the sum of all outputs, each times a number of its own, with what `activity_regularizer` adds. Each weight that is
/// trained and each input is moved by ±10⁻⁶, up to 200 elements of each; a gradient may differ from the slope by 10⁻⁵ and by
/// 10⁻⁵ of it. The network runs as in training: dropouts drop the same elements each time, and a batch
/// normalization uses the statistics of these samples.
///
/// The network is one with `#[dtype(f64)]`: in `f32`, differences are too coarse. Take samples and weights
/// where no function has a bend: a ReLU at 0 has no slope.
///
/// ```
/// # use nn_core as nn;
/// use nn::testing::{GradientError, check_gradients};
/// use nn::{Tensor1, rng, train::Train};
///
/// fn is_right<N: Train<Element = f64, Input = Tensor1<3, f64>>>() -> Result<(), GradientError> {
///     check_gradients(&*N::new(&mut rng(1)), &[[0.3, -0.2, 0.9].into(), [-0.5, 0.7, 0.1].into()])
/// }
/// ```
///
/// # Errors
///
/// The first gradient that differs, those of inputs first; samples that [`GradientTape::forward`] refuses.
pub fn check_gradients<N: Train<Element = f64>>(network: &N, x: &[N::Input]) -> Result<(), GradientError> {
    let mut check = Check { tape: GradientTape::new(1), network: network.to_boxed(), x: x.to_vec(), dy: Vec::new() };
    let y = check.tape.forward(network, x)?;
    check.dy = numbers_for(&y);
    let dx = check.tape.backward(network, &check.dy)?;
    let gradients = check.tape.gradients().to_boxed();
    for (sample, dx) in dx.iter().enumerate() {
        for (part, found) in real_parts(dx) {
            for index in sampled(found.len()) {
                let found = found[index];
                let expected = check.slope(|check, by| move_input(&mut check.x[sample], part, index, by))?;
                if differ(found, expected) {
                    let part = <N::Input as Record>::PARTS[part].name;
                    return Err(GradientError::Input { part, sample, index, expected, found });
                }
            }
        }
    }
    for param in N::PARAMS.iter().filter(|param| param.trainable) {
        for index in sampled(param.len()) {
            let at = param.offset + index;
            let found = gradients.as_flat()[at];
            let expected = check.slope(|check, by| check.network.as_flat_mut()[at] += by)?;
            if differ(found, expected) {
                return Err(GradientError::Weight { name: param.name, index, expected, found });
            }
        }
    }
    Ok(())
}

/// A network that is moved and run again.
struct Check<N: Train> {
    tape: GradientTape<N>,
    network: Box<N>,
    x: Vec<N::Input>,
    /// What each output counts.
    dy: Vec<N::Output>,
}

impl<N: Train<Element = f64>> Check<N> {
    /// The slope of the loss along what `shift` moves.
    fn slope(&mut self, shift: impl Fn(&mut Self, f64)) -> Result<f64, FitError> {
        shift(self, STEP);
        let above = self.loss()?;
        shift(self, -2.0 * STEP);
        let below = self.loss()?;
        shift(self, STEP);
        Ok((above - below) / (2.0 * STEP))
    }

    fn loss(&mut self) -> Result<f64, FitError> {
        // What is dropped is the same each time.
        self.tape.rewind();
        let y = self.tape.forward(&self.network, &self.x)?;
        let products = y.iter().zip(&self.dy).map(|(y, dy)| {
            let [y, dy]: [&[f64]; 2] = [y, dy].map(|record| bytemuck::cast_slice(bytemuck::bytes_of(record)));
            y.iter().zip(dy).map(|(y, dy)| y * dy).sum::<f64>()
        });
        Ok(products.sum::<f64>() + self.tape.penalty())
    }
}

/// A number between -0.5 and 0.5 for each output of each sample, which look random.
fn numbers_for<O: Record + bytemuck::Pod>(y: &[O]) -> Vec<O> {
    let mut dy = y.to_vec();
    let numbers: &mut [f64] = bytemuck::cast_slice_mut(&mut dy);
    numbers.iter_mut().enumerate().for_each(|(index, dy)| *dy = (index as f64 * 12.9898 + 0.3).sin() / 2.0);
    dy
}

/// The inputs of a sample that are of type `f64`, with their places.
fn real_parts<I: Record>(x: &I) -> impl Iterator<Item = (usize, &[f64])> {
    let real = I::PARTS.iter().enumerate().filter(|(_, part)| part.dtype == Dtype::F64);
    real.map(|(index, _)| (index, bytemuck::cast_slice(x.part(index))))
}

fn move_input<I: Record>(x: &mut I, part: usize, index: usize, by: f64) {
    let numbers: &mut [f64] = bytemuck::cast_slice_mut(x.part_mut(part));
    numbers[index] += by;
}

/// All indices, or some that are spread over them.
fn sampled(len: usize) -> impl Iterator<Item = usize> {
    (0..len).step_by(len.div_ceil(MOST).max(1))
}

/// Whether a gradient is not the slope; so is what is no number.
fn differ(found: f64, expected: f64) -> bool {
    let near = (found - expected).abs() <= TOLERANCE + TOLERANCE * expected.abs();
    !near
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::network::Network;
    use crate::tensor::Tensor1;
    use crate::train::nets::Centred;

    fn samples() -> Vec<Tensor1<2, f64>> {
        (0..18).map(|i| Tensor1([(i as f64).sin(), (i as f64 * 0.7).cos()])).collect()
    }

    #[test]
    fn right_gradients_pass() {
        check_gradients(&*Centred::new(&mut crate::rng(1)), &samples()).unwrap();
    }

    #[test]
    fn what_cannot_be_run_is_an_error() {
        let nothing = check_gradients(&*Centred::new(&mut crate::rng(1)), &[]);
        assert!(matches!(nothing, Err(GradientError::Data(FitError::Empty { what: "x" }))));
    }

    #[test]
    fn a_difference_is_what_is_not_near() {
        assert!(!differ(1.0, 1.000_009) && !differ(1e5, 1e5 + 0.9));
        assert!(differ(1.0, 1.000_1) && differ(f64::NAN, 0.0) && differ(0.0, f64::NAN));
    }

    #[test]
    fn errors_say_where() {
        let error = GradientError::Weight { name: "dense.kernel", index: 3, expected: 0.5, found: -0.5 };
        assert_eq!(error.to_string(), "the gradient of element 3 of `dense.kernel`: expected 0.5, found -0.5");
        let error = GradientError::Input { part: "a", sample: 1, index: 2, expected: 0.5, found: 0.0 };
        assert_eq!(error.to_string(), "the gradient of element 2 of the input `a` of sample 1: expected 0.5, found 0");
    }
}
