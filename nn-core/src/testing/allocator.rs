//! An allocator that counts.
//!
//! This is one of the three fenced modules that may say `unsafe`: an allocator is an unsafe trait.
#![allow(unsafe_code)]

use std::alloc::{GlobalAlloc, Layout, System};
use std::cell::Cell;

thread_local! {
    /// Calls of the allocator by this thread. Neither begins nor ends with an allocation of its own.
    static CALLS: Cell<u64> = const { Cell::new(0) };
}

/// The system's allocator, or another one, that counts its calls for [`assert_realtime`](super::assert_realtime).
///
/// ```
/// use nn_core::testing::Allocator;
///
/// #[global_allocator]
/// static ALLOCATOR: Allocator = Allocator::system();
/// ```
#[derive(Clone, Copy, Debug, Default)]
pub struct Allocator<A = System>(pub A);

impl Allocator {
    /// The system's allocator.
    pub const fn system() -> Self {
        Self(System)
    }
}

/// Calls of [`Allocator`] by this thread since it began.
pub(super) fn calls() -> u64 {
    CALLS.with(Cell::get)
}

fn count() {
    // While a thread ends, nobody asks any more.
    let _ = CALLS.try_with(|calls| calls.set(calls.get() + 1));
}

// SAFETY: every call is passed on to the other allocator unchanged, and counting does not unwind.
unsafe impl<A: GlobalAlloc> GlobalAlloc for Allocator<A> {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        count();
        // SAFETY: the caller keeps the contract of `alloc`, which is the other allocator's; so below.
        unsafe { self.0.alloc(layout) }
    }

    unsafe fn alloc_zeroed(&self, layout: Layout) -> *mut u8 {
        count();
        // SAFETY: as above.
        unsafe { self.0.alloc_zeroed(layout) }
    }

    unsafe fn dealloc(&self, pointer: *mut u8, layout: Layout) {
        count();
        // SAFETY: as above; the pointer came from one of these functions, so from the other allocator.
        unsafe { self.0.dealloc(pointer, layout) }
    }

    unsafe fn realloc(&self, pointer: *mut u8, layout: Layout, size: usize) -> *mut u8 {
        count();
        // SAFETY: as above.
        unsafe { self.0.realloc(pointer, layout, size) }
    }
}
