//! Networks of the macro for the driver, which does not know their types.

use std::slice;

use bytemuck::allocation::zeroed_vec;

use super::learner::{Facts, Hook, Learner, Samples, TestShard, TrainingShard, call};
use super::network::{Activations, Pass, Shard, Train};
use super::outputs::outputs;
use super::session::State;
use crate::callbacks::Callback;
use crate::error::FitError;
use crate::kernels::frame;
use crate::kernels::vectors::dispatch;
use crate::layers::batch_normalization::{Partial, Statistics};
use crate::network::{Network, Runner, level};
use crate::optimizers::Optimizer;
use crate::record::{BadInput, Record, output_len};

/// What is known of a network before it is trained.
pub(super) fn facts<N: Train>() -> Facts<N::Element> {
    Facts {
        params: N::PARAMS.to_vec(),
        tables: N::TABLES.to_vec(),
        phases: N::PHASES,
        len: size_of::<N>() / size_of::<N::Element>(),
        outputs: outputs(<N::Output as Record>::PARTS),
        activations: N::OUTPUT_ACTIVATIONS.to_vec(),
        state_len: state_len::<N>(),
        training_shard: Box::new(|| Box::new(Trained::<N>(Shard::new()))),
        test_shard: Box::new(|| {
            let (x, y) = (zeroed_vec(N::TOGETHER), zeroed_vec(N::TOGETHER));
            Box::new(Tested::<N> { runner: Runner::new(), x, y, spare: Vec::new() })
        }),
    }
}

/// A network that learns, with the callbacks that watch it.
pub(super) struct Typed<'a, 'b, N: Network> {
    pub network: &'a mut N,
    pub callbacks: &'a mut [&'b mut dyn Callback<N>],
}

impl<N: Train> Learner<N::Element> for Typed<'_, '_, N> {
    fn weights(&self) -> &[N::Element] {
        bytemuck::cast_slice(slice::from_ref(self.network))
    }

    fn weights_mut(&mut self) -> &mut [N::Element] {
        bytemuck::cast_slice_mut(slice::from_mut(self.network))
    }

    fn update_moving(&mut self, statistics: &[Statistics]) {
        self.network.update_moving(statistics);
    }

    fn hook(
        &mut self,
        hook: &mut Hook<'_>,
        optimizer: &mut dyn Optimizer<N::Element>,
        state: &mut State,
    ) -> Result<(), FitError> {
        call(self.callbacks, self.network, hook, optimizer, state)
    }
}

/// Samples of a network.
pub(super) struct Inputs<'a, N: Network>(pub &'a [N::Input]);

impl<N: Train> Samples for Inputs<'_, N> {
    fn count(&self) -> usize {
        self.0.len()
    }

    fn part(&self, sample: usize, part: usize) -> &[u8] {
        self.0[sample].part(part)
    }

    fn parts(&self) -> usize {
        <N::Input as Record>::PARTS.len()
    }

    fn check(&self, sample: usize) -> Result<(), BadInput> {
        N::check_input(&self.0[sample])
    }
}

/// The memory of a shard in training.
struct Trained<N: Train>(Shard<N::Activations, N::Element>);

/// The network in its weights; none where these are not its weights.
fn network<N: Network>(weights: &[N::Element]) -> Option<&N> {
    // As bytes, since a network may have no weights at all.
    bytemuck::try_from_bytes(bytemuck::cast_slice(weights)).ok()
}

impl<N: Train> TrainingShard<N::Element> for Trained<N> {
    fn resize(&mut self, first: usize, samples: usize) {
        self.0.resize(first, samples);
    }

    fn load(&mut self, place: usize, x: &dyn Samples, sample: usize) {
        (0..x.parts()).for_each(|part| self.0.values.load(place, part, x.part(sample, part)));
    }

    fn states(&mut self) -> &mut [N::Element] {
        &mut self.0.states
    }

    fn forward(&mut self, weights: &[N::Element], phase: usize, pass: &Pass<'_>) {
        let Some(network) = network::<N>(weights) else { return debug_assert!(false, "other weights") };
        dispatch!(level(), simd => {
            frame::align();
            network.forward_phase(simd, phase, pass, &mut self.0)
        });
    }

    fn backward(&mut self, weights: &[N::Element], phase: usize, pass: &Pass<'_>, gradients: &mut [N::Element]) {
        let gradients = bytemuck::try_from_bytes_mut(bytemuck::cast_slice_mut(gradients));
        let (Some(network), Ok(gradients)) = (network::<N>(weights), gradients) else {
            return debug_assert!(false, "other weights");
        };
        dispatch!(level(), simd => {
            frame::align();
            network.backward_phase(simd, phase, pass, &mut self.0, gradients)
        });
    }

    fn output(&self, part: usize) -> &[N::Element] {
        self.0.values.output(part)
    }

    fn output_and_gradient(&mut self, part: usize, logits: bool) -> (&[N::Element], &mut [N::Element]) {
        let Shard { values, gradients, .. } = &mut self.0;
        match logits {
            true => (values.logits(part), gradients.logits_mut(part)),
            false => (values.output(part), gradients.output_mut(part)),
        }
    }

    fn penalty(&self) -> f64 {
        N::penalty(&self.0.values)
    }

    fn mask(&self, part: usize) -> Option<&[N::Element]> {
        self.0.values.mask(part)
    }

    fn rows<'a>(&'a self, of: usize, list: &mut Vec<(u32, &'a [N::Element])>) {
        N::rows(&self.0, of, list);
    }

    fn partial(&self, phase: usize) -> Option<&Partial<N::Element>> {
        self.0.values.partial(phase)
    }

    fn partial_backward(&self, phase: usize) -> Option<&Partial<N::Element>> {
        self.0.gradients.partial(phase)
    }
}

/// How many numbers a sample carries from batch to batch.
const fn state_len<N: Train>() -> usize {
    <N::Activations as Activations>::STATE_LEN
}

/// The memory of a shard in evaluation, and of the samples that run together.
struct Tested<N: Network> {
    runner: Runner<N>,
    x: Vec<N::Input>,
    y: Vec<N::Output>,
    /// What the penalties of layers take.
    spare: Vec<N::Element>,
}

impl<N: Train> TestShard<N::Element> for Tested<N> {
    fn predict(
        &mut self,
        weights: &[N::Element],
        x: &dyn Samples,
        first: usize,
        samples: &[usize],
        states: &mut [N::Element],
        outputs: &mut [Vec<N::Element>],
        masks: &mut [Vec<N::Element>],
    ) -> f64 {
        const { assert!(output_len(<N::Output as Record>::PARTS) * size_of::<N::Element>() == size_of::<N::Output>()) };
        let Some(network) = network::<N>(weights) else {
            debug_assert!(false, "other weights");
            return 0.0;
        };
        let Self { runner, x: xs, y: ys, spare } = self;
        let (mut penalty, mut states) = (0.0, states.chunks_exact_mut(state_len::<N>().max(1)));
        for samples in samples.chunks(N::TOGETHER) {
            let (xs, ys) = (&mut xs[..samples.len()], &mut ys[..samples.len()]);
            for (place, &sample) in xs.iter_mut().zip(samples) {
                (0..x.parts()).for_each(|part| place.part_mut(part).copy_from_slice(x.part(first + sample, part)));
            }
            let mut carried: Vec<&mut [N::Element]> = states.by_ref().take(samples.len()).collect();
            if N::PENALIZED {
                for (index, x) in xs.iter().enumerate() {
                    let mut state = carried.get(index).map(|state| state.to_vec()).unwrap_or_default();
                    penalty += dispatch!(level(), simd => {
                        frame::align();
                        network.infer_penalty(simd, x, &mut state, spare)
                    });
                }
            }
            if carried.is_empty() {
                runner.run(network, &mut xs.iter(), ys);
            }
            for ((x, y), state) in xs.iter().zip(ys.iter_mut()).zip(&mut carried) {
                dispatch!(level(), simd => {
                    frame::align();
                    network.forward_carried(simd, x, state, &mut runner.workspace, y)
                });
            }
            for y in ys {
                for (part, (output, mask)) in outputs.iter_mut().zip(masks.iter_mut()).enumerate() {
                    output.extend_from_slice(bytemuck::cast_slice(y.part(part)));
                    // Samples that run together have none.
                    mask.extend_from_slice(N::output_mask(&runner.workspace, part).unwrap_or_default());
                }
            }
        }
        penalty
    }
}
