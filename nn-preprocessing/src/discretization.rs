//! `Discretization`.

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::data::{Array, Data};
use crate::encode::{self, OutputMode, Row};
use crate::error::{self, PreprocessingError, Result};
use crate::json::{Saved, saved};
use crate::number::{Number, sealed::Number as _};

/// The options of [`Discretization`], with Keras' names and defaults.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct DiscretizationOptions {
    /// The boundaries of the bins, in ascending order: `[0, 1]` makes the bins below 0, from 0 to below 1, and from
    /// 1. This or `num_bins`.
    pub bin_boundaries: Option<Vec<f32>>,
    /// How many bins [`adapt`](Discretization::adapt) makes, with about equally many values in each.
    pub num_bins: Option<usize>,
    /// How exact `adapt` is, as a part of the values: 0.01.
    pub epsilon: f64,
    /// What becomes of bins: `int`, `one_hot`, `multi_hot` or `count`.
    pub output_mode: OutputMode,
}

impl Default for DiscretizationOptions {
    fn default() -> Self {
        Self { bin_boundaries: None, num_bins: None, epsilon: 0.01, output_mode: OutputMode::Int }
    }
}

const LAYER: &str = "Discretization";

/// Numbers to the bins that they lie in.
/// [Keras' page](https://keras.io/api/layers/preprocessing_layers/numerical/discretization/).
///
/// All is computed in `f32`, as in Keras; NaN is in the last bin.
///
/// ```
/// use nn_preprocessing::{Discretization, DiscretizationOptions};
///
/// let ages = Discretization::with_boundaries(&[18.0, 65.0])?;
/// assert_eq!(ages.transform::<u32>(&[7.0, 18.0, 64.9, 80.0])?.as_slice(), [0, 1, 1, 2]);
///
/// let mut quarters = Discretization::new(DiscretizationOptions { num_bins: Some(4), ..Default::default() })?;
/// quarters.adapt(&[[-1.5, 1.0, 3.4, 0.5], [0.0, 3.0, 1.3, 0.0]])?;
/// assert_eq!(quarters.bin_boundaries(), Some(&[0.0, 0.5, 1.3][..]));
/// # Ok::<(), nn_preprocessing::PreprocessingError>(())
/// ```
#[derive(Clone, Debug)]
pub struct Discretization {
    options: DiscretizationOptions,
    boundaries: Option<Vec<f32>>,
}

impl Discretization {
    /// A layer with these options.
    ///
    /// # Errors
    ///
    /// If both or none of `bin_boundaries` and `num_bins` are given, boundaries are not in ascending order, `epsilon`
    /// is not between 0 and 1, or `output_mode` is `tf_idf`.
    pub fn new(options: DiscretizationOptions) -> Result<Self> {
        match (&options.bin_boundaries, options.num_bins) {
            (Some(_), Some(_)) => error::option(LAYER, "num_bins", "left out if `bin_boundaries` are given", "given")?,
            (None, None) => error::option(LAYER, "num_bins", "given if `bin_boundaries` are not", "not given")?,
            _ => {}
        }
        Self::checked(options)
    }

    fn checked(options: DiscretizationOptions) -> Result<Self> {
        if options.num_bins == Some(0) {
            error::option(LAYER, "num_bins", "at least 1", "0")?;
        }
        if !(options.epsilon > 0.0 && options.epsilon <= 1.0) {
            error::option(LAYER, "epsilon", "above 0 and at most 1", options.epsilon.to_string())?;
        }
        if options.output_mode == OutputMode::TfIdf {
            encode::refuse(LAYER, options.output_mode, "`int`, `one_hot`, `multi_hot` or `count`")?;
        }
        if options.bin_boundaries.as_ref().is_some_and(|boundaries| !boundaries.is_sorted()) {
            error::option(LAYER, "bin_boundaries", "in ascending order", format!("{:?}", options.bin_boundaries))?;
        }
        let boundaries = options.bin_boundaries.clone();
        Ok(Self { options, boundaries })
    }

    /// A layer with these boundaries and the default options.
    ///
    /// # Errors
    ///
    /// If they are not in ascending order.
    pub fn with_boundaries(boundaries: &[f32]) -> Result<Self> {
        Self::new(DiscretizationOptions {
            bin_boundaries: Some(boundaries.to_vec()),
            ..DiscretizationOptions::default()
        })
    }

    /// Learns the boundaries: quantiles of the values.
    ///
    /// # Errors
    ///
    /// If boundaries were given, there are no values, or one is not finite. The layer is as it was.
    pub fn adapt<D: Data<Leaf: Number> + ?Sized>(&mut self, data: &D) -> Result<()> {
        self.adapt_batches([data])
    }

    /// Learns the boundaries of values that come one part after another, of which a summary is kept. It depends on
    /// the parts how exact it is.
    ///
    /// # Errors
    ///
    /// As [`adapt`](Self::adapt).
    pub fn adapt_batches<D: Data<Leaf: Number>>(&mut self, batches: impl IntoIterator<Item = D>) -> Result<()> {
        let Some(bins) = self.options.num_bins else {
            return Err(PreprocessingError::Given { layer: LAYER, what: "bin_boundaries" });
        };
        let mut summary = Vec::new();
        for batch in batches {
            let mut values = Vec::new();
            batch.visit(&mut |value| values.push(value.to_f64() as f32));
            if let Some(value) = values.iter().find(|value| !value.is_finite()) {
                return error::value(LAYER, "finite numbers to learn from", value.to_string());
            }
            summary = merge(summarize(values, self.options.epsilon), summary, self.options.epsilon);
        }
        if summary.is_empty() {
            return error::value(LAYER, "numbers to learn from", "none");
        }
        let mut boundaries: Vec<f32> = compress(summary, 1.0 / bins as f64).into_iter().map(|bin| bin.0).collect();
        boundaries.pop();
        self.boundaries = Some(boundaries);
        Ok(())
    }

    /// The boundaries of the bins, if they are known.
    pub fn bin_boundaries(&self) -> Option<&[f32]> {
        self.boundaries.as_deref()
    }

    /// The bins of numbers, or what `output_mode` makes of them: Keras' call of the layer. Rows have one element more
    /// than there are boundaries.
    ///
    /// # Errors
    ///
    /// If the boundaries are not known yet, lists have different lengths where they must not, or a bin does not fit
    /// into `T`.
    pub fn transform<T: Number>(&self, data: &(impl Data<Leaf: Number> + ?Sized)) -> Result<Array<T>> {
        let Some(boundaries) = &self.boundaries else {
            return Err(PreprocessingError::NotAdapted { layer: LAYER, what: "bin_boundaries" });
        };
        let mut bins = Vec::new();
        data.visit(&mut |value| {
            let value = value.to_f64() as f32;
            // Up to the first boundary above the value: none is above NaN.
            let above = |boundary: &f32| value < *boundary;
            bins.push(boundaries.partition_point(|boundary| !above(boundary)));
        });
        let row = Row { layer: LAYER, mode: self.options.output_mode, idf: &[], weights: &[] };
        encode::encode_data(row, &bins, data, boundaries.len() + 1)
    }
}

/// A value, and how many values it stands for: Keras computes both in `f32`.
type Bin = (f32, f32);

/// Values at equal distances in their order, about `1 / epsilon` of them.
fn summarize(mut values: Vec<f32>, epsilon: f64) -> Vec<Bin> {
    values.sort_unstable_by(f32::total_cmp);
    let step = (values.len() as f64 / (1.0 / epsilon)).max(1.0);
    let start = (step - 1.0) as usize;
    values.into_iter().skip(start).step_by(step as usize).map(|value| (value, step as f32)).collect()
}

fn merge(one: Vec<Bin>, other: Vec<Bin>, epsilon: f64) -> Vec<Bin> {
    let mut merged = [one, other].concat();
    merged.sort_by(|a, b| a.0.total_cmp(&b.0));
    compress(merged, epsilon)
}

/// About `1 / epsilon` bins, between those that there are.
fn compress(summary: Vec<Bin>, epsilon: f64) -> Vec<Bin> {
    if (summary.len() as f64 * epsilon) < 1.0 {
        return summary;
    }
    let mut sum = 0.0_f32;
    let sums: Vec<f32> = summary
        .iter()
        .map(|bin| {
            sum += bin.1;
            sum
        })
        .collect();
    let percents: Vec<f64> = sums.iter().map(|&part| f64::from(part / sum)).collect();
    let values: Vec<f64> = summary.iter().map(|bin| bin.0.into()).collect();
    let sums: Vec<f64> = sums.into_iter().map(f64::from).collect();
    let count = (1.0 / epsilon).ceil() as usize;
    let mut before = 0.0;
    let bin = |at: usize| {
        let percent = epsilon + at as f64 * epsilon;
        let (value, sum) = (interpolate(percent, &percents, &values), interpolate(percent, &percents, &sums));
        let weight = sum - before;
        before = sum;
        (value as f32, weight as f32)
    };
    (0..count).map(bin).collect()
}

/// `numpy.interp`: the value at `x` between points whose `xs` ascend, that of the first or last point beyond them.
fn interpolate(x: f64, xs: &[f64], ys: &[f64]) -> f64 {
    let behind = xs.partition_point(|&at| at <= x);
    let point = |index: usize| Some((*xs.get(index)?, *ys.get(index)?));
    match (behind.checked_sub(1).and_then(point), point(behind)) {
        (Some((x0, y0)), Some((x1, y1))) if x0 != x => (y1 - y0) / (x1 - x0) * (x - x0) + y0,
        (Some((_, y)), _) | (None, Some((_, y))) => y,
        (None, None) => f64::NAN,
    }
}

impl Saved for Discretization {
    const CLASS: &'static str = LAYER;
    type Config = DiscretizationOptions;
    const FIXED: &'static [(&'static str, Value)] = &[("sparse", Value::Bool(false))];

    fn config(&self) -> DiscretizationOptions {
        DiscretizationOptions { bin_boundaries: self.boundaries.clone(), ..self.options.clone() }
    }

    fn from_config(config: DiscretizationOptions, _: bool) -> Result<Self> {
        match (&config.bin_boundaries, config.num_bins) {
            // What was learned.
            (Some(_), Some(_)) => Self::checked(config),
            _ => Self::new(config),
        }
    }
}

saved!(Discretization);
