//! What users put in their own tests: is this code fit for a thread that must not wait, and are these gradients right?

mod allocator;
mod gradients;
mod kernel;

use std::hint::black_box;

pub use allocator::Allocator;
pub use gradients::{GradientError, check_gradients};
use kernel::Counts;

/// How often the code is run. What the system does now and then by itself does not happen each time.
const RUNS: usize = 8;

/// Panics if `call` does what a real-time thread must not do.
///
/// It is run nine times, in this thread. None of the runs may call the allocator, to get memory or to give it back. On
/// Linux the code fails, too, if every run but the first
///
/// - reads or writes a file, a socket or the terminal,
/// - waits: for a lock that another thread has, for a timer, for a file,
/// - takes a page fault.
///
/// The first run may bring pages into memory, and finds out which vectors the processor has.
///
/// The allocator has to be [`Allocator`], or this function panics and says so. A program has one for all of its
/// tests, so this goes to the top of the file in `tests/`, or of `lib.rs` behind `#[cfg(test)]`:
///
/// ```
/// # use nn_core as nn;
/// #[global_allocator]
/// static ALLOCATOR: nn::testing::Allocator = nn::testing::Allocator::system();
///
/// # fn main() {
/// let (x, mut y) = ([1.0_f32; 64], [0.0; 64]);
/// nn::testing::assert_realtime(|| {
///     for (y, x) in y.iter_mut().zip(std::hint::black_box(&x)) {
///         *y += 0.5 * x;
///     }
/// });
/// # }
/// ```
///
/// # What it does not see
///
/// A lock that nobody else has at that time, and calls of the system that neither wait nor read or write; other threads;
/// a panic that does not happen. Clang's RealtimeSanitizer sees the calls: `tests/rtsan` in this repository shows how to use it.
///
/// # Panics
///
/// As said, with the counts.
#[track_caller]
pub fn assert_realtime(mut call: impl FnMut()) {
    let before = allocator::calls();
    drop(black_box(Box::new(0_u8)));
    assert!(
        allocator::calls() > before,
        "`assert_realtime` cannot see allocations: put `#[global_allocator] static ALLOCATOR: nn::testing::Allocator = \
         nn::testing::Allocator::system();` into this program"
    );
    let mut nothing = || ();
    let own = least(&mut nothing);
    let before = allocator::calls();
    call();
    let mut allocations = allocator::calls() - before;
    let seen = least(&mut || {
        let before = allocator::calls();
        call();
        allocations += allocator::calls() - before;
    });
    assert!(allocations == 0, "not real-time: {allocations} calls of the allocator in {} runs", RUNS + 1);
    let (Some(own), Some(seen)) = (own, seen) else {
        return;
    };
    let transfers = seen.transfers.saturating_sub(own.transfers);
    assert!(transfers == 0, "not real-time: each run reads or writes, {transfers} times");
    assert!(seen.waits == 0, "not real-time: each run waits, {} times", seen.waits);
    let faults = seen.faults.saturating_sub(own.faults);
    assert!(faults == 0, "not real-time: each run takes page faults, {faults} of them");
}

/// What the system counts for one run, at the least; `None` where it does not tell.
fn least(call: &mut impl FnMut()) -> Option<Counts> {
    let mut least: Option<Counts> = None;
    for _ in 0..RUNS {
        let before = Counts::now();
        call();
        let seen = Counts::now().zip(before).map(|(after, before)| after.since(before));
        least = match (least, seen) {
            (Some(least), Some(seen)) => Some(least.least(seen)),
            (least, seen) => least.or(seen),
        };
    }
    least
}
