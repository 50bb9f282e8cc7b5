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
/// | `output_shape` | features of the query | features of the output |
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
/// `query.kernel` `[features, num_heads, key_dim]`, `query.bias` `[num_heads, key_dim]`; `key` and `value` likewise;
/// `attention_output.kernel` `[num_heads, value_dim, output_shape]`, `attention_output.bias` `[output_shape]`.
///
/// # Masks
///
/// Steps of the value and the key that do not count are not seen. The mask of the query is that of the result.
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
