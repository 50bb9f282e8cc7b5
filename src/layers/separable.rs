/// `SeparableConv2D<filters, kernel_size, …>`: filters for each channel of its own, then a pointwise convolution.
///
/// `z[i][j][c·m + q] = Σ x[i·s + u·d][j·s + v·d][c] · depthwise_kernel[u][v][c][q]`, with `m` filters for each channel `c`,
/// stride `s`, dilation `d` and the sum over the window `u, v`, as in [`DepthwiseConv2D`](crate::layers::DepthwiseConv2D).
/// Then `y[i][j][f] = activation(bias[f] + Σ z[i][j][k] · pointwise_kernel[0][0][k][f])`, with the sum over the channels `k`
/// of `z`. That takes far fewer weights than a [`Conv2D`](crate::layers::Conv2D) of the same sizes. A normalization,
/// activation or pooling behind it is part of the pointwise convolution.
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
/// | `depth_multiplier` | `1` | filters for each channel of the input |
/// | `activation` | `linear` | any [activation](crate::layers#activations), applied to the pointwise convolution |
/// | `use_bias` | `true` | whether `bias` is added |
/// | `depthwise_initializer`, `pointwise_initializer` | `glorot_uniform` | [how](crate::layers#initializers) `new` fills the kernels |
/// | `bias_initializer` | `zeros` | [how](crate::layers#initializers) `new` fills `bias` |
/// | `depthwise_regularizer`, `pointwise_regularizer`, `bias_regularizer` | none | a [penalty](crate::layers#regularizers-and-constraints) on the weight's size |
/// | `depthwise_constraint`, `pointwise_constraint`, `bias_constraint` | none | a [rule](crate::layers#regularizers-and-constraints) for the weight after each step |
/// | `data_format` | `channels_last` | `channels_first`: the channels are the first axis of input and output; the weights are the same |
/// | `trainable` | `true` | whether training changes the weights |
/// | `activity_regularizer` | none | a [penalty](crate::layers#regularizers-and-constraints) on what the layer computes |
///
/// # Shapes
///
/// `h × w × c` → `h' × w' × filters`, with `h'` and `w'` as for [`Conv2D`](crate::layers::Conv2D#shapes).
///
/// # Weights
///
/// `depthwise_kernel`: `[[[[T; depth_multiplier]; c]; kernel width]; kernel height]`, `pointwise_kernel`:
/// `[[[[T; filters]; c · depth_multiplier]; 1]; 1]` and `bias`: `[T; filters]`.
///
/// # Errors
///
/// An input that is not `h × w × c`; a window larger than the input with `padding = valid`; a size of zero.
/// `groups` is no option.
///
/// # Example
///
/// ```
/// use nn::Network;
///
/// nn::network! {
///     struct Small = Input<8, 8, 16> => SeparableConv2D<32, 3, padding = same, activation = relu>;
/// }
/// nn::network! {
///     struct Large = Input<8, 8, 16> => Conv2D<32, 3, padding = same, activation = relu>;
/// }
/// assert_eq!(Small::PARAMETERS, 3 * 3 * 16 + 16 * 32 + 32);
/// assert_eq!(Large::PARAMETERS, 3 * 3 * 16 * 32 + 32);
/// let y: nn::Tensor3<8, 8, 32> = Small::zeros().infer(&SmallInput::zeros(), &mut SmallWorkspace::new());
/// assert_eq!(y[0][0], [0.0; 32]);
/// ```
///
/// # Source
///
/// F. Chollet, *Xception: Deep Learning with Depthwise Separable Convolutions*, <https://arxiv.org/abs/1610.02357>.
#[derive(Clone, Copy, Debug)]
pub struct SeparableConv2D;

/// `SeparableConv1D<filters, kernel_size, …>`: filters for each channel of its own, then a pointwise convolution, over the
/// steps of a sequence.
///
/// `z[t][c·m + q] = Σ x[t·s + u·d][c] · depthwise_kernel[u][c][q]`, with `m` filters for each channel `c`, stride `s`,
/// dilation `d` and the sum over the window `u`; then `y[t][f] = activation(bias[f] + Σ z[t][k] · pointwise_kernel[0][k][f])`,
/// with the sum over the channels `k` of `z`.
///
/// # Arguments
///
/// | name | default | |
/// | --- | --- | --- |
/// | `filters` (positional) | | channels of the output |
/// | `kernel_size` (positional) | | steps of the window |
/// | `strides` | `1` | how far the window moves |
/// | `padding` | `valid` | `valid`: the window stays inside; `same`: zeros on both sides. As in Keras, there is no `causal` |
/// | `dilation_rate` | `1` | distance between the window's points |
/// | `depth_multiplier` | `1` | filters for each channel of the input |
/// | `activation` | `linear` | any [activation](crate::layers#activations), applied to the pointwise convolution |
/// | `use_bias` | `true` | whether `bias` is added |
/// | `depthwise_initializer`, `pointwise_initializer` | `glorot_uniform` | [how](crate::layers#initializers) `new` fills the kernels |
/// | `bias_initializer` | `zeros` | [how](crate::layers#initializers) `new` fills `bias` |
/// | `depthwise_regularizer`, `pointwise_regularizer`, `bias_regularizer` | none | a [penalty](crate::layers#regularizers-and-constraints) on the weight's size |
/// | `depthwise_constraint`, `pointwise_constraint`, `bias_constraint` | none | a [rule](crate::layers#regularizers-and-constraints) for the weight after each step |
/// | `data_format` | `channels_last` | `channels_first`: the channels are the first axis of input and output; the weights are the same |
/// | `trainable` | `true` | whether training changes the weights |
/// | `activity_regularizer` | none | a [penalty](crate::layers#regularizers-and-constraints) on what the layer computes |
///
/// # Shapes
///
/// `steps × c` → `steps' × filters`, with `steps'` as for [`Conv1D`](crate::layers::Conv1D#shapes). A mask is lost, as in
/// Keras.
///
/// # Weights
///
/// `depthwise_kernel`: `[[[T; depth_multiplier]; c]; kernel_size]`, `pointwise_kernel`:
/// `[[[T; filters]; c · depth_multiplier]; 1]` and `bias`: `[T; filters]`.
///
/// # Errors
///
/// An input that is not `steps × c`; a window longer than the input with `padding = valid`; a size of zero.
/// `groups` is no option. With `#[stream]`: `padding = same`, or strides above 1.
///
/// # Example
///
/// The mean of two channels' changes:
///
/// ```
/// use nn::Network;
///
/// nn::network! {
///     struct Changes = Input<3, 2> => SeparableConv1D<1, 2>;
/// }
/// let mut net = Changes::zeros();
/// net.separable_conv1d.depthwise_kernel = [[[-1.0], [-1.0]], [[1.0], [1.0]]];
/// net.separable_conv1d.pointwise_kernel = [[[0.5], [0.5]]];
/// let y = net.infer(&[[3.0, 0.0], [5.0, 4.0], [9.0, 8.0]].into(), &mut ChangesWorkspace::new());
/// assert_eq!(y.0, [[3.0], [4.0]]);
/// ```
///
/// # Source
///
/// L. Kaiser, A. N. Gomez and F. Chollet, *Depthwise Separable Convolutions for Neural Machine Translation*,
/// <https://arxiv.org/abs/1706.03059>.
#[derive(Clone, Copy, Debug)]
pub struct SeparableConv1D;
