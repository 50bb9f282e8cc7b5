//! A convolutional network and a streaming one on a Cortex-M4, without a heap and without an operating system.
//!
//! `./run` builds it and runs it in QEMU: it compares the results with those of the host, and says what they cost.
#![no_std]
#![no_main]

use cortex_m::peripheral::SYST;
use cortex_m::peripheral::syst::SystClkSource;
use cortex_m_rt::entry;
use cortex_m_semihosting::debug::{self, EXIT_FAILURE, EXIT_SUCCESS, ExitStatus};
use cortex_m_semihosting::hprintln;
use firmware::{LeNet, LeNetWorkspace, SCORES, SOUND, Tone, ToneState, close, picture, sample};
use panic_semihosting as _;

#[entry]
fn main() -> ! {
    // What the networks write to lies in RAM that is set aside for it, not on the stack.
    static mut WORKSPACE: LeNetWorkspace = LeNetWorkspace::new();
    static mut STATE: ToneState = ToneState::new();
    let Some(mut clock) = cortex_m::Peripherals::take().map(|peripherals| peripherals.SYST) else {
        failed("the clock")
    };
    clock.set_clock_source(SystClkSource::Core);
    clock.set_reload(0x00FF_FFFF);
    clock.clear_current();
    clock.enable_counter();

    let picture = picture();
    let (scores, instructions) = timed(&clock, || LeNet::PRETRAINED.infer(&picture, WORKSPACE));
    costs("LeNet", LeNet::PRETRAINED, WORKSPACE, instructions);

    let (sound, instructions): ([f32; SOUND.len()], u32) =
        timed(&clock, || core::array::from_fn(|t| Tone::PRETRAINED.step(&sample(t), STATE)[0]));
    costs("Tone", Tone::PRETRAINED, STATE, instructions / SOUND.len() as u32);

    if !close(&scores.0, &SCORES) {
        hprintln!("expected {SCORES:?}, found {scores:?}");
        failed("the scores of LeNet");
    }
    if !close(&sound, &SOUND) {
        hprintln!("expected {SOUND:?}, found {sound:?}");
        failed("the sound of Tone");
    }
    hprintln!("the results are those of the host");
    end(EXIT_SUCCESS)
}

/// A result, and the instructions that it took: QEMU, as `./run` starts it, lets one pass in each nanosecond, and the
/// board's clock tick every 40.
fn timed<T>(_: &SYST, work: impl FnOnce() -> T) -> (T, u32) {
    let start = SYST::get_current();
    let result = core::hint::black_box(work());
    // The clock counts backwards, in 24 bits.
    let ticks = start.wrapping_sub(SYST::get_current()) & 0x00FF_FFFF;
    (result, 40 * ticks)
}

fn costs<N, M>(name: &str, _: &N, _: &M, instructions: u32) {
    let (weights, memory) = (size_of::<N>(), size_of::<M>());
    hprintln!("{name}: {weights} bytes of weights in flash, {memory} bytes of RAM, {instructions} instructions a call");
}

fn failed(what: &str) -> ! {
    hprintln!("not as expected: {what}");
    end(EXIT_FAILURE)
}

/// Ends QEMU.
fn end(status: ExitStatus) -> ! {
    debug::exit(status);
    loop {
        cortex_m::asm::wfi();
    }
}
