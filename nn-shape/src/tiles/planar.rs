//! What it costs to split an image into planes, and to join it again.

use super::Machine;

/// What it costs to split a vector of pixels into `count` planes, in vector instructions.
pub const fn split_cost(count: usize, machine: &Machine) -> usize {
    let lanes = machine.lanes;
    if let Some(cost) = interleaved(count, lanes, machine.neon) {
        return cost + 2 * count;
    }
    count.div_ceil(lanes) * (2 * lanes + lanes / 2) + 3 * count
}

/// What it costs to join them, in vector instructions.
pub const fn interleave_cost(count: usize, machine: &Machine) -> usize {
    let lanes = machine.lanes;
    if let Some(cost) = interleaved(count, lanes, machine.neon) {
        return cost + 2 * count;
    }
    let (mut cost, mut part) = (0, lanes);
    while part > 0 {
        let parts = if part == lanes { count / lanes } else { count / part % 2 };
        let stores = if part == count { part } else { lanes + lanes / 2 };
        cost += parts * (part * (part.ilog2() as usize + 1) + stores);
        part /= 2;
    }
    cost
}

/// The vector instructions that take `count` vectors of a stream apart, or put them together, where such are used at all.
pub const fn interleaved(count: usize, lanes: usize, neon: bool) -> Option<usize> {
    // Swizzles of two vectors: all of AVX-512, and NEON.
    let swizzles = lanes == 16 || (neon && lanes == 4);
    match (count, odd(count)) {
        (0, _) => None,
        (_, 1) if count <= lanes => Some(count * count.ilog2() as usize),
        (..=24, 3) if swizzles => Some(count * (count.trailing_zeros() as usize + 2)),
        _ => None,
    }
}

/// `count` without its factors of 2.
pub const fn odd(count: usize) -> usize {
    match count.checked_shr(count.trailing_zeros()) {
        Some(odd) => odd,
        None => 0,
    }
}
