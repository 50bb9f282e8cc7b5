/// `Conv2D<filters, kernel_size, …>`: small weighted sums that slide over height and width.
///
/// `y[i][j][f] = activation(bias[f] + Σ x[i·s + u·d][j·s + v·d][c] · kernel[u][v][c][f])`, with stride `s`, dilation
/// `d`, the sum over the window `u, v` and the channels `c`. The kernel is not flipped (a cross-correlation), as in Keras.
///
/// # Arguments
///
/// | name | default | |
/// | --- | --- | --- |
/// | `filters` (positional) | | channels of the output |
/// | `kernel_size` (positional) | | height and width of the window: `3` or `(3, 5)` |
/// | `strides` | `1` | steps of the window: `2` or `(2, 1)` |
/// | `padding` | `valid` | `valid`: the window stays inside; `same`: zeros around, so that stride 1 keeps the size |
/// | `dilation_rate` | `1` | distance between the window's points |
/// | `groups` | `1` | channels and filters are split into this many groups that do not see each other |
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
/// `h × w × c` → `h' × w' × filters`, where for each of the two axes
///
/// - `valid`: `(size − dilation_rate · (kernel_size − 1) − 1) / strides + 1`, rounded down;
/// - `same`: `size / strides`, rounded up. Where the zeros do not split evenly, the one more goes below and to the right.
///
/// # Weights
///
/// `kernel`: `[[[[T; filters]; c / groups]; kernel width]; kernel height]` and `bias`: `[T; filters]`.
///
/// # Errors
///
/// An input that is not `h × w × c`; a window larger than the input with `padding = valid`; `groups` that do not divide
/// both channels and filters; strides and dilation both above one, which Keras refuses too; a size of zero.
///
/// # Example
///
/// ```
/// use nn::Network;
///
/// nn::network! {
///     struct Edges = Input<8, 8, 1> => Conv2D<4, 3, strides = 2, padding = same, activation = relu>;
/// }
/// assert_eq!(Edges::PARAMETERS, 3 * 3 * 4 + 4);
/// let y: nn::Tensor3<4, 4, 4> = Edges::zeros().infer(&EdgesInput::zeros(), &mut EdgesWorkspace::new());
/// assert_eq!(y[0][0], [0.0; 4]);
/// ```
///
/// # Source
///
/// Y. LeCun et al., *Gradient-Based Learning Applied to Document Recognition*, 1998. The arithmetic of sizes: V. Dumoulin and
/// F. Visin, *A guide to convolution arithmetic for deep learning*, <https://arxiv.org/abs/1603.07285>.
#[derive(Clone, Copy, Debug)]
pub struct Conv2D;

/// `Conv1D<filters, kernel_size, …>`: small weighted sums that slide over the steps of a sequence.
///
/// `y[t][f] = activation(bias[f] + Σ x[t·s + u·d][c] · kernel[u][c][f])`, with stride `s`, dilation `d`, the sum over the
/// window `u` and the channels `c`. The kernel is not flipped (a cross-correlation), as in Keras.
///
/// # Arguments
///
/// | name | default | |
/// | --- | --- | --- |
/// | `filters` (positional) | | channels of the output |
/// | `kernel_size` (positional) | | steps of the window |
/// | `strides` | `1` | how far the window moves |
/// | `padding` | `valid` | `valid`: the window stays inside; `same`: zeros on both sides; `causal`: zeros before only |
/// | `dilation_rate` | `1` | distance between the window's points |
/// | `groups` | `1` | channels and filters are split into this many groups that do not see each other |
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
/// With `padding = causal` no output depends on a step after its own, so that a sequence can be worked out while it comes
/// in. Layers whose dilation doubles from one to the next see far back with few weights: four of kernel size 3 with
/// dilations 1, 2, 4, 8 see 31 steps.
///
/// # Shapes
///
/// `steps × c` → `steps' × filters`, where
///
/// - `valid`: `(steps − dilation_rate · (kernel_size − 1) − 1) / strides + 1`, rounded down;
/// - `same`, `causal`: `steps / strides`, rounded up. Where the zeros of `same` do not split evenly, the one more goes after;
///   `causal` puts `dilation_rate · (kernel_size − 1)` zeros before.
///
/// A mask is lost, as in Keras.
///
/// # Weights
///
/// `kernel`: `[[[T; filters]; c / groups]; kernel_size]` and `bias`: `[T; filters]`.
///
/// # Errors
///
/// An input that is not `steps × c`; a window longer than the input with `padding = valid`; `groups` that do not divide
/// both channels and filters; strides and dilation both above one, which Keras refuses too; a size of zero.
///
/// # Example
///
/// The change from one step to the next:
///
/// ```
/// use nn::Network;
///
/// nn::network! {
///     struct Change = Input<4, 1> => Conv1D<1, 2, padding = causal, use_bias = false>;
/// }
/// let mut net = Change::zeros();
/// net.conv1d.kernel = [[[-1.0]], [[1.0]]];
/// let y = net.infer(&[[3.0], [5.0], [9.0], [8.0]].into(), &mut ChangeWorkspace::new());
/// assert_eq!(y.0, [[3.0], [2.0], [4.0], [-1.0]]);
/// ```
///
/// # Source
///
/// Dilated causal convolutions: A. van den Oord et al., *WaveNet: A Generative Model for Raw Audio*,
/// <https://arxiv.org/abs/1609.03499>, section 2.1.
#[derive(Clone, Copy, Debug)]
pub struct Conv1D;

/// `Conv3D<filters, kernel_size, …>`: small weighted sums that slide over depth, height and width.
///
/// `y[h][i][j][f] = activation(bias[f] + Σ x[h·s + t·d][i·s + u·d][j·s + v·d][c] · kernel[t][u][v][c][f])`, with stride `s`,
/// dilation `d`, the sum over the window `t, u, v` and the channels `c`: a [`Conv2D`] with one axis more, for volumes and for
/// pictures in time.
///
/// # Arguments
///
/// | name | default | |
/// | --- | --- | --- |
/// | `filters` (positional) | | channels of the output |
/// | `kernel_size` (positional) | | depth, height and width of the window: `3` or `(1, 3, 3)` |
/// | `strides` | `1` | steps of the window: `2` or `(1, 2, 2)` |
/// | `padding` | `valid` | `valid`: the window stays inside; `same`: zeros around, so that stride 1 keeps the size |
/// | `dilation_rate` | `1` | distance between the window's points |
/// | `groups` | `1` | channels and filters are split into this many groups that do not see each other |
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
/// `d × h × w × c` → `d' × h' × w' × filters`, each of the three axes as in [`Conv2D`].
///
/// # Weights
///
/// `kernel`: `[[[[[T; filters]; c / groups]; kernel width]; kernel height]; kernel depth]` and `bias`: `[T; filters]`.
///
/// # Errors
///
/// An input that is not `d × h × w × c`; a window larger than the input with `padding = valid`; `groups` that do not divide
/// both channels and filters; strides and dilation both above one, which Keras refuses too; a size of zero.
///
/// # Example
///
/// ```
/// use nn::Network;
///
/// nn::network! {
///     struct Volumes = Input<4, 8, 8, 1> => Conv3D<4, (2, 3, 3), padding = same, activation = relu>;
/// }
/// assert_eq!(Volumes::PARAMETERS, 2 * 3 * 3 * 4 + 4);
/// let y: nn::Tensor4<4, 8, 8, 4> = Volumes::zeros().infer(&VolumesInput::zeros(), &mut VolumesWorkspace::new());
/// assert_eq!(y[0][0][0], [0.0; 4]);
/// ```
///
/// # Source
///
/// D. Tran et al., *Learning Spatiotemporal Features with 3D Convolutional Networks*, <https://arxiv.org/abs/1412.0767>.
#[derive(Clone, Copy, Debug)]
pub struct Conv3D;
