/// `MaxPool2D<pool_size, …>`: the largest value of each window, channel by channel.
///
/// # Arguments
///
/// | name | default | |
/// | --- | --- | --- |
/// | `pool_size` (positional) | `2` | height and width of the window: `2` or `(2, 3)` |
/// | `strides` (positional) | `pool_size` | steps of the window |
/// | `padding` | `valid` | `valid` leaves out what does not fill a window; `same` rounds the number of windows up |
/// | `data_format` | `channels_last` | `channels_first`: the channels are the first axis of input and output |
///
/// # Shapes
///
/// `h × w × c` → `h' × w' × c`, where for each of the two axes `valid` gives `(size − pool_size) / strides + 1`, rounded
/// down, and `same` gives `size / strides`, rounded up. What lies outside of the input never wins.
///
/// # Weights
///
/// None. After a convolution, pooling is part of its step: the values before pooling are never stored.
///
/// # Errors
///
/// An input that is not `h × w × c`; a window larger than the input with `padding = valid`; a size of zero.
///
/// # Example
///
/// ```
/// let net = nn::network!(Input<2, 2, 1> => MaxPool2D<2> => Flatten);
/// let x = [[[1.0], [4.0]], [[3.0], [2.0]]];
/// assert_eq!(net.infer(&x.into(), &mut Default::default())[0], 4.0);
/// ```
#[derive(Clone, Copy, Debug)]
pub struct MaxPool2D;

/// `MaxPooling2D<pool_size, …>`: Keras' long name of [`MaxPool2D`].
///
/// ```
/// let net = nn::network!(Input<1, 2, 1> => MaxPooling2D<(1, 2)> => Flatten);
/// assert_eq!(net.infer(&[[[1.0], [4.0]]].into(), &mut Default::default())[0], 4.0);
/// ```
#[derive(Clone, Copy, Debug)]
pub struct MaxPooling2D;

/// `AvgPool2D<pool_size, …>`: the mean of each window, channel by channel.
///
/// # Arguments
///
/// | name | default | |
/// | --- | --- | --- |
/// | `pool_size` (positional) | `2` | height and width of the window: `2` or `(2, 3)` |
/// | `strides` (positional) | `pool_size` | steps of the window |
/// | `padding` | `valid` | `valid` leaves out what does not fill a window; `same` rounds the number of windows up |
/// | `data_format` | `channels_last` | `channels_first`: the channels are the first axis of input and output |
///
/// # Shapes
///
/// Those of [`MaxPool2D`]. With `padding = same`, a window that reaches over the border is the mean of what lies inside, as in
/// Keras.
///
/// # Weights
///
/// None.
///
/// # Errors
///
/// Those of [`MaxPool2D`].
///
/// # Example
///
/// ```
/// let net = nn::network!(Input<2, 2, 1> => AvgPool2D<2> => Flatten);
/// let x = [[[1.0], [4.0]], [[3.0], [2.0]]];
/// assert_eq!(net.infer(&x.into(), &mut Default::default())[0], 2.5);
/// ```
#[derive(Clone, Copy, Debug)]
pub struct AvgPool2D;

/// `AveragePooling2D<pool_size, …>`: Keras' long name of [`AvgPool2D`].
///
/// ```
/// let net = nn::network!(Input<1, 2, 1> => AveragePooling2D<(1, 2)> => Flatten);
/// assert_eq!(net.infer(&[[[1.0], [4.0]]].into(), &mut Default::default())[0], 2.5);
/// ```
#[derive(Clone, Copy, Debug)]
pub struct AveragePooling2D;

/// `GlobalMaxPool2D`: the largest value of each channel.
///
/// # Arguments
///
/// | name | default | |
/// | --- | --- | --- |
/// | `keepdims` | `false` | whether height and width stay, with size 1 |
/// | `data_format` | `channels_last` | `channels_first`: the channels are the first axis of input and output |
///
/// # Shapes
///
/// `h × w × c` → `c`, or `1 × 1 × c` with `keepdims = true`.
///
/// # Errors
///
/// An input that is not `h × w × c`.
///
/// # Example
///
/// ```
/// let net = nn::network!(Input<1, 2, 2> => GlobalMaxPool2D);
/// let y = net.infer(&[[[1.0, 8.0], [4.0, 2.0]]].into(), &mut Default::default());
/// assert_eq!(y.0, [4.0, 8.0]);
/// ```
#[derive(Clone, Copy, Debug)]
pub struct GlobalMaxPool2D;

/// `GlobalMaxPooling2D`: Keras' long name of [`GlobalMaxPool2D`].
///
/// ```
/// let net = nn::network!(Input<1, 2, 1> => GlobalMaxPooling2D);
/// assert_eq!(net.infer(&[[[1.0], [4.0]]].into(), &mut Default::default())[0], 4.0);
/// ```
#[derive(Clone, Copy, Debug)]
pub struct GlobalMaxPooling2D;

/// `GlobalAvgPool2D`: the mean of each channel.
///
/// Between convolutions and the last [`Dense`](super::Dense) it takes the place of [`Flatten`](super::Flatten): fewer
/// weights, and the result does not depend on where in the picture a feature was found.
///
/// # Arguments
///
/// | name | default | |
/// | --- | --- | --- |
/// | `keepdims` | `false` | whether height and width stay, with size 1 |
/// | `data_format` | `channels_last` | `channels_first`: the channels are the first axis of input and output |
///
/// # Shapes
///
/// `h × w × c` → `c`, or `1 × 1 × c` with `keepdims = true`.
///
/// # Errors
///
/// An input that is not `h × w × c`.
///
/// # Example
///
/// ```
/// let net = nn::network!(Input<1, 2, 2> => GlobalAvgPool2D<keepdims = true>);
/// let y = net.infer(&[[[1.0, 8.0], [4.0, 2.0]]].into(), &mut Default::default());
/// assert_eq!(y[0][0], [2.5, 5.0]);
/// ```
///
/// # Source
///
/// M. Lin et al., *Network In Network*, <https://arxiv.org/abs/1312.4400>, section 3.2.
#[derive(Clone, Copy, Debug)]
pub struct GlobalAvgPool2D;

/// `GlobalAveragePooling2D`: Keras' long name of [`GlobalAvgPool2D`].
///
/// ```
/// let net = nn::network!(Input<1, 2, 1> => GlobalAveragePooling2D);
/// assert_eq!(net.infer(&[[[1.0], [4.0]]].into(), &mut Default::default())[0], 2.5);
/// ```
#[derive(Clone, Copy, Debug)]
pub struct GlobalAveragePooling2D;
