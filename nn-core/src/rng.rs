//! The random numbers of `new`, `fit` and examples.

use rand::SeedableRng;
use rand_chacha::ChaCha8Rng;

/// Random numbers that are the same for the same seed, on every machine and in every version of this crate.
///
/// ```
/// use rand::RngExt;
///
/// assert_eq!(nn_core::rng(1).random::<u64>(), nn_core::rng(1).random::<u64>());
/// ```
pub fn rng(seed: u64) -> ChaCha8Rng {
    ChaCha8Rng::seed_from_u64(seed)
}
