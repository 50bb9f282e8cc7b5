//! The binary files of CIFAR-10 and CIFAR-100: `data_batch_1.bin`, `train.bin`, also packed (`.gz`).
//!
//! Source: A. Krizhevsky, [Learning Multiple Layers of Features from Tiny Images](https://www.cs.toronto.edu/~kriz/cifar.html), 2009.

use std::io::Read;
use std::path::Path;

use crate::error::{Named, Result, shown};
use crate::numbers::{Numbers, Values};
use crate::source::{open, unpacked};

/// Which of the two.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Ten classes.
    Cifar10,
    /// A hundred classes, five of each of twenty kinds.
    Cifar100,
}

/// Pictures, and what they show.
#[derive(Clone, Debug, PartialEq)]
pub struct Cifar {
    /// Bytes: so many pictures of 32×32×3, red, green and blue of a pixel side by side.
    pub pictures: Numbers,
    /// The class of each: below 10, or below 100.
    pub labels: Vec<u8>,
    /// The kind of the class, below 20; empty for CIFAR-10.
    pub coarse_labels: Vec<u8>,
}

const PIXELS: usize = 32 * 32;

/// Reads the pictures of one or several files.
///
/// # Errors
///
/// If a file cannot be read, ends inside of a picture, or has a class that there is not.
pub fn read<P: AsRef<Path>>(kind: Kind, paths: &[P]) -> Result<Cifar> {
    let mut found = Found::default();
    for path in paths {
        found.read(kind, &mut *open(path.as_ref())?, Named(&shown(path.as_ref())))?;
    }
    Ok(found.whole())
}

/// The same of bytes.
///
/// # Errors
///
/// As [`read`].
pub fn from_bytes(kind: Kind, bytes: &[u8]) -> Result<Cifar> {
    let mut found = Found::default();
    match unpacked(bytes) {
        Ok(mut bytes) => found.read(kind, &mut *bytes, Named("bytes"))?,
        Err(error) => return Named("bytes").unread("the start", error),
    }
    Ok(found.whole())
}

#[derive(Default)]
struct Found {
    pixels: Vec<u8>,
    labels: Vec<u8>,
    coarse: Vec<u8>,
}

impl Found {
    fn read(&mut self, kind: Kind, from: &mut dyn Read, file: Named<'_>) -> Result<()> {
        let heads: &[(&str, u8)] = match kind {
            Kind::Cifar10 => &[("class", 10)],
            Kind::Cifar100 => &[("kind", 20), ("class", 100)],
        };
        let mut record = vec![0; heads.len() + 3 * PIXELS];
        for index in 0.. {
            let place = format!("picture {index}");
            let read = fill(from, &mut record).or_else(|error| file.unread(&place, error))?;
            if read == 0 {
                break;
            }
            if read < record.len() {
                return file.wrong(place, format!("{} bytes", record.len()), read.to_string());
            }
            let (labels, planes) = record.split_at(heads.len());
            for ((what, below), label) in heads.iter().zip(labels) {
                if label >= below {
                    return file.wrong(place, format!("a {what} below {below}"), label.to_string());
                }
            }
            self.labels.extend(labels.last());
            if labels.len() > 1 {
                self.coarse.extend(labels.first());
            }
            // A plane for each colour becomes a colour after another.
            let colour = |pixel: usize| (0..3).filter_map(move |plane| planes.get(plane * PIXELS + pixel));
            self.pixels.extend((0..PIXELS).flat_map(colour));
        }
        Ok(())
    }

    fn whole(self) -> Cifar {
        let pictures = Numbers::of(vec![self.labels.len(), 32, 32, 3], Values::U8(self.pixels));
        Cifar { pictures, labels: self.labels, coarse_labels: self.coarse }
    }
}

/// As many bytes as there are, up to the length.
fn fill(from: &mut dyn Read, to: &mut [u8]) -> std::io::Result<usize> {
    let mut filled = 0;
    while let Some(rest) = to.get_mut(filled..).filter(|rest| !rest.is_empty()) {
        match from.read(rest) {
            Ok(0) => break,
            Ok(read) => filled += read,
            Err(error) if error.kind() == std::io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
    Ok(filled)
}
