/// `Flatten`: all axes become one, in the order they lie in memory. Costs nothing.
///
/// # Arguments
///
/// | name | default | |
/// | --- | --- | --- |
/// | `data_format` | `channels_last` | `channels_first`: the first axis goes behind the others before, as in Keras; this moves the numbers |
///
/// # Shapes
///
/// `a × b × …` → `a · b · …`. The last axis varies fastest, as in Keras with its channels last.
///
/// # Example
///
/// ```
/// let net = nn::network!(Input<2, 3> => Flatten);
/// let y = net.infer(&[[1.0, 2.0, 3.0], [4.0, 5.0, 6.0]].into(), &mut Default::default());
/// assert_eq!(y.0, [1.0, 2.0, 3.0, 4.0, 5.0, 6.0]);
/// ```
#[derive(Clone, Copy, Debug)]
pub struct Flatten;

/// `Reshape<dims…>`: the same numbers in another shape. Costs nothing.
///
/// # Arguments
///
/// - `dims`: one to six sizes, without the batch. One of them may be `-1`, which stands for what is left.
///
/// # Shapes
///
/// Any shape → `dims`; both have the same number of elements, in the same order.
///
/// # Errors
///
/// Another number of elements than the input has; more than one `-1`; a `-1` that would not be a whole number.
///
/// # Example
///
/// ```
/// let net = nn::network!(Input<6> => Reshape<-1, 2>);
/// let y = net.infer(&[1.0, 2.0, 3.0, 4.0, 5.0, 6.0].into(), &mut Default::default());
/// assert_eq!(y.0, [[1.0, 2.0], [3.0, 4.0], [5.0, 6.0]]);
/// ```
#[derive(Clone, Copy, Debug)]
pub struct Reshape;

/// `Permute<axes…>`: the axes in another order. Costs nothing where only axes of size 1 move.
///
/// # Arguments
///
/// - `axes`: for each axis of the output which one of the input it is, counted from 1 without the batch, as in Keras.
///
/// # Shapes
///
/// `Permute<3, 1, 2>`: `a × b × c` → `c × a × b`.
///
/// # Masks
///
/// The result has none, as in Keras.
///
/// # Errors
///
/// An axis that is missing, that stands there twice, or that the input does not have; an input of ids.
///
/// # Example
///
/// ```
/// let net = nn::network!(Input<2, 3> => Permute<2, 1>);
/// let y = net.infer(&[[1.0, 2.0, 3.0], [4.0, 5.0, 6.0]].into(), &mut Default::default());
/// assert_eq!(y.0, [[1.0, 4.0], [2.0, 5.0], [3.0, 6.0]]);
/// ```
#[derive(Clone, Copy, Debug)]
pub struct Permute;

/// `RepeatVector<n>`: copies of a vector as the steps of a sequence.
///
/// # Arguments
///
/// - `n`: how many copies, at least 1.
///
/// # Shapes
///
/// `features` → `n × features`.
///
/// # Errors
///
/// An input that is no vector; an `n` of zero; an input of ids.
///
/// # Example
///
/// ```
/// let net = nn::network!(Input<2> => RepeatVector<3>);
/// let y = net.infer(&[1.0, 2.0].into(), &mut Default::default());
/// assert_eq!(y.0, [[1.0, 2.0], [1.0, 2.0], [1.0, 2.0]]);
/// ```
#[derive(Clone, Copy, Debug)]
pub struct RepeatVector;

/// `x[1..5, -1]`: some elements of each axis. `GetItem` is what Keras calls it; it is written in brackets behind a value of a graph.
///
/// An index takes one element, and its axis is gone; `1..5` takes the elements 1 to 4, `..=5` those up to 5, `2..` all from 2 on,
/// `..` all of them, and `(..).step_by(2)` every second one. Negative numbers count from the end: `x[-1]` is the last, `x[..-1]` all but
/// the last. Axes that are left out at the end are whole. The batch is not an axis here. Bounds may be constants.
///
/// # Arguments
///
/// - `places`: an index or a range for each axis.
///
/// # Shapes
///
/// `10 × 4`: `x[2..5]` → `3 × 4`; `x[.., 0]` → `10`; `x[(..).step_by(3), 1..]` → `4 × 3`. Of an index for every axis there is one number.
///
/// # Masks
///
/// The result has none.
///
/// # Errors
///
/// More places than axes; a place outside of its axis; a range in which nothing lies; an input of ids.
///
/// # Example
///
/// ```
/// use nn::prelude::*;
/// nn::network! {
///     struct Net(x: Input<3, 2>) -> (last, column) {
///         let last = x[-1];
///         let column = x[1.., 0];
///     }
/// }
/// let x = [[1.0, 2.0], [3.0, 4.0], [5.0, 6.0]].into();
/// let NetOutput { last, column } = Net::new(&mut nn::rng(0)).infer(&x, &mut Default::default());
/// assert_eq!((last.0, column.0), ([5.0, 6.0], [3.0, 5.0]));
/// ```
#[derive(Clone, Copy, Debug)]
pub struct GetItem;
