//! NumPy's files: `.npy`, an array, and `.npz`, several of them with names.
//!
//! Source: [the format](https://numpy.org/doc/stable/reference/generated/numpy.lib.format.html), versions 1 to 3.

use std::fs::File;
use std::io::{BufReader, Cursor, Read, Seek, Write};
use std::path::Path;

use zip::ZipArchive;

use crate::error::{DataError, Named, Result, shown, unfit};
use crate::numbers::{Numbers, Values, with_values};
use crate::source::{exactly, head, lens, open, unpacked};

/// The longest description of an array; those of NumPy have some hundred bytes.
const LONGEST: u64 = 1 << 16;

/// Reads an array, also one packed by gzip.
///
/// Types: booleans (as bytes), integers and floats of 8 to 64 bits, of either byte order, rows or columns first.
///
/// # Errors
///
/// If the file cannot be read, is no such file, or is cut short.
pub fn read(path: impl AsRef<Path>) -> Result<Numbers> {
    let path = path.as_ref();
    parse(&mut *open(path)?, Named(&shown(path)))
}

/// The same of bytes.
///
/// ```
/// let mut file = b"\x93NUMPY\x01\x00\x37\x00{'descr': '<i2', 'fortran_order': False, 'shape': (2,)}".to_vec();
/// file.extend([1, 0, 255, 255]);
/// let numbers = nn_data::npy::from_bytes(&file)?;
/// assert_eq!(numbers.to_f64(), [1.0, -1.0]);
/// # Ok::<(), nn_data::DataError>(())
/// ```
///
/// # Errors
///
/// As [`read`].
pub fn from_bytes(bytes: &[u8]) -> Result<Numbers> {
    match unpacked(bytes) {
        Ok(mut bytes) => parse(&mut *bytes, Named("bytes")),
        Err(error) => Named("bytes").unread("the start", error),
    }
}

/// Reads the arrays of a `.npz`, with their names, in the order of the file.
///
/// # Errors
///
/// As [`read`].
pub fn read_npz(path: impl AsRef<Path>) -> Result<Vec<(String, Numbers)>> {
    let (path, name) = (path.as_ref(), shown(path.as_ref()));
    let file = File::open(path).map_err(|source| DataError::File { action: "read", file: name.clone(), source })?;
    archive(BufReader::new(file), &name)
}

/// The same of bytes.
///
/// # Errors
///
/// As [`read`].
pub fn npz_from_bytes(bytes: &[u8]) -> Result<Vec<(String, Numbers)>> {
    archive(Cursor::new(bytes), "bytes")
}

fn archive(bytes: impl Read + Seek, name: &str) -> Result<Vec<(String, Numbers)>> {
    let file = Named(name);
    let mut archive = match ZipArchive::new(bytes) {
        Ok(archive) => archive,
        Err(error) => return file.wrong("the directory", "an archive of arrays", error.to_string()),
    };
    let mut arrays = Vec::new();
    for index in 0..archive.len() {
        let mut entry = match archive.by_index(index) {
            Ok(entry) => entry,
            Err(error) => return file.wrong(format!("array {index}"), "a packed array", error.to_string()),
        };
        let entry_name = match entry.name() {
            Ok(name) => name.into_owned(),
            Err(error) => return file.wrong(format!("array {index}"), "a name", error.to_string()),
        };
        let Some(array) = entry_name.strip_suffix(".npy") else {
            return file.wrong(format!("array {index}"), "a name that ends in `.npy`", format!("`{entry_name}`"));
        };
        let numbers = parse(&mut entry, Named(&format!("{name}/{entry_name}")))?;
        arrays.push((array.to_owned(), numbers));
    }
    Ok(arrays)
}

/// What the description of an array says.
struct Header {
    /// As NumPy writes it: `<f4`.
    descr: String,
    fortran_order: bool,
    shape: Vec<usize>,
}

fn parse(from: &mut dyn Read, file: Named<'_>) -> Result<Numbers> {
    let start: [u8; 8] = head(from, file, "the start")?;
    if !start.starts_with(b"\x93NUMPY") {
        return file.wrong("the start", "`\\x93NUMPY`", format!("`{}`", start[..6].escape_ascii()));
    }
    let len = match start[6] {
        1 => u64::from(u16::from_le_bytes(head(from, file, "the length of the description")?)),
        2 | 3 => u64::from(u32::from_le_bytes(head(from, file, "the length of the description")?)),
        version => return file.wrong("the version", "1, 2 or 3", version.to_string()),
    };
    if len > LONGEST {
        return file.wrong("the length of the description", format!("at most {LONGEST}"), len.to_string());
    }
    let text = exactly(from, len, file, "the description")?;
    let text = String::from_utf8_lossy(&text);
    let Some(Header { descr, fortran_order, shape }) = Header::parse(&text) else {
        let start: String = text.chars().take(80).collect();
        return file.wrong(
            "the description",
            "`descr`, `fortran_order` and `shape`",
            format!("`{}`", start.trim_end()),
        );
    };
    let (order, kind) = descr.split_at_checked(1).unwrap_or_default();
    let size = kind.get(1..).and_then(|size| size.parse::<usize>().ok()).filter(|size| matches!(size, 1 | 2 | 4 | 8));
    let known = matches!(order, "<" | ">" | "|" | "=");
    let (Some(size), true) = (size, known) else { return unknown(file, &descr) };
    let Some((_, bytes)) = lens(&shape, size) else {
        return file.wrong("the description", "as many elements as memory can hold", format!("a shape of {shape:?}"));
    };
    let bytes = exactly(from, bytes, file, "the elements")?;
    let big = order == ">";
    macro_rules! elements {
        ($type:ty, $kind:ident) => {
            Values::$kind(
                bytes
                    .chunks_exact(size)
                    .map(|bytes| {
                        let bytes = bytes.first_chunk().copied().unwrap_or_default();
                        if big { <$type>::from_be_bytes(bytes) } else { <$type>::from_le_bytes(bytes) }
                    })
                    .collect(),
            )
        };
    }
    let values = match kind {
        "b1" | "u1" => Values::U8(bytes),
        "i1" => elements!(i8, I8),
        "u2" => elements!(u16, U16),
        "i2" => elements!(i16, I16),
        "u4" => elements!(u32, U32),
        "i4" => elements!(i32, I32),
        "u8" => elements!(u64, U64),
        "i8" => elements!(i64, I64),
        "f4" => elements!(f32, F32),
        "f8" => elements!(f64, F64),
        _ => return unknown(file, &descr),
    };
    let values = if fortran_order && shape.len() > 1 { rows_first(&shape, values) } else { values };
    Ok(Numbers::of(shape, values))
}

fn unknown<T>(file: Named<'_>, descr: &str) -> Result<T> {
    file.wrong("`descr` of the description", "booleans, integers or floats of 8 to 64 bits", format!("`{descr}`"))
}

impl Header {
    /// The description is a dictionary of Python's: three keys, in any order.
    fn parse(text: &str) -> Option<Self> {
        let after = |key: &str| Some(text.split_once(&format!("'{key}':"))?.1.trim_start());
        let descr = after("descr")?.strip_prefix('\'')?.split_once('\'')?.0.to_owned();
        let fortran_order = match after("fortran_order")? {
            order if order.starts_with("True") => true,
            order if order.starts_with("False") => false,
            _ => return None,
        };
        let (sizes, _) = after("shape")?.strip_prefix('(')?.split_once(')')?;
        let sizes = sizes.split(',').map(str::trim).filter(|size| !size.is_empty());
        let shape = sizes.map(|size| size.trim_end_matches('L').parse().ok()).collect::<Option<Vec<usize>>>()?;
        (shape.len() <= 32).then_some(Header { descr, fortran_order, shape })
    }
}

/// Elements of which the first axis varies fastest, with the last one fastest.
fn rows_first(shape: &[usize], values: Values) -> Values {
    let strides: Vec<usize> =
        shape.iter().scan(1, |stride, size| Some(std::mem::replace(stride, *stride * size))).collect();
    let place = |mut at: usize| {
        let mut from = 0;
        for (size, stride) in shape.iter().zip(&strides).rev() {
            from += at % size * stride;
            at /= size;
        }
        from
    };
    macro_rules! moved {
        ($($kind:ident)+) => {
            match values {
                $(Values::$kind(old) => Values::$kind((0..old.len()).filter_map(|at| old.get(place(at)).copied()).collect()),)+
            }
        };
    }
    moved!(U8 I8 U16 I16 U32 I32 U64 I64 F32 F64)
}

/// Writes an array, in a file that replaces the old one when it is whole.
///
/// # Errors
///
/// If the file cannot be written; then the old one is as it was.
pub fn write(path: impl AsRef<Path>, numbers: &Numbers) -> Result<()> {
    let path = path.as_ref();
    let bytes = to_bytes(numbers)?;
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let written = tempfile::NamedTempFile::new_in(folder).and_then(|mut file| {
        file.write_all(&bytes)?;
        file.persist(path).map_err(|error| error.error)
    });
    match written {
        Ok(_) => Ok(()),
        Err(source) => Err(DataError::File { action: "write", file: shown(path), source }),
    }
}

/// The bytes of such a file.
fn to_bytes(numbers: &Numbers) -> Result<Vec<u8>> {
    let descr = match numbers.values() {
        Values::U8(_) => "|u1",
        Values::I8(_) => "|i1",
        Values::U16(_) => "<u2",
        Values::I16(_) => "<i2",
        Values::U32(_) => "<u4",
        Values::I32(_) => "<i4",
        Values::U64(_) => "<u8",
        Values::I64(_) => "<i8",
        Values::F32(_) => "<f4",
        Values::F64(_) => "<f8",
    };
    let mut sizes: String = numbers.shape().iter().map(|size| format!("{size}, ")).collect();
    sizes.truncate(if numbers.shape().len() == 1 { sizes.len() - 1 } else { sizes.len().saturating_sub(2) });
    let mut text = format!("{{'descr': '{descr}', 'fortran_order': False, 'shape': ({sizes}), }}");
    // The elements begin where a cache line does.
    let padding = (64 - (10 + text.len() + 1) % 64) % 64;
    text.extend(std::iter::repeat_n(' ', padding));
    text.push('\n');
    let Ok(len) = u16::try_from(text.len()) else {
        return unfit("write", "an array of few axes", format!("{} axes", numbers.shape().len()));
    };
    let mut bytes = b"\x93NUMPY\x01\x00".to_vec();
    bytes.extend(len.to_le_bytes());
    bytes.extend(text.as_bytes());
    with_values!(numbers.values(), |elements| elements.iter().for_each(|number| bytes.extend(number.to_le_bytes())));
    Ok(bytes)
}
