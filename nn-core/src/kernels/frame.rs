//! Stack frames whose vectors lie on lines of the cache.
//!
//! Where the registers do not suffice, the compiler puts vectors on the stack. It decides whether a frame starts on a line
//! before it knows that: without anything on the stack that has to, a frame of x86 is aligned to 16 bytes, and three
//! times of four every vector in it lies on two lines. That costs a kernel up to a third of its speed, in some runs of a
//! program and not in others, as where the stack starts is random.

use core::hint::black_box;
use core::mem::MaybeUninit;

use fearless_simd::Simd;

#[repr(align(64))]
struct Line(#[expect(dead_code, reason = "nobody reads it: it is there to be aligned")] [u8; 64]);

/// Aligns the frame of the function that this is inlined into.
#[inline(always)]
pub(crate) fn align() {
    if cfg!(target_arch = "x86_64") {
        black_box(&MaybeUninit::<Line>::uninit());
    }
}

/// `f` with the vectors of `simd`, in an aligned frame of its own.
#[inline(always)]
pub fn vectorize<S: Simd, R>(simd: S, f: impl FnOnce() -> R) -> R {
    simd.vectorize(
        #[inline(always)]
        || {
            align();
            f()
        },
    )
}

/// `f` right here; without optimization in a function of its own. There each value of a kernel has a place on the stack, and the
/// kernels that are inlined into one function have theirs together: that of a deep network would be too much for a thread.
#[inline(always)]
pub(crate) fn step<S: Simd, R>(simd: S, f: impl FnOnce() -> R) -> R {
    if cfg!(debug_assertions) { apart(simd, f) } else { f() }
}

/// The same in a function of its own, which what calls it does not grow by.
#[inline(never)]
pub(crate) fn apart<S: Simd, R>(simd: S, f: impl FnOnce() -> R) -> R {
    vectorize(simd, f)
}
