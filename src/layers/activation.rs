/// `Activation<activation>`: an activation function as a layer of its own.
///
/// `Dense<8, activation = tanh>` and `Dense<8> => Activation<tanh>` are the same network: the function is part of the
/// step that computes its input.
///
/// # Arguments
///
/// - `activation` (positional): any of the [activations](crate::layers#activations), some with an argument
///   (`leaky_relu(0.1)`), or a path to one of your own.
///
/// # Shapes
///
/// Any shape; the output has the same.
///
/// # Errors
///
/// A name that is no activation; the message names the nearest one.
///
/// # Example
///
/// ```
/// let net = nn::network!(Input<3> => Activation<leaky_relu(0.5)>);
/// assert_eq!(net.infer(&[-2.0, 0.0, 2.0].into(), &mut Default::default()).0, [-1.0, 0.0, 2.0]);
/// ```
#[derive(Clone, Copy, Debug)]
pub struct Activation;

/// `ReLU<…>`: `max(x, 0)`, the rectified linear unit.
///
/// With its options: `max_value` where x reaches it, `x` from `threshold` on, and
/// `negative_slope · (x − threshold)` below.
///
/// # Arguments
///
/// | name | default | |
/// | --- | --- | --- |
/// | `max_value` | none | the largest output |
/// | `negative_slope` | `0.0` | the slope below the threshold |
/// | `threshold` | `0.0` | where the identity begins |
///
/// # Shapes
///
/// Any shape; the output has the same.
///
/// # Example
///
/// ```
/// let net = nn::network!(Input<3> => ReLU<max_value = 6.0>);
/// assert_eq!(net.infer(&[-1.0, 2.0, 9.0].into(), &mut Default::default()).0, [0.0, 2.0, 6.0]);
/// ```
///
/// # Source
///
/// V. Nair and G. Hinton, *Rectified Linear Units Improve Restricted Boltzmann Machines*, ICML 2010.
#[derive(Clone, Copy, Debug)]
pub struct ReLU;

/// `ReLU6`: `min(max(x, 0), 6)`.
///
/// ```
/// let net = nn::network!(Input<3> => ReLU6);
/// assert_eq!(net.infer(&[-1.0, 2.0, 9.0].into(), &mut Default::default()).0, [0.0, 2.0, 6.0]);
/// ```
///
/// Source: A. Krizhevsky, *Convolutional Deep Belief Networks on CIFAR-10*, 2010.
#[derive(Clone, Copy, Debug)]
pub struct ReLU6;

/// `LeakyReLU<…>`: `x` above zero, `negative_slope · x` below.
///
/// # Arguments
///
/// | name | default | |
/// | --- | --- | --- |
/// | `negative_slope` | `0.3` | the slope below zero. Keras' function `leaky_relu` has 0.2 instead, and so has ours |
///
/// # Shapes
///
/// Any shape; the output has the same.
///
/// # Example
///
/// ```
/// let net = nn::network!(Input<2> => LeakyReLU<negative_slope = 0.5>);
/// assert_eq!(net.infer(&[-2.0, 2.0].into(), &mut Default::default()).0, [-1.0, 2.0]);
/// ```
///
/// # Source
///
/// A. Maas et al., *Rectifier Nonlinearities Improve Neural Network Acoustic Models*, ICML 2013.
#[derive(Clone, Copy, Debug)]
pub struct LeakyReLU;

/// `PReLU<…>`: `x` above zero, `alpha · x` below, with an `alpha` for each element that is learned.
///
/// # Arguments
///
/// | name | default | |
/// | --- | --- | --- |
/// | `shared_axes` | none | the axes along which one `alpha` serves all: `(1, 2)` for one per channel of a picture |
/// | `alpha_initializer` | `zeros` | how `new` fills `alpha` |
/// | `alpha_regularizer` | none | a [penalty](crate::layers#regularizers-and-constraints) on its size |
/// | `alpha_constraint` | none | a [rule](crate::layers#regularizers-and-constraints) for it after each step |
/// | `trainable` | `true` | whether training changes `alpha` |
///
/// # Shapes
///
/// Any shape; the output has the same.
///
/// # Weights
///
/// `alpha`: as many as the input has elements, each of the `shared_axes` counted as 1.
///
/// # Errors
///
/// A shared axis that the input does not have, or axis 0, the batch.
///
/// # Example
///
/// ```
/// nn::network! {
///     struct Slopes = Input<4, 4, 3> => PReLU<shared_axes = (1, 2)>;
/// }
/// assert_eq!(Slopes::PARAMETERS, 3);
/// ```
///
/// # Source
///
/// K. He et al., *Delving Deep into Rectifiers*, <https://arxiv.org/abs/1502.01852>.
#[derive(Clone, Copy, Debug)]
pub struct PReLU;

/// `ELU<…>`: `x` above zero, `alpha · (eˣ − 1)` below.
///
/// # Arguments
///
/// | name | default | |
/// | --- | --- | --- |
/// | `alpha` | `1.0` | minus the value that it tends to far below zero |
///
/// # Shapes
///
/// Any shape; the output has the same.
///
/// # Example
///
/// ```
/// let net = nn::network!(Input<2> => ELU<alpha = 0.5>);
/// let y = net.infer(&[-50.0, 2.0].into(), &mut Default::default());
/// assert_eq!(y.0, [-0.5, 2.0]);
/// ```
///
/// # Source
///
/// D.-A. Clevert et al., *Fast and Accurate Deep Network Learning by Exponential Linear Units*,
/// <https://arxiv.org/abs/1511.07289>.
#[derive(Clone, Copy, Debug)]
pub struct ELU;

/// `SELU`: `scale · x` above zero, `scale · alpha · (eˣ − 1)` below, with `alpha = 1.67326324…` and
/// `scale = 1.05070098…`, for which mean 0 and variance 1 reproduce themselves from layer to layer.
///
/// Goes with `kernel_initializer = lecun_normal`.
///
/// ```
/// let net = nn::network!(Input<2> => SELU);
/// let y = net.infer(&[0.0, 2.0].into(), &mut Default::default());
/// assert!(y[0] == 0.0 && (y[1] - 2.101402).abs() < 1e-5);
/// ```
///
/// Source: G. Klambauer et al., *Self-Normalizing Neural Networks*, <https://arxiv.org/abs/1706.02515>.
#[derive(Clone, Copy, Debug)]
pub struct SELU;

/// `GELU<…>`: `x · Φ(x)`, where Φ is the distribution function of the standard normal distribution.
///
/// # Arguments
///
/// | name | default | |
/// | --- | --- | --- |
/// | `approximate` | `false` | `½ · x · (1 + tanh(√(2/π) · (x + 0.044715 · x³)))` instead |
///
/// # Shapes
///
/// Any shape; the output has the same.
///
/// # Example
///
/// ```
/// let net = nn::network!(Input<2> => GELU);
/// let y = net.infer(&[0.0, 1.0].into(), &mut Default::default());
/// assert!(y[0] == 0.0 && (y[1] - 0.8413447).abs() < 1e-6);
/// ```
///
/// # Source
///
/// D. Hendrycks and K. Gimpel, *Gaussian Error Linear Units*, <https://arxiv.org/abs/1606.08415>.
#[derive(Clone, Copy, Debug)]
pub struct GELU;

/// `Softmax<…>`: `eˣ / Σ eˣ`: positive numbers that sum to one, such as the probabilities of classes.
///
/// Computed from `x − max(x)`, so that no number is too large. A crossentropy right after it takes what went into it,
/// as in Keras; that is more accurate, and cheaper.
///
/// # Arguments
///
/// | name | default | |
/// | --- | --- | --- |
/// | `axis` | `-1` | the axis that sums to one; the batch is axis 0 |
///
/// # Shapes
///
/// Any shape; the output has the same.
///
/// # Errors
///
/// An `axis` that the input does not have, or axis 0, the batch.
///
/// # Example
///
/// ```
/// let net = nn::network!(Input<4> => Softmax);
/// let y = net.infer(&[7.0, 7.0, 7.0, 7.0].into(), &mut Default::default());
/// assert_eq!(y.0, [0.25; 4]);
/// ```
#[derive(Clone, Copy, Debug)]
pub struct Softmax;

/// `LogSoftmax<…>`: `x − ln Σ eˣ`, the logarithm of [`Softmax`], without its loss of small numbers.
///
/// # Arguments
///
/// | name | default | |
/// | --- | --- | --- |
/// | `axis` | `-1` | the axis that is summed over; the batch is axis 0 |
///
/// # Shapes
///
/// Any shape; the output has the same.
///
/// # Errors
///
/// Those of [`Softmax`].
///
/// # Example
///
/// ```
/// let net = nn::network!(Input<2> => LogSoftmax);
/// let y = net.infer(&[7.0, 7.0].into(), &mut Default::default());
/// assert!((y[0] + 2.0_f32.ln()).abs() < 1e-6);
/// ```
#[derive(Clone, Copy, Debug)]
pub struct LogSoftmax;

/// `Sigmoid`: `1 / (1 + e⁻ˣ)`, between 0 and 1: the probability of yes.
///
/// ```
/// let net = nn::network!(Input<3> => Sigmoid);
/// let y = net.infer(&[-200.0, 0.0, 200.0].into(), &mut Default::default());
/// assert!(y[0] < 1e-30 && (y[1] - 0.5).abs() < 1e-6 && y[2] == 1.0);
/// ```
#[derive(Clone, Copy, Debug)]
pub struct Sigmoid;

/// `HardSigmoid`: `min(max(x / 6 + 1/2, 0), 1)`, three straight lines in the shape of [`Sigmoid`].
///
/// ```
/// let net = nn::network!(Input<3> => HardSigmoid);
/// assert_eq!(net.infer(&[-3.0, 0.0, 3.0].into(), &mut Default::default()).0, [0.0, 0.5, 1.0]);
/// ```
#[derive(Clone, Copy, Debug)]
pub struct HardSigmoid;

/// `Tanh`: `(eˣ − e⁻ˣ) / (eˣ + e⁻ˣ)`, between −1 and 1.
///
/// ```
/// let net = nn::network!(Input<3> => Tanh);
/// assert_eq!(net.infer(&[-100.0, 0.0, 100.0].into(), &mut Default::default()).0, [-1.0, 0.0, 1.0]);
/// ```
#[derive(Clone, Copy, Debug)]
pub struct Tanh;

/// `Softplus`: `ln(1 + eˣ)`, a smooth [`ReLU`].
///
/// ```
/// let net = nn::network!(Input<2> => Softplus);
/// let y = net.infer(&[0.0, 100.0].into(), &mut Default::default());
/// assert!((y[0] - 2.0_f32.ln()).abs() < 1e-6 && y[1] == 100.0);
/// ```
#[derive(Clone, Copy, Debug)]
pub struct Softplus;

/// `Softsign`: `x / (1 + |x|)`, between −1 and 1.
///
/// ```
/// let net = nn::network!(Input<2> => Softsign);
/// assert_eq!(net.infer(&[-1.0, 3.0].into(), &mut Default::default()).0, [-0.5, 0.75]);
/// ```
#[derive(Clone, Copy, Debug)]
pub struct Softsign;

/// `Swish`: `x · sigmoid(x)`. [`SiLU`] is another name for it.
///
/// ```
/// let net = nn::network!(Input<2> => Swish);
/// let y = net.infer(&[0.0, 1.0].into(), &mut Default::default());
/// assert!(y[0] == 0.0 && (y[1] - 0.7310586).abs() < 1e-6);
/// ```
///
/// Source: P. Ramachandran et al., *Searching for Activation Functions*, <https://arxiv.org/abs/1710.05941>.
#[derive(Clone, Copy, Debug)]
pub struct Swish;

/// `SiLU`: `x · sigmoid(x)`. [`Swish`] is another name for it.
///
/// ```
/// let net = nn::network!(Input<1> => SiLU);
/// let y = net.infer(&[1.0].into(), &mut Default::default());
/// assert!((y[0] - 0.7310586).abs() < 1e-6);
/// ```
#[derive(Clone, Copy, Debug)]
pub struct SiLU;

/// `HardSwish`: `x · min(max(x / 6 + 1/2, 0), 1)`, [`Swish`] without the exponential.
///
/// ```
/// let net = nn::network!(Input<3> => HardSwish);
/// assert_eq!(net.infer(&[-3.0, 0.0, 3.0].into(), &mut Default::default()).0, [0.0, 0.0, 3.0]);
/// ```
///
/// Source: A. Howard et al., *Searching for MobileNetV3*, <https://arxiv.org/abs/1905.02244>.
#[derive(Clone, Copy, Debug)]
pub struct HardSwish;

/// `Rescaling<scale, …>`: `x · scale + offset`, with constants; nothing is learned.
///
/// It is part of the step that computes its input, as an activation is. In graphs, `x * 0.5 + 1.0`, `1.0 - x`, `-x` and `x / 2.0` are
/// `Rescaling`s: a factor and a term are one.
///
/// # Arguments
///
/// | name | default | |
/// | --- | --- | --- |
/// | `scale` (positional) | | what each element is multiplied by |
/// | `offset` | `0.0` | what is added then |
///
/// # Shapes
///
/// Any shape; the output has the same. Masks pass through. An input of bytes (`dtype = u8`) is one of numbers here.
///
/// # Errors
///
/// No `scale`, or a number that is not finite.
///
/// # Example
///
/// ```
/// // Bytes as numbers from -1 to 1.
/// let net = nn::network!(Input<3, dtype = u8> => Rescaling<0.0078125, offset = -1.0>);
/// assert_eq!(net.infer(&[0, 64, 128].into(), &mut Default::default()).0, [-1.0, -0.5, 0.0]);
/// ```
#[derive(Clone, Copy, Debug)]
pub struct Rescaling;

/// `Mish`: `x · tanh(ln(1 + eˣ))`.
///
/// ```
/// let net = nn::network!(Input<2> => Mish);
/// let y = net.infer(&[0.0, 1.0].into(), &mut Default::default());
/// assert!(y[0] == 0.0 && (y[1] - 0.8650984).abs() < 1e-6);
/// ```
///
/// Source: D. Misra, *Mish: A Self Regularized Non-Monotonic Activation Function*, <https://arxiv.org/abs/1908.08681>.
#[derive(Clone, Copy, Debug)]
pub struct Mish;

/// `Exponential`: `eˣ`.
///
/// ```
/// let net = nn::network!(Input<2> => Exponential);
/// let y = net.infer(&[0.0, 1.0].into(), &mut Default::default());
/// assert!((y[0] - 1.0).abs() < 1e-6 && (y[1] - core::f32::consts::E).abs() < 1e-6);
/// ```
#[derive(Clone, Copy, Debug)]
pub struct Exponential;

/// `Identity`: `y = x`. It computes nothing; its name stands where a block may have a layer or none.
///
/// ```
/// let net = nn::network!(Input<3> => Identity);
/// assert_eq!(net.infer(&[-1.0, 2.0, 9.0].into(), &mut Default::default()).0, [-1.0, 2.0, 9.0]);
/// ```
///
/// Source: Keras' layer of this name.
#[derive(Clone, Copy, Debug)]
pub struct Identity;
