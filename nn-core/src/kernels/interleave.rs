//! One stream of numbers that takes from several planes in turn, as an image takes from its channels, and back.
//!
//! Halves are zipped or unzipped as long as the number of planes is even. Where 3 planes are left, as many as an image
//! has colours, they are picked together by swizzles of two vectors, if the machine has an instruction for that. (With 5
//! planes that takes as long as transposing a block.)

use core::marker::PhantomData;

use fearless_simd::prelude::*;

use crate::element::Element;
use crate::kernels::lanes;

/// The vector instructions of [`part`] and of [`interleave`], loads and stores aside; `None` where they cannot.
pub(crate) const fn cost(count: usize, lanes: usize) -> Option<usize> {
    crate::shape::tiles::interleaved(count, lanes, cfg!(target_arch = "aarch64"))
}

/// Vectors of the stream in, a vector of each plane out.
#[inline(always)]
pub(crate) fn part<S: Simd, T: Element, const N: usize, const COUNT: usize>(
    mut block: [T::Vector<S>; COUNT],
) -> [T::Vector<S>; COUNT] {
    for _ in 0..const { COUNT.trailing_zeros() } {
        let old = block;
        for i in 0..COUNT / 2 {
            block[i] = old[2 * i].unzip_low(old[2 * i + 1]);
            block[i + COUNT / 2] = old[2 * i].unzip_high(old[2 * i + 1]);
        }
    }
    if const { crate::shape::tiles::odd(COUNT) == 3 } {
        block = threes::<S, T, COUNT>(block, &Places::<T, N>::PART, [1, COUNT / 3]);
    }
    block
}

/// A vector of each plane in, vectors of the stream out.
#[inline(always)]
pub(crate) fn interleave<S: Simd, T: Element, const N: usize, const COUNT: usize>(
    mut block: [T::Vector<S>; COUNT],
) -> [T::Vector<S>; COUNT] {
    if const { crate::shape::tiles::odd(COUNT) == 3 } {
        block = threes::<S, T, COUNT>(block, &Places::<T, N>::WEAVE, [COUNT / 3, 1]);
    }
    for _ in 0..const { COUNT.trailing_zeros() } {
        let old = block;
        for i in 0..COUNT / 2 {
            block[2 * i] = old[i].zip_low(old[i + COUNT / 2]);
            block[2 * i + 1] = old[i].zip_high(old[i + COUNT / 2]);
        }
    }
    block
}

/// Swizzles three vectors at a time, which lie `from` apart before and `to` apart afterwards: side by side, or dealt out.
#[inline(always)]
fn threes<S: Simd, T: Element, const COUNT: usize>(
    block: [T::Vector<S>; COUNT],
    places: &[[[u8; 64]; 2]; 3],
    [from, to]: [usize; 2],
) -> [T::Vector<S>; COUNT] {
    let mut mixed = block;
    for group in 0..COUNT / 3 {
        let first = |apart: usize| if apart == 1 { group * 3 } else { group };
        for (j, [two, third]) in places.iter().enumerate() {
            let member = |index: usize| block[first(from) + index * from];
            mixed[first(to) + j * to] = swizzle::<S, T>(swizzle::<S, T>(member(0), member(1), two), member(2), third);
        }
    }
    mixed
}

/// The bytes at these places of two vectors.
#[inline(always)]
fn swizzle<S: Simd, T: Element>(a: T::Vector<S>, b: T::Vector<S>, places: &[u8; 64]) -> T::Vector<S> {
    type Bytes<S, V> = <V as SimdBase<S>>::ByteVector;
    match places.get(..Bytes::<S, T::Vector<S>>::LEN) {
        Some(places) => a.concat_swizzle_dyn(b, Bytes::<S, T::Vector<S>>::from_slice(a.token(), places)),
        None => lanes::zeros::<S, T>(a.token()),
    }
}

/// From where the bytes of three vectors of `N` lanes are picked, for each result: from the first two of them, then from
/// that and the third.
struct Places<T, const N: usize>(PhantomData<T>);

impl<T, const N: usize> Places<T, N> {
    const PART: [[[u8; 64]; 2]; 3] = Self::picked(true);
    const WEAVE: [[[u8; 64]; 2]; 3] = Self::picked(false);

    const fn picked(part: bool) -> [[[u8; 64]; 2]; 3] {
        let (mut places, size) = ([[[0; 64]; 2]; 3], size_of::<T>());
        let mut at = 0;
        // There are no longer vectors, but functions that never run are compiled for them.
        while at < 3 * N * size && N * size <= 64 {
            let (result, lane, byte) = (at / (N * size), at / size % N, at % size);
            // Which of the three vectors has the element, and in which lane.
            let (vector, from) = match part {
                true => ((lane * 3 + result) / N, (lane * 3 + result) % N),
                false => ((result * N + lane) % 3, (result * N + lane) / 3),
            };
            let [two, third] = match vector {
                0 => [from, lane],
                1 => [N + from, lane],
                _ => [lane, N + from],
            };
            places[result][0][lane * size + byte] = (two * size + byte) as u8;
            places[result][1][lane * size + byte] = (third * size + byte) as u8;
            at += 1;
        }
        places
    }
}

#[cfg(all(test, feature = "std"))]
mod tests {
    use crate::kernels::vectors::dispatch;

    use super::*;
    use crate::kernels::testing::{levels, random};

    #[inline(always)]
    fn there_and_back<S: Simd, T: Element, const N: usize, const COUNT: usize>(simd: S) {
        let stream = random::<T>(1, N * COUNT);
        let mut block = [lanes::zeros::<S, T>(simd); COUNT];
        for (i, vector) in block.iter_mut().enumerate() {
            *vector = lanes::load(simd, &stream, i * N);
        }
        let planes = part::<S, T, N, COUNT>(block);
        for (at, value) in stream.iter().enumerate() {
            assert_eq!(planes[at % COUNT].as_slice()[at / COUNT], *value, "{COUNT} planes, element {at}");
        }
        for (i, vector) in interleave::<S, T, N, COUNT>(planes).iter().enumerate() {
            assert_eq!(vector.as_slice(), &stream[i * N..(i + 1) * N], "{COUNT} planes, vector {i}");
        }
    }

    #[inline(always)]
    fn all<S: Simd, T: Element, const N: usize>(simd: S) {
        if N != T::Vector::<S>::LEN {
            return;
        }
        there_and_back::<S, T, N, 1>(simd);
        there_and_back::<S, T, N, 2>(simd);
        there_and_back::<S, T, N, 3>(simd);
        there_and_back::<S, T, N, 6>(simd);
        if N >= 4 {
            there_and_back::<S, T, N, 4>(simd);
            there_and_back::<S, T, N, 12>(simd);
        }
        if N >= 8 {
            there_and_back::<S, T, N, 8>(simd);
            there_and_back::<S, T, N, 24>(simd);
        }
    }

    #[test]
    fn every_element_finds_its_plane_and_back() {
        for level in levels() {
            dispatch!(level, simd => {
                all::<_, f32, 4>(simd);
                all::<_, f32, 8>(simd);
                all::<_, f32, 16>(simd);
                all::<_, f64, 2>(simd);
                all::<_, f64, 4>(simd);
                all::<_, f64, 8>(simd);
            });
        }
    }
}
