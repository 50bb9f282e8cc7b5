//! Attention.

/// `MultiHeadAttention<num_heads, key_dim, …>(query, value, key)`: every step of the query looks at all steps of the value, through
/// several heads at once.
///
/// For each head, with `q`, `k` and `v` the projections of query, key and value: `softmax(q · kᵀ / √key_dim) · v`; a last projection takes
/// the heads together. Without a key, the value is the key too; `x => MultiHeadAttention<…>` is self-attention.
///
/// # Arguments
///
/// | name | default | |
/// | --- | --- | --- |
/// | `num_heads` (positional) | | |
/// | `key_dim` (positional) | | elements of a head in the projections of query and key |
/// | `value_dim` | `key_dim` | elements of a head in the projection of the value |
/// | `dropout` | `0` | the share of the attention that is dropped in training |
/// | `seed` | `0` | of the dropout, as in [`Dropout`](crate::layers::Dropout) |
/// | `use_bias` | `true` | of all four projections |
/// | `output_shape` | features of the query | features of the output, or a tuple of sizes: `(2, 4)` |
/// | `use_causal_mask` | `false` | whether a step sees no later ones |
/// | `kernel_…`, `bias_…` | `glorot_uniform`, `zeros` | `initializer`, `regularizer`, `constraint` |
/// | `trainable` | `true` | |
///
/// # Shapes
///
/// Query `steps × features`, value `seen × …`, key `seen × …` → `steps × output_shape`.
///
/// # Weights
///
/// `query.kernel`: `[[[T; key_dim]; num_heads]; features]`, `query.bias`: `[[T; key_dim]; num_heads]`; `key` and `value` likewise;
/// `attention_output.kernel`: `[[[T; output_shape]; value_dim]; num_heads]`, `attention_output.bias`: `[T; output_shape]`.
///
/// # Masks
///
/// Steps of the value and the key that do not count are not seen. The mask of the query is that of the result. As in Keras, a step that sees nothing
/// at all gets the mean of all values; with a `dropout` it gets nothing, at inference too.
///
/// The call takes masks as values, too: `MultiHeadAttention<…>(query, value, attention_mask = m)`, with a number for each query and key (`steps × seen`,
/// or `heads × steps × seen`; an axis of 1 stands for all), 0 where a query does not see a key; `value_mask` and `key_mask`, with a number for
/// each step, in place of those that value and key carry.
///
/// # Errors
///
/// Inputs that are not `steps × features`; a key with other steps than the value; a size of zero.
///
/// # Example
///
/// ```
/// use nn::prelude::*;
/// nn::network! {
///     struct Block(x: Input<6, 8>) -> y {
///         let y = x + (x => MultiHeadAttention<2, 4>) => LayerNormalization;
///     }
/// }
/// assert_eq!(Block::PARAMETERS, 4 * (8 * 8 + 8) + 16);
/// ```
///
/// Vaswani et al.: [Attention Is All You Need](https://arxiv.org/abs/1706.03762), 2017.
#[derive(Clone, Copy, Debug)]
pub struct MultiHeadAttention;

/// `Attention<…>(query, value, key)`: every step of the query looks at all steps of the value, without projections: `softmax(scores) · value`.
///
/// # Arguments
///
/// | name | default | |
/// | --- | --- | --- |
/// | `use_scale` | `false` | whether scores have a factor that is learned |
/// | `score_mode` | `dot` | `dot`: `scale · Σ q · k`; `concat`: `concat_score_weight · Σ tanh(scale · (q + k))` |
/// | `dropout` | `0` | the share of the attention that is dropped in training |
/// | `use_causal_mask` | `false` | whether a step sees no later ones; an argument of the call in Keras |
/// | `seed` | `0` | of the dropout, as in [`Dropout`](crate::layers::Dropout) |
/// | `trainable` | `true` | |
/// | `activity_regularizer` | none | a [penalty](crate::layers#regularizers-and-constraints) on what the layer computes |
///
/// # Shapes
///
/// Query `steps × features`, value `seen × width`, key `seen × features` → `steps × width`. Without a key, the value is the key too.
///
/// # Weights
///
/// `scale`, one number, with `use_scale = true`; `concat_score_weight`, one number, with `score_mode = concat`. Both start as 1.
///
/// # Masks
///
/// Steps of the value that do not count are not seen; a step that sees nothing at all gets the mean of all values. Steps of the query that do not
/// count are zeros, and its mask is that of the result. As in Keras, a mask of the key plays no part. The call takes both masks as values, too:
/// `Attention(query, value, mask = (a, b))`, with a number for each step, 0 for one that does not count; `None` in place of one is none.
///
/// # Errors
///
/// Fewer than two inputs, or more than three. Inputs that are not `steps × features`; a key with other steps than the value, or with other features
/// than the query.
///
/// # Example
///
/// ```
/// use nn::prelude::*;
/// nn::network! {
///     struct Mean(query: Input<1, 2>, value: Input<3, 1>, key: Input<3, 2>) -> y {
///         let y = Attention(query, value, key);
///     }
/// }
/// // All keys are alike, so every step of the value counts the same.
/// let x = MeanInput { query: [[5.0, 7.0]].into(), value: [[1.0], [2.0], [6.0]].into(), key: [[1.0, 1.0]; 3].into() };
/// assert!((Mean::zeros().infer(&x, &mut MeanWorkspace::new()).0[0][0] - 3.0).abs() < 1e-6);
/// ```
///
/// Luong, Pham, Manning: [Effective Approaches to Attention-based Neural Machine Translation](https://arxiv.org/abs/1508.04025), 2015.
#[derive(Clone, Copy, Debug)]
pub struct Attention;

/// `AdditiveAttention<…>(query, value, key)`: every step of the query looks at all steps of the value, by scores that are sums:
/// `softmax(Σ scale · tanh(q + k)) · value`.
///
/// # Arguments
///
/// | name | default | |
/// | --- | --- | --- |
/// | `use_scale` | `true` | whether each feature has a factor that is learned |
/// | `dropout` | `0` | the share of the attention that is dropped in training |
/// | `use_causal_mask` | `false` | whether a step sees no later ones; an argument of the call in Keras |
/// | `seed` | `0` | of the dropout, as in [`Dropout`](crate::layers::Dropout) |
/// | `trainable` | `true` | |
/// | `activity_regularizer` | none | a [penalty](crate::layers#regularizers-and-constraints) on what the layer computes |
///
/// # Shapes
///
/// Query `steps × features`, value `seen × width`, key `seen × features` → `steps × width`. Without a key, the value is the key too.
///
/// # Weights
///
/// `scale`, a number for each feature, with `use_scale = true`; it starts as `glorot_uniform`.
///
/// # Masks
///
/// Steps of the value that do not count are not seen; a step that sees nothing at all gets the mean of all values. Steps of the query that do not
/// count are zeros, and its mask is that of the result. As in Keras, a mask of the key plays no part. Masks as values: `mask = (a, b)`, as of
/// [`Attention`].
///
/// # Errors
///
/// Fewer than two inputs, or more than three. Inputs that are not `steps × features`; a key with other steps than the value, or with other features
/// than the query.
///
/// # Example
///
/// ```
/// use nn::prelude::*;
/// nn::network! {
///     struct Aligned(query: Input<4, 8>, value: Input<6, 8>) -> y {
///         let y = AdditiveAttention(query, value);
///     }
/// }
/// assert_eq!(Aligned::PARAMETERS, 8);
/// ```
///
/// Bahdanau, Cho, Bengio: [Neural Machine Translation by Jointly Learning to Align and Translate](https://arxiv.org/abs/1409.0473), 2014.
#[derive(Clone, Copy, Debug)]
pub struct AdditiveAttention;
