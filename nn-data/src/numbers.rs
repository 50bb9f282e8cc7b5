//! Numbers of a shape that is known when the program runs, and samples made of them.

use std::ops::Range;

use nn_core::{Dtype, Part, Record};

use crate::error::{Result, unfit};
use crate::source::lens;

/// The elements of [`Numbers`], in the type that their file has.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub enum Values {
    /// Bytes.
    U8(Vec<u8>),
    /// Bytes with a sign.
    I8(Vec<i8>),
    /// 16 bits.
    U16(Vec<u16>),
    /// 16 bits with a sign.
    I16(Vec<i16>),
    /// 32 bits.
    U32(Vec<u32>),
    /// 32 bits with a sign.
    I32(Vec<i32>),
    /// 64 bits.
    U64(Vec<u64>),
    /// 64 bits with a sign.
    I64(Vec<i64>),
    /// 32-bit IEEE 754.
    F32(Vec<f32>),
    /// 64-bit IEEE 754.
    F64(Vec<f64>),
}

/// Does the same with the elements, whatever their type.
macro_rules! with_values {
    ($values:expr, |$elements:ident| $body:expr) => {
        match $values {
            Values::U8($elements) => $body,
            Values::I8($elements) => $body,
            Values::U16($elements) => $body,
            Values::I16($elements) => $body,
            Values::U32($elements) => $body,
            Values::I32($elements) => $body,
            Values::U64($elements) => $body,
            Values::I64($elements) => $body,
            Values::F32($elements) => $body,
            Values::F64($elements) => $body,
        }
    };
}
pub(crate) use with_values;

impl Values {
    /// How many there are.
    pub fn len(&self) -> usize {
        with_values!(self, |elements| elements.len())
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Those of a range; none where it ends behind the last.
    fn part(&self, range: Range<usize>) -> Values {
        macro_rules! parts {
            ($($kind:ident)+) => {
                match self { $(Values::$kind(elements) => Values::$kind(elements.get(range).unwrap_or_default().to_vec()),)+ }
            };
        }
        parts!(U8 I8 U16 I16 U32 I32 U64 I64 F32 F64)
    }
}

/// A number that a column of labels is made of; which numbers it can be.
pub trait Label: Copy + Sized {
    /// What it takes, in words.
    const TAKES: &'static str;

    /// The number, if it is one of those.
    fn from_number(number: f64) -> Option<Self>;
}

macro_rules! labels {
    ($($type:ty: $takes:literal),+) => {$(
        impl Label for $type {
            const TAKES: &'static str = $takes;

            fn from_number(number: f64) -> Option<Self> {
                let label = number as $type;
                (label as f64 == number).then_some(label)
            }
        }
    )+};
}

labels! {
    u8: "whole numbers from 0 to 255", u16: "whole numbers from 0 to 65535", u32: "whole numbers from 0 on",
    usize: "whole numbers from 0 on", i32: "whole numbers", i64: "whole numbers"
}

impl Label for f32 {
    const TAKES: &'static str = "numbers";

    fn from_number(number: f64) -> Option<Self> {
        Some(number as f32)
    }
}

impl Label for f64 {
    const TAKES: &'static str = "numbers";

    fn from_number(number: f64) -> Option<Self> {
        Some(number)
    }
}

impl Label for bool {
    const TAKES: &'static str = "0 and 1";

    fn from_number(number: f64) -> Option<Self> {
        [0.0, 1.0].contains(&number).then_some(number == 1.0)
    }
}

/// Numbers row by row: the last axis varies fastest, the first counts samples.
///
/// ```
/// use nn_core::Tensor3;
/// use nn_data::{Numbers, Values};
///
/// // Two pictures of 2×2 bytes stay bytes where a network takes those.
/// let pictures = Numbers::new(&[2, 2, 2], Values::U8(vec![0, 1, 2, 3, 4, 5, 6, 255]))?;
/// let bytes: Vec<Tensor3<2, 2, 1, u8>> = pictures.samples()?;
/// assert_eq!(bytes[1].0, [[[4], [5]], [[6], [255]]]);
/// let numbers: Vec<Tensor3<2, 2, 1>> = pictures.samples()?;
/// assert_eq!(numbers[1][1][1], [255.0]);
/// # Ok::<(), nn_data::DataError>(())
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct Numbers {
    shape: Vec<usize>,
    values: Values,
}

impl Numbers {
    /// Numbers of this shape.
    ///
    /// # Errors
    ///
    /// If the shape has another number of elements.
    pub fn new(shape: &[usize], values: Values) -> Result<Self> {
        match lens(shape, 1) {
            Some((len, _)) if len == values.len() => Ok(Self { shape: shape.to_vec(), values }),
            _ => unfit("Numbers", format!("as many elements as {shape:?} has"), format!("{}", values.len())),
        }
    }

    /// Of a shape that was compared with the elements before.
    pub(crate) fn of(shape: Vec<usize>, values: Values) -> Self {
        debug_assert_eq!(shape.iter().product::<usize>(), values.len());
        Self { shape, values }
    }

    /// The lengths of the axes, outermost first.
    pub fn shape(&self) -> &[usize] {
        &self.shape
    }

    /// The elements, in the type of the file.
    pub fn values(&self) -> &Values {
        &self.values
    }

    /// How many samples there are: the length of the first axis.
    pub fn len(&self) -> usize {
        self.shape.first().copied().unwrap_or(1)
    }

    /// Whether there is no sample.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The elements as `f64`.
    // One of the types is `f64` itself.
    #[allow(clippy::unnecessary_cast)]
    pub fn to_f64(&self) -> Vec<f64> {
        with_values!(&self.values, |elements| elements.iter().map(|number| *number as f64).collect())
    }

    /// Some of the samples: `..1_000` trains, `1_000..` tests.
    ///
    /// # Errors
    ///
    /// If the range ends behind the last sample.
    pub fn part(&self, range: impl std::ops::RangeBounds<usize>) -> Result<Self> {
        use std::ops::Bound::{Excluded, Included, Unbounded};
        let from = match range.start_bound() {
            Included(at) => *at,
            Excluded(at) => at.saturating_add(1),
            Unbounded => 0,
        };
        let to = match range.end_bound() {
            Included(at) => at.saturating_add(1),
            Excluded(at) => *at,
            Unbounded => self.len(),
        };
        if from > to || to > self.len() || self.shape.is_empty() {
            return unfit("part", format!("a range of the {} samples", self.len()), format!("{from}..{to}"));
        }
        let each: usize = self.shape.iter().skip(1).product();
        let shape = [to - from].into_iter().chain(self.shape.iter().skip(1).copied()).collect();
        Ok(Self { shape, values: self.values.part(from * each..to * each) })
    }

    /// The samples of a network: one for each place of the first axis. Axes of one element may be there or not, so that a
    /// file of 28×28 pictures fits a network of 28×28×1.
    ///
    /// A network that takes bytes or ids gets them as they are; one that takes numbers gets all types as its own.
    ///
    /// # Errors
    ///
    /// If samples have another shape, or a number is none that the network takes: a fraction, or too large for a byte.
    pub fn samples<X: Record>(&self) -> Result<Vec<X>> {
        if X::PARTS.len() != 1 {
            let found = format!("one of {} parts: give each of them with `fill`", X::PARTS.len());
            return unfit("samples", "a network of one input", found);
        }
        self.fit(X::PARTS.first())?;
        let mut samples = bytemuck::zeroed_vec(self.len());
        self.write(&mut samples, 0)?;
        Ok(samples)
    }

    /// Writes one part of samples that have several, by its name.
    ///
    /// # Errors
    ///
    /// If there is no such part, or another number of samples, and as [`samples`](Self::samples). Then the samples are as they were.
    pub fn fill<X: Record>(&self, samples: &mut [X], part: &str) -> Result<()> {
        let Some(index) = X::PARTS.iter().position(|own| own.name == part) else {
            let names: Vec<_> = X::PARTS.iter().map(|part| format!("`{}`", part.name)).collect();
            return unfit("fill", format!("one of {}", names.join(", ")), format!("`{part}`"));
        };
        self.fit(X::PARTS.get(index))?;
        if samples.len() != self.len() {
            return unfit("fill", format!("{} samples", self.len()), format!("{}", samples.len()));
        }
        // What cannot be is found before anything is written.
        let mut filled = samples.to_vec();
        self.write(&mut filled, index)?;
        samples.copy_from_slice(&filled);
        Ok(())
    }

    /// Whether samples have the shape of a part.
    fn fit(&self, part: Option<&Part>) -> Result<()> {
        let long = |shape: &[usize]| shape.iter().copied().filter(|axis| *axis != 1).collect::<Vec<_>>();
        let (own, shape) = (self.shape.get(1..), part.map(|part| part.shape).unwrap_or_default());
        match own {
            Some(own) if long(own) == long(shape) => Ok(()),
            Some(own) => unfit("samples", format!("samples of shape {shape:?}"), format!("{own:?}")),
            None => unfit("samples", "an axis that counts samples", "a single number"),
        }
    }

    /// The bytes of all elements, if they have this type already.
    fn bytes_of(&self, dtype: Dtype) -> Option<&[u8]> {
        match (&self.values, dtype) {
            (Values::U8(elements), Dtype::U8) => Some(elements),
            (Values::U32(elements), Dtype::U32) => Some(bytemuck::cast_slice(elements)),
            (Values::I32(elements), Dtype::I32) => Some(bytemuck::cast_slice(elements)),
            (Values::F32(elements), Dtype::F32) => Some(bytemuck::cast_slice(elements)),
            (Values::F64(elements), Dtype::F64) => Some(bytemuck::cast_slice(elements)),
            _ => None,
        }
    }

    fn write<X: Record>(&self, samples: &mut [X], index: usize) -> Result<()> {
        let Some(part) = X::PARTS.get(index) else { return Ok(()) };
        let len = part.len();
        if let Some(bytes) = self.bytes_of(part.dtype) {
            let size = bytes.len() / self.len().max(1);
            for (sample, bytes) in samples.iter_mut().zip(bytes.chunks_exact(size.max(1))) {
                sample.part_mut(index).copy_from_slice(bytes);
            }
            return Ok(());
        }
        for (row, sample) in samples.iter_mut().enumerate() {
            let (range, to) = (row * len..(row + 1) * len, sample.part_mut(index));
            let wrong = |at: usize, found: f64, takes: &str| {
                unfit("samples", takes, format!("{found} at element {at} of sample {row}"))
            };
            match part.dtype {
                Dtype::F32 => self.convert::<f32>(range, to, wrong)?,
                Dtype::F64 => self.convert::<f64>(range, to, wrong)?,
                Dtype::U32 => self.convert::<u32>(range, to, wrong)?,
                Dtype::I32 => self.convert::<i32>(range, to, wrong)?,
                Dtype::U8 => self.convert::<u8>(range, to, wrong)?,
            }
        }
        Ok(())
    }

    /// Writes a range of elements as bytes of another type.
    // One of the types is `f64` itself.
    #[allow(clippy::unnecessary_cast)]
    fn convert<T: Label + bytemuck::NoUninit>(
        &self,
        range: Range<usize>,
        to: &mut [u8],
        wrong: impl Fn(usize, f64, &str) -> Result<()>,
    ) -> Result<()> {
        with_values!(&self.values, |elements| {
            let elements = elements.get(range).unwrap_or_default();
            for (at, (number, to)) in elements.iter().zip(to.chunks_exact_mut(size_of::<T>())).enumerate() {
                match T::from_number(*number as f64) {
                    Some(number) => to.copy_from_slice(bytemuck::bytes_of(&number)),
                    None => return wrong(at, *number as f64, T::TAKES),
                }
            }
            Ok(())
        })
    }

    /// One number for each sample, as targets: labels, or what a regression learns.
    ///
    /// # Errors
    ///
    /// If samples have several numbers, or one is none of the type.
    pub fn labels<T: Label>(&self) -> Result<Vec<T>> {
        if self.shape.is_empty() || self.shape.iter().skip(1).any(|axis| *axis != 1) {
            return unfit("labels", "one number for each sample", format!("numbers of shape {:?}", self.shape));
        }
        let label = |(row, number): (usize, f64)| match T::from_number(number) {
            Some(label) => Ok(label),
            None => unfit("labels", T::TAKES, format!("{number} in sample {row}")),
        };
        self.to_f64().into_iter().enumerate().map(label).collect()
    }
}
