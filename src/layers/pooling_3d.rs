/// `MaxPool3D<pool_size, …>`: the largest value of each window, channel by channel.
///
/// # Arguments
///
/// | name | default | |
/// | --- | --- | --- |
/// | `pool_size` (positional) | `2` | depth, height and width of the window: `2` or `(1, 2, 2)` |
/// | `strides` (positional) | `pool_size` | steps of the window |
/// | `padding` | `valid` | `valid` leaves out what does not fill a window; `same` rounds the number of windows up |
/// | `data_format` | `channels_last` | `channels_first`: the channels are the first axis of input and output |
///
/// # Shapes
///
/// `d × h × w × c` → `d' × h' × w' × c`, where for each of the three axes `valid` gives `(size − pool_size) / strides + 1`, rounded
/// down, and `same` gives `size / strides`, rounded up. What lies outside of the input never wins.
///
/// # Weights
///
/// None.
///
/// # Errors
///
/// An input that is not `d × h × w × c`; a window larger than the input with `padding = valid`; a size of zero.
///
/// # Example
///
/// ```
/// let net = nn::network!(Input<1, 2, 2, 1> => MaxPool3D<(1, 2, 2)> => Flatten);
/// let x = [[[[1.0], [4.0]], [[3.0], [2.0]]]];
/// assert_eq!(net.infer(&x.into(), &mut Default::default())[0], 4.0);
/// ```
#[derive(Clone, Copy, Debug)]
pub struct MaxPool3D;

/// `MaxPooling3D<pool_size, …>`: Keras' long name of [`MaxPool3D`].
///
/// ```
/// let net = nn::network!(Input<1, 1, 2, 1> => MaxPooling3D<(1, 1, 2)> => Flatten);
/// assert_eq!(net.infer(&[[[[1.0], [4.0]]]].into(), &mut Default::default())[0], 4.0);
/// ```
#[derive(Clone, Copy, Debug)]
pub struct MaxPooling3D;

/// `AvgPool3D<pool_size, …>`: the mean of each window, channel by channel.
///
/// # Arguments
///
/// | name | default | |
/// | --- | --- | --- |
/// | `pool_size` (positional) | `2` | depth, height and width of the window: `2` or `(1, 2, 2)` |
/// | `strides` (positional) | `pool_size` | steps of the window |
/// | `padding` | `valid` | `valid` leaves out what does not fill a window; `same` rounds the number of windows up |
/// | `data_format` | `channels_last` | `channels_first`: the channels are the first axis of input and output |
///
/// # Shapes
///
/// Those of [`MaxPool3D`]. With `padding = same`, a window that reaches over the border is the mean of what lies inside, as in
/// Keras.
///
/// # Weights
///
/// None.
///
/// # Errors
///
/// Those of [`MaxPool3D`].
///
/// # Example
///
/// ```
/// let net = nn::network!(Input<1, 2, 2, 1> => AvgPool3D<(1, 2, 2)> => Flatten);
/// let x = [[[[1.0], [4.0]], [[3.0], [2.0]]]];
/// assert_eq!(net.infer(&x.into(), &mut Default::default())[0], 2.5);
/// ```
#[derive(Clone, Copy, Debug)]
pub struct AvgPool3D;

/// `AveragePooling3D<pool_size, …>`: Keras' long name of [`AvgPool3D`].
///
/// ```
/// let net = nn::network!(Input<1, 1, 2, 1> => AveragePooling3D<(1, 1, 2)> => Flatten);
/// assert_eq!(net.infer(&[[[[1.0], [4.0]]]].into(), &mut Default::default())[0], 2.5);
/// ```
#[derive(Clone, Copy, Debug)]
pub struct AveragePooling3D;

/// `GlobalMaxPool3D`: the largest value of each channel.
///
/// # Arguments
///
/// | name | default | |
/// | --- | --- | --- |
/// | `keepdims` | `false` | whether depth, height and width stay, with size 1 |
/// | `data_format` | `channels_last` | `channels_first`: the channels are the first axis of input and output |
///
/// # Shapes
///
/// `d × h × w × c` → `c`, or `1 × 1 × 1 × c` with `keepdims = true`.
///
/// # Errors
///
/// An input that is not `d × h × w × c`.
///
/// # Example
///
/// ```
/// let net = nn::network!(Input<1, 1, 2, 2> => GlobalMaxPool3D);
/// let y = net.infer(&[[[[1.0, 8.0], [4.0, 2.0]]]].into(), &mut Default::default());
/// assert_eq!(y.0, [4.0, 8.0]);
/// ```
#[derive(Clone, Copy, Debug)]
pub struct GlobalMaxPool3D;

/// `GlobalMaxPooling3D`: Keras' long name of [`GlobalMaxPool3D`].
///
/// ```
/// let net = nn::network!(Input<1, 1, 2, 1> => GlobalMaxPooling3D);
/// assert_eq!(net.infer(&[[[[1.0], [4.0]]]].into(), &mut Default::default())[0], 4.0);
/// ```
#[derive(Clone, Copy, Debug)]
pub struct GlobalMaxPooling3D;

/// `GlobalAvgPool3D`: the mean of each channel.
///
/// Between convolutions and the last [`Dense`](super::Dense) it takes the place of [`Flatten`](super::Flatten): fewer
/// weights, and the result does not depend on where in the volume a feature was found.
///
/// # Arguments
///
/// | name | default | |
/// | --- | --- | --- |
/// | `keepdims` | `false` | whether depth, height and width stay, with size 1 |
/// | `data_format` | `channels_last` | `channels_first`: the channels are the first axis of input and output |
///
/// # Shapes
///
/// `d × h × w × c` → `c`, or `1 × 1 × 1 × c` with `keepdims = true`.
///
/// # Errors
///
/// An input that is not `d × h × w × c`.
///
/// # Example
///
/// ```
/// let net = nn::network!(Input<1, 1, 2, 2> => GlobalAvgPool3D<keepdims = true>);
/// let y = net.infer(&[[[[1.0, 8.0], [4.0, 2.0]]]].into(), &mut Default::default());
/// assert_eq!(y[0][0][0], [2.5, 5.0]);
/// ```
#[derive(Clone, Copy, Debug)]
pub struct GlobalAvgPool3D;

/// `GlobalAveragePooling3D`: Keras' long name of [`GlobalAvgPool3D`].
///
/// ```
/// let net = nn::network!(Input<1, 1, 2, 1> => GlobalAveragePooling3D);
/// assert_eq!(net.infer(&[[[[1.0], [4.0]]]].into(), &mut Default::default())[0], 2.5);
/// ```
#[derive(Clone, Copy, Debug)]
pub struct GlobalAveragePooling3D;
