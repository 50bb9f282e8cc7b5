//! How weights start.

#[cfg(feature = "alloc")]
mod fill;
#[cfg(feature = "alloc")]
mod orthogonal;
#[cfg(all(test, feature = "std"))]
mod tests;

/// How `new` fills a weight; see Keras' initializers of the same names.
///
/// Fans are Keras': a weight of shape `[…, in, out]` has the fans `in` and `out` times the product of the axes
/// before them, a weight of one axis has both fans equal to its length.
#[derive(Clone, Copy, Debug)]
pub enum Initializer {
    /// All zero.
    Zeros,
    /// All one.
    Ones,
    /// All this value.
    Constant(f64),
    /// Uniform between the two bounds.
    Uniform(f64, f64),
    /// Normal with mean and standard deviation.
    Normal(f64, f64),
    /// Normal with mean and standard deviation, redrawn beyond two standard deviations.
    TruncatedNormal(f64, f64),
    /// Uniform within ±√(6 / (fan in + fan out)): Glorot and Bengio,
    /// [Understanding the difficulty of training deep feedforward neural networks](https://proceedings.mlr.press/v9/glorot10a.html).
    GlorotUniform,
    /// Truncated normal with variance 2 / (fan in + fan out).
    GlorotNormal,
    /// Uniform within ±√(6 / fan in): He et al., [Delving Deep into Rectifiers](https://arxiv.org/abs/1502.01852).
    HeUniform,
    /// Truncated normal with variance 2 / fan in.
    HeNormal,
    /// Uniform within ±√(3 / fan in).
    LecunUniform,
    /// Truncated normal with variance 1 / fan in.
    LecunNormal,
    /// A random matrix of orthonormal rows or columns (whichever are fewer), times a gain; the matrix has the last axis as
    /// columns: Saxe et al., [Exact solutions to the nonlinear dynamics of learning](https://arxiv.org/abs/1312.6120).
    Orthogonal(f64),
    /// One on the diagonal and zero elsewhere, times a gain; the matrix has the last axis as columns.
    Identity(f64),
    /// The bias of an `LSTM` with `unit_forget_bias`: one for the forget gate, the second of four parts; another initializer
    /// fills the first part, and the last two together. Jozefowicz, Zaremba, Sutskever:
    /// [An Empirical Exploration of Recurrent Network Architectures](https://proceedings.mlr.press/v37/jozefowicz15.html).
    UnitForgetBias(&'static Initializer),
    /// Another initializer, as for a matrix of so many inputs and outputs: the kernels of attention, whose axes are heads and
    /// their elements.
    Matrix(&'static Initializer, [usize; 2]),
    /// A Rust function that fills the weight of a shape, given as one flat slice.
    Custom(Fill),
}

/// An initializer of one's own, which fills the weight of a shape: `fn(shape, rng, weight)`. The last axis varies fastest.
///
/// In a network it stands by its path: `Dense<8, kernel_initializer = crate::sparse>`. Its numbers come from `rng`, so that the same
/// seed gives the same network.
///
/// ```
/// use nn_core::initializers::Fill;
/// use rand::{Rng, RngExt};
///
/// /// One in four weights, and those between -1 and 1.
/// fn sparse(_shape: &[usize], rng: &mut dyn Rng, weight: &mut [f64]) {
///     weight.fill(0.0);
///     weight.iter_mut().step_by(4).for_each(|weight| *weight = rng.random_range(-1.0..1.0));
/// }
///
/// let (fill, mut kernel): (Fill, _) = (sparse, [9.0; 8]);
/// fill(&[2, 4], &mut nn_core::rng(1), &mut kernel);
/// assert!(kernel[0] != 0.0 && kernel[1..4] == [0.0; 3]);
/// ```
pub type Fill = fn(shape: &[usize], rng: &mut dyn rand::Rng, weight: &mut [f64]);
