//! `CategoryEncoding`.

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::data::{Array, Data, Shape, leaves};
use crate::encode::{self, OutputMode, Row};
use crate::error::{self, Result};
use crate::json::{Saved, saved};
use crate::number::{Number, sealed::Number as _};

/// The options of [`CategoryEncoding`], with Keras' names.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CategoryEncodingOptions {
    /// How many categories there are: all integers are below it. Keras has no default.
    pub num_tokens: usize,
    /// `multi_hot`, `one_hot` or `count`.
    #[serde(default = "multi_hot")]
    pub output_mode: OutputMode,
}

fn multi_hot() -> OutputMode {
    OutputMode::MultiHot
}

const LAYER: &str = "CategoryEncoding";

/// Integers below a known number to rows with a place for each.
/// [Keras' page](https://keras.io/api/layers/preprocessing_layers/categorical/category_encoding/).
///
/// ```
/// use nn_preprocessing::{CategoryEncoding, CategoryEncodingOptions, OutputMode};
///
/// let sets = CategoryEncoding::new(4)?;
/// let rows: Vec<[f32; 4]> = sets.transform(&[[0, 1], [0, 0], [1, 2]])?.samples()?;
/// assert_eq!(rows, [[1.0, 1.0, 0.0, 0.0], [1.0, 0.0, 0.0, 0.0], [0.0, 1.0, 1.0, 0.0]]);
///
/// let counts = CategoryEncoding::with(CategoryEncodingOptions { num_tokens: 4, output_mode: OutputMode::Count })?;
/// let row = counts.transform_weighted::<f32>(&[0, 3, 3], &[0.5, 0.25, 0.25])?;
/// assert_eq!(row.as_slice(), [0.5, 0.0, 0.0, 0.5]);
/// # Ok::<(), nn_preprocessing::PreprocessingError>(())
/// ```
#[derive(Clone, Debug)]
pub struct CategoryEncoding {
    options: CategoryEncodingOptions,
}

impl CategoryEncoding {
    /// A layer for this many categories, with Keras' defaults: `multi_hot`.
    ///
    /// # Errors
    ///
    /// If there are none.
    pub fn new(num_tokens: usize) -> Result<Self> {
        Self::with(CategoryEncodingOptions { num_tokens, output_mode: multi_hot() })
    }

    /// A layer with these options.
    ///
    /// # Errors
    ///
    /// If `num_tokens` is 0, or `output_mode` is `int` or `tf_idf`.
    pub fn with(options: CategoryEncodingOptions) -> Result<Self> {
        if options.num_tokens == 0 {
            error::option(LAYER, "num_tokens", "at least 1", "0")?;
        }
        if matches!(options.output_mode, OutputMode::Int | OutputMode::TfIdf) {
            encode::refuse(LAYER, options.output_mode, "`one_hot`, `multi_hot` or `count`")?;
        }
        Ok(Self { options })
    }

    /// Rows for integers: Keras' call of the layer.
    ///
    /// `one_hot` adds an axis of `num_tokens` elements; `multi_hot` and `count` have one in place of the last axis,
    /// and take lists of different lengths as well.
    ///
    /// # Errors
    ///
    /// If an integer is negative or not below `num_tokens`, or lists have different lengths where they must not.
    pub fn transform<T: Number>(&self, data: &(impl Data<Leaf: Number> + ?Sized)) -> Result<Array<T>> {
        self.encode(data, &[])
    }

    /// As [`transform`](Self::transform) with `count`, where each integer counts as much as its weight: Keras'
    /// `count_weights`.
    ///
    /// # Errors
    ///
    /// If the mode is another, the weights have another shape than the data, and as there.
    pub fn transform_weighted<T: Number>(
        &self,
        data: &(impl Data<Leaf: Number> + ?Sized),
        count_weights: &(impl Data<Leaf: Number> + ?Sized),
    ) -> Result<Array<T>> {
        if self.options.output_mode != OutputMode::Count {
            encode::refuse(LAYER, self.options.output_mode, "`count` for weights")?;
        }
        let shapes = (Shape::of(data).dense(LAYER)?, Shape::of(count_weights).dense(LAYER)?);
        if shapes.0 != shapes.1 {
            let found = format!("they have {:?} and the data {:?}", shapes.1, shapes.0);
            return error::shape(LAYER, "weights of the shape of the data", found);
        }
        let mut weights = Vec::new();
        count_weights.visit(&mut |weight| weights.push(weight.to_f64() as f32));
        self.encode(data, &weights)
    }

    fn encode<D: Data<Leaf: Number> + ?Sized, T: Number>(&self, data: &D, weights: &[f32]) -> Result<Array<T>> {
        let CategoryEncodingOptions { num_tokens, output_mode: mode } = self.options;
        let index = |number: &D::Leaf| match number.to_i64().map(usize::try_from) {
            Some(Ok(index)) if index < num_tokens => Ok(index),
            _ => error::value(LAYER, format!("integers from 0 to {}", num_tokens - 1), format!("{}", number.to_f64())),
        };
        let indices: Vec<usize> = leaves(data).into_iter().map(index).collect::<Result<_>>()?;
        encode::encode_data(Row { layer: LAYER, mode, idf: &[], weights }, &indices, data, num_tokens)
    }
}

impl Saved for CategoryEncoding {
    const CLASS: &'static str = LAYER;
    type Config = CategoryEncodingOptions;
    const FIXED: &'static [(&'static str, Value)] = &[("sparse", Value::Bool(false))];

    fn config(&self) -> CategoryEncodingOptions {
        self.options
    }

    fn from_config(config: CategoryEncodingOptions, _: bool) -> Result<Self> {
        Self::with(config)
    }
}

saved!(CategoryEncoding);
