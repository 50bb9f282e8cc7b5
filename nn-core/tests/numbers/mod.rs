//! What the tests share that compare kernels by unit structs with kernels by numbers.

use nn_core::Element;
use nn_core::rt::fearless_simd::Level;

/// Numbers between −1 and 1, the same for the same seed.
pub fn random<T: Element>(seed: u64, count: usize) -> Vec<T> {
    let mut state = seed.wrapping_mul(0x9E37_79B9_7F4A_7C15) | 1;
    let numbers = (0..count).map(|_| {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        T::from_f64((state >> 33) as f64 / f64::from(1_u32 << 30) - 1.0)
    });
    numbers.collect()
}

/// Memory in which nothing has been written.
pub fn unwritten<T: Element>(count: usize) -> Vec<T> {
    vec![T::nan(); count]
}

/// Panics unless both have the same numbers, bit by bit.
#[track_caller]
pub fn same<T: Element>(known: &[Vec<T>], numbers: &[Vec<T>], what: &str, level: Level) {
    let bits = |all: &[Vec<T>]| -> Vec<Vec<u64>> {
        all.iter().map(|values| values.iter().map(|value| Element::to_f64(*value).to_bits()).collect()).collect()
    };
    assert_eq!(bits(known), bits(numbers), "{what} at {level:?}");
    let written = known.iter().flatten().any(|value| !value.is_nan());
    assert!(written, "{what} at {level:?}: nothing is written");
}

/// `check::<T, …>(level, …)` for the levels and elements that are compared.
#[macro_export]
macro_rules! everywhere {
    ($check:ident $(<$($generic:tt),*>)? ($($argument:expr),* $(,)?)) => {{
        $check::<f32 $($(, $generic)*)?>(nn_core::rt::fearless_simd::Level::new(), $($argument),*);
        $check::<f32 $($(, $generic)*)?>(nn_core::rt::fearless_simd::Level::baseline(), $($argument),*);
        $check::<f64 $($(, $generic)*)?>(nn_core::rt::fearless_simd::Level::new(), $($argument),*);
    }};
}
