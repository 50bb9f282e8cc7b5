//! Indices, as they are or as rows with a place for each index.

use serde::{Deserialize, Serialize};

use crate::data::{Array, Data, Shape, filled, size};
use crate::error::{self, PreprocessingError, Result};
use crate::number::Number;

/// What a layer makes of indices: `output_mode` in Keras.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum OutputMode {
    /// The indices as they are: for an `Embedding`.
    #[default]
    Int,
    /// For each index a row with a 1 at its place. A last axis of length 1 is replaced by it.
    OneHot,
    /// For each sample, the list of the last axis, a row with a 1 at the place of each index in it.
    #[serde(alias = "binary")]
    MultiHot,
    /// For each sample a row that says how often each index is in it.
    Count,
    /// As `Count`, times the weight of each index: term frequency times inverse document frequency.
    #[serde(alias = "tf-idf")]
    TfIdf,
}

impl OutputMode {
    /// Its name in Keras.
    pub fn name(self) -> &'static str {
        match self {
            Self::Int => "int",
            Self::OneHot => "one_hot",
            Self::MultiHot => "multi_hot",
            Self::Count => "count",
            Self::TfIdf => "tf_idf",
        }
    }
}

/// The index of what has no place in a row: a masked token.
pub(crate) const DROPPED: usize = usize::MAX;

/// How the indices of a row are written to it.
#[derive(Clone, Copy)]
pub(crate) struct Row<'a> {
    pub layer: &'static str,
    pub mode: OutputMode,
    /// For `TfIdf`: the weight of each index.
    pub idf: &'a [f32],
    /// For `Count`: the weight of each element of the data, 1 if there are none.
    pub weights: &'a [f32],
}

impl Row<'_> {
    /// Whether results of this type can have these values.
    pub fn check<T: Number>(&self) -> Result<()> {
        match self.mode {
            OutputMode::TfIdf if !T::FLOAT => {
                error::value(self.layer, "a float as the type of results of `tf_idf`", format!("`{}`", T::NAME))
            }
            _ => Ok(()),
        }
    }

    /// Adds an index to a row.
    #[inline]
    pub fn add<T: Number>(&self, row: &mut [T], index: usize) -> Result<()> {
        self.add_weighted(row, index, 1.0)
    }

    #[inline]
    fn add_weighted<T: Number>(&self, row: &mut [T], index: usize, weight: f32) -> Result<()> {
        let Some(place) = row.get_mut(index) else { return Ok(()) };
        let next = match self.mode {
            OutputMode::Count | OutputMode::TfIdf => place.to_f64() + f64::from(weight),
            _ => 1.0,
        };
        match T::from_f64(next) {
            Some(next) => *place = next,
            None => return error::value(self.layer, format!("counts that fit into `{}`", T::NAME), format!("{next}")),
        }
        Ok(())
    }

    /// Weighs the counts of a row.
    pub fn finish<T: Number>(&self, row: &mut [T]) {
        if self.mode == OutputMode::TfIdf {
            for (count, &weight) in row.iter_mut().zip(self.idf) {
                // Keras multiplies in `f32`.
                *count = T::from_f64((count.to_f64() as f32 * weight).into()).unwrap_or_default();
            }
        }
    }
}

/// Indices of a type.
pub(crate) fn convert<T: Number>(layer: &'static str, index: usize) -> Result<T> {
    match T::from_index(index) {
        Some(number) => Ok(number),
        None => error::value(
            layer,
            format!("a type of results that has all indices: `{}` has not", T::NAME),
            format!("{index}"),
        ),
    }
}

/// Rows for indices of this shape, as Keras 3.15 makes them: of data with several axes, it is the second along which
/// the indices of one sample lie, whichever is the last.
pub(crate) fn encode<T: Number>(row: Row, indices: &[usize], shape: &[usize], depth: usize) -> Result<Array<T>> {
    row.check::<T>()?;
    let layer = row.layer;
    match row.mode {
        OutputMode::Int => {
            let data = indices.iter().map(|&index| convert(layer, index)).collect::<Result<_>>()?;
            Ok(Array::of(shape.to_vec(), data))
        }
        OutputMode::OneHot => {
            let shape = one_hot_shape(shape, depth);
            let mut data = filled(layer, &shape)?;
            if depth > 0 {
                for (places, &index) in data.chunks_exact_mut(depth).zip(indices) {
                    row.add(places, index)?;
                }
            }
            Ok(Array::of(shape, data))
        }
        OutputMode::MultiHot | OutputMode::Count | OutputMode::TfIdf => {
            let (outer, inner) = match shape {
                [] | [_] => (1, 1),
                [outer, _, inner @ ..] => (*outer, size(layer, inner)?),
            };
            let mut result: Vec<usize> = shape.iter().copied().take(usize::from(shape.len() > 1)).collect();
            result.extend(shape.get(2..).unwrap_or_default());
            result.push(depth);
            let mut data = filled(layer, &result)?;
            let samples = indices.len().checked_div(outer).unwrap_or(0);
            for (at, &index) in indices.iter().enumerate() {
                let (outer, inside) = (at / samples, at % samples % inner);
                let start = (outer * inner + inside) * depth;
                let weight = row.weights.get(at).copied().unwrap_or(1.0);
                row.add_weighted(data.get_mut(start..start + depth).unwrap_or_default(), index, weight)?;
            }
            if depth > 0 {
                data.chunks_exact_mut(depth).for_each(|places| row.finish(places));
            }
            Ok(Array::of(result, data))
        }
    }
}

/// Rows for the indices of data, also of lists of different lengths where each becomes a row.
pub(crate) fn encode_data<D: Data + ?Sized, T: Number>(
    row: Row,
    indices: &[usize],
    data: &D,
    depth: usize,
) -> Result<Array<T>> {
    let shape = Shape::of(data);
    let bags = !matches!(row.mode, OutputMode::Int | OutputMode::OneHot);
    match shape.ragged {
        Some((1, _, _)) if shape.sizes.len() == 2 && bags => {
            let mut lengths = Vec::new();
            data.lengths(&mut lengths);
            encode_lists(row, indices, &lengths, depth)
        }
        _ => encode(row, indices, &shape.dense(row.layer)?, depth),
    }
}

/// One row for each list of indices.
fn encode_lists<T: Number>(row: Row, indices: &[usize], lengths: &[usize], depth: usize) -> Result<Array<T>> {
    row.check::<T>()?;
    let shape = vec![lengths.len(), depth];
    let (mut data, mut rest) = (filled(row.layer, &shape)?, indices);
    if depth > 0 {
        for (places, &len) in data.chunks_exact_mut(depth).zip(lengths) {
            let (list, behind) = rest.split_at(len.min(rest.len()));
            list.iter().try_for_each(|&index| row.add(places, index))?;
            row.finish(places);
            rest = behind;
        }
    }
    Ok(Array::of(shape, data))
}

fn one_hot_shape(shape: &[usize], depth: usize) -> Vec<usize> {
    let mut shape = match shape {
        [] => vec![1],
        [outer @ .., 1] if !outer.is_empty() => outer.to_vec(),
        shape => shape.to_vec(),
    };
    shape.push(depth);
    shape
}

/// Refuses a mode that a layer has not.
pub(crate) fn refuse(layer: &'static str, mode: OutputMode, modes: &str) -> Result<()> {
    Err(PreprocessingError::Option {
        layer,
        option: "output_mode",
        expected: modes.to_string(),
        found: format!("`{}`", mode.name()),
    })
}
