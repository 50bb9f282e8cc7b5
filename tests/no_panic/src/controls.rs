//! What the test has to find: functions that do what inference must not do.

use std::sync::Mutex;

/// Can panic.
#[inline(never)]
pub fn index(values: &[f32], at: usize) -> f32 {
    values[at]
}

/// Can panic in another function.
#[inline(never)]
pub fn call(values: &[f32], at: usize) -> f32 {
    index(values, at) + index(values, at / 2)
}

/// Allocates.
#[inline(never)]
pub fn allocate(values: &[f32]) -> Box<[f32]> {
    values.into()
}

/// Takes a lock.
#[inline(never)]
pub fn lock(value: &Mutex<f32>) -> f32 {
    value.lock().map_or(0.0, |value| *value)
}

/// Makes a call of the system.
#[inline(never)]
pub fn system_call() {
    std::thread::yield_now();
}

/// Writes to the terminal.
#[inline(never)]
pub fn print(value: f32) {
    println!("{value}");
}
