//! Layers on sequences: recurrent layers, their cells, and wrappers.

/// `SimpleRNN<units, …>`: each step sees the output of the step before: `h = activation(x · kernel + h · recurrent_kernel + bias)`.
///
/// # Arguments
///
/// | name | default | |
/// | --- | --- | --- |
/// | `units` (positional) | | elements of the output and of the state, at least 1 |
/// | `activation` | `tanh` | of the output: any function of single elements |
/// | `use_bias` | `true` | |
/// | `return_sequences` | `false` | a row for each step, or only the output of the last one |
/// | `return_state` | `false` | further results: the state after the last step, `let (y, h) = x => SimpleRNN<…>` |
/// | `go_backwards` | `false` | from the last step to the first; with `return_sequences` the rows are in that order too |
/// | `stateful` | `false` | the network has a `State`, which `infer_stateful` starts from and leaves behind; in training each sample goes on where the one at its place in the batch before ended |
/// | `unroll` | `false` | changes nothing: the compiler unrolls as it sees fit |
/// | `dropout`, `recurrent_dropout` | `0` | shares of the input and of the last output that are dropped in training, the same elements in all steps of a sample |
/// | `seed` | `0` | of the dropouts, as in [`Dropout`](crate::layers::Dropout) |
/// | `kernel_…`, `recurrent_…`, `bias_…` | `glorot_uniform`, `orthogonal`, `zeros` | `initializer`, `regularizer`, `constraint` |
/// | `trainable` | `true` | |
/// | `activity_regularizer` | none | a [penalty](crate::layers#regularizers-and-constraints) on what the layer computes |
///
/// # Shapes
///
/// `steps × features` → `units`, or `steps × units` with `return_sequences`. Called with more values, `SimpleRNN<…>(x, h)`, it
/// starts from that state, `units` elements each; it then reads no mask, as in Keras.
///
/// # Masks
///
/// A step that the mask of the input skips leaves the state as it is, and repeats the output before it. With
/// `return_sequences` the mask goes on to the layers behind. The call takes a mask as a value, too, with a number for each step, and states by name:
/// `(x, mask = m, initial_state = …)`.
///
/// # Weights
///
/// `kernel`: `[[T; units]; features]`, `recurrent_kernel`: `[[T; units]; units]`, `bias`: `[T; units]`.
///
/// # Errors
///
/// An input that is not `steps × features` of floats; states that are not `units` long; a size of zero.
///
/// # Example
///
/// ```
/// use nn::prelude::*;
/// nn::network! { struct Net = Input<5, 3> => SimpleRNN<4>; }
/// let net = Net::new(&mut nn::rng(0));
/// assert_eq!(net.infer(&Default::default(), &mut Default::default()).0, [0.0; 4]);
/// ```
///
/// Elman: [Finding Structure in Time](https://doi.org/10.1207/s15516709cog1402_1), 1990.
#[derive(Clone, Copy, Debug)]
pub struct SimpleRNN;

/// `LSTM<units, …>`: a state that gates keep, renew and show, so that it lasts over many steps.
///
/// ```text
/// [zi, zf, zc, zo] = x · kernel + h · recurrent_kernel + bias
/// c = recurrent_activation(zf) ∘ c + recurrent_activation(zi) ∘ activation(zc)
/// h = recurrent_activation(zo) ∘ activation(c)
/// ```
///
/// # Arguments
///
/// | name | default | |
/// | --- | --- | --- |
/// | `units` (positional) | | elements of the output and of the state, at least 1 |
/// | `activation` | `tanh` | of candidate and output: any function of single elements |
/// | `recurrent_activation` | `sigmoid` | of the gates |
/// | `use_bias` | `true` | |
/// | `unit_forget_bias` | `true` | the bias of the forget gate starts at 1, whatever `bias_initializer` says |
/// | `return_sequences` | `false` | a row for each step, or only the output of the last one |
/// | `return_state` | `false` | further results: the state after the last step, `let (y, h, c) = x => LSTM<…>` |
/// | `go_backwards` | `false` | from the last step to the first; with `return_sequences` the rows are in that order too |
/// | `stateful` | `false` | the network has a `State`, which `infer_stateful` starts from and leaves behind; in training each sample goes on where the one at its place in the batch before ended |
/// | `unroll` | `false` | changes nothing: the compiler unrolls as it sees fit |
/// | `dropout`, `recurrent_dropout` | `0` | shares of the input and of the last output that are dropped in training, the same elements in all steps of a sample |
/// | `seed` | `0` | of the dropouts, as in [`Dropout`](crate::layers::Dropout) |
/// | `kernel_…`, `recurrent_…`, `bias_…` | `glorot_uniform`, `orthogonal`, `zeros` | `initializer`, `regularizer`, `constraint` |
/// | `trainable` | `true` | |
/// | `activity_regularizer` | none | a [penalty](crate::layers#regularizers-and-constraints) on what the layer computes |
///
/// # Shapes
///
/// `steps × features` → `units`, or `steps × units` with `return_sequences`. Called with more values, `LSTM<…>(x, h, c)`, it
/// starts from that state, `units` elements each; it then reads no mask, as in Keras.
///
/// # Masks
///
/// A step that the mask of the input skips leaves the state as it is, and repeats the output before it. With
/// `return_sequences` the mask goes on to the layers behind. The call takes a mask as a value, too, with a number for each step, and states by name:
/// `(x, mask = m, initial_state = …)`.
///
/// # Weights
///
/// `kernel`: `[[[T; units]; 4]; features]`, `recurrent_kernel`: `[[[T; units]; 4]; units]`, `bias`: `[[T; units]; 4]`; the gates in the order
/// i, f, c, o. In files they are Keras' `[features, 4 · units]`, `[units, 4 · units]` and `[4 · units]`, the same numbers.
///
/// # Errors
///
/// An input that is not `steps × features` of floats; states that are not `units` long; a size of zero.
///
/// # Example
///
/// ```
/// use nn::prelude::*;
/// nn::network! { struct Net = Input<5, 3> => LSTM<4>; }
/// let net = Net::new(&mut nn::rng(0));
/// assert_eq!(net.infer(&Default::default(), &mut Default::default()).0, [0.0; 4]);
/// ```
///
/// Hochreiter, Schmidhuber: [Long Short-Term Memory](https://doi.org/10.1162/neco.1997.9.8.1735), 1997.
#[derive(Clone, Copy, Debug)]
pub struct LSTM;

/// `GRU<units, …>`: gates say how much of the state is renewed, and from what.
///
/// ```text
/// [xz, xr, xh] = x · kernel + bias[0]
/// [hz, hr, hh] = h · recurrent_kernel + bias[1]
/// z = recurrent_activation(xz + hz), r = recurrent_activation(xr + hr)
/// h = z ∘ h + (1 - z) ∘ activation(xh + r ∘ hh)
/// ```
///
/// With `reset_after = false` there is one bias, and `hh = (r ∘ h) · recurrent_kernel`.
///
/// # Arguments
///
/// | name | default | |
/// | --- | --- | --- |
/// | `units` (positional) | | elements of the output and of the state, at least 1 |
/// | `activation` | `tanh` | of the candidate: any function of single elements |
/// | `recurrent_activation` | `sigmoid` | of the gates |
/// | `use_bias` | `true` | |
/// | `reset_after` | `true` | whether the reset gate acts after the product, or before it |
/// | `return_sequences` | `false` | a row for each step, or only the output of the last one |
/// | `return_state` | `false` | further results: the state after the last step, `let (y, h) = x => GRU<…>` |
/// | `go_backwards` | `false` | from the last step to the first; with `return_sequences` the rows are in that order too |
/// | `stateful` | `false` | the network has a `State`, which `infer_stateful` starts from and leaves behind; in training each sample goes on where the one at its place in the batch before ended |
/// | `unroll` | `false` | changes nothing: the compiler unrolls as it sees fit |
/// | `dropout`, `recurrent_dropout` | `0` | shares of the input and of the last output that are dropped in training, the same elements in all steps of a sample |
/// | `seed` | `0` | of the dropouts, as in [`Dropout`](crate::layers::Dropout) |
/// | `kernel_…`, `recurrent_…`, `bias_…` | `glorot_uniform`, `orthogonal`, `zeros` | `initializer`, `regularizer`, `constraint` |
/// | `trainable` | `true` | |
/// | `activity_regularizer` | none | a [penalty](crate::layers#regularizers-and-constraints) on what the layer computes |
///
/// # Shapes
///
/// `steps × features` → `units`, or `steps × units` with `return_sequences`. Called with more values, `GRU<…>(x, h)`, it
/// starts from that state, `units` elements each; it then reads no mask, as in Keras.
///
/// # Masks
///
/// A step that the mask of the input skips leaves the state as it is, and repeats the output before it. With
/// `return_sequences` the mask goes on to the layers behind. The call takes a mask as a value, too, with a number for each step, and states by name:
/// `(x, mask = m, initial_state = …)`.
///
/// # Weights
///
/// `kernel`: `[[[T; units]; 3]; features]`, `recurrent_kernel`: `[[[T; units]; 3]; units]`, `bias`: `[[[T; units]; 3]; 2]`, that of the inputs and that
/// of the state, or `[[[T; units]; 3]; 1]` with `reset_after = false`; the gates in the order z, r, h. In files they are Keras' `[features, 3 · units]`,
/// `[units, 3 · units]` and `[2, 3 · units]` or `[3 · units]`, the same numbers.
///
/// # Errors
///
/// An input that is not `steps × features` of floats; states that are not `units` long; a size of zero.
///
/// # Example
///
/// ```
/// use nn::prelude::*;
/// nn::network! { struct Net = Input<5, 3> => GRU<4>; }
/// let net = Net::new(&mut nn::rng(0));
/// assert_eq!(net.infer(&Default::default(), &mut Default::default()).0, [0.0; 4]);
/// ```
///
/// Cho et al.: [Learning Phrase Representations using RNN Encoder–Decoder](https://arxiv.org/abs/1406.1078), 2014.
#[derive(Clone, Copy, Debug)]
pub struct GRU;

/// `SimpleRNNCell<units, …>(x, h)`: one step of [`SimpleRNN`], which gives `(y, h)`.
///
/// It has the weights of that layer. `y` and `h` are the same numbers.
///
/// # Arguments
///
/// | name | default | |
/// | --- | --- | --- |
/// | `units` (positional) | | elements of the output and of each state, at least 1 |
/// | `activation` | `tanh` | of the output: any function of single elements |
/// | `use_bias` | `true` | |
/// | `dropout`, `recurrent_dropout` | `0` | shares of the input and of the state `h` that are dropped in training |
/// | `seed` | `0` | of the dropouts, as in [`Dropout`](crate::layers::Dropout) |
/// | `kernel_…`, `recurrent_…`, `bias_…` | `glorot_uniform`, `orthogonal`, `zeros` | `initializer`, `regularizer`, `constraint` |
/// | `trainable` | `true` | |
/// | `activity_regularizer` | none | a [penalty](crate::layers#regularizers-and-constraints) on what the layer computes |
///
/// # Shapes
///
/// A vector and states of `units` elements → vectors of `units` elements.
///
/// # Example
///
/// ```
/// use nn::prelude::*;
/// nn::network! {
///     struct Step(x: Input<3>, h: Input<4>) -> (y, next_h) {
///         let (y, next_h) = SimpleRNNCell<4>(x, h);
///     }
/// }
/// let net = Step::new(&mut nn::rng(0));
/// assert_eq!(net.infer(&Default::default(), &mut Default::default()).y.0, [0.0; 4]);
/// ```
#[derive(Clone, Copy, Debug)]
pub struct SimpleRNNCell;

/// `LSTMCell<units, …>(x, h, c)`: one step of [`LSTM`], which gives `(y, h, c)`.
///
/// It has the weights of that layer. `y` and `h` are the same numbers.
///
/// # Arguments
///
/// | name | default | |
/// | --- | --- | --- |
/// | `units` (positional) | | elements of the output and of each state, at least 1 |
/// | `activation` | `tanh` | of candidate and output: any function of single elements |
/// | `recurrent_activation` | `sigmoid` | of the gates |
/// | `unit_forget_bias` | `true` | the bias of the forget gate starts at 1, whatever `bias_initializer` says |
/// | `use_bias` | `true` | |
/// | `dropout`, `recurrent_dropout` | `0` | shares of the input and of the state `h` that are dropped in training |
/// | `seed` | `0` | of the dropouts, as in [`Dropout`](crate::layers::Dropout) |
/// | `kernel_…`, `recurrent_…`, `bias_…` | `glorot_uniform`, `orthogonal`, `zeros` | `initializer`, `regularizer`, `constraint` |
/// | `trainable` | `true` | |
/// | `activity_regularizer` | none | a [penalty](crate::layers#regularizers-and-constraints) on what the layer computes |
///
/// # Shapes
///
/// A vector and states of `units` elements → vectors of `units` elements.
///
/// # Example
///
/// ```
/// use nn::prelude::*;
/// nn::network! {
///     struct Step(x: Input<3>, h: Input<4>, c: Input<4>) -> (y, next_h, next_c) {
///         let (y, next_h, next_c) = LSTMCell<4>(x, h, c);
///     }
/// }
/// let net = Step::new(&mut nn::rng(0));
/// assert_eq!(net.infer(&Default::default(), &mut Default::default()).y.0, [0.0; 4]);
/// ```
#[derive(Clone, Copy, Debug)]
pub struct LSTMCell;

/// `GRUCell<units, …>(x, h)`: one step of [`GRU`], which gives `(y, h)`.
///
/// It has the weights of that layer. `y` and `h` are the same numbers.
///
/// # Arguments
///
/// | name | default | |
/// | --- | --- | --- |
/// | `units` (positional) | | elements of the output and of each state, at least 1 |
/// | `activation` | `tanh` | of the candidate: any function of single elements |
/// | `recurrent_activation` | `sigmoid` | of the gates |
/// | `reset_after` | `true` | whether the reset gate acts after the product, or before it |
/// | `use_bias` | `true` | |
/// | `dropout`, `recurrent_dropout` | `0` | shares of the input and of the state `h` that are dropped in training |
/// | `seed` | `0` | of the dropouts, as in [`Dropout`](crate::layers::Dropout) |
/// | `kernel_…`, `recurrent_…`, `bias_…` | `glorot_uniform`, `orthogonal`, `zeros` | `initializer`, `regularizer`, `constraint` |
/// | `trainable` | `true` | |
/// | `activity_regularizer` | none | a [penalty](crate::layers#regularizers-and-constraints) on what the layer computes |
///
/// # Shapes
///
/// A vector and states of `units` elements → vectors of `units` elements.
///
/// # Example
///
/// ```
/// use nn::prelude::*;
/// nn::network! {
///     struct Step(x: Input<3>, h: Input<4>) -> (y, next_h) {
///         let (y, next_h) = GRUCell<4>(x, h);
///     }
/// }
/// let net = Step::new(&mut nn::rng(0));
/// assert_eq!(net.infer(&Default::default(), &mut Default::default()).y.0, [0.0; 4]);
/// ```
#[derive(Clone, Copy, Debug)]
pub struct GRUCell;

/// `Bidirectional<layer, …>`: a recurrent layer from both ends of the sequence.
///
/// # Arguments
///
/// | name | default | |
/// | --- | --- | --- |
/// | `layer` (positional) | | [`SimpleRNN`], [`LSTM`] or [`GRU`] with its arguments: `Bidirectional<LSTM<32>>` |
/// | `merge_mode` | `concat` | `concat` puts the two outputs side by side, `sum`, `mul` and `ave` make one of them |
/// | `activity_regularizer` | none | a [penalty](crate::layers#regularizers-and-constraints) on what the layer computes |
///
/// # Shapes
///
/// Those of the layer; `concat` doubles the last axis. With `return_state` the states of the forward layer come before those of the
/// backward layer. Rows of the output are in the order of time.
///
/// # Weights
///
/// `forward.kernel` … `backward.kernel` …: those of the layer, twice.
///
/// # Masks
///
/// As the layer's, but for the output of a skipped step, which is zero, as in Keras.
///
/// # State
///
/// With `stateful = true` in the layer, each direction goes on from its own last state: the backward layer from that at
/// the first step of the part before. So, as in Keras, parts of a sequence do not give what the whole of it gives.
///
/// # Errors
///
/// Those of the layer; one with `go_backwards = true`, as in Keras. With `#[stream]` it is refused: the backward layer would have to know what is still to come.
///
/// # Example
///
/// ```
/// use nn::prelude::*;
/// nn::network! { struct Net = Input<5, 3> => Bidirectional<GRU<4>> => Dense<1>; }
/// assert_eq!(Net::summary().to_string().matches("(None, 8)").count(), 1);
/// ```
///
/// Schuster, Paliwal: [Bidirectional recurrent neural networks](https://doi.org/10.1109/78.650093), 1997.
#[derive(Clone, Copy, Debug)]
pub struct Bidirectional;

/// `TimeDistributed<layer>`: the same layer on each step of a sequence.
///
/// # Arguments
///
/// | name | default | |
/// | --- | --- | --- |
/// | `layer` (positional) | | any layer that can be called with one value and gives one result, with its arguments: `TimeDistributed<Conv2D<8, 3>>` |
/// | `activity_regularizer` | none | a [penalty](crate::layers#regularizers-and-constraints) on what the layer computes |
///
/// # Shapes
///
/// `steps × …` → `steps × …`, where the layer inside says what becomes of a step.
///
/// # Weights
///
/// Those of the layer inside, by its names: `time_distributed.kernel`.
///
/// # Masks
///
/// The mask of the input is that of the result.
///
/// # State
///
/// With `stateful = true` in the layer inside there is one state: each step starts from that of the step before, and the first
/// one from that of the call before. Such a network infers, but is not trained: training takes all steps at once.
///
/// # Errors
///
/// Those of the layer inside; an input without an axis of steps.
///
/// # Example
///
/// ```
/// let net = nn::network!(Input<3, 2, 2, 1> => TimeDistributed<MaxPool2D<2>> => TimeDistributed<Flatten>);
/// let step = |x| [[[x], [0.0]], [[0.0], [0.0]]];
/// let y = net.infer(&[step(1.0), step(2.0), step(3.0)].into(), &mut Default::default());
/// assert_eq!(y.0, [[1.0], [2.0], [3.0]]);
/// ```
#[derive(Clone, Copy, Debug)]
pub struct TimeDistributed;
