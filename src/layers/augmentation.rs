//! Layers that change pictures at random in training.

/// `RandomFlip<mode, …>`: mirrors half of the pictures.
///
/// Training only: at inference `y = x`, and the layer does not exist. Each picture of a batch has numbers of its own, and so has each step; the same seed of
/// `fit` gives the same, on any number of threads. The gradient goes back to the pixels that were read.
///
/// As in Keras, `horizontal_and_vertical` mirrors along both axes or along none.
///
/// # Arguments
///
/// | name | default | |
/// | --- | --- | --- |
/// | `mode` (positional) | `horizontal_and_vertical` | `horizontal`: left and right change places; `vertical`: top and bottom do |
/// | `seed` | `0` | with the seed of `fit`, decides what is random |
/// | `data_format` | `channels_last` | or `channels_first` |
///
/// # Shapes
///
/// `height × width × channels` (with `channels_first`: `channels × height × width`), numbers or bytes; the output has the same, in numbers.
///
/// # Errors
///
/// An input that is no picture; another `mode`.
///
/// # Example
///
/// ```
/// let net = nn::network!(Input<4, 4, 1> => RandomFlip<horizontal>);
/// let x = nn::Tensor3::default();
/// assert_eq!(net.infer(&x, &mut Default::default()), x);
/// ```
///
/// # Source
///
/// A. Krizhevsky, I. Sutskever, G. E. Hinton, *ImageNet Classification with Deep Convolutional Neural Networks*, NeurIPS 2012; results as in Keras.
#[derive(Clone, Copy, Debug)]
pub struct RandomFlip;

/// `RandomTranslation<height_factor, width_factor, …>`: moves each picture, by shares of its height and width.
///
/// Training only: at inference `y = x`, and the layer does not exist. Each picture of a batch has numbers of its own, and so has each step; the same seed of
/// `fit` gives the same, on any number of threads. The gradient goes back to the pixels that were read.
///
/// # Arguments
///
/// | name | default | |
/// | --- | --- | --- |
/// | `height_factor` (positional) | | how far down: `0.2` is from -0.2 (up) to 0.2, `(-0.2, 0.3)` says both |
/// | `width_factor` (positional) | | how far to the right, likewise |
/// | `fill_mode` | `reflect` | what lies outside of the picture: `reflect` (`d c b a \| a b c d \| d c b a`), `wrap` (`a b c d \| a b c d`), `nearest` (`a a \| a b c d \| d d`), `constant` |
/// | `interpolation` | `bilinear` | what a place between pixels is: a mixture of four, or the `nearest` one |
/// | `fill_value` | `0.0` | the number outside with `fill_mode = constant` |
/// | `seed` | `0` | with the seed of `fit`, decides what is random |
/// | `data_format` | `channels_last` | or `channels_first` |
///
/// # Shapes
///
/// `height × width × channels` (with `channels_first`: `channels × height × width`), numbers or bytes; the output has the same, in numbers.
///
/// # Errors
///
/// An input that is no picture; a factor outside of -1 to 1.
///
/// # Example
///
/// ```
/// let net = nn::network!(Input<4, 4, 1> => RandomTranslation<0.1, 0.1, fill_mode = constant>);
/// let x = nn::Tensor3::default();
/// assert_eq!(net.infer(&x, &mut Default::default()), x);
/// ```
///
/// # Source
///
/// P. Y. Simard, D. Steinkraus, J. C. Platt, *Best Practices for Convolutional Neural Networks Applied to Visual Document Analysis*, ICDAR 2003; results as `keras.ops.image.affine_transform`.
#[derive(Clone, Copy, Debug)]
pub struct RandomTranslation;

/// `RandomRotation<factor, …>`: turns each picture around its middle.
///
/// Training only: at inference `y = x`, and the layer does not exist. Each picture of a batch has numbers of its own, and so has each step; the same seed of
/// `fit` gives the same, on any number of threads. The gradient goes back to the pixels that were read.
///
/// # Arguments
///
/// | name | default | |
/// | --- | --- | --- |
/// | `factor` (positional) | | the share of a full turn, against the clock: `0.05` is from -0.05 to 0.05 (18° each way), `(-0.05, 0.1)` says both |
/// | `fill_mode` | `reflect` | what lies outside of the picture: `reflect` (`d c b a \| a b c d \| d c b a`), `wrap` (`a b c d \| a b c d`), `nearest` (`a a \| a b c d \| d d`), `constant` |
/// | `interpolation` | `bilinear` | what a place between pixels is: a mixture of four, or the `nearest` one |
/// | `fill_value` | `0.0` | the number outside with `fill_mode = constant` |
/// | `seed` | `0` | with the seed of `fit`, decides what is random |
/// | `data_format` | `channels_last` | or `channels_first` |
///
/// # Shapes
///
/// `height × width × channels` (with `channels_first`: `channels × height × width`), numbers or bytes; the output has the same, in numbers.
///
/// # Errors
///
/// An input that is no picture; a factor outside of -1 to 1.
///
/// # Example
///
/// ```
/// let net = nn::network!(Input<4, 4, 1> => RandomRotation<0.05>);
/// let x = nn::Tensor3::default();
/// assert_eq!(net.infer(&x, &mut Default::default()), x);
/// ```
///
/// # Source
///
/// P. Y. Simard, D. Steinkraus, J. C. Platt, *Best Practices for Convolutional Neural Networks Applied to Visual Document Analysis*, ICDAR 2003; results as `keras.ops.image.affine_transform`.
#[derive(Clone, Copy, Debug)]
pub struct RandomRotation;

/// `RandomZoom<height_factor, width_factor, …>`: makes each picture smaller or larger, around its middle.
///
/// Training only: at inference `y = x`, and the layer does not exist. Each picture of a batch has numbers of its own, and so has each step; the same seed of
/// `fit` gives the same, on any number of threads. The gradient goes back to the pixels that were read.
///
/// # Arguments
///
/// | name | default | |
/// | --- | --- | --- |
/// | `height_factor` (positional) | | `0.2` is from -0.2 to 0.2, `(-0.2, 0.3)` says both: with a factor of 1 the picture is half as high, with -0.5 twice |
/// | `width_factor` (positional) | that of the height | likewise; if it is left out, the picture keeps its proportions |
/// | `fill_mode` | `reflect` | what lies outside of the picture: `reflect` (`d c b a \| a b c d \| d c b a`), `wrap` (`a b c d \| a b c d`), `nearest` (`a a \| a b c d \| d d`), `constant` |
/// | `interpolation` | `bilinear` | what a place between pixels is: a mixture of four, or the `nearest` one |
/// | `fill_value` | `0.0` | the number outside with `fill_mode = constant` |
/// | `seed` | `0` | with the seed of `fit`, decides what is random |
/// | `data_format` | `channels_last` | or `channels_first` |
///
/// # Shapes
///
/// `height × width × channels` (with `channels_first`: `channels × height × width`), numbers or bytes; the output has the same, in numbers.
///
/// # Errors
///
/// An input that is no picture; a factor of -1 or less, or of more than 1.
///
/// # Example
///
/// ```
/// let net = nn::network!(Input<4, 4, 1> => RandomZoom<0.2>);
/// let x = nn::Tensor3::default();
/// assert_eq!(net.infer(&x, &mut Default::default()), x);
/// ```
///
/// # Source
///
/// P. Y. Simard, D. Steinkraus, J. C. Platt, *Best Practices for Convolutional Neural Networks Applied to Visual Document Analysis*, ICDAR 2003; results as `keras.ops.image.affine_transform`.
#[derive(Clone, Copy, Debug)]
pub struct RandomZoom;

/// `RandomContrast<factor, …>`: `(x − mean)·c + mean` for each picture, where `mean` is that of the channel.
///
/// Training only: at inference `y = x`, and the layer does not exist. Each picture of a batch has numbers of its own, and so has each step; the same seed of
/// `fit` gives the same, on any number of threads. The gradient goes back to the pixels that were read.
///
/// The result is clipped to `value_range`, so the range must be that of the pictures: `(0, 1)` behind a `Rescaling<0.00392156862745098>`.
///
/// # Arguments
///
/// | name | default | |
/// | --- | --- | --- |
/// | `factor` (positional) | | `(0.1, 0.3)`: c lies between 1 − 0.1 and 1 + 0.3; `0.3`, as in Keras, between 1 and 1 + 0.3 |
/// | `value_range` | `(0, 255)` | the least and the largest value of a picture |
/// | `seed` | `0` | with the seed of `fit`, decides what is random |
/// | `data_format` | `channels_last` | or `channels_first` |
///
/// # Shapes
///
/// `height × width × channels` (with `channels_first`: `channels × height × width`), numbers or bytes; the output has the same, in numbers.
///
/// # Errors
///
/// An input that is no picture; a factor outside of 0 to 1.
///
/// # Example
///
/// ```
/// let net = nn::network!(Input<4, 4, 1> => RandomContrast<(0.2, 0.2), value_range = (0, 1)>);
/// let x = nn::Tensor3::default();
/// assert_eq!(net.infer(&x, &mut Default::default()), x);
/// ```
///
/// # Source
///
/// A. G. Howard, *Some Improvements on Deep Convolutional Neural Network Based Image Classification*, ICLR 2014; results as in Keras.
#[derive(Clone, Copy, Debug)]
pub struct RandomContrast;

/// `RandomBrightness<factor, …>`: adds a share of the range of values to each picture.
///
/// Training only: at inference `y = x`, and the layer does not exist. Each picture of a batch has numbers of its own, and so has each step; the same seed of
/// `fit` gives the same, on any number of threads. The gradient goes back to the pixels that were read.
///
/// The result is clipped to `value_range`, so the range must be that of the pictures: `(0, 1)` behind a `Rescaling<0.00392156862745098>`.
///
/// # Arguments
///
/// | name | default | |
/// | --- | --- | --- |
/// | `factor` (positional) | | the share: `0.2` is from -0.2 (darker) to 0.2, `(-0.2, 0.3)` says both |
/// | `value_range` | `(0, 255)` | the least and the largest value of a picture |
/// | `seed` | `0` | with the seed of `fit`, decides what is random |
/// | `data_format` | `channels_last` | or `channels_first` |
///
/// # Shapes
///
/// `height × width × channels` (with `channels_first`: `channels × height × width`), numbers or bytes; the output has the same, in numbers.
///
/// # Errors
///
/// An input that is no picture; a factor outside of -1 to 1.
///
/// # Example
///
/// ```
/// let net = nn::network!(Input<4, 4, 1> => RandomBrightness<0.2, value_range = (0, 1)>);
/// let x = nn::Tensor3::default();
/// assert_eq!(net.infer(&x, &mut Default::default()), x);
/// ```
///
/// # Source
///
/// A. G. Howard, *Some Improvements on Deep Convolutional Neural Network Based Image Classification*, ICLR 2014; results as in Keras.
#[derive(Clone, Copy, Debug)]
pub struct RandomBrightness;

/// `CenterCrop<height, width, …>`: the middle of a picture.
///
/// In training and at inference. Where the picture is smaller than what is wanted, the largest part of those proportions is taken from its middle and made
/// larger, as [`Resizing`](crate::layers::Resizing) does. Of an odd rest, the larger half is cut off below and at the right.
///
/// # Arguments
///
/// | name | default | |
/// | --- | --- | --- |
/// | `height` (positional) | | of the output |
/// | `width` (positional) | | of the output |
/// | `data_format` | `channels_last` | or `channels_first` |
///
/// # Shapes
///
/// `h × w × channels`, numbers or bytes, to `height × width × channels` (with `channels_first`, channels first).
///
/// # Errors
///
/// An input that is no picture; sizes that the macro cannot see.
///
/// # Example
///
/// ```
/// let net = nn::network!(Input<1, 4, 1> => CenterCrop<1, 2>);
/// let x = [[[1.0], [2.0], [3.0], [4.0]]];
/// assert_eq!(net.infer(&x.into(), &mut Default::default()).0, [[[2.0], [3.0]]]);
/// ```
///
/// # Source
///
/// A. Krizhevsky, I. Sutskever, G. E. Hinton, *ImageNet Classification with Deep Convolutional Neural Networks*, NeurIPS 2012; results as in Keras.
#[derive(Clone, Copy, Debug)]
pub struct CenterCrop;
