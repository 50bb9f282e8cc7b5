//! Images of a folder, which has a folder for each class: PNG and JPEG.
//!
//! The options are those of `keras.utils.image_dataset_from_directory`.

use std::fs;
use std::path::{Path, PathBuf};

use image::{DynamicImage, ImageReader, Limits};
use nn_core::layers::resizing::{self, ResizingSizes};
use rand::seq::SliceRandom;

use crate::error::{DataError, Named, Result, shown, unfit};
use crate::numbers::{Numbers, Values};

/// The numbers of a pixel.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ColorMode {
    /// One: how bright it is.
    Grayscale,
    /// Red, green and blue.
    Rgb,
    /// And how opaque.
    Rgba,
}

impl ColorMode {
    fn channels(self) -> usize {
        match self {
            ColorMode::Grayscale => 1,
            ColorMode::Rgb => 3,
            ColorMode::Rgba => 4,
        }
    }
}

/// Which of the images are read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Subset {
    /// All.
    All,
    /// Those that are not for validation.
    Training,
    /// The share `validation_split` at the end.
    Validation,
}

/// What pixels become.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Pixels {
    /// `f32` from 0 to 255, as in Keras.
    F32,
    /// Bytes: what is between two after a change of size is rounded.
    U8,
}

/// Options of [`read`], with Keras' names and defaults.
#[derive(Clone, Debug, PartialEq)]
pub struct ImageOptions {
    /// Height and width of all images.
    pub image_size: [usize; 2],
    /// The numbers of a pixel.
    pub color_mode: ColorMode,
    /// Whether a pixel of another size is a mixture of four, and not the nearest.
    pub bilinear: bool,
    /// Whether the middle of the right proportions is cut out before the size is changed, and not the whole image distorted.
    pub crop_to_aspect_ratio: bool,
    /// The classes, in the order of their numbers; none for the names of all folders, sorted.
    pub class_names: Vec<String>,
    /// Whether the images come in an order by chance; else in that of their names.
    pub shuffle: bool,
    /// What that chance is a function of: the same for training and validation, so that no image is in both.
    pub seed: u64,
    /// The share of images for validation.
    pub validation_split: f64,
    /// Which of the images are read.
    pub subset: Subset,
    /// What pixels become.
    pub pixels: Pixels,
}

impl Default for ImageOptions {
    fn default() -> Self {
        Self {
            image_size: [256, 256],
            color_mode: ColorMode::Rgb,
            bilinear: true,
            crop_to_aspect_ratio: false,
            class_names: Vec::new(),
            shuffle: true,
            seed: 0,
            validation_split: 0.0,
            subset: Subset::All,
            pixels: Pixels::F32,
        }
    }
}

/// Images with their classes.
#[derive(Clone, Debug, PartialEq)]
pub struct Images {
    /// The names of the classes, by their numbers.
    pub class_names: Vec<String>,
    /// `[images, height, width, channels]`.
    pub pictures: Numbers,
    /// The number of the class of each image.
    pub labels: Vec<u32>,
    /// The file of each image.
    pub files: Vec<PathBuf>,
}

impl Images {
    /// For each image a row with a 1 at its class, and zeros: Keras' `label_mode = "categorical"`.
    pub fn categorical(&self) -> Numbers {
        let classes = self.class_names.len();
        let mut rows = vec![0.0; self.labels.len() * classes];
        for (row, label) in rows.chunks_exact_mut(classes.max(1)).zip(&self.labels) {
            if let Some(one) = row.get_mut(*label as usize) {
                *one = 1.0;
            }
        }
        Numbers::of(vec![self.labels.len(), classes], Values::F32(rows))
    }
}

/// Reads the images (`.png`, `.jpg`, `.jpeg`) in the folders of a folder; the names of those are the classes.
///
/// Memory: that of all pixels that are read, at most 512 MiB more for the one at hand.
///
/// # Errors
///
/// If a folder or file cannot be read, an image is none, there is no class or no image, or an option cannot be.
pub fn read(folder: impl AsRef<Path>, options: &ImageOptions) -> Result<Images> {
    check(options)?;
    let folder = folder.as_ref();
    let class_names = classes(folder, options)?;
    let mut found = Vec::new();
    for (class, name) in class_names.iter().enumerate() {
        let mut files = Vec::new();
        images_in(&folder.join(name), &mut files)?;
        files.sort();
        found.extend(files.into_iter().map(|file| (file, class as u32)));
    }
    if found.is_empty() {
        return Named(&shown(folder)).wrong("its folders", "images: `.png`, `.jpg`, `.jpeg`", "none");
    }
    if options.shuffle {
        found.shuffle(&mut nn_core::rng(options.seed));
    }
    let validation = (options.validation_split * found.len() as f64) as usize;
    let found = match options.subset {
        Subset::All => found,
        Subset::Training => found.drain(..found.len() - validation).collect(),
        Subset::Validation => found.split_off(found.len() - validation),
    };
    let [height, width] = options.image_size;
    let mut pictures = Pictures::new(options.pixels);
    for (file, _) in &found {
        pictures.push(&pixels(file, options)?);
    }
    let shape = vec![found.len(), height, width, options.color_mode.channels()];
    let (files, labels) = found.into_iter().unzip();
    Ok(Images { class_names, pictures: Numbers::of(shape, pictures.values()), labels, files })
}

fn check(options: &ImageOptions) -> Result<()> {
    let [height, width] = options.image_size;
    let elements = height.checked_mul(width).and_then(|pixels| pixels.checked_mul(4));
    if height == 0 || width == 0 || elements.is_none_or(|elements| elements > isize::MAX as usize / 8) {
        return unfit("image_size", "a height and a width from 1 on", format!("{height} and {width}"));
    }
    if !(0.0..1.0).contains(&options.validation_split) {
        return unfit("validation_split", "a share from 0 to below 1", options.validation_split.to_string());
    }
    if options.validation_split == 0.0 && options.subset != Subset::All {
        return unfit("subset", "a part with a `validation_split` alone", format!("{:?}", options.subset));
    }
    Ok(())
}

fn unread(file: &Path) -> impl Fn(std::io::Error) -> DataError {
    move |source| DataError::File { action: "read", file: shown(file), source }
}

/// The names of the folders, sorted, or those that were given.
fn classes(folder: &Path, options: &ImageOptions) -> Result<Vec<String>> {
    let mut names = Vec::new();
    for entry in fs::read_dir(folder).map_err(unread(folder))? {
        let entry = entry.map_err(unread(folder))?;
        if entry.file_type().map_err(unread(folder))?.is_dir() {
            names.push(entry.file_name().to_string_lossy().into_owned());
        }
    }
    names.sort();
    if options.class_names.is_empty() {
        if names.is_empty() {
            return Named(&shown(folder)).wrong("it", "a folder for each class", "none");
        }
        return Ok(names);
    }
    match options.class_names.iter().find(|name| !names.contains(name)) {
        Some(name) => Named(&shown(folder)).wrong("it", format!("a folder `{name}`"), format!("{names:?}")),
        None => Ok(options.class_names.clone()),
    }
}

/// The images of a folder and of those inside; links are not followed, so there is an end.
fn images_in(folder: &Path, files: &mut Vec<PathBuf>) -> Result<()> {
    for entry in fs::read_dir(folder).map_err(unread(folder))? {
        let entry = entry.map_err(unread(folder))?;
        let (path, kind) = (entry.path(), entry.file_type().map_err(unread(folder))?);
        let extension = path.extension().map(|extension| extension.to_string_lossy().to_lowercase());
        if kind.is_dir() {
            images_in(&path, files)?;
        } else if extension.is_some_and(|extension| matches!(&*extension, "png" | "jpg" | "jpeg")) {
            files.push(path);
        }
    }
    Ok(())
}

/// The pixels of a file in the size that is wanted.
fn pixels(file: &Path, options: &ImageOptions) -> Result<Vec<f32>> {
    let name = shown(file);
    let reader = ImageReader::open(file).and_then(ImageReader::with_guessed_format).map_err(unread(file))?;
    decoded(reader, Named(&name), options)
}

/// The same of the bytes of one image: `[height, width, channels]` of the options, `f32` from 0 to 255.
///
/// # Errors
///
/// If the bytes are no PNG or JPEG image.
pub fn from_bytes(bytes: &[u8], options: &ImageOptions) -> Result<Numbers> {
    check(options)?;
    let reader = ImageReader::new(std::io::Cursor::new(bytes)).with_guessed_format();
    let reader = reader.or_else(|error| Named("bytes").unread("the start", error))?;
    let [height, width] = options.image_size;
    let mut pictures = Pictures::new(options.pixels);
    pictures.push(&decoded(reader, Named("bytes"), options)?);
    Ok(Numbers::of(vec![height, width, options.color_mode.channels()], pictures.values()))
}

fn decoded<R: std::io::BufRead + std::io::Seek>(
    mut reader: ImageReader<R>,
    file: Named<'_>,
    options: &ImageOptions,
) -> Result<Vec<f32>> {
    // A picture of 512 MiB is the most that is unpacked.
    reader.limits(Limits::default());
    match reader.decode() {
        Ok(image) => Ok(resized(&image, options)),
        Err(image::ImageError::IoError(error)) => file.unread("the image", error),
        Err(error) => file.wrong("the image", "a PNG or JPEG image", error.to_string()),
    }
}

fn resized(image: &DynamicImage, options: &ImageOptions) -> Vec<f32> {
    let channels = options.color_mode.channels();
    let bytes = match options.color_mode {
        // The weights of ITU-R BT.601, as in Python's libraries: the image crate has others.
        ColorMode::Grayscale => image.to_rgb8().pixels().map(|pixel| luma(pixel.0)).collect(),
        ColorMode::Rgb => image.to_rgb8().into_raw(),
        ColorMode::Rgba => image.to_rgba8().into_raw(),
    };
    let (whole, wanted) = ([image.height() as usize, image.width() as usize], options.image_size);
    let part = if options.crop_to_aspect_ratio { largest(whole, wanted) } else { whole };
    let [top, left] = [0, 1].map(|axis| (whole[axis] - part[axis]) / 2);
    let mut cut = Vec::with_capacity(part[0] * part[1] * channels);
    for row in bytes.chunks_exact((whole[1] * channels).max(1)).skip(top).take(part[0]) {
        let row = row.get(left * channels..(left + part[1]) * channels).unwrap_or_default();
        cut.extend(row.iter().copied().map(f32::from));
    }
    if part == wanted {
        return cut;
    }
    let mut resized = vec![0.0; wanted[0] * wanted[1] * channels];
    let sizes = ResizingSizes { input: [part[0], part[1], channels], output: wanted, bilinear: options.bilinear };
    resizing::infer(&sizes, &cut, &mut resized);
    resized
}

/// How bright a colour is.
fn luma([red, green, blue]: [u8; 3]) -> u8 {
    let sum = 19_595 * u32::from(red) + 38_470 * u32::from(green) + 7_471 * u32::from(blue);
    ((sum + 0x8000) >> 16) as u8
}

/// The largest part of a picture that has the proportions that are wanted.
fn largest([height, width]: [usize; 2], [rows, columns]: [usize; 2]) -> [usize; 2] {
    let share = |whole: usize, one: usize, other: usize| (whole as u128 * one as u128 / other.max(1) as u128) as usize;
    [share(width, rows, columns).min(height).max(1), share(height, columns, rows).min(width).max(1)]
}

/// All pixels so far.
enum Pictures {
    F32(Vec<f32>),
    U8(Vec<u8>),
}

impl Pictures {
    fn new(pixels: Pixels) -> Self {
        match pixels {
            Pixels::F32 => Pictures::F32(Vec::new()),
            Pixels::U8 => Pictures::U8(Vec::new()),
        }
    }

    fn push(&mut self, pixels: &[f32]) {
        match self {
            Pictures::F32(all) => all.extend(pixels),
            Pictures::U8(all) => all.extend(pixels.iter().map(|pixel| pixel.round() as u8)),
        }
    }

    fn values(self) -> Values {
        match self {
            Pictures::F32(all) => Values::F32(all),
            Pictures::U8(all) => Values::U8(all),
        }
    }
}
