//! A folder of images that Pillow wrote, against what Keras makes of them.
#![cfg(feature = "images")]

use std::collections::BTreeSet;
use std::fs;
use std::path::PathBuf;

use nn_core::Tensor3;
use nn_data::images::{self, ColorMode, ImageOptions, Pixels, Subset};
use nn_data::npy;

fn data(name: &str) -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/data").join(name)
}

fn options() -> ImageOptions {
    ImageOptions { image_size: [6, 5], shuffle: false, ..ImageOptions::default() }
}

#[test]
fn pixels_are_those_of_keras() {
    for (name, options) in [
        ("resized_bilinear.npy", options()),
        ("resized_nearest.npy", ImageOptions { bilinear: false, ..options() }),
        ("resized_cropped.npy", ImageOptions { crop_to_aspect_ratio: true, ..options() }),
    ] {
        let want = npy::read(data(name)).expect("an array").to_f64();
        let found = images::read(data("pictures"), &options).unwrap_or_else(|error| panic!("{error}"));
        assert_eq!(found.class_names, ["cat", "dog"]);
        let names: Vec<_> = found.files.iter().map(|file| file.file_name().expect("a name").to_owned()).collect();
        assert_eq!(names, ["a.png", "b.png", "c.jpg", "d.PNG"]);
        assert_eq!((found.pictures.shape(), found.labels.as_slice()), (&[4, 6, 5, 3][..], &[0, 0, 1, 1][..]));
        assert_eq!(found.categorical().to_f64(), [1.0, 0.0, 1.0, 0.0, 0.0, 1.0, 0.0, 1.0]);
        for (at, (got, want)) in found.pictures.to_f64().into_iter().zip(want).enumerate() {
            // Decoders of JPEG differ in how they spread the colours of two pixels.
            let most = if at / 90 == 2 { 4.0 } else { 1e-3 };
            assert!((got - want).abs() < most, "{name}, element {at}: {got}, not {want}");
        }
    }
}

#[test]
fn colours_and_bytes() {
    let options =
        ImageOptions { image_size: [5, 7], color_mode: ColorMode::Grayscale, pixels: Pixels::U8, ..options() };
    let gray = images::from_bytes(&fs::read(data("pictures/cat/b.png")).expect("a file"), &options).expect("an image");
    assert_eq!(gray, npy::read(data("gray.npy")).expect("an array"));
    let options = ImageOptions { color_mode: ColorMode::Rgba, ..options };
    let found = images::read(data("pictures"), &options).expect("images");
    let pictures: Vec<Tensor3<5, 7, 4, u8>> = found.pictures.samples().expect("bytes");
    assert!(pictures[0].0.iter().flatten().all(|pixel| pixel[3] == 255));
}

#[test]
fn training_and_validation_share_nothing() {
    for shuffle in [false, true] {
        let part = |subset| {
            let options = ImageOptions { subset, shuffle, seed: 3, validation_split: 0.25, ..options() };
            images::read(data("pictures"), &options).expect("images").files
        };
        let [all, training, validation] = [Subset::All, Subset::Training, Subset::Validation].map(part);
        assert_eq!((training.len(), validation.len()), (3, 1));
        assert_eq!([training, validation].concat(), all);
        assert_eq!(all.iter().collect::<BTreeSet<_>>().len(), 4);
    }
    let orders: BTreeSet<Vec<PathBuf>> = (0..8)
        .map(|seed| {
            let options = ImageOptions { shuffle: true, seed, ..options() };
            images::read(data("pictures"), &options).expect("images").files
        })
        .collect();
    assert!(orders.len() > 3, "{orders:?}");
}

#[test]
fn what_cannot_be_is_said() {
    let said = |options: ImageOptions| images::read(data("pictures"), &options).expect_err("a mistake").to_string();
    assert_eq!(
        said(ImageOptions { image_size: [0, 5], ..options() }),
        "`image_size` takes a height and a width from 1 on, not 0 and 5"
    );
    assert!(said(ImageOptions { validation_split: 1.0, ..options() }).contains("validation_split"));
    assert!(said(ImageOptions { validation_split: f64::NAN, ..options() }).contains("validation_split"));
    assert!(said(ImageOptions { subset: Subset::Training, ..options() }).contains("subset"));
    assert!(said(ImageOptions { class_names: vec!["cow".into()], ..options() }).contains("expected a folder `cow`"));
    let only = ImageOptions { class_names: vec!["dog".into()], ..options() };
    assert_eq!(images::read(data("pictures"), &only).expect("dogs").labels, [0, 0]);
    let folder = tempfile::tempdir().expect("a folder");
    let said = || images::read(folder.path(), &options()).expect_err("a mistake").to_string();
    assert!(said().ends_with("expected a folder for each class, found none"));
    fs::create_dir(folder.path().join("cat")).expect("a folder");
    assert!(said().ends_with("expected images: `.png`, `.jpg`, `.jpeg`, found none"));
    fs::write(folder.path().join("cat/x.png"), b"\x89PNG but not really").expect("a file");
    let error = said();
    assert!(error.contains("x.png`, the image: expected "), "{error}");
    assert!(images::read("/no/such/folder", &options()).is_err());
}
