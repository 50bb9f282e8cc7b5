//! Files that other programs wrote (NumPy, SciPy, Pillow, gzip), and what is said of those that are no such files.

use std::path::PathBuf;

use nn_core::{Dtype, Part, Record, Tensor1, Tensor2, Tensor3};
use nn_data::cifar::{self, Kind};
use nn_data::{CsvOptions, Numbers, Table, Values, idx, npy, wav};

fn data(name: &str) -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/data").join(name)
}

/// -5, -4, …, 18, divided by `by`.
fn counted(by: f64) -> Vec<f64> {
    (-5..19).map(|number| f64::from(number) / by).collect()
}

#[test]
fn arrays_of_numpy() {
    for (name, by) in [("i2.npy", 1.0), ("f8_big.npy", 4.0), ("f4_fortran.npy", 4.0)] {
        let numbers = npy::read(data(name)).unwrap_or_else(|error| panic!("{error}"));
        assert_eq!((numbers.shape(), numbers.to_f64()), (&[2, 3, 4][..], counted(by)), "{name}");
    }
    let yes = npy::read(data("bool.npy")).expect("booleans");
    let want = (-5..19).map(|number: i32| f64::from(u8::from(number.rem_euclid(3) == 0))).collect::<Vec<_>>();
    assert_eq!(yes.to_f64(), want);
    assert_eq!(npy::read(data("one.npy")).expect("bytes").values(), &Values::U8(vec![1, 2, 200]));
    let error = npy::read(data("half.npy")).expect_err("halves").to_string();
    assert!(
        error.ends_with(
            "half.npy`, `descr` of the description: expected booleans, integers or floats of 8 to 64 bits, found `<f2`"
        ),
        "{error}"
    );

    let arrays = npy::read_npz(data("two.npz")).expect("two arrays");
    let [(x, x_train), (y, y_train)] = arrays.as_slice() else { panic!("{arrays:?}") };
    assert_eq!([x, y], ["x_train", "y_train"]);
    assert_eq!(x_train.to_f64(), counted(1.0).into_iter().map(f64::abs).collect::<Vec<_>>());
    assert_eq!(y_train.labels::<f32>().expect("numbers"), [0.5, 1.5]);
}

#[test]
fn arrays_are_written_and_read_again() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("array.npy");
    for (shape, values) in [
        (&[2, 2][..], Values::F32(vec![0.5, -1.0, f32::INFINITY, 3.0])),
        (&[3], Values::I64(vec![i64::MIN, 0, 7])),
        (&[], Values::U8(vec![9])),
        (&[0, 4], Values::F64(vec![])),
    ] {
        let numbers = Numbers::new(shape, values).expect("as many elements");
        npy::write(&path, &numbers).expect("written");
        assert_eq!(npy::read(&path).expect("read"), numbers);
    }
    assert!(npy::write("/no/such/folder/x.npy", &Numbers::new(&[0], Values::U8(vec![])).expect("none")).is_err());
}

#[test]
fn pictures_of_idx() {
    for name in ["pictures.idx3", "pictures.idx3.gz"] {
        let pictures = idx::read(data(name)).unwrap_or_else(|error| panic!("{error}"));
        assert_eq!((pictures.shape(), pictures.len()), (&[2, 3, 2][..], 2));
        let bytes: Vec<Tensor3<3, 2, 1, u8>> = pictures.samples().expect("bytes");
        assert_eq!(bytes[1].0, [[[6], [7]], [[8], [9]], [[10], [11]]]);
        let flat = pictures.samples::<Tensor1<6>>().expect_err("another shape").to_string();
        assert_eq!(flat, "`samples` takes samples of shape [6], not [3, 2]");
    }
    let said = |bytes: &[u8]| idx::from_bytes(bytes).expect_err("no such file").to_string();
    assert_eq!(
        said(&[0, 0, 7, 1]),
        "`bytes`, the magic number: expected two zeros and a type from 08 to 0e, found 00 00 07"
    );
    assert_eq!(said(&[0, 0, 8, 2, 0, 0, 0, 1]), "`bytes`, the size of axis 1: expected more bytes, found the end");
    // More elements than there are: no memory is taken for them.
    let most = [0, 0, 8, 1, 255, 255, 255, 255, 1];
    assert_eq!(said(&most), "`bytes`, the elements: expected 4294967295 bytes, found 1");
    let product = [&[0, 0, 14, 4][..], &[255; 16]].concat();
    assert!(said(&product).contains("as many elements as memory can hold"));
    assert_eq!(
        said(&[0, 0, 8, 1, 0, 0, 0, 1, 5, 6]),
        "`bytes`, behind the last element: expected the end, found more bytes"
    );
    assert!(idx::read("/no/such/file").is_err_and(|error| error.to_string().contains("cannot read `/no/such/file`")));
}

#[test]
fn pictures_of_cifar() {
    let mut file = Vec::new();
    for (kind, class) in [(3, 42), (19, 99)] {
        file.extend([kind, class]);
        file.extend((0..3 * 1024).map(|at| (at / 1024 * 50 + at % 1024 / 32) as u8));
    }
    let found = cifar::from_bytes(Kind::Cifar100, &file).expect("two pictures");
    assert_eq!((found.labels.as_slice(), found.coarse_labels.as_slice()), (&[42, 99][..], &[3, 19][..]));
    let pictures: Vec<Tensor3<32, 32, 3, u8>> = found.pictures.samples().expect("bytes");
    assert_eq!(pictures[1][31][0], [31, 81, 131]);
    let error = cifar::from_bytes(Kind::Cifar10, &file[1..3074]).expect_err("a class of 42").to_string();
    assert_eq!(error, "`bytes`, picture 0: expected a class below 10, found 42");
    let error = cifar::from_bytes(Kind::Cifar100, &file[..4000]).expect_err("half a picture").to_string();
    assert_eq!(error, "`bytes`, picture 1: expected 3074 bytes, found 926");
    assert!(cifar::from_bytes(Kind::Cifar10, &[]).expect("none").labels.is_empty());
}

#[test]
fn columns() {
    let table = |file: &str, options| Table::from_bytes(file.as_bytes(), options);
    let plain = CsvOptions::default();
    let file = "\u{feff}size, kind ,price\n1,a,2.5\n3,\"b\"\"c\nd\",4\n";
    let read = table(file, plain).expect("a table");
    assert_eq!(read.names(), ["size", "kind", "price"]);
    assert_eq!(read.texts("kind").expect("texts"), ["a", "b\"c\nd"]);
    assert_eq!(read.numbers(&["price", "size"]).expect("numbers").to_f64(), [2.5, 1.0, 4.0, 3.0]);
    assert_eq!(read.labels::<u8>("size").expect("labels"), [1, 3]);
    let bare = CsvOptions { header: false, delimiter: b';', missing: Some(-1.0) };
    let read = table("1;NA\n;4\n", bare).expect("a table");
    assert_eq!(read.numbers(read.names()).expect("numbers").to_f64(), [1.0, -1.0, -1.0, 4.0]);
    assert!(table("", plain).expect("nothing").is_empty());

    let said = |file: &str| match table(file, plain) {
        Err(error) => error.to_string(),
        Ok(table) => table.numbers(&["a"]).expect_err("no numbers").to_string(),
    };
    assert_eq!(said("a,b\n1,2\n3\n"), "`bytes`, line 3: expected 2 fields, found 1");
    assert_eq!(said("a,a\n1,2\n"), "`bytes`, the header: expected a name for each column, found `a` twice");
    assert_eq!(said("a,b\n1,2\n,2\n"), "`bytes`, line 3, column `a`: expected a number, found nothing");
    assert_eq!(said("a\ninf\n"), "`bytes`, line 2, column `a`: expected a number, found `inf`");
    assert_eq!(said("b,c\n1,2\n"), "`Table` takes one of its columns `b`, `c`, not `a`");
    let error = Table::from_bytes(b"a\n\xff\n", plain).expect_err("no UTF-8").to_string();
    assert_eq!(error, "`bytes`, line 2: expected UTF-8, found other bytes in field 0");
}

#[test]
fn sounds() {
    let wave = |at: usize| (at as f64 / 3.0).sin();
    let sound = wav::read(data("mono16.wav")).expect("a sound");
    assert_eq!((sound.sample_rate, sound.frames.shape()), (8000, &[40, 1][..]));
    let near = |got: f64, want: f64, most: f64| assert!((got - want).abs() < most, "{got} and not {want}");
    sound.frames.to_f64().iter().enumerate().for_each(|(at, got)| near(*got, wave(at) * 30000.0 / 32768.0, 4e-5));
    let bytes = wav::read(data("u8.wav")).expect("a sound");
    bytes.frames.to_f64().iter().enumerate().for_each(|(at, got)| near(*got, wave(at) * 30000.0 / 32768.0, 0.01));
    let stereo = wav::read(data("stereo_f32.wav")).expect("a sound");
    assert_eq!((stereo.sample_rate, stereo.frames.shape()), (44100, &[40, 2][..]));
    stereo.frames.to_f64().iter().step_by(2).enumerate().for_each(|(at, got)| near(*got, wave(at), 1e-6));

    let pieces: Vec<Tensor2<16, 2>> = stereo.pieces(16, 8).expect("pieces").samples().expect("samples");
    assert_eq!(pieces.len(), 4);
    assert_eq!(pieces[1][0], pieces[0][8]);
    assert!(stereo.pieces(41, 1).is_err() && stereo.pieces(0, 1).is_err() && stereo.pieces(4, 0).is_err());
    let cut = std::fs::read(data("mono16.wav")).expect("a file");
    assert!(wav::from_bytes(&cut[..cut.len() - 3]).is_err());
}

/// A sample of two parts.
#[derive(Clone, Copy, PartialEq, Debug, bytemuck::Zeroable)]
#[repr(C)]
struct Two {
    ids: Tensor1<2, u32>,
    extra: Tensor1<1>,
}

impl Record for Two {
    type Parts = (Tensor1<2, u32>, Tensor1<1>);
    const PARTS: &'static [Part] =
        &[Part { name: "ids", shape: &[2], dtype: Dtype::U32 }, Part { name: "extra", shape: &[1], dtype: Dtype::F32 }];

    fn part(&self, index: usize) -> &[u8] {
        match index {
            0 => self.ids.part(0),
            _ => self.extra.part(0),
        }
    }

    fn part_mut(&mut self, index: usize) -> &mut [u8] {
        match index {
            0 => self.ids.part_mut(0),
            _ => self.extra.part_mut(0),
        }
    }
}

#[test]
fn samples_of_several_parts_and_numbers_that_do_not_fit() {
    let ids = Numbers::new(&[2, 2], Values::I64(vec![1, 2, 3, 4])).expect("ids");
    let extra = Numbers::new(&[2], Values::F64(vec![0.5, 1.5])).expect("numbers");
    let mut samples = vec![<Two as bytemuck::Zeroable>::zeroed(); 2];
    ids.fill(&mut samples, "ids").expect("ids");
    extra.fill(&mut samples, "extra").expect("numbers");
    assert_eq!(samples[1], Two { ids: [3, 4].into(), extra: [1.5].into() });
    assert!(ids.samples::<Two>().is_err() && ids.fill(&mut samples, "other").is_err());

    let before = samples.clone();
    let wrong = Numbers::new(&[2, 2], Values::I64(vec![9, 9, 9, -1])).expect("ids");
    let error = wrong.fill(&mut samples, "ids").expect_err("an id below 0").to_string();
    assert_eq!(error, "`samples` takes whole numbers from 0 on, not -1 at element 1 of sample 1");
    assert_eq!(samples, before);
    assert!(ids.fill(&mut samples[..1], "ids").is_err());

    let fraction = Numbers::new(&[1, 1], Values::F32(vec![0.5])).expect("a number");
    assert!(fraction.samples::<Tensor1<1, u8>>().is_err() && fraction.labels::<bool>().is_err());
    assert!(Numbers::new(&[1], Values::U16(vec![256])).expect("one").labels::<u8>().is_err());
    assert!(Numbers::new(&[3], Values::U8(vec![1])).is_err());
    assert!(Numbers::new(&[usize::MAX, 2], Values::U8(vec![])).is_err());
}

#[test]
fn parts_of_the_samples() {
    let numbers = Numbers::new(&[3, 2], Values::U8(vec![1, 2, 3, 4, 5, 6])).expect("numbers");
    assert_eq!(numbers.part(1..).expect("two").values(), &Values::U8(vec![3, 4, 5, 6]));
    assert_eq!(numbers.part(..=0).expect("one").shape(), [1, 2]);
    assert!(numbers.part(2..5).is_err());
}
