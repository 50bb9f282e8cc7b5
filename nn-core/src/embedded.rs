//! Weights that are part of the program.

use core::ops::Range;

use bytemuck::{Pod, Zeroable};

/// A cache line. Every network consists of whole ones.
#[derive(Clone, Copy, Pod, Zeroable)]
#[repr(C, align(64))]
pub struct Line([u8; 64]);

/// The weights in `file`, a whole weight file; `parts` are their bytes, in the order of the network's fields.
///
/// The compiler runs this. It copies each part as a whole and casts nothing but `lines`, where they lie: what looks
/// shorter copies them a dozen times, which at a hundred megabytes takes seconds.
///
/// What a part has too many or too few is left alone here: it has another shape than its weight, which
/// [`same_shape`](crate::shape::same_shape) makes a compile error that says so.
///
/// # Panics
///
/// In constant evaluation, so as a compile error: for a processor that is not little-endian, and if the file is no longer
/// the one that the macro saw.
pub const fn embedded<const N: usize>(file: &[u8], parts: &[Range<usize>]) -> [Line; N] {
    if cfg!(target_endian = "big") {
        panic!("a weight file is little-endian, and so must be the machine that it is embedded for: `load` it instead");
    }
    let mut lines = [Line([0; 64]); N];
    let mut rest: &mut [u8] = bytemuck::must_cast_slice_mut(&mut lines);
    let mut index = 0;
    while index < parts.len() {
        let Range { start, end } = parts[index];
        if end - start > rest.len() {
            break;
        }
        let (place, behind) = rest.split_at_mut(end - start);
        place.copy_from_slice(file.split_at(end).0.split_at(start).1);
        rest = behind;
        index += 1;
    }
    lines
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_come_in_the_order_of_the_fields() {
        const FILE: [u8; 14] = [9, 9, 0, 0, 128, 63, 0, 0, 0, 64, 0, 0, 64, 64];
        static WEIGHTS: [Line; 1] = embedded(&FILE, &[10..14, 2..6, 6..10]);
        let weights: &[f32; 16] = bytemuck::must_cast_ref(&WEIGHTS);
        assert_eq!(weights[..4], [3.0, 1.0, 2.0, 0.0]);
        assert!((&raw const WEIGHTS).addr().is_multiple_of(64));
        static NONE: [Line; 0] = embedded(&[], &[]);
        assert!(NONE.is_empty());
    }
}
