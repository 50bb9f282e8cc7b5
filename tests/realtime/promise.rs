//! `assert_realtime` passes for networks, and fails for what a real-time thread must not do.
//!
//! One network of each kind is enough: `tests/no_panic/` reads the machine code of all, and `tests/rtsan/` runs all.

use std::hint::black_box;
use std::panic::{self, AssertUnwindSafe};
use std::sync::Mutex;
use std::time::Duration;

use nn::prelude::*;
use nn::testing::assert_realtime;

use crate::networks::{AudioGru, AudioTcn, LeNet, Mlp};

fn infer<N: Network>() {
    let (net, mut workspace) = (N::new(&mut nn::rng(1)), N::workspace());
    let x: Box<N::Input> = bytemuck::zeroed_box();
    assert_realtime(|| {
        black_box(net.infer(black_box(&x), &mut workspace));
    });
}

fn step<N: Stream>() {
    let net = N::new(&mut nn::rng(1));
    let (x, mut state) = (bytemuck::zeroed_box::<N::StepInput>(), bytemuck::zeroed_box::<N::State>());
    assert_realtime(|| {
        for _ in 0..100 {
            black_box(net.step(black_box(&x), &mut state));
        }
    });
}

fn steps<N: Stream>() {
    let (net, mut state) = (N::new(&mut nn::rng(1)), N::state());
    let xs = vec![<N::StepInput as bytemuck::Zeroable>::zeroed(); N::BLOCK * 2 + 3];
    let mut ys = vec![<N::StepOutput as bytemuck::Zeroable>::zeroed(); xs.len()];
    assert_realtime(|| net.steps(black_box(&xs), black_box(&mut ys), &mut state));
}

/// Both in turn, and another network in between.
fn swapped<N: Stream>() {
    let swap = nn::Swap::new();
    let make = |seed| {
        let net = N::new(&mut nn::rng(seed));
        let state = net.rested();
        (net, state)
    };
    let mut current = make(1);
    let x: Box<N::StepInput> = bytemuck::zeroed_box();
    swap.offer(make(2));
    assert_realtime(|| {
        swap.take_over(&mut current);
        let (net, state) = &mut current;
        black_box(net.step(black_box(&x), state));
    });
    assert!(swap.collect().is_some());
}

#[test]
fn infer_is_realtime() {
    infer::<LeNet>();
    infer::<Mlp>();
}

#[test]
fn step_is_realtime() {
    step::<AudioGru>();
    step::<AudioTcn>();
}

#[test]
fn steps_are_realtime() {
    steps::<AudioGru>();
    steps::<AudioTcn>();
}

#[test]
fn a_change_of_networks_is_realtime() {
    swapped::<AudioGru>();
}

/// What `assert_realtime` says of this code.
fn complaint(call: impl FnMut()) -> String {
    let refused = panic::catch_unwind(AssertUnwindSafe(|| assert_realtime(call)));
    *refused.expect_err("this is not real-time").downcast().expect("a message")
}

#[test]
fn allocations_are_found() {
    let text = complaint(|| drop(black_box(vec![1_u8; 100])));
    assert_eq!(text, "not real-time: 18 calls of the allocator in 9 runs");
    let mut memory = vec![vec![0_u8; 10]];
    let text = complaint(|| drop(memory.pop()));
    assert_eq!(text, "not real-time: 1 calls of the allocator in 9 runs");
    let mut grows: Vec<u64> = Vec::with_capacity(8);
    let text = complaint(|| grows.push(1));
    assert_eq!(text, "not real-time: 1 calls of the allocator in 9 runs");
}

#[test]
#[cfg(target_os = "linux")]
fn reading_and_waiting_are_found() {
    use std::fs::File;
    use std::io::Read;

    let (mut zeros, mut byte) = (File::open("/dev/zero").expect("it is there"), [0]);
    let text = complaint(|| zeros.read_exact(&mut byte).expect("it has bytes"));
    assert_eq!(text, "not real-time: each run reads or writes, 1 times");
    let text = complaint(|| std::thread::sleep(Duration::from_millis(1)));
    assert!(text.starts_with("not real-time: each run waits, "), "{text}");
}

#[test]
fn a_free_lock_is_not_found() {
    let lock = Mutex::new(0);
    assert_realtime(|| *lock.lock().expect("nobody panics") += 1);
}
