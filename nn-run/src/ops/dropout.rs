//! `Dropout` and its kind.

use nn_core::Element;
use nn_core::layers::dropout::{self, Noise, Noisy};
use nn_core::rt::Simd;
use nn_graph::size::Length;

use super::{Backward, Forward, Infer, Random, Run};

#[derive(Debug)]
pub(crate) struct Dropout {
    pub(crate) noise: Noise,
    pub(crate) rate: f64,
    pub(crate) seed: u64,
    /// The sizes of a sample's axes, and whether the elements along one share their random number.
    pub(crate) axes: Vec<(usize, bool)>,
}

impl Dropout {
    /// Whether it is the dropout that has a number for each element.
    fn is_plain(&self) -> bool {
        self.noise == Noise::Dropout && !self.axes.iter().any(|(_, shared)| *shared)
    }

    fn noisy(&self, random: Random, first: usize) -> Noisy<'_> {
        let Dropout { noise, rate, seed, axes } = self;
        Noisy { noise: *noise, rate: *rate, key: random.key, stream: random.stream(0, *seed), axes, first }
    }

    /// The place in the batch of the first element.
    fn first_element(&self, first: usize) -> u64 {
        first as u64 * self.axes.iter().map(|(size, _)| *size as u64).product::<u64>()
    }
}

impl<T: Element> Run<T> for Dropout {
    fn measure(&self, _: Length) -> usize {
        0
    }

    /// At inference it is a view.
    fn infer<S: Simd>(&self, _: S, _: Infer<'_, '_, T>) {}

    #[inline(always)]
    fn forward<S: Simd>(&self, simd: S, mut call: Forward<'_, '_, T>) {
        let (y, noisy, first) = (call.y(), self.noisy(call.random, call.first), self.first_element(call.first));
        if self.is_plain() {
            dropout::forward(simd, self.rate, noisy.key, noisy.stream, first, call.x(), y);
        } else {
            dropout::noise(simd, &noisy, call.x(), y);
        }
    }

    #[inline(always)]
    fn backward<S: Simd>(&self, simd: S, mut call: Backward<'_, '_, T>) {
        let (dx, noisy, first) = (call.dx(), self.noisy(call.random, call.first), self.first_element(call.first));
        if self.is_plain() {
            dropout::backward(simd, self.rate, noisy.key, noisy.stream, first, call.dy(), dx);
        } else {
            dropout::noise_backward(simd, &noisy, call.dy(), dx);
        }
    }
}
