//! When many samples run side by side.

/// The most samples that do.
pub const MOST_TOGETHER: usize = 128;

/// Whether a layer that reads each of so many weights once for a sample had better read them for many: they are more than
/// stay near a core, 128 KiB of `f32`.
///
/// ```
/// assert!(nn_shape::is_wide(400 * 120));
/// assert!(!nn_shape::is_wide(84 * 10));
/// ```
pub const fn is_wide(weights: usize) -> bool {
    weights >= 32 << 10
}

/// How many samples a network runs at a time, whose layers read each of so many weights once, and which keeps so many
/// bytes of a sample meanwhile: enough that the weights cost little, and so few that what is kept stays in the caches.
///
/// ```
/// assert_eq!(nn_shape::together(&[84 * 10], 400), 1);
/// assert_eq!(nn_shape::together(&[400 * 120, 84 * 10], 2_000), 32);
/// assert_eq!(nn_shape::together(&[2048 * 2048], 16_000), 128);
/// assert_eq!(nn_shape::together(&[16_384 * 64], 66_000), 31);
/// ```
pub const fn together(weights: &[usize], kept: usize) -> usize {
    let (mut largest, mut index) = (0, 0);
    while index < weights.len() {
        if weights[index] > largest {
            largest = weights[index];
        }
        index += 1;
    }
    let most = match largest {
        _ if !is_wide(largest) => return 1,
        // These stay in the second cache.
        ..=0x4_0000 => 32,
        _ => MOST_TOGETHER,
    };
    let fit = (2 << 20) / (kept + 1);
    if fit < 8 {
        8
    } else if fit < most {
        fit
    } else {
        most
    }
}
