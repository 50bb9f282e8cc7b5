//! Files with some of their bytes others: an error or a model, and no panic.

use nn_import::{Options, onnx};

use super::file::File;
use super::{attention, blocks, operators, states};

/// How often each file is changed; `NN_MUTATIONS` asks for more.
fn rounds() -> usize {
    std::env::var("NN_MUTATIONS").ok().and_then(|count| count.parse().ok()).unwrap_or(1_500)
}

/// Numbers that look random (xorshift), the same in every run.
struct Random(u64);

impl Random {
    fn below(&mut self, end: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 % end.max(1) as u64) as usize
    }

    fn mutated(&mut self, file: &[u8]) -> Vec<u8> {
        let mut bytes = file.to_vec();
        for _ in 0..=self.below(3) {
            let at = self.below(bytes.len());
            match self.below(4) {
                0 => bytes[at] ^= 1 << self.below(8),
                1 => bytes[at] = [0, 1, 2, 3, 5, 127, 128, 255][self.below(8)],
                2 => drop(bytes.remove(at)),
                _ => bytes.insert(at, self.below(256) as u8),
            }
            if bytes.is_empty() {
                break;
            }
        }
        bytes
    }
}

#[test]
fn no_bytes_make_it_panic() {
    let mut files: Vec<Vec<u8>> = vec![blocks::residual(3, &["Tanh"]).finish(&["y"]), states::sum("h0", "hn")];
    files.extend([attention::of_three(true), attention::of_one(), attention::packed()].map(|file| file.finish(&["y"])));
    files.extend(operators::all().into_iter().map(|file: File| file.finish(&["y"])));
    let mut random = Random(0x5eed);
    let mut taken = 0;
    for file in &files {
        assert!(onnx::read(file, &Options::new()).is_ok());
        for _ in 0..rounds() {
            taken += usize::from(onnx::read(&random.mutated(file), &Options::new()).is_ok());
        }
    }
    // Some mutations touch numbers alone.
    assert!(taken > 0);
}
