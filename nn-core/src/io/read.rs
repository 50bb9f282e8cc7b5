//! Reading: everything is checked before the first weight is read, and nothing changes if a check fails.

use std::fs::{self, File};
use std::io::{BufReader, Read};
use std::path::Path;

use safetensors::tensor::{Metadata, TensorInfo};

use super::{file_dtype, header, nearest, swap_bytes};
use crate::element::Element;
use crate::error::LoadError;
use crate::network::Network;
use crate::params::Param;

/// A network with the weights of the file at `path`.
pub(crate) fn read_file<N: Network>(path: &Path) -> Result<Box<N>, LoadError> {
    let mut network = N::zeros();
    read_weights(path, N::NAME, N::PARAMS, network.as_flat_mut())?;
    Ok(network)
}

/// Fills the weights of a network with those of the file at `path`; where there is an error they may be filled in part.
pub fn read_weights<T: Element>(
    path: &Path,
    network: &'static str,
    params: &[Param],
    weights: &mut [T],
) -> Result<(), LoadError> {
    let open = |source| LoadError::Open { path: path.to_owned(), source };
    let metadata = fs::metadata(path).map_err(open)?;
    if !metadata.is_file() {
        return Err(LoadError::NotAFile { path: path.to_owned() });
    }
    let file = File::open(path).map_err(open)?;
    read(&mut BufReader::new(file), metadata.len(), network, params, weights)
}

/// A network with the weights of a file's content.
pub(crate) fn read_bytes<N: Network>(bytes: &[u8]) -> Result<Box<N>, LoadError> {
    let mut network = N::zeros();
    read(&mut &bytes[..], bytes.len() as u64, N::NAME, N::PARAMS, network.as_flat_mut())?;
    Ok(network)
}

fn read<T: Element>(
    reader: &mut impl Read,
    len: u64,
    network: &'static str,
    params: &[Param],
    weights: &mut [T],
) -> Result<(), LoadError> {
    let metadata = header::read(reader, len)?;
    // The names in the order of the data, which has no gaps.
    let names = metadata.offset_keys();
    let found = names.iter().map(|name| find(name, network, params)).collect::<Result<Vec<_>, _>>()?;
    for param in params {
        check::<T>(param, network, &metadata)?;
    }
    for param in found {
        let bytes = bytemuck::cast_slice_mut(&mut weights[param.range()]);
        reader.read_exact(bytes)?;
        swap_bytes(bytes, size_of::<T>());
    }
    Ok(())
}

/// The weight that a tensor of the file belongs to.
fn find<'a>(tensor: &str, network: &'static str, params: &'a [Param]) -> Result<&'a Param, LoadError> {
    params.iter().find(|param| param.name == tensor).ok_or_else(|| LoadError::Unknown {
        tensor: tensor.to_owned(),
        network,
        nearest: nearest(tensor, params.iter().map(|param| param.name)),
    })
}

/// Whether the file has this weight, in its shape and type.
fn check<T: Element>(param: &Param, network: &'static str, metadata: &Metadata) -> Result<(), LoadError> {
    let missing = || LoadError::Missing { tensor: param.name, network };
    let TensorInfo { dtype, shape, .. } = metadata.info(param.name).ok_or_else(missing)?;
    if shape != param.shape {
        return Err(LoadError::Shape { tensor: param.name, expected: param.shape, found: shape.clone() });
    }
    if *dtype != file_dtype(T::DTYPE) {
        return Err(LoadError::Dtype { tensor: param.name, expected: T::DTYPE, found: format!("{dtype:?}") });
    }
    Ok(())
}
