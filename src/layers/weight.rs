//! Weights that are no layer's.

/// `weight table: [100, 64] = normal(0.0, 0.02);`: a free weight, which is a value like any other: `x + table`, `Dot<axes = …>(x, table)`.
///
/// It is declared in the body of a graph or a block, and known from there on; each copy of a block has its own. Every sample sees the
/// same numbers. Its name is the name of its field, and its name in files: `table`, without the name of a layer before it. It starts,
/// is penalised and held as the weights of layers are, and counts as one: in summaries, files and budgets.
///
/// # Arguments
///
/// What stands in `<…>`, as in `weight<trainable = false> scale: [64] = ones;`, and behind `=`:
///
/// | name | default | |
/// | --- | --- | --- |
/// | `shape` (in brackets) | | the sizes |
/// | `initializer` | `glorot_uniform` | how it starts: what stands behind `=` |
/// | `regularizer` | | what its size costs |
/// | `constraint` | | what holds after each step |
/// | `trainable` | `true` | whether an optimizer changes it |
///
/// # Shapes
///
/// That in the brackets, of one to six axes, which may be constants. Operators repeat it as NumPy does: `x + table` of `20 × 64` and
/// `64` → `20 × 64`; the gradient is summed over what is repeated, and over the batch.
///
/// # Errors
///
/// A size of 0 or `-1`; a name that something else in the network has; a weight that nothing uses.
///
/// # Example
///
/// ```
/// use nn::prelude::*;
/// nn::network! {
///     /// A learned place for each of four steps.
///     struct Places(x: Input<4, 2>) -> y {
///         weight places: [4, 2] = normal(0.0, 0.02);
///         weight<trainable = false> scale: [2] = constant(3.0);
///         let y = (x + places) * scale;
///     }
/// }
/// let mut net = Places::new(&mut nn::rng(0));
/// net.places = [[1.0, 2.0]; 4];
/// let y = net.infer(&[[0.0; 2]; 4].into(), &mut Default::default());
/// assert_eq!(y.0, [[3.0, 6.0]; 4]);
/// assert_eq!(Places::PARAMS[0].name, "places");
/// ```
#[derive(Clone, Copy, Debug)]
pub struct Weight;
