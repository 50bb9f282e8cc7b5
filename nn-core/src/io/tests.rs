//! Weight files, whole and broken.

use std::fs;

use super::*;
use crate::error::{LoadError, SaveError};
use crate::network::Network;
use crate::train::nets::{Centred, Mlp};

/// A network whose weights are all different.
fn network() -> Box<Mlp> {
    let mut network = Mlp::zeros();
    network.as_flat_mut().iter_mut().enumerate().for_each(|(i, w)| *w = i as f32 + 0.5);
    network
}

/// A file from a header and data.
fn file(header: &str, data: usize) -> Vec<u8> {
    let mut bytes = (header.len() as u64).to_le_bytes().to_vec();
    bytes.extend(header.as_bytes());
    bytes.resize(bytes.len() + data, 0);
    bytes
}

/// One entry of a header.
fn entry(name: &str, dtype: &str, shape: &[usize], start: usize, end: usize) -> String {
    format!(r#""{name}":{{"dtype":"{dtype}","shape":{shape:?},"data_offsets":[{start},{end}]}}"#)
}

/// The entries of a valid file for `Mlp`.
fn entries() -> Vec<String> {
    let entry = |param: &crate::Param| {
        let range = param.range();
        entry(param.name, "F32", param.shape, 4 * range.start, 4 * range.end)
    };
    Mlp::PARAMS.iter().map(entry).collect()
}

fn load(entries: &[String], data: usize) -> Result<Box<Mlp>, LoadError> {
    Mlp::from_bytes(&file(&format!("{{{}}}", entries.join(",")), data))
}

#[test]
fn a_network_survives_bytes() {
    let bytes = network().to_bytes().unwrap();
    assert_eq!(*Mlp::from_bytes(&bytes).unwrap(), *network());
    assert_eq!(bytes, network().to_bytes().unwrap(), "the same weights give the same bytes");
}

#[test]
fn other_readers_see_the_names_shapes_and_order() {
    let bytes = network().to_bytes().unwrap();
    let (header, metadata) = safetensors::SafeTensors::read_metadata(&bytes).unwrap();
    assert_eq!(header % 8, 0);
    let names: Vec<_> = Mlp::PARAMS.iter().map(|param| param.name).collect();
    assert_eq!(metadata.offset_keys(), names);
    let meta = metadata.metadata().as_ref().unwrap();
    assert_eq!((&meta["format"][..], &meta["network"][..]), ("nn", "Mlp"));
    assert_eq!(meta["order"], names.join(" "));
    let tensors = safetensors::SafeTensors::deserialize(&bytes).unwrap();
    let kernel = tensors.tensor("dense_1.kernel").unwrap();
    assert_eq!(kernel.shape(), [4, 2]);
    assert_eq!(kernel.data()[..4], 16.5_f32.to_le_bytes());
}

#[test]
fn nan_and_infinity_are_weights_like_others() {
    let mut network = network();
    network.dense.kernel[0] = [f32::NAN, f32::INFINITY, f32::NEG_INFINITY, -0.0];
    let again = Mlp::from_bytes(&network.to_bytes().unwrap()).unwrap();
    assert!(bytemuck::bytes_of(&*network) == bytemuck::bytes_of(&*again));
}

#[test]
fn tensors_in_any_order_are_found_by_name() {
    let mut network = network();
    network.dense_1.bias = [7.0, 8.0];
    let tensors = network.to_bytes().unwrap();
    let tensors = safetensors::SafeTensors::deserialize(&tensors).unwrap();
    let sorted = safetensors::serialize(tensors.iter(), None).unwrap();
    assert_ne!(sorted, network.to_bytes().unwrap());
    assert_eq!(*Mlp::from_bytes(&sorted).unwrap(), *network);
}

#[test]
fn f64_networks_have_f64_files() {
    let mut network = Centred::zeros();
    network.moving_mean = [1.0 / 3.0, 2.0, 3.0];
    let again = Centred::from_bytes(&network.to_bytes().unwrap()).unwrap();
    assert_eq!(*network, *again);
}

#[test]
fn a_file_is_replaced_as_a_whole() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("net.safetensors");
    fs::write(&path, "something else").unwrap();
    network().save(&path).unwrap();
    assert_eq!(*Mlp::load(&path).unwrap(), *network());
    let left: Vec<_> = fs::read_dir(folder.path()).unwrap().map(|entry| entry.unwrap().file_name()).collect();
    assert_eq!(left, ["net.safetensors"]);
}

#[test]
fn what_killed_programs_have_left_is_removed() {
    let folder = tempfile::tempdir().unwrap();
    let at = |name: &str| folder.path().join(name);
    for name in [".net.a1.partial", ".net.b2.partial", ".net.c3.partial", ".other.a1.partial", ".net.a1"] {
        fs::write(at(name), "half a file").unwrap();
    }
    fs::write(at(".net.c3.partial"), "").unwrap();
    // Somebody still writes this one.
    let writer = fs::File::open(at(".net.b2.partial")).unwrap();
    writer.try_lock().unwrap();
    network().save(at("net")).unwrap();
    let mut left: Vec<_> = fs::read_dir(folder.path()).unwrap().map(|entry| entry.unwrap().file_name()).collect();
    left.sort();
    // An empty one may be of somebody who is about to write.
    assert_eq!(left, [".net.a1", ".net.b2.partial", ".net.c3.partial", ".other.a1.partial", "net"]);
    drop(writer);
    network().save(at("net")).unwrap();
    assert!(!at(".net.b2.partial").exists());
}

#[cfg(unix)]
#[test]
fn rights_and_links_are_kept() {
    use std::os::unix::fs::{PermissionsExt, symlink};
    let folder = tempfile::tempdir().unwrap();
    let (path, link) = (folder.path().join("net"), folder.path().join("link"));
    network().save(&path).unwrap();
    assert_ne!(fs::metadata(&path).unwrap().permissions().mode() & 0o077, 0, "not private to the owner");
    fs::set_permissions(&path, fs::Permissions::from_mode(0o640)).unwrap();
    symlink(&path, &link).unwrap();
    Mlp::zeros().save(&link).unwrap();
    assert!(fs::symlink_metadata(&link).unwrap().is_symlink());
    assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o640);
    assert_eq!(*Mlp::load(&path).unwrap(), *Mlp::zeros());
}

#[test]
fn a_folder_that_is_not_there_is_an_error() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("missing/net");
    let error = network().save(&path).unwrap_err();
    let message = error.to_string();
    assert!(matches!(error, SaveError::Write { path: p, .. } if p == path));
    let expected = format!("cannot write `{}`: No such file or directory", path.display());
    assert!(message.starts_with(&expected) && !message.contains(" at path "), "{message}");
    assert!(matches!(Mlp::load(&path), Err(LoadError::Open { path: p, .. }) if p == path));
}

#[test]
fn a_folder_is_not_a_file() {
    let folder = tempfile::tempdir().unwrap();
    assert!(matches!(Mlp::load(folder.path()), Err(LoadError::NotAFile { .. })));
    assert!(matches!(network().save(folder.path()), Err(SaveError::Write { .. })));
}

#[test]
fn a_failed_load_changes_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("net");
    let mut bytes = network().to_bytes().unwrap();
    bytes.pop();
    fs::write(&path, bytes).unwrap();
    let mut other = Mlp::zeros();
    assert!(other.load_weights(&path).is_err());
    assert_eq!(*other, *Mlp::zeros());
    network().save(&path).unwrap();
    other.load_weights(&path).unwrap();
    assert_eq!(*other, *network());
}

#[test]
fn every_cut_is_noticed() {
    let bytes = network().to_bytes().unwrap();
    for len in 0..bytes.len() {
        let error = Mlp::from_bytes(&bytes[..len]).unwrap_err();
        assert!(matches!(error, LoadError::Truncated { found, .. } if found == len as u64), "{len}: {error}");
    }
}

#[test]
fn a_file_of_no_bytes_says_how_many_it_needs() {
    let error = Mlp::from_bytes(&[]).unwrap_err();
    assert_eq!(error.to_string(), "the file is cut off: expected at least 8 bytes, found 0");
}

#[test]
fn more_data_than_tensors_is_an_error() {
    let mut bytes = network().to_bytes().unwrap();
    bytes.extend([0; 3]);
    assert!(matches!(Mlp::from_bytes(&bytes), Err(LoadError::TrailingData { excess: 3 })));
}

#[test]
fn a_huge_header_is_refused_before_it_is_read() {
    for length in [u64::MAX, u64::MAX - 8, 1 << 40, header::LIMIT + 1] {
        let bytes = [&length.to_le_bytes()[..], b"{}"].concat();
        let error = Mlp::from_bytes(&bytes).unwrap_err();
        assert!(matches!(error, LoadError::HeaderTooLarge { found, .. } if found == length), "{error}");
    }
    let bytes = [&header::LIMIT.to_le_bytes()[..], b"{}"].concat();
    assert!(matches!(Mlp::from_bytes(&bytes), Err(LoadError::Truncated { .. })));
}

#[test]
fn headers_that_are_no_headers() {
    let deep = "[".repeat(100_000);
    for header in ["", "[]", "null", "{", "\u{1}", r#"{"a":1}"#, r#"{"a":{"dtype":"F32"}}"#, &deep] {
        let error = Mlp::from_bytes(&file(header, 0)).unwrap_err();
        assert!(matches!(error, LoadError::Header { .. }), "{header:.20}: {error}");
    }
    let mut bytes = file(r#"{"a":{}}"#, 0);
    bytes[9] = 0xFF;
    assert!(matches!(Mlp::from_bytes(&bytes), Err(LoadError::Header { .. })));
}

#[test]
fn offsets_must_cover_the_data_once() {
    let bad = [
        ("overlapping", entry("dense.bias", "F32", &[4], 40, 56)),
        ("a gap", entry("dense.bias", "F32", &[4], 52, 68)),
        ("backwards", entry("dense.bias", "F32", &[4], 64, 48)),
        ("out of range", entry("dense.bias", "F32", &[4], 48, usize::MAX)),
        ("too few for the shape", entry("dense.bias", "F32", &[5], 48, 64)),
        ("overflowing shape", entry("dense.bias", "F32", &[usize::MAX, usize::MAX], 48, 64)),
        ("an unknown type", entry("dense.bias", "F31", &[4], 48, 64)),
    ];
    for (what, bad) in bad {
        let mut entries = entries();
        entries[1] = bad;
        let error = load(&entries, 104).unwrap_err();
        assert!(matches!(error, LoadError::Header { .. }), "{what}: {error}");
    }
    assert!(load(&entries(), 104).is_ok());
}

#[test]
fn a_tensor_of_terabytes_allocates_nothing() {
    let error = load(&[entry("dense.kernel", "F32", &[1 << 40], 0, 4 << 40)], 16).unwrap_err();
    assert!(matches!(error, LoadError::Truncated { .. }), "{error}");
}

#[test]
fn a_name_twice_is_an_error() {
    let mut twice = entries();
    twice.push(twice[1].clone());
    assert!(matches!(load(&twice, 104), Err(LoadError::Duplicate { tensor }) if tensor == "dense.bias"));
    let header = format!(r#"{{"__metadata__":{{}},"__metadata__":{{}},{}}}"#, entries().join(","));
    assert!(matches!(Mlp::from_bytes(&file(&header, 104)), Err(LoadError::Duplicate { .. })));
}

#[test]
fn unknown_tensors_are_named_with_the_nearest_weight() {
    let mut entries = entries();
    entries[1] = entry("dense.biass", "F32", &[4], 48, 64);
    let text = load(&entries, 104).unwrap_err().to_string();
    assert_eq!(
        text,
        "the file has a tensor `dense.biass`, but `Mlp` has no weight of that name; did you mean `dense.bias`?"
    );
    entries[1] = entry("embeddings", "F32", &[4], 48, 64);
    let text = load(&entries, 104).unwrap_err().to_string();
    assert_eq!(text, "the file has a tensor `embeddings`, but `Mlp` has no weight of that name");
}

#[test]
fn missing_tensors_are_named() {
    let mut entries = entries();
    entries.pop();
    let text = load(&entries, 96).unwrap_err().to_string();
    assert_eq!(text, "the file has no tensor `dense_1.bias`, which `Mlp` needs");
    assert!(matches!(Mlp::from_bytes(&file("{}", 0)), Err(LoadError::Missing { tensor: "dense.kernel", .. })));
}

#[test]
fn shapes_and_types_are_checked() {
    let mut entries = entries();
    entries[0] = entry("dense.kernel", "F32", &[4, 3], 0, 48);
    let text = load(&entries, 104).unwrap_err().to_string();
    assert_eq!(text, "the shape of `dense.kernel`: expected [3, 4], found [4, 3]");
    entries[0] = entry("dense.kernel", "I32", &[3, 4], 0, 48);
    let text = load(&entries, 104).unwrap_err().to_string();
    assert_eq!(text, "the element type of `dense.kernel`: expected F32, found I32");
    let f64s = Centred::zeros().to_bytes().unwrap();
    assert!(Mlp::from_bytes(&f64s).is_err());
}

#[test]
fn flipped_bytes_never_panic() {
    let bytes = network().to_bytes().unwrap();
    for position in 0..bytes.len() {
        for flip in [1, 0x20, 0x80, 0xFF] {
            let mut bytes = bytes.clone();
            bytes[position] ^= flip;
            let _ = Mlp::from_bytes(&bytes);
        }
    }
}

#[test]
fn a_pointer_of_git_lfs_is_named() {
    let pointer = b"version https://git-lfs.github.com/spec/v1\noid sha256:4d7a\nsize 12345\n";
    let error = super::header::read(&mut &pointer[..], pointer.len() as u64).unwrap_err();
    assert!(error.to_string().contains("`git lfs pull`"), "{error}");
}
