//! Layers of a user's own: `Lambda<path>` without weights, `Custom<path>` with weights.

#[doc(hidden)]
pub mod own;

use core::ops::{Deref, DerefMut, Index, IndexMut};

use crate::element::Element;
use crate::params::Param;
use crate::tensor::Tensor;

/// A layer of one's own without weights: `Lambda<path>` in a network.
///
/// The type says for which tensors it is a layer, and rustc checks it against the network; [`Output`](Self::Output) has to be
/// the input's type, or the shape of `output = (…)`. See [`Custom`] for weights, and for memory that forward keeps.
///
/// ```
/// use nn_core::custom::Lambda;
/// use nn_core::{Element, Tensor1};
///
/// /// The square of each element.
/// struct Squares;
///
/// impl<const N: usize, T: Element> Lambda<Tensor1<N, T>> for Squares {
///     type Output = Tensor1<N, T>;
///
///     fn forward(x: &Tensor1<N, T>, y: &mut Tensor1<N, T>, _scratch: &mut [T]) {
///         for (y, x) in y.0.iter_mut().zip(x.0) {
///             *y = x * x;
///         }
///     }
///
///     fn backward(
///         x: &Tensor1<N, T>,
///         _y: &Tensor1<N, T>,
///         dy: &Tensor1<N, T>,
///         dx: &mut Tensor1<N, T>,
///         _scratch: &mut [T],
///     ) {
///         for (dx, (x, dy)) in dx.0.iter_mut().zip(x.0.iter().zip(dy.0)) {
///             *dx = (*x + *x) * dy;
///         }
///     }
/// }
///
/// let (x, mut y) = (Tensor1([3.0_f32, -2.0]), Tensor1::zeros());
/// Squares::forward(&x, &mut y, &mut []);
/// assert_eq!(y, Tensor1([9.0, 4.0]));
/// ```
#[diagnostic::on_unimplemented(
    message = "`{Self}` is no layer without weights for an input of `{X}`",
    label = "`nn::Lambda<{X}>` is not implemented for it",
    note = "`Lambda<path>` takes a type that implements `nn::Lambda` for the tensors that go into it; one with weights implements `nn::Custom`, and is `Custom<path>`"
)]
pub trait Lambda<X: Tensor<Item: Element>> {
    /// What it makes of an input.
    type Output: Tensor<Item = X::Item>;

    /// The elements of memory that a call takes beside inputs and outputs.
    const SCRATCH: usize = 0;

    /// Computes the output of a sample. What `y` and `scratch` hold before is whatever was there.
    ///
    /// It is part of `infer`: let it allocate nothing. `#[inline(always)]` has it compiled for the vectors of the machine.
    fn forward(x: &X, y: &mut Self::Output, scratch: &mut [X::Item]);

    /// Computes the gradient of the input of a sample from that of its output. `dx` is zero before.
    fn backward(x: &X, y: &Self::Output, dy: &Self::Output, dx: &mut X, scratch: &mut [X::Item]);
}

/// A layer of one's own: `Custom<path>` in a network.
///
/// The type says for which tensors it is a layer, which weights it has then, and how much memory it takes. rustc checks all of it
/// against the network; [`Output`](Self::Output) has to be the input's type, or the shape of `output = (…)`.
/// [`check_gradients`](crate::testing::check_gradients) tells whether backward is right.
///
/// ```
/// use nn_core::initializers::Initializer;
/// use nn_core::custom::{Custom, Gradient, Memory, Weights, WeightsMut};
/// use nn_core::{Element, Param, Tensor2};
///
/// /// A factor for each channel that is learned.
/// struct Scale;
///
/// impl<const STEPS: usize, const CHANNELS: usize, T: Element> Custom<Tensor2<STEPS, CHANNELS, T>> for Scale {
///     type Output = Tensor2<STEPS, CHANNELS, T>;
///
///     const WEIGHTS: &'static [Param] = &[Param::weight("factor", &[CHANNELS], Initializer::Ones)];
///
///     fn infer(weights: Weights<'_, T>, x: &Tensor2<STEPS, CHANNELS, T>, y: &mut Self::Output, _: Memory<'_, T>) {
///         for (y, x) in y.0.iter_mut().zip(&x.0) {
///             for channel in 0..CHANNELS {
///                 y[channel] = x[channel] * weights[0][channel];
///             }
///         }
///     }
///
///     fn backward(
///         weights: Weights<'_, T>,
///         of: Gradient<'_, Tensor2<STEPS, CHANNELS, T>, Self::Output>,
///         dx: &mut Tensor2<STEPS, CHANNELS, T>,
///         mut gradients: WeightsMut<'_, T>,
///         _scratch: &mut [T],
///     ) {
///         for step in 0..STEPS {
///             for channel in 0..CHANNELS {
///                 dx[step][channel] = of.dy[step][channel] * weights[0][channel];
///                 gradients[0][channel] += of.dy[step][channel] * of.x[step][channel];
///             }
///         }
///     }
/// }
///
/// assert_eq!(<Scale as Custom<Tensor2<4, 3>>>::WEIGHTS[0].shape, [3]);
/// ```
#[diagnostic::on_unimplemented(
    message = "`{Self}` is no layer for an input of `{X}`",
    label = "`nn::Custom<{X}>` is not implemented for it",
    note = "`Custom<path>` takes a type that implements `nn::Custom` for the tensors that go into it; one without weights implements `nn::Lambda`, and is `Lambda<path>`"
)]
pub trait Custom<X: Tensor<Item: Element>> {
    /// What it makes of an input.
    type Output: Tensor<Item = X::Item>;

    /// Its weights in the order in which they are kept, by [`Param::weight`]. A weight is called `layer.name` in the network.
    const WEIGHTS: &'static [Param] = &[];
    /// The elements of memory that a call takes beside inputs and outputs.
    const SCRATCH: usize = 0;
    /// The elements that forward keeps of a sample for backward, beside input and output.
    const SAVED: usize = 0;
    /// The elements that are carried from one call to the next, where the layer has `stateful = true`.
    const STATE: usize = 0;

    /// Computes the output of a sample. What `y` holds before is whatever was there.
    ///
    /// Let it allocate nothing. `#[inline(always)]` has it compiled for the vectors of the machine.
    fn infer(weights: Weights<'_, X::Item>, x: &X, y: &mut Self::Output, memory: Memory<'_, X::Item>);

    /// The same in training, where it may keep [`SAVED`](Self::SAVED) elements in `saved`. By default it is inference.
    fn forward(
        weights: Weights<'_, X::Item>,
        x: &X,
        y: &mut Self::Output,
        _saved: &mut [X::Item],
        memory: Memory<'_, X::Item>,
    ) {
        Self::infer(weights, x, y, memory);
    }

    /// Computes the gradient of the input of a sample from that of its output, and adds those of the weights to `gradients`. `dx` is
    /// zero before.
    fn backward(
        weights: Weights<'_, X::Item>,
        of: Gradient<'_, X, Self::Output>,
        dx: &mut X,
        gradients: WeightsMut<'_, X::Item>,
        scratch: &mut [X::Item],
    );
}

/// Memory that inference of a [`Custom`] layer works in.
#[derive(Debug)]
pub struct Memory<'a, T> {
    /// [`SCRATCH`](Custom::SCRATCH) elements, which hold whatever was there.
    pub scratch: &'a mut [T],
    /// [`STATE`](Custom::STATE) elements, as the call before has left them; zeros at the start. Empty where the layer is not
    /// `stateful`. What the call leaves there is kept if it is finite and not denormal; else it becomes zero.
    pub state: &'a mut [T],
}

/// What backward of a [`Custom`] layer goes back from, for one sample.
#[derive(Debug)]
pub struct Gradient<'a, X: Tensor, Y: Tensor> {
    /// The input.
    pub x: &'a X,
    /// The output.
    pub y: &'a Y,
    /// The gradient of the output.
    pub dy: &'a Y,
    /// What forward has kept.
    pub saved: &'a [X::Item],
}

/// The weights of a [`Custom`] layer, each by its place in [`WEIGHTS`](Custom::WEIGHTS): `weights[0]`.
#[derive(Clone, Copy, Debug)]
pub struct Weights<'a, T> {
    flat: &'a [T],
    list: &'static [Param],
}

impl<'a, T> Weights<'a, T> {
    /// Those of a list, one after another.
    pub fn new(list: &'static [Param], flat: &'a [T]) -> Self {
        Weights { flat, list }
    }
}

impl<T> Index<usize> for Weights<'_, T> {
    type Output = [T];

    #[inline(always)]
    fn index(&self, index: usize) -> &[T] {
        &self.flat[range(self.list, index)]
    }
}

/// The gradients of the weights of a [`Custom`] layer, by their places too: add to them.
#[derive(Debug)]
pub struct WeightsMut<'a, T> {
    flat: &'a mut [T],
    list: &'static [Param],
}

impl<'a, T> WeightsMut<'a, T> {
    /// Those of a list, one after another.
    pub fn new(list: &'static [Param], flat: &'a mut [T]) -> Self {
        WeightsMut { flat, list }
    }
}

impl<T> Index<usize> for WeightsMut<'_, T> {
    type Output = [T];

    #[inline(always)]
    fn index(&self, index: usize) -> &[T] {
        &self.flat[range(self.list, index)]
    }
}

impl<T> IndexMut<usize> for WeightsMut<'_, T> {
    #[inline(always)]
    fn index_mut(&mut self, index: usize) -> &mut [T] {
        &mut self.flat[range(self.list, index)]
    }
}

/// Where a weight lies among those of its layer.
#[inline(always)]
fn range(list: &[Param], index: usize) -> core::ops::Range<usize> {
    let start = len(&list[..index]);
    start..start + list[index].len()
}

const fn len(list: &[Param]) -> usize {
    crate::params::param_count(list)
}

/// The field of a [`Custom`] layer: all of its weights, one after another.
#[derive(Clone, Copy, Debug, PartialEq)]
#[repr(transparent)]
pub struct CustomWeights<const N: usize, T = f32>(pub [T; N]);

impl<const N: usize, T> Deref for CustomWeights<N, T> {
    type Target = [T];

    fn deref(&self) -> &[T] {
        &self.0
    }
}

impl<const N: usize, T> DerefMut for CustomWeights<N, T> {
    fn deref_mut(&mut self) -> &mut [T] {
        &mut self.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::initializers::Initializer;

    const SCALE: &[Param] =
        &[Param::weight("scale", &[2, 3], Initializer::Ones), Param::weight("shift", &[4], Initializer::Zeros)];

    #[test]
    fn weights_are_found_by_their_places() {
        let mut flat: [f32; 10] = core::array::from_fn(|index| index as f32);
        assert_eq!(Weights::new(SCALE, &flat)[1], [6.0, 7.0, 8.0, 9.0]);
        let mut weights = WeightsMut::new(SCALE, &mut flat);
        weights[1][3] += 1.0;
        assert_eq!((weights[0].len(), weights[1][3]), (6, 10.0));
    }
}
