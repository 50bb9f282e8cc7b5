/// `BatchNormalization<…>`: brings each channel to mean 0 and variance 1, then to a mean and a scale that it learns.
///
/// `y = gamma · (x − mean) / √(variance + epsilon) + beta`
///
/// In training, `mean` and `variance` are those of the batch, and `moving_mean` and `moving_variance` follow them:
/// `moving = momentum · moving + (1 − momentum) · batch`. At inference they are the moving ones, and the whole layer is
/// a scale and a shift in the step of the layer before it.
///
/// Behind a mask, masked steps do not count in the statistics of a batch, but they are normalized like the others.
///
/// # Arguments
///
/// | name | default | |
/// | --- | --- | --- |
/// | `axis` | `-1` | the axis of the channels; the batch is axis 0 |
/// | `momentum` | `0.99` | how slowly the moving statistics follow |
/// | `epsilon` | `0.001` | added to the variance, so that no division is by zero |
/// | `center` | `true` | whether there is a `beta` |
/// | `scale` | `true` | whether there is a `gamma` |
/// | `beta_initializer`, `moving_mean_initializer` | `zeros` | how `new` fills them |
/// | `gamma_initializer`, `moving_variance_initializer` | `ones` | how `new` fills them |
/// | `beta_regularizer`, `gamma_regularizer` | none | a [penalty](crate::layers#regularizers-and-constraints) on the weight's size |
/// | `beta_constraint`, `gamma_constraint` | none | a [rule](crate::layers#regularizers-and-constraints) for the weight after each step |
/// | `trainable` | `true` | with `false` the moving statistics are used in training too, and nothing changes |
/// | `activity_regularizer` | none | a [penalty](crate::layers#regularizers-and-constraints) on what the layer computes |
///
/// # Shapes
///
/// Any shape; the output has the same.
///
/// # Weights
///
/// `gamma`, `beta`, `moving_mean`, `moving_variance`: `[T; channels]` each. The moving ones do not count as trainable.
///
/// # Errors
///
/// An `axis` that the input does not have, or axis 0, the batch.
///
/// # Example
///
/// A bias before it would only be subtracted again, hence `use_bias = false`:
///
/// ```
/// nn::network! {
///     struct Block = Input<8, 8, 1> => Conv2D<4, 3, use_bias = false> => BatchNormalization => ReLU;
/// }
/// assert_eq!(Block::PARAMETERS, 3 * 3 * 4 + 4 * 4);
/// ```
///
/// # Source
///
/// S. Ioffe and C. Szegedy, *Batch Normalization: Accelerating Deep Network Training by Reducing Internal Covariate Shift*,
/// <https://arxiv.org/abs/1502.03167>.
#[derive(Clone, Copy, Debug)]
pub struct BatchNormalization;

/// `BatchNorm<…>`: the short name of [`BatchNormalization`].
///
/// ```
/// nn::network! {
///     struct Norm = Input<5> => BatchNorm<scale = false>;
/// }
/// assert_eq!(Norm::PARAMETERS, 3 * 5);
/// ```
#[derive(Clone, Copy, Debug)]
pub struct BatchNorm;

/// `Dropout<rate, …>`: in training, sets a random share of the elements to zero, so that no unit relies on a single other.
///
/// `y = x / (1 − rate)` with probability `1 − rate`, else 0: the expected value stays the same. At inference `y = x`, and
/// the layer does not exist. Each layer, and each use of a shared one, chooses for itself, whatever its seed.
///
/// # Arguments
///
/// | name | default | |
/// | --- | --- | --- |
/// | `rate` (positional) | | the share that is dropped: from 0 up to, but without, 1 |
/// | `noise_shape` | none | a size for each axis of the input: 1, where the elements along it share their random number, or the axis' own, for which `None` stands too; the batch may stand before them as `None` |
/// | `seed` | `0` | with the seed of `fit`, decides what is dropped |
///
/// # Shapes
///
/// Any shape; the output has the same.
///
/// # Errors
///
/// A `rate` outside of `0.0..1.0`.
///
/// # Example
///
/// ```
/// let net = nn::network!(Input<3> => Dropout<0.5>);
/// assert_eq!(net.infer(&[1.0, 2.0, 3.0].into(), &mut Default::default()).0, [1.0, 2.0, 3.0]);
/// ```
///
/// # Source
///
/// N. Srivastava et al., *Dropout: A Simple Way to Prevent Neural Networks from Overfitting*, JMLR 15, 2014.
#[derive(Clone, Copy, Debug)]
pub struct Dropout;

/// `LayerNormalization<…>`: each sample by its own mean and variance, `gamma · (x − mean) / √(variance + epsilon) + beta`.
///
/// # Arguments
///
/// | name | default | |
/// | --- | --- | --- |
/// | `axis` | `-1` | the axes that are normalized together: one, or a tuple; the batch is axis 0 |
/// | `epsilon` | `0.001` | |
/// | `center`, `scale` | `true` | whether there is a `beta`, and a `gamma` |
/// | `gamma_…`, `beta_…` | `ones`, `zeros` | `initializer`, `regularizer`, `constraint` |
/// | `trainable` | `true` | |
/// | `activity_regularizer` | none | a [penalty](crate::layers#regularizers-and-constraints) on what the layer computes |
///
/// # Shapes
///
/// Any; the output has the shape of the input.
///
/// Elements that are equal and large do not become zero: what is left of `x − mean` is rounding, and divided by its own size, as in Keras. Features of very
/// different sizes are better brought to one size before ([`Rescaling`](super::Rescaling), [`Normalization`](super::Normalization)).
///
/// # Weights
///
/// `gamma` and `beta`, shaped as the normalized axes.
///
/// # Errors
///
/// An axis that the input does not have; an input of ids.
///
/// # Example
///
/// ```
/// let net = nn::network!(Input<2> => LayerNormalization<epsilon = 0.0>);
/// assert_eq!(net.infer(&[1.0, 3.0].into(), &mut Default::default()).0, [-1.0, 1.0]);
/// ```
///
/// Ba, Kiros, Hinton: [Layer Normalization](https://arxiv.org/abs/1607.06450), 2016.
#[derive(Clone, Copy, Debug)]
pub struct LayerNormalization;

/// `LayerNorm<…>`: a short name of [`LayerNormalization`].
///
/// ```
/// let net = nn::network!(Input<2> => LayerNorm<epsilon = 0.0>);
/// assert_eq!(net.infer(&[1.0, 3.0].into(), &mut Default::default()).0, [-1.0, 1.0]);
/// ```
#[derive(Clone, Copy, Debug)]
pub struct LayerNorm;

/// `RMSNormalization<…>`: each sample by its own root mean square, `scale · x / √(mean(x²) + epsilon)`.
///
/// # Arguments
///
/// | name | default | |
/// | --- | --- | --- |
/// | `axis` | `-1` | the axes that are normalized together: one, or a tuple; the batch is axis 0 |
/// | `epsilon` | `0.000001` | |
/// | `scale_…` | `ones` | `initializer`, `regularizer`, `constraint` |
/// | `trainable` | `true` | |
/// | `activity_regularizer` | none | a [penalty](crate::layers#regularizers-and-constraints) on what the layer computes |
///
/// # Shapes
///
/// Any; the output has the shape of the input.
///
/// # Weights
///
/// `scale`, shaped as the normalized axes.
///
/// # Errors
///
/// An axis that the input does not have; an input of ids.
///
/// # Example
///
/// ```
/// let net = nn::network!(Input<2> => RMSNormalization<epsilon = 0.0>);
/// assert_eq!(net.infer(&[3.0, 3.0].into(), &mut Default::default()).0, [1.0, 1.0]);
/// ```
///
/// Zhang, Sennrich: [Root Mean Square Layer Normalization](https://arxiv.org/abs/1910.07467), 2019.
#[derive(Clone, Copy, Debug)]
pub struct RMSNormalization;

/// `UnitNormalization<…>`: each sample by its own norm, `x / √(Σ x²)`, so that the norm of the result is 1.
///
/// # Arguments
///
/// | name | default | |
/// | --- | --- | --- |
/// | `axis` | `-1` | the axes over which squares are added up: one, or a tuple; the batch is axis 0 |
///
/// # Shapes
///
/// Any; the output has the shape of the input. It hands on masks. Zeros stay zeros: no norm is smaller than 1e-12, as in Keras.
///
/// # Weights
///
/// None.
///
/// # Errors
///
/// An axis that the input does not have; an input of ids.
///
/// # Example
///
/// ```
/// let net = nn::network!(Input<2> => UnitNormalization);
/// assert_eq!(net.infer(&[3.0, -4.0].into(), &mut Default::default()).0, [0.6, -0.8]);
/// ```
///
/// # Source
///
/// Keras' layer of this name.
#[derive(Clone, Copy, Debug)]
pub struct UnitNormalization;

/// `GroupNormalization<groups, …>`: each group of channels of a sample by its own mean and variance.
///
/// # Arguments
///
/// | name | default | |
/// | --- | --- | --- |
/// | `groups` (positional) | `32` | how many groups; `-1` makes one of each channel |
/// | `axis` | `-1` | the axis of channels; the batch is axis 0 |
/// | `epsilon` | `0.001` | |
/// | `center`, `scale` | `true` | whether there is a `beta`, and a `gamma` |
/// | `gamma_…`, `beta_…` | `ones`, `zeros` | `initializer`, `regularizer`, `constraint` |
/// | `trainable` | `true` | |
/// | `activity_regularizer` | none | a [penalty](crate::layers#regularizers-and-constraints) on what the layer computes |
///
/// # Shapes
///
/// Any; the output has the shape of the input.
///
/// # Weights
///
/// `gamma` and `beta`, one for each channel.
///
/// # Errors
///
/// Channels that do not divide by the number of groups; an axis that the input does not have.
///
/// # Example
///
/// ```
/// let net = nn::network!(Input<4> => GroupNormalization<2, epsilon = 0.0>);
/// assert_eq!(net.infer(&[1.0, 3.0, 10.0, 30.0].into(), &mut Default::default()).0, [-1.0, 1.0, -1.0, 1.0]);
/// ```
///
/// Wu, He: [Group Normalization](https://arxiv.org/abs/1803.08494), 2018.
#[derive(Clone, Copy, Debug)]
pub struct GroupNormalization;
