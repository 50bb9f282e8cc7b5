//! How a worker in Rust is asked: each line of its input is answered with one line of numbers, or with `error: …`.
//!
//! ```text
//! check JOB              what the job computes: the outputs for the sample, or the losses of the first steps
//! time JOB SECONDS       the processor's seconds of a call, then the seconds of a call as often as fits into the time
//! ```
//!
//! A job is `infer:NETWORK`, or `train:NETWORK:BATCH` for a step of training with Adam. `worker.py` speaks the same.

use std::collections::HashMap;
use std::error::Error;
use std::fmt::Write as _;
use std::fs;
use std::io::{self, BufRead};
use std::path::PathBuf;
use std::time::{Duration, Instant};

/// Whatever went wrong, as a sentence.
pub type Failure = Box<dyn Error>;

/// Steps of a sequence that are compared, for networks that take one at a time.
pub const STEPS: usize = 64;
/// Steps of training whose losses are compared.
pub const LOSSES: usize = 5;

/// Something to compare and to time.
pub trait Job {
    /// What it computes.
    fn check(&mut self) -> Result<Vec<f32>, Failure>;
    /// So many calls.
    fn run(&mut self, calls: u32) -> Result<(), Failure>;
}

/// The number at a place of a sample: neither all alike nor random.
pub fn number(place: usize) -> f32 {
    ((place * 7919) % 29) as f32 / 14.0 - 1.0
}

/// The id at a place of a sample of ids: one that every embedding here has.
pub fn id(place: usize) -> u32 {
    (place * 977 % 10_000) as u32
}

/// The target of a sample.
pub fn target(sample: usize, classes: usize) -> u8 {
    (sample * 7 % classes) as u8
}

/// The folder of the networks: the first argument.
pub fn folder() -> Result<PathBuf, Failure> {
    let named = std::env::args().skip(1).find(|argument| !argument.starts_with('-'));
    Ok(named.ok_or("which folder? `benches/peers/run` starts this")?.into())
}

/// Answers until the input ends.
pub fn serve(make: impl Fn(&str) -> Result<Box<dyn Job>, Failure>) -> Result<(), Failure> {
    let mut jobs = HashMap::new();
    for line in io::stdin().lock().lines() {
        match answer(&line?, &mut jobs, &make) {
            Ok(numbers) => println!("{numbers}"),
            Err(error) => println!("error: {}", error.to_string().replace('\n', " ")),
        }
    }
    Ok(())
}

/// The answer to one line; the job is made when it is first asked for.
fn answer(
    line: &str,
    jobs: &mut HashMap<String, Box<dyn Job>>,
    make: &impl Fn(&str) -> Result<Box<dyn Job>, Failure>,
) -> Result<String, Failure> {
    let words: Vec<&str> = line.split_whitespace().collect();
    let name = *words.get(1).ok_or("which job?")?;
    if !jobs.contains_key(name) {
        jobs.insert(name.to_owned(), make(name)?);
    }
    let job = jobs.get_mut(name).ok_or("no such job")?;
    let mut text = String::new();
    match words[..] {
        ["check", _] => job.check()?.iter().try_for_each(|number| write!(text, "{number} "))?,
        ["time", _, seconds] => {
            time(&mut **job, seconds.parse()?)?.iter().try_for_each(|number| write!(text, "{number:e} "))?;
        }
        _ => return Err("neither `check JOB` nor `time JOB SECONDS`".into()),
    }
    Ok(text)
}

/// The processor's seconds of a call on the whole, then those of the clock: means of blocks of about 20 µs, once it is warm.
fn time(job: &mut dyn Job, seconds: f64) -> Result<Vec<f64>, Failure> {
    let (start, mut calls) = (Instant::now(), 0);
    while calls == 0 || start.elapsed().as_secs_f64() < 0.15 * seconds {
        job.run(1)?;
        calls += 1;
    }
    let once = start.elapsed().as_secs_f64() / f64::from(calls);
    let block = (20e-6 / once).ceil().max(1.0) as u32;
    let (mut times, end) = (vec![0.0], Instant::now() + Duration::from_secs_f64(seconds));
    let busy = processor()?;
    while times.len() == 1 || Instant::now() < end {
        let begin = Instant::now();
        job.run(block)?;
        times.push(begin.elapsed().as_secs_f64() / f64::from(block));
    }
    times[0] = (processor()? - busy) / ((times.len() - 1) as f64 * f64::from(block));
    Ok(times)
}

/// Seconds that the threads of this process have had a processor, as Linux counts them.
fn processor() -> Result<f64, Failure> {
    let mut nanoseconds = 0;
    for thread in fs::read_dir("/proc/self/task")? {
        let text = fs::read_to_string(thread?.path().join("schedstat"))?;
        nanoseconds += text.split(' ').next().map_or(Ok(0), str::parse::<u64>)?;
    }
    Ok(nanoseconds as f64 / 1e9)
}
