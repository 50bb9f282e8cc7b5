/// The next of a series of numbers, one at a time.
/**
| layer | output | parameters | multiply-adds |
| --- | --- | ---: | ---: |
| `Input` | 48×1 | | |
| conv1d: `Conv1D<8, 3, padding = causal, activation = relu>` | 48×8 | 32 | 1152 |
| gru: `GRU<16>` | 16 | 1248 | 55296 |
| dense: `Dense<1>` | 1 | 17 | 16 |
*/
#[derive(::core::clone::Clone, ::core::marker::Copy)]
#[repr(C, align(64))]
#[allow(deprecated, unused_braces)]
struct Next {
    /// `Conv1D<8, 3, padding = causal, activation = relu>`
    pub conv1d: ::nn::__rt::conv1d::Conv1D<
        3,
        1,
        8,
        ::core::primitive::f32,
        [::core::primitive::f32; 8],
    >,
    /// `GRU<16>`
    pub gru: ::nn::__rt::gru::GRU<8, 16, ::core::primitive::f32, 2>,
    /// `Dense<1>`
    pub dense: ::nn::__rt::dense::Dense<
        16,
        1,
        ::core::primitive::f32,
        [::core::primitive::f32; 1],
    >,
    #[doc(hidden)]
    pub __padding: [::core::primitive::f32; ::nn::__rt::padding::<
        ::core::primitive::f32,
    >(Next::PARAMETERS)],
}
/// One sample for [`Next`].
type NextInput = ::nn::__rt::Tensor2<48, 1, ::core::primitive::f32>;
/// What [`Next`] makes of one sample.
type NextOutput = ::nn::__rt::Tensor1<1, ::core::primitive::f32>;
/// The memory that [`Next`] needs beside its weights while it infers.
#[allow(deprecated)]
#[derive(::core::clone::Clone, ::core::marker::Copy)]
#[repr(C, align(64))]
struct NextWorkspace(
    [::core::primitive::f32; Next::WORKSPACE_BYTES
        / ::core::mem::size_of::<::core::primitive::f32>()],
);
/// What [`Next`] carries from one call to the next; zeros at the start.
#[allow(deprecated)]
#[derive(
    ::core::clone::Clone,
    ::core::marker::Copy,
    ::core::fmt::Debug,
    ::core::cmp::PartialEq
)]
#[repr(C, align(64))]
struct NextState(
    [::core::primitive::f32; Next::STATE_BYTES
        / ::core::mem::size_of::<::core::primitive::f32>()],
);
/// One time step of a sample for [`Next`].
type NextStepInput = ::nn::__rt::Tensor1<1, ::core::primitive::f32>;
/// What [`Next`] makes of one time step.
type NextStepOutput = ::nn::__rt::Tensor1<1, ::core::primitive::f32>;
#[allow(dead_code, deprecated, unused_imports, unused_variables, unused_braces)]
#[allow(non_camel_case_types, non_snake_case)]
const _: () = {
    use ::nn::__rt::{self as rt, Clone, Copy, Debug, Default, primitives::*};
    rt::names!(
        buffers conv1d conv1d_padded conv1d_scratch dx gradients gru gru_scratch input
        memory other output part pass phase sample samples saved scratch shard simd state
        sums values workspace x y
    );
    const _: rt::markers::Conv1D = rt::markers::Conv1D;
    const _: rt::markers::GRU = rt::markers::GRU;
    const _: rt::markers::Dense = rt::markers::Dense;
    /// `Conv1D<8, 3, padding = causal, activation = relu>`: 48×1 to 48×8.
    #[derive(Clone, Copy)]
    struct Conv1dShape;
    impl rt::conv2d::Conv2DShape for Conv1dShape {
        const INPUT: [usize; 3] = [1, 48, 1];
        const FILTERS: usize = 8;
        const KERNEL_SIZE: [usize; 2] = [1, 3];
        const PADS: [[usize; 2]; 2] = [[0, 0], [2, 0]];
        const TILINGS: rt::Option<rt::tiles::Tilings> = rt::Some(
            rt::tiles::Tilings::new(
                4,
                [
                    rt::tiles::channels(6, 1, 2),
                    rt::tiles::channels(12, 1, 1),
                    rt::tiles::pixels(8, 3, false),
                    rt::tiles::channels(12, 1, 2),
                ],
            ),
        );
    }
    /// `GRU<16>`: 48×8 to 16.
    #[derive(Clone, Copy)]
    struct GruShape;
    impl rt::recurrent::RecurrentShape for GruShape {
        const STEPS: usize = 48;
        const INPUTS: usize = 8;
        const UNITS: usize = 16;
    }
    rt::plain!(Next { conv1d, gru, dense, __padding });
    rt::plain!(NextWorkspace { 0 });
    impl ::core::cmp::PartialEq for Next {
        /// Whether all weights are equal; as in Rust, NaN equals nothing.
        fn eq(&self, other: &Self) -> ::core::primitive::bool {
            rt::Network::as_flat(self) == rt::Network::as_flat(other)
        }
    }
    impl NextWorkspace {
        const LAYOUT: rt::memory::Layout<5> = rt::memory::place([
            rt::memory::region(50, 0, 1),
            rt::memory::region(384, 1, 2),
            rt::memory::region(
                rt::conv2d::scratch_len::<Conv1dShape, rt::conv2d::Plain, f32>(),
                1,
                1,
            ),
            rt::memory::region(16, 2, 3),
            rt::memory::region(rt::gru::scratch_len::<GruShape, f32>(), 2, 2),
        ]);
    }
    struct NextRegions;
    impl NextRegions {
        const CONV1D_PADDED: ::core::ops::Range<usize> = NextWorkspace::LAYOUT.range(0);
        const CONV1D: ::core::ops::Range<usize> = NextWorkspace::LAYOUT.range(1);
        const CONV1D_SCRATCH: ::core::ops::Range<usize> = NextWorkspace::LAYOUT.range(2);
        const GRU: ::core::ops::Range<usize> = NextWorkspace::LAYOUT.range(3);
        const GRU_SCRATCH: ::core::ops::Range<usize> = NextWorkspace::LAYOUT.range(4);
    }
    impl Next {
        /// The weights, in Keras' order, which is the order of the fields.
        pub const PARAMS: &'static [rt::Param] = &[
            rt::Param::new(
                "conv1d.kernel",
                &[3, 1, 8],
                0,
                rt::Initializer::GlorotUniform,
            ),
            rt::Param::new("conv1d.bias", &[8], 24, rt::Initializer::Zeros),
            rt::Param::new("gru.kernel", &[8, 48], 32, rt::Initializer::GlorotUniform),
            rt::Param::new(
                "gru.recurrent_kernel",
                &[16, 48],
                416,
                rt::Initializer::Orthogonal(1.0),
            ),
            rt::Param::new("gru.bias", &[2, 48], 1184, rt::Initializer::Zeros),
            rt::Param::new(
                "dense.kernel",
                &[16, 1],
                1280,
                rt::Initializer::GlorotUniform,
            ),
            rt::Param::new("dense.bias", &[1], 1296, rt::Initializer::Zeros),
        ];
        /// The number of weights, moving statistics included.
        pub const PARAMETERS: usize = rt::param_count(Self::PARAMS);
        /// Multiply-adds for one sample.
        pub const MACS: u64 = rt::mac_count(<Self as rt::Network>::LAYERS);
        /// The size of the workspace, in bytes.
        pub const WORKSPACE_BYTES: usize = NextWorkspace::LAYOUT.len
            * ::core::mem::size_of::<f32>();
    }
    impl rt::Network for Next {
        type Element = f32;
        type Input = NextInput;
        type Output = NextOutput;
        type Workspace = NextWorkspace;
        type Predictions = rt::alloc::vec::Vec<NextOutput>;
        const NAME: &'static str = "Next";
        const PARAMS: &'static [rt::Param] = Self::PARAMS;
        const LAYERS: &'static [rt::LayerInfo] = &[
            rt::LayerInfo::new("input", "InputLayer", &[48, 1], 0, 0, 0),
            rt::LayerInfo::new("conv1d", "Conv1D", &[48, 8], 32, 32, 1152),
            rt::LayerInfo::new("gru", "GRU", &[16], 1248, 1248, 55296),
            rt::LayerInfo::new("dense", "Dense", &[1], 17, 17, 16),
        ];
        #[inline(always)]
        fn forward<S: rt::Simd>(
            &self,
            simd: S,
            x: &NextInput,
            workspace: &mut NextWorkspace,
            y: &mut NextOutput,
        ) {
            let (input, output) = (rt::Tensor::as_flat(x), rt::Tensor::as_flat_mut(y));
            let memory = &mut workspace.0[..];
            {
                let [conv1d_padded] = rt::regions(memory, [NextRegions::CONV1D_PADDED]);
                rt::conv2d::pad(
                    simd,
                    [1, 48, 1],
                    rt::conv2d::Border::new([0, 0], [2, 0]),
                    input,
                    conv1d_padded,
                );
            }
            {
                let [conv1d_padded, conv1d, conv1d_scratch] = rt::regions(
                    memory,
                    [
                        NextRegions::CONV1D_PADDED,
                        NextRegions::CONV1D,
                        NextRegions::CONV1D_SCRATCH,
                    ],
                );
                rt::conv2d::infer(
                    simd,
                    Conv1dShape,
                    rt::conv2d::Plain,
                    &self.conv1d,
                    conv1d_padded,
                    conv1d,
                    conv1d_scratch,
                    rt::Epilogue::bias(&self.conv1d.bias)
                        .activation(rt::activations::Relu),
                );
            }
            {
                let [conv1d, gru, gru_scratch] = rt::regions(
                    memory,
                    [NextRegions::CONV1D, NextRegions::GRU, NextRegions::GRU_SCRATCH],
                );
                rt::gru::infer(
                    simd,
                    GruShape,
                    &self.gru,
                    rt::recurrent::Sequence {
                        x: conv1d,
                        mask: rt::None,
                        initial_state: [rt::None],
                        state: rt::None,
                        y: gru,
                        final_state: [rt::None],
                        scratch: gru_scratch,
                    },
                    rt::activations::Tanh,
                    rt::activations::Sigmoid,
                );
            }
            {
                let [gru] = rt::regions(memory, [NextRegions::GRU]);
                rt::dense::infer(
                    simd,
                    &self.dense,
                    gru,
                    output,
                    rt::Epilogue::bias(&self.dense.bias),
                );
            }
        }
    }
    impl Next {
        /// Runs the network on one sample. Allocates nothing.
        #[inline]
        pub fn infer(&self, x: &NextInput, workspace: &mut NextWorkspace) -> NextOutput {
            rt::Network::infer(self, x, workspace)
        }
        /// The same with a place for the output, which is overwritten: for one that is too large for the stack.
        #[inline]
        pub fn infer_into(
            &self,
            x: &NextInput,
            workspace: &mut NextWorkspace,
            y: &mut NextOutput,
        ) {
            rt::Network::infer_into(self, x, workspace, y);
        }
    }
    impl NextWorkspace {
        /// All zero; no call depends on what is in it.
        pub const fn new() -> Self {
            Self([0.0; _])
        }
    }
    impl ::core::default::Default for NextWorkspace {
        fn default() -> Self {
            Self::new()
        }
    }
    #[derive(Clone, Debug, Default)]
    struct NextActivations {
        input: rt::alloc::vec::Vec<f32>,
        conv1d: rt::alloc::vec::Vec<f32>,
        gru: rt::alloc::vec::Vec<f32>,
        dense: rt::alloc::vec::Vec<f32>,
        gru_saved: rt::alloc::vec::Vec<f32>,
    }
    impl rt::Activations for NextActivations {
        type Element = f32;
        fn new(samples: usize) -> Self {
            let mut buffers = <Self as rt::Default>::default();
            rt::Activations::resize(&mut buffers, samples);
            buffers
        }
        fn resize(&mut self, samples: usize) {
            self.input.resize(samples * 48, 0.0);
            self.conv1d.resize(samples * 384, 0.0);
            self.gru.resize(samples * 16, 0.0);
            self.dense.resize(samples * 1, 0.0);
            self.gru_saved.resize(samples * rt::gru::saved_len::<GruShape>(), 0.0);
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
    impl rt::Train for Next {
        type Activations = NextActivations;
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
            shard: &mut rt::Shard<NextActivations, Self::Element>,
        ) {
            let rt::Shard { samples, ref mut values, ref mut scratch, .. } = *shard;
            rt::conv2d::forward(
                simd,
                Conv1dShape,
                &self.conv1d,
                samples,
                &values.input,
                &mut values.conv1d,
                rt::activations::Relu,
                scratch,
            );
            rt::gru::forward(
                simd,
                GruShape,
                &self.gru,
                rt::recurrent::Forward {
                    samples,
                    x: &values.conv1d,
                    mask: rt::None,
                    initial_state: [rt::None],
                    state: rt::None,
                    y: &mut values.gru,
                    final_state: [rt::None],
                    saved: &mut values.gru_saved,
                    random: <rt::recurrent::Random as rt::Default>::default(),
                    scratch,
                },
                rt::activations::Tanh,
                rt::activations::Sigmoid,
            );
            rt::dense::forward(
                simd,
                &self.dense,
                &values.gru,
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
            shard: &mut rt::Shard<NextActivations, Self::Element>,
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
                &values.gru,
                &gradients.dense,
                &mut sums.dense,
                rt::Some(&mut gradients.gru),
                scratch,
            );
            rt::gru::backward(
                simd,
                GruShape,
                &self.gru,
                rt::recurrent::Backward {
                    samples,
                    x: &values.conv1d,
                    mask: rt::None,
                    saved: &values.gru_saved,
                    dy: &gradients.gru,
                    d_final_state: [rt::None],
                    dx: rt::Some(&mut gradients.conv1d),
                    d_initial_state: [rt::None],
                    random: <rt::recurrent::Random as rt::Default>::default(),
                    scratch,
                },
                &mut sums.gru,
                rt::activations::Tanh,
                rt::activations::Sigmoid,
            );
            rt::activation::backward_in_place(
                simd,
                &values.conv1d,
                &mut gradients.conv1d,
                rt::activations::Relu,
            );
            rt::conv2d::backward(
                simd,
                Conv1dShape,
                &self.conv1d,
                samples,
                &values.input,
                &gradients.conv1d,
                &mut sums.conv1d,
                pass.input_gradient.then_some(&mut gradients.input),
                scratch,
            );
        }
    }
};
#[allow(dead_code, deprecated, unused_imports, unused_variables, unused_braces)]
#[allow(non_camel_case_types, non_snake_case)]
const _: () = {
    use ::nn::__rt::{self as rt, Clone, Copy, Debug, Default, primitives::*};
    rt::names!(
        conv1d gru gru_scratch input memory output part scratch simd state x xs y ys
    );
    /// `Conv1D<8, 3, padding = causal, activation = relu>`: 48×1 to 48×8.
    #[derive(Clone, Copy)]
    struct Conv1dShape;
    impl rt::conv2d::Conv2DShape for Conv1dShape {
        const INPUT: [usize; 3] = [1, 48, 1];
        const FILTERS: usize = 8;
        const KERNEL_SIZE: [usize; 2] = [1, 3];
        const PADS: [[usize; 2]; 2] = [[0, 0], [2, 0]];
    }
    /// `GRU<16>`: 8 to 16.
    #[derive(Clone, Copy)]
    struct GruShape;
    impl rt::recurrent::RecurrentShape for GruShape {
        const STEPS: usize = 1;
        const INPUTS: usize = 8;
        const UNITS: usize = 16;
    }
    rt::plain!(NextState { 0 });
    #[allow(non_upper_case_globals)]
    impl NextState {
        const CONV1D: ::core::ops::Range<usize> = 0..0
            + rt::conv1d::state_len::<Conv1dShape>();
        const GRU: ::core::ops::Range<usize> = Self::CONV1D.end..Self::CONV1D.end + 16;
        /// The elements that are carried; the memory of a step lies behind them, on a cache line of its own.
        const CARRIED: usize = Self::GRU.end.next_multiple_of(16);
        const LAYOUT: rt::memory::Layout<3> = rt::memory::place([
            rt::memory::region(8, 0, 1),
            rt::memory::region(16, 1, 2),
            rt::memory::region(rt::gru::step_scratch_len::<GruShape, f32>(), 1, 1),
        ]);
        const LEN: usize = Self::CARRIED + Self::LAYOUT.len;
        /// The state before the first step: all zero.
        pub const fn new() -> Self {
            Self([0.0; _])
        }
        /// Forgets everything: what a stream needs after a gap.
        pub fn reset(&mut self) {
            *self = Self::new();
        }
    }
    impl ::core::default::Default for NextState {
        fn default() -> Self {
            Self::new()
        }
    }
    impl Next {
        /// The size of the state, in bytes.
        pub const STATE_BYTES: usize = NextState::LEN * ::core::mem::size_of::<f32>();
    }
    struct NextRegions;
    impl NextRegions {
        const CONV1D: ::core::ops::Range<usize> = NextState::LAYOUT.range(0);
        const GRU: ::core::ops::Range<usize> = NextState::LAYOUT.range(1);
        const GRU_SCRATCH: ::core::ops::Range<usize> = NextState::LAYOUT.range(2);
    }
    impl rt::Stream for Next {
        type State = NextState;
        type StepInput = NextStepInput;
        type StepOutput = NextStepOutput;
        const LATENCY: usize = 0;
        const RECEPTIVE_FIELD: rt::Option<usize> = rt::None;
        #[inline(always)]
        fn forward_step<S: rt::Simd>(
            &self,
            simd: S,
            x: &NextStepInput,
            state: &mut NextState,
            y: &mut NextStepOutput,
        ) {
            let (state, memory) = rt::split(&mut state.0, NextState::CARRIED);
            let (input, output) = (rt::Tensor::as_flat(x), rt::Tensor::as_flat_mut(y));
            {
                let [conv1d] = rt::regions(memory, [NextRegions::CONV1D]);
                let state = rt::part(state, NextState::CONV1D);
                rt::conv1d::step(
                    simd,
                    Conv1dShape,
                    &self.conv1d,
                    input,
                    state,
                    conv1d,
                    rt::Epilogue::bias(&self.conv1d.bias)
                        .activation(rt::activations::Relu),
                );
            }
            {
                let [conv1d, gru, gru_scratch] = rt::regions(
                    memory,
                    [NextRegions::CONV1D, NextRegions::GRU, NextRegions::GRU_SCRATCH],
                );
                let state = rt::part(state, NextState::GRU);
                rt::gru::step(
                    simd,
                    GruShape,
                    &self.gru,
                    rt::recurrent::Step {
                        x: conv1d,
                        state: state,
                        y: gru,
                        scratch: gru_scratch,
                    },
                    rt::activations::Tanh,
                    rt::activations::Sigmoid,
                );
            }
            {
                let [gru] = rt::regions(memory, [NextRegions::GRU]);
                rt::dense::infer_in_order::<
                    _,
                    { 0 + 1 },
                    _,
                    _,
                    _,
                    _,
                    _,
                    _,
                >(simd, &self.dense, gru, output, rt::Epilogue::bias(&self.dense.bias));
            }
        }
        const BLOCK: usize = <Self as rt::Blocks>::STEPS;
        #[inline(always)]
        fn forward_steps<S: rt::Simd>(
            &self,
            simd: S,
            xs: &[NextStepInput],
            state: &mut NextState,
            ys: &mut [NextStepOutput],
        ) {
            rt::Blocks::forward_blocks(self, simd, xs, state, ys);
        }
    }
    impl Next {
        /// How many of the first outputs of `step` the whole network does not have: none, but for convolutions
        /// with `padding = valid`.
        pub const LATENCY: usize = <Self as rt::Stream>::LATENCY;
        /// How many time steps of the input an output depends on; `None` if on all that have been.
        pub const RECEPTIVE_FIELD: rt::Option<usize> = <Self as rt::Stream>::RECEPTIVE_FIELD;
        /// Runs one time step. Allocates nothing, and leaves a finite state whatever `x` is.
        #[inline]
        pub fn step(&self, x: &NextStepInput, state: &mut NextState) -> NextStepOutput {
            rt::Stream::step(self, x, state)
        }
        /// Runs as many time steps as `xs` has, faster than one by one and with the same bits. Allocates nothing, and
        /// leaves a finite state whatever `xs` are.
        #[inline]
        pub fn steps(
            &self,
            xs: &[NextStepInput],
            ys: &mut [NextStepOutput],
            state: &mut NextState,
        ) {
            rt::Stream::steps(self, xs, ys, state);
        }
    }
    rt::if_alloc! {
        impl Next { #[doc =
        r" The state that silence leads to, which a stream begins with and goes back to after a gap."]
        pub fn rested(& self) -> rt::alloc::boxed::Box < NextState > {
        rt::Stream::rested(self) } }
    }
};
#[allow(dead_code, deprecated, unused_imports, unused_variables, unused_braces)]
#[allow(non_camel_case_types, non_snake_case)]
const _: () = {
    use ::nn::__rt::{self as rt, Clone, Copy, Debug, Default, primitives::*};
    rt::names!(
        conv1d conv1d_scratch gru gru_scratch input0 memory output0 outputs part rest
        rows scratch simd state x xs y ys
    );
    /// `Conv1D<8, 3, padding = causal, activation = relu>`: 32×1 to 32×8.
    #[derive(Clone, Copy)]
    struct Conv1dShape;
    impl rt::conv2d::Conv2DShape for Conv1dShape {
        const INPUT: [usize; 3] = [1, 1, 1];
        const FILTERS: usize = 8;
        const KERNEL_SIZE: [usize; 2] = [1, 3];
    }
    /// `GRU<16>`: 32×8 to 32×16.
    #[derive(Clone, Copy)]
    struct GruShape;
    impl rt::recurrent::RecurrentShape for GruShape {
        const STEPS: usize = 32;
        const INPUTS: usize = 8;
        const UNITS: usize = 16;
    }
    struct NextBlock;
    impl NextBlock {
        const LAYOUT: rt::memory::Layout<4> = rt::memory::place([
            rt::memory::region(256, 0, 1),
            rt::memory::region(
                rt::conv1d::steps_scratch_len(
                    &<Conv1dShape as rt::conv2d::Conv2DShape>::SIZES,
                    1,
                    32,
                ),
                0,
                0,
            ),
            rt::memory::region(512, 1, 2),
            rt::memory::region(rt::gru::scratch_len::<GruShape, f32>(), 1, 1),
        ]);
        const FITS: bool = rt::block_fits::<f32>(Self::LAYOUT.len);
        const LEN: usize = if Self::FITS { Self::LAYOUT.len } else { 0 };
    }
    struct NextRegions;
    impl NextRegions {
        const CONV1D: ::core::ops::Range<usize> = NextBlock::LAYOUT.range(0);
        const CONV1D_SCRATCH: ::core::ops::Range<usize> = NextBlock::LAYOUT.range(1);
        const GRU: ::core::ops::Range<usize> = NextBlock::LAYOUT.range(2);
        const GRU_SCRATCH: ::core::ops::Range<usize> = NextBlock::LAYOUT.range(3);
    }
    impl rt::Blocks for Next {
        const STEPS: usize = if NextBlock::FITS { 32 } else { 1 };
        #[inline(always)]
        fn forward_blocks<S: rt::Simd>(
            &self,
            simd: S,
            xs: &[NextStepInput],
            state: &mut NextState,
            ys: &mut [NextStepOutput],
        ) {
            let mut memory = rt::Memory::<f32, { NextBlock::LEN }>([0.0; _]);
            let (rows, rest) = rt::blocks::<_, 32>(NextBlock::FITS, xs);
            let (outputs, ys) = rt::blocks_mut::<_, 32>(NextBlock::FITS, ys);
            for (xs, ys) in rows.iter().zip(outputs) {
                let memory = &mut memory.0[..];
                let (state, _) = rt::split(&mut state.0, NextState::CARRIED);
                let [input0] = [rt::flat::<_, f32>(xs)];
                let [output0] = [rt::flat_mut::<_, f32>(ys)];
                {
                    let [conv1d, conv1d_scratch] = rt::regions(
                        memory,
                        [NextRegions::CONV1D, NextRegions::CONV1D_SCRATCH],
                    );
                    let state = rt::part(state, NextState::CONV1D);
                    rt::conv1d::steps(
                        simd,
                        Conv1dShape,
                        1,
                        &self.conv1d,
                        input0,
                        state,
                        conv1d,
                        conv1d_scratch,
                        rt::Epilogue::bias(&self.conv1d.bias)
                            .activation(rt::activations::Relu),
                    );
                }
                {
                    let [conv1d, gru, gru_scratch] = rt::regions(
                        memory,
                        [NextRegions::CONV1D, NextRegions::GRU, NextRegions::GRU_SCRATCH],
                    );
                    let state = rt::part(state, NextState::GRU);
                    rt::gru::steps(
                        simd,
                        GruShape,
                        &self.gru,
                        rt::recurrent::Step {
                            x: conv1d,
                            state: state,
                            y: gru,
                            scratch: gru_scratch,
                        },
                        rt::activations::Tanh,
                        rt::activations::Sigmoid,
                    );
                }
                {
                    let [gru] = rt::regions(memory, [NextRegions::GRU]);
                    rt::dense::infer_in_order::<
                        _,
                        { 0 + 32 },
                        _,
                        _,
                        _,
                        _,
                        _,
                        _,
                    >(
                        simd,
                        &self.dense,
                        gru,
                        output0,
                        rt::Epilogue::bias(&self.dense.bias),
                    );
                }
            }
            rt::single_steps(self, simd, rest, state, ys);
        }
    }
};
