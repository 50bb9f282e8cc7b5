//! A `Bidirectional` whose layer is chosen while the program runs.

use fearless_simd::Simd;

use super::{Merge, merge_into};
use crate::element::Element;
use crate::layers::recurrent::{AnyRecurrent, RecurrentSizes, Sequence, Weights};
#[cfg(feature = "alloc")]
use {
    super::{merge, merge_backward},
    crate::layers::recurrent::{Backward, Forward, Gradients, Random},
    crate::rt,
};

/// A `Bidirectional` whose layer and sizes are known when the program runs.
///
/// Its passes take four states: those of the forward layer, then those of the backward layer, each h and c. A c that the
/// layer does not have is neither read nor written.
///
/// ```
/// use fearless_simd::{Level, dispatch};
/// use nn_core::activations::Linear;
/// use nn_core::layers::bidirectional::AnyBidirectional;
/// use nn_core::layers::recurrent::{AnyRecurrent, Kind, RecurrentSizes, Sequence, Weights};
///
/// let layer = AnyRecurrent {
///     kind: Kind::SimpleRnn,
///     sizes: RecurrentSizes { steps: 2, return_sequences: true, ..RecurrentSizes::new(1, 1) },
///     activation: Linear.into(),
///     recurrent_activation: Linear.into(),
/// };
/// let layer = AnyBidirectional::new(layer, None);
/// let forward = Weights { kernel: &[1.0], recurrent_kernel: &[10.0], bias: &[] };
/// let backward = Weights { kernel: &[1.0], recurrent_kernel: &[100.0], bias: &[] };
/// let mut y = [0.0; 4];
/// let mut scratch = vec![0.0; layer.scratch_len::<f32>()];
/// dispatch!(Level::new(), simd => layer.infer(simd, [forward, backward], Sequence {
///     x: &[1.0, 2.0],
///     mask: None,
///     initial_state: [None; 4],
///     state: None,
///     y: &mut y,
///     final_state: [const { None }; 4],
///     scratch: &mut scratch,
/// }));
/// // Of each step what the forward layer makes of it, then what the backward layer does.
/// assert_eq!(y, [1.0, 201.0, 12.0, 2.0]);
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct AnyBidirectional {
    layers: [AnyRecurrent; 2],
    merge: Option<Merge>,
}

impl AnyBidirectional {
    /// `layer`, with the sizes that it has outside of a `Bidirectional`, in both directions; `None` is
    /// `merge_mode = concat`.
    pub const fn new(layer: AnyRecurrent, merge: Option<Merge>) -> Self {
        let sizes = layer.sizes;
        let stride = if merge.is_none() { 2 * sizes.units } else { sizes.units };
        let forward = RecurrentSizes { zero_output_for_mask: sizes.return_sequences, stride, ..sizes };
        let backward =
            RecurrentSizes { go_backwards: !sizes.go_backwards, output_in_time: sizes.return_sequences, ..forward };
        let layers = [AnyRecurrent { sizes: forward, ..layer }, AnyRecurrent { sizes: backward, ..layer }];
        AnyBidirectional { layers, merge }
    }

    /// The layer in each direction: forward, then backward.
    pub const fn layers(&self) -> &[AnyRecurrent; 2] {
        &self.layers
    }

    /// The elements of one direction's output that do not lie in the result, for one sample.
    const fn half(&self) -> usize {
        if self.merge.is_some() { self.layers[0].sizes.output_len() } else { 0 }
    }

    /// How many elements of scratch [`infer`](Self::infer) needs, on any machine.
    pub const fn scratch_len<T: Element>(&self) -> usize {
        self.half() + self.layers[0].scratch_len::<T>()
    }

    /// All steps of one sample; the carried state is that of the forward layer, then that of the backward layer.
    ///
    /// A slice that is too short is a mistake of the caller's: a panic in debug builds, no result in release.
    pub fn infer<S: Simd, T: Element>(&self, simd: S, weights: [Weights<'_, T>; 2], sequence: Sequence<'_, T, 4>) {
        let Sequence { x, mask, initial_state, state, y, final_state, scratch } = sequence;
        let [forward, backward] = &self.layers;
        let units = forward.sizes.units;
        let Some((other, scratch)) = scratch.split_at_mut_checked(self.half()) else {
            debug_assert!(false, "too little scratch");
            return;
        };
        let states = state.and_then(|state| state.split_at_mut_checked(forward.kind.states() * units));
        let [state, backward_state] = match states {
            Some((forward, backward)) => [Some(forward), Some(backward)],
            None => [None, None],
        };
        let ([h, c, backward_h, backward_c], [last_h, last_c, backward_last_h, backward_last_c]) =
            (initial_state, final_state);
        let one = Sequence {
            x,
            mask,
            initial_state: [h, c],
            state,
            y: &mut *y,
            final_state: [last_h, last_c],
            scratch: &mut *scratch,
        };
        forward.infer(simd, weights[0], one);
        let target = match self.merge {
            None => y.get_mut(units..).unwrap_or_default(),
            Some(_) => &mut *other,
        };
        let one = Sequence {
            x,
            mask,
            initial_state: [backward_h, backward_c],
            state: backward_state,
            y: target,
            final_state: [backward_last_h, backward_last_c],
            scratch,
        };
        backward.infer(simd, weights[1], one);
        if let Some(mode) = self.merge {
            simd.vectorize(
                #[inline(always)]
                || merge_into(simd, mode, other, y),
            );
        }
    }
}

#[cfg(feature = "alloc")]
impl AnyBidirectional {
    /// How many elements [`forward`](Self::forward) saves for each sample.
    pub fn saved_len(&self) -> usize {
        2 * self.half() + self.layers[0].saved_len() + self.layers[1].saved_len()
    }

    /// How many elements for each sample [`backward`](Self::backward) works in.
    pub const fn room_len(&self) -> usize {
        let sizes = &self.layers[0].sizes;
        2 * self.half() + sizes.steps * sizes.inputs
    }

    /// All steps of the samples of a shard.
    ///
    /// # Panics
    ///
    /// If a slice is too short.
    pub fn forward<S: Simd, T: Element>(&self, simd: S, weights: [Weights<'_, T>; 2], pass: Forward<'_, T, 4>) {
        let Forward { samples, x, mask, initial_state, y, final_state, saved, random, scratch } = pass;
        let [forward, backward] = &self.layers;
        let (outputs, saved) = saved.split_at_mut(samples * 2 * self.half());
        let (outputs, other) = outputs.split_at_mut(samples * self.half());
        let (saved, backward_saved) = saved.split_at_mut(samples * forward.saved_len());
        let ([h, c, backward_h, backward_c], [last_h, last_c, backward_last_h, backward_last_c]) =
            (initial_state, final_state);
        let one = Forward {
            samples,
            x,
            mask,
            initial_state: [h, c],
            y: if self.merge.is_some() { &mut *outputs } else { &mut *y },
            final_state: [last_h, last_c],
            saved,
            random,
            scratch: &mut *scratch,
        };
        forward.forward(simd, weights[0], one);
        let one = Forward {
            samples,
            x,
            mask,
            initial_state: [backward_h, backward_c],
            y: if self.merge.is_some() { &mut *other } else { &mut y[forward.sizes.units..] },
            final_state: [backward_last_h, backward_last_c],
            saved: backward_saved,
            random: after(random),
            scratch,
        };
        backward.forward(simd, weights[1], one);
        if let Some(mode) = self.merge {
            simd.vectorize(
                #[inline(always)]
                || merge(simd, mode, outputs, other, y),
            );
        }
    }

    /// Back through all steps: adds the gradients of the weights to `gradients`.
    ///
    /// `room` has [`room_len`](Self::room_len) elements for each sample; what it holds does not matter.
    ///
    /// # Panics
    ///
    /// If a slice is too short.
    pub fn backward<S: Simd, T: Element>(
        &self,
        simd: S,
        weights: [Weights<'_, T>; 2],
        pass: Backward<'_, T, 4>,
        gradients: &mut [Gradients<'_, T>; 2],
        room: &mut [T],
    ) {
        let Backward { samples, x, mask, saved, dy, d_final_state, mut dx, d_initial_state, random, scratch } = pass;
        let [forward, backward] = &self.layers;
        let (half, sizes) = (samples * self.half(), &forward.sizes);
        let (outputs, saved) = saved.split_at(2 * half);
        let (outputs, other) = outputs.split_at(half);
        let (saved, backward_saved) = saved.split_at(samples * forward.saved_len());
        let (d_outputs, room) = room.split_at_mut(half);
        let (d_other, room) = room.split_at_mut(half);
        let backward_dx = &mut room[..samples * sizes.steps * sizes.inputs];
        let [dy, backward_dy] = match self.merge {
            None => [dy, &dy[sizes.units..]],
            Some(mode) => {
                simd.vectorize(
                    #[inline(always)]
                    || merge_backward(simd, mode, outputs, other, dy, d_outputs, d_other),
                );
                [&*d_outputs, &*d_other]
            }
        };
        let ([dh, dc, backward_dh, backward_dc], [first_dh, first_dc, backward_first_dh, backward_first_dc]) =
            (d_final_state, d_initial_state);
        let one = Backward {
            samples,
            x,
            mask,
            saved,
            dy,
            d_final_state: [dh, dc],
            dx: dx.as_deref_mut(),
            d_initial_state: [first_dh, first_dc],
            random,
            scratch: &mut *scratch,
        };
        let [forward_gradients, backward_gradients] = gradients;
        forward.backward(simd, weights[0], one, forward_gradients);
        let one = Backward {
            samples,
            x,
            mask,
            saved: backward_saved,
            dy: backward_dy,
            d_final_state: [backward_dh, backward_dc],
            dx: dx.is_some().then_some(&mut *backward_dx),
            d_initial_state: [backward_first_dh, backward_first_dc],
            random: after(random),
            scratch,
        };
        backward.backward(simd, weights[1], one, backward_gradients);
        if let Some(dx) = dx {
            rt::add(simd, backward_dx, dx);
        }
    }
}

/// The streams of the backward layer: those behind the two of the forward layer.
#[cfg(feature = "alloc")]
fn after(random: Random) -> Random {
    Random { stream: random.stream.wrapping_add(2), ..random }
}
