//! Networks whose `infer` and `step` are looked at by `tests/no_panic.rs`, one function each: the reference networks of
//! the benchmarks, and [`cases`] for the layers and options that those do not have.
//!
//! The functions of the reference networks are compiled for all vectors that the target may have, as `infer` is with the feature
//! `std`; those of the cases are not for AVX-512, which would take another minute and show the same code with wider vectors. The
//! choice among them is the caller's here, so that the standard library's code for it is not looked at.
//!
//! Only the release build that the tests start has the functions: nobody calls them in a debug build, where they would
//! take half a minute to compile.

pub mod cases;
pub mod controls;
#[path = "../../../benches/support/networks.rs"]
pub mod networks;

use std::any::type_name;
use std::sync::LazyLock;

use cases::*;
#[cfg(not(debug_assertions))]
use fearless_simd::Level;
use networks::*;
#[cfg(not(debug_assertions))]
use nn::__rt::{dispatch_each, dispatch_few};
use nn::prelude::*;

/// A function of a network.
#[derive(Clone, Copy, Debug)]
pub struct Function {
    /// Its name in this crate.
    pub name: &'static str,
    /// The path of the network's type.
    pub network: &'static str,
    /// The bytes of the network's weights.
    pub weights: usize,
    /// The bytes that it computes in: the workspace of `infer`, the state of `step`.
    pub memory: usize,
}

impl Function {
    /// Whether it is one of the networks of the benchmarks.
    pub fn is_reference(&self) -> bool {
        self.network.contains("::networks::")
    }
}

/// The functions of some networks, whose memory is of some type.
macro_rules! table {
    ($name:ident, $memory:ident of $trait:ident, $($function:ident: $network:ident),*) => {
        /// These functions.
        pub static $name: LazyLock<Vec<Function>> = LazyLock::new(|| vec![$(Function {
            name: stringify!($function),
            network: type_name::<$network>(),
            weights: size_of::<$network>(),
            memory: size_of::<<$network as $trait>::$memory>(),
        }),*]);
    };
}

/// A function of the network's own, for the test to find.
macro_rules! infer {
    ($($dispatch:ident { $($function:ident: $network:ident),* $(,)? })*) => {
        table!(INFER, Workspace of Network, $($($function: $network),*),*);
        $($(
        #[doc = concat!("`", stringify!($network), "::infer`.")]
        #[cfg(not(debug_assertions))]
        #[inline(never)]
        pub fn $function(
            level: Level,
            network: &$network,
            x: &<$network as Network>::Input,
            workspace: &mut <$network as Network>::Workspace,
            y: &mut <$network as Network>::Output,
        ) {
            $dispatch!(level, simd => network.forward(simd, x, workspace, y));
        }
        )*)*
    };
}

infer! {
    dispatch_each {
        infer_lenet: LeNet,
        infer_keras_cnn: KerasCnn,
        infer_mlp: Mlp,
        infer_rnn: Rnn,
        infer_lstm: Lstm,
        infer_gru: Gru,
        infer_headline: Headline,
        infer_resnet8: ResNet8,
        infer_attention: Attention,
        infer_audio_lstm: AudioLstm,
        infer_audio_gru: AudioGru,
        infer_audio_tcn: AudioTcn,
        infer_audio_dense: AudioDense,
    }
    dispatch_few {
        infer_convolutions: Convolutions,
        infer_depthwise: Depthwise,
        infer_separable: Separable,
        infer_pooling: Pooling,
        infer_overlapping: Overlapping,
        infer_global: Global,
        infer_global_of_few: GlobalOfFew,
        infer_volumes: Volumes,
        infer_attending: Attending,
        infer_videos: Videos,
        infer_volume_convolutions: VolumeConvolutions,
        infer_transposed: Transposed,
        infer_normalized: Normalized,
        infer_normalized_alone: NormalizedAlone,
        infer_slopes: Slopes,
        infer_softmax: SoftmaxOfAxes,
        infer_activations: Activations,
        infer_views: Views,
        infer_tabular: Tabular,
        infer_joint: Joint,
        infer_sequences: Sequences,
        infer_both_ways: BothWays,
        infer_masked: Masked,
        infer_encoder: Encoder,
        infer_pictures_in_time: PicturesInTime,
        infer_joined: Joined,
        infer_moved: Moved,
        infer_arithmetic: Arithmetic,
        infer_sliced: Sliced,
        infer_operations: Operations,
    }
}

/// A step of a streamed network.
macro_rules! step {
    ($($function:ident: $network:ident),* $(,)?) => {
        table!(STEP, State of Stream, $($function: $network),*);
        $(
        #[doc = concat!("`", stringify!($network), "::step`.")]
        #[cfg(not(debug_assertions))]
        #[inline(never)]
        pub fn $function(
            level: Level,
            network: &$network,
            x: &<$network as Stream>::StepInput,
            state: &mut <$network as Stream>::State,
            y: &mut <$network as Stream>::StepOutput,
        ) {
            dispatch_each!(level, simd => network.forward_step(simd, x, state, y));
        }
        )*
    };
}

/// Many steps of a streamed network.
macro_rules! steps {
    ($($function:ident: $network:ident),* $(,)?) => {
        table!(STEPS, State of Stream, $($function: $network),*);
        $(
        #[doc = concat!("`", stringify!($network), "::steps`.")]
        #[cfg(not(debug_assertions))]
        #[inline(never)]
        pub fn $function(
            level: Level,
            network: &$network,
            xs: &[<$network as Stream>::StepInput],
            state: &mut <$network as Stream>::State,
            ys: &mut [<$network as Stream>::StepOutput],
        ) {
            dispatch_each!(level, simd => network.forward_steps(simd, xs, state, ys));
        }
        )*
    };
}

steps! {
    steps_audio_gru: AudioGru,
    steps_audio_tcn: AudioTcn,
    steps_recurrent: Recurrent,
    steps_convolutions: StreamedConvolutions,
    steps_arithmetic: Arithmetic,
}

step! {
    step_audio_lstm: AudioLstm,
    step_audio_gru: AudioGru,
    step_audio_tcn: AudioTcn,
    step_audio_dense: AudioDense,
    step_recurrent: Recurrent,
    step_convolutions: StreamedConvolutions,
    step_arithmetic: Arithmetic,
}
