//! Layers that are noise in training.

/// `AlphaDropout<rate, …>`: a dropout for SELU: what is dropped becomes what SELU tends to for small numbers, and mean and variance stay as they are.
///
/// Training only: at inference `y = x`, and the layer does not exist. Each layer, and each use of a shared one, has its own random numbers,
/// whatever its seed; the same seed of `fit` gives the same, on any number of threads.
///
/// # Arguments
///
/// | name | default | |
/// | --- | --- | --- |
/// | `rate` (positional) | | the share that is dropped: from 0 up to, but without, 1 |
/// | `noise_shape` | none | a size for each axis of the input: 1, where the elements along it share their random number, or the axis' own, for which `None` stands too; the batch may stand before them as `None` |
/// | `seed` | `0` | with the seed of `fit`, decides what is random |
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
/// let net = nn::network!(Input<4> => AlphaDropout<0.1>);
/// let x = nn::Tensor1::default();
/// assert_eq!(net.infer(&x, &mut Default::default()), x);
/// ```
///
/// # Source
///
/// G. Klambauer et al., *Self-Normalizing Neural Networks*, NeurIPS 2017.
#[derive(Clone, Copy, Debug)]
pub struct AlphaDropout;

/// `GaussianDropout<rate, …>`: multiplies each element by a normal random number around 1 with the standard deviation `√(rate / (1 − rate))`.
///
/// Training only: at inference `y = x`, and the layer does not exist. Each layer, and each use of a shared one, has its own random numbers,
/// whatever its seed; the same seed of `fit` gives the same, on any number of threads.
///
/// # Arguments
///
/// | name | default | |
/// | --- | --- | --- |
/// | `rate` (positional) | | as strong as a `Dropout` of this rate: from 0 up to, but without, 1 |
/// | `seed` | `0` | with the seed of `fit`, decides what is random |
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
/// let net = nn::network!(Input<4> => GaussianDropout<0.1>);
/// let x = nn::Tensor1::default();
/// assert_eq!(net.infer(&x, &mut Default::default()), x);
/// ```
///
/// # Source
///
/// N. Srivastava et al., *Dropout: A Simple Way to Prevent Neural Networks from Overfitting*, JMLR 15, 2014.
#[derive(Clone, Copy, Debug)]
pub struct GaussianDropout;

/// `GaussianNoise<stddev, …>`: adds a normal random number around 0 to each element.
///
/// Training only: at inference `y = x`, and the layer does not exist. Each layer, and each use of a shared one, has its own random numbers,
/// whatever its seed; the same seed of `fit` gives the same, on any number of threads.
///
/// # Arguments
///
/// | name | default | |
/// | --- | --- | --- |
/// | `stddev` (positional) | | the standard deviation of the noise, from 0 on |
/// | `seed` | `0` | with the seed of `fit`, decides what is random |
///
/// # Shapes
///
/// Any shape; the output has the same.
///
/// # Errors
///
/// A negative `stddev`.
///
/// # Example
///
/// ```
/// let net = nn::network!(Input<4> => GaussianNoise<0.1>);
/// let x = nn::Tensor1::default();
/// assert_eq!(net.infer(&x, &mut Default::default()), x);
/// ```
///
/// # Source
///
/// Keras' layer of this name.
#[derive(Clone, Copy, Debug)]
pub struct GaussianNoise;

/// `SpatialDropout1D<rate, …>`: a feature is dropped at all time steps of a sample, or at none. What is kept is divided by `1 − rate`.
///
/// Training only: at inference `y = x`, and the layer does not exist. Each layer, and each use of a shared one, has its own random numbers,
/// whatever its seed; the same seed of `fit` gives the same, on any number of threads.
///
/// # Arguments
///
/// | name | default | |
/// | --- | --- | --- |
/// | `rate` (positional) | | the share that is dropped: from 0 up to, but without, 1 |
/// | `seed` | `0` | with the seed of `fit`, decides what is random |
///
/// # Shapes
///
/// steps × features; the output has the same shape.
///
/// # Errors
///
/// A `rate` outside of `0.0..1.0`. An input with other axes.
///
/// # Example
///
/// ```
/// let net = nn::network!(Input<5, 3> => SpatialDropout1D<0.5>);
/// let x = nn::Tensor2::default();
/// assert_eq!(net.infer(&x, &mut Default::default()), x);
/// ```
///
/// # Source
///
/// J. Tompson et al., *Efficient Object Localization Using Convolutional Networks*, CVPR 2015.
#[derive(Clone, Copy, Debug)]
pub struct SpatialDropout1D;

/// `SpatialDropout2D<rate, …>`: a channel of an image is dropped as a whole, or not at all: neighbouring pixels say the same. What is kept is divided by `1 − rate`.
///
/// Training only: at inference `y = x`, and the layer does not exist. Each layer, and each use of a shared one, has its own random numbers,
/// whatever its seed; the same seed of `fit` gives the same, on any number of threads.
///
/// # Arguments
///
/// | name | default | |
/// | --- | --- | --- |
/// | `rate` (positional) | | the share that is dropped: from 0 up to, but without, 1 |
/// | `data_format` | `channels_last` | or `channels_first`: where the channels are |
/// | `seed` | `0` | with the seed of `fit`, decides what is random |
///
/// # Shapes
///
/// height × width × channels; the output has the same shape.
///
/// # Errors
///
/// A `rate` outside of `0.0..1.0`. An input with other axes.
///
/// # Example
///
/// ```
/// let net = nn::network!(Input<4, 4, 3> => SpatialDropout2D<0.5>);
/// let x = nn::Tensor3::default();
/// assert_eq!(net.infer(&x, &mut Default::default()), x);
/// ```
///
/// # Source
///
/// J. Tompson et al., *Efficient Object Localization Using Convolutional Networks*, CVPR 2015.
#[derive(Clone, Copy, Debug)]
pub struct SpatialDropout2D;

/// `SpatialDropout3D<rate, …>`: a channel of a volume is dropped as a whole, or not at all. What is kept is divided by `1 − rate`.
///
/// Training only: at inference `y = x`, and the layer does not exist. Each layer, and each use of a shared one, has its own random numbers,
/// whatever its seed; the same seed of `fit` gives the same, on any number of threads.
///
/// # Arguments
///
/// | name | default | |
/// | --- | --- | --- |
/// | `rate` (positional) | | the share that is dropped: from 0 up to, but without, 1 |
/// | `data_format` | `channels_last` | or `channels_first`: where the channels are |
/// | `seed` | `0` | with the seed of `fit`, decides what is random |
///
/// # Shapes
///
/// depth × height × width × channels; the output has the same shape.
///
/// # Errors
///
/// A `rate` outside of `0.0..1.0`. An input with other axes.
///
/// # Example
///
/// ```
/// let net = nn::network!(Input<2, 4, 4, 3> => SpatialDropout3D<0.5>);
/// let x = nn::Tensor4::default();
/// assert_eq!(net.infer(&x, &mut Default::default()), x);
/// ```
///
/// # Source
///
/// J. Tompson et al., *Efficient Object Localization Using Convolutional Networks*, CVPR 2015.
#[derive(Clone, Copy, Debug)]
pub struct SpatialDropout3D;
