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

/// `Exp`: `eˣ`: the same as [`Exponential`](crate::layers::Exponential).
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

/// `Sin`: the sine of an angle in radians. Off by less than 2e-7 (`f32`, up to 10⁵ either way) or 4e-16 (`f64`, up to 10⁸); further out some
/// number from −1 to 1.
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

/// `Sum<axis, keepdims>`: the sum of all elements along some axes: `Σ x`.
///
/// # Arguments
///
/// | name | default | |
/// | --- | --- | --- |
/// | `axis` (positional) | | the axis, or a tuple of them; the batch is axis 0. All of the sample, if it is left out |
/// | `keepdims` (positional) | `false` | whether the axes stay, with one element |
///
/// # Shapes
///
/// `4 × 5 × 6` with `axis = 2` → `4 × 6`, with `keepdims = true` → `4 × 1 × 6`; along all axes one number. Masks end here.
///
/// # Errors
///
/// An axis that the input does not have, one that is named twice, or axis 0, the batch.
///
/// # Example
///
/// ```
/// let net = nn::network!(Input<2, 3> => Sum<axis = -1>);
/// let y = net.infer(&[[1.0, 2.0, 3.0], [4.0, 5.0, 6.0]].into(), &mut Default::default());
/// assert!(y.0.iter().zip([6.0, 15.0]).all(|(y, want): (&f32, f32)| (y - want).abs() < 1e-6));
/// ```
#[derive(Clone, Copy, Debug)]
pub struct Sum;

/// `Mean<axis, keepdims>`: the mean along some axes: `Σ x / n`.
///
/// # Arguments
///
/// | name | default | |
/// | --- | --- | --- |
/// | `axis` (positional) | | the axis, or a tuple of them; the batch is axis 0. All of the sample, if it is left out |
/// | `keepdims` (positional) | `false` | whether the axes stay, with one element |
///
/// # Shapes
///
/// `4 × 5 × 6` with `axis = 2` → `4 × 6`, with `keepdims = true` → `4 × 1 × 6`; along all axes one number. Masks end here.
///
/// # Errors
///
/// An axis that the input does not have, one that is named twice, or axis 0, the batch.
///
/// # Example
///
/// ```
/// let net = nn::network!(Input<2, 3> => Mean<axis = -1>);
/// let y = net.infer(&[[1.0, 2.0, 3.0], [4.0, 5.0, 6.0]].into(), &mut Default::default());
/// assert!(y.0.iter().zip([2.0, 5.0]).all(|(y, want): (&f32, f32)| (y - want).abs() < 1e-6));
/// ```
#[derive(Clone, Copy, Debug)]
pub struct Mean;

/// `Max<axis, keepdims>`: the largest element along some axes. The gradient goes to it; where several are it, in equal shares, as in TensorFlow.
///
/// # Arguments
///
/// | name | default | |
/// | --- | --- | --- |
/// | `axis` (positional) | | the axis, or a tuple of them; the batch is axis 0. All of the sample, if it is left out |
/// | `keepdims` (positional) | `false` | whether the axes stay, with one element |
///
/// # Shapes
///
/// `4 × 5 × 6` with `axis = 2` → `4 × 6`, with `keepdims = true` → `4 × 1 × 6`; along all axes one number. Masks end here.
///
/// # Errors
///
/// An axis that the input does not have, one that is named twice, or axis 0, the batch.
///
/// # Example
///
/// ```
/// let net = nn::network!(Input<2, 3> => Max<axis = -1>);
/// let y = net.infer(&[[1.0, 2.0, 3.0], [4.0, 5.0, 6.0]].into(), &mut Default::default());
/// assert!(y.0.iter().zip([3.0, 6.0]).all(|(y, want): (&f32, f32)| (y - want).abs() < 1e-6));
/// ```
#[derive(Clone, Copy, Debug)]
pub struct Max;

/// `Min<axis, keepdims>`: the smallest element along some axes. The gradient goes to it; where several are it, in equal shares, as in TensorFlow.
///
/// # Arguments
///
/// | name | default | |
/// | --- | --- | --- |
/// | `axis` (positional) | | the axis, or a tuple of them; the batch is axis 0. All of the sample, if it is left out |
/// | `keepdims` (positional) | `false` | whether the axes stay, with one element |
///
/// # Shapes
///
/// `4 × 5 × 6` with `axis = 2` → `4 × 6`, with `keepdims = true` → `4 × 1 × 6`; along all axes one number. Masks end here.
///
/// # Errors
///
/// An axis that the input does not have, one that is named twice, or axis 0, the batch.
///
/// # Example
///
/// ```
/// let net = nn::network!(Input<2, 3> => Min<axis = -1>);
/// let y = net.infer(&[[1.0, 2.0, 3.0], [4.0, 5.0, 6.0]].into(), &mut Default::default());
/// assert!(y.0.iter().zip([1.0, 4.0]).all(|(y, want): (&f32, f32)| (y - want).abs() < 1e-6));
/// ```
#[derive(Clone, Copy, Debug)]
pub struct Min;

/// `Prod<axis, keepdims>`: the product of all elements along some axes.
///
/// # Arguments
///
/// | name | default | |
/// | --- | --- | --- |
/// | `axis` (positional) | | the axis, or a tuple of them; the batch is axis 0. All of the sample, if it is left out |
/// | `keepdims` (positional) | `false` | whether the axes stay, with one element |
///
/// # Shapes
///
/// `4 × 5 × 6` with `axis = 2` → `4 × 6`, with `keepdims = true` → `4 × 1 × 6`; along all axes one number. Masks end here.
///
/// # Errors
///
/// An axis that the input does not have, one that is named twice, or axis 0, the batch.
///
/// # Example
///
/// ```
/// let net = nn::network!(Input<2, 3> => Prod<axis = -1>);
/// let y = net.infer(&[[1.0, 2.0, 3.0], [4.0, 5.0, 6.0]].into(), &mut Default::default());
/// assert!(y.0.iter().zip([6.0, 120.0]).all(|(y, want): (&f32, f32)| (y - want).abs() < 1e-6));
/// ```
#[derive(Clone, Copy, Debug)]
pub struct Prod;

/// `Variance<axis, keepdims>`: the mean square of what elements are off their mean, along some axes: `Σ (x − mean)² / n`.
///
/// # Arguments
///
/// | name | default | |
/// | --- | --- | --- |
/// | `axis` (positional) | | the axis, or a tuple of them; the batch is axis 0. All of the sample, if it is left out |
/// | `keepdims` (positional) | `false` | whether the axes stay, with one element |
///
/// # Shapes
///
/// `4 × 5 × 6` with `axis = 2` → `4 × 6`, with `keepdims = true` → `4 × 1 × 6`; along all axes one number. Masks end here.
///
/// # Errors
///
/// An axis that the input does not have, one that is named twice, or axis 0, the batch.
///
/// # Example
///
/// ```
/// let net = nn::network!(Input<2, 3> => Variance<axis = -1>);
/// let y = net.infer(&[[1.0, 2.0, 3.0], [4.0, 5.0, 6.0]].into(), &mut Default::default());
/// assert!(y.0.iter().zip([0.6666667, 0.6666667]).all(|(y, want): (&f32, f32)| (y - want).abs() < 1e-6));
/// ```
#[derive(Clone, Copy, Debug)]
pub struct Variance;

/// `Norm<axis, keepdims>`: the Euclidean norm along some axes: `√(Σ x²)`. Where it is 0, so is the gradient.
///
/// # Arguments
///
/// | name | default | |
/// | --- | --- | --- |
/// | `axis` (positional) | | the axis, or a tuple of them; the batch is axis 0. All of the sample, if it is left out |
/// | `keepdims` (positional) | `false` | whether the axes stay, with one element |
///
/// # Shapes
///
/// `4 × 5 × 6` with `axis = 2` → `4 × 6`, with `keepdims = true` → `4 × 1 × 6`; along all axes one number. Masks end here.
///
/// # Errors
///
/// An axis that the input does not have, one that is named twice, or axis 0, the batch.
///
/// # Example
///
/// ```
/// let net = nn::network!(Input<2, 3> => Norm<axis = -1>);
/// let y = net.infer(&[[1.0, 2.0, 3.0], [4.0, 5.0, 6.0]].into(), &mut Default::default());
/// assert!(y.0.iter().zip([14.0_f32.sqrt(), 77.0_f32.sqrt()]).all(|(y, want): (&f32, f32)| (y - want).abs() < 1e-6));
/// ```
#[derive(Clone, Copy, Debug)]
pub struct Norm;

/// `ArgMax<axis, keepdims>`: the place of the largest element along an axis, counted from 0, as a number; the first of several. Nothing
/// before it learns by way of it.
///
/// # Arguments
///
/// | name | default | |
/// | --- | --- | --- |
/// | `axis` (positional) | | the axis; the batch is axis 0. The place in all of the sample, if it is left out |
/// | `keepdims` (positional) | `false` | whether the axis stays, with one element |
///
/// # Shapes
///
/// `4 × 5` with `axis = 2` → `4`. Masks end here.
///
/// # Errors
///
/// Several axes; an axis that the input does not have, or axis 0, the batch.
///
/// # Example
///
/// ```
/// let net = nn::network!(Input<2, 3> => ArgMax<axis = 2>);
/// let y = net.infer(&[[1.0, 3.0, 2.0], [6.0, 5.0, 6.0]].into(), &mut Default::default());
/// assert_eq!(y.0, [1.0, 0.0]);
/// ```
#[derive(Clone, Copy, Debug)]
pub struct ArgMax;

/// `CumSum<axis>`: each element becomes the sum of all up to it along an axis.
///
/// # Arguments
///
/// - `axis`: the axis; the batch is axis 0.
///
/// # Shapes
///
/// Any shape; the output has the same. Masks end here.
///
/// # Errors
///
/// An axis that the input does not have, or axis 0, the batch.
///
/// # Example
///
/// ```
/// let net = nn::network!(Input<4> => CumSum<1>);
/// assert_eq!(net.infer(&[1.0, 2.0, 3.0, 4.0].into(), &mut Default::default()).0, [1.0, 3.0, 6.0, 10.0]);
/// ```
#[derive(Clone, Copy, Debug)]
pub struct CumSum;

/// `Matmul(a, b)`: matrix products along the last two axes, as NumPy's `matmul` has them without the batch.
///
/// The axes before are repeated until they are alike. A vector on the left is a row, one on the right a column. `b` may be a
/// [`Weight`](crate::layers::Weight), which is the same for every sample.
///
/// # Shapes
///
/// `4 × 3` and `3 × 5` → `4 × 5`; `3` and `3 × 5` → `5`; `8 × 4 × 3` and `3 × 5` → `8 × 4 × 5`. Of two vectors there is one number.
/// Masks end here.
///
/// # Errors
///
/// One value alone, or more than two; a last axis of `a` that is not as large as the one before the last of `b`; axes before that do not
/// meet.
///
/// # Example
///
/// ```
/// use nn::prelude::*;
/// nn::network! {
///     struct Net(x: Input<2, 3>) -> y {
///         weight table: [3, 2] = ones;
///         let y = Matmul(x, table);
///     }
/// }
/// let net = Net::new(&mut nn::rng(0));
/// let y = net.infer(&[[1.0, 2.0, 3.0], [4.0, 5.0, 6.0]].into(), &mut Default::default());
/// assert_eq!(y.0, [[6.0, 6.0], [15.0, 15.0]]);
/// ```
#[derive(Clone, Copy, Debug)]
pub struct Matmul;

/// `Split<indices_or_sections, axis>`: parts of one size along an axis, each a result: `let (a, b) = x => Split<2>;`.
///
/// Parts of other sizes are slices ([`GetItem`](crate::layers::GetItem)): `x[.., ..2]`, `x[.., 2..]`.
///
/// # Arguments
///
/// | name | default | |
/// | --- | --- | --- |
/// | `indices_or_sections` (positional) | | how many parts, at most 64 |
/// | `axis` (positional) | `-1` | the axis; the batch is axis 0 |
///
/// # Shapes
///
/// `4 × 6` with 3 parts → three times `4 × 2`. Masks end here.
///
/// # Errors
///
/// An axis that does not divide by the number of parts; as many names as parts are needed in the `let`.
///
/// # Example
///
/// ```
/// use nn::prelude::*;
/// nn::network! {
///     struct Net(x: Input<4>) -> y {
///         let (a, b) = x => Split<2>;
///         let y = a * b;
///     }
/// }
/// let y = Net::new(&mut nn::rng(0)).infer(&[1.0, 2.0, 3.0, 4.0].into(), &mut Default::default());
/// assert_eq!(y.0, [3.0, 8.0]);
/// ```
#[derive(Clone, Copy, Debug)]
pub struct Split;

/// `Stack<axis>(a, b, …)`: values of one shape beside each other along a new axis.
///
/// # Arguments
///
/// | name | default | |
/// | --- | --- | --- |
/// | `axis` (positional) | `-1` | the new axis of the output; the batch is axis 0 |
///
/// # Shapes
///
/// Three values of `4 × 5` → `4 × 5 × 3`; with `axis = 1` → `3 × 4 × 5`. Masks end here.
///
/// # Errors
///
/// One value alone; values of several shapes; an output of more than six axes.
///
/// # Example
///
/// ```
/// use nn::prelude::*;
/// nn::network! {
///     struct Net(a: Input<2>, b: Input<2>) -> y {
///         let y = Stack<axis = 1>(a, b);
///     }
/// }
/// let x = NetInput { a: [1.0, 3.0].into(), b: [2.0, 0.0].into() };
/// assert_eq!(Net::new(&mut nn::rng(0)).infer(&x, &mut Default::default()).0, [[1.0, 3.0], [2.0, 0.0]]);
/// ```
#[derive(Clone, Copy, Debug)]
pub struct Stack;

/// `Pad<pad_width, …>`: more elements before and behind each axis. For zeros around steps and images there is
/// [`ZeroPadding2D`](crate::layers::ZeroPadding2D) and its like, which convolutions take in.
///
/// # Arguments
///
/// | name | default | |
/// | --- | --- | --- |
/// | `pad_width` (positional) | | how many, as NumPy reads it: one number for all ends; `(before, behind)` for all axes; or a pair for each axis, without the batch: `((1, 0), (2, 3))` |
/// | `mode` | `constant` | which numbers: `constant`; `reflect`, the input mirrored at its last element; `symmetric`, mirrored at its end; `edge`, the last element |
/// | `constant_values` | `0.0` | the number of `constant` |
///
/// # Shapes
///
/// `4 × 5` with `((1, 0), (2, 3))` → `5 × 10`. Masks end here.
///
/// # Errors
///
/// A pair for each of another number of axes; more elements to mirror than there are.
///
/// # Example
///
/// ```
/// let net = nn::network!(Input<3> => Pad<(2, 1), mode = reflect>);
/// assert_eq!(net.infer(&[1.0, 2.0, 3.0].into(), &mut Default::default()).0, [3.0, 2.0, 1.0, 2.0, 3.0, 2.0]);
/// ```
#[derive(Clone, Copy, Debug)]
pub struct Pad;

/// A number where a value goes in: `Maximum(x, 0.5)`, `Where(c, x, -1.0)`. It has one element, and is repeated as such a value is; nothing
/// is learned.
///
/// Beside an operator a number is part of it: `x * 0.5` is a [`Rescaling`](crate::layers::Rescaling).
///
/// # Arguments
///
/// - `value`: the number.
///
/// # Example
///
/// ```
/// use nn::prelude::*;
/// nn::network! {
///     struct Net(x: Input<3>) -> y {
///         let y = Maximum(x, 0.5);
///     }
/// }
/// let y = Net::new(&mut nn::rng(0)).infer(&[-1.0, 0.75, 2.0].into(), &mut Default::default());
/// assert_eq!(y.0, [0.5, 0.75, 2.0]);
/// ```
#[derive(Clone, Copy, Debug)]
pub struct Constant;

/// `Greater(a, b)`: 1 where `a` is above `b`, else 0, element by element. What is not a number is neither above, below nor equal to anything.
/// Nothing before it learns by way of it.
///
/// # Shapes
///
/// Values of one shape → that shape; axes of size 1 and missing axes are repeated, as in [`Add`](crate::layers::Add).
///
/// # Errors
///
/// Another number of values than two; values of ids; shapes that do not meet.
///
/// # Example
///
/// ```
/// use nn::prelude::*;
/// nn::network! {
///     struct Net(x: Input<3>) -> y {
///         let y = Greater(x, 0.5);
///     }
/// }
/// let y = Net::new(&mut nn::rng(0)).infer(&[-1.0, 0.5, 2.0].into(), &mut Default::default());
/// assert_eq!(y.0, [0.0, 0.0, 1.0]);
/// ```
#[derive(Clone, Copy, Debug)]
pub struct Greater;

/// `GreaterEqual(a, b)`: 1 where `a` is not below `b`, else 0, element by element. What is not a number is neither above, below nor equal to anything.
/// Nothing before it learns by way of it.
///
/// # Shapes
///
/// Values of one shape → that shape; axes of size 1 and missing axes are repeated, as in [`Add`](crate::layers::Add).
///
/// # Errors
///
/// Another number of values than two; values of ids; shapes that do not meet.
///
/// # Example
///
/// ```
/// use nn::prelude::*;
/// nn::network! {
///     struct Net(x: Input<3>) -> y {
///         let y = GreaterEqual(x, 0.5);
///     }
/// }
/// let y = Net::new(&mut nn::rng(0)).infer(&[-1.0, 0.5, 2.0].into(), &mut Default::default());
/// assert_eq!(y.0, [0.0, 1.0, 1.0]);
/// ```
#[derive(Clone, Copy, Debug)]
pub struct GreaterEqual;

/// `Less(a, b)`: 1 where `a` is below `b`, else 0, element by element. What is not a number is neither above, below nor equal to anything.
/// Nothing before it learns by way of it.
///
/// # Shapes
///
/// Values of one shape → that shape; axes of size 1 and missing axes are repeated, as in [`Add`](crate::layers::Add).
///
/// # Errors
///
/// Another number of values than two; values of ids; shapes that do not meet.
///
/// # Example
///
/// ```
/// use nn::prelude::*;
/// nn::network! {
///     struct Net(x: Input<3>) -> y {
///         let y = Less(x, 0.5);
///     }
/// }
/// let y = Net::new(&mut nn::rng(0)).infer(&[-1.0, 0.5, 2.0].into(), &mut Default::default());
/// assert_eq!(y.0, [1.0, 0.0, 0.0]);
/// ```
#[derive(Clone, Copy, Debug)]
pub struct Less;

/// `LessEqual(a, b)`: 1 where `a` is not above `b`, else 0, element by element. What is not a number is neither above, below nor equal to anything.
/// Nothing before it learns by way of it.
///
/// # Shapes
///
/// Values of one shape → that shape; axes of size 1 and missing axes are repeated, as in [`Add`](crate::layers::Add).
///
/// # Errors
///
/// Another number of values than two; values of ids; shapes that do not meet.
///
/// # Example
///
/// ```
/// use nn::prelude::*;
/// nn::network! {
///     struct Net(x: Input<3>) -> y {
///         let y = LessEqual(x, 0.5);
///     }
/// }
/// let y = Net::new(&mut nn::rng(0)).infer(&[-1.0, 0.5, 2.0].into(), &mut Default::default());
/// assert_eq!(y.0, [1.0, 1.0, 0.0]);
/// ```
#[derive(Clone, Copy, Debug)]
pub struct LessEqual;

/// `Equal(a, b)`: 1 where `a` is equal to `b`, else 0, element by element. What is not a number is neither above, below nor equal to anything.
/// Nothing before it learns by way of it.
///
/// # Shapes
///
/// Values of one shape → that shape; axes of size 1 and missing axes are repeated, as in [`Add`](crate::layers::Add).
///
/// # Errors
///
/// Another number of values than two; values of ids; shapes that do not meet.
///
/// # Example
///
/// ```
/// use nn::prelude::*;
/// nn::network! {
///     struct Net(x: Input<3>) -> y {
///         let y = Equal(x, 0.5);
///     }
/// }
/// let y = Net::new(&mut nn::rng(0)).infer(&[-1.0, 0.5, 2.0].into(), &mut Default::default());
/// assert_eq!(y.0, [0.0, 1.0, 0.0]);
/// ```
#[derive(Clone, Copy, Debug)]
pub struct Equal;

/// `NotEqual(a, b)`: 1 where `a` is not equal to `b`, else 0, element by element. What is not a number is neither above, below nor equal to anything.
/// Nothing before it learns by way of it.
///
/// # Shapes
///
/// Values of one shape → that shape; axes of size 1 and missing axes are repeated, as in [`Add`](crate::layers::Add).
///
/// # Errors
///
/// Another number of values than two; values of ids; shapes that do not meet.
///
/// # Example
///
/// ```
/// use nn::prelude::*;
/// nn::network! {
///     struct Net(x: Input<3>) -> y {
///         let y = NotEqual(x, 0.5);
///     }
/// }
/// let y = Net::new(&mut nn::rng(0)).infer(&[-1.0, 0.5, 2.0].into(), &mut Default::default());
/// assert_eq!(y.0, [1.0, 0.0, 1.0]);
/// ```
#[derive(Clone, Copy, Debug)]
pub struct NotEqual;

/// `Where(c, a, b)`: `a` where `c` is not 0, else `b`, element by element. `c` is a comparison as a rule, or a product of some.
///
/// # Shapes
///
/// Values of one shape → that shape; axes of size 1 and missing axes are repeated, as in [`Add`](crate::layers::Add).
///
/// # Errors
///
/// Another number of values than three; values of ids; shapes that do not meet.
///
/// # Example
///
/// ```
/// use nn::prelude::*;
/// nn::network! {
///     struct Net(x: Input<3>) -> y {
///         let y = Where(Greater(x, 0.0), x, x * 0.1);
///     }
/// }
/// let y = Net::new(&mut nn::rng(0)).infer(&[-1.0, 0.5, 2.0].into(), &mut Default::default());
/// assert_eq!(y.0, [-0.1, 0.5, 2.0]);
/// ```
#[derive(Clone, Copy, Debug)]
pub struct Where;

/// `Take<axis>(x, ids)`: the rows of a value along an axis that ids name, sample by sample. `x` may be a
/// [`Weight`](crate::layers::Weight); with `axis = 1` of a table it is then an [`Embedding`](crate::layers::Embedding).
///
/// # Arguments
///
/// - `axis`: the axis of the rows; the batch is axis 0.
///
/// # Shapes
///
/// `9 × 4` and `5` ids with `axis = 1` → `5 × 4`; with `axis = 2` (ids below 4) → `9 × 5`. Masks end here.
///
/// # Errors
///
/// A second value that holds no ids; an axis that `x` does not have, or axis 0, the batch. Training refuses ids that name no row; at
/// inference their row is zeros.
///
/// # Example
///
/// ```
/// use nn::prelude::*;
/// nn::network! {
///     struct Net(x: Input<3, 2>, ids: Input<2, dtype = u32>) -> y {
///         let y = Take<axis = 1>(x, ids);
///     }
/// }
/// let x = NetInput { x: [[1.0, 2.0], [3.0, 4.0], [5.0, 6.0]].into(), ids: [2, 0].into() };
/// assert_eq!(Net::new(&mut nn::rng(0)).infer(&x, &mut Default::default()).0, [[5.0, 6.0], [1.0, 2.0]]);
/// ```
#[derive(Clone, Copy, Debug)]
pub struct Take;

/// `OneHot<num_classes>`: for each id a row of zeros with a 1 at its place; all zeros for an id that has none.
///
/// Numbers will do as well, as [`ArgMax`] gives them; those that are no place have a row of zeros. Nothing before it learns by way of it.
///
/// # Arguments
///
/// - `num_classes`: the elements of a row.
///
/// # Shapes
///
/// `5` → `5 × num_classes`. Masks end here.
///
/// # Errors
///
/// An output of more than six axes.
///
/// # Example
///
/// ```
/// let net = nn::network!(Input<2, dtype = u32> => OneHot<3>);
/// assert_eq!(net.infer(&[2, 0].into(), &mut Default::default()).0, [[0.0, 0.0, 1.0], [1.0, 0.0, 0.0]]);
/// ```
#[derive(Clone, Copy, Debug)]
pub struct OneHot;

/// `Cast<dtype>`: ids and bytes as numbers of the network's own type. Numbers stay what they are.
///
/// # Arguments
///
/// - `dtype`: `float`, or one of the names `f32`, `f64`, `float32`, `float64`; a network has one type of numbers, that of `#[dtype]`.
///
/// # Shapes
///
/// Any shape; the output has the same. Masks end here.
///
/// # Example
///
/// ```
/// let net = nn::network!(Input<3, dtype = u8> => Cast<float> => Rescaling<0.0078125, offset = -1.0>);
/// assert_eq!(net.infer(&[0, 64, 128].into(), &mut Default::default()).0, [-1.0, -0.5, 0.0]);
/// ```
#[derive(Clone, Copy, Debug)]
pub struct Cast;

/// `state h: [128];`: what the call before has left, zeros at first. `h = …;` says what the next one finds.
///
/// A network with a state has `infer_stateful`, which goes on where the state was left, and a type for it, `NetState`, with `reset`. `infer`
/// starts from zeros. A state may be changed as often as one likes within the network; its last value is what is carried. It is always
/// finite: what is not becomes 0. In training each sample starts from zeros, and no gradient goes from one call to another.
///
/// # Arguments
///
/// - `shape`: of the value, in brackets behind its name.
///
/// # Example
///
/// ```
/// use nn::prelude::*;
/// nn::network! {
///     /// The sum of all samples so far.
///     struct Sum(x: Input<2>) -> y {
///         state sum: [2];
///         sum = sum + x;
///         let y = sum * 1.0;
///     }
/// }
/// let (net, mut workspace) = (Sum::new(&mut nn::rng(0)), SumWorkspace::new());
/// let mut state = SumState::new();
/// net.infer_stateful(&[1.0, 2.0].into(), &mut state, &mut workspace);
/// let y = net.infer_stateful(&[1.0, 2.0].into(), &mut state, &mut workspace);
/// assert_eq!(y.0, [2.0, 4.0]);
/// state.reset();
/// assert_eq!(net.infer_stateful(&[1.0, 2.0].into(), &mut state, &mut workspace).0, [1.0, 2.0]);
/// ```
#[derive(Clone, Copy, Debug)]
pub struct State;

/// What the compiler writes for `h = …;` of a [`State`]: the value that goes on, what is left, and what was found.
#[derive(Clone, Copy, Debug)]
pub struct Carry;
