//! `Normalization`.

use serde::{Deserialize, Deserializer, Serialize, Serializer, de};
use serde_json::Value;

use crate::data::{Array, Data, DataMut, Shape};
use crate::error::{self, PreprocessingError, Result};
use crate::json::{self, Saved, saved};
use crate::number::{Number, sealed::Number as _};

/// The options of [`Normalization`], with Keras' names and defaults.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct NormalizationOptions {
    /// The axes along which each place has a mean and a variance of its own: `[-1]`, the last. The first axis, which
    /// is that of samples, is 0. An empty list (Keras' `None`) is for one mean and variance of all numbers.
    #[serde(deserialize_with = "axes")]
    pub axis: Vec<isize>,
    /// The mean, if it is known: one number, or numbers of the shape of the axes.
    #[serde(serialize_with = "write", deserialize_with = "read")]
    pub mean: Option<Array<f64>>,
    /// The variance, if it is known, in the shape of the mean.
    #[serde(serialize_with = "write", deserialize_with = "read")]
    pub variance: Option<Array<f64>>,
    /// Whether normalized numbers are made what they were.
    pub invert: bool,
}

impl Default for NormalizationOptions {
    fn default() -> Self {
        Self { axis: vec![-1], mean: None, variance: None, invert: false }
    }
}

#[derive(Deserialize)]
#[serde(untagged)]
enum Axes {
    One(isize),
    Several(Vec<isize>),
}

fn axes<'de, D: Deserializer<'de>>(from: D) -> std::result::Result<Vec<isize>, D::Error> {
    Ok(match Option::<Axes>::deserialize(from)? {
        None => Vec::new(),
        Some(Axes::One(axis)) => vec![axis],
        Some(Axes::Several(axes)) => axes,
    })
}

fn write<S: Serializer>(array: &Option<Array<f64>>, to: S) -> std::result::Result<S::Ok, S::Error> {
    array.as_ref().map(json::nested).serialize(to)
}

fn read<'de, D: Deserializer<'de>>(from: D) -> std::result::Result<Option<Array<f64>>, D::Error> {
    let numbers =
        |json: Value| json::array(&json).ok_or_else(|| de::Error::custom("neither a number nor lists of numbers"));
    Option::<Value>::deserialize(from)?.map(numbers).transpose()
}

const LAYER: &str = "Normalization";

/// What Keras divides by where a standard deviation is smaller.
const EPSILON: f64 = 1e-7;

/// Numbers shifted and scaled so that their mean is 0 and their variance 1.
/// [Keras' page](https://keras.io/api/layers/preprocessing_layers/numerical/normalization/).
///
/// The mean and the variance are given, or learned by [`adapt`](Self::adapt). A constant feature is divided by 1e-7,
/// Keras' epsilon. All is computed in `f64`. The layer of the same name in a network takes them as constants; this
/// one works on the data before.
///
/// ```
/// use nn_core::Tensor1;
/// use nn_preprocessing::Normalization;
///
/// let mut x: Vec<Tensor1<3>> = vec![[0.0, 7.0, 4.0].into(), [2.0, 9.0, 6.0].into()];
/// let mut normalization = Normalization::default();
/// normalization.adapt(&x)?;
/// assert_eq!(normalization.mean(), Some(&[1.0, 8.0, 5.0][..]));
///
/// normalization.apply(&mut x)?;
/// assert_eq!(x[1].0, [1.0, 1.0, 1.0]);
///
/// let mut sample = Tensor1::from([0.0_f32, 7.0, 6.0]);
/// normalization.apply(&mut sample)?;
/// assert_eq!(sample.0, [-1.0, -1.0, 1.0]);
/// # Ok::<(), nn_preprocessing::PreprocessingError>(())
/// ```
#[derive(Clone, Debug, Default)]
pub struct Normalization {
    options: NormalizationOptions,
    /// The number of axes of the data that it learned from.
    rank: Option<usize>,
}

impl Normalization {
    /// A layer with these options.
    ///
    /// # Errors
    ///
    /// If only one of `mean` and `variance` is given, they have different shapes or more axes than `axis`, a variance
    /// is negative, or an axis is named twice.
    pub fn new(options: NormalizationOptions) -> Result<Self> {
        let NormalizationOptions { axis, mean, variance, .. } = &options;
        if axis.iter().enumerate().any(|(at, axis)| options.axis[..at].contains(axis)) {
            error::option(LAYER, "axis", "a list of different axes", format!("{axis:?}"))?;
        }
        match (mean, variance) {
            (None, None) => {}
            (Some(mean), Some(variance)) => {
                if mean.shape() != variance.shape() {
                    let found = format!("of {:?}", variance.shape());
                    error::option(LAYER, "variance", format!("of the shape of `mean`, {:?}", mean.shape()), found)?;
                }
                if mean.shape().len() > axis.len() {
                    let found = format!("of the shape {:?}", mean.shape());
                    error::option(LAYER, "mean", format!("of at most as many axes as `axis` {axis:?}"), found)?;
                }
                if let Some(negative) =
                    variance.as_slice().iter().find(|variance| **variance < 0.0 || variance.is_nan())
                {
                    error::option(LAYER, "variance", "at least 0", negative.to_string())?;
                }
            }
            (Some(_), None) => error::option(LAYER, "variance", "given with `mean`", "not given")?,
            (None, Some(_)) => error::option(LAYER, "mean", "given with `variance`", "not given")?,
        }
        Ok(Self { options, rank: None })
    }

    /// Learns the mean and the variance of data whose first axis is that of samples.
    ///
    /// # Errors
    ///
    /// If there are no numbers, lists have different lengths, the data do not have the axes, or a mean or variance is
    /// not finite. The layer is as it was.
    pub fn adapt<D: Data<Leaf: Number> + ?Sized>(&mut self, data: &D) -> Result<()> {
        self.adapt_batches([data])
    }

    /// Learns the mean and the variance of data that come one part after another, each of which has samples along its
    /// first axis.
    ///
    /// # Errors
    ///
    /// If the parts differ along the axes, and as [`adapt`](Self::adapt).
    pub fn adapt_batches<D: Data<Leaf: Number>>(&mut self, batches: impl IntoIterator<Item = D>) -> Result<()> {
        let mut total: Option<(Vec<usize>, usize, Moments)> = None;
        for batch in batches {
            let shape = Shape::of(&batch).dense(LAYER)?;
            let kept = self.kept(&shape)?;
            let sizes: Vec<usize> = kept.iter().filter_map(|&axis| shape.get(axis).copied()).collect();
            let moments = Moments::of(&batch, &places(&shape, &kept, &sizes)?, sizes.iter().product());
            total = Some(match total {
                None => (sizes, shape.len(), moments),
                Some((before, rank, total)) if before == sizes && rank == shape.len() => {
                    (sizes, rank, total.merge(moments))
                }
                Some((before, ..)) => {
                    let found = format!("one part has {before:?} along them and another {sizes:?}");
                    return error::shape(LAYER, "parts that are alike along `axis`", found);
                }
            });
        }
        let Some((sizes, rank, Moments { mean, variance, .. })) = total.filter(|total| total.2.count > 0.0) else {
            return error::value(LAYER, "numbers to learn from", "none");
        };
        if let Some(wrong) = mean.iter().chain(&variance).find(|number| !number.is_finite()) {
            return error::value(LAYER, "finite numbers to learn from", format!("a mean or variance of {wrong}"));
        }
        self.options.mean = Some(Array::new(&sizes, mean)?);
        self.options.variance = Some(Array::new(&sizes, variance)?);
        self.rank = Some(rank);
        Ok(())
    }

    /// The mean of each place along `axis`, if it is known.
    pub fn mean(&self) -> Option<&[f64]> {
        self.options.mean.as_ref().map(Array::as_slice)
    }

    /// The variance of each place along `axis`, if it is known.
    pub fn variance(&self) -> Option<&[f64]> {
        self.options.variance.as_ref().map(Array::as_slice)
    }

    /// The data normalized, or with `invert` made what they were: Keras' call of the layer. The shape is that of the
    /// data.
    ///
    /// After [`adapt`](Self::adapt) a sample of its own, with one axis less, is taken too.
    ///
    /// # Errors
    ///
    /// If the mean is not known yet, the data have other sizes along `axis`, lists have different lengths, or `T` is
    /// a type of integers.
    pub fn transform<T: Number>(&self, data: &(impl Data<Leaf: Number> + ?Sized)) -> Result<Array<T>> {
        if !T::FLOAT {
            return error::value(LAYER, "a float as the type of results", format!("`{}`", T::NAME));
        }
        let shape = Shape::of(data).dense(LAYER)?;
        let scale = self.scale(&shape)?;
        let mut result = Vec::new();
        let mut scales = scale.iter().cycle();
        data.visit(&mut |number| {
            if let Some(scale) = scales.next() {
                result.push(T::from_f64(scale.of(number.to_f64(), self.options.invert)).unwrap_or_default());
            }
        });
        Array::new(&shape, result)
    }

    /// Normalizes the data where they are, as [`transform`](Self::transform).
    ///
    /// # Errors
    ///
    /// As there; the data are as they were then.
    pub fn apply<D: DataMut<Leaf: Number> + ?Sized>(&self, data: &mut D) -> Result<()> {
        if !D::Leaf::FLOAT {
            return error::value(LAYER, "floats to normalize in their place", format!("`{}`", D::Leaf::NAME));
        }
        let scale = self.scale(&Shape::of(data).dense(LAYER)?)?;
        let mut scales = scale.iter().cycle();
        data.visit_mut(&mut |number| {
            if let Some(scale) = scales.next() {
                *number = D::Leaf::from_f64(scale.of(number.to_f64(), self.options.invert)).unwrap_or(*number);
            }
        });
        Ok(())
    }

    /// The axes that are kept, in ascending order.
    fn kept(&self, shape: &[usize]) -> Result<Vec<usize>> {
        let rank = shape.len();
        let resolved = |&axis: &isize| match axis {
            0.. => Some(axis.unsigned_abs()).filter(|&axis| axis < rank),
            _ => rank.checked_sub(axis.unsigned_abs()),
        };
        let Some(mut kept) = self.options.axis.iter().map(resolved).collect::<Option<Vec<usize>>>() else {
            let found = format!("the shape is {shape:?}, with that of the samples");
            return error::shape(LAYER, format!("data with the axes {:?}", self.options.axis), found);
        };
        kept.sort_unstable();
        if kept.windows(2).any(|pair| pair[0] == pair[1]) {
            let found = format!("two of {:?} are the same of {rank}", self.options.axis);
            return error::shape(LAYER, "data in which `axis` names different axes", found);
        }
        Ok(kept)
    }

    /// The scales of the numbers of data, which repeat.
    fn scale(&self, shape: &[usize]) -> Result<Vec<Scale>> {
        let (Some(mean), Some(variance)) = (&self.options.mean, &self.options.variance) else {
            return Err(PreprocessingError::NotAdapted { layer: LAYER, what: "mean and variance" });
        };
        let mut shape = shape.to_vec();
        if self.rank == Some(shape.len() + 1) {
            shape.insert(0, 1);
        }
        match self.rank {
            Some(rank) if rank != shape.len() => {
                let found = format!("the shape is {shape:?}");
                return error::shape(
                    LAYER,
                    format!("data of {rank} axes, as it learned from, or a sample of one less"),
                    found,
                );
            }
            _ => {}
        }
        let kept = self.kept(&shape)?;
        // The axes of the mean are the last of those that are kept.
        let sizes: Vec<usize> = kept.iter().filter_map(|&axis| shape.get(axis).copied()).collect();
        let mut own = vec![1; sizes.len() - mean.shape().len().min(sizes.len())];
        own.extend(mean.shape());
        if own.iter().zip(&sizes).any(|(&own, &size)| own != size && own != 1) {
            let found = format!("the shape is {shape:?}, with {sizes:?} along `axis`");
            return error::shape(LAYER, format!("data with {:?} along `axis`", mean.shape()), found);
        }
        let scale = |&place: &usize| {
            let mean = mean.as_slice().get(place).copied().unwrap_or_default();
            let variance = variance.as_slice().get(place).copied().unwrap_or_default();
            Scale { mean, deviation: variance.sqrt().max(EPSILON) }
        };
        Ok(places(&shape, &kept, &own)?.iter().map(scale).collect())
    }
}

struct Scale {
    mean: f64,
    deviation: f64,
}

impl Scale {
    #[inline]
    fn of(&self, number: f64, invert: bool) -> f64 {
        match invert {
            false => (number - self.mean) / self.deviation,
            true => self.mean + number * self.deviation,
        }
    }
}

/// For each number from the first axis that is kept on, which mean is its own among those of the sizes `own`; the
/// list repeats for the axes before.
fn places(shape: &[usize], kept: &[usize], own: &[usize]) -> Result<Vec<usize>> {
    let first = kept.first().copied().unwrap_or(shape.len());
    let mut places = vec![0];
    for (axis, &len) in shape.iter().enumerate().skip(first) {
        let size = kept.iter().position(|&kept| kept == axis).and_then(|at| own.get(at).copied()).unwrap_or(1);
        let is_kept = kept.contains(&axis);
        let step = if is_kept { size } else { 1 };
        places = places
            .iter()
            .flat_map(|&place| (0..len).map(move |at| if step > 1 { place * step + at } else { place }))
            .collect();
    }
    Ok(places)
}

/// The mean and variance of numbers at each place.
#[derive(Debug)]
struct Moments {
    /// How many numbers there are for each place.
    count: f64,
    mean: Vec<f64>,
    variance: Vec<f64>,
}

impl Moments {
    fn of<D: Data<Leaf: Number> + ?Sized>(data: &D, places: &[usize], count: usize) -> Self {
        let (mut mean, mut variance) = (vec![0.0; count], vec![0.0; count]);
        let numbers = add(data, places, &mut mean, |_, number| number);
        let own = numbers as f64 / count.max(1) as f64;
        mean.iter_mut().for_each(|sum| *sum /= own);
        let apart = |place: usize, number: f64| number - mean.get(place).copied().unwrap_or_default();
        add(data, places, &mut variance, |place, number| apart(place, number).powi(2));
        variance.iter_mut().for_each(|sum| *sum /= own);
        Self { count: own, mean, variance }
    }

    /// Those of both.
    fn merge(mut self, other: Self) -> Self {
        match (self.count > 0.0, other.count > 0.0) {
            (_, false) => return self,
            (false, true) => return other,
            (true, true) => {}
        }
        let count = self.count + other.count;
        let part = other.count / count;
        let both = self.mean.iter_mut().zip(&mut self.variance).zip(other.mean.iter().zip(&other.variance));
        for ((mean, variance), (&other_mean, &other_variance)) in both {
            let apart = other_mean - *mean;
            *variance = *variance * (1.0 - part) + other_variance * part + apart * apart * part * (1.0 - part);
            *mean += apart * part;
        }
        Self { count, ..self }
    }
}

/// Adds what `f` makes of each number to the sum of its place, and counts the numbers.
fn add<D: Data<Leaf: Number> + ?Sized>(
    data: &D,
    places: &[usize],
    sums: &mut [f64],
    f: impl Fn(usize, f64) -> f64,
) -> usize {
    let (mut numbers, mut places) = (0, places.iter().cycle());
    data.visit(&mut |number| {
        numbers += 1;
        if let Some(&place) = places.next()
            && let Some(sum) = sums.get_mut(place)
        {
            *sum += f(place, number.to_f64());
        }
    });
    numbers
}

impl Saved for Normalization {
    const CLASS: &'static str = LAYER;
    type Config = NormalizationOptions;
    const FIXED: &'static [(&'static str, Value)] = &[];

    fn config(&self) -> NormalizationOptions {
        self.options.clone()
    }

    fn from_config(config: NormalizationOptions, _: bool) -> Result<Self> {
        Self::new(config)
    }
}

saved!(Normalization);
