//! State as a value: sequences in parts, and one time step at a time.

use bytemuck::Pod;
use fearless_simd::Simd;

use crate::kernels::frame;
use crate::network::{Network, level};
use crate::record::Record;

/// A network with `stateful` layers: it goes on with a sequence where it stopped.
///
/// [`Network::infer`] begins each sample with a state of zeros.
pub trait Stateful: Network {
    /// What is carried from one call to the next.
    type State: Pod + Send + Sync;

    /// Runs the network on the next part of a sequence, on the vectors of `simd`.
    fn forward_from<S: Simd>(
        &self,
        simd: S,
        x: &Self::Input,
        state: &mut Self::State,
        workspace: &mut Self::Workspace,
        y: &mut Self::Output,
    );

    /// Runs the network on the next part of a sequence: no allocation, no panic, the widest vectors of this machine.
    ///
    /// The state is finite afterwards, whatever `x` was: see [`Stream`].
    #[inline]
    fn infer_stateful(
        &self,
        x: &Self::Input,
        state: &mut Self::State,
        workspace: &mut Self::Workspace,
    ) -> Self::Output {
        let mut y: Self::Output = bytemuck::Zeroable::zeroed();
        crate::kernels::vectors::dispatch!(level(), simd => {
            frame::align();
            self.forward_from(simd, x, state, workspace, &mut y)
        });
        y
    }
}

/// A network with `#[stream]`: one time step at a time.
///
/// Feeding a sequence step by step gives what the network gives for the whole of it.
///
/// # What a state never has
///
/// One bad sample must not silence a stream for ever. NaN and infinity in an input reach what that call returns, and no
/// call after it: where the new state of a layer is not finite it becomes 0, as it was at the start. A step of NaN resets
/// a recurrent layer, as `reset` does; a convolution remembers silence. In `infer` and within one call of
/// `infer_stateful`, the steps are not looked at one by one: all that come after NaN can be NaN there.
///
/// A state is never denormal either, which would make each step slower on some processors while a sound dies away: what is
/// smaller than 2⁻⁶³ (2⁻⁵¹¹ in `f64`) is kept as 0. Denormal inputs are the caller's: an audio thread sets its
/// processor to flush them, or its sources do.
///
/// `reset` of a state forgets everything, which is what a stream needs after a seek, and a network whose own weights let
/// its state grow without end.
pub trait Stream: Network {
    /// What is carried from one step to the next, and the memory of a step.
    type State: Pod + Send + Sync;
    /// One time step of the input.
    type StepInput: Record;
    /// What comes of it.
    type StepOutput: Record + Pod;

    /// How many of the first outputs the whole network does not have.
    const LATENCY: usize;
    /// How many time steps of the input an output depends on; `None` if on all that have been.
    const RECEPTIVE_FIELD: Option<usize>;

    /// Runs one time step, on the vectors of `simd`.
    fn forward_step<S: Simd>(&self, simd: S, x: &Self::StepInput, state: &mut Self::State, y: &mut Self::StepOutput);

    /// Runs one time step: no allocation, no panic, the widest vectors of this machine.
    ///
    /// The state is finite afterwards, whatever `x` was: as said above.
    #[inline]
    fn step(&self, x: &Self::StepInput, state: &mut Self::State) -> Self::StepOutput {
        let mut y: Self::StepOutput = bytemuck::Zeroable::zeroed();
        crate::kernels::vectors::dispatch!(level(), simd => {
            frame::align();
            self.forward_step(simd, x, state, &mut y)
        });
        y
    }
}
