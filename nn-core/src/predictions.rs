//! What `predict` gives.

use alloc::vec::Vec;
use core::fmt::{self, Display, Formatter};

use crate::network::{Network, Runner};
use crate::record::BadInput;

/// What [`predict`](Network::predict) gives: the outputs, or for a network that takes ids a `Result`, since one may have no row.
pub trait Predictions<N: Network>: Sized {
    /// Runs the network on many samples, on all of rayon's threads.
    fn of(network: &N, xs: &[N::Input]) -> Self;
}

impl<N: Network> Predictions<N> for Vec<N::Output> {
    fn of(network: &N, xs: &[N::Input]) -> Self {
        let mut ys = bytemuck::allocation::zeroed_vec(xs.len());
        if let ([x], [y]) = (xs, &mut ys[..]) {
            network.infer_into(x, &mut N::workspace(), y);
            return ys;
        }
        predict_into(network, xs, &mut ys);
        ys
    }
}

impl<N: Network> Predictions<N> for Result<Vec<N::Output>, BadSample> {
    fn of(network: &N, xs: &[N::Input]) -> Self {
        for (sample, x) in xs.iter().enumerate() {
            N::check_input(x).map_err(|source| BadSample { sample, source })?;
        }
        Ok(Predictions::of(network, xs))
    }
}

/// A sample with an id that has no row; nothing was computed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct BadSample {
    /// The place of the sample.
    pub sample: usize,
    /// The id.
    pub source: BadInput,
}

impl Display for BadSample {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        write!(f, "sample {}: {}", self.sample, self.source)
    }
}

impl core::error::Error for BadSample {
    fn source(&self) -> Option<&(dyn core::error::Error + 'static)> {
        Some(&self.source)
    }
}

/// Samples that one thread takes at a time: so many that handing them over costs little beside running them, and no
/// more, so that all threads finish together.
#[cfg(feature = "rayon")]
fn chunk<N: Network>(samples: usize) -> usize {
    /// What a core does in some tens of microseconds.
    const WORK: u64 = 1 << 20;
    // An element that is computed costs about as much as some multiply-adds.
    let elements = N::LAYERS.iter().map(|layer| 4 * layer.output.iter().product::<usize>() as u64);
    let work = N::LAYERS.iter().map(|layer| layer.macs).chain(elements).sum::<u64>();
    let together = N::TOGETHER.min(samples.div_ceil(rayon::current_num_threads()));
    ((WORK / work.max(1)) as usize).clamp(1, 1024).next_multiple_of(together.max(1))
}

/// Into memory that is there.
#[cfg(feature = "rayon")]
fn predict_into<N: Network>(network: &N, xs: &[N::Input], ys: &mut [N::Output]) {
    use rayon::prelude::*;
    let chunk = chunk::<N>(xs.len());
    if xs.len() <= chunk || rayon::current_num_threads() == 1 {
        return Runner::new().run(network, &mut xs.iter(), ys);
    }
    let chunks = ys.par_chunks_mut(chunk).zip(xs.par_chunks(chunk));
    chunks.for_each_init(Runner::new, |runner, (ys, xs)| runner.run(network, &mut xs.iter(), ys));
}

/// Into memory that is there.
#[cfg(not(feature = "rayon"))]
fn predict_into<N: Network>(network: &N, xs: &[N::Input], ys: &mut [N::Output]) {
    Runner::new().run(network, &mut xs.iter(), ys);
}
