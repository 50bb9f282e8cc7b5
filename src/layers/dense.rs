/// `Dense<units, …>`: every output is a weighted sum of all inputs.
///
/// `y = activation(x · kernel + bias)`
///
/// # Arguments
///
/// | name | default | |
/// | --- | --- | --- |
/// | `units` (positional) | | number of outputs |
/// | `activation` | `linear` | any [activation](crate::layers#activations), applied to the sum |
/// | `use_bias` | `true` | whether `bias` is added |
/// | `kernel_initializer` | `glorot_uniform` | [how](crate::layers#initializers) `new` fills `kernel` |
/// | `bias_initializer` | `zeros` | [how](crate::layers#initializers) `new` fills `bias` |
/// | `kernel_regularizer`, `bias_regularizer` | none | a [penalty](crate::layers#regularizers-and-constraints) on the weight's size |
/// | `kernel_constraint`, `bias_constraint` | none | a [rule](crate::layers#regularizers-and-constraints) for the weight after each step |
/// | `trainable` | `true` | whether training changes the weights |
/// | `activity_regularizer` | none | a [penalty](crate::layers#regularizers-and-constraints) on what the layer computes |
///
/// # Shapes
///
/// `… × features` → `… × units`. It works on the last axis, as in Keras: a sequence of 10 steps with 8 features each
/// becomes one of 10 steps with `units` features, each step by the same weights. For one sum over a whole picture put
/// a [`Flatten`](super::Flatten) before it.
///
/// # Weights
///
/// `kernel`: `[[T; units]; features]`, and `bias`: `[T; units]`. Together `(features + 1) · units` numbers; one sample
/// takes as many multiply-adds as the kernel has numbers, for each of the leading positions.
///
/// # Errors
///
/// A missing `units`, or one of zero.
///
/// # Example
///
/// ```
/// use nn::Network;
///
/// nn::network! {
///     struct Sum = Input<3> => Dense<1, activation = relu>;
/// }
/// let mut net = Sum::zeros();
/// net.dense.kernel = [[1.0], [2.0], [3.0]];
/// net.dense.bias = [0.5];
/// let y = net.infer(&[1.0, 1.0, 1.0].into(), &mut SumWorkspace::new());
/// assert_eq!(y[0], 6.5);
/// ```
#[derive(Clone, Copy, Debug)]
pub struct Dense;
