//! Layers of your own.

/// `Lambda<path, output = …>`: a Rust type of yours without weights.
///
/// # Arguments
///
/// | name | default | |
/// | --- | --- | --- |
/// | `path` (positional) | | a type that implements [`nn::Lambda`](crate::Lambda) for the tensors that go in: a name that the network sees, or `crate::Squares` |
/// | `output` | the input's | the shape of its `Output`: one size or a tuple |
///
/// # Shapes
///
/// The input, as a tensor of one sample → `output`.
///
/// # Weights
///
/// None.
///
/// # Errors
///
/// A type that is no `Lambda` for this input, or whose `Output` has another shape, is an error of the compiler at the layer. Several values have to
/// be joined first. A network of it cannot be read from text while the program runs (`nn::run`), and is no `#[stream]`.
///
/// # Example
///
/// ```
/// use nn::prelude::*;
///
/// /// The largest distance between two elements of a row.
/// struct Spread;
///
/// impl<const R: usize, const C: usize> nn::Lambda<Tensor2<R, C>> for Spread {
///     type Output = Tensor1<R>;
///
///     fn forward(x: &Tensor2<R, C>, y: &mut Tensor1<R>, _: &mut [f32]) {
///         for (row, x) in x.0.iter().enumerate() {
///             y[row] = x[largest(x)] - x[smallest(x)];
///         }
///     }
///
///     fn backward(x: &Tensor2<R, C>, _: &Tensor1<R>, dy: &Tensor1<R>, dx: &mut Tensor2<R, C>, _: &mut [f32]) {
///         for (row, x) in x.0.iter().enumerate() {
///             dx[row][largest(x)] += dy[row];
///             dx[row][smallest(x)] -= dy[row];
///         }
///     }
/// }
///
/// fn largest(x: &[f32]) -> usize {
///     (0..x.len()).fold(0, |best, at| if x[at] > x[best] { at } else { best })
/// }
///
/// fn smallest(x: &[f32]) -> usize {
///     (0..x.len()).fold(0, |best, at| if x[at] < x[best] { at } else { best })
/// }
///
/// let net = nn::network!(Input<2, 3> => Lambda<Spread, output = 2>);
/// assert_eq!(net.infer(&[[1.0, 5.0, 2.0], [0.0, 0.0, -3.0]].into(), &mut Default::default()).0, [4.0, 3.0]);
/// ```
#[derive(Clone, Copy, Debug)]
pub struct Lambda;

/// `Custom<path, output = …>`: a Rust type of yours with weights, or with memory between forward and backward.
///
/// # Arguments
///
/// | name | default | |
/// | --- | --- | --- |
/// | `path` (positional) | | a type that implements [`nn::Custom`](crate::Custom) for the tensors that go in: a name that the network sees, or `crate::Gate` |
/// | `output` | the input's | the shape of its `Output`: one size or a tuple |
/// | `stateful` | `false` | whether it carries [`STATE`](crate::Custom::STATE) elements from one call of `infer_stateful` to the next, and in training from batch to batch |
/// | `trainable` | `true` | |
/// | `activity_regularizer` | none | a [penalty](crate::layers#regularizers-and-constraints) on what the layer computes |
///
/// # Shapes
///
/// The input, as a tensor of one sample → `output`.
///
/// # Weights
///
/// Those of [`WEIGHTS`](crate::Custom::WEIGHTS), called `gate.scale` in files and in [`PARAMS`](crate::Network::PARAMS). The field of the network has all of
/// them one after another ([`CustomWeights`](crate::custom::CustomWeights)).
///
/// # Errors
///
/// A type that is no `Custom` layer for this input, or whose `Output` has another shape, is an error of the compiler at the layer. Several values have
/// to be joined first. A network of it cannot be read from text while the program runs (`nn::run`), takes no `#[weights("…")]`, and is no
/// `#[stream]`.
///
/// # Example
///
/// A layer, and the test that its gradients are right:
///
/// ```
/// use nn::custom::{Custom, Gradient, Memory, Weights, WeightsMut};
/// use nn::initializers::Initializer;
/// use nn::prelude::*;
/// use nn::testing::{GradientError, check_gradients};
/// use nn::{Element, Param};
///
/// /// `y = x · exp(-(x / width)²)`: lets small numbers pass, with a width for each channel that is learned.
/// struct Bell;
///
/// impl<const N: usize, T: Element> Custom<Tensor1<N, T>> for Bell {
///     type Output = Tensor1<N, T>;
///
///     const WEIGHTS: &'static [Param] = &[Param::weight("width", &[N], Initializer::Ones)];
///     /// The bells themselves.
///     const SAVED: usize = N;
///     const SCRATCH: usize = N;
///
///     fn infer(weights: Weights<'_, T>, x: &Tensor1<N, T>, y: &mut Tensor1<N, T>, memory: Memory<'_, T>) {
///         let Memory { scratch, state } = memory;
///         Self::forward(weights, x, y, scratch, Memory { scratch: &mut [], state });
///     }
///
///     fn forward(
///         weights: Weights<'_, T>,
///         x: &Tensor1<N, T>,
///         y: &mut Tensor1<N, T>,
///         saved: &mut [T],
///         _memory: Memory<'_, T>,
///     ) {
///         for i in 0..N {
///             let share = x[i] / weights[0][i];
///             saved[i] = (-share * share).exp();
///             y[i] = x[i] * saved[i];
///         }
///     }
///
///     fn backward(
///         weights: Weights<'_, T>,
///         of: Gradient<'_, Tensor1<N, T>, Tensor1<N, T>>,
///         dx: &mut Tensor1<N, T>,
///         mut gradients: WeightsMut<'_, T>,
///         _scratch: &mut [T],
///     ) {
///         for i in 0..N {
///             let (width, share) = (weights[0][i], of.x[i] / weights[0][i]);
///             let twice = share * share + share * share;
///             dx[i] = of.dy[i] * of.saved[i] * (T::one() - twice);
///             gradients[0][i] += of.dy[i] * of.y[i] * twice / width;
///         }
///     }
/// }
///
/// nn::network! {
///     #[dtype(f64)]
///     struct Net = Input<3> => Dense<4> => bell: Custom<Bell> => Dense<2>;
/// }
///
/// # fn main() -> Result<(), GradientError> {
/// let net = Net::new(&mut nn::rng(1));
/// assert_eq!(net.bell.0, [1.0; 4]);
/// assert!(Net::PARAMS.iter().any(|param| param.name == "bell.width"));
/// check_gradients(&*net, &[[0.3, -0.2, 0.9].into(), [-0.5, 0.7, 0.1].into()])
/// # }
/// ```
#[derive(Clone, Copy, Debug)]
pub struct Custom;
