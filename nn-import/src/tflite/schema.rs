//! The tables of a TFLite file, and its arrays as numbers.
//!
//! [The schema](https://github.com/tensorflow/tensorflow/blob/master/tensorflow/compiler/mlir/lite/schema/schema.fbs), version 3.

use std::cell::Cell;
use std::rc::Rc;

use super::buffer::{Table, bad};
use crate::ImportError;
use crate::onnx::array::Array;

pub struct Graph<'a> {
    pub tensors: Vec<Tensor>,
    pub inputs: Vec<usize>,
    pub outputs: Vec<usize>,
    pub operators: Vec<Operator<'a>>,
}

pub struct Tensor {
    pub name: String,
    pub shape: Vec<usize>,
    /// As ONNX counts kinds of elements.
    pub kind: i64,
    /// What it always is: numbers, whatever the file has them as.
    pub array: Option<Array>,
    /// Of one that is quantized as a whole.
    pub scale: Option<Scale>,
    /// The least and the largest number that its whole numbers stand for.
    pub bounds: Option<[f64; 2]>,
}

/// How whole numbers stand for others: `(q - zero_point) * scale`.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Scale {
    /// What one step is worth.
    pub scale: f64,
    /// The whole number that stands for 0.
    pub zero_point: f64,
}

pub struct Operator<'a> {
    /// By its number in the schema.
    pub code: i32,
    /// The name of one that is none of TFLite's own.
    pub custom: Rc<str>,
    /// An input that is not given is nothing.
    pub inputs: Vec<Option<usize>>,
    pub outputs: Vec<usize>,
    pub options: Option<Table<'a>>,
}

/// `left` is for the tables, which count by it what is read.
pub fn graph<'a>(bytes: &'a [u8], left: &'a Cell<usize>) -> Result<Graph<'a>, ImportError> {
    let model = Table::root(bytes, left)?;
    let codes = model.tables(1)?.into_iter().map(|code| {
        // What did not fit into a byte has a field of its own.
        Ok((code.int(3, 0)?.max(i32::from(code.byte(0, 0)?)), code.text(1)?.into()))
    });
    let codes = codes.collect::<Result<Vec<(i32, Rc<str>)>, ImportError>>()?;
    let graphs = model.tables(2)?;
    let graph = graphs.first().ok_or_else(|| bad("it has no graph"))?;
    let buffers = model.tables(4)?;
    let tensors = graph.tables(0)?.into_iter().map(|table| self::tensor(&model, table, &buffers));
    let tensors = tensors.collect::<Result<Vec<_>, _>>()?;
    let operators = graph.tables(3)?.into_iter().map(|operator| {
        let index = usize::try_from(operator.int(0, 0)?).unwrap_or(usize::MAX);
        let (code, custom) = codes.get(index).cloned().ok_or_else(|| bad("an operator is of no kind"))?;
        let (inputs, outputs) = (operator.ints(1)?, known(operator.ints(2)?, &tensors)?);
        let input = |place: i64| if place < 0 { Ok(None) } else { Ok(known(vec![place], &tensors)?.pop()) };
        let inputs = inputs.into_iter().map(input).collect::<Result<_, ImportError>>()?;
        Ok(Operator { code, custom, inputs, outputs, options: operator.table(4)? })
    });
    let operators = operators.collect::<Result<_, ImportError>>()?;
    let (inputs, outputs) = (known(graph.ints(1)?, &tensors)?, known(graph.ints(2)?, &tensors)?);
    Ok(Graph { inputs, outputs, operators, tensors })
}

/// Places of tensors that there are.
fn known(places: Vec<i64>, tensors: &[Tensor]) -> Result<Vec<usize>, ImportError> {
    let place = |place: i64| usize::try_from(place).ok().filter(|place| *place < tensors.len());
    let places = places.into_iter().map(|at| place(at).ok_or_else(|| bad("it names a tensor that there is not")));
    places.collect()
}

fn tensor(model: &Table<'_>, tensor: Table<'_>, buffers: &[Table<'_>]) -> Result<Tensor, ImportError> {
    let name = tensor.text(3)?;
    let size = |size: i64| usize::try_from(size).map_err(|_| bad(format!("`{name}` has a size of {size}")));
    let shape = tensor.ints(0)?.into_iter().map(size).collect::<Result<Vec<usize>, _>>()?;
    let code = tensor.byte(1, 0)?;
    let buffer = usize::try_from(tensor.int(2, 0)?).ok().and_then(|place| buffers.get(place));
    let data = match buffer {
        None => &[][..],
        // Files of more than two gigabytes have them behind the tables.
        Some(buffer) if buffer.long(1)? > 1 => model.part(buffer.long(1)?, buffer.long(2)?)?,
        Some(buffer) => buffer.bytes(0)?,
    };
    let quantization = Quantization::read(tensor.table(4)?)?;
    let is_quantized = matches!(code, INT8 | UINT8 | INT16 | INT32 | INT4) && !quantization.scales.is_empty();
    let kind = match code {
        FLOAT32 | FLOAT16 | FLOAT64 => 1,
        _ if is_quantized => 1,
        BOOL => 9,
        _ => 7,
    };
    let array = match data {
        [] => None,
        data => {
            let values = numbers(code, data).ok_or_else(|| {
                bad(format!("`{name}` has elements of a kind that is not read (number {code} of the schema)"))
            })?;
            let count = shape.iter().try_fold(1_usize, |count, size| count.checked_mul(*size));
            if count.is_none_or(|count| values.len() < count || values.len() > count + usize::from(code == INT4)) {
                return Err(bad(format!("`{name}` of {shape:?} has {} elements", values.len())));
            }
            let mut values = values;
            values.truncate(count.unwrap_or_default());
            if is_quantized {
                quantization.apply(&shape, &mut values)?;
            }
            let kind = crate::onnx::element(kind);
            Some(Array::new(kind, shape.clone(), values))
        }
    };
    let scale = match (is_quantized, quantization.scales.as_slice()) {
        (true, [scale]) => Some(Scale { scale: *scale, zero_point: quantization.zero(0) }),
        _ => None,
    };
    let whole = match code {
        INT8 => Some([-128.0, 127.0]),
        UINT8 => Some([0.0, 255.0]),
        INT16 => Some([-32768.0, 32767.0]),
        _ => None,
    };
    let bounds =
        scale.zip(whole).map(|(Scale { scale, zero_point }, whole)| whole.map(|q| rounded((q - zero_point) * scale)));
    Ok(Tensor { name, shape, kind, array, scale, bounds })
}

const FLOAT32: i8 = 0;
const FLOAT16: i8 = 1;
const INT32: i8 = 2;
const UINT8: i8 = 3;
const INT64: i8 = 4;
const BOOL: i8 = 6;
const INT16: i8 = 7;
const INT8: i8 = 9;
const FLOAT64: i8 = 10;
const INT4: i8 = 17;

fn numbers(code: i8, data: &[u8]) -> Option<Vec<f64>> {
    fn all<const N: usize>(data: &[u8], number: impl Fn([u8; N]) -> f64) -> Vec<f64> {
        data.chunks_exact(N).filter_map(|bytes| bytes.try_into().ok()).map(number).collect()
    }
    Some(match code {
        FLOAT32 => all(data, |bytes| f64::from(f32::from_le_bytes(bytes))),
        FLOAT16 => all(data, |bytes| crate::onnx::half(u16::from_le_bytes(bytes))),
        FLOAT64 => all(data, f64::from_le_bytes),
        INT32 => all(data, |bytes| f64::from(i32::from_le_bytes(bytes))),
        INT64 => all(data, |bytes| i64::from_le_bytes(bytes) as f64),
        INT16 => all(data, |bytes| f64::from(i16::from_le_bytes(bytes))),
        INT8 => all(data, |[byte]| f64::from(byte as i8)),
        UINT8 => all(data, |[byte]| f64::from(byte)),
        BOOL => all(data, |[byte]| f64::from(u8::from(byte != 0))),
        // Two in a byte, the lower half first.
        INT4 => data.iter().flat_map(|byte| [(*byte << 4) as i8 >> 4, *byte as i8 >> 4].map(f64::from)).collect(),
        _ => return None,
    })
}

/// To as many digits as a float of 32 bits has, which is what a person would write.
fn rounded(number: f64) -> f64 {
    format!("{number:.6e}").parse().unwrap_or(number)
}

#[derive(Default)]
struct Quantization {
    scales: Vec<f64>,
    zero_points: Vec<i64>,
    /// Along which the scales lie, where there are several.
    axis: i32,
}

impl Quantization {
    fn read(table: Option<Table<'_>>) -> Result<Self, ImportError> {
        let Some(table) = table else { return Ok(Quantization::default()) };
        Ok(Quantization { scales: table.floats(2)?, zero_points: table.longs(3)?, axis: table.int(6, 0)? })
    }

    fn zero(&self, place: usize) -> f64 {
        // One may be there for all.
        let zero = self.zero_points.get(place).or(self.zero_points.first());
        zero.copied().unwrap_or_default() as f64
    }

    fn apply(&self, shape: &[usize], values: &mut [f64]) -> Result<(), ImportError> {
        if let [scale] = self.scales[..] {
            let zero = self.zero(0);
            values.iter_mut().for_each(|value| *value = (*value - zero) * scale);
            return Ok(());
        }
        let axis = usize::try_from(self.axis).ok().filter(|axis| shape.get(*axis) == Some(&self.scales.len()));
        let axis = axis.ok_or_else(|| bad("it has another number of scales than an axis has elements"))?;
        let inner: usize = shape[axis + 1..].iter().product();
        for (place, value) in values.iter_mut().enumerate() {
            let at = place / inner.max(1) % self.scales.len();
            *value = (*value - self.zero(at)) * self.scales[at];
        }
        Ok(())
    }
}
