/// `Flatten`: all axes become one, in the order they lie in memory. Costs nothing.
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
/// - `dims`: one to four sizes, without the batch. One of them may be `-1`, which stands for what is left.
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
