//! The tiles of convolutions, planned here where all sizes are known: rustc would take a hundred times as long.

use nn_graph::graph::{Dtype, Node};
use nn_graph::op::{self, Pool, PoolKind};
use nn_graph::size::Size;
use nn_shape::tiles::{self, Border, Convolution, Geometry, Tiling, Tilings};
use proc_macro2::TokenStream;
use quote::quote;

use crate::emit::names::number;

/// Costs are sums of products of sizes: from here on they might not fit in a number.
const LARGEST: usize = usize::MAX >> 24;

/// A layer with numbers for its sizes.
pub fn convolution(layer: &op::Convolution, node: &Node) -> Option<Convolution> {
    Some(Convolution {
        input: known(&node.image().try_into().ok()?)?,
        filters: layer.filters.known()?,
        kernel_size: known(&layer.kernel_size)?,
        strides: known(&layer.strides)?,
        pads: [known(&layer.pads[0])?, known(&layer.pads[1])?],
        dilation_rate: known(&layer.dilation_rate)?,
        groups: layer.groups.known()?,
    })
}

/// `const TILINGS: … = …;` for an output that is pooled and has a border; nothing where a size is not known.
pub fn tilings(
    dtype: Dtype,
    layer: Option<Convolution>,
    pool: Option<&Pool>,
    border: Option<Border>,
) -> Option<TokenStream> {
    let (size, average) = match pool {
        Some(pool) => (known(&pool.pool_size)?, pool.kind == PoolKind::Average),
        None => ([1, 1], false),
    };
    let layer = layer.filter(|layer| is_moderate(layer, size))?;
    let element = dtype.bytes();
    let geometry = Geometry::new(&layer, size, average, &border?);
    let tilings = tokens(&Tilings::plan(&geometry, element));
    Some(quote!(const TILINGS: rt::Option<rt::tiles::Tilings> = rt::Some(#tilings);))
}

/// Whether the costs of all tiles are numbers that the machine has.
fn is_moderate(layer: &Convolution, pool: [usize; 2]) -> bool {
    let product = |sizes: &[usize]| sizes.iter().try_fold(1usize, |product, size| product.checked_mul((*size).max(1)));
    let Convolution { input: [h, w, c], filters, kernel_size, strides, dilation_rate, groups, .. } = *layer;
    let reach = [0, 1].map(|axis| product(&[kernel_size[axis], strides[axis], dilation_rate[axis], pool[axis]]));
    let [Some(high), Some(wide)] = reach else { return false };
    let (Some(h), Some(w)) = (h.checked_add(high), w.checked_add(wide)) else { return false };
    let work = product(&[h, w, c, filters, kernel_size[0], kernel_size[1]]);
    groups > 0 && high < LARGEST && wide < LARGEST && work.is_some_and(|work| work < LARGEST)
}

fn tokens(tilings: &Tilings) -> TokenStream {
    let element = number(tilings.element);
    let (with, bare) = tilings.machines.split_at(tiles::MACHINES / 2);
    let bare = (with != bare).then(|| {
        let bare = bare.iter().map(tiling);
        quote!(.bare([#(#bare),*]))
    });
    let with = with.iter().map(tiling);
    quote!(rt::tiles::Tilings::new(#element, [#(#with),*])#bare)
}

fn tiling(tiling: &Tiling) -> TokenStream {
    match *tiling {
        Tiling::Channels { columns, positions, vectors } => {
            let [columns, positions, vectors] = [columns, positions, vectors].map(number);
            quote!(rt::tiles::channels(#columns, #positions, #vectors))
        }
        Tiling::Pixels { filters, positions, flat } => {
            let [filters, positions] = [filters, positions].map(number);
            quote!(rt::tiles::pixels(#filters, #positions, #flat))
        }
        Tiling::Depthwise { single, columns } => {
            let columns = number(columns);
            quote!(rt::tiles::depthwise(#single, #columns))
        }
    }
}

fn known<const N: usize>(dims: &[Size; N]) -> Option<[usize; N]> {
    let mut sizes = [0; N];
    for (size, dim) in sizes.iter_mut().zip(dims) {
        *size = dim.known()?;
    }
    Some(sizes)
}

#[cfg(test)]
mod tests;
