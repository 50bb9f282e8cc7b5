//! Pooling by the L2 norm and by mean shift, and pooling to a given size.

/// `L2Pool1D<pool_size, …>`: the root of the sum of squares of each window, channel by channel: `y = √(Σ x²)`.
///
/// # Arguments
///
/// | name | default | |
/// | --- | --- | --- |
/// | `pool_size` (positional) | `2` | steps of the window |
/// | `strides` (positional) | `pool_size` | how far the window moves |
/// | `padding` | `valid` | `valid` leaves out what does not fill a window; `same` rounds the number of windows up |
/// | `data_format` | `channels_last` | `channels_first`: the channels are the first axis of input and output |
///
/// # Shapes
///
/// Those of [`MaxPool1D`](super::MaxPool1D). A window that reaches over the border has the squares of what lies inside. The gradient of a window of zeros is zero.
///
/// A mask is lost.
///
/// # Weights
///
/// None.
///
/// # Errors
///
/// Those of [`MaxPool1D`](super::MaxPool1D).
///
/// # Example
///
/// ```
/// let net = nn::network!(Input<2, 1> => L2Pool1D<2> => Flatten);
/// assert_eq!(net.infer(&[[3.0], [-4.0]].into(), &mut Default::default()).0, [5.0]);
/// ```
#[derive(Clone, Copy, Debug)]
pub struct L2Pool1D;

/// `L2Pool2D<pool_size, …>`: the root of the sum of squares of each window, channel by channel: `y = √(Σ x²)`.
///
/// # Arguments
///
/// | name | default | |
/// | --- | --- | --- |
/// | `pool_size` (positional) | `2` | height and width of the window: `2` or `(2, 3)` |
/// | `strides` (positional) | `pool_size` | how far the window moves |
/// | `padding` | `valid` | `valid` leaves out what does not fill a window; `same` rounds the number of windows up |
/// | `data_format` | `channels_last` | `channels_first`: the channels are the first axis of input and output |
///
/// # Shapes
///
/// Those of [`MaxPool2D`](super::MaxPool2D). A window that reaches over the border has the squares of what lies inside. The gradient of a window of zeros is zero.
///
/// A mask is lost.
///
/// # Weights
///
/// None.
///
/// # Errors
///
/// Those of [`MaxPool2D`](super::MaxPool2D).
///
/// # Example
///
/// ```
/// let net = nn::network!(Input<1, 2, 1> => L2Pool2D<(1, 2)> => Flatten);
/// assert_eq!(net.infer(&[[[3.0], [-4.0]]].into(), &mut Default::default()).0, [5.0]);
/// ```
#[derive(Clone, Copy, Debug)]
pub struct L2Pool2D;

/// `L2Pool3D<pool_size, …>`: the root of the sum of squares of each window, channel by channel: `y = √(Σ x²)`.
///
/// # Arguments
///
/// | name | default | |
/// | --- | --- | --- |
/// | `pool_size` (positional) | `2` | depth, height and width of the window: `2` or `(1, 2, 2)` |
/// | `strides` (positional) | `pool_size` | how far the window moves |
/// | `padding` | `valid` | `valid` leaves out what does not fill a window; `same` rounds the number of windows up |
/// | `data_format` | `channels_last` | `channels_first`: the channels are the first axis of input and output |
///
/// # Shapes
///
/// Those of [`MaxPool3D`](super::MaxPool3D). A window that reaches over the border has the squares of what lies inside. The gradient of a window of zeros is zero.
///
/// A mask is lost.
///
/// # Weights
///
/// None.
///
/// # Errors
///
/// Those of [`MaxPool3D`](super::MaxPool3D).
///
/// # Example
///
/// ```
/// let net = nn::network!(Input<1, 1, 2, 1> => L2Pool3D<(1, 1, 2)> => Flatten);
/// assert_eq!(net.infer(&[[[[3.0], [-4.0]]]].into(), &mut Default::default()).0, [5.0]);
/// ```
#[derive(Clone, Copy, Debug)]
pub struct L2Pool3D;

/// `AdaptiveAvgPool1D<output_size, …>`: the mean of each of so many windows, whatever the size of the input, channel by channel.
///
/// Window `i` of `n` along an axis of `size` elements goes from `⌊i · size / n⌋` up to `⌈(i + 1) · size / n⌉`: sizes differ by one, and neighbours
/// may share an element.
///
/// # Arguments
///
/// | name | default | |
/// | --- | --- | --- |
/// | `output_size` (positional) | | how many windows |
/// | `data_format` | `channels_last` | `channels_first`: the channels are the first axis of input and output |
///
/// # Shapes
///
/// `steps × c` → `output_size × c`: steps become those of `output_size`, which may be more than there were.
///
/// A mask is lost, as in Keras.
///
/// # Weights
///
/// None.
///
/// # Errors
///
/// An input that is not `steps × c`; a size of zero.
///
/// # Example
///
/// ```
/// let net = nn::network!(Input<5, 1> => AdaptiveAvgPool1D<2> => Flatten);
/// assert_eq!(net.infer(&[[1.0], [2.0], [3.0], [6.0], [6.0]].into(), &mut Default::default()).0, [2.0, 5.0]);
/// ```
#[derive(Clone, Copy, Debug)]
pub struct AdaptiveAvgPool1D;

/// `AdaptiveAveragePooling1D<output_size, …>`: Keras' long name of [`AdaptiveAvgPool1D`].
///
/// ```
/// let net = nn::network!(Input<5, 1> => AdaptiveAveragePooling1D<2> => Flatten);
/// assert_eq!(net.infer(&[[1.0], [2.0], [3.0], [6.0], [6.0]].into(), &mut Default::default()).0, [2.0, 5.0]);
/// ```
#[derive(Clone, Copy, Debug)]
pub struct AdaptiveAveragePooling1D;

/// `AdaptiveAvgPool2D<output_size, …>`: the mean of each of so many windows, whatever the size of the input, channel by channel.
///
/// Window `i` of `n` along an axis of `size` elements goes from `⌊i · size / n⌋` up to `⌈(i + 1) · size / n⌉`: sizes differ by one, and neighbours
/// may share an element.
///
/// # Arguments
///
/// | name | default | |
/// | --- | --- | --- |
/// | `output_size` (positional) | | how many windows along height and width: `7` or `(3, 4)` |
/// | `data_format` | `channels_last` | `channels_first`: the channels are the first axis of input and output |
///
/// # Shapes
///
/// `h × w × c` → `output_size × c`: height and width become those of `output_size`, which may be more than there were.
///
/// A mask is lost, as in Keras.
///
/// # Weights
///
/// None.
///
/// # Errors
///
/// An input that is not `h × w × c`; a size of zero.
///
/// # Example
///
/// ```
/// let net = nn::network!(Input<1, 5, 1> => AdaptiveAvgPool2D<(1, 2)> => Flatten);
/// assert_eq!(net.infer(&[[[1.0], [2.0], [3.0], [6.0], [6.0]]].into(), &mut Default::default()).0, [2.0, 5.0]);
/// ```
#[derive(Clone, Copy, Debug)]
pub struct AdaptiveAvgPool2D;

/// `AdaptiveAveragePooling2D<output_size, …>`: Keras' long name of [`AdaptiveAvgPool2D`].
///
/// ```
/// let net = nn::network!(Input<1, 5, 1> => AdaptiveAveragePooling2D<(1, 2)> => Flatten);
/// assert_eq!(net.infer(&[[[1.0], [2.0], [3.0], [6.0], [6.0]]].into(), &mut Default::default()).0, [2.0, 5.0]);
/// ```
#[derive(Clone, Copy, Debug)]
pub struct AdaptiveAveragePooling2D;

/// `AdaptiveAvgPool3D<output_size, …>`: the mean of each of so many windows, whatever the size of the input, channel by channel.
///
/// Window `i` of `n` along an axis of `size` elements goes from `⌊i · size / n⌋` up to `⌈(i + 1) · size / n⌉`: sizes differ by one, and neighbours
/// may share an element.
///
/// # Arguments
///
/// | name | default | |
/// | --- | --- | --- |
/// | `output_size` (positional) | | how many windows along depth, height and width: `7` or `(1, 3, 4)` |
/// | `data_format` | `channels_last` | `channels_first`: the channels are the first axis of input and output |
///
/// # Shapes
///
/// `d × h × w × c` → `output_size × c`: depth, height and width become those of `output_size`, which may be more than there were.
///
/// A mask is lost, as in Keras.
///
/// # Weights
///
/// None.
///
/// # Errors
///
/// An input that is not `d × h × w × c`; a size of zero.
///
/// # Example
///
/// ```
/// let net = nn::network!(Input<1, 1, 5, 1> => AdaptiveAvgPool3D<(1, 1, 2)> => Flatten);
/// assert_eq!(net.infer(&[[[[1.0], [2.0], [3.0], [6.0], [6.0]]]].into(), &mut Default::default()).0, [2.0, 5.0]);
/// ```
#[derive(Clone, Copy, Debug)]
pub struct AdaptiveAvgPool3D;

/// `AdaptiveAveragePooling3D<output_size, …>`: Keras' long name of [`AdaptiveAvgPool3D`].
///
/// ```
/// let net = nn::network!(Input<1, 1, 5, 1> => AdaptiveAveragePooling3D<(1, 1, 2)> => Flatten);
/// assert_eq!(net.infer(&[[[[1.0], [2.0], [3.0], [6.0], [6.0]]]].into(), &mut Default::default()).0, [2.0, 5.0]);
/// ```
#[derive(Clone, Copy, Debug)]
pub struct AdaptiveAveragePooling3D;

/// `AdaptiveMaxPool1D<output_size, …>`: the largest value of each of so many windows, whatever the size of the input, channel by channel.
///
/// Window `i` of `n` along an axis of `size` elements goes from `⌊i · size / n⌋` up to `⌈(i + 1) · size / n⌉`: sizes differ by one, and neighbours
/// may share an element.
///
/// # Arguments
///
/// | name | default | |
/// | --- | --- | --- |
/// | `output_size` (positional) | | how many windows |
/// | `data_format` | `channels_last` | `channels_first`: the channels are the first axis of input and output |
///
/// # Shapes
///
/// `steps × c` → `output_size × c`: steps become those of `output_size`, which may be more than there were.
///
/// A mask is lost, as in Keras.
///
/// # Weights
///
/// None.
///
/// # Errors
///
/// An input that is not `steps × c`; a size of zero.
///
/// # Example
///
/// ```
/// let net = nn::network!(Input<5, 1> => AdaptiveMaxPool1D<2> => Flatten);
/// assert_eq!(net.infer(&[[1.0], [2.0], [3.0], [6.0], [6.0]].into(), &mut Default::default()).0, [3.0, 6.0]);
/// ```
#[derive(Clone, Copy, Debug)]
pub struct AdaptiveMaxPool1D;

/// `AdaptiveMaxPooling1D<output_size, …>`: Keras' long name of [`AdaptiveMaxPool1D`].
///
/// ```
/// let net = nn::network!(Input<5, 1> => AdaptiveMaxPooling1D<2> => Flatten);
/// assert_eq!(net.infer(&[[1.0], [2.0], [3.0], [6.0], [6.0]].into(), &mut Default::default()).0, [3.0, 6.0]);
/// ```
#[derive(Clone, Copy, Debug)]
pub struct AdaptiveMaxPooling1D;

/// `AdaptiveMaxPool2D<output_size, …>`: the largest value of each of so many windows, whatever the size of the input, channel by channel.
///
/// Window `i` of `n` along an axis of `size` elements goes from `⌊i · size / n⌋` up to `⌈(i + 1) · size / n⌉`: sizes differ by one, and neighbours
/// may share an element.
///
/// # Arguments
///
/// | name | default | |
/// | --- | --- | --- |
/// | `output_size` (positional) | | how many windows along height and width: `7` or `(3, 4)` |
/// | `data_format` | `channels_last` | `channels_first`: the channels are the first axis of input and output |
///
/// # Shapes
///
/// `h × w × c` → `output_size × c`: height and width become those of `output_size`, which may be more than there were.
///
/// A mask is lost, as in Keras.
///
/// # Weights
///
/// None.
///
/// # Errors
///
/// An input that is not `h × w × c`; a size of zero.
///
/// # Example
///
/// ```
/// let net = nn::network!(Input<1, 5, 1> => AdaptiveMaxPool2D<(1, 2)> => Flatten);
/// assert_eq!(net.infer(&[[[1.0], [2.0], [3.0], [6.0], [6.0]]].into(), &mut Default::default()).0, [3.0, 6.0]);
/// ```
#[derive(Clone, Copy, Debug)]
pub struct AdaptiveMaxPool2D;

/// `AdaptiveMaxPooling2D<output_size, …>`: Keras' long name of [`AdaptiveMaxPool2D`].
///
/// ```
/// let net = nn::network!(Input<1, 5, 1> => AdaptiveMaxPooling2D<(1, 2)> => Flatten);
/// assert_eq!(net.infer(&[[[1.0], [2.0], [3.0], [6.0], [6.0]]].into(), &mut Default::default()).0, [3.0, 6.0]);
/// ```
#[derive(Clone, Copy, Debug)]
pub struct AdaptiveMaxPooling2D;

/// `AdaptiveMaxPool3D<output_size, …>`: the largest value of each of so many windows, whatever the size of the input, channel by channel.
///
/// Window `i` of `n` along an axis of `size` elements goes from `⌊i · size / n⌋` up to `⌈(i + 1) · size / n⌉`: sizes differ by one, and neighbours
/// may share an element.
///
/// # Arguments
///
/// | name | default | |
/// | --- | --- | --- |
/// | `output_size` (positional) | | how many windows along depth, height and width: `7` or `(1, 3, 4)` |
/// | `data_format` | `channels_last` | `channels_first`: the channels are the first axis of input and output |
///
/// # Shapes
///
/// `d × h × w × c` → `output_size × c`: depth, height and width become those of `output_size`, which may be more than there were.
///
/// A mask is lost, as in Keras.
///
/// # Weights
///
/// None.
///
/// # Errors
///
/// An input that is not `d × h × w × c`; a size of zero.
///
/// # Example
///
/// ```
/// let net = nn::network!(Input<1, 1, 5, 1> => AdaptiveMaxPool3D<(1, 1, 2)> => Flatten);
/// assert_eq!(net.infer(&[[[[1.0], [2.0], [3.0], [6.0], [6.0]]]].into(), &mut Default::default()).0, [3.0, 6.0]);
/// ```
#[derive(Clone, Copy, Debug)]
pub struct AdaptiveMaxPool3D;

/// `AdaptiveMaxPooling3D<output_size, …>`: Keras' long name of [`AdaptiveMaxPool3D`].
///
/// ```
/// let net = nn::network!(Input<1, 1, 5, 1> => AdaptiveMaxPooling3D<(1, 1, 2)> => Flatten);
/// assert_eq!(net.infer(&[[[[1.0], [2.0], [3.0], [6.0], [6.0]]]].into(), &mut Default::default()).0, [3.0, 6.0]);
/// ```
#[derive(Clone, Copy, Debug)]
pub struct AdaptiveMaxPooling3D;

/// `MeanShiftPool1D<pool_size, …>`: near which number most of each window lies, channel by channel: where mean shift with a Gaussian kernel leads
/// from the mean.
///
/// It begins with the mean `m` of the window, and so often becomes `m = Σ w · x / Σ w` with `w = exp(−(x − m)² / (2 · bandwidth²))`, so that what
/// lies far away counts less and less. Where nothing is near enough to count, `m` stays.
///
/// # Arguments
///
/// | name | default | |
/// | --- | --- | --- |
/// | `pool_size` (positional) | `2` | steps of the window |
/// | `strides` (positional) | `pool_size` | how far the window moves |
/// | `padding` | `valid` | `valid` leaves out what does not fill a window; `same` rounds the number of windows up |
/// | `data_format` | `channels_last` | `channels_first`: the channels are the first axis of input and output |
/// | `bandwidth` | `1.0` | the deviation of the kernel, above 0 |
/// | `iterations` | `5` | how often the mean is shifted, 1 to 32 |
///
/// # Shapes
///
/// Those of [`MaxPool1D`](super::MaxPool1D). A window that reaches over the border has what lies inside.
///
/// A mask is lost.
///
/// # Weights
///
/// None.
///
/// # Errors
///
/// Those of [`MaxPool1D`](super::MaxPool1D); a `bandwidth` that is not above 0.
///
/// # Example
///
/// ```
/// // The mean is 2, but most of the window lies at 0.
/// let net = nn::network!(Input<4, 1> => MeanShiftPool1D<4> => Flatten);
/// assert!(net.infer(&[[0.0], [0.0], [0.0], [8.0]].into(), &mut Default::default())[0].abs() < 1e-3);
/// ```
///
/// Comaniciu, Meer: *Mean Shift: A Robust Approach Toward Feature Space Analysis*, IEEE Transactions on Pattern Analysis and Machine
/// Intelligence 24, 2002.
#[derive(Clone, Copy, Debug)]
pub struct MeanShiftPool1D;

/// `MeanShiftPool2D<pool_size, …>`: near which number most of each window lies, channel by channel: where mean shift with a Gaussian kernel leads
/// from the mean.
///
/// It begins with the mean `m` of the window, and so often becomes `m = Σ w · x / Σ w` with `w = exp(−(x − m)² / (2 · bandwidth²))`, so that what
/// lies far away counts less and less. Where nothing is near enough to count, `m` stays.
///
/// # Arguments
///
/// | name | default | |
/// | --- | --- | --- |
/// | `pool_size` (positional) | `2` | height and width of the window: `2` or `(2, 3)` |
/// | `strides` (positional) | `pool_size` | how far the window moves |
/// | `padding` | `valid` | `valid` leaves out what does not fill a window; `same` rounds the number of windows up |
/// | `data_format` | `channels_last` | `channels_first`: the channels are the first axis of input and output |
/// | `bandwidth` | `1.0` | the deviation of the kernel, above 0 |
/// | `iterations` | `5` | how often the mean is shifted, 1 to 32 |
///
/// # Shapes
///
/// Those of [`MaxPool2D`](super::MaxPool2D). A window that reaches over the border has what lies inside.
///
/// A mask is lost.
///
/// # Weights
///
/// None.
///
/// # Errors
///
/// Those of [`MaxPool2D`](super::MaxPool2D); a `bandwidth` that is not above 0.
///
/// # Example
///
/// ```
/// // The mean is 2, but most of the window lies at 0.
/// let net = nn::network!(Input<1, 4, 1> => MeanShiftPool2D<(1, 4)> => Flatten);
/// assert!(net.infer(&[[[0.0], [0.0], [0.0], [8.0]]].into(), &mut Default::default())[0].abs() < 1e-3);
/// ```
///
/// Comaniciu, Meer: *Mean Shift: A Robust Approach Toward Feature Space Analysis*, IEEE Transactions on Pattern Analysis and Machine
/// Intelligence 24, 2002.
#[derive(Clone, Copy, Debug)]
pub struct MeanShiftPool2D;
