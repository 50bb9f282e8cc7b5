/// `Conv1DTranspose<filters, kernel_size, …>`: each step becomes a small weighted piece of a longer sequence.
///
/// `y[t·s + u·d][f] += x[t][c] · kernel[u][f][c]`, with stride `s` and dilation `d`, for all steps `t`, the window `u` and the
/// channels `c`; then the bias and the activation. It is the gradient of a [`Conv1D`](super::Conv1D)'s input, and so goes the
/// way of its shapes back: a stride of 2 makes a sequence twice as long. Only products that are there are computed.
///
/// # Arguments
///
/// | name | default | |
/// | --- | --- | --- |
/// | `filters` (positional) | | channels of the output |
/// | `kernel_size` (positional) | | steps of the window |
/// | `strides` | `1` | how far apart the windows of neighbours lie |
/// | `padding` | `valid` | `valid`: the output holds all windows; `same`: it is as large as the strides make the input |
/// | `output_padding` | none | how much larger the output is than it must be |
/// | `dilation_rate` | `1` | distance between the window's points |
/// | `activation` | `linear` | any [activation](crate::layers#activations), applied to the sum |
/// | `use_bias` | `true` | whether `bias` is added |
/// | `kernel_initializer` | `glorot_uniform` | [how](crate::layers#initializers) `new` fills `kernel` |
/// | `bias_initializer` | `zeros` | [how](crate::layers#initializers) `new` fills `bias` |
/// | `kernel_regularizer`, `bias_regularizer` | none | a [penalty](crate::layers#regularizers-and-constraints) on the weight's size |
/// | `kernel_constraint`, `bias_constraint` | none | a [rule](crate::layers#regularizers-and-constraints) for the weight after each step |
/// | `data_format` | `channels_last` | `channels_first`: the channels are the first axis of input and output; the weights are the same |
/// | `trainable` | `true` | whether training changes the weights |
/// | `activity_regularizer` | none | a [penalty](crate::layers#regularizers-and-constraints) on what the layer computes |
///
/// # Shapes
///
/// `steps × c` → `steps' × filters`, where, with `reach = dilation_rate · (kernel_size − 1) + 1`,
///
/// - `valid`: `(size − 1) · strides + max(reach, strides)`, or with `output_padding` `(size − 1) · strides + reach + output_padding`;
/// - `same`: `size · strides`, or with `output_padding` `(size − 1) · strides + reach mod 2 + output_padding`. What hangs over is cut
///   off, on both sides alike, and the one more at the end.
///
/// A mask is lost, as in Keras.
///
/// # Weights
///
/// `kernel`: `[[[T; c]; filters]; kernel_size]` and `bias`: `[T; filters]`.
///
/// # Errors
///
/// An input that is not `steps × c`; strides and dilation both above one, which Keras refuses too; an `output_padding` that is
/// not less than the strides (`same` with an even `reach`: that is 0 or more than the strides), with which no convolution leads
/// back; a size of zero.
///
/// # Example
///
/// Each number becomes two, by the weights 1 and 10:
///
/// ```
/// use nn::Network;
///
/// nn::network! {
///     struct Twice = Input<3, 1> => Conv1DTranspose<1, 2, strides = 2, use_bias = false>;
/// }
/// let mut net = Twice::zeros();
/// net.conv1d_transpose.kernel = [[[1.0]], [[10.0]]];
/// let y = net.infer(&[[1.0], [2.0], [3.0]].into(), &mut TwiceWorkspace::new());
/// assert_eq!(y.0, [[1.0], [10.0], [2.0], [20.0], [3.0], [30.0]]);
/// ```
///
/// # Source
///
/// V. Dumoulin and F. Visin, *A guide to convolution arithmetic for deep learning*, <https://arxiv.org/abs/1603.07285>, section
/// 4.
#[derive(Clone, Copy, Debug)]
pub struct Conv1DTranspose;

/// `Conv2DTranspose<filters, kernel_size, …>`: each pixel becomes a small weighted piece of a larger image.
///
/// `y[i·s + u·d][j·s + v·d][f] += x[i][j][c] · kernel[u][v][f][c]`, with stride `s` and dilation `d`, for all pixels `i, j`,
/// the window `u, v` and the channels `c`; then the bias and the activation. It is the gradient of a
/// [`Conv2D`](super::Conv2D)'s input, and so goes the way of its shapes back: a stride of 2 makes an image twice as large. Only
/// products that are there are computed.
///
/// # Arguments
///
/// | name | default | |
/// | --- | --- | --- |
/// | `filters` (positional) | | channels of the output |
/// | `kernel_size` (positional) | | height and width of the window: `3` or `(3, 5)` |
/// | `strides` | `1` | how far apart the windows of neighbours lie: `2` or `(2, 1)` |
/// | `padding` | `valid` | `valid`: the output holds all windows; `same`: it is as large as the strides make the input |
/// | `output_padding` | none | how much larger the output is than it must be: `1` or `(0, 1)` |
/// | `dilation_rate` | `1` | distance between the window's points |
/// | `activation` | `linear` | any [activation](crate::layers#activations), applied to the sum |
/// | `use_bias` | `true` | whether `bias` is added |
/// | `kernel_initializer` | `glorot_uniform` | [how](crate::layers#initializers) `new` fills `kernel` |
/// | `bias_initializer` | `zeros` | [how](crate::layers#initializers) `new` fills `bias` |
/// | `kernel_regularizer`, `bias_regularizer` | none | a [penalty](crate::layers#regularizers-and-constraints) on the weight's size |
/// | `kernel_constraint`, `bias_constraint` | none | a [rule](crate::layers#regularizers-and-constraints) for the weight after each step |
/// | `data_format` | `channels_last` | `channels_first`: the channels are the first axis of input and output; the weights are the same |
/// | `trainable` | `true` | whether training changes the weights |
/// | `activity_regularizer` | none | a [penalty](crate::layers#regularizers-and-constraints) on what the layer computes |
///
/// # Shapes
///
/// `h × w × c` → `h' × w' × filters`, where for each of the two axes, with `reach = dilation_rate · (kernel_size − 1) + 1`,
///
/// - `valid`: `(size − 1) · strides + max(reach, strides)`, or with `output_padding` `(size − 1) · strides + reach + output_padding`;
/// - `same`: `size · strides`, or with `output_padding` `(size − 1) · strides + reach mod 2 + output_padding`. What hangs over is cut
///   off, on both sides alike, and the one more at the end.
///
/// A mask is lost, as in Keras.
///
/// # Weights
///
/// `kernel`: `[[[[T; c]; filters]; kernel width]; kernel height]` and `bias`: `[T; filters]`.
///
/// # Errors
///
/// An input that is not `h × w × c`; strides and dilation both above one, which Keras refuses too; an `output_padding` that is
/// not less than the strides (`same` with an even `reach`: that is 0 or more than the strides), with which no convolution leads
/// back; a size of zero.
///
/// # Example
///
/// ```
/// use nn::Network;
///
/// nn::network! {
///     struct Decoder = Input<4, 4, 8> => Conv2DTranspose<3, 3, strides = 2, padding = same, activation = sigmoid>;
/// }
/// assert_eq!(Decoder::PARAMETERS, 3 * 3 * 3 * 8 + 3);
/// let y: nn::Tensor3<8, 8, 3> = Decoder::zeros().infer(&DecoderInput::zeros(), &mut DecoderWorkspace::new());
/// assert_eq!(y[0][0], [0.5; 3]);
/// ```
///
/// # Source
///
/// V. Dumoulin and F. Visin, *A guide to convolution arithmetic for deep learning*, <https://arxiv.org/abs/1603.07285>, section
/// 4.
#[derive(Clone, Copy, Debug)]
pub struct Conv2DTranspose;

/// `Conv3DTranspose<filters, kernel_size, …>`: each pixel becomes a small weighted piece of a larger volume.
///
/// A [`Conv2DTranspose`] with one axis more: the gradient of a [`Conv3D`](super::Conv3D)'s input.
///
/// # Arguments
///
/// | name | default | |
/// | --- | --- | --- |
/// | `filters` (positional) | | channels of the output |
/// | `kernel_size` (positional) | | depth, height and width of the window: `3` or `(1, 3, 3)` |
/// | `strides` | `1` | how far apart the windows of neighbours lie: `2` or `(1, 2, 2)` |
/// | `padding` | `valid` | `valid`: the output holds all windows; `same`: it is as large as the strides make the input |
/// | `output_padding` | none | how much larger the output is than it must be: `1` or `(0, 1, 1)` |
/// | `dilation_rate` | `1` | distance between the window's points |
/// | `activation` | `linear` | any [activation](crate::layers#activations), applied to the sum |
/// | `use_bias` | `true` | whether `bias` is added |
/// | `kernel_initializer` | `glorot_uniform` | [how](crate::layers#initializers) `new` fills `kernel` |
/// | `bias_initializer` | `zeros` | [how](crate::layers#initializers) `new` fills `bias` |
/// | `kernel_regularizer`, `bias_regularizer` | none | a [penalty](crate::layers#regularizers-and-constraints) on the weight's size |
/// | `kernel_constraint`, `bias_constraint` | none | a [rule](crate::layers#regularizers-and-constraints) for the weight after each step |
/// | `data_format` | `channels_last` | `channels_first`: the channels are the first axis of input and output; the weights are the same |
/// | `trainable` | `true` | whether training changes the weights |
/// | `activity_regularizer` | none | a [penalty](crate::layers#regularizers-and-constraints) on what the layer computes |
///
/// # Shapes
///
/// `d × h × w × c` → `d' × h' × w' × filters`, where for each of the three axes, with `reach = dilation_rate · (kernel_size −
/// 1) + 1`,
///
/// - `valid`: `(size − 1) · strides + max(reach, strides)`, or with `output_padding` `(size − 1) · strides + reach + output_padding`;
/// - `same`: `size · strides`, or with `output_padding` `(size − 1) · strides + reach mod 2 + output_padding`. What hangs over is cut
///   off, on both sides alike, and the one more at the end.
///
/// A mask is lost, as in Keras.
///
/// # Weights
///
/// `kernel`: `[[[[[T; c]; filters]; kernel width]; kernel height]; kernel depth]` and `bias`: `[T; filters]`.
///
/// # Errors
///
/// An input that is not `d × h × w × c`; strides and dilation both above one, which Keras refuses too; an `output_padding` that
/// is not less than the strides (`same` with an even `reach`: that is 0 or more than the strides), with which no convolution
/// leads back; a size of zero.
///
/// # Example
///
/// ```
/// use nn::Network;
///
/// nn::network! {
///     struct Decoder = Input<2, 2, 2, 4> => Conv3DTranspose<1, 2, strides = 2>;
/// }
/// let y: nn::Tensor4<4, 4, 4, 1> = Decoder::zeros().infer(&DecoderInput::zeros(), &mut DecoderWorkspace::new());
/// assert_eq!(y[0][0][0], [0.0]);
/// ```
///
/// # Source
///
/// V. Dumoulin and F. Visin, *A guide to convolution arithmetic for deep learning*, <https://arxiv.org/abs/1603.07285>, section
/// 4.
#[derive(Clone, Copy, Debug)]
pub struct Conv3DTranspose;
