//! The one width of vectors that the networks of the suite are compiled for.
//!
//! A network of a user is compiled for all that the target may have and chooses when it runs; a few
//! hundred networks would make the suite slow to compile. The build script chooses: `NN_GOLDEN_SIMD`
//! (`avx512`, `avx2`, `baseline`), or AVX2 where the machine has it.

use fearless_simd::Simd;

/// The vectors.
///
/// # Panics
///
/// If this machine does not have what the build script chose.
pub fn vectors() -> impl Simd {
    const MISSING: &str = "the suite was built for vectors that this machine does not have: build it here";
    #[cfg(golden_simd = "avx512")]
    return fearless_simd::Level::new().as_avx512().expect(MISSING);
    #[cfg(golden_simd = "avx2")]
    return fearless_simd::Level::new().as_avx2().expect(MISSING);
    #[cfg(all(golden_simd = "baseline", any(target_arch = "x86_64", target_arch = "x86")))]
    return fearless_simd::Level::new().as_sse2().expect(MISSING);
    #[cfg(all(golden_simd = "baseline", target_arch = "aarch64"))]
    return fearless_simd::Level::new().as_neon().expect(MISSING);
    #[cfg(not(any(target_arch = "x86_64", target_arch = "x86", target_arch = "aarch64")))]
    return fearless_simd::Fallback::new();
}
