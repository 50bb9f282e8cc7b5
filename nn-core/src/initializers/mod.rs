//! How weights start.

/// How `new` fills a weight; see Keras' initializers of the same names.
#[derive(Clone, Copy, Debug, PartialEq)]
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
    /// Uniform within ±√(6 / (fan in + fan out)).
    GlorotUniform,
    /// Truncated normal with variance 2 / (fan in + fan out).
    GlorotNormal,
    /// Uniform within ±√(6 / fan in).
    HeUniform,
    /// Truncated normal with variance 2 / fan in.
    HeNormal,
    /// Uniform within ±√(3 / fan in).
    LecunUniform,
    /// Truncated normal with variance 1 / fan in.
    LecunNormal,
    /// A random matrix of orthonormal rows or columns, times a gain.
    Orthogonal(f64),
    /// The identity matrix, times a gain.
    Identity(f64),
    /// A Rust function that fills the weight of this shape.
    Custom(fn(shape: &[usize], weight: &mut dyn FnMut(usize, f64))),
}
