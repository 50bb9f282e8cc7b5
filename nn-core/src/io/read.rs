//! Reading: everything is checked before the first weight is read, and nothing changes if a check fails.

use std::fs::{self, File};
use std::io::{BufReader, Read};
use std::path::Path;

use safetensors::tensor::{Metadata, TensorInfo};

use super::{file_dtype, header, nearest, swap_bytes};
use crate::error::LoadError;
use crate::network::Network;
use crate::params::Param;
use crate::record::Item;

/// A network with the weights of the file at `path`.
pub(crate) fn read_file<N: Network>(path: &Path) -> Result<Box<N>, LoadError> {
    let open = |source| LoadError::Open { path: path.to_owned(), source };
    let metadata = fs::metadata(path).map_err(open)?;
    if !metadata.is_file() {
        return Err(LoadError::NotAFile { path: path.to_owned() });
    }
    let file = File::open(path).map_err(open)?;
    read(&mut BufReader::new(file), metadata.len())
}

/// A network with the weights of a file's content.
pub(crate) fn read_bytes<N: Network>(bytes: &[u8]) -> Result<Box<N>, LoadError> {
    read(&mut &bytes[..], bytes.len() as u64)
}

fn read<N: Network>(reader: &mut impl Read, len: u64) -> Result<Box<N>, LoadError> {
    let metadata = header::read(reader, len)?;
    // The names in the order of the data, which has no gaps.
    let names = metadata.offset_keys();
    let params = names.iter().map(|name| find::<N>(name)).collect::<Result<Vec<_>, _>>()?;
    for param in N::PARAMS {
        check::<N>(param, &metadata)?;
    }
    let mut network = N::zeros();
    for param in params {
        let bytes = bytemuck::cast_slice_mut(&mut network.as_flat_mut()[param.range()]);
        reader.read_exact(bytes)?;
        swap_bytes(bytes, size_of::<N::Element>());
    }
    Ok(network)
}

/// The weight that a tensor of the file belongs to.
fn find<N: Network>(tensor: &str) -> Result<&'static Param, LoadError> {
    N::PARAMS.iter().find(|param| param.name == tensor).ok_or_else(|| LoadError::Unknown {
        tensor: tensor.to_owned(),
        network: N::NAME,
        nearest: nearest(tensor, N::PARAMS.iter().map(|param| param.name)),
    })
}

/// Whether the file has this weight, in its shape and type.
fn check<N: Network>(param: &Param, metadata: &Metadata) -> Result<(), LoadError> {
    let missing = || LoadError::Missing { tensor: param.name, network: N::NAME };
    let TensorInfo { dtype, shape, .. } = metadata.info(param.name).ok_or_else(missing)?;
    if shape != param.shape {
        return Err(LoadError::Shape { tensor: param.name, expected: param.shape, found: shape.clone() });
    }
    if *dtype != file_dtype(N::Element::DTYPE) {
        return Err(LoadError::Dtype { tensor: param.name, expected: N::Element::DTYPE, found: format!("{dtype:?}") });
    }
    Ok(())
}
