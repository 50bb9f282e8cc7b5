//! Layers of several inputs.

/// `Add(a, b, …)`: the sum of several values, element by element: `a₀ + a₁ + …`.
///
/// `a + b` is the same.
///
/// # Shapes
///
/// Values of one shape → that shape. Shapes line up at the last axis; an axis of size 1, or one that is missing, is repeated to the
/// size of the others: `3 × 4` and `1 × 4` → `3 × 4`.
///
/// # Masks
///
/// The result has a mask if all values have one: a step counts where it counts in any of them, as in Keras.
///
/// # Errors
///
/// One value alone; values of ids; shapes that do not meet.
///
/// # Example
///
/// ```
/// use nn::prelude::*;
/// nn::network! {
///     struct Net(a: Input<2>, b: Input<2>) -> y {
///         let y = Add(a, b);
///     }
/// }
/// let x = NetInput { a: [1.0, 3.0].into(), b: [2.0, 0.0].into() };
/// assert_eq!(Net::new(&mut nn::rng(0)).infer(&x, &mut Default::default()).0, [3.0, 3.0]);
/// ```
#[derive(Clone, Copy, Debug)]
pub struct Add;

/// `Subtract(a, b)`: the first without the second of several values, element by element: `a − b`.
///
/// `a - b` is the same.
///
/// # Shapes
///
/// Values of one shape → that shape. Shapes line up at the last axis; an axis of size 1, or one that is missing, is repeated to the
/// size of the others: `3 × 4` and `1 × 4` → `3 × 4`.
///
/// # Masks
///
/// The result has a mask if all values have one: a step counts where it counts in any of them, as in Keras.
///
/// # Errors
///
/// One value alone, or more than two; values of ids; shapes that do not meet.
///
/// # Example
///
/// ```
/// use nn::prelude::*;
/// nn::network! {
///     struct Net(a: Input<2>, b: Input<2>) -> y {
///         let y = Subtract(a, b);
///     }
/// }
/// let x = NetInput { a: [1.0, 3.0].into(), b: [2.0, 0.0].into() };
/// assert_eq!(Net::new(&mut nn::rng(0)).infer(&x, &mut Default::default()).0, [-1.0, 3.0]);
/// ```
#[derive(Clone, Copy, Debug)]
pub struct Subtract;

/// `Multiply(a, b, …)`: the product of several values, element by element: `a₀ · a₁ · …`.
///
/// `a * b` is the same.
///
/// # Shapes
///
/// Values of one shape → that shape. Shapes line up at the last axis; an axis of size 1, or one that is missing, is repeated to the
/// size of the others: `3 × 4` and `1 × 4` → `3 × 4`.
///
/// # Masks
///
/// The result has a mask if all values have one: a step counts where it counts in any of them, as in Keras. Steps that do not count are left out.
///
/// # Errors
///
/// One value alone; values of ids; shapes that do not meet.
///
/// # Example
///
/// ```
/// use nn::prelude::*;
/// nn::network! {
///     struct Net(a: Input<2>, b: Input<2>) -> y {
///         let y = Multiply(a, b);
///     }
/// }
/// let x = NetInput { a: [1.0, 3.0].into(), b: [2.0, 0.0].into() };
/// assert_eq!(Net::new(&mut nn::rng(0)).infer(&x, &mut Default::default()).0, [2.0, 0.0]);
/// ```
#[derive(Clone, Copy, Debug)]
pub struct Multiply;

/// `Divide(a, b)`: the first of two values divided by the second, element by element: `a / b`.
///
/// `a / b` is the same.
///
/// # Shapes
///
/// Values of one shape → that shape. Shapes line up at the last axis; an axis of size 1, or one that is missing, is repeated to the
/// size of the others: `3 × 4` and `1 × 4` → `3 × 4`.
///
/// # Masks
///
/// The result has a mask if all values have one: a step counts where it counts in any of them.
///
/// # Errors
///
/// One value alone, or more than two; values of ids; shapes that do not meet.
///
/// # Example
///
/// ```
/// use nn::prelude::*;
/// nn::network! {
///     struct Net(a: Input<2>, b: Input<2>) -> y {
///         let y = Divide(a, b);
///     }
/// }
/// let x = NetInput { a: [1.0, 3.0].into(), b: [2.0, -0.5].into() };
/// assert_eq!(Net::new(&mut nn::rng(0)).infer(&x, &mut Default::default()).0, [0.5, -6.0]);
/// ```
#[derive(Clone, Copy, Debug)]
pub struct Divide;

/// `Average(a, b, …)`: the mean of several values, element by element: `(a₀ + a₁ + …) / n`.
///
/// # Shapes
///
/// Values of one shape → that shape. Shapes line up at the last axis; an axis of size 1, or one that is missing, is repeated to the
/// size of the others: `3 × 4` and `1 × 4` → `3 × 4`.
///
/// # Masks
///
/// The result has a mask if all values have one: a step counts where it counts in any of them, as in Keras.
///
/// # Errors
///
/// One value alone; values of ids; shapes that do not meet.
///
/// # Example
///
/// ```
/// use nn::prelude::*;
/// nn::network! {
///     struct Net(a: Input<2>, b: Input<2>) -> y {
///         let y = Average(a, b);
///     }
/// }
/// let x = NetInput { a: [1.0, 3.0].into(), b: [2.0, 0.0].into() };
/// assert_eq!(Net::new(&mut nn::rng(0)).infer(&x, &mut Default::default()).0, [1.5, 1.5]);
/// ```
#[derive(Clone, Copy, Debug)]
pub struct Average;

/// `Maximum(a, b, …)`: the largest of several values, element by element: `max(a₀, a₁, …)`.
///
/// # Shapes
///
/// Values of one shape → that shape. Shapes line up at the last axis; an axis of size 1, or one that is missing, is repeated to the
/// size of the others: `3 × 4` and `1 × 4` → `3 × 4`.
///
/// # Masks
///
/// The result has a mask if all values have one: a step counts where it counts in any of them, as in Keras. Steps that do not count are left out.
///
/// # Errors
///
/// One value alone; values of ids; shapes that do not meet.
///
/// # Example
///
/// ```
/// use nn::prelude::*;
/// nn::network! {
///     struct Net(a: Input<2>, b: Input<2>) -> y {
///         let y = Maximum(a, b);
///     }
/// }
/// let x = NetInput { a: [1.0, 3.0].into(), b: [2.0, 0.0].into() };
/// assert_eq!(Net::new(&mut nn::rng(0)).infer(&x, &mut Default::default()).0, [2.0, 3.0]);
/// ```
#[derive(Clone, Copy, Debug)]
pub struct Maximum;

/// `Minimum(a, b, …)`: the smallest of several values, element by element: `min(a₀, a₁, …)`.
///
/// # Shapes
///
/// Values of one shape → that shape. Shapes line up at the last axis; an axis of size 1, or one that is missing, is repeated to the
/// size of the others: `3 × 4` and `1 × 4` → `3 × 4`.
///
/// # Masks
///
/// The result has a mask if all values have one: a step counts where it counts in any of them, as in Keras. Steps that do not count are left out.
///
/// # Errors
///
/// One value alone; values of ids; shapes that do not meet.
///
/// # Example
///
/// ```
/// use nn::prelude::*;
/// nn::network! {
///     struct Net(a: Input<2>, b: Input<2>) -> y {
///         let y = Minimum(a, b);
///     }
/// }
/// let x = NetInput { a: [1.0, 3.0].into(), b: [2.0, 0.0].into() };
/// assert_eq!(Net::new(&mut nn::rng(0)).infer(&x, &mut Default::default()).0, [1.0, 0.0]);
/// ```
#[derive(Clone, Copy, Debug)]
pub struct Minimum;

/// `Concatenate<axis = -1>(a, b, …)`: values behind each other along one axis.
///
/// # Arguments
///
/// | name | default | |
/// | --- | --- | --- |
/// | `axis` | `-1` | the axis along which they are joined; the batch is axis 0, `-1` is the last axis |
///
/// # Shapes
///
/// Values that differ in that axis only → the same shape with the sum of their sizes there. Where nothing but the batch stands before the
/// axis, the layers before write straight into their places, and the layer itself does nothing.
///
/// # Masks
///
/// The result has a mask if any value has one. Along the steps masks are joined too, where a value without one counts
/// everywhere; along the features a step counts where it counts in any of the values.
///
/// # Errors
///
/// One value alone; values of ids; shapes that differ in another axis.
///
/// # Example
///
/// ```
/// use nn::prelude::*;
/// nn::network! {
///     struct Net(a: Input<2>, b: Input<1>) -> y {
///         let y = Concatenate(a, b);
///     }
/// }
/// let x = NetInput { a: [1.0, 3.0].into(), b: [2.0].into() };
/// assert_eq!(Net::new(&mut nn::rng(0)).infer(&x, &mut Default::default()).0, [1.0, 3.0, 2.0]);
/// ```
#[derive(Clone, Copy, Debug)]
pub struct Concatenate;

/// `Dot<axes, normalize = false>(a, b)`: the sum of products along one axis of each of two values.
///
/// `y[rest of a, rest of b] = Σᵢ a[…, i, …] · b[…, i, …]`, where the rest is all axes but the one that is summed over. Of two
/// matrices this is the matrix product, of one or both of them transposed or not.
///
/// # Arguments
///
/// | name | default | |
/// | --- | --- | --- |
/// | `axes` (positional) | | the axis of both values, or a pair, one for each; the batch is axis 0, `-1` is the last axis |
/// | `normalize` | `false` | divide both by their norms along the axes first: `y` is the cosine of the angle between them |
///
/// As in Keras, no norm counts as less than 1e-7.
///
/// # Shapes
///
/// What is left of the first shape, then what is left of the second: `3 × 4` and `4 × 5` with `axes = (2, 1)` → `3 × 5`. Two
/// vectors → one number.
///
/// # Masks
///
/// The result has none, as in Keras.
///
/// # Errors
///
/// Another number of values than two; values of ids; an axis that a value does not have; axes of different sizes; an output of more
/// than six axes.
///
/// # Example
///
/// ```
/// use nn::prelude::*;
/// nn::network! {
///     struct Similarity(a: Input<2>, b: Input<2>) -> y {
///         let y = Dot<axes = 1, normalize = true>(a, b);
///     }
/// }
/// let x = SimilarityInput { a: [3.0, 4.0].into(), b: [4.0, 3.0].into() };
/// let y = Similarity::new(&mut nn::rng(0)).infer(&x, &mut Default::default());
/// assert!((y[0] - 0.96).abs() < 1e-6);
/// ```
#[derive(Clone, Copy, Debug)]
pub struct Dot;

/// `BilinearPool<…>(a, b)`: which channels of two values go together, over all places: `y[i, j] = Σ a[…, i] · b[…, j]`, one row after the other.
///
/// # Arguments
///
/// | name | default | |
/// | --- | --- | --- |
/// | `normalize` | `false` | whether each sum becomes `sign(y) · √\|y\|`, and all of them together a vector of length 1 |
///
/// # Shapes
///
/// `… × m` and `… × n`, with the same places, steps or pixels → `m · n`. The value with itself, `BilinearPool(a, a)`, is as good as two.
///
/// # Masks
///
/// The result has none.
///
/// # Errors
///
/// Another number of values than two; values of ids; values without an axis of places, or with other places.
///
/// # Example
///
/// ```
/// use nn::prelude::*;
/// nn::network! {
///     struct Texture(a: Input<2, 2>, b: Input<2, 1>) -> y {
///         let y = BilinearPool(a, b);
///     }
/// }
/// let x = TextureInput { a: [[1.0, 2.0], [3.0, 4.0]].into(), b: [[10.0], [1.0]].into() };
/// assert_eq!(Texture::new(&mut nn::rng(0)).infer(&x, &mut Default::default()).0, [13.0, 24.0]);
/// ```
///
/// Lin, RoyChowdhury, Maji: [Bilinear CNN Models for Fine-grained Visual Recognition](https://arxiv.org/abs/1504.07889), 2015.
#[derive(Clone, Copy, Debug)]
pub struct BilinearPool;
