//! No bytes make a reader panic, or take much memory: whole files with bytes changed, left out and put in, and their beginnings.

use std::fs;
use std::panic::catch_unwind;
use std::path::PathBuf;

use nn_data::cifar::{self, Kind};
use nn_data::{CsvOptions, Table, idx, npy, wav};
use rand::{Rng, RngExt};

fn read_all(bytes: &[u8]) {
    let _ = npy::from_bytes(bytes).map(|numbers| numbers.labels::<u8>());
    let _ = npy::npz_from_bytes(bytes);
    let _ = idx::from_bytes(bytes).map(|numbers| numbers.samples::<nn_core::Tensor1<6>>());
    let _ = cifar::from_bytes(Kind::Cifar10, bytes);
    let _ = wav::from_bytes(bytes).map(|sound| sound.pieces(3, 2));
    if let Ok(table) = Table::from_bytes(bytes, CsvOptions { header: false, ..CsvOptions::default() }) {
        let _ = table.numbers(table.names());
    }
    #[cfg(feature = "images")]
    {
        let options = nn_data::images::ImageOptions { image_size: [3, 4], ..Default::default() };
        let _ = nn_data::images::from_bytes(bytes, &options);
    }
}

fn mutated(file: &[u8], rng: &mut impl Rng) -> Vec<u8> {
    let mut bytes = file.to_vec();
    for _ in 0..rng.random_range(1..4) {
        let at = rng.random_range(0..bytes.len().max(1));
        match rng.random_range(0..4) {
            0 if at < bytes.len() => bytes[at] = rng.random(),
            1 if at < bytes.len() => bytes[at] = [0, 1, 0x7f, 0x80, 0xff][rng.random_range(0..5)],
            2 => bytes.truncate(at),
            _ => bytes.insert(at.min(bytes.len()), rng.random()),
        }
    }
    bytes
}

#[test]
fn no_bytes_make_a_reader_panic() {
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/data");
    let pictures = ["pictures/cat/a.png", "pictures/cat/b.png", "pictures/dog/c.jpg"].map(String::from);
    let names = fs::read_dir(&folder).expect("the files").map(|entry| entry.expect("a file"));
    let names =
        names.filter(|entry| entry.path().is_file()).map(|entry| entry.file_name().to_string_lossy().into_owned());
    let mut rng = nn_core::rng(5);
    for name in names.chain(pictures) {
        let file = fs::read(folder.join(&name)).expect("a file");
        for end in (0..file.len()).step_by(file.len().div_ceil(100)) {
            read_all(&file[..end]);
        }
        for round in 0..300 {
            let bytes = mutated(&file, &mut rng);
            if catch_unwind(|| read_all(&bytes)).is_err() {
                panic!("{name}, round {round}: {}", bytes.escape_ascii());
            }
        }
    }
    for file in ["a,b\n1,\"2\n", "\"", "1,2\r\r\n\n", "\u{feff}"] {
        for _ in 0..300 {
            read_all(&mutated(file.as_bytes(), &mut rng));
        }
    }
}
