//! Operations of `keras.ops` that are no layers there.

/// `Abs`: `|x|`: the absolute value. The derivative at 0 is 0, as in Keras.
///
/// Element by element; the output has the shape and the mask of the input.
///
/// ```
/// let net = nn::network!(Input<2> => Abs);
/// let y = net.infer(&[-1.5, 2.0].into(), &mut Default::default());
/// assert_eq!(y.0, [1.5, 2.0]);
/// ```
#[derive(Clone, Copy, Debug)]
pub struct Abs;

/// `Exp`: `eˣ`: the same as [`Exponential`].
///
/// Element by element; the output has the shape and the mask of the input.
///
/// ```
/// let net = nn::network!(Input<2> => Exp);
/// let y = net.infer(&[0.0, 1.0].into(), &mut Default::default());
/// assert!(y[0] == 1.0 && (y[1] - 2.7182817).abs() < 1e-6);
/// ```
#[derive(Clone, Copy, Debug)]
pub struct Exp;

/// `Log`: `ln x`: the natural logarithm: −∞ of 0, not a number below.
///
/// Element by element; the output has the shape and the mask of the input.
///
/// ```
/// let net = nn::network!(Input<2> => Log);
/// let y = net.infer(&[1.0, 2.0].into(), &mut Default::default());
/// assert!(y[0] == 0.0 && (y[1] - 0.6931472).abs() < 1e-6);
/// ```
#[derive(Clone, Copy, Debug)]
pub struct Log;

/// `Sqrt`: `√x`: not a number below 0.
///
/// Element by element; the output has the shape and the mask of the input.
///
/// ```
/// let net = nn::network!(Input<2> => Sqrt);
/// let y = net.infer(&[4.0, 0.25].into(), &mut Default::default());
/// assert_eq!(y.0, [2.0, 0.5]);
/// ```
#[derive(Clone, Copy, Debug)]
pub struct Sqrt;

/// `Rsqrt`: `1 / √x`: infinite at 0, not a number below.
///
/// Element by element; the output has the shape and the mask of the input.
///
/// ```
/// let net = nn::network!(Input<2> => Rsqrt);
/// let y = net.infer(&[4.0, 0.25].into(), &mut Default::default());
/// assert_eq!(y.0, [0.5, 2.0]);
/// ```
#[derive(Clone, Copy, Debug)]
pub struct Rsqrt;

/// `Square`: `x²`.
///
/// Element by element; the output has the shape and the mask of the input.
///
/// ```
/// let net = nn::network!(Input<2> => Square);
/// let y = net.infer(&[-3.0, 0.5].into(), &mut Default::default());
/// assert_eq!(y.0, [9.0, 0.25]);
/// ```
#[derive(Clone, Copy, Debug)]
pub struct Square;

/// `Reciprocal`: `1 / x`; `2.0 / x` in a graph is twice that.
///
/// Element by element; the output has the shape and the mask of the input.
///
/// ```
/// let net = nn::network!(Input<2> => Reciprocal);
/// let y = net.infer(&[4.0, -0.5].into(), &mut Default::default());
/// assert_eq!(y.0, [0.25, -2.0]);
/// ```
#[derive(Clone, Copy, Debug)]
pub struct Reciprocal;

/// `Sign`: −1 below 0, 1 above, and 0 at 0. The derivative is 0: nothing before it learns by way of it.
///
/// Element by element; the output has the shape and the mask of the input.
///
/// ```
/// let net = nn::network!(Input<2> => Sign);
/// let y = net.infer(&[-3.0, 0.0].into(), &mut Default::default());
/// assert_eq!(y.0, [-1.0, 0.0]);
/// ```
#[derive(Clone, Copy, Debug)]
pub struct Sign;

/// `Floor`: the largest whole number that is not above `x`. The derivative is 0.
///
/// Element by element; the output has the shape and the mask of the input.
///
/// ```
/// let net = nn::network!(Input<2> => Floor);
/// let y = net.infer(&[-1.5, 2.5].into(), &mut Default::default());
/// assert_eq!(y.0, [-2.0, 2.0]);
/// ```
#[derive(Clone, Copy, Debug)]
pub struct Floor;

/// `Ceil`: the smallest whole number that is not below `x`. The derivative is 0.
///
/// Element by element; the output has the shape and the mask of the input.
///
/// ```
/// let net = nn::network!(Input<2> => Ceil);
/// let y = net.infer(&[-1.5, 2.5].into(), &mut Default::default());
/// assert_eq!(y.0, [-1.0, 3.0]);
/// ```
#[derive(Clone, Copy, Debug)]
pub struct Ceil;

/// `Round`: the nearest whole number, of two the even one. The derivative is 0.
///
/// Element by element; the output has the shape and the mask of the input.
///
/// ```
/// let net = nn::network!(Input<2> => Round);
/// let y = net.infer(&[-1.5, 2.5].into(), &mut Default::default());
/// assert_eq!(y.0, [-2.0, 2.0]);
/// ```
#[derive(Clone, Copy, Debug)]
pub struct Round;

/// `Sin`: the sine of an angle in radians. Exact to the last places up to 10⁵ (`f32`) or 10⁸ (`f64`) either way; further out some number
/// from −1 to 1.
///
/// Element by element; the output has the shape and the mask of the input.
///
/// ```
/// let net = nn::network!(Input<2> => Sin);
/// let y = net.infer(&[0.0, 1.5707964].into(), &mut Default::default());
/// assert_eq!(y.0, [0.0, 1.0]);
/// ```
#[derive(Clone, Copy, Debug)]
pub struct Sin;

/// `Cos`: the cosine of an angle in radians, as exact as [`Sin`].
///
/// Element by element; the output has the shape and the mask of the input.
///
/// ```
/// let net = nn::network!(Input<2> => Cos);
/// let y = net.infer(&[0.0, 3.1415927].into(), &mut Default::default());
/// assert_eq!(y.0, [1.0, -1.0]);
/// ```
#[derive(Clone, Copy, Debug)]
pub struct Cos;

/// `Erf`: the error function: `2/√π · ∫₀ˣ exp(−t²) dt`.
///
/// Element by element; the output has the shape and the mask of the input.
///
/// ```
/// let net = nn::network!(Input<2> => Erf);
/// let y = net.infer(&[0.0, 1.0].into(), &mut Default::default());
/// assert!(y[0] == 0.0 && (y[1] - 0.8427008).abs() < 1e-6);
/// ```
#[derive(Clone, Copy, Debug)]
pub struct Erf;

/// `Clip<x_min, x_max>`: `x`, but not below `x_min` and not above `x_max`. Outside of the two the derivative is 0.
///
/// # Arguments
///
/// - `x_min`: the least result.
/// - `x_max`: the largest result.
///
/// # Shapes
///
/// Any shape; the output has the same.
///
/// # Errors
///
/// `x_min` above `x_max`.
///
/// # Example
///
/// ```
/// let net = nn::network!(Input<3> => Clip<-1.0, 1.0>);
/// let y = net.infer(&[-7.0, 0.5, 7.0].into(), &mut Default::default());
/// assert_eq!(y.0, [-1.0, 0.5, 1.0]);
/// ```
#[derive(Clone, Copy, Debug)]
pub struct Clip;

/// `Power<exponent>`: `xᵖ`. For numbers below 0 it is a number where the exponent is a whole one of up to 64 either way.
///
/// # Arguments
///
/// - `exponent`: the power.
///
/// # Shapes
///
/// Any shape; the output has the same.
///
/// # Example
///
/// ```
/// let net = nn::network!(Input<2> => Power<3>);
/// let y = net.infer(&[-2.0, 0.5].into(), &mut Default::default());
/// assert_eq!(y.0, [-8.0, 0.125]);
/// ```
#[derive(Clone, Copy, Debug)]
pub struct Power;
