//! `Dropout`: in training a share `rate` of the elements becomes 0, the others are multiplied by `1 / (1 - rate)`.
//!
//! Which elements are kept is a pure function of a key, a stream and the element's place in the batch. So backward
//! needs no mask to be kept, and the result does not depend on how a batch falls to threads. At inference the layer
//! is the identity.
//!
//! Srivastava, Hinton, Krizhevsky, Sutskever, Salakhutdinov: [Dropout: A Simple Way to Prevent Neural Networks from
//! Overfitting](https://jmlr.org/papers/v15/srivastava14a.html), 2014.

#[cfg(feature = "std")]
mod noise;

use fearless_simd::Simd;
#[cfg(feature = "std")]
pub use noise::{Noise, Noisy, noise, noise_backward};

use crate::element::Element;

/// The random numbers of one dropout in one step of training.
#[derive(Clone, Copy, Debug)]
struct Stream {
    start: u64,
    /// An element is dropped where its 32-bit number is below this.
    threshold: u64,
}

/// SplitMix64's increment: `2⁶⁴` over the golden ratio, odd.
const INCREMENT: u64 = 0x9e37_79b9_7f4a_7c15;

/// SplitMix64's mixing of the bits of a counter, after Steele, Lea, Flood: Fast Splittable Pseudorandom Number
/// Generators, 2014 (Stafford's variant 13).
#[inline(always)]
const fn mix(mut bits: u64) -> u64 {
    bits = (bits ^ (bits >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    bits = (bits ^ (bits >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    bits ^ (bits >> 31)
}

impl Stream {
    #[inline(always)]
    fn new(rate: f64, key: u64, stream: u64) -> Self {
        // Mixed after each part, so that neighbouring keys and streams start anywhere in the sequence.
        let start = mix(mix(key.wrapping_add(INCREMENT)).wrapping_add(stream.wrapping_mul(INCREMENT)));
        Stream { start, threshold: (rate * 4_294_967_296.0) as u64 }
    }

    /// Whether the element is kept; the high half of the number has the best bits.
    #[inline(always)]
    const fn keeps(self, element: u64) -> bool {
        let counter = self.start.wrapping_add(element.wrapping_mul(INCREMENT));
        mix(counter) >> 32 >= self.threshold
    }
}

/// Uniform random numbers by key, stream and place, for layers that draw some for each sample.
#[cfg(feature = "std")]
#[derive(Clone, Copy, Debug)]
pub(super) struct Draws(Stream);

#[cfg(feature = "std")]
impl Draws {
    pub(super) fn new(key: u64, stream: u64) -> Self {
        Draws(Stream::new(0.0, key, stream))
    }

    /// A number from 0 to below 1: as many bits as an `f64` holds.
    pub(super) fn share(self, place: u64) -> f64 {
        let counter = self.0.start.wrapping_add(place.wrapping_mul(INCREMENT));
        (mix(counter) >> 11) as f64 / 9_007_199_254_740_992.0
    }
}

/// `y = x / (1 - rate)` where an element is kept, else 0.
///
/// `first_element` is the place in the batch of the first element of `x`: the sample's index times its size. The key
/// changes with each step of training; no two dropouts of a network have the same stream. With a rate of 0 it copies; with a rate of 1 nothing is kept.
///
/// ```
/// use nn_core::layers::dropout;
/// use nn_core::rt::fearless_simd::Level;
/// use nn_core::rt::dispatch;
///
/// let (x, mut y) = ([1.0_f32; 8], [0.0; 8]);
/// dispatch!(Level::baseline(), simd => dropout::forward(simd, 0.5, 42, 0, 0, &x, &mut y));
/// assert!(y.iter().all(|&y| y == 0.0 || y == 2.0));
/// ```
#[inline(always)]
pub fn forward<S: Simd, T: Element>(_: S, rate: f64, key: u64, stream: u64, first_element: u64, x: &[T], y: &mut [T]) {
    if rate == 0.0 {
        y.copy_from_slice(x);
        return;
    }
    let stream = Stream::new(rate, key, stream);
    let scale = T::from_f64(1.0 / (1.0 - rate));
    for (element, (&x, y)) in (first_element..).zip(x.iter().zip(y)) {
        *y = if stream.keeps(element) { x * scale } else { T::zero() };
    }
}

/// `dx = dy / (1 - rate)` where [`forward`] with the same numbers kept an element, else 0; overwrites `dx`.
#[inline(always)]
pub fn backward<S: Simd, T: Element>(
    simd: S,
    rate: f64,
    key: u64,
    stream: u64,
    first_element: u64,
    dy: &[T],
    dx: &mut [T],
) {
    // The layer is linear, with a diagonal matrix.
    forward(simd, rate, key, stream, first_element, dy, dx);
}

#[cfg(test)]
mod tests;
