//! No bytes make the reader of word vectors panic: files of each format with bytes changed, left out and put in.

use std::panic::catch_unwind;

use nn_preprocessing::utils::{Format, WordVectors};
use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;

#[test]
fn no_bytes_make_the_reader_panic() {
    let text = b"the 1 2 3\ncat 0.5 -1e3 7\n. . 1 2 3\n".to_vec();
    let with_header = [b"3 3\n", text.as_slice()].concat();
    let numbers = [1.0_f32, -2.0, 0.5].map(f32::to_le_bytes).concat();
    let binary = [b"2 3\ncat ", numbers.as_slice(), b"\nthe ", numbers.as_slice()].concat();
    let mut rng = ChaCha8Rng::seed_from_u64(3);
    for file in [text, with_header, binary] {
        for _ in 0..2_000 {
            let mut bytes = file.clone();
            for _ in 0..rng.random_range(1..4) {
                let at = rng.random_range(0..=bytes.len());
                match rng.random_range(0..3) {
                    0 => bytes.truncate(at),
                    1 => bytes.insert(at, rng.random()),
                    _ => bytes.iter_mut().skip(at).take(1).for_each(|byte| *byte = rng.random()),
                }
            }
            for format in [Format::Glove, Format::Word2Vec, Format::Word2VecBinary] {
                let read = || drop(WordVectors::read(&bytes[..], format, &["cat", "dog"]));
                assert!(catch_unwind(read).is_ok(), "{format:?}: {}", bytes.escape_ascii());
            }
        }
    }
}
