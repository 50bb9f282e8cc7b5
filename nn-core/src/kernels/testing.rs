//! What the tests of the kernels share.

use fearless_simd::Level;
use fearless_simd::prelude::*;
use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;

use crate::activations::{Activation, Keeps};
use crate::element::Element;

/// An activation that is not the identity anywhere: `max(x, a·x)`.
#[derive(Clone, Copy)]
pub(crate) struct Bent(pub(crate) f64);

impl Bent {
    /// The activation of one number.
    pub(crate) fn of<T: Element>(self, x: T) -> T {
        num_traits::Float::max(x, x * T::from_f64(self.0))
    }
}

impl<T: Element> Activation<T> for Bent {
    const KEEPS: Keeps = Keeps::Input;

    #[inline(always)]
    fn apply<S: Simd>(self, simd: S, x: T::Vector<S>) -> T::Vector<S> {
        x.max(x * T::Vector::<S>::splat(simd, T::from_f64(self.0)))
    }

    #[inline(always)]
    fn derivative<S: Simd>(self, _: S, _: T::Vector<S>, dy: T::Vector<S>) -> T::Vector<S> {
        dy
    }
}

/// The best vectors of this machine, and those that every processor of its kind has.
pub(crate) fn levels() -> [Level; 2] {
    [Level::new(), Level::baseline()]
}

/// Every level that this machine can run, the plain one without vectors included: for `fearless_simd::dispatch!`.
pub(crate) fn every_level() -> Vec<Level> {
    let best = Level::new();
    vec![
        Some(best),
        Some(Level::fallback()),
        #[cfg(any(target_arch = "x86", target_arch = "x86_64"))]
        best.as_avx2().map(Level::Avx2),
        #[cfg(any(target_arch = "x86", target_arch = "x86_64"))]
        best.as_sse2().map(Level::Sse2),
    ]
    .into_iter()
    .flatten()
    .collect()
}

/// Numbers between −1 and 1, the same for the same seed.
pub(crate) fn random<T: Element>(seed: u64, count: usize) -> Vec<T> {
    let mut rng = ChaCha8Rng::seed_from_u64(seed);
    (0..count).map(|_| T::from_f64(rng.random_range(-1.0..1.0))).collect()
}

/// Panics unless all numbers agree, up to the rounding of sums of about `terms` terms.
#[track_caller]
pub(crate) fn assert_close<T: Element>(got: &[T], expected: &[T], terms: usize, what: &str) {
    assert_eq!(got.len(), expected.len(), "{what}: lengths");
    let bound = Element::to_f64(T::epsilon()) * (terms as f64 + 8.0) * 2.0;
    for (i, (got, expected)) in got.iter().zip(expected).enumerate() {
        let error = (Element::to_f64(*got) - Element::to_f64(*expected)).abs();
        assert!(error <= bound, "{what}: element {i} is {got}, not {expected}");
    }
}
