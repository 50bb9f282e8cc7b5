//! State as a value: sequences in parts, and one time step at a time.

#[cfg(feature = "alloc")]
use alloc::{boxed::Box, vec};

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
/// # Latency and warm-up
///
/// [`LATENCY`](Self::LATENCY) is a delay: so many of the first outputs are none of the whole network's, and every output belongs
/// to an input that was given so many time steps before. Warm-up delays nothing. A state of zeros stands for a past that has not
/// been; with biases, silence leads to another one, and until the network is there it sounds as if it were switched on.
/// [`rested`](Self::rested) is that state: begin with a copy of it, and go back to it after a gap.
///
/// # Many at once
///
/// A state is a plain value, and nothing else changes in a call. So one network serves any number of streams, each with its own
/// state: the channels of a stereo signal, the voices of an instrument.
///
/// ```
/// # mod nn { pub use nn_core::*; }
/// use nn::Stream;
///
/// fn stereo<N: Stream>(net: &N, [left, right]: [&[N::StepInput]; 2], ys: [&mut [N::StepOutput]; 2]) {
///     let (mut state_of_left, mut state_of_right) = (net.rested(), net.rested());
///     let [y_left, y_right] = ys;
///     net.steps(left, y_left, &mut state_of_left);
///     net.steps(right, y_right, &mut state_of_right);
/// }
/// ```
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

    /// How many time steps [`steps`](Self::steps) runs side by side; 1 if they run one by one.
    const BLOCK: usize = 1;

    /// Runs time steps, on the vectors of `simd`.
    fn forward_steps<S: Simd>(
        &self,
        simd: S,
        xs: &[Self::StepInput],
        state: &mut Self::State,
        ys: &mut [Self::StepOutput],
    ) {
        for (x, y) in xs.iter().zip(ys) {
            self.forward_step(simd, x, state, y);
        }
    }

    /// Runs as many time steps as `xs` has, and writes what comes of each to its place in `ys`: no allocation, no panic, the
    /// widest vectors of this machine.
    ///
    /// What it gives, and the state that it leaves, have the bits of one [`step`](Self::step) after another, so that both can be
    /// called in turn. It is faster: every layer takes [`BLOCK`](Self::BLOCK) time steps at once, in memory on the stack of up to
    /// 128 KiB, and what is left over of `xs` runs one by one. Where a layer has no form for several steps (a `Custom` layer), or
    /// needs more memory, all run one by one, and `BLOCK` is 1. `#[stream(block = 64)]` asks for another size than 32.
    ///
    /// `ys` is as long as `xs`: anything else is a mistake of the caller's, a panic in debug builds; in release the time steps that
    /// both have are run.
    #[inline]
    fn steps(&self, xs: &[Self::StepInput], ys: &mut [Self::StepOutput], state: &mut Self::State) {
        debug_assert_eq!(xs.len(), ys.len(), "time steps, and places for what comes of them");
        let len = xs.len().min(ys.len());
        if let (Some(xs), Some(ys)) = (xs.get(..len), ys.get_mut(..len)) {
            crate::kernels::vectors::dispatch!(level(), simd => {
                frame::align();
                self.forward_steps(simd, xs, state, ys)
            });
        }
    }

    /// A state of zeros, on the heap.
    #[cfg(feature = "alloc")]
    fn state() -> Box<Self::State> {
        bytemuck::zeroed_box()
    }

    /// Forgets everything: makes a state what it was before the first time step.
    fn reset(state: &mut Self::State) {
        bytemuck::bytes_of_mut(state).fill(0);
    }

    /// The state that silence leads to: that after as many time steps of zeros as the [receptive
    /// field](Self::RECEPTIVE_FIELD) has. Where it has no end: after which it no longer changes, or 65,536 of them.
    ///
    /// It takes as long as these time steps take; a real-time thread gets a copy of what it gives.
    #[cfg(feature = "alloc")]
    #[expect(clippy::useless_vec, reason = "time steps may be too large for the stack")]
    fn rested(&self) -> Box<Self::State> {
        const STEPS: usize = 64;
        let mut state = Self::state();
        let mut before = if Self::RECEPTIVE_FIELD.is_none() { Some(Self::state()) } else { None };
        let xs = vec![<Self::StepInput as bytemuck::Zeroable>::zeroed(); STEPS];
        let mut ys = vec![<Self::StepOutput as bytemuck::Zeroable>::zeroed(); STEPS];
        let mut left = Self::RECEPTIVE_FIELD.unwrap_or(MOST_SILENCE);
        while left > 0 {
            let len = left.min(STEPS);
            self.steps(&xs[..len], &mut ys[..len], &mut state);
            left -= len;
            if let Some(before) = &mut before {
                if bytemuck::bytes_of(&**before) == bytemuck::bytes_of(&*state) {
                    break;
                }
                bytemuck::bytes_of_mut(&mut **before).copy_from_slice(bytemuck::bytes_of(&*state));
            }
        }
        state
    }

    /// Runs one time step: no allocation, no panic, the widest vectors of this machine.
    ///
    /// The state is finite afterwards, whatever `x` was: as said above.
    #[inline]
    fn step(&self, x: &Self::StepInput, state: &mut Self::State) -> Self::StepOutput {
        let mut y: Self::StepOutput = bytemuck::Zeroable::zeroed();
        let (xs, ys) = (core::slice::from_ref(x), core::slice::from_mut(&mut y));
        crate::kernels::vectors::dispatch!(level(), simd => crate::rt::single_steps(self, simd, xs, state, ys));
        y
    }
}

/// After so many time steps of silence a network whose outputs depend on all that has been is taken to rest.
#[cfg(feature = "alloc")]
const MOST_SILENCE: usize = 1 << 16;

/// A network with `#[stream]` whose layers take several time steps at once: what `network!` says of it.
pub trait Blocks: Stream {
    /// [`Stream::BLOCK`].
    const STEPS: usize;

    /// [`Stream::forward_steps`].
    fn forward_blocks<S: Simd>(
        &self,
        simd: S,
        xs: &[Self::StepInput],
        state: &mut Self::State,
        ys: &mut [Self::StepOutput],
    );
}
