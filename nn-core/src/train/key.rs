//! Random numbers by position: the seed and a place give the number, so that a run can be taken up anywhere.

use rand::seq::SliceRandom;

/// A number that looks random, from two: SplitMix64 over the first, then over the second.
///
/// Steele, Lea, Flood: Fast splittable pseudorandom number generators, OOPSLA 2014.
pub(super) fn mix(seed: u64, place: u64) -> u64 {
    splitmix(splitmix(seed) ^ place)
}

fn splitmix(x: u64) -> u64 {
    let mut z = x.wrapping_add(0x9E37_79B9_7F4A_7C15);
    z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    z ^ (z >> 31)
}

/// Puts the numbers from 0 in the random order of this key.
pub(super) fn shuffle(order: &mut [usize], key: u64) {
    order.iter_mut().enumerate().for_each(|(index, slot)| *slot = index);
    order.shuffle(&mut crate::rng(key));
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn splitmix_gives_the_published_sequence() {
        // The first outputs for the seed 1234567, from the reference implementation.
        let gamma = 0x9E37_79B9_7F4A_7C15_u64;
        let outputs = [6457827717110365317, 3203168211198807973, 9817491932198370423];
        for (index, output) in outputs.into_iter().enumerate() {
            assert_eq!(splitmix(1_234_567_u64.wrapping_add(gamma.wrapping_mul(index as u64))), output);
        }
    }

    #[test]
    fn an_order_depends_on_the_key_alone() {
        let mut a: Vec<usize> = vec![7; 50];
        let mut b: Vec<usize> = (0..50).rev().collect();
        shuffle(&mut a, 3);
        shuffle(&mut b, 3);
        assert_eq!(a, b);
        shuffle(&mut b, 4);
        assert_ne!(a, b);
        a.sort_unstable();
        assert!(a.into_iter().eq(0..50));
    }
}
