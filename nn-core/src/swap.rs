//! Another value for a thread that must not wait.

use std::mem;
use std::sync::Mutex;
use std::thread;

/// A place where one thread leaves a new value for a real-time thread, and finds the old one again.
///
/// The real-time thread neither waits nor allocates nor frees: where the other thread is just at the place, it goes on with what it
/// has and looks again the next time. So a network is changed while it runs: `T` is a `Box<Net>` or a `nn::run::Network`, or better
/// a pair of it and a state that has been made for it. A change of network is a click where both disagree; to fade over, keep
/// the old value for a while and mix, as the example `amp` does.
///
/// ```
/// use nn_core::Swap;
///
/// static NEXT: Swap<Box<f32>> = Swap::new();
///
/// // The thread of the user interface.
/// NEXT.offer(Box::new(0.5));
///
/// // The audio thread, once a block.
/// let mut gain = Box::new(1.0);
/// assert!(NEXT.take_over(&mut gain));
/// assert_eq!(*gain, 0.5);
/// assert!(!NEXT.take_over(&mut gain));
///
/// // The thread of the user interface, when it likes, frees what is no longer in use.
/// assert_eq!(NEXT.collect(), Some(Box::new(1.0)));
/// ```
#[derive(Debug, Default)]
pub struct Swap<T>(Mutex<Slot<T>>);

#[derive(Debug)]
struct Slot<T> {
    new: Option<T>,
    old: Option<T>,
}

impl<T> Default for Slot<T> {
    fn default() -> Self {
        Slot { new: None, old: None }
    }
}

impl<T> Swap<T> {
    /// An empty place.
    pub const fn new() -> Self {
        Swap(Mutex::new(Slot { new: None, old: None }))
    }

    /// Leaves a value. One that was left before and not taken over is dropped here, as is what the other thread has given back.
    ///
    /// Not for the real-time thread.
    pub fn offer(&self, value: T) {
        // Dropped behind the lock.
        let _unused = self.visit(|slot| mem::replace(slot, Slot { new: Some(value), old: None }));
    }

    /// What the real-time thread has given back since.
    ///
    /// Not for the real-time thread.
    pub fn collect(&self) -> Option<T> {
        self.visit(|slot| slot.old.take())
    }

    /// Makes the new value `current`, if there is one, and leaves the old one for the other thread; whether there was one.
    ///
    /// Never waits, allocates or frees.
    pub fn take_over(&self, current: &mut T) -> bool {
        let Ok(mut slot) = self.0.try_lock() else { return false };
        // What was given back before must not be dropped here.
        if slot.old.is_some() {
            return false;
        }
        let Some(new) = slot.new.take() else { return false };
        slot.old = Some(mem::replace(current, new));
        true
    }

    /// The other side waits without sleeping at the lock: a sleeper would have to be woken by the real-time thread, which is a call
    /// of the system.
    fn visit<R>(&self, f: impl FnOnce(&mut Slot<T>) -> R) -> R {
        loop {
            match self.0.try_lock() {
                Ok(mut slot) => return f(&mut slot),
                Err(std::sync::TryLockError::Poisoned(slot)) => return f(&mut slot.into_inner()),
                Err(std::sync::TryLockError::WouldBlock) => thread::yield_now(),
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;

    #[test]
    fn every_value_is_dropped_once_and_by_the_other_thread() {
        let (swap, value) = (Swap::new(), Arc::new(()));
        let mut current = Arc::clone(&value);
        swap.offer(Arc::clone(&value));
        swap.offer(Arc::clone(&value));
        // One was never taken over.
        assert_eq!(Arc::strong_count(&value), 3);
        assert!(swap.take_over(&mut current) && !swap.take_over(&mut current));
        assert_eq!(Arc::strong_count(&value), 3);
        swap.offer(Arc::clone(&value));
        assert_eq!(Arc::strong_count(&value), 3);
        assert!(swap.take_over(&mut current));
        assert!(swap.collect().is_some() && swap.collect().is_none());
        drop((swap, current));
        assert_eq!(Arc::strong_count(&value), 1);
    }

    #[test]
    fn the_newest_value_arrives() {
        let swap = Swap::new();
        thread::scope(|scope| {
            scope.spawn(|| (1..=1000).for_each(|number| swap.offer(Box::new(number))));
            let mut current = Box::new(0);
            while *current < 1000 {
                let before = *current;
                assert_eq!(swap.take_over(&mut current), *current > before);
            }
        });
    }
}
