/// `DepthwiseConv2D<kernel_size, …>`: filters for each channel of its own, that slide over height and width.
///
/// `y[i][j][c·m + q] = activation(bias[c·m + q] + Σ x[i·s + u·d][j·s + v·d][c] · kernel[u][v][c][q])`, with `m` filters for
/// each channel `c`, stride `s`, dilation `d` and the sum over the window `u, v`. No output sees more than one channel:
/// it is a [`Conv2D`](crate::layers::Conv2D) of as many groups as channels, runs on the same code, and is one step with the
/// normalization, activation and pooling behind it as that is.
///
/// # Arguments
///
/// | name | default | |
/// | --- | --- | --- |
/// | `kernel_size` (positional) | | height and width of the window: `3` or `(3, 5)` |
/// | `strides` | `1` | steps of the window: `2` or `(2, 1)` |
/// | `padding` | `valid` | `valid`: the window stays inside; `same`: zeros around, so that stride 1 keeps the size |
/// | `depth_multiplier` | `1` | filters for each channel |
/// | `dilation_rate` | `1` | distance between the window's points |
/// | `activation` | `linear` | any [activation](crate::layers#activations), applied to the sum |
/// | `use_bias` | `true` | whether `bias` is added |
/// | `depthwise_initializer` | `glorot_uniform` | [how](crate::layers#initializers) `new` fills `kernel` |
/// | `bias_initializer` | `zeros` | [how](crate::layers#initializers) `new` fills `bias` |
/// | `depthwise_regularizer`, `bias_regularizer` | none | a [penalty](crate::layers#regularizers-and-constraints) on the weight's size |
/// | `depthwise_constraint`, `bias_constraint` | none | a [rule](crate::layers#regularizers-and-constraints) for the weight after each step |
/// | `data_format` | `channels_last` | `channels_first`: the channels are the first axis of input and output; the weights are the same |
/// | `trainable` | `true` | whether training changes the weights |
/// | `activity_regularizer` | none | a [penalty](crate::layers#regularizers-and-constraints) on what the layer computes |
///
/// # Shapes
///
/// `h × w × c` → `h' × w' × (c · depth_multiplier)`, with `h'` and `w'` as for [`Conv2D`](crate::layers::Conv2D#shapes).
///
/// # Weights
///
/// `kernel`: `[[[[T; depth_multiplier]; c]; kernel width]; kernel height]` and `bias`: `[T; c · depth_multiplier]`.
///
/// # Errors
///
/// An input that is not `h × w × c`; a window larger than the input with `padding = valid`; a size of zero.
/// `groups` and `filters` are no options: both follow from the channels.
///
/// # Example
///
/// A block of MobileNet: a filter for each channel, then a pointwise convolution.
///
/// ```
/// use nn::Network;
///
/// nn::network! {
///     struct Block = Input<8, 8, 4>
///         => DepthwiseConv2D<3, padding = same, use_bias = false> => BatchNorm => ReLU
///         => Conv2D<6, 1, use_bias = false> => BatchNorm => ReLU;
/// }
/// let net = Block::new(&mut nn::rng(1));
/// assert_eq!(net.depthwise_conv2d.kernel.as_flattened().as_flattened().len(), 3 * 3 * 4);
/// let y: nn::Tensor3<8, 8, 6> = net.infer(&BlockInput::zeros(), &mut BlockWorkspace::new());
/// assert_eq!(y[0][0], [0.0; 6]);
/// ```
///
/// # Source
///
/// A. G. Howard et al., *MobileNets: Efficient Convolutional Neural Networks for Mobile Vision Applications*,
/// <https://arxiv.org/abs/1704.04861>, section 3.1.
#[derive(Clone, Copy, Debug)]
pub struct DepthwiseConv2D;

/// `DepthwiseConv1D<kernel_size, …>`: filters for each channel of its own, that slide over the steps of a sequence.
///
/// `y[t][c·m + q] = activation(bias[c·m + q] + Σ x[t·s + u·d][c] · kernel[u][c][q])`, with `m` filters for each channel `c`,
/// stride `s`, dilation `d` and the sum over the window `u`. No output sees more than one channel.
///
/// # Arguments
///
/// | name | default | |
/// | --- | --- | --- |
/// | `kernel_size` (positional) | | steps of the window |
/// | `strides` | `1` | how far the window moves |
/// | `padding` | `valid` | `valid`: the window stays inside; `same`: zeros on both sides. As in Keras, there is no `causal` |
/// | `depth_multiplier` | `1` | filters for each channel |
/// | `dilation_rate` | `1` | distance between the window's points |
/// | `activation` | `linear` | any [activation](crate::layers#activations), applied to the sum |
/// | `use_bias` | `true` | whether `bias` is added |
/// | `depthwise_initializer` | `glorot_uniform` | [how](crate::layers#initializers) `new` fills `kernel` |
/// | `bias_initializer` | `zeros` | [how](crate::layers#initializers) `new` fills `bias` |
/// | `depthwise_regularizer`, `bias_regularizer` | none | a [penalty](crate::layers#regularizers-and-constraints) on the weight's size |
/// | `depthwise_constraint`, `bias_constraint` | none | a [rule](crate::layers#regularizers-and-constraints) for the weight after each step |
/// | `data_format` | `channels_last` | `channels_first`: the channels are the first axis of input and output; the weights are the same |
/// | `trainable` | `true` | whether training changes the weights |
/// | `activity_regularizer` | none | a [penalty](crate::layers#regularizers-and-constraints) on what the layer computes |
///
/// # Shapes
///
/// `steps × c` → `steps' × (c · depth_multiplier)`, with `steps'` as for [`Conv1D`](crate::layers::Conv1D#shapes). A mask is
/// lost, as in Keras.
///
/// # Weights
///
/// `kernel`: `[[[T; depth_multiplier]; c]; kernel_size]` and `bias`: `[T; c · depth_multiplier]`.
///
/// # Errors
///
/// An input that is not `steps × c`; a window longer than the input with `padding = valid`; a size of zero.
/// `groups` and `filters` are no options: both follow from the channels.
///
/// # Example
///
/// The sum of neighbours, and their difference:
///
/// ```
/// use nn::Network;
///
/// nn::network! {
///     struct Haar = Input<4, 1> => DepthwiseConv1D<2, strides = 2, depth_multiplier = 2, use_bias = false>;
/// }
/// let mut net = Haar::zeros();
/// net.depthwise_conv1d.kernel = [[[1.0, 1.0]], [[1.0, -1.0]]];
/// let y = net.infer(&[[3.0], [5.0], [9.0], [8.0]].into(), &mut HaarWorkspace::new());
/// assert_eq!(y.0, [[8.0, -2.0], [17.0, 1.0]]);
/// ```
///
/// # Source
///
/// L. Kaiser, A. N. Gomez and F. Chollet, *Depthwise Separable Convolutions for Neural Machine Translation*,
/// <https://arxiv.org/abs/1706.03059>.
#[derive(Clone, Copy, Debug)]
pub struct DepthwiseConv1D;
