//! Layers that stretch, surround and cut along steps, height and width, or depth, height and width.

/// `UpSampling1D<size, …>`: several elements in place of one along steps.
///
/// # Arguments
///
/// | name | default | |
/// | --- | --- | --- |
/// | `size` (positional) | `2` | how many elements stand for one: one number |
///
/// # Shapes
///
/// `steps × channels` → `steps · size × channels`.
///
/// # Masks
///
/// The result has none, as in Keras.
///
/// # Errors
///
/// An input of another number of axes, or of ids; a size of zero.
///
/// # Example
///
/// ```
/// let net = nn::network!(Input<2, 1> => UpSampling1D<2>);
/// let y = net.infer(&[[1.0], [2.0]].into(), &mut Default::default());
/// assert_eq!(y.0, [[1.0], [1.0], [2.0], [2.0]]);
/// ```
#[derive(Clone, Copy, Debug)]
pub struct UpSampling1D;

/// `UpSampling2D<size, …>`: several elements in place of one along height and width.
///
/// # Arguments
///
/// | name | default | |
/// | --- | --- | --- |
/// | `size` (positional) | `2` | how many elements stand for one: one number, or one each for height and width |
/// | `interpolation` | `nearest` | `nearest`: copies; `bilinear`: mixed from the four elements around each place, with half-pixel centres and the edges held |
/// | `data_format` | `channels_last` | `channels_first`: the channels are the first axis |
///
/// # Shapes
///
/// `height × width × channels` → `height · size₀ × width · size₁ × channels`.
///
/// # Masks
///
/// The result has none, as in Keras.
///
/// # Errors
///
/// An input of another number of axes, or of ids; a size of zero.
///
/// # Example
///
/// ```
/// let net = nn::network!(Input<1, 2, 1> => UpSampling2D<(1, 2), interpolation = bilinear>);
/// let y = net.infer(&[[[0.0], [4.0]]].into(), &mut Default::default());
/// assert_eq!(y.0, [[[0.0], [1.0], [3.0], [4.0]]]);
/// ```
#[derive(Clone, Copy, Debug)]
pub struct UpSampling2D;

/// `UpSampling3D<size, …>`: several elements in place of one along depth, height and width.
///
/// # Arguments
///
/// | name | default | |
/// | --- | --- | --- |
/// | `size` (positional) | `2` | how many elements stand for one: one number, or one each for depth, height and width |
/// | `data_format` | `channels_last` | `channels_first`: the channels are the first axis |
///
/// # Shapes
///
/// `depth × height × width × channels` → each of the first three times its size.
///
/// # Masks
///
/// The result has none, as in Keras.
///
/// # Errors
///
/// An input of another number of axes, or of ids; a size of zero.
///
/// # Example
///
/// ```
/// let net = nn::network!(Input<1, 1, 2, 1> => UpSampling3D<(1, 2, 1)>);
/// let y = net.infer(&[[[[1.0], [2.0]]]].into(), &mut Default::default());
/// assert_eq!(y.0, [[[[1.0], [2.0]], [[1.0], [2.0]]]]);
/// ```
#[derive(Clone, Copy, Debug)]
pub struct UpSampling3D;

/// `ZeroPadding1D<padding, …>`: zeros before and behind steps.
///
/// # Arguments
///
/// | name | default | |
/// | --- | --- | --- |
/// | `padding` (positional) | `1` | how many zeros: one number for both ends, or a pair: `(1, 2)` |
/// | `data_format` | `channels_last` | `channels_first`: the channels are the first axis |
///
/// # Shapes
///
/// `steps × channels` → each axis but the channels longer by its zeros.
///
/// # Masks
///
/// The result has none, as in Keras.
///
/// # Errors
///
/// An input of another number of axes, or of ids.
///
/// # Example
///
/// ```
/// let net = nn::network!(Input<2, 1> => ZeroPadding1D<(1, 0)>);
/// let y = net.infer(&[[1.0], [2.0]].into(), &mut Default::default());
/// assert_eq!(y.0, [[0.0], [1.0], [2.0]]);
/// ```
#[derive(Clone, Copy, Debug)]
pub struct ZeroPadding1D;

/// `ZeroPadding2D<padding, …>`: zeros before and behind height and width.
///
/// # Arguments
///
/// | name | default | |
/// | --- | --- | --- |
/// | `padding` (positional) | `1` | how many zeros: one number; one each for height and width: `(1, 2)`; or a pair each: `((1, 0), (2, 3))` |
/// | `data_format` | `channels_last` | `channels_first`: the channels are the first axis |
///
/// # Shapes
///
/// `height × width × channels` → each axis but the channels longer by its zeros.
///
/// # Masks
///
/// The result has none, as in Keras.
///
/// # Errors
///
/// An input of another number of axes, or of ids.
///
/// # Example
///
/// ```
/// let net = nn::network!(Input<1, 2, 1> => ZeroPadding2D<((1, 0), (0, 1))>);
/// let y = net.infer(&[[[1.0], [2.0]]].into(), &mut Default::default());
/// assert_eq!(y.0, [[[0.0], [0.0], [0.0]], [[1.0], [2.0], [0.0]]]);
/// ```
#[derive(Clone, Copy, Debug)]
pub struct ZeroPadding2D;

/// `ZeroPadding3D<padding, …>`: zeros before and behind depth, height and width.
///
/// # Arguments
///
/// | name | default | |
/// | --- | --- | --- |
/// | `padding` (positional) | `1` | how many zeros: one number; one each for depth, height and width: `(1, 2, 3)`; or a pair each: `((1, 0), (2, 3), (1, 1))` |
/// | `data_format` | `channels_last` | `channels_first`: the channels are the first axis |
///
/// # Shapes
///
/// `depth × height × width × channels` → each axis but the channels longer by its zeros.
///
/// # Masks
///
/// The result has none, as in Keras.
///
/// # Errors
///
/// An input of another number of axes, or of ids.
///
/// # Example
///
/// ```
/// let net = nn::network!(Input<1, 1, 2, 1> => ZeroPadding3D<((0, 1), (0, 0), (1, 0))>);
/// let y = net.infer(&[[[[1.0], [2.0]]]].into(), &mut Default::default());
/// assert_eq!(y.0, [[[[0.0], [1.0], [2.0]]], [[[0.0], [0.0], [0.0]]]]);
/// ```
#[derive(Clone, Copy, Debug)]
pub struct ZeroPadding3D;

/// `Cropping1D<cropping, …>`: elements taken off both ends of steps.
///
/// # Arguments
///
/// | name | default | |
/// | --- | --- | --- |
/// | `cropping` (positional) | `1` | how many elements go: one number for both ends, or a pair: `(1, 2)` |
///
/// # Shapes
///
/// `steps × channels` → each axis but the channels shorter by what goes.
///
/// # Masks
///
/// The result has none, as in Keras.
///
/// # Errors
///
/// Nothing left of an axis; an input of another number of axes, or of ids.
///
/// # Example
///
/// ```
/// let net = nn::network!(Input<4, 1> => Cropping1D<(1, 2)>);
/// let y = net.infer(&[[1.0], [2.0], [3.0], [4.0]].into(), &mut Default::default());
/// assert_eq!(y.0, [[2.0]]);
/// ```
#[derive(Clone, Copy, Debug)]
pub struct Cropping1D;

/// `Cropping2D<cropping, …>`: elements taken off both ends of height and width.
///
/// # Arguments
///
/// | name | default | |
/// | --- | --- | --- |
/// | `cropping` (positional) | `0` | how many elements go: one number; one each for height and width: `(1, 2)`; or a pair each: `((1, 0), (2, 3))` |
/// | `data_format` | `channels_last` | `channels_first`: the channels are the first axis |
///
/// # Shapes
///
/// `height × width × channels` → each axis but the channels shorter by what goes.
///
/// # Masks
///
/// The result has none, as in Keras.
///
/// # Errors
///
/// Nothing left of an axis; an input of another number of axes, or of ids.
///
/// # Example
///
/// ```
/// let net = nn::network!(Input<2, 3, 1> => Cropping2D<((1, 0), (0, 1))>);
/// let y = net.infer(&[[[1.0], [2.0], [3.0]], [[4.0], [5.0], [6.0]]].into(), &mut Default::default());
/// assert_eq!(y.0, [[[4.0], [5.0]]]);
/// ```
#[derive(Clone, Copy, Debug)]
pub struct Cropping2D;

/// `Cropping3D<cropping, …>`: elements taken off both ends of depth, height and width.
///
/// # Arguments
///
/// | name | default | |
/// | --- | --- | --- |
/// | `cropping` (positional) | `1` | how many elements go: one number; one each for depth, height and width: `(1, 2, 3)`; or a pair each: `((1, 0), (2, 3), (1, 1))` |
/// | `data_format` | `channels_last` | `channels_first`: the channels are the first axis |
///
/// # Shapes
///
/// `depth × height × width × channels` → each axis but the channels shorter by what goes.
///
/// # Masks
///
/// The result has none, as in Keras.
///
/// # Errors
///
/// Nothing left of an axis; an input of another number of axes, or of ids.
///
/// # Example
///
/// ```
/// let net = nn::network!(Input<1, 2, 2, 1> => Cropping3D<((0, 0), (1, 0), (0, 1))>);
/// let y = net.infer(&[[[[1.0], [2.0]], [[3.0], [4.0]]]].into(), &mut Default::default());
/// assert_eq!(y.0, [[[[3.0]]]]);
/// ```
#[derive(Clone, Copy, Debug)]
pub struct Cropping3D;

/// `Resizing<height, width, …>`: an image of another height and width.
///
/// The middles of pixels lie on each other, as in TensorFlow; nothing is smoothed where the image becomes smaller.
///
/// # Arguments
///
/// | name | default | |
/// | --- | --- | --- |
/// | `height` (positional) | | that of the output |
/// | `width` (positional) | | that of the output |
/// | `interpolation` | `bilinear` | how: `bilinear`, between four neighbours, or `nearest` |
/// | `data_format` | `channels_last` | `channels_first`: the channels are the first axis |
///
/// # Shapes
///
/// `h × w × channels` → `height × width × channels`. Masks end here.
///
/// # Errors
///
/// An input that is no image, or one of ids.
///
/// # Example
///
/// ```
/// let net = nn::network!(Input<1, 2, 1> => Resizing<1, 4>);
/// assert_eq!(net.infer(&[[[1.0], [3.0]]].into(), &mut Default::default()).0, [[[1.0], [1.5], [2.5], [3.0]]]);
/// ```
#[derive(Clone, Copy, Debug)]
pub struct Resizing;
