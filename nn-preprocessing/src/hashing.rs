//! `Hashing`.

use std::fmt::Write;

use serde::{Deserialize, Serialize, Serializer};
use serde_json::Value;

use crate::data::{Array, Data, leaves};
use crate::encode::{self, OutputMode, Row};
use crate::error::{self, Result};
use crate::hash::{Salt, bucket};
use crate::json::{Saved, saved};
use crate::number::{Number, sealed::Number as _};

/// The options of [`Hashing`], with Keras' names.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct HashingOptions {
    /// How many bins there are, that of `mask_value` among them. Keras has no default.
    pub num_bins: usize,
    /// What goes to bin 0 alone; `None` for no such value.
    #[serde(default)]
    pub mask_value: Option<MaskValue>,
    /// Hashes by SipHash with this key, and not by FarmHash.
    #[serde(default)]
    pub salt: Option<Salt>,
    /// What becomes of bins: `int`, `one_hot`, `multi_hot` or `count`.
    #[serde(default)]
    pub output_mode: OutputMode,
}

/// A text or a number that is masked.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(untagged)]
pub enum MaskValue {
    /// A text, for data of texts.
    Text(String),
    /// A number, for data of numbers.
    Number(f64),
}

impl Serialize for MaskValue {
    fn serialize<S: Serializer>(&self, to: S) -> std::result::Result<S::Ok, S::Error> {
        match self {
            Self::Text(text) => to.serialize_str(text),
            // Keras compares integers with integers only.
            Self::Number(number) => match i64::from_f64(*number) {
                Some(whole) => to.serialize_i64(whole),
                None => to.serialize_f64(*number),
            },
        }
    }
}

impl From<&str> for MaskValue {
    fn from(text: &str) -> Self {
        Self::Text(text.to_string())
    }
}

impl From<f64> for MaskValue {
    fn from(number: f64) -> Self {
        Self::Number(number)
    }
}

/// What can be put into a bin: a text, or a number, of which the whole part counts.
pub trait Category: sealed::Category {}

mod sealed {
    use super::MaskValue;

    pub trait Category {
        /// Writes what is hashed; false if there is nothing.
        fn write(&self, text: &mut String) -> bool;
        /// Whether it is this value; `None` if one is a text and the other a number.
        fn is(&self, mask: &MaskValue) -> Option<bool>;
    }
}

impl sealed::Category for str {
    fn write(&self, text: &mut String) -> bool {
        text.push_str(self);
        true
    }

    fn is(&self, mask: &MaskValue) -> Option<bool> {
        match mask {
            MaskValue::Text(text) => Some(self == text),
            MaskValue::Number(_) => None,
        }
    }
}

impl Category for str {}

impl<N: Number> sealed::Category for N {
    fn write(&self, text: &mut String) -> bool {
        self.to_i64().is_some_and(|number| write!(text, "{number}").is_ok())
    }

    fn is(&self, mask: &MaskValue) -> Option<bool> {
        match mask {
            MaskValue::Text(_) => None,
            MaskValue::Number(number) => Some(self.to_f64() == *number),
        }
    }
}

impl<N: Number> Category for N {}

const LAYER: &str = "Hashing";

/// Texts or numbers to bins, by their hash: categories without a vocabulary.
/// [Keras' page](https://keras.io/api/layers/preprocessing_layers/categorical/hashing/).
///
/// The bins are Keras' own: FarmHash's `Fingerprint64` of the text, or SipHash-2-4 with a `salt`. A number is hashed
/// as its whole part in decimal.
///
/// ```
/// use nn_preprocessing::{Hashing, HashingOptions};
///
/// let bins = Hashing::new(3)?;
/// assert_eq!(bins.transform::<u32>(&["A", "B", "C", "D", "E"])?.as_slice(), [1, 0, 1, 1, 2]);
///
/// let options = HashingOptions { salt: Some([133, 137].into()), ..Hashing::new(3)?.options().clone() };
/// assert_eq!(Hashing::with(options)?.transform::<u32>(&["A", "B", "C", "D", "E"])?.as_slice(), [1, 2, 1, 0, 2]);
/// # Ok::<(), nn_preprocessing::PreprocessingError>(())
/// ```
#[derive(Clone, Debug)]
pub struct Hashing {
    options: HashingOptions,
}

impl Hashing {
    /// A layer with this many bins and Keras' defaults: no mask, no salt, `int`.
    ///
    /// # Errors
    ///
    /// If there are none.
    pub fn new(num_bins: usize) -> Result<Self> {
        Self::with(HashingOptions { num_bins, mask_value: None, salt: None, output_mode: OutputMode::Int })
    }

    /// A layer with these options.
    ///
    /// # Errors
    ///
    /// If `num_bins` is 0, or `output_mode` is `tf_idf`.
    pub fn with(options: HashingOptions) -> Result<Self> {
        if options.num_bins == 0 {
            error::option(LAYER, "num_bins", "at least 1", "0")?;
        }
        if options.output_mode == OutputMode::TfIdf {
            encode::refuse(LAYER, options.output_mode, "`int`, `one_hot`, `multi_hot` or `count`")?;
        }
        Ok(Self { options })
    }

    /// The options.
    pub fn options(&self) -> &HashingOptions {
        &self.options
    }

    /// The bins of texts or numbers, or what `output_mode` makes of them: Keras' call of the layer.
    ///
    /// # Errors
    ///
    /// If `mask_value` is a text and the data numbers or the other way round, a number does not fit into `i64`, lists
    /// have different lengths where they must not, or a bin does not fit into `T`.
    pub fn transform<T: Number>(&self, data: &(impl Data<Leaf: Category> + ?Sized)) -> Result<Array<T>> {
        self.encode(data)
    }

    fn encode<D: Data<Leaf: Category> + ?Sized, T: Number>(&self, data: &D) -> Result<Array<T>> {
        let HashingOptions { num_bins, mask_value, salt, output_mode: mode } = &self.options;
        let masks = mask_value.as_ref().filter(|_| *num_bins > 1);
        let (bins, first) = if masks.is_some() { (num_bins - 1, 1) } else { (*num_bins, 0) };
        let mut text = String::new();
        let index = |leaf: &D::Leaf| {
            match masks.map(|mask| sealed::Category::is(leaf, mask)) {
                Some(None) => return error::value(LAYER, "data of the type of `mask_value`", "texts and numbers"),
                Some(Some(true)) => return Ok(0),
                Some(Some(false)) | None => {}
            }
            text.clear();
            match sealed::Category::write(leaf, &mut text) {
                true => Ok(first + bucket(text.as_bytes(), bins, *salt)),
                false => error::value(LAYER, "numbers that fit into `i64`", "one that does not"),
            }
        };
        let indices: Vec<usize> = leaves(data).into_iter().map(index).collect::<Result<_>>()?;
        encode::encode_data(Row { layer: LAYER, mode: *mode, idf: &[], weights: &[] }, &indices, data, *num_bins)
    }
}

impl Saved for Hashing {
    const CLASS: &'static str = LAYER;
    type Config = HashingOptions;
    const FIXED: &'static [(&'static str, Value)] = &[("sparse", Value::Bool(false))];

    fn config(&self) -> HashingOptions {
        self.options.clone()
    }

    fn from_config(config: HashingOptions, _: bool) -> Result<Self> {
        Self::with(config)
    }
}

saved!(Hashing);
