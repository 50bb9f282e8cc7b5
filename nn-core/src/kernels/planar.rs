//! Between numbers that lie side by side for each pixel, as images do, and a plane for each of them.

use fearless_simd::prelude::*;

use crate::element::Element;
use crate::kernels::{interleave, lanes, transpose};

/// How many planes there are: where it is a constant of the type, what suits other numbers is not compiled.
pub(crate) trait Count: Copy {
    /// The number where rustc knows it.
    const KNOWN: Option<usize>;

    /// The number.
    fn count(self) -> usize;
}

/// Whether rustc knows that there are not so many planes.
const fn is_other<C: Count>(count: usize) -> bool {
    matches!(C::KNOWN, Some(known) if known != count)
}

/// `planes[p][to + i] = x[at + i · count + p]` for `pixels` pixels `i` and every plane `p`.
///
/// Where the pixels do not fill a vector, what follows them in the planes is overwritten, up to a vector in all.
#[inline(always)]
pub(crate) fn split<S: Simd, T: Element, C: Count>(
    simd: S,
    planes_of: C,
    stride: usize,
    (x, at): (&[T], usize),
    pixels: usize,
    (planes, to): (&mut [T], usize),
) {
    let (lanes, count) = (T::Vector::<S>::LEN, planes_of.count());
    for first in (0..pixels).step_by(lanes) {
        let first = first.min(pixels.saturating_sub(lanes));
        // Where every load is of a whole vector, the last pixels of an image may not have enough behind them.
        let behind = if interleave::cost(count, lanes).is_some() { 0 } else { lanes };
        let Some(from) = x.get(at + first * count..at + (first + lanes) * count + behind) else {
            few(planes_of, stride, (x, at + first * count), lanes.min(pixels), (planes, to + first));
            continue;
        };
        match const { T::Vector::<S>::LEN } {
            16 => split_vector::<S, T, C, 16>(simd, planes_of, stride, from, (planes, to + first)),
            8 => split_vector::<S, T, C, 8>(simd, planes_of, stride, from, (planes, to + first)),
            4 => split_vector::<S, T, C, 4>(simd, planes_of, stride, from, (planes, to + first)),
            _ => split_vector::<S, T, C, 2>(simd, planes_of, stride, from, (planes, to + first)),
        }
    }
}

/// The same, element by element; what is not there is left alone.
#[inline(always)]
fn few<T: Element, C: Count>(
    planes_of: C,
    stride: usize,
    (x, at): (&[T], usize),
    pixels: usize,
    (planes, to): (&mut [T], usize),
) {
    let count = planes_of.count();
    for pixel in 0..pixels {
        for plane in 0..count {
            let from = x.get(at + pixel * count + plane);
            if let (Some(from), Some(to)) = (from, planes.get_mut(plane * stride + to + pixel)) {
                *to = *from;
            }
        }
    }
}

/// The numbers of planes that [`interleave`] knows for some machine, for the macro of this name.
macro_rules! interleaved_counts {
    ($macro:ident $(, $($before:tt)*)?) => {
        $macro! { $($($before)*)? 1 2 3 4 6 8 12 16 24 }
    };
}

/// `$done` with the number of planes as a constant, where [`interleave`] can; it ends the function that it stands in.
macro_rules! interleaved {
    ($count:ident: $known:ident, $planes:ident => $done:expr) => {
        interleaved_counts!(interleaved, $count: $known, $planes => $done;)
    };
    ($count:ident: $known:ident, $planes:ident => $done:expr; $($number:literal)*) => {
        $(if const { !is_other::<$known>($number) && interleave::cost($number, N).is_some() }
            && (const { $known::KNOWN.is_some() } || $count == $number)
        {
            const $planes: usize = $number;
            return $done;
        })*
    };
}

/// A vector of pixels.
#[inline(always)]
fn split_vector<S: Simd, T: Element, C: Count, const N: usize>(
    simd: S,
    planes_of: C,
    stride: usize,
    x: &[T],
    to: (&mut [T], usize),
) {
    let count = planes_of.count();
    interleaved!(count: C, COUNT => part::<S, T, N, COUNT>(simd, stride, x, to));
    let (planes, to) = to;
    let whole = count - count % N;
    if const { !matches!(C::KNOWN, Some(count) if count < N) } {
        for first in (0..whole).step_by(N) {
            transpose_pixels::<S, T, C, N>(simd, planes_of, stride, (x, first, N), (planes, to));
        }
    }
    if const { !matches!(C::KNOWN, Some(count) if count.is_multiple_of(N)) } && whole < count {
        transpose_pixels::<S, T, C, N>(simd, planes_of, stride, (x, whole, count - whole), (planes, to));
    }
}

/// The same, for a number of planes that [`interleave`] knows.
#[inline(always)]
fn part<S: Simd, T: Element, const N: usize, const COUNT: usize>(
    simd: S,
    stride: usize,
    x: &[T],
    (planes, to): (&mut [T], usize),
) {
    let mut block = [lanes::zeros::<S, T>(simd); COUNT];
    for (i, vector) in block.iter_mut().enumerate() {
        *vector = lanes::load(simd, x, i * N);
    }
    for (plane, vector) in interleave::part::<S, T, N, COUNT>(block).iter().enumerate() {
        lanes::store::<S, T>(*vector, planes, plane * stride + to);
    }
}

/// `count` planes from `first` on: the rest of the lanes goes unused.
#[inline(always)]
fn transpose_pixels<S: Simd, T: Element, C: Count, const N: usize>(
    simd: S,
    planes_of: C,
    stride: usize,
    (x, first, count): (&[T], usize, usize),
    (planes, to): (&mut [T], usize),
) {
    let mut block = [lanes::zeros::<S, T>(simd); N];
    for (i, vector) in block.iter_mut().enumerate() {
        *vector = lanes::load(simd, x, i * planes_of.count() + first);
    }
    block = transpose::turn::<S, T, N>(block);
    for (plane, vector) in block.iter().enumerate().take(count) {
        lanes::store::<S, T>(*vector, planes, (first + plane) * stride + to);
    }
}

/// `y[at + i · count + p] = planes[p][from + i]` for `pixels` pixels `i` and every plane `p`.
///
/// A whole vector is read from each plane, so they must go on behind the pixels.
#[inline(always)]
pub(crate) fn interleave<S: Simd, T: Element, C: Count>(
    simd: S,
    planes_of: C,
    stride: usize,
    (planes, from): (&[T], usize),
    pixels: usize,
    (y, at): (&mut [T], usize),
) {
    let (lanes, count) = (T::Vector::<S>::LEN, planes_of.count());
    for first in (0..pixels).step_by(lanes) {
        let first = first.min(pixels.saturating_sub(lanes));
        let Some(y) = y.get_mut(at + first * count..at + (first + lanes.min(pixels)) * count) else { return };
        match const { T::Vector::<S>::LEN } {
            16 => interleave_vector::<S, T, C, 16>(simd, planes_of, stride, (planes, from + first), pixels.min(16), y),
            8 => interleave_vector::<S, T, C, 8>(simd, planes_of, stride, (planes, from + first), pixels.min(8), y),
            4 => interleave_vector::<S, T, C, 4>(simd, planes_of, stride, (planes, from + first), pixels.min(4), y),
            _ => interleave_vector::<S, T, C, 2>(simd, planes_of, stride, (planes, from + first), pixels.min(2), y),
        }
    }
}

/// Whether there may be `part` planes, a power of two, among those that whole vectors of `lanes` planes leave over.
const fn may_leave<C: Count>(lanes: usize, part: usize) -> bool {
    match C::KNOWN {
        Some(count) => (count % lanes) & part > 0,
        None => part < lanes,
    }
}

/// Up to a vector of pixels.
#[inline(always)]
fn interleave_vector<S: Simd, T: Element, C: Count, const N: usize>(
    simd: S,
    planes_of: C,
    stride: usize,
    planes: (&[T], usize),
    pixels: usize,
    y: &mut [T],
) {
    let count = planes_of.count();
    interleaved!(count: C, COUNT => join::<S, T, N, COUNT>(simd, stride, planes, pixels, y));
    if const { !matches!(C::KNOWN, Some(count) if count < N) } {
        for first in (0..count - count % N).step_by(N) {
            zip_planes::<S, T, C, N, N>(simd, planes_of, stride, planes, first, pixels, y);
        }
    }
    // The rest, by powers of two, which take the fewest instructions.
    if const { may_leave::<C>(N, 8) } && (count % N) & 8 > 0 {
        zip_planes::<S, T, C, N, 8>(simd, planes_of, stride, planes, count & !15, pixels, y);
    }
    if const { may_leave::<C>(N, 4) } && (count % N) & 4 > 0 {
        zip_planes::<S, T, C, N, 4>(simd, planes_of, stride, planes, count & !7, pixels, y);
    }
    if const { may_leave::<C>(N, 2) } && (count % N) & 2 > 0 {
        zip_planes::<S, T, C, N, 2>(simd, planes_of, stride, planes, count & !3, pixels, y);
    }
    if const { may_leave::<C>(N, 1) } && (count % N) & 1 > 0 {
        zip_planes::<S, T, C, N, 1>(simd, planes_of, stride, planes, count & !1, pixels, y);
    }
}

/// The same, for a number of planes that [`interleave`] knows.
#[inline(always)]
fn join<S: Simd, T: Element, const N: usize, const COUNT: usize>(
    simd: S,
    stride: usize,
    (planes, from): (&[T], usize),
    pixels: usize,
    y: &mut [T],
) {
    let mut block = [lanes::zeros::<S, T>(simd); COUNT];
    for (plane, vector) in block.iter_mut().enumerate() {
        *vector = lanes::load(simd, planes, plane * stride + from);
    }
    for (i, vector) in interleave::interleave::<S, T, N, COUNT>(block).iter().enumerate() {
        lanes::store_part::<S, T>(*vector, y, i * N, (pixels * COUNT).saturating_sub(i * N).min(N));
    }
}

/// `COUNT` planes from `first` on, a power of two.
#[inline(always)]
fn zip_planes<S: Simd, T: Element, C: Count, const N: usize, const COUNT: usize>(
    simd: S,
    planes_of: C,
    stride: usize,
    (planes, from): (&[T], usize),
    first: usize,
    pixels: usize,
    y: &mut [T],
) {
    let mut block = [lanes::zeros::<S, T>(simd); COUNT];
    for (plane, vector) in block.iter_mut().enumerate() {
        *vector = lanes::load(simd, planes, (first + plane) * stride + from);
    }
    for (i, vector) in interleave::interleave::<S, T, N, COUNT>(block).iter().enumerate() {
        for part in 0..N / COUNT {
            let pixel = i * (N / COUNT) + part;
            let values = vector.as_slice().get(part * COUNT..(part + 1) * COUNT);
            let at = pixel * planes_of.count() + first;
            if let (true, Some(values), Some(y)) = (pixel < pixels, values, y.get_mut(at..at + COUNT)) {
                y.copy_from_slice(values);
            }
        }
    }
}

#[cfg(all(test, feature = "std"))]
mod tests {
    use crate::kernels::vectors::dispatch;

    use super::*;
    use crate::kernels::testing::{levels, random};

    #[derive(Clone, Copy)]
    struct Of<const COUNT: usize>;

    impl<const COUNT: usize> Count for Of<COUNT> {
        const KNOWN: Option<usize> = Some(COUNT);

        fn count(self) -> usize {
            COUNT
        }
    }

    /// What is not known before the program runs.
    #[derive(Clone, Copy)]
    struct Number(usize);

    impl Count for Number {
        const KNOWN: Option<usize> = None;

        fn count(self) -> usize {
            self.0
        }
    }

    #[inline(always)]
    fn there_and_back<S: Simd, T: Element, C: Count>(simd: S, planes_of: C, pixels: usize) {
        let (count, stride) = (planes_of.count(), pixels + 19);
        let x = random::<T>(1, 3 + pixels * count);
        let mut planes = vec![T::nan(); count * stride];
        split(simd, planes_of, stride, (&x, 3), pixels, (&mut planes, 2));
        for plane in 0..count {
            for pixel in 0..pixels {
                assert_eq!(planes[plane * stride + 2 + pixel], x[3 + pixel * count + plane], "{count} x {pixels}");
            }
        }
        let mut y = vec![T::zero(); x.len() + 1];
        interleave(simd, planes_of, stride, (&planes, 2), pixels, (&mut y, 3));
        assert_eq!(y[3..x.len()], x[3..], "{count} x {pixels}");
        assert!(y[..3].iter().chain(&y[x.len()..]).all(|untouched| *untouched == T::zero()));
    }

    macro_rules! counts {
        ($($name:ident: $count:literal)*) => {
            $(#[test]
            fn $name() {
                for level in levels() {
                    for pixels in [1, 3, 8, 16, 33] {
                        dispatch!(level, simd => there_and_back::<_, f32, _>(simd, Of::<$count>, pixels));
                        dispatch!(level, simd => there_and_back::<_, f64, _>(simd, Of::<$count>, pixels));
                    }
                }
            })*
        };
    }

    #[test]
    fn numbers() {
        for level in levels() {
            for count in [1, 2, 3, 4, 5, 6, 8, 9, 10, 12, 16, 17, 20, 24, 31, 32] {
                for pixels in [1, 3, 8, 16, 33] {
                    dispatch!(level, simd => there_and_back::<_, f32, _>(simd, Number(count), pixels));
                    dispatch!(level, simd => there_and_back::<_, f64, _>(simd, Number(count), pixels));
                }
            }
        }
    }

    /// Where [`interleave::cost`] knows a number that the list of `interleaved!` has not, an image would be split by neither.
    #[test]
    fn all_that_can_be_interleaved_is_in_the_list() {
        fn listed(count: usize) -> bool {
            macro_rules! any {
                ($($number:literal)*) => { false $(|| count == $number)* };
            }
            interleaved_counts!(any)
        }
        for count in 0..100 {
            let known = [2, 4, 8, 16].iter().any(|lanes| interleave::cost(count, *lanes).is_some());
            assert!(!known || listed(count), "{count} planes");
        }
    }

    counts! {
        one: 1 two: 2 three: 3 four: 4 five: 5 six: 6 eight: 8 nine: 9 ten: 10 twelve: 12 sixteen: 16 seventeen: 17
        twenty: 20 twenty_four: 24 thirty_two: 32
    }
}
