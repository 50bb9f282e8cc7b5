//! A guitar amplifier: models of Neural Amp Modeler, RTNeural or GuitarML, block by block as an audio host runs them.
//!
//! ```text
//! cargo run --release --features run,import --example amp                         # small models, which it writes itself
//! cargo run --release --features run,import --example amp -- A.nam B.nam          # yours, one after the other
//! cargo run --release --features run,import --example amp -- A.nam guitar.wav     # on a recording; writes amp.wav
//! ```
//!
//! A model is read, and brought to rest, by a thread that may wait. The audio thread takes it over between two blocks, without
//! allocating or freeing, and fades from the old one to the new one, so that no click is heard.

use std::error::Error;
use std::fs;
use std::mem;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use nn::Swap;
use nn::import::Options;
use nn::run::{Data, Network, State};
use rand::RngExt;

const RATE: u32 = 48_000;
/// Samples in a call, as hosts have it.
const BLOCK: usize = 64;
/// Samples from the old model to the new one: 20 ms.
const FADE: usize = 960;

/// A model that can be played.
struct Amp {
    network: Network,
    state: State<f32>,
}

impl Amp {
    /// Reads a model file, and lets it come to rest.
    fn load(path: &Path) -> Result<Box<Self>, Box<dyn Error>> {
        let mut model = nn::import::read_file(path, &Options::new())?;
        model.text.insert_str(0, "#[stream]\n");
        let network = Network::from_model(&model)?;
        let state = network.rested()?;
        Ok(Box::new(Amp { network, state }))
    }

    /// What it makes of a block.
    fn play(&mut self, sound: &[f32], heard: &mut [f32]) {
        let played = self.network.steps(&[Data::Real(sound)], &mut self.state, &mut [&mut *heard]);
        if played.is_err() {
            // It takes or gives something else than one sound.
            heard.fill(0.0);
        }
    }
}

/// What the audio thread has.
struct Player<'a> {
    next: &'a Swap<Box<Amp>>,
    playing: Box<Amp>,
    /// The one before, which is kept until the next one comes.
    before: Box<Amp>,
    /// How many samples it can still be heard.
    left: usize,
}

impl Player<'_> {
    /// One block; whether a new model began.
    fn play(&mut self, sound: &[f32], heard: &mut [f32]) -> bool {
        let changes = self.left == 0 && self.next.take_over(&mut self.before);
        if changes {
            mem::swap(&mut self.playing, &mut self.before);
            self.left = FADE;
        }
        self.playing.play(sound, heard);
        if self.left > 0 {
            let mut old = [0.0; BLOCK];
            let old = &mut old[..sound.len()];
            self.before.play(sound, old);
            for (new, old) in heard.iter_mut().zip(old) {
                *new += (*old - *new) * self.left as f32 / FADE as f32;
                self.left = self.left.saturating_sub(1);
            }
        }
        changes
    }
}

fn main() -> Result<(), Box<dyn Error>> {
    let (recordings, mut models): (Vec<PathBuf>, Vec<PathBuf>) = std::env::args_os()
        .skip(1)
        .map(PathBuf::from)
        .partition(|path| path.extension().is_some_and(|extension| extension.eq_ignore_ascii_case("wav")));
    if models.is_empty() {
        models = vec![small_model(1, 6)?, small_model(2, 4)?];
    }
    let sound = match recordings.first() {
        Some(path) => read(path)?,
        None => guitar(8),
    };
    let mut heard = vec![0.0; sound.len()];
    let mut amps = models.iter().map(|path| Amp::load(path)).collect::<Result<Vec<_>, _>>()?.into_iter();
    let (swap, position) = (Swap::new(), AtomicUsize::new(0));
    let (Some(playing), before) = (amps.next(), Amp::load(&models[0])?) else { return Ok(()) };
    let mut player = Player { next: &swap, playing, before, left: 0 };
    let mut times = vec![(0, Duration::ZERO, Duration::ZERO)];
    thread::scope(|scope| {
        // Someone who tries one model after another.
        let (swap, position, part) = (&swap, &position, sound.len() / models.len());
        scope.spawn(move || {
            for (index, amp) in amps.enumerate() {
                while position.load(Ordering::Relaxed) < (index + 1) * part {
                    thread::sleep(Duration::from_millis(1));
                }
                swap.offer(amp);
            }
        });
        for (sound, heard) in sound.chunks(BLOCK).zip(heard.chunks_mut(BLOCK)) {
            let start = Instant::now();
            let changed = player.play(sound, heard);
            let time = start.elapsed();
            if changed {
                times.push((0, Duration::ZERO, Duration::ZERO));
            }
            if let Some((samples, sum, longest)) = times.last_mut() {
                *samples += sound.len();
                *sum += time;
                *longest = time.max(*longest);
            }
            position.fetch_add(sound.len(), Ordering::Relaxed);
        }
        // Nobody waits for ever.
        position.store(usize::MAX, Ordering::Relaxed);
    });
    for (path, (samples, time, longest)) in models.iter().zip(&times) {
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        let each = time.as_secs_f64() / (*samples).max(1) as f64;
        let factor = 1.0 / (each * f64::from(RATE));
        println!(
            "{name}: {samples} samples, {:.0} ns each, {factor:.0} times real time; longest block {longest:.0?}",
            each * 1e9
        );
    }
    let loudest = heard.iter().fold(0.0, |most: f32, sample| most.max(sample.abs()));
    println!("loudest sample {loudest:.3}");
    if !recordings.is_empty() {
        write(Path::new("amp.wav"), &heard)?;
        println!("written: amp.wav");
    }
    Ok(())
}

/// A model of our own making: a WaveNet of two layers with random weights, in the form of a `.nam` file.
fn small_model(seed: u64, channels: usize) -> Result<PathBuf, Box<dyn Error>> {
    let layer = channels * channels * 3 + channels + channels + channels * channels + channels;
    let count = channels + 2 * layer + channels;
    let mut rng = nn::rng(seed);
    let weights = (0..count).map(|_| format!("{:.4}", rng.random_range(-0.5..0.5)));
    let weights: Vec<String> = weights.collect();
    let text = format!(
        r#"{{"version": "0.5.2", "architecture": "WaveNet", "sample_rate": {RATE}, "config": {{"head": null, "head_scale": 0.5,
        "layers": [{{"input_size": 1, "condition_size": 1, "channels": {channels}, "head_size": 1, "head_bias": false,
        "kernel_size": 3, "dilations": [1, 64], "activation": "Tanh", "gated": false}}]}}, "weights": [{}, 0.5]}}"#,
        weights.join(", ")
    );
    let path = std::env::temp_dir().join(format!("small-{seed}.nam"));
    fs::write(&path, text)?;
    Ok(path)
}

/// Seconds of a string that is plucked twice a second: noise that goes round in a loop and gets duller.
fn guitar(seconds: usize) -> Vec<f32> {
    let (rate, mut rng) = (RATE as usize, nn::rng(1));
    let mut sound = Vec::with_capacity(seconds * rate);
    for (pluck, frequency) in [110.0, 146.8, 196.0, 246.9].into_iter().cycle().take(2 * seconds).enumerate() {
        let period = (f64::from(RATE) / frequency) as usize;
        let mut string: Vec<f32> = (0..period).map(|_| rng.random_range(-0.5..0.5)).collect();
        for sample in 0..rate / 2 {
            let place = sample % period;
            sound.push(string[place]);
            let next = string[(place + 1) % period];
            string[place] = 0.498 * (string[place] + next);
        }
        debug_assert_eq!(sound.len(), (pluck + 1) * (rate / 2));
    }
    sound
}

/// The first channel of a recording.
fn read(path: &Path) -> Result<Vec<f32>, Box<dyn Error>> {
    let mut file = hound::WavReader::open(path)?;
    let spec = file.spec();
    if spec.sample_rate != RATE {
        eprintln!(
            "{} has {} samples a second, the models are taken to be for {RATE}",
            path.display(),
            spec.sample_rate
        );
    }
    let samples: Vec<f32> = match spec.sample_format {
        hound::SampleFormat::Float => file.samples().collect::<Result<_, _>>()?,
        hound::SampleFormat::Int => {
            let full = 1.0 / (1_u64 << (spec.bits_per_sample - 1)) as f32;
            file.samples::<i32>().map(|sample| Ok(sample? as f32 * full)).collect::<Result<_, hound::Error>>()?
        }
    };
    Ok(samples.into_iter().step_by(usize::from(spec.channels)).collect())
}

fn write(path: &Path, samples: &[f32]) -> Result<(), Box<dyn Error>> {
    let spec = hound::WavSpec {
        channels: 1,
        sample_rate: RATE,
        bits_per_sample: 32,
        sample_format: hound::SampleFormat::Float,
    };
    let mut file = hound::WavWriter::create(path, spec)?;
    samples.iter().try_for_each(|sample| file.write_sample(*sample))?;
    Ok(file.finalize()?)
}
