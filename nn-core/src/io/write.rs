//! Writing: a file is there as a whole or not at all.

use std::collections::BTreeMap;
use std::fs::{self, File, Permissions};
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::time::Duration;

use safetensors::tensor::TensorInfo;

use super::{file_dtype, swap_bytes};
use crate::element::Element;
use crate::error::SaveError;
use crate::network::Network;
use crate::params::Param;

/// The content of a file with the weights of `network`.
pub(crate) fn to_bytes<N: Network>(network: &N) -> Result<Vec<u8>, SaveError> {
    content(N::NAME, N::PARAMS, network.as_flat())
}

/// The same of a network of this name, these parameters and these weights.
fn content<T: Element>(network: &str, params: &[Param], weights: &[T]) -> Result<Vec<u8>, SaveError> {
    let header = header::<T>(network, params)?;
    let mut bytes = Vec::with_capacity(8 + header.len() + size_of_val(weights));
    bytes.extend((header.len() as u64).to_le_bytes());
    bytes.extend(header.as_bytes());
    let data = bytes.len();
    for param in params {
        bytes.extend_from_slice(bytemuck::cast_slice(&weights[param.range()]));
    }
    swap_bytes(&mut bytes[data..], size_of::<T>());
    Ok(bytes)
}

/// The header. The crate's own writer sorts the tensors and has its metadata in random order;
/// so that the same weights give the same bytes, this one keeps the order of the weights.
fn header<T: Element>(network: &str, params: &[Param]) -> Result<String, SaveError> {
    let order = params.iter().map(|param| param.name).collect::<Vec<_>>().join(" ");
    let metadata = BTreeMap::from([("format", "nn"), ("network", network), ("order", &order)]);
    let mut header = format!(r#"{{"__metadata__":{}"#, serde_json::to_string(&metadata)?);
    let mut start = 0;
    for param in params {
        let end = start + param.len() * size_of::<T>();
        let info = TensorInfo { dtype: file_dtype(T::DTYPE), shape: param.shape.to_vec(), data_offsets: (start, end) };
        header += &format!(",{}:{}", serde_json::to_string(param.name)?, serde_json::to_string(&info)?);
        start = end;
    }
    header.push('}');
    // The data starts at a multiple of 8 bytes, so that it can be used where it lies.
    header.extend(std::iter::repeat_n(' ', header.len().next_multiple_of(8) - header.len()));
    Ok(header)
}

/// Replaces the file at `path` by one with the weights of `network`.
pub(crate) fn write_file<N: Network>(network: &N, path: &Path) -> Result<(), SaveError> {
    write_weights(path, N::NAME, N::PARAMS, network.as_flat())
}

/// The same for a network of this name, these parameters and these weights.
pub fn write_weights<T: Element>(path: &Path, network: &str, params: &[Param], weights: &[T]) -> Result<(), SaveError> {
    let bytes = content(network, params, weights)?;
    // A link stays a link to the new file.
    let path = fs::canonicalize(path).unwrap_or_else(|_| path.to_owned());
    replace(&path, &bytes).map_err(|source| SaveError::Write { path, source })
}

/// Writes a new file beside the old one and moves it over the old one, each step on the disk before the next.
fn replace(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let folder = folder(path);
    let prefix = format!(".{}.", path.file_name().unwrap_or_default().to_string_lossy());
    sweep(&folder, &prefix);
    let mut builder = builder(path);
    let mut file = builder.prefix(&prefix).suffix(PARTIAL).tempfile_in(&folder).map_err(without_path)?;
    // Held as long as somebody writes; where a file system has no locks, nothing is swept.
    let _ = file.as_file().try_lock();
    file.as_file_mut().write_all(bytes)?;
    file.as_file().sync_all()?;
    file.persist(path)?;
    if cfg!(unix) {
        File::open(folder)?.sync_all()?;
    }
    Ok(())
}

/// What a file is called that is not whole yet, at the end.
const PARTIAL: &str = ".partial";
/// How long ago an empty file must have been made, so that nobody is about to lock it.
const ABANDONED: Duration = Duration::from_secs(60);

/// Removes what writers of the same file have left that were killed: their locks are gone with them.
fn sweep(folder: &Path, prefix: &str) {
    for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
        let name = entry.file_name();
        let is_ours = name.to_str().is_some_and(|name| name.starts_with(prefix) && name.ends_with(PARTIAL));
        let has_begun = |meta: &fs::Metadata| meta.len() > 0 || age(meta).is_some_and(|age| age > ABANDONED);
        if !is_ours || !entry.metadata().is_ok_and(|meta| has_begun(&meta)) {
            continue;
        }
        if File::open(entry.path()).is_ok_and(|file| file.try_lock().is_ok()) {
            // Who cannot remove it can write beside it all the same.
            let _ = fs::remove_file(entry.path());
        }
    }
}

fn age(meta: &fs::Metadata) -> Option<Duration> {
    meta.modified().ok()?.elapsed().ok()
}

/// The reason alone: `tempfile` names its own file too, which nobody asked for.
fn without_path(error: io::Error) -> io::Error {
    match error.to_string().rsplit_once(" at path ") {
        Some((reason, _)) => io::Error::new(error.kind(), reason),
        None => error,
    }
}

fn folder(path: &Path) -> PathBuf {
    match path.parent() {
        Some(folder) if folder != Path::new("") => folder.to_owned(),
        _ => PathBuf::from("."),
    }
}

/// Temporary files are private; this one is to have the rights of the file it replaces, or those of any new file.
fn builder<'a>(path: &Path) -> tempfile::Builder<'a, 'a> {
    let mut builder = tempfile::Builder::new();
    if let Some(permissions) = permissions(path) {
        builder.permissions(permissions);
    }
    builder
}

#[cfg(unix)]
fn permissions(path: &Path) -> Option<Permissions> {
    use std::os::unix::fs::PermissionsExt;
    let old = fs::metadata(path).map(|metadata| metadata.permissions());
    Some(old.unwrap_or_else(|_| Permissions::from_mode(0o666)))
}

#[cfg(not(unix))]
fn permissions(_: &Path) -> Option<Permissions> {
    None
}
