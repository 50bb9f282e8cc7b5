//! The header of a weight file: its size, its names, and what each tensor is.

use std::collections::BTreeSet;
use std::fmt;
use std::io::Read;

use safetensors::tensor::Metadata;
use serde::de::{Deserialize, Deserializer, IgnoredAny, MapAccess, Visitor};

use crate::error::LoadError;

/// Bytes before the header: its length, as a little-endian `u64`.
pub(super) const LENGTH: u64 = 8;

/// No header is larger. The format allows ten times as much, but names take more memory than bytes of the file.
pub(super) const LIMIT: u64 = 10_000_000;

/// Reads the header of a file of `len` bytes and leaves `reader` at the first byte of data.
pub(super) fn read(reader: &mut impl Read, len: u64) -> Result<Metadata, LoadError> {
    if len < LENGTH {
        return Err(LoadError::Truncated { expected: LENGTH, found: len });
    }
    let mut length = [0; LENGTH as usize];
    reader.read_exact(&mut length)?;
    // `version https://git-lfs.github.com/spec/v1`: no header is as long as these letters are as a number.
    if &length == b"version " {
        return Err(LoadError::Pointer);
    }
    let length = u64::from_le_bytes(length);
    if length > LIMIT {
        return Err(LoadError::HeaderTooLarge { found: length, limit: LIMIT });
    }
    if length > len - LENGTH {
        return Err(LoadError::Truncated { expected: LENGTH + length, found: len });
    }
    let mut header = Vec::new();
    reader.take(length).read_to_end(&mut header)?;
    parse(&header, len - LENGTH - length)
}

/// Parses the header in front of `data` bytes.
fn parse(header: &[u8], data: u64) -> Result<Metadata, LoadError> {
    let names: Names = serde_json::from_slice(header).map_err(LoadError::header)?;
    if let Some(tensor) = names.twice {
        return Err(LoadError::Duplicate { tensor });
    }
    // Offsets without gaps and overlaps, which start at zero and fit shapes and types: checked here.
    let metadata: Metadata = serde_json::from_slice(header).map_err(LoadError::header)?;
    let expected = metadata.data_len() as u64;
    if data < expected {
        let before = LENGTH + header.len() as u64;
        return Err(LoadError::Truncated { expected: before.saturating_add(expected), found: before + data });
    }
    if data > expected {
        return Err(LoadError::TrailingData { excess: data - expected });
    }
    Ok(metadata)
}

/// The keys of a JSON object, of which a map would silently keep the last of two.
#[derive(Default)]
struct Names {
    seen: BTreeSet<String>,
    twice: Option<String>,
}

impl<'de> Deserialize<'de> for Names {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_map(Self::default())
    }
}

impl<'de> Visitor<'de> for Names {
    type Value = Self;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object with a tensor under each name")
    }

    fn visit_map<M: MapAccess<'de>>(mut self, mut map: M) -> Result<Self, M::Error> {
        while let Some((name, _)) = map.next_entry::<String, IgnoredAny>()? {
            if self.seen.contains(&name) {
                self.twice.get_or_insert(name);
            } else {
                self.seen.insert(name);
            }
        }
        Ok(self)
    }
}
