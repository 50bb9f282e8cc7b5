//! The reference networks under Clang's RealtimeSanitizer: it stops the program where code that must not wait calls a
//! function that may, or the allocator.
//!
//! `.ci/rtsan` runs it. Each control is run, too, as a program of its own, and has to be stopped.
#![feature(sanitize)]

#[path = "../../../benches/support/networks.rs"]
mod networks;

use std::env;
use std::hint::black_box;
use std::process::{Command, ExitCode};
use std::sync::Mutex;
use std::thread;
use std::time::Duration;

use networks::{
    Attention, AudioDense, AudioGru, AudioLstm, AudioTcn, Gru, Headline, KerasCnn, LeNet, Lstm, Mlp, ResNet8, Rnn,
};
use nn::{Network, Stream};

/// Runs code that must not wait.
#[sanitize(realtime = "nonblocking")]
#[inline(never)]
fn realtime(call: impl FnOnce()) {
    call();
}

fn infer<N: Network>() {
    let (net, mut workspace) = (N::new(&mut nn::rng(1)), N::workspace());
    let x: Box<N::Input> = bytemuck::zeroed_box();
    realtime(|| {
        black_box(net.infer(black_box(&x), &mut workspace));
    });
    println!("{}: infer", N::NAME);
}

fn step<N: Stream>() {
    let net = N::new(&mut nn::rng(1));
    let (x, mut state) = (bytemuck::zeroed_box::<N::StepInput>(), bytemuck::zeroed_box::<N::State>());
    realtime(|| {
        for _ in 0..100 {
            black_box(net.step(black_box(&x), &mut state));
        }
    });
    println!("{}: step", N::NAME);
}

/// What must be found, and what the message has to name.
const CONTROLS: &[(&str, &str)] = &[("allocate", "malloc"), ("free", "free"), ("lock", "syscall"), ("print", "write")];

fn control(name: &str) {
    static LOCK: Mutex<()> = Mutex::new(());
    match name {
        "allocate" => realtime(|| drop(black_box(Box::new(1)))),
        "free" => {
            let memory = black_box(Box::new(1));
            realtime(|| drop(memory));
        }
        "lock" => {
            let held = LOCK.lock();
            let waits = thread::spawn(|| realtime(|| drop(LOCK.lock())));
            thread::sleep(Duration::from_millis(200));
            drop(held);
            drop(waits.join());
        }
        "print" => realtime(|| println!("not here")),
        _ => println!("there is no control `{name}`"),
    }
}

/// Whether a control is stopped, for the right reason.
fn is_found(name: &str, reason: &str) -> bool {
    let program = env::current_exe().expect("this program");
    let output = Command::new(program).arg(name).output().expect("it runs");
    let text = String::from_utf8_lossy(&output.stderr);
    let found = !output.status.success() && text.contains("RealtimeSanitizer") && text.contains(reason);
    println!("control {name}: {}", if found { "found" } else { "NOT FOUND" });
    if !found {
        eprintln!("{text}");
    }
    found
}

fn main() -> ExitCode {
    if let Some(name) = env::args().nth(1) {
        control(&name);
        return ExitCode::SUCCESS;
    }
    infer::<LeNet>();
    infer::<KerasCnn>();
    infer::<Mlp>();
    infer::<Rnn>();
    infer::<Lstm>();
    infer::<Gru>();
    infer::<Headline>();
    infer::<ResNet8>();
    infer::<Attention>();
    step::<AudioLstm>();
    step::<AudioGru>();
    step::<AudioTcn>();
    step::<AudioDense>();
    let missed = CONTROLS.iter().filter(|(name, reason)| !is_found(name, reason)).count();
    ExitCode::from(u8::from(missed > 0))
}
