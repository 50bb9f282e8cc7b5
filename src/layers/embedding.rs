//! Layers on ids, and on which steps count.

/// `Embedding<input_dim, output_dim, …>`: a row of a table for each id.
///
/// # Arguments
///
/// | name | default | |
/// | --- | --- | --- |
/// | `input_dim` (positional) | | the number of ids: they are 0 to `input_dim - 1` |
/// | `output_dim` (positional) | | elements of a row |
/// | `mask_zero` | `false` | whether the id 0 stands for nothing: steps with it do not count in the layers behind |
/// | `embeddings_…` | `uniform` | `initializer`, `regularizer`, `constraint` |
/// | `trainable` | `true` | |
/// | `activity_regularizer` | none | a [penalty](crate::layers#regularizers-and-constraints) on what the layer computes |
///
/// # Shapes
///
/// Ids of any shape, `Input<steps, dtype = u32>` or `u8` → that shape with an axis of `output_dim` behind it.
///
/// # Weights
///
/// `embeddings`: `[[T; output_dim]; input_dim]`.
///
/// # Errors
///
/// An input of floats; a size of zero. At run time an id beyond the table gives a row of zeros, and training refuses it before the first
/// step.
///
/// # Example
///
/// ```
/// use nn::prelude::*;
/// nn::network! { struct Net = Input<2, dtype = u32> => Embedding<3, 4>; }
/// let mut net = Net::zeros();
/// net.embedding.embeddings[2] = [1.0, 2.0, 3.0, 4.0];
/// let y = net.infer(&[0, 2].into(), &mut Default::default());
/// assert_eq!(y.0, [[0.0; 4], [1.0, 2.0, 3.0, 4.0]]);
/// ```
#[derive(Clone, Copy, Debug)]
pub struct Embedding;

/// `Masking<mask_value = 0.0>`: steps all of whose features are this number do not count.
///
/// # Arguments
///
/// | name | default | |
/// | --- | --- | --- |
/// | `mask_value` | `0.0` | |
///
/// # Shapes
///
/// `steps × features` → the same, with zeros in the steps that do not count.
///
/// # Weights
///
/// None.
///
/// # Errors
///
/// A vector, which has no steps; an input of ids, whose mask an [`Embedding`] makes.
///
/// # Example
///
/// ```
/// let net = nn::network!(Input<2, 1> => Masking<mask_value = -1.0> => SimpleRNN<1, return_sequences = true>);
/// let y = net.infer(&[[0.5], [-1.0]].into(), &mut Default::default());
/// assert_eq!(y[0], y[1]);
/// ```
#[derive(Clone, Copy, Debug)]
pub struct Masking;
