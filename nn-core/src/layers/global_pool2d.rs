//! `GlobalMaxPooling2D` and `GlobalAveragePooling2D`: one value for each channel, over all of height and width.
//!
//! No size is 0.

use fearless_simd::{Select, Simd, SimdBase, SimdFloat};

use crate::element::Element;
use crate::kernels::{lanes, slices};
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

/// What a pooling starts from.
#[inline(always)]
fn start<T: Element>(kind: Kind) -> T {
    match kind {
        Kind::Max => T::neg_infinity(),
        Kind::Average => T::zero(),
    }
}

/// The sum, or the larger one, or what is not a number.
#[inline(always)]
fn join<S: Simd, T: Element>(kind: Kind, pooled: T::Vector<S>, x: T::Vector<S>) -> T::Vector<S> {
    match kind {
        Kind::Max => (x.simd_le(pooled) | pooled.is_nan()).select(pooled, x),
        Kind::Average => pooled + x,
    }
}

/// Less than a vector of channels: lanes past the last one hold the next pixel, and go unused.
#[inline(always)]
fn narrow<S: Simd, T: Element>(simd: S, kind: Kind, channels: usize, x: &[T], y: &mut [T]) {
    const AT_ONCE: usize = 4;
    let (pixels, count) = (x.len() / channels.max(1), T::from_f64((x.len() / channels.max(1)) as f64));
    let mut pooled = [T::Vector::<S>::splat(simd, start(kind)); AT_ONCE];
    // Behind the last pixels there is not a whole vector to load.
    let whole = x.len().saturating_sub(T::Vector::<S>::LEN) / channels.max(1) / AT_ONCE * AT_ONCE;
    for first in (0..whole).step_by(AT_ONCE) {
        for (u, pooled) in pooled.iter_mut().enumerate() {
            *pooled = join::<S, T>(kind, *pooled, lanes::load(simd, x, (first + u) * channels));
        }
    }
    for pixel in whole..pixels {
        pooled[0] = join::<S, T>(kind, pooled[0], lanes::load_part(simd, x, pixel * channels, channels));
    }
    let [a, b, c, d] = pooled;
    let value = join::<S, T>(kind, join::<S, T>(kind, a, b), join::<S, T>(kind, c, d));
    let value = match kind {
        Kind::Max => value,
        Kind::Average => value / count,
    };
    lanes::store_part::<S, T>(value, y, 0, channels);
}

/// `V` vectors of channels of `x`, from channel `from` on.
#[inline(always)]
fn pool<S: Simd, T: Element, const V: usize>(simd: S, kind: Kind, channels: usize, from: usize, x: &[T], y: &mut [T]) {
    let lanes = T::Vector::<S>::LEN;
    let mut pooled = [T::Vector::<S>::splat(simd, start(kind)); V];
    let pixels = x.chunks_exact(channels.max(1));
    let count = T::from_f64(pixels.len() as f64);
    for pixel in pixels {
        let pixel = slices::part(pixel, from, from + V * lanes);
        for v in 0..V {
            let x = lanes::load::<S, T>(simd, pixel, v * lanes);
            pooled[v] = join::<S, T>(kind, pooled[v], x);
        }
    }
    for (v, pooled) in pooled.into_iter().enumerate() {
        let value = match kind {
            Kind::Max => pooled,
            Kind::Average => pooled / count,
        };
        lanes::store::<S, T>(value, y, from + v * lanes);
    }
}

/// The gradient of the input, for all samples; overwrites `dx`.
///
/// The mean hands each pixel its share. The maximum hands it to the pixels that have it, in equal parts where there
/// are several, as TensorFlow's `reduce_max` does.
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

/// `dx = dy / ties` where `x = y`, else 0.
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
            ties += T::Vector::<S>::from_slice(simd, &pixel[from..to]).simd_eq(y).select(one, zero);
        }
        let share = T::Vector::<S>::from_slice(simd, &dy[from..to]) / ties;
        for (x, dx) in x.chunks_exact(channels).zip(dx.chunks_exact_mut(channels)) {
            let largest = T::Vector::<S>::from_slice(simd, &x[from..to]).simd_eq(y);
            largest.select(share, zero).store_slice(&mut dx[from..to]);
        }
    }
    for channel in whole..channels {
        let pixels = || (channel..x.len()).step_by(channels);
        let ties = pixels().filter(|&at| x[at] == y[channel]).count();
        let share = dy[channel] / T::from_f64(ties as f64);
        for at in pixels() {
            dx[at] = if x[at] == y[channel] { share } else { T::zero() };
        }
    }
}

#[cfg(test)]
mod tests;
