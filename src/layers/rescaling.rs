//! Constants.

/// `Rescaling<scale, …>`: `y = x · scale + offset`, element by element: pixels of 0 to 255 become numbers around 0.
///
/// Constants, not weights: nothing is saved or trained. By one number each they are computed by the step before them, as an activation is.
///
/// # Arguments
///
/// | name | default | |
/// | --- | --- | --- |
/// | `scale` (positional) | | a number, a tuple of one for each element of the last axis, or the path of a constant array of the network's element type |
/// | `offset` | `0.0` | likewise |
///
/// # Shapes
///
/// Any shape; the output has the same. It hands on masks. An input of bytes (`dtype = u8`) is one of numbers here.
///
/// # Errors
///
/// A tuple with another number of elements than the last axis; an array constant of another length, when the program is compiled. An input of ids of `u32`.
///
/// # Example
///
/// ```
/// const OFFSETS: [f32; 3] = [0.0, -1.0, 1.0];
///
/// let net = nn::network!(Input<3> => Rescaling<0.5, offset = -1.0> => Rescaling<(1.0, 10.0, 100.0), offset = OFFSETS>);
/// assert_eq!(net.infer(&[0.0, 4.0, 8.0].into(), &mut Default::default()).0, [-1.0, 9.0, 301.0]);
/// ```
///
/// # Source
///
/// Keras' layer of this name.
#[derive(Clone, Copy, Debug)]
pub struct Rescaling;

/// `Normalization<mean, variance, …>`: `y = (x − mean) / √variance`, by constants that are known when the network is written.
///
/// Not to be taken for [`BatchNormalization`](super::BatchNormalization): nothing is learned, saved or trained. Keras' `adapt`, which finds
/// mean and variance of data, is that of `nn::preprocessing::Normalization`. By one number each it is computed by the step before it, as an
/// activation is.
///
/// # Arguments
///
/// | name | default | |
/// | --- | --- | --- |
/// | `mean` (positional) | | a number, a tuple of one for each element of the axis, or the path of a constant array of the network's element type |
/// | `variance` (positional) | | likewise, from 0 on; no root is smaller than 1e-7 |
/// | `axis` | `-1` | the axis along which the constants lie, the last one of a tuple; the batch is axis 0 |
/// | `invert` | `false` | the way back: `y = mean + x · √variance` |
///
/// # Shapes
///
/// Any shape; the output has the same. It hands on masks. An input of bytes (`dtype = u8`) is one of numbers here.
///
/// # Errors
///
/// A tuple with another number of elements than the axis; an array constant of another length, when the program is compiled. A negative variance.
/// An axis that the input does not have. An input of ids of `u32`.
///
/// # Example
///
/// ```
/// let net = nn::network!(Input<2, 2> => Normalization<(1.0, 10.0), (4.0, 0.25)>);
/// let y = net.infer(&[[3.0, 10.0], [1.0, 11.0]].into(), &mut Default::default());
/// assert_eq!(y.0, [[1.0, 0.0], [0.0, 2.0]]);
/// ```
///
/// # Source
///
/// Keras' layer of this name.
#[derive(Clone, Copy, Debug)]
pub struct Normalization;
