//! `GlobalMaxPooling2D` and `GlobalAveragePooling2D`: one value for each channel, over all of height and width.
//!
//! No size is 0.

use fearless_simd::{Select, Simd, SimdBase};

use crate::element::Element;
use crate::kernels::{lanes, slices, sums};
use crate::layers::pool2d::Kind;

/// How many vectors of channels go through the image at a time.
const BLOCK: usize = 4;

/// `y[c]` is the largest `x[h][w][c]`, or their mean; one sample.
#[inline(always)]
pub fn infer<S: Simd, T: Element>(simd: S, kind: Kind, [height, width, channels]: [usize; 3], x: &[T], y: &mut [T]) {
    debug_assert!(x.len() == height * width * channels && y.len() == channels);
    let lanes = T::Vector::<S>::LEN;
    if channels < lanes {
        return narrow(simd, kind, channels, x, y);
    }
    let mut from = 0;
    while from + BLOCK * lanes <= channels {
        pool::<S, T, BLOCK>(simd, kind, channels, from, x, y);
        from += BLOCK * lanes;
    }
    while from + lanes <= channels {
        pool::<S, T, 1>(simd, kind, channels, from, x, y);
        from += lanes;
    }
    if from < channels {
        // The last vector overlaps the one before.
        pool::<S, T, 1>(simd, kind, channels, channels - lanes, x, y);
    }
}

/// [`infer`] for the samples of a shard.
#[inline(always)]
pub fn forward<S: Simd, T: Element>(simd: S, kind: Kind, dims: [usize; 3], samples: usize, x: &[T], y: &mut [T]) {
    let [height, width, channels] = dims;
    debug_assert!(y.len() == samples * channels);
    for (x, y) in x.chunks_exact(height * width * channels).zip(y.chunks_exact_mut(channels)) {
        infer(simd, kind, dims, x, y);
    }
}

/// Less than a vector of channels: lanes past the last one hold the next pixel, and go unused.
#[inline(always)]
fn narrow<S: Simd, T: Element>(simd: S, kind: Kind, channels: usize, x: &[T], y: &mut [T]) {
    let pixels = x.len() / channels.max(1);
    // Behind the last pixels there is not a whole vector to load.
    let whole = x.len().saturating_sub(T::Vector::<S>::LEN) / channels.max(1);
    let [value] = all::<S, T, 1>(
        simd,
        kind,
        pixels,
        #[inline(always)]
        |pixel| match pixel < whole {
            true => [lanes::load::<S, T>(simd, x, pixel * channels)],
            false => [lanes::load_part::<S, T>(simd, x, pixel * channels, channels)],
        },
    );
    lanes::store_part::<S, T>(value, y, 0, channels);
}

/// `V` vectors of channels of `x`, from channel `from` on.
#[inline(always)]
fn pool<S: Simd, T: Element, const V: usize>(simd: S, kind: Kind, channels: usize, from: usize, x: &[T], y: &mut [T]) {
    let lanes = T::Vector::<S>::LEN;
    let values = all::<S, T, V>(
        simd,
        kind,
        x.len() / channels.max(1),
        #[inline(always)]
        |pixel| {
            let x = slices::part(x, pixel * channels + from, pixel * channels + from + V * lanes);
            let mut values = [lanes::zeros::<S, T>(simd); V];
            for (v, value) in values.iter_mut().enumerate() {
                *value = lanes::load::<S, T>(simd, x, v * lanes);
            }
            values
        },
    );
    for (v, value) in values.into_iter().enumerate() {
        lanes::store::<S, T>(value, y, from + v * lanes);
    }
}

/// The largest, or the mean, of `V` vectors over all pixels, lane by lane.
#[inline(always)]
fn all<S: Simd, T: Element, const V: usize>(
    simd: S,
    kind: Kind,
    pixels: usize,
    load: impl Fn(usize) -> [T::Vector<S>; V],
) -> [T::Vector<S>; V] {
    if kind == Kind::Average {
        return sums::mean::<S, T, V>(simd, pixels, load);
    }
    // Several at a time, so that they need not wait for one another.
    const AT_ONCE: usize = 4;
    let mut largest = [[T::Vector::<S>::splat(simd, T::neg_infinity()); V]; AT_ONCE];
    let whole = pixels - pixels % AT_ONCE;
    for first in (0..whole).step_by(AT_ONCE) {
        for (u, largest) in largest.iter_mut().enumerate() {
            join::<S, T, V>(largest, load(first + u));
        }
    }
    for pixel in whole..pixels {
        join::<S, T, V>(&mut largest[0], load(pixel));
    }
    let [mut a, b, mut c, d] = largest;
    join::<S, T, V>(&mut a, b);
    join::<S, T, V>(&mut c, d);
    join::<S, T, V>(&mut a, c);
    a
}

#[inline(always)]
fn join<S: Simd, T: Element, const V: usize>(largest: &mut [T::Vector<S>; V], x: [T::Vector<S>; V]) {
    for (largest, x) in largest.iter_mut().zip(x) {
        *largest = lanes::larger::<S, T>(*largest, x);
    }
}

/// The gradient of the input, for all samples; overwrites `dx`.
///
/// The mean hands each pixel its share. The maximum hands it to the pixels that have it, in equal parts where there
/// are several, as TensorFlow's `reduce_max` does; to all where it is not a number.
#[inline(always)]
#[expect(clippy::too_many_arguments, reason = "the signature that all layers' backward shares")]
pub fn backward<S: Simd, T: Element>(
    simd: S,
    kind: Kind,
    [height, width, channels]: [usize; 3],
    samples: usize,
    x: &[T],
    y: &[T],
    dy: &[T],
    dx: &mut [T],
) {
    let image = height * width * channels;
    debug_assert!(dx.len() == samples * image && dy.len() == samples * channels);
    for (sample, (dy, dx)) in dy.chunks_exact(channels).zip(dx.chunks_exact_mut(image)).enumerate() {
        match kind {
            Kind::Max => {
                let (x, y) = (&x[sample * image..][..image], &y[sample * channels..][..channels]);
                backward_max(simd, channels, x, y, dy, dx);
            }
            Kind::Average => backward_average(simd, channels, T::from_f64((height * width) as f64), dy, dx),
        }
    }
}

/// `dx = dy / pixels`.
#[inline(always)]
fn backward_average<S: Simd, T: Element>(simd: S, channels: usize, pixels: T, dy: &[T], dx: &mut [T]) {
    let (first, others) = dx.split_at_mut(channels);
    slices::map(
        simd,
        dy,
        first,
        #[inline(always)]
        |dy| dy / pixels,
    );
    for pixel in others.chunks_exact_mut(channels) {
        pixel.copy_from_slice(first);
    }
}

/// `dx = dy / ties` where `x` is not smaller than `y`, else 0.
#[inline(always)]
fn backward_max<S: Simd, T: Element>(simd: S, channels: usize, x: &[T], y: &[T], dy: &[T], dx: &mut [T]) {
    let lanes = T::Vector::<S>::LEN;
    let zero = T::Vector::<S>::splat(simd, T::zero());
    let one = T::Vector::<S>::splat(simd, T::one());
    let whole = channels - channels % lanes;
    for from in (0..whole).step_by(lanes) {
        let to = from + lanes;
        let y = T::Vector::<S>::from_slice(simd, &y[from..to]);
        let mut ties = zero;
        for pixel in x.chunks_exact(channels) {
            ties += T::Vector::<S>::from_slice(simd, &pixel[from..to]).simd_lt(y).select(zero, one);
        }
        let share = T::Vector::<S>::from_slice(simd, &dy[from..to]) / ties;
        for (x, dx) in x.chunks_exact(channels).zip(dx.chunks_exact_mut(channels)) {
            let smaller = T::Vector::<S>::from_slice(simd, &x[from..to]).simd_lt(y);
            smaller.select(zero, share).store_slice(&mut dx[from..to]);
        }
    }
    for channel in whole..channels {
        let pixels = || (channel..x.len()).step_by(channels);
        let smaller = |at: usize| x[at] < y[channel];
        let ties = pixels().filter(|&at| !smaller(at)).count();
        let share = dy[channel] / T::from_f64(ties as f64);
        for at in pixels() {
            dx[at] = if smaller(at) { T::zero() } else { share };
        }
    }
}

#[cfg(test)]
mod tests;
