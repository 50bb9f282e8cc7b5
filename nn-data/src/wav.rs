//! WAV: sound as numbers from -1 to 1.

use std::io::Read;
use std::path::Path;

use hound::{Error, SampleFormat, WavReader};

use crate::error::{Named, Result, shown, unfit};
use crate::numbers::{Numbers, Values};
use crate::source::{open, unpacked};

/// A sound.
#[derive(Clone, Debug, PartialEq)]
pub struct Sound {
    /// How many frames a second has.
    pub sample_rate: u32,
    /// `[frames, channels]`, `f32` from -1 to 1.
    pub frames: Numbers,
}

/// Reads a sound: integers of 8 to 32 bits, which are scaled to -1 to 1, or floats.
///
/// # Errors
///
/// If the file cannot be read, is no such file, or is cut short.
pub fn read(path: impl AsRef<Path>) -> Result<Sound> {
    let path = path.as_ref();
    parse(open(path)?, Named(&shown(path)))
}

/// The same of bytes.
///
/// # Errors
///
/// As [`read`].
pub fn from_bytes(bytes: &[u8]) -> Result<Sound> {
    match unpacked(bytes) {
        Ok(bytes) => parse(bytes, Named("bytes")),
        Err(error) => Named("bytes").unread("the start", error),
    }
}

fn parse(from: Box<dyn Read + '_>, file: Named<'_>) -> Result<Sound> {
    let mut reader = WavReader::new(from).or_else(|error| unread(file, "the header", error))?;
    let spec = reader.spec();
    if spec.channels == 0 || spec.sample_rate == 0 {
        let found = format!("{} channels, {} frames a second", spec.channels, spec.sample_rate);
        return file.wrong("the header", "channels and a sample rate", found);
    }
    let mut samples = Vec::new();
    match spec.sample_format {
        SampleFormat::Float => {
            for sample in reader.samples::<f32>() {
                let place = format!("sample {}", samples.len());
                samples.push(sample.or_else(|error| unread(file, &place, error))?);
            }
        }
        SampleFormat::Int => {
            let bits = spec.bits_per_sample;
            if !(1..=32).contains(&bits) {
                return file.wrong("the header", "samples of 1 to 32 bits", bits.to_string());
            }
            let largest = f64::from(bits - 1).exp2();
            for sample in reader.samples::<i32>() {
                let place = format!("sample {}", samples.len());
                let sample = sample.or_else(|error| unread(file, &place, error))?;
                samples.push((f64::from(sample) / largest) as f32);
            }
        }
    }
    let channels = usize::from(spec.channels);
    if samples.len() % channels != 0 {
        let found = format!("{} samples of {channels} channels", samples.len());
        return file.wrong("the end", "a sample for each channel", found);
    }
    let frames = Numbers::of(vec![samples.len() / channels, channels], Values::F32(samples));
    Ok(Sound { sample_rate: spec.sample_rate, frames })
}

fn unread<T>(file: Named<'_>, place: &str, error: Error) -> Result<T> {
    match error {
        // What ends too early is no fault of the system's.
        Error::IoError(error) if error.kind() != std::io::ErrorKind::Other => file.unread(place, error),
        error => file.wrong(place, "a WAV file", error.to_string()),
    }
}

impl Sound {
    /// Pieces of `len` frames that begin `step` frames apart, as samples of a network: `[pieces, len, channels]`. What is left
    /// over at the end is no piece.
    ///
    /// # Errors
    ///
    /// If `len` or `step` is 0, or the sound is shorter than a piece.
    pub fn pieces(&self, len: usize, step: usize) -> Result<Numbers> {
        let (Values::F32(samples), [frames, channels]) = (self.frames.values(), self.frames.shape()) else {
            return unfit("pieces", "`f32` of frames and channels", format!("a shape of {:?}", self.frames.shape()));
        };
        if len == 0 || step == 0 || len > *frames {
            let expected = format!("a length of 1 to {frames} frames, and a step of at least 1");
            return unfit("pieces", expected, format!("{len} and {step}"));
        }
        let starts = (0..frames - len + 1).step_by(step);
        let count = starts.len();
        let piece = |from: usize| samples.get(from * channels..(from + len) * channels).unwrap_or_default();
        let pieces = starts.flat_map(piece).copied().collect();
        Ok(Numbers::of(vec![count, len, *channels], Values::F32(pieces)))
    }
}
