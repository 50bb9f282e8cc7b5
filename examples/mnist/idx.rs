//! IDX, the format of MNIST's files: a magic number, the sizes of the axes, then bytes.

use std::error::Error;
use std::fs::File;
use std::io::{ErrorKind, Read};
use std::path::Path;

use flate2::read::GzDecoder;

/// What to do where a file is missing.
pub const HELP: &str = "\
The folder has to hold these four files, unpacked or as `.gz`:
  train-images-idx3-ubyte  train-labels-idx1-ubyte  t10k-images-idx3-ubyte  t10k-labels-idx1-ubyte
MNIST: https://yann.lecun.org/exdb/mnist, for instance from the mirror
  https://ossci-datasets.s3.amazonaws.com/mnist/train-images-idx3-ubyte.gz (and so on for the other three)
Fashion-MNIST: https://github.com/zalandoresearch/fashion-mnist#get-the-data";

/// The bytes behind the header of `name` or `name.gz`, whose entries must have the shape `entry`.
pub fn read(folder: &Path, name: &str, entry: &[u32]) -> Result<Vec<u8>, Box<dyn Error>> {
    let bytes = load(folder, name)?;
    let data = entries(&bytes, entry).map_err(|reason| format!("`{name}` in `{}`: {reason}", folder.display()))?;
    Ok(data.to_vec())
}

/// The content of the file, unpacked.
fn load(folder: &Path, name: &str) -> Result<Vec<u8>, Box<dyn Error>> {
    let mut bytes = Vec::new();
    let packed = folder.join(format!("{name}.gz"));
    let result = match File::open(folder.join(name)) {
        Ok(mut file) => file.read_to_end(&mut bytes),
        Err(error) if error.kind() == ErrorKind::NotFound => match File::open(&packed) {
            Ok(file) => GzDecoder::new(file).read_to_end(&mut bytes),
            Err(error) if error.kind() == ErrorKind::NotFound => {
                return Err(format!("neither `{name}` nor `{name}.gz` in `{}`\n{HELP}", folder.display()).into());
            }
            Err(error) => Err(error),
        },
        Err(error) => Err(error),
    };
    result.map_err(|error| format!("cannot read `{name}` in `{}`: {error}", folder.display()))?;
    Ok(bytes)
}

/// The bytes behind the header, if it announces as many entries as there are.
fn entries<'a>(bytes: &'a [u8], entry: &[u32]) -> Result<&'a [u8], String> {
    let axes = 1 + entry.len();
    let (magic, rest) = number(bytes)?;
    // Two zero bytes, 8 for unsigned bytes, the number of axes.
    let expected = 0x0800 + axes as u32;
    if magic != expected {
        return Err(format!(
            "not an IDX file of bytes with {axes} axes: begins with {magic:#010x}, not {expected:#010x}"
        ));
    }
    let (count, mut rest) = number(rest)?;
    let mut size = u64::from(count);
    for expected in entry {
        let (found, after) = number(rest)?;
        if found != *expected {
            return Err(format!("an axis of {found} instead of {expected}"));
        }
        size *= u64::from(found);
        rest = after;
    }
    if rest.len() as u64 != size {
        return Err(format!("{} bytes after the header, which announces {size}", rest.len()));
    }
    Ok(rest)
}

/// A big-endian number, and what follows it.
fn number(bytes: &[u8]) -> Result<(u32, &[u8]), String> {
    let (number, rest) = bytes.split_first_chunk().ok_or("cut off in its header")?;
    Ok((u32::from_be_bytes(*number), rest))
}
