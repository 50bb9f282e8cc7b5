//! Recurrent layers whose products are convolutions.

/// `ConvLSTM1D<filters, kernel_size, …>`: an [`LSTM`](super::LSTM) of rows, whose products are convolutions, of each time step of the input and of the state.
///
/// With `i`, `f`, `o` and `g` the activated sums `x ∗ kernel + h ∗ recurrent_kernel + bias`: `c = f · c + i · g`, `h = o · activation(c)`.
///
/// # Arguments
///
/// | name | default | |
/// | --- | --- | --- |
/// | `filters` (positional) | | channels of the output |
/// | `kernel_size` (positional) | | steps of the window |
/// | `strides` | `1` | how far the window moves over the input; over the state it moves by 1 |
/// | `data_format` | `channels_last` | `channels_first`: the channels come behind the time, before the axes of space; then states are neither taken nor given |
/// | `padding` | `valid` | of the input: `valid`, or `same`, with zeros around it; that of the state is `same` |
/// | `dilation_rate` | `1` | how far apart the elements of the input are that it sees |
/// | `activation` | `tanh` | of the candidate and the output: any [activation](crate::layers#activations) of single elements |
/// | `recurrent_activation` | `sigmoid` | of the gates, likewise |
/// | `use_bias` | `true` | |
/// | `unit_forget_bias` | `true` | whether the bias of the forget gate starts at 1 |
/// | `return_sequences` | `false` | whether the outputs of all time steps are the result |
/// | `return_state` | `false` | whether `h` and `c` are results too: `let (y, h, c) = …` |
/// | `go_backwards` | `false` | whether it begins with the last time step |
/// | `stateful` | `false` | as in an [`LSTM`](super::LSTM) |
/// | `dropout` | `0.0` | the share of a time step's input that is dropped in training, the same elements in all of them |
/// | `recurrent_dropout` | `0.0` | the share of the state before a step that is dropped there, likewise |
/// | `seed` | `0` | of the dropouts, as in [`Dropout`](crate::layers::Dropout) |
/// | `kernel_…`, `recurrent_…`, `bias_…` | `glorot_uniform`, `orthogonal`, `zeros` | `initializer`, `regularizer`, `constraint` |
/// | `trainable` | `true` | |
/// | `activity_regularizer` | none | a [penalty](crate::layers#regularizers-and-constraints) on what the layer computes |
///
/// All gates see the same elements where some are dropped; Keras draws for each gate.
///
/// # Shapes
///
/// `time × steps × c` → `steps' × filters`, where space is that of a convolution; with `return_sequences = true`, `time × steps' × filters`.
///
/// Called with more values, `ConvLSTM<…>(x, h, c)`, it starts from that state; it then reads no mask, as in Keras.
///
/// # Masks
///
/// A time step that the mask of the input skips leaves the state as it is, and repeats the output before it. With
/// `return_sequences` the mask goes on to the layers behind.
///
/// # Weights
///
/// `kernel`: `[[[T; 4 · filters]; channels]; kernel_size]`, `recurrent_kernel`: `[[[T; 4 · filters]; filters]; kernel_size]`, `bias`: `[T; 4 · filters]`, the gates in the order i, f, g, o.
///
/// # Errors
///
/// An input that is not `time × steps × c`; a window larger than the input with `padding = valid`; strides and dilation both above 1; a size of zero.
///
/// # Example
///
/// ```
/// use nn::prelude::*;
/// nn::network! {
///     struct Next = Input<3, 8, 2> => ConvLSTM1D<4, 3, padding = same>;
/// }
/// assert_eq!(Next::PARAMETERS, 3 * (2 + 4) * 16 + 16);
/// ```
///
/// Shi et al.: [Convolutional LSTM Network](https://arxiv.org/abs/1506.04214), 2015.
#[derive(Clone, Copy, Debug)]
pub struct ConvLSTM1D;

/// `ConvLSTM2D<filters, kernel_size, …>`: an [`LSTM`](super::LSTM) of images, whose products are convolutions, of each time step of the input and of the state.
///
/// With `i`, `f`, `o` and `g` the activated sums `x ∗ kernel + h ∗ recurrent_kernel + bias`: `c = f · c + i · g`, `h = o · activation(c)`.
///
/// # Arguments
///
/// | name | default | |
/// | --- | --- | --- |
/// | `filters` (positional) | | channels of the output |
/// | `kernel_size` (positional) | | height and width of the window: `3` or `(3, 5)` |
/// | `strides` | `1` | how far the window moves over the input; over the state it moves by 1 |
/// | `data_format` | `channels_last` | `channels_first`: the channels come behind the time, before the axes of space; then states are neither taken nor given |
/// | `padding` | `valid` | of the input: `valid`, or `same`, with zeros around it; that of the state is `same` |
/// | `dilation_rate` | `1` | how far apart the elements of the input are that it sees |
/// | `activation` | `tanh` | of the candidate and the output: any [activation](crate::layers#activations) of single elements |
/// | `recurrent_activation` | `sigmoid` | of the gates, likewise |
/// | `use_bias` | `true` | |
/// | `unit_forget_bias` | `true` | whether the bias of the forget gate starts at 1 |
/// | `return_sequences` | `false` | whether the outputs of all time steps are the result |
/// | `return_state` | `false` | whether `h` and `c` are results too: `let (y, h, c) = …` |
/// | `go_backwards` | `false` | whether it begins with the last time step |
/// | `stateful` | `false` | as in an [`LSTM`](super::LSTM) |
/// | `dropout` | `0.0` | the share of a time step's input that is dropped in training, the same elements in all of them |
/// | `recurrent_dropout` | `0.0` | the share of the state before a step that is dropped there, likewise |
/// | `seed` | `0` | of the dropouts, as in [`Dropout`](crate::layers::Dropout) |
/// | `kernel_…`, `recurrent_…`, `bias_…` | `glorot_uniform`, `orthogonal`, `zeros` | `initializer`, `regularizer`, `constraint` |
/// | `trainable` | `true` | |
/// | `activity_regularizer` | none | a [penalty](crate::layers#regularizers-and-constraints) on what the layer computes |
///
/// All gates see the same elements where some are dropped; Keras draws for each gate.
///
/// # Shapes
///
/// `time × h × w × c` → `h' × w' × filters`, where space is that of a convolution; with `return_sequences = true`, `time × h' × w' × filters`.
///
/// Called with more values, `ConvLSTM<…>(x, h, c)`, it starts from that state; it then reads no mask, as in Keras.
///
/// # Masks
///
/// A time step that the mask of the input skips leaves the state as it is, and repeats the output before it. With
/// `return_sequences` the mask goes on to the layers behind.
///
/// # Weights
///
/// `kernel`: `[[[[T; 4 · filters]; channels]; kernel width]; kernel height]`, `recurrent_kernel`: likewise of the filters, `bias`: `[T; 4 · filters]`, the gates in the order i, f, g, o.
///
/// # Errors
///
/// An input that is not `time × h × w × c`; a window larger than the input with `padding = valid`; strides and dilation both above 1; a size of zero.
///
/// # Example
///
/// ```
/// use nn::prelude::*;
/// nn::network! {
///     struct Next = Input<3, 8, 8, 2> => ConvLSTM2D<4, 3, padding = same>;
/// }
/// assert_eq!(Next::PARAMETERS, 9 * (2 + 4) * 16 + 16);
/// ```
///
/// Shi et al.: [Convolutional LSTM Network](https://arxiv.org/abs/1506.04214), 2015.
#[derive(Clone, Copy, Debug)]
pub struct ConvLSTM2D;
