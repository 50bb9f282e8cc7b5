//! Pooling of sequences.

/// `MaxPool1D<pool_size, …>`: the largest value of each window of steps, channel by channel.
///
/// # Arguments
///
/// | name | default | |
/// | --- | --- | --- |
/// | `pool_size` (positional) | `2` | steps of the window |
/// | `strides` (positional) | `pool_size` | how far the window moves |
/// | `padding` | `valid` | `valid` leaves out what does not fill a window; `same` rounds the number of windows up |
/// | `data_format` | `channels_last` | `channels_first`: the channels are the first axis of input and output; the weights are the same |
///
/// # Shapes
///
/// `steps × c` → `steps' × c`: `valid` gives `(steps − pool_size) / strides + 1`, rounded down, and `same` gives
/// `steps / strides`, rounded up. What lies outside of the input never wins.
///
/// A mask is lost, as in Keras.
///
/// # Weights
///
/// None. After a convolution, pooling is part of its step: the values before pooling are never stored.
///
/// # Errors
///
/// An input that is not `steps × c`; a window longer than the input with `padding = valid`; a size of zero.
///
/// # Example
///
/// ```
/// let net = nn::network!(Input<4, 1> => MaxPool1D<2>);
/// let y = net.infer(&[[1.0], [4.0], [3.0], [2.0]].into(), &mut Default::default());
/// assert_eq!(y.0, [[4.0], [3.0]]);
/// ```
#[derive(Clone, Copy, Debug)]
pub struct MaxPool1D;

/// `MaxPooling1D<pool_size, …>`: Keras' long name of [`MaxPool1D`].
///
/// ```
/// let net = nn::network!(Input<2, 1> => MaxPooling1D<2>);
/// assert_eq!(net.infer(&[[1.0], [4.0]].into(), &mut Default::default()).0, [[4.0]]);
/// ```
#[derive(Clone, Copy, Debug)]
pub struct MaxPooling1D;

/// `AvgPool1D<pool_size, …>`: the mean of each window of steps, channel by channel.
///
/// # Arguments
///
/// | name | default | |
/// | --- | --- | --- |
/// | `pool_size` (positional) | `2` | steps of the window |
/// | `strides` (positional) | `pool_size` | how far the window moves |
/// | `padding` | `valid` | `valid` leaves out what does not fill a window; `same` rounds the number of windows up |
/// | `data_format` | `channels_last` | `channels_first`: the channels are the first axis of input and output; the weights are the same |
///
/// # Shapes
///
/// Those of [`MaxPool1D`]. With `padding = same`, a window that reaches over the border is the mean of what lies inside, as in
/// Keras.
///
/// A mask is lost, as in Keras.
///
/// # Weights
///
/// None.
///
/// # Errors
///
/// Those of [`MaxPool1D`].
///
/// # Example
///
/// ```
/// let net = nn::network!(Input<4, 1> => AvgPool1D<2>);
/// let y = net.infer(&[[1.0], [4.0], [3.0], [2.0]].into(), &mut Default::default());
/// assert_eq!(y.0, [[2.5], [2.5]]);
/// ```
#[derive(Clone, Copy, Debug)]
pub struct AvgPool1D;

/// `AveragePooling1D<pool_size, …>`: Keras' long name of [`AvgPool1D`].
///
/// ```
/// let net = nn::network!(Input<2, 1> => AveragePooling1D<2>);
/// assert_eq!(net.infer(&[[1.0], [4.0]].into(), &mut Default::default()).0, [[2.5]]);
/// ```
#[derive(Clone, Copy, Debug)]
pub struct AveragePooling1D;

/// `GlobalMaxPool1D`: the largest value of each channel, over all steps.
///
/// A mask is not looked at, as in Keras.
///
/// # Arguments
///
/// | name | default | |
/// | --- | --- | --- |
/// | `keepdims` | `false` | whether the steps stay, with size 1 |
/// | `data_format` | `channels_last` | `channels_first`: the channels are the first axis of input and output; the weights are the same |
///
/// # Shapes
///
/// `steps × c` → `c`, or `1 × c` with `keepdims = true`.
///
/// # Errors
///
/// An input that is not `steps × c`.
///
/// # Example
///
/// ```
/// let net = nn::network!(Input<2, 2> => GlobalMaxPool1D);
/// let y = net.infer(&[[1.0, 8.0], [4.0, 2.0]].into(), &mut Default::default());
/// assert_eq!(y.0, [4.0, 8.0]);
/// ```
#[derive(Clone, Copy, Debug)]
pub struct GlobalMaxPool1D;

/// `GlobalMaxPooling1D`: Keras' long name of [`GlobalMaxPool1D`].
///
/// ```
/// let net = nn::network!(Input<2, 1> => GlobalMaxPooling1D);
/// assert_eq!(net.infer(&[[1.0], [4.0]].into(), &mut Default::default()).0, [4.0]);
/// ```
#[derive(Clone, Copy, Debug)]
pub struct GlobalMaxPooling1D;

/// `GlobalAvgPool1D`: the mean of each channel, over all steps.
///
/// With a mask, it is the mean over the steps that count: see [`Masking`](super::Masking) and [`Embedding`](super::Embedding). A sample all of
/// whose steps are masked has no mean: the result is NaN, as in Keras, and one such sample in a batch of training makes all weights NaN. Leave such
/// samples out, or let each have one step that counts.
/// Where none counts, it is not a number, as in Keras.
///
/// # Arguments
///
/// | name | default | |
/// | --- | --- | --- |
/// | `keepdims` | `false` | whether the steps stay, with size 1 |
/// | `data_format` | `channels_last` | `channels_first`: the channels are the first axis of input and output; the weights are the same |
///
/// # Shapes
///
/// `steps × c` → `c`, or `1 × c` with `keepdims = true`.
///
/// # Errors
///
/// An input that is not `steps × c`.
///
/// # Example
///
/// ```
/// let net = nn::network!(Input<2, 2> => GlobalAvgPool1D<keepdims = true>);
/// let y = net.infer(&[[1.0, 8.0], [4.0, 2.0]].into(), &mut Default::default());
/// assert_eq!(y.0, [[2.5, 5.0]]);
/// ```
#[derive(Clone, Copy, Debug)]
pub struct GlobalAvgPool1D;

/// `GlobalAveragePooling1D`: Keras' long name of [`GlobalAvgPool1D`].
///
/// ```
/// let net = nn::network!(Input<2, 1> => GlobalAveragePooling1D);
/// assert_eq!(net.infer(&[[1.0], [4.0]].into(), &mut Default::default()).0, [2.5]);
/// ```
#[derive(Clone, Copy, Debug)]
pub struct GlobalAveragePooling1D;
