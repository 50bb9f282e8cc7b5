/// With layers of one's own, and functions that regularize.
/**
| layer | output | parameters | multiply-adds |
| --- | --- | ---: | ---: |
| `Input` | 4×8 | | |
| gate: `Custom<crate::Gate<8>, stateful = true>` | 4×8 | … |  |
| lambda: `Lambda<Sums, output = 4>` | 4 |  |  |
| dense: `Dense<2, kernel_regularizer = crate::smooth, kernel_constraint = crate::sums_to_one>` | 2 | 10 | 8 |
*/
#[derive(::core::clone::Clone, ::core::marker::Copy)]
#[repr(C, align(64))]
#[allow(deprecated, unused_braces)]
pub struct Gated {
    /// `Custom<crate::Gate<8>, stateful = true>`
    pub gate: ::nn::__rt::custom::CustomWeights<
        { <GatedOwn as ::nn::__rt::custom::Own<0>>::LEN },
        ::core::primitive::f32,
    >,
    /// `Dense<2, kernel_regularizer = crate::smooth, kernel_constraint = crate::sums_to_one>`
    pub dense: ::nn::__rt::dense::Dense<
        4,
        2,
        ::core::primitive::f32,
        [::core::primitive::f32; 2],
    >,
    #[doc(hidden)]
    pub __padding: [::core::primitive::f32; ::nn::__rt::padding::<
        ::core::primitive::f32,
    >(Gated::PARAMETERS)],
}
/// One sample for [`Gated`].
pub type GatedInput = ::nn::__rt::Tensor2<4, 8, ::core::primitive::f32>;
/// What [`Gated`] makes of one sample.
pub type GatedOutput = ::nn::__rt::Tensor1<2, ::core::primitive::f32>;
/// The memory that [`Gated`] needs beside its weights while it infers.
#[allow(deprecated)]
#[derive(::core::clone::Clone, ::core::marker::Copy)]
#[repr(C, align(64))]
pub struct GatedWorkspace(
    [::core::primitive::f32; Gated::WORKSPACE_BYTES
        / ::core::mem::size_of::<::core::primitive::f32>()],
);
/// What [`Gated`] carries from one call to the next; zeros at the start.
#[allow(deprecated)]
#[derive(
    ::core::clone::Clone,
    ::core::marker::Copy,
    ::core::fmt::Debug,
    ::core::cmp::PartialEq
)]
#[repr(C, align(64))]
pub struct GatedState(
    [::core::primitive::f32; Gated::STATE_BYTES
        / ::core::mem::size_of::<::core::primitive::f32>()],
);
#[doc(hidden)]
struct GatedOwn;
impl ::nn::__rt::custom::Own<0> for GatedOwn {
    type Input = ::nn::__rt::Tensor2<4, 8, ::core::primitive::f32>;
    type Output = ::nn::__rt::Tensor2<4, 8, ::core::primitive::f32>;
    type Layer = crate::Gate<8>;
}
impl ::nn::__rt::custom::Own<1> for GatedOwn {
    type Input = ::nn::__rt::Tensor2<4, 8, ::core::primitive::f32>;
    type Output = ::nn::__rt::Tensor1<4, ::core::primitive::f32>;
    type Layer = ::nn::__rt::custom::Weightless<Sums>;
}
#[allow(deprecated, unused_braces)]
const _: () = {
    use ::nn::__rt as __nn_rt;
    impl Gated {
        #[doc(hidden)]
        const __PENALTY_0: __nn_rt::Penalty = crate::smooth;
        #[doc(hidden)]
        const __CONSTRAINT_1: __nn_rt::Project = crate::sums_to_one;
    }
};
#[allow(dead_code, deprecated, unused_imports, unused_variables, unused_braces)]
#[allow(non_camel_case_types, non_snake_case)]
const _: () = {
    use ::nn::__rt::{self as rt, Clone, Copy, Debug, Default, primitives::*};
    rt::names!(
        buffers gate gate_scratch gradients input kept lambda lambda_scratch memory other
        output part pass phase sample samples saved scratch shard simd state states sums
        values workspace x y
    );
    const _: () = rt::custom::fits::<
        GatedOwn,
        0,
    >("Custom<crate::Gate<8>, stateful = true>");
    const _: () = rt::custom::fits::<GatedOwn, 1>("Lambda<Sums, output = 4>");
    const _: rt::markers::Custom = rt::markers::Custom;
    const _: rt::markers::Lambda = rt::markers::Lambda;
    const _: rt::markers::Dense = rt::markers::Dense;
    rt::plain!(Gated { gate, dense, __padding });
    rt::plain!(GatedWorkspace { 0 });
    impl ::core::cmp::PartialEq for Gated {
        /// Whether all weights are equal; as in Rust, NaN equals nothing.
        fn eq(&self, other: &Self) -> ::core::primitive::bool {
            rt::Network::as_flat(self) == rt::Network::as_flat(other)
        }
    }
    impl GatedWorkspace {
        const LAYOUT: rt::memory::Layout<4> = rt::memory::place([
            rt::memory::region(32, 0, 1),
            rt::memory::region(<GatedOwn as rt::custom::Own<0>>::SCRATCH, 0, 0),
            rt::memory::region(4, 1, 2),
            rt::memory::region(<GatedOwn as rt::custom::Own<1>>::SCRATCH, 1, 1),
        ]);
    }
    struct GatedRegions;
    impl GatedRegions {
        const GATE: ::core::ops::Range<usize> = GatedWorkspace::LAYOUT.range(0);
        const GATE_SCRATCH: ::core::ops::Range<usize> = GatedWorkspace::LAYOUT.range(1);
        const LAMBDA: ::core::ops::Range<usize> = GatedWorkspace::LAYOUT.range(2);
        const LAMBDA_SCRATCH: ::core::ops::Range<usize> = GatedWorkspace::LAYOUT
            .range(3);
    }
    impl Gated {
        /// The weights, in Keras' order, which is the order of the fields.
        pub const PARAMS: &'static [rt::Param] = {
            const ENTRIES: &[rt::custom::Entry] = &[
                rt::custom::Entry::Layer {
                    name: "gate",
                    weights: <GatedOwn as rt::custom::Own<0>>::LIST,
                    trainable: true,
                },
                rt::custom::Entry::One(
                    rt::Param::new(
                            "dense.kernel",
                            &[4, 2],
                            0,
                            rt::Initializer::GlorotUniform,
                        )
                        .penalty(Gated::__PENALTY_0)
                        .constraint(rt::Constraint::Custom(Gated::__CONSTRAINT_1)),
                ),
                rt::custom::Entry::One(
                    rt::Param::new("dense.bias", &[2], 8, rt::Initializer::Zeros),
                ),
            ];
            const NAMES: &[u8] = &rt::custom::names::<
                { rt::custom::name_len(ENTRIES) },
            >(ENTRIES);
            &rt::custom::params::<{ rt::custom::count(ENTRIES) }>(ENTRIES, NAMES)
        };
        /// The number of weights, moving statistics included.
        pub const PARAMETERS: usize = rt::param_count(Self::PARAMS);
        /// Multiply-adds for one sample.
        pub const MACS: u64 = rt::mac_count(<Self as rt::Network>::LAYERS);
        /// The size of the workspace, in bytes.
        pub const WORKSPACE_BYTES: usize = GatedWorkspace::LAYOUT.len
            * ::core::mem::size_of::<f32>();
    }
    rt::plain!(GatedState { 0 });
    #[allow(non_upper_case_globals)]
    impl GatedState {
        const GATE: ::core::ops::Range<usize> = 0..0
            + <GatedOwn as rt::custom::Own<0>>::STATE;
        /// The elements that are carried; the memory of a step lies behind them, on a cache line of its own.
        const CARRIED: usize = Self::GATE.end.next_multiple_of(16);
        const LEN: usize = Self::CARRIED;
        /// The state before the first step: all zero.
        pub const fn new() -> Self {
            Self([0.0; _])
        }
        /// Forgets everything: what a stream needs after a gap.
        pub fn reset(&mut self) {
            *self = Self::new();
        }
    }
    impl ::core::default::Default for GatedState {
        fn default() -> Self {
            Self::new()
        }
    }
    impl Gated {
        /// The size of the state, in bytes.
        pub const STATE_BYTES: usize = GatedState::LEN * ::core::mem::size_of::<f32>();
    }
    impl rt::Network for Gated {
        type Element = f32;
        type Input = GatedInput;
        type Output = GatedOutput;
        type Workspace = GatedWorkspace;
        type Predictions = rt::alloc::vec::Vec<GatedOutput>;
        const NAME: &'static str = "Gated";
        const PARAMS: &'static [rt::Param] = Self::PARAMS;
        const LAYERS: &'static [rt::LayerInfo] = &[
            rt::LayerInfo::new("input", "InputLayer", &[4, 8], 0, 0, 0),
            rt::LayerInfo::new(
                "gate",
                "Custom",
                &[4, 8],
                <GatedOwn as rt::custom::Own<0>>::LEN,
                <GatedOwn as rt::custom::Own<0>>::TRAINABLE,
                0,
            ),
            rt::LayerInfo::new("lambda", "Lambda", &[4], 0, 0, 0),
            rt::LayerInfo::new("dense", "Dense", &[2], 10, 10, 8),
        ];
        #[inline(always)]
        fn forward<S: rt::Simd>(
            &self,
            simd: S,
            x: &GatedInput,
            workspace: &mut GatedWorkspace,
            y: &mut GatedOutput,
        ) {
            rt::Stateful::forward_from(
                self,
                simd,
                x,
                &mut GatedState::new(),
                workspace,
                y,
            );
        }
    }
    impl Gated {
        /// Runs the network on one sample. Allocates nothing.
        #[inline]
        pub fn infer(
            &self,
            x: &GatedInput,
            workspace: &mut GatedWorkspace,
        ) -> GatedOutput {
            rt::Network::infer(self, x, workspace)
        }
        /// The same with a place for the output, which is overwritten: for one that is too large for the stack.
        #[inline]
        pub fn infer_into(
            &self,
            x: &GatedInput,
            workspace: &mut GatedWorkspace,
            y: &mut GatedOutput,
        ) {
            rt::Network::infer_into(self, x, workspace, y);
        }
    }
    impl GatedWorkspace {
        /// All zero; no call depends on what is in it.
        pub const fn new() -> Self {
            Self([0.0; _])
        }
    }
    impl ::core::default::Default for GatedWorkspace {
        fn default() -> Self {
            Self::new()
        }
    }
    impl rt::Stateful for Gated {
        type State = GatedState;
        #[inline(always)]
        fn forward_from<S: rt::Simd>(
            &self,
            simd: S,
            x: &GatedInput,
            state: &mut GatedState,
            workspace: &mut GatedWorkspace,
            y: &mut GatedOutput,
        ) {
            let state = &mut state.0[..];
            let (input, output) = (rt::Tensor::as_flat(x), rt::Tensor::as_flat_mut(y));
            let memory = &mut workspace.0[..];
            {
                let [gate, gate_scratch] = rt::regions(
                    memory,
                    [GatedRegions::GATE, GatedRegions::GATE_SCRATCH],
                );
                let state = rt::part(state, GatedState::GATE);
                rt::custom::infer::<
                    GatedOwn,
                    0,
                >(&self.gate.0, input, gate, gate_scratch, rt::Some(state));
            }
            {
                let [gate, lambda, lambda_scratch] = rt::regions(
                    memory,
                    [
                        GatedRegions::GATE,
                        GatedRegions::LAMBDA,
                        GatedRegions::LAMBDA_SCRATCH,
                    ],
                );
                rt::custom::infer::<
                    GatedOwn,
                    1,
                >(&[], gate, lambda, lambda_scratch, rt::None);
            }
            {
                let [lambda] = rt::regions(memory, [GatedRegions::LAMBDA]);
                rt::dense::infer(
                    simd,
                    &self.dense,
                    lambda,
                    output,
                    rt::Epilogue::bias(&self.dense.bias),
                );
            }
        }
    }
    impl Gated {
        /// Runs the network on the next part of a sequence: the `stateful` layers go on where `state` left them.
        /// Allocates nothing.
        #[inline]
        pub fn infer_stateful(
            &self,
            x: &GatedInput,
            state: &mut GatedState,
            workspace: &mut GatedWorkspace,
        ) -> GatedOutput {
            rt::Stateful::infer_stateful(self, x, state, workspace)
        }
    }
    #[derive(Clone, Debug, Default)]
    pub struct GatedActivations {
        input: rt::alloc::vec::Vec<f32>,
        gate: rt::alloc::vec::Vec<f32>,
        lambda: rt::alloc::vec::Vec<f32>,
        dense: rt::alloc::vec::Vec<f32>,
        gate_saved: rt::alloc::vec::Vec<f32>,
        lambda_saved: rt::alloc::vec::Vec<f32>,
    }
    impl rt::Activations for GatedActivations {
        type Element = f32;
        const STATE_LEN: usize = GatedState::CARRIED;
        fn new(samples: usize) -> Self {
            let mut buffers = <Self as rt::Default>::default();
            rt::Activations::resize(&mut buffers, samples);
            buffers
        }
        fn resize(&mut self, samples: usize) {
            self.input.resize(samples * 32, 0.0);
            self.gate.resize(samples * 32, 0.0);
            self.lambda.resize(samples * 4, 0.0);
            self.dense.resize(samples * 2, 0.0);
            self.gate_saved
                .resize(samples * <GatedOwn as rt::custom::Own<0>>::SAVED, 0.0);
            self.lambda_saved
                .resize(samples * <GatedOwn as rt::custom::Own<1>>::SAVED, 0.0);
        }
        fn load(&mut self, sample: usize, part: usize, x: &[u8]) {
            rt::load(&mut self.input, sample, x);
        }
        fn input(&self, part: usize) -> &[f32] {
            &self.input
        }
        fn output(&self, part: usize) -> &[f32] {
            &self.dense
        }
        fn output_mut(&mut self, part: usize) -> &mut [f32] {
            &mut self.dense
        }
        fn logits(&self, part: usize) -> &[f32] {
            &self.dense
        }
        fn logits_mut(&mut self, part: usize) -> &mut [f32] {
            &mut self.dense
        }
    }
    impl rt::Train for Gated {
        type Activations = GatedActivations;
        const PHASES: usize = 1;
        const OUTPUT_ACTIVATIONS: &'static [rt::OutputActivation] = &[
            rt::OutputActivation::Other,
        ];
        #[inline(always)]
        fn forward_phase<S: rt::Simd>(
            &self,
            simd: S,
            phase: usize,
            pass: &rt::Pass<'_>,
            shard: &mut rt::Shard<GatedActivations, Self::Element>,
        ) {
            let rt::Shard {
                samples,
                ref mut values,
                ref mut scratch,
                ref mut states,
                ..
            } = *shard;
            rt::custom::forward::<
                GatedOwn,
                0,
            >(
                &self.gate.0,
                samples,
                (&values.input, &mut values.gate),
                &mut values.gate_saved,
                rt::Some(
                    rt::recurrent::Carried::new(
                        states,
                        GatedState::CARRIED,
                        GatedState::GATE.start,
                    ),
                ),
                scratch,
            );
            rt::custom::forward::<
                GatedOwn,
                1,
            >(
                &[],
                samples,
                (&values.gate, &mut values.lambda),
                &mut values.lambda_saved,
                rt::None,
                scratch,
            );
            rt::dense::forward(
                simd,
                &self.dense,
                &values.lambda,
                &mut values.dense,
                rt::activations::Linear,
            );
        }
        #[inline(always)]
        fn backward_phase<S: rt::Simd>(
            &self,
            simd: S,
            phase: usize,
            pass: &rt::Pass<'_>,
            shard: &mut rt::Shard<GatedActivations, Self::Element>,
            sums: &mut Self,
        ) {
            let rt::Shard {
                samples,
                ref mut values,
                ref mut gradients,
                ref mut scratch,
                ..
            } = *shard;
            rt::dense::backward(
                simd,
                &self.dense,
                &values.lambda,
                &gradients.dense,
                &mut sums.dense,
                rt::Some(&mut gradients.lambda),
                scratch,
            );
            rt::custom::backward::<
                GatedOwn,
                1,
            >(
                &[],
                samples,
                rt::custom::Back {
                    x: &values.gate,
                    y: &values.lambda,
                    dy: &gradients.lambda,
                    saved: &values.lambda_saved,
                },
                rt::Some(&mut gradients.gate),
                &mut [],
                scratch,
            );
            rt::custom::backward::<
                GatedOwn,
                0,
            >(
                &self.gate.0,
                samples,
                rt::custom::Back {
                    x: &values.input,
                    y: &values.gate,
                    dy: &gradients.gate,
                    saved: &values.gate_saved,
                },
                pass.input_gradient.then_some(&mut gradients.input),
                &mut sums.gate.0,
                scratch,
            );
        }
        #[inline(always)]
        fn forward_carried<S: rt::Simd>(
            &self,
            simd: S,
            x: &GatedInput,
            state: &mut [Self::Element],
            workspace: &mut GatedWorkspace,
            y: &mut GatedOutput,
        ) {
            let mut kept = GatedState::new();
            rt::copy(state, &mut kept.0[..GatedState::CARRIED]);
            rt::Stateful::forward_from(self, simd, x, &mut kept, workspace, y);
            rt::copy(&kept.0[..GatedState::CARRIED], state);
        }
    }
};
