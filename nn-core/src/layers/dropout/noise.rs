//! The other layers that are noise in training and the identity at inference: `AlphaDropout`, `GaussianDropout`, `GaussianNoise`, and
//! dropouts in which elements share their random number, as those of a channel do in `SpatialDropout2D`.
//!
//! As in `Dropout`, all that is random is a function of key, stream and the place in the batch.
//!
//! Klambauer, Unterthiner, Mayr, Hochreiter: [Self-Normalizing Neural Networks](https://arxiv.org/abs/1706.02515), 2017 (alpha dropout).
//! Tompson, Goroshin, Jain, LeCun, Bregler: [Efficient Object Localization Using Convolutional
//! Networks](https://arxiv.org/abs/1411.4280), 2014 (spatial dropout).

use core::f64::consts::TAU;

use fearless_simd::Simd;

use super::{INCREMENT, Stream, mix};
use crate::element::Element;

/// What SELU tends to for small numbers: its scale times its alpha, and negative.
const ALPHA: f64 = -1.673_263_242_354_377_2 * 1.050_700_987_355_480_5;

/// What becomes of an element in training.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Noise {
    /// 0 with the probability of `rate`, else `x / (1 - rate)`.
    Dropout,
    /// What SELU tends to with that probability, else `x`; then scaled and moved so that mean and variance stay.
    AlphaDropout,
    /// Times a normal number around 1 with the standard deviation `√(rate / (1 - rate))`.
    GaussianDropout,
    /// Plus a normal number around 0 with the standard deviation `rate`.
    GaussianNoise,
}

/// The noise of one layer in one step of training.
#[derive(Clone, Copy, Debug)]
pub struct Noisy<'a> {
    /// What becomes of an element.
    pub noise: Noise,
    /// How strong it is: the share that is dropped, or a standard deviation.
    pub rate: f64,
    /// The key of the step.
    pub key: u64,
    /// No two layers of a network have the same.
    pub stream: u64,
    /// The sizes of a sample's axes, and whether the elements along one share their random number.
    pub axes: &'a [(usize, bool)],
    /// The place in the batch of the first sample.
    pub first: usize,
}

impl Noisy<'_> {
    /// The number of a random number: by the axes that do not share theirs, behind all those of the samples before.
    #[inline(always)]
    fn place(&self, element: usize) -> u64 {
        let (mut rest, mut place, mut stride) = (element, 0, 1);
        for &(size, shared) in self.axes.iter().rev() {
            let size = size.max(1);
            if !shared {
                place += (rest % size) as u64 * stride;
                stride *= size as u64;
            }
            rest /= size;
        }
        (self.first + rest) as u64 * stride + place
    }

    /// `y = slope · x + shift`: for each element the two numbers that it has by chance.
    #[inline(always)]
    fn each(&self, mut use_it: impl FnMut(usize, f64, f64), count: usize) {
        let stream = Stream::new(self.rate, self.key, self.stream);
        let rate = self.rate;
        let grown = 1.0 / (1.0 - rate);
        let scale = 1.0 / ((1.0 - rate) * (1.0 + rate * ALPHA * ALPHA)).sqrt();
        let deviation = if self.noise == Noise::GaussianNoise { rate } else { (rate / (1.0 - rate)).sqrt() };
        for element in 0..count {
            let place = self.place(element);
            let (slope, shift) = match self.noise {
                Noise::Dropout if stream.keeps(place) => (grown, 0.0),
                Noise::Dropout => (0.0, 0.0),
                Noise::AlphaDropout if stream.keeps(place) => (scale, -scale * ALPHA * rate),
                Noise::AlphaDropout => (0.0, scale * ALPHA - scale * ALPHA * rate),
                Noise::GaussianDropout => (1.0 + deviation * stream.normal(place), 0.0),
                Noise::GaussianNoise => (1.0, deviation * stream.normal(place)),
            };
            use_it(element, slope, shift);
        }
    }
}

impl Stream {
    /// A normal number, by the transformation of Box and Muller: A Note on the Generation of Random Normal Deviates, 1958.
    #[inline(always)]
    fn normal(self, element: u64) -> f64 {
        let bits = mix(self.start.wrapping_add(element.wrapping_mul(INCREMENT)));
        // The first from above 0 up to 1, the second from 0 to below 1.
        let radius = ((bits >> 32) as f64 + 1.0) / 4_294_967_296.0;
        let angle = (bits & 0xffff_ffff) as f64 / 4_294_967_296.0;
        (-2.0 * radius.ln()).sqrt() * (TAU * angle).cos()
    }
}

/// The samples with their noise. `x` and `y` have the same length, as many samples of the axes as there are.
///
/// ```
/// use nn_core::layers::dropout::{Noise, Noisy, noise};
/// use nn_core::rt::dispatch;
/// use nn_core::rt::fearless_simd::Level;
///
/// // Two channels of three pixels: each is dropped as a whole, or not.
/// let noisy = Noisy { noise: Noise::Dropout, rate: 0.5, key: 4, stream: 0, axes: &[(3, true), (2, false)], first: 0 };
/// let (x, mut y) = ([1.0_f32; 6], [0.0; 6]);
/// dispatch!(Level::baseline(), simd => noise(simd, &noisy, &x, &mut y));
/// assert!(y[0] == y[2] && y[0] == y[4] && y[1] == y[3] && y[1] == y[5]);
/// ```
#[inline(always)]
pub fn noise<S: Simd, T: Element>(_: S, noisy: &Noisy<'_>, x: &[T], y: &mut [T]) {
    let count = x.len().min(y.len());
    noisy.each(|element, slope, shift| y[element] = x[element] * T::from_f64(slope) + T::from_f64(shift), count);
}

/// The gradients of the samples from those of what [`noise`] made of them with the same numbers; overwrites `dx`.
#[inline(always)]
pub fn noise_backward<S: Simd, T: Element>(_: S, noisy: &Noisy<'_>, dy: &[T], dx: &mut [T]) {
    let count = dy.len().min(dx.len());
    noisy.each(|element, slope, _| dx[element] = dy[element] * T::from_f64(slope), count);
}
