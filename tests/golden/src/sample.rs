//! Samples of networks, made of the numbers of a case.

use nn_core::record::Item;
use nn_core::{Dtype, Element, Part, Record};
use num_traits::NumCast;

/// Samples whose parts are these numbers, one sample behind another.
///
/// # Panics
///
/// If the parts do not have equally many samples, or a part cannot hold its numbers.
pub fn samples<R: Record>(parts: &[Vec<f64>]) -> Vec<R> {
    assert_eq!(parts.len(), R::PARTS.len(), "the number of parts");
    let count = parts[0].len() / R::PARTS[0].len();
    for (numbers, part) in parts.iter().zip(R::PARTS) {
        assert_eq!(numbers.len(), count * part.len(), "the numbers of {count} samples of {part:?}");
    }
    let sample = |index: usize| {
        let mut sample: R = bytemuck::Zeroable::zeroed();
        for (at, part) in R::PARTS.iter().enumerate() {
            write(part, &parts[at][index * part.len()..][..part.len()], sample.part_mut(at));
        }
        sample
    };
    (0..count).map(sample).collect()
}

/// Writes the numbers of a part.
fn write(part: &Part, numbers: &[f64], bytes: &mut [u8]) {
    match part.dtype {
        Dtype::F32 => put::<f32>(numbers, bytes),
        Dtype::F64 => put::<f64>(numbers, bytes),
        Dtype::U32 => put::<u32>(numbers, bytes),
        Dtype::I32 => put::<i32>(numbers, bytes),
        Dtype::U8 => put::<u8>(numbers, bytes),
    }
}

fn put<T: Item + NumCast>(numbers: &[f64], bytes: &mut [u8]) {
    assert_eq!(bytes.len(), size_of_val(numbers) / size_of::<f64>() * size_of::<T>(), "the bytes of a part");
    for (bytes, &number) in bytes.chunks_exact_mut(size_of::<T>()).zip(numbers) {
        let number: T = NumCast::from(number).expect("a number that the part can hold");
        bytes.copy_from_slice(bytemuck::bytes_of(&number));
    }
}

/// The elements of a part of an output.
///
/// # Panics
///
/// If it is of another type.
pub fn elements_of<R: Record, T: Element>(record: &R, part: usize) -> Vec<T> {
    assert_eq!(R::PARTS[part].dtype, T::DTYPE, "the type of an output");
    bytemuck::pod_collect_to_vec(record.part(part))
}
