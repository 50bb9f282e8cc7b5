//! Arrays of NumPy's, and samples of a network.

use std::path::Path;

use nn_data::{Numbers, Values, npy};
use nn_import::tflite::Scale;
use nn_run::{Data, Kind, Part};

use crate::open::Stop;

/// An array, whose numbers are read as `f64`: enough for each type that networks take.
#[derive(Clone)]
pub struct Array {
    pub shape: Vec<usize>,
    pub values: Vec<f64>,
    /// Whether they are whole numbers in the file.
    pub is_whole: bool,
}

impl Array {
    pub fn read(path: &Path) -> Result<Self, Stop> {
        let numbers = npy::read(path)?;
        let is_whole = !matches!(numbers.values(), Values::F32(_) | Values::F64(_));
        Ok(Array { shape: numbers.shape().to_vec(), values: numbers.to_f64(), is_whole })
    }

    /// Images of `sample`, whose channels are last: where they are first in the array, they change places.
    pub fn channels_last(mut self, sample: &[usize]) -> Self {
        let own = self.shape.get(1..).unwrap_or_default().to_vec();
        let (&[channels, height, width], true) = (own.as_slice(), own.as_slice() != sample) else { return self };
        if sample != [height, width, channels] {
            return self;
        }
        let places = height * width;
        let image =
            |image: &[f64]| (0..places * channels).map(|at| image[at % channels * places + at / channels]).collect();
        self.values = self.values.chunks_exact(places * channels).flat_map(|one| -> Vec<f64> { image(one) }).collect();
        self.shape[1..].copy_from_slice(sample);
        self
    }

    /// What whole numbers stand for.
    pub fn scaled(mut self, scale: Option<Scale>) -> Self {
        if let Some(Scale { scale, zero_point }) = scale.filter(|_| self.is_whole) {
            self.values.iter_mut().for_each(|value| *value = (*value - zero_point) * scale);
        }
        self
    }

    pub fn write(&self, path: &Path) -> Result<(), Stop> {
        let values = self.values.iter().map(|value| *value as f32).collect();
        Ok(npy::write(path, &Numbers::new(&self.shape, Values::F32(values))?)?)
    }
}

/// An input of one sample, in the type that the network takes.
pub enum Sample {
    Real(Vec<f32>),
    Ids(Vec<u32>),
    Signed(Vec<i32>),
    Bytes(Vec<u8>),
}

impl Sample {
    pub fn new(part: &Part, values: &[f64]) -> Result<Self, Stop> {
        let whole = |most: f64, what: &str| match values.iter().find(|value| !(0.0..=most).contains(*value)) {
            Some(value) => Err(format!("`{}` takes {what}, not {value}", part.name)),
            None => Ok(()),
        };
        Ok(match part.kind {
            Kind::U32 => {
                whole(f64::from(u32::MAX), "ids")?;
                Sample::Ids(values.iter().map(|value| *value as u32).collect())
            }
            Kind::I32 => {
                whole(f64::from(i32::MAX), "ids")?;
                Sample::Signed(values.iter().map(|value| *value as i32).collect())
            }
            Kind::U8 => {
                whole(255.0, "bytes")?;
                Sample::Bytes(values.iter().map(|value| *value as u8).collect())
            }
            Kind::Real => Sample::Real(values.iter().map(|value| *value as f32).collect()),
        })
    }

    pub fn data(&self) -> Data<'_, f32> {
        match self {
            Sample::Real(values) => Data::Real(values),
            Sample::Ids(values) => Data::U32(values),
            Sample::Signed(values) => Data::I32(values),
            Sample::Bytes(values) => Data::U8(values),
        }
    }
}
