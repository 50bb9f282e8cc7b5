//! What Keras has in `keras.utils` for data: padding, one-hot classes, norms, and word vectors for an `Embedding`.

mod word_vectors;

use crate::data::{Array, Data, Shape, filled, size};
use crate::error::{self, Result};
use crate::number::{Number, sealed::Number as _};

pub use word_vectors::{Format, WordVectors};

/// An end of a sequence.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Side {
    /// The beginning.
    #[default]
    Pre,
    /// The end.
    Post,
}

/// The options of [`pad_sequences`], with Keras' names and defaults.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct PadSequences<T> {
    /// The length of all sequences; `None` for that of the longest.
    pub maxlen: Option<usize>,
    /// Where shorter sequences are filled up: at the beginning.
    pub padding: Side,
    /// Where longer sequences are cut off: at the beginning.
    pub truncating: Side,
    /// What they are filled up with: 0.
    pub value: T,
}

/// Sequences of different lengths to rows of one length.
/// [Keras' page](https://keras.io/api/data_loading/timeseries/#pad_sequences-function).
///
/// The elements may be of any type: ids, numbers, or `[f32; 3]` for sequences of vectors. The shape is `[sequences,
/// maxlen]`.
///
/// ```
/// use nn_preprocessing::utils::{PadSequences, Side, pad_sequences};
///
/// let reviews = [vec![1_u32], vec![2, 3], vec![4, 5, 6]];
/// let padded = pad_sequences(&reviews, PadSequences::default())?;
/// assert_eq!(padded.as_slice(), [0, 0, 1, 0, 2, 3, 4, 5, 6]);
///
/// let options = PadSequences { maxlen: Some(2), padding: Side::Post, ..PadSequences::default() };
/// let samples: Vec<[u32; 2]> = pad_sequences(&reviews, options)?.samples()?;
/// assert_eq!(samples, [[1, 0], [2, 3], [5, 6]]);
/// # Ok::<(), nn_preprocessing::PreprocessingError>(())
/// ```
///
/// # Errors
///
/// If the rows do not fit into memory.
pub fn pad_sequences<S: AsRef<[T]>, T: Copy + Default>(sequences: &[S], options: PadSequences<T>) -> Result<Array<T>> {
    let PadSequences { maxlen, padding, truncating, value } = options;
    let longest = || sequences.iter().map(|sequence| sequence.as_ref().len()).max().unwrap_or(0);
    let shape = vec![sequences.len(), maxlen.unwrap_or_else(longest)];
    let mut data = filled("pad_sequences", &shape)?;
    data.fill(value);
    if shape[1] > 0 {
        for (row, sequence) in data.chunks_exact_mut(shape[1]).zip(sequences) {
            let sequence = sequence.as_ref();
            let len = sequence.len().min(row.len());
            let kept = match truncating {
                Side::Pre => &sequence[sequence.len() - len..],
                Side::Post => &sequence[..len],
            };
            let start = match padding {
                Side::Pre => row.len() - len,
                Side::Post => 0,
            };
            row[start..start + len].copy_from_slice(kept);
        }
    }
    Ok(Array::of(shape, data))
}

/// Classes to rows with a 1 at the place of the class.
/// [Keras' page](https://keras.io/api/utils/python_utils/#to_categorical-function).
///
/// The shape is that of the classes and an axis of `num_classes` elements, or of as many as the largest class asks
/// for. A last axis of length 1 is replaced.
///
/// ```
/// use nn_preprocessing::utils::to_categorical;
///
/// let rows: Vec<[f32; 3]> = to_categorical(&[0, 2, 1], None)?.samples()?;
/// assert_eq!(rows, [[1.0, 0.0, 0.0], [0.0, 0.0, 1.0], [0.0, 1.0, 0.0]]);
/// # Ok::<(), nn_preprocessing::PreprocessingError>(())
/// ```
///
/// # Errors
///
/// If a class is negative or not below `num_classes`, or lists have different lengths.
pub fn to_categorical<T: Number>(
    x: &(impl Data<Leaf: Number> + ?Sized),
    num_classes: Option<usize>,
) -> Result<Array<T>> {
    const NAME: &str = "to_categorical";
    let mut shape = Shape::of(x).dense(NAME)?;
    if shape.len() > 1 && shape.last() == Some(&1) {
        shape.pop();
    }
    let (mut classes, mut wrong) = (Vec::new(), None);
    x.visit(&mut |class| match class.to_i64().map(usize::try_from) {
        Some(Ok(class)) if num_classes.is_none_or(|classes| class < classes) => classes.push(class),
        _ => wrong = Some(class.to_f64()),
    });
    if let Some(wrong) = wrong {
        let below = num_classes
            .map_or_else(|| "that are not negative".to_string(), |classes| format!("from 0 to below {classes}"));
        return error::value(NAME, format!("classes {below}"), wrong.to_string());
    }
    let width = num_classes.unwrap_or_else(|| classes.iter().max().map_or(0, |most| most.saturating_add(1)));
    shape.push(width);
    let mut data = filled::<T>(NAME, &shape)?;
    for (at, &class) in classes.iter().enumerate() {
        if let (Some(place), Some(one)) = (data.get_mut(at * width + class), T::from_index(1)) {
            *place = one;
        }
    }
    Ok(Array::of(shape, data))
}

/// The place of the largest element, of the first of them if there are several; as in NumPy, NaN counts as the
/// largest. `None` if there are no elements.
///
/// ```
/// assert_eq!(nn_preprocessing::utils::argmax(&[0.1, 0.7, 0.2]), Some(1));
/// ```
pub fn argmax<T: PartialOrd>(values: &[T]) -> Option<usize> {
    // Not-a-number is what is not equal to itself.
    let is_nan = |value: &T| value.partial_cmp(value).is_none();
    let larger = |best: &(usize, &T), value: &T| !is_nan(best.1) && (is_nan(value) || value > best.1);
    let mut values = values.iter().enumerate();
    let first = values.next()?;
    Some(values.fold(first, |best, (at, value)| if larger(&best, value) { (at, value) } else { best }).0)
}

/// The place of the largest element of each list of the last axis: the classes that a network predicts.
///
/// ```
/// use nn_core::Tensor1;
/// use nn_preprocessing::utils::argmax_rows;
///
/// let predictions = [Tensor1::from([0.1_f32, 0.7, 0.2]), Tensor1::from([0.5, 0.3, 0.2])];
/// assert_eq!(argmax_rows(&predictions)?.as_slice(), [1, 0]);
/// # Ok::<(), nn_preprocessing::PreprocessingError>(())
/// ```
///
/// # Errors
///
/// If the lists are empty or have different lengths, or there is one number alone.
pub fn argmax_rows<D: Data<Leaf: Number + PartialOrd> + ?Sized>(data: &D) -> Result<Array<usize>> {
    const NAME: &str = "argmax_rows";
    let mut shape = Shape::of(data).dense(NAME)?;
    let Some(width) = shape.pop().filter(|&width| width > 0) else {
        return error::shape(NAME, "lists of at least one number", "there is none");
    };
    let mut values = Vec::new();
    data.visit(&mut |value| values.push(*value));
    Ok(Array::of(shape, values.chunks_exact(width).filter_map(argmax).collect()))
}

/// Numbers divided by the norm of their lists along an axis.
/// [Keras' page](https://keras.io/api/utils/python_utils/#normalize-function).
///
/// Keras' defaults are `axis` -1, the last, and `order` 2; `f64::INFINITY` is the largest magnitude. Lists whose norm
/// is 0 stay what they are. The shape is that of the data.
///
/// ```
/// use nn_preprocessing::utils::normalize;
///
/// let rows: Vec<[f32; 2]> = normalize(&[[3.0, 4.0], [0.0, 0.0]], -1, 2.0)?.samples()?;
/// assert_eq!(rows, [[0.6, 0.8], [0.0, 0.0]]);
/// # Ok::<(), nn_preprocessing::PreprocessingError>(())
/// ```
///
/// # Errors
///
/// If there is no such axis, `order` is NaN, lists have different lengths, or `T` is a type of integers.
pub fn normalize<T: Number>(x: &(impl Data<Leaf: Number> + ?Sized), axis: isize, order: f64) -> Result<Array<T>> {
    const NAME: &str = "normalize";
    if order.is_nan() {
        error::option(NAME, "order", "a number", "NaN")?;
    }
    if !T::FLOAT {
        error::value(NAME, "a float as the type of results", format!("`{}`", T::NAME))?;
    }
    let shape = Shape::of(x).dense(NAME)?;
    let resolved = if axis < 0 { shape.len().checked_sub(axis.unsigned_abs()) } else { Some(axis.unsigned_abs()) };
    let Some((axis, &len)) = resolved.and_then(|axis| Some((axis, shape.get(axis)?))) else {
        return error::shape(NAME, format!("data with the axis {axis}"), format!("the shape is {shape:?}"));
    };
    let inner = size(NAME, shape.get(axis + 1..).unwrap_or_default())?;
    let mut values = Vec::new();
    x.visit(&mut |value| values.push(value.to_f64()));
    let mut result = vec![T::default(); values.len()];
    let block = (len * inner).max(1);
    for (values, result) in values.chunks(block).zip(result.chunks_mut(block)) {
        for place in 0..inner {
            let norm = norm(values.iter().skip(place).step_by(inner), order);
            let divisor = if norm == 0.0 { 1.0 } else { norm };
            let list = values.iter().skip(place).step_by(inner);
            for (value, result) in list.zip(result.iter_mut().skip(place).step_by(inner)) {
                *result = T::from_f64(value / divisor).unwrap_or_default();
            }
        }
    }
    Ok(Array::of(shape, result))
}

/// `numpy.linalg.norm` of a vector.
fn norm<'a>(values: impl Iterator<Item = &'a f64>, order: f64) -> f64 {
    let magnitudes = values.map(|value| value.abs());
    match order {
        f64::INFINITY => magnitudes.fold(0.0, |most, value| if value > most || value.is_nan() { value } else { most }),
        f64::NEG_INFINITY => magnitudes.fold(f64::INFINITY, f64::min),
        0.0 => magnitudes.filter(|&value| value != 0.0).count() as f64,
        1.0 => magnitudes.sum(),
        2.0 => magnitudes.map(|value| value * value).sum::<f64>().sqrt(),
        _ => magnitudes.map(|value| value.powf(order)).sum::<f64>().powf(1.0 / order),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sequences_are_padded_and_truncated_on_either_side() {
        let all = [vec![1], vec![2, 3], vec![4, 5, 6], vec![]];
        let padded = |maxlen, padding, truncating| {
            let options = PadSequences { maxlen, padding, truncating, value: -1 };
            pad_sequences(&all, options).expect("it fits")
        };
        // `keras.utils.pad_sequences` of Keras 3.15.
        let rows = |array: &Array<i32>| array.rows().map(<[i32]>::to_vec).collect::<Vec<_>>();
        let (pre, post) = (Side::Pre, Side::Post);
        assert_eq!(rows(&padded(None, pre, pre)), [[-1, -1, 1], [-1, 2, 3], [4, 5, 6], [-1, -1, -1]]);
        assert_eq!(rows(&padded(None, post, pre)), [[1, -1, -1], [2, 3, -1], [4, 5, 6], [-1, -1, -1]]);
        assert_eq!(rows(&padded(Some(2), pre, pre)), [[-1, 1], [2, 3], [5, 6], [-1, -1]]);
        assert_eq!(rows(&padded(Some(2), post, post)), [[1, -1], [2, 3], [4, 5], [-1, -1]]);
        assert_eq!(padded(Some(0), pre, pre).shape(), [4, 0]);
        let none: [Vec<u32>; 0] = [];
        assert_eq!(pad_sequences(&none, PadSequences::default()).expect("it fits").shape(), [0, 0]);
        let steps = [vec![[1.0, 2.0]], vec![]];
        let vectors = pad_sequences(&steps, PadSequences::default()).expect("it fits");
        assert_eq!(vectors.as_slice(), [[1.0, 2.0], [0.0, 0.0]]);
        let much = PadSequences { maxlen: Some(usize::MAX / 2), ..PadSequences::default() };
        assert!(pad_sequences(&all, much).is_err());
    }

    #[test]
    fn classes_become_rows() {
        let rows = to_categorical::<f64>(&[[0], [2]], None).expect("classes");
        assert_eq!((rows.shape(), rows.as_slice()), (&[2, 3][..], &[1.0, 0.0, 0.0, 0.0, 0.0, 1.0][..]));
        let deep = to_categorical::<u8>(&[[0, 1], [2, 1]], Some(4)).expect("classes");
        assert_eq!(deep.shape(), [2, 2, 4]);
        assert_eq!(to_categorical::<f32>(&3_u8, None).expect("a class").shape(), [4]);
        assert!(to_categorical::<f32>(&[-1], Some(4)).is_err());
        assert!(to_categorical::<f32>(&[4], Some(4)).is_err());
        assert!(to_categorical::<f32>(&[u64::MAX], None).is_err());
        assert!(to_categorical::<f32>(&[i64::MAX], None).is_err());
    }

    #[test]
    fn the_first_of_the_largest() {
        assert_eq!(argmax(&[1, 3, 2, 3]), Some(1));
        assert_eq!(argmax(&[1.0, f64::NAN, 9.0, f64::NAN]), Some(1));
        assert_eq!(argmax(&[f32::NEG_INFINITY; 2]), Some(0));
        assert_eq!(argmax::<f32>(&[]), None);
        assert_eq!(argmax_rows(&[[[1, 2], [4, 3]]]).expect("lists").shape(), [1, 2]);
        assert_eq!(argmax_rows(&[0.5, 0.75]).expect("a list").as_slice(), [1]);
        assert!(argmax_rows(&0.5).is_err() && argmax_rows(&[[0.5; 0]; 2]).is_err());
    }

    #[test]
    fn norms_of_several_orders_and_axes() {
        let x = [[3.0, -4.0], [1.0, 0.0]];
        let of = |axis, order| normalize::<f64>(&x, axis, order).expect("an axis").into_vec();
        assert_eq!(of(-1, 2.0), [0.6, -0.8, 1.0, 0.0]);
        assert_eq!(of(1, 1.0), [3.0 / 7.0, -4.0 / 7.0, 1.0, 0.0]);
        assert_eq!(of(-1, f64::INFINITY), [0.75, -1.0, 1.0, 0.0]);
        assert_eq!(of(0, 2.0), [3.0 / 10_f64.sqrt(), -1.0, 1.0 / 10_f64.sqrt(), 0.0]);
        assert!((of(-1, 3.0)[0] - 3.0 / 91_f64.cbrt()).abs() < 1e-15);
        assert!(normalize::<f64>(&x, 2, 2.0).is_err() && normalize::<f64>(&x, -3, 2.0).is_err());
        assert!(normalize::<f64>(&1.0, 0, 2.0).is_err() && normalize::<u8>(&x, 0, 2.0).is_err());
    }
}
