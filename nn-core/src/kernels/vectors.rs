//! For which kinds of vectors code is compiled.
//!
//! Whatever is generic over its vectors is compiled once for each kind. On x86-64 there are three: AVX-512, AVX2, and SSE2, which every
//! such processor has. Those that have SSE4.2 and not AVX2 are rare, and run the code for SSE2. In debug builds, which nobody runs for
//! their speed, AVX-512 is left out: that is a third of what there is to compile. [`dispatch_each!`] does not leave it out.

#[cfg(target_arch = "x86_64")]
use fearless_simd::{Avx2, Avx512, Level, Sse2};

/// Vectors of x86-64 that code is compiled for.
#[cfg(target_arch = "x86_64")]
#[derive(Clone, Copy, Debug)]
pub enum Vectors {
    /// Of 64 bytes.
    Avx512(Avx512),
    /// Of 32 bytes.
    Avx2(Avx2),
    /// Of 16 bytes.
    Sse2(Sse2),
}

#[cfg(target_arch = "x86_64")]
impl Vectors {
    /// The best that a level has, among all.
    #[inline(always)]
    pub fn each(level: Level) -> Self {
        if let Some(avx512) = level.as_avx512() {
            return Self::Avx512(avx512);
        }
        match level.as_avx2() {
            Some(avx2) => Self::Avx2(avx2),
            None => Self::Sse2(Self::sse2(level)),
        }
    }

    /// What every x86-64 has; the level without vectors, which only tests ask for, runs on them as well.
    #[inline(always)]
    fn sse2(level: Level) -> Sse2 {
        match level.as_sse2().or(Level::baseline().as_sse2()) {
            Some(sse2) => sse2,
            None => unreachable!("x86-64 has SSE2"),
        }
    }
}

/// Vectors of x86-64 that debug builds are compiled for.
#[cfg(target_arch = "x86_64")]
#[derive(Clone, Copy, Debug)]
pub enum Few {
    /// Of 32 bytes.
    Avx2(Avx2),
    /// Of 16 bytes.
    Sse2(Sse2),
}

#[cfg(target_arch = "x86_64")]
impl Few {
    /// The best that a level has.
    #[inline(always)]
    pub fn of(level: Level) -> Self {
        match level.as_avx2() {
            Some(avx2) => Self::Avx2(avx2),
            None => Self::Sse2(Vectors::sse2(level)),
        }
    }
}

/// Runs code that is generic over its vectors, with these.
#[doc(hidden)]
#[macro_export]
macro_rules! __with {
    ($vectors:expr, $simd:pat => $op:expr) => {{
        // Nothing but that they are vectors is known of them, so that the code is checked as it is for all others.
        #[inline(always)]
        fn any<S: $crate::rt::Simd>(simd: S) -> impl $crate::rt::Simd {
            simd
        }
        let vectors = $vectors;
        let $simd = any(vectors);
        $crate::rt::Simd::vectorize(
            vectors,
            #[inline(always)]
            || $op,
        )
    }};
}

/// `dispatch!(level, simd => code)`: the code with the vectors of a level, compiled for each kind of vectors.
#[doc(hidden)]
#[macro_export]
#[cfg(all(target_arch = "x86_64", not(target_feature = "avx2")))]
macro_rules! __dispatch_each {
    ($level:expr, $simd:pat => $op:expr) => {
        match $crate::rt::Vectors::each($level) {
            $crate::rt::Vectors::Avx512(vectors) => $crate::__with!(vectors, $simd => $op),
            $crate::rt::Vectors::Avx2(vectors) => $crate::__with!(vectors, $simd => $op),
            $crate::rt::Vectors::Sse2(vectors) => $crate::__with!(vectors, $simd => $op),
        }
    };
}

/// The same without AVX-512.
#[doc(hidden)]
#[macro_export]
#[cfg(all(target_arch = "x86_64", not(target_feature = "avx2")))]
macro_rules! __dispatch_few {
    ($level:expr, $simd:pat => $op:expr) => {
        match $crate::rt::Few::of($level) {
            $crate::rt::Few::Avx2(vectors) => $crate::__with!(vectors, $simd => $op),
            $crate::rt::Few::Sse2(vectors) => $crate::__with!(vectors, $simd => $op),
        }
    };
}

#[cfg(all(target_arch = "x86_64", not(target_feature = "avx2"), not(debug_assertions)))]
pub use __dispatch_each as dispatch;
#[cfg(all(target_arch = "x86_64", not(target_feature = "avx2"), debug_assertions))]
pub use __dispatch_few as dispatch;
#[cfg(all(target_arch = "x86_64", not(target_feature = "avx2")))]
pub use {__dispatch_each as dispatch_each, __dispatch_few as dispatch_few};
// Other processors have one kind of vectors, and who says which x86 the program is for has left kinds out already.
#[cfg(not(all(target_arch = "x86_64", not(target_feature = "avx2"))))]
pub use fearless_simd::{dispatch, dispatch as dispatch_each, dispatch as dispatch_few};
