/// `Input<dims…, dtype = …>`: the shape of one sample. Every network starts with it.
///
/// The batch is never part of a shape: [`infer`](crate::Network::infer) takes one sample,
/// [`predict`](crate::Network::predict) a slice of them.
///
/// # Arguments
///
/// - `dims`: one to six sizes. `Input<n>` is a vector, `Input<steps, features>` a sequence, `Input<h, w, c>` an
///   image with its channels last, `Input<d, h, w, c>` a volume; with more in front, sequences of those.
/// - `dtype`: the type of the elements. `u32`, `i32` and `u8` are ids or bytes; the floats of the network, which is what the option is
///   if it is left out, are those of `#[dtype(f32)]` or `#[dtype(f64)]` on the struct.
///
/// # Shapes
///
/// One sample is a `Tensor1<n>`, `Tensor2<steps, features>`, `Tensor3<h, w, c>`, `Tensor4<d, h, w, c>`, and so on up to
/// `Tensor6`, which the macro also names after the network: `LeNetInput`. Its elements are `f32`, or `f64` with `#[dtype(f64)]`,
/// or what `dtype` says.
///
/// # Ids
///
/// An id that is negative or too large for its [`Embedding`](super::Embedding) or [`Take`](super::Take) is an error before anything is
/// computed, in `fit`, `evaluate` and `predict`, which gives a `Result` where a network takes ids; `infer` does not ask, and computes
/// with a row of zeros.
///
/// # Errors
///
/// No size, more than six, or a size of zero; an `Input` anywhere but at the start.
///
/// # Example
///
/// ```
/// nn::network! {
///     /// Grey pictures to three scores.
///     struct Scores = Input<4, 4, 1> => Flatten => Dense<3>;
/// }
/// let picture = ScoresInput::zeros();
/// assert_eq!(picture.0.len(), 4);
/// ```
#[derive(Clone, Copy, Debug)]
pub struct Input;
