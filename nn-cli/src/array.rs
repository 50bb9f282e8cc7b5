//! Arrays of NumPy's, and samples of a network.

use std::path::Path;

use nn_data::{Numbers, Values, npy};
use nn_run::{Data, Kind, Part};

use crate::open::Stop;

/// An array, whose numbers are read as `f64`: enough for each type that networks take.
pub struct Array {
    pub shape: Vec<usize>,
    pub values: Vec<f64>,
}

impl Array {
    pub fn read(path: &Path) -> Result<Self, Stop> {
        let numbers = npy::read(path)?;
        Ok(Array { shape: numbers.shape().to_vec(), values: numbers.to_f64() })
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
