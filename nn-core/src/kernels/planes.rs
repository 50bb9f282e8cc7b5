//! Between numbers that lie side by side for each pixel, as images do, and a plane for each of them.

use fearless_simd::prelude::*;

use crate::element::Element;
use crate::kernels::{lanes, transpose};

/// Planes in one array.
#[derive(Clone, Copy)]
pub(crate) struct Planes {
    /// How many there are.
    pub(crate) count: usize,
    /// From one to the next.
    pub(crate) stride: usize,
}

/// What [`split`] costs for a vector of pixels, in vector instructions.
pub(crate) const fn split_cost(count: usize, lanes: usize) -> usize {
    if count.is_power_of_two() && count <= lanes {
        return count * (count.ilog2() as usize + 2);
    }
    count.div_ceil(lanes) * (2 * lanes + lanes / 2) + 3 * count
}

/// What [`interleave`] costs for a vector of pixels, in vector instructions.
pub(crate) const fn interleave_cost(count: usize, lanes: usize) -> usize {
    let (mut cost, mut part) = (0, lanes);
    while part > 0 {
        let parts = if part == lanes { count / lanes } else { count / part % 2 };
        let stores = if part == count { part } else { lanes + lanes / 2 };
        cost += parts * (part * (part.ilog2() as usize + 1) + stores);
        part /= 2;
    }
    cost
}

/// `planes[p][to + i] = x[at + i · count + p]` for `pixels` pixels `i` and every plane `p`.
///
/// Where the pixels do not fill a vector, what follows them in the planes is overwritten, up to a vector in all.
#[inline(always)]
pub(crate) fn split<S: Simd, T: Element>(
    simd: S,
    of: Planes,
    (x, at): (&[T], usize),
    pixels: usize,
    (planes, to): (&mut [T], usize),
) {
    let lanes = T::Vector::<S>::LEN;
    for first in (0..pixels).step_by(lanes) {
        let first = first.min(pixels.saturating_sub(lanes));
        // Every load is of a whole vector, so the last pixels of an image may not have enough behind them.
        let Some(from) = x.get(at + first * of.count..at + (first + lanes) * of.count + lanes) else {
            few(of, (x, at + first * of.count), lanes.min(pixels), (planes, to + first));
            continue;
        };
        match lanes {
            16 => split_vector::<S, T, 16>(simd, of, from, (planes, to + first)),
            8 => split_vector::<S, T, 8>(simd, of, from, (planes, to + first)),
            4 => split_vector::<S, T, 4>(simd, of, from, (planes, to + first)),
            _ => split_vector::<S, T, 2>(simd, of, from, (planes, to + first)),
        }
    }
}

/// The same, element by element; what is not there is left alone.
#[inline(always)]
fn few<T: Element>(of: Planes, (x, at): (&[T], usize), pixels: usize, (planes, to): (&mut [T], usize)) {
    for pixel in 0..pixels {
        for plane in 0..of.count {
            let from = x.get(at + pixel * of.count + plane);
            if let (Some(from), Some(to)) = (from, planes.get_mut(plane * of.stride + to + pixel)) {
                *to = *from;
            }
        }
    }
}

/// A vector of pixels.
#[inline(always)]
fn split_vector<S: Simd, T: Element, const N: usize>(simd: S, of: Planes, x: &[T], (planes, to): (&mut [T], usize)) {
    let mut block = [lanes::zeros::<S, T>(simd); N];
    if of.count <= N && of.count.is_power_of_two() {
        for (i, vector) in block.iter_mut().enumerate().take(of.count) {
            *vector = lanes::load(simd, x, i * N);
        }
        block = sort::<S, T, N>(block, of.count);
        for (plane, vector) in block.iter().enumerate().take(of.count) {
            lanes::store::<S, T>(*vector, planes, plane * of.stride + to);
        }
        return;
    }
    let whole = of.count - of.count % N;
    for first in (0..whole).step_by(N) {
        turn_pixels::<S, T, N>(simd, of, (x, first, N), (planes, to));
    }
    if whole < of.count {
        turn_pixels::<S, T, N>(simd, of, (x, whole, of.count - whole), (planes, to));
    }
}

/// `count` planes from `first` on: the rest of the lanes goes unused.
#[inline(always)]
fn turn_pixels<S: Simd, T: Element, const N: usize>(
    simd: S,
    of: Planes,
    (x, first, count): (&[T], usize, usize),
    (planes, to): (&mut [T], usize),
) {
    let mut block = [lanes::zeros::<S, T>(simd); N];
    for (i, vector) in block.iter_mut().enumerate() {
        *vector = lanes::load(simd, x, i * of.count + first);
    }
    block = transpose::turn::<S, T, N>(block);
    for (plane, vector) in block.iter().enumerate().take(count) {
        lanes::store::<S, T>(*vector, planes, (first + plane) * of.stride + to);
    }
}

/// Of `count` vectors, a power of two, every `count`-th element into one vector.
#[inline(always)]
fn sort<S: Simd, T: Element, const N: usize>(mut block: [T::Vector<S>; N], count: usize) -> [T::Vector<S>; N] {
    let mut rounds = count;
    while rounds > 1 {
        let old = block;
        for i in 0..count / 2 {
            block[i] = old[2 * i].unzip_low(old[2 * i + 1]);
            block[i + count / 2] = old[2 * i].unzip_high(old[2 * i + 1]);
        }
        rounds /= 2;
    }
    block
}

/// `y[at + i · count + p] = planes[p][from + i]` for `pixels` pixels `i` and every plane `p`.
///
/// A whole vector is read from each plane, so they must go on behind the pixels.
#[inline(always)]
pub(crate) fn interleave<S: Simd, T: Element>(
    simd: S,
    of: Planes,
    (planes, from): (&[T], usize),
    pixels: usize,
    (y, at): (&mut [T], usize),
) {
    let lanes = T::Vector::<S>::LEN;
    for first in (0..pixels).step_by(lanes) {
        let first = first.min(pixels.saturating_sub(lanes));
        let Some(y) = y.get_mut(at + first * of.count..at + (first + lanes.min(pixels)) * of.count) else { return };
        match lanes {
            16 => interleave_vector::<S, T, 16>(simd, of, (planes, from + first), pixels.min(16), y),
            8 => interleave_vector::<S, T, 8>(simd, of, (planes, from + first), pixels.min(8), y),
            4 => interleave_vector::<S, T, 4>(simd, of, (planes, from + first), pixels.min(4), y),
            _ => interleave_vector::<S, T, 2>(simd, of, (planes, from + first), pixels.min(2), y),
        }
    }
}

/// Up to a vector of pixels.
#[inline(always)]
fn interleave_vector<S: Simd, T: Element, const N: usize>(
    simd: S,
    of: Planes,
    planes: (&[T], usize),
    pixels: usize,
    y: &mut [T],
) {
    for first in (0..of.count - of.count % N).step_by(N) {
        zip_planes::<S, T, N, N>(simd, of, planes, first, pixels, y);
    }
    // The rest, by powers of two, which take the fewest instructions.
    let rest = of.count % N;
    if rest & 8 > 0 {
        zip_planes::<S, T, N, 8>(simd, of, planes, of.count & !15, pixels, y);
    }
    if rest & 4 > 0 {
        zip_planes::<S, T, N, 4>(simd, of, planes, of.count & !7, pixels, y);
    }
    if rest & 2 > 0 {
        zip_planes::<S, T, N, 2>(simd, of, planes, of.count & !3, pixels, y);
    }
    if rest & 1 > 0 {
        zip_planes::<S, T, N, 1>(simd, of, planes, of.count & !1, pixels, y);
    }
}

/// `COUNT` planes from `first` on, a power of two.
#[inline(always)]
fn zip_planes<S: Simd, T: Element, const N: usize, const COUNT: usize>(
    simd: S,
    of: Planes,
    (planes, from): (&[T], usize),
    first: usize,
    pixels: usize,
    y: &mut [T],
) {
    let mut block = [lanes::zeros::<S, T>(simd); COUNT];
    for (plane, vector) in block.iter_mut().enumerate() {
        *vector = lanes::load(simd, planes, (first + plane) * of.stride + from);
    }
    let block = transpose::zip::<S, T, COUNT>(block);
    for (i, vector) in block.iter().enumerate() {
        if COUNT == of.count && pixels == N {
            lanes::store::<S, T>(*vector, y, i * N);
            continue;
        }
        for part in 0..N / COUNT {
            let pixel = i * (N / COUNT) + part;
            let values = vector.as_slice().get(part * COUNT..(part + 1) * COUNT);
            let at = pixel * of.count + first;
            if let (true, Some(values), Some(y)) = (pixel < pixels, values, y.get_mut(at..at + COUNT)) {
                y.copy_from_slice(values);
            }
        }
    }
}

#[cfg(all(test, feature = "std"))]
mod tests {
    use fearless_simd::dispatch;

    use super::*;
    use crate::kernels::testing::{levels, random};

    #[inline(always)]
    fn there_and_back<S: Simd, T: Element>(simd: S, count: usize, pixels: usize) {
        let of = Planes { count, stride: pixels + 19 };
        let x = random::<T>(1, 3 + pixels * count);
        let mut planes = vec![T::nan(); count * of.stride];
        split(simd, of, (&x, 3), pixels, (&mut planes, 2));
        for plane in 0..count {
            for pixel in 0..pixels {
                assert_eq!(planes[plane * of.stride + 2 + pixel], x[3 + pixel * count + plane], "{count} x {pixels}");
            }
        }
        let mut y = vec![T::zero(); x.len() + 1];
        interleave(simd, of, (&planes, 2), pixels, (&mut y, 3));
        assert_eq!(y[3..x.len()], x[3..], "{count} x {pixels}");
        assert!(y[..3].iter().chain(&y[x.len()..]).all(|untouched| *untouched == T::zero()));
    }

    #[test]
    fn every_count_of_planes() {
        for level in levels() {
            for count in [1, 2, 3, 4, 6, 8, 9, 16, 17, 20, 32] {
                for pixels in [1, 3, 8, 16, 33] {
                    dispatch!(level, simd => there_and_back::<_, f32>(simd, count, pixels));
                    dispatch!(level, simd => there_and_back::<_, f64>(simd, count, pixels));
                }
            }
        }
    }
}
