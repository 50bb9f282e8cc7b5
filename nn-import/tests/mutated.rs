//! Files with bytes that are not as they were: a model or an error, and never a panic.

use std::fs;
use std::path::PathBuf;

use nn_import::{Options, keras};

/// So many files are made of each.
fn rounds() -> usize {
    std::env::var("NN_ROUNDS").ok().and_then(|rounds| rounds.parse().ok()).unwrap_or(300)
}

/// Numbers without an end, always the same.
struct Noise(u64);

impl Noise {
    fn next(&mut self, below: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 % below.max(1) as u64) as usize
    }

    /// The same bytes but for a few.
    fn mutate(&mut self, bytes: &[u8]) -> Vec<u8> {
        let mut bytes = bytes.to_vec();
        for _ in 0..=self.next(4) {
            // What tells the structure lies at the ends.
            let near = self.next(2) == 0;
            let at = if near { self.next(bytes.len().min(2048)) } else { self.next(bytes.len()) };
            bytes[at] = match self.next(3) {
                0 => 0xff,
                1 => self.next(256) as u8,
                _ => bytes[at] ^ (1 << self.next(8)),
            };
        }
        if self.next(10) == 0 {
            bytes.truncate(self.next(bytes.len()));
        }
        bytes
    }
}

fn files(extension: &str) -> impl Iterator<Item = Vec<u8>> {
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../tests/golden/fixtures/models");
    let paths = fs::read_dir(folder).expect("the folder").map(|entry| entry.expect("an entry").path());
    let paths = paths.filter(move |path| path.to_string_lossy().ends_with(extension));
    let mut paths: Vec<PathBuf> = paths.collect();
    paths.sort();
    paths.into_iter().map(|path| fs::read(path).expect("the file"))
}

#[test]
fn hdf5() {
    let mut noise = Noise(0x9e37_79b9_7f4a_7c15);
    for bytes in files(".h5") {
        for _ in 0..rounds() {
            let _ = keras::read(&noise.mutate(&bytes), &Options::new());
        }
    }
}

#[test]
fn archives() {
    let mut noise = Noise(0x2545_f491_4f6c_dd1d);
    for bytes in files(".keras") {
        for _ in 0..rounds() {
            let _ = keras::read(&noise.mutate(&bytes), &Options::new());
        }
    }
}

#[test]
fn descriptions() {
    let mut noise = Noise(0xd1b5_4a32_d192_ed03);
    for bytes in files(".json").filter(|bytes| bytes.starts_with(b"{\"module") || bytes.starts_with(b"{\n")) {
        for _ in 0..rounds() {
            let bytes = noise.mutate(&bytes);
            let _ = keras::read_json(&String::from_utf8_lossy(&bytes), &Options::new());
        }
    }
}

#[test]
fn weights_alone() {
    let mut noise = Noise(0x94d0_49bb_1331_11eb);
    let text = "Input<4> => Dense<3>";
    for bytes in files("weights.h5") {
        for _ in 0..rounds() {
            let _ = keras::fill(text, &noise.mutate(&bytes));
        }
    }
}
