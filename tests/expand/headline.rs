/// Predicts shares from a headline and five side features.
/**
| layer | output | parameters | multiply-adds |
| --- | --- | ---: | ---: |
| headline: `Input` | 100 | | |
| extra: `Input` | 5 | | |
| embedding: `Embedding<10_000, 512>` | 100×512 | 5120000 |  |
| lstm: `LSTM<32>` | 32 | 69760 | 6963200 |
| dense: `Dense<1, activation = sigmoid>` | 1 | 33 | 32 |
| concatenate: `Concatenate` | 37 |  |  |
| dense_1: `Dense<64, activation = relu>` | 64 | 2432 | 2368 |
| dense_2: `Dense<64, activation = relu>` | 64 | 4160 | 4096 |
| dense_3: `Dense<64, activation = relu>` | 64 | 4160 | 4096 |
| dense_4: `Dense<1, activation = sigmoid>` | 1 | 65 | 64 |
*/
#[derive(::core::clone::Clone, ::core::marker::Copy)]
#[repr(C, align(64))]
#[allow(deprecated, unused_braces)]
pub struct Headline {
    /// `Embedding<10_000, 512>`
    pub embedding: ::nn::__rt::embedding::Embedding<10000, 512, ::core::primitive::f32>,
    /// `LSTM<32>`
    pub lstm: ::nn::__rt::lstm::LSTM<512, 32, ::core::primitive::f32, 4>,
    /// `Dense<64, activation = relu>`
    pub dense_1: ::nn::__rt::dense::Dense<
        37,
        64,
        ::core::primitive::f32,
        [::core::primitive::f32; 64],
    >,
    /// `Dense<64, activation = relu>`
    pub dense_2: ::nn::__rt::dense::Dense<
        64,
        64,
        ::core::primitive::f32,
        [::core::primitive::f32; 64],
    >,
    /// `Dense<64, activation = relu>`
    pub dense_3: ::nn::__rt::dense::Dense<
        64,
        64,
        ::core::primitive::f32,
        [::core::primitive::f32; 64],
    >,
    /// `Dense<1, activation = sigmoid>`
    pub dense_4: ::nn::__rt::dense::Dense<
        64,
        1,
        ::core::primitive::f32,
        [::core::primitive::f32; 1],
    >,
    /// `Dense<1, activation = sigmoid>`
    pub dense: ::nn::__rt::dense::Dense<
        32,
        1,
        ::core::primitive::f32,
        [::core::primitive::f32; 1],
    >,
    #[doc(hidden)]
    pub __padding: [::core::primitive::f32; ::nn::__rt::padding::<
        ::core::primitive::f32,
    >(Headline::PARAMETERS)],
}
/// One sample for [`Headline`].
#[derive(
    ::core::clone::Clone,
    ::core::marker::Copy,
    ::core::fmt::Debug,
    ::core::default::Default,
    ::core::cmp::PartialEq,
)]
#[repr(C)]
pub struct HeadlineInput {
    /// 100 of `u32`.
    pub headline: ::nn::__rt::Tensor1<100, ::core::primitive::u32>,
    /// 5 of `f32`.
    pub extra: ::nn::__rt::Tensor1<5, ::core::primitive::f32>,
}
/// What [`Headline`] makes of one sample.
#[derive(
    ::core::clone::Clone,
    ::core::marker::Copy,
    ::core::fmt::Debug,
    ::core::default::Default,
    ::core::cmp::PartialEq,
)]
#[repr(C)]
pub struct HeadlineOutput {
    /// 1 of `f32`.
    pub main: ::nn::__rt::Tensor1<1, ::core::primitive::f32>,
    /// 1 of `f32`.
    pub aux: ::nn::__rt::Tensor1<1, ::core::primitive::f32>,
}
/// The memory that [`Headline`] needs beside its weights while it infers.
#[allow(deprecated)]
#[derive(::core::clone::Clone, ::core::marker::Copy)]
#[repr(C, align(64))]
pub struct HeadlineWorkspace(
    [::core::primitive::f32; Headline::WORKSPACE_BYTES
        / ::core::mem::size_of::<::core::primitive::f32>()],
);
#[allow(dead_code, deprecated, unused_imports, unused_variables, unused_braces)]
#[allow(non_camel_case_types, non_snake_case)]
const _: () = {
    use ::nn::__rt::{self as rt, Clone, Copy, Debug, Default, primitives::*};
    rt::names!(
        buffers concatenate concatenate_extra dense_1 dense_2 dense_3 dlstm dx embedding
        gradients index input list lstm lstm_scratch memory of other output part pass
        phase rows sample samples saved scratch shard simd spare state sums values
        workspace x y
    );
    const _: rt::markers::Embedding = rt::markers::Embedding;
    const _: rt::markers::LSTM = rt::markers::LSTM;
    const _: rt::markers::Dense = rt::markers::Dense;
    const _: rt::markers::Concatenate = rt::markers::Concatenate;
    const _: rt::markers::Dense = rt::markers::Dense;
    const _: rt::markers::Dense = rt::markers::Dense;
    const _: rt::markers::Dense = rt::markers::Dense;
    const _: rt::markers::Dense = rt::markers::Dense;
    /// `LSTM<32>`: 100×512 to 32.
    #[derive(Clone, Copy)]
    struct LstmShape;
    impl rt::recurrent::RecurrentShape for LstmShape {
        const STEPS: usize = 100;
        const INPUTS: usize = 512;
        const UNITS: usize = 32;
    }
    /// `Concatenate`: 32 to 37.
    #[derive(Clone, Copy)]
    struct ConcatenateShape;
    impl rt::concatenate::ConcatenateShape<2> for ConcatenateShape {
        const INPUTS: [&'static [usize]; 2] = [&[32], &[5]];
        const AXIS: usize = 0;
    }
    rt::plain!(
        Headline { embedding, lstm, dense_1, dense_2, dense_3, dense_4, dense, __padding
        }
    );
    rt::plain!(HeadlineWorkspace { 0 });
    impl ::core::cmp::PartialEq for Headline {
        /// Whether all weights are equal; as in Rust, NaN equals nothing.
        fn eq(&self, other: &Self) -> ::core::primitive::bool {
            rt::Network::as_flat(self) == rt::Network::as_flat(other)
        }
    }
    rt::zeroable!(HeadlineInput { headline, extra });
    impl rt::Record for HeadlineInput {
        type Parts = (rt::Tensor1<100, ::core::primitive::u32>, rt::Tensor1<5, f32>);
        const PARTS: &'static [rt::Part] = &[
            rt::Part {
                name: "headline",
                shape: &[100],
                dtype: rt::Dtype::U32,
            },
            rt::Part {
                name: "extra",
                shape: &[5],
                dtype: rt::Dtype::F32,
            },
        ];
        fn part(&self, index: usize) -> &[u8] {
            match index {
                0 => rt::bytemuck::bytes_of(&self.headline),
                1 => rt::bytemuck::bytes_of(&self.extra),
                _ => &[],
            }
        }
        fn part_mut(&mut self, index: usize) -> &mut [u8] {
            match index {
                0 => rt::bytemuck::bytes_of_mut(&mut self.headline),
                1 => rt::bytemuck::bytes_of_mut(&mut self.extra),
                _ => &mut [],
            }
        }
    }
    rt::plain!(HeadlineOutput { main, aux });
    impl rt::Record for HeadlineOutput {
        type Parts = (rt::Tensor1<1, f32>, rt::Tensor1<1, f32>);
        const PARTS: &'static [rt::Part] = &[
            rt::Part {
                name: "main",
                shape: &[1],
                dtype: rt::Dtype::F32,
            },
            rt::Part {
                name: "aux",
                shape: &[1],
                dtype: rt::Dtype::F32,
            },
        ];
        fn part(&self, index: usize) -> &[u8] {
            match index {
                0 => rt::bytemuck::bytes_of(&self.main),
                1 => rt::bytemuck::bytes_of(&self.aux),
                _ => &[],
            }
        }
        fn part_mut(&mut self, index: usize) -> &mut [u8] {
            match index {
                0 => rt::bytemuck::bytes_of_mut(&mut self.main),
                1 => rt::bytemuck::bytes_of_mut(&mut self.aux),
                _ => &mut [],
            }
        }
    }
    impl HeadlineWorkspace {
        const LAYOUT: rt::memory::Layout<6> = rt::memory::place([
            rt::memory::region(51200, 0, 1),
            rt::memory::region(37, 1, 4),
            rt::memory::region(rt::lstm::scratch_len::<LstmShape, f32>(), 1, 1),
            rt::memory::region(64, 4, 5),
            rt::memory::region(64, 5, 6),
            rt::memory::region(64, 6, 7),
        ]);
    }
    struct HeadlineRegions;
    impl HeadlineRegions {
        const EMBEDDING: ::core::ops::Range<usize> = HeadlineWorkspace::LAYOUT.range(0);
        const CONCATENATE: ::core::ops::Range<usize> = HeadlineWorkspace::LAYOUT
            .range(1);
        const LSTM: ::core::ops::Range<usize> = rt::memory::part(
            &Self::CONCATENATE,
            0,
            32,
        );
        const LSTM_SCRATCH: ::core::ops::Range<usize> = HeadlineWorkspace::LAYOUT
            .range(2);
        const CONCATENATE_EXTRA: ::core::ops::Range<usize> = rt::memory::part(
            &Self::CONCATENATE,
            32,
            5,
        );
        const DENSE_1: ::core::ops::Range<usize> = HeadlineWorkspace::LAYOUT.range(3);
        const DENSE_2: ::core::ops::Range<usize> = HeadlineWorkspace::LAYOUT.range(4);
        const DENSE_3: ::core::ops::Range<usize> = HeadlineWorkspace::LAYOUT.range(5);
    }
    impl Headline {
        /// The weights, in Keras' order, which is the order of the fields.
        pub const PARAMS: &'static [rt::Param] = &[
            rt::Param::new(
                "embedding.embeddings",
                &[10000, 512],
                0,
                rt::Initializer::Uniform(-0.05, 0.05),
            ),
            rt::Param::new(
                "lstm.kernel",
                &[512, 128],
                5120000,
                rt::Initializer::GlorotUniform,
            ),
            rt::Param::new(
                "lstm.recurrent_kernel",
                &[32, 128],
                5185536,
                rt::Initializer::Orthogonal(1.0),
            ),
            rt::Param::new(
                "lstm.bias",
                &[128],
                5189632,
                rt::Initializer::UnitForgetBias(&rt::Initializer::Zeros),
            ),
            rt::Param::new(
                "dense_1.kernel",
                &[37, 64],
                5189760,
                rt::Initializer::GlorotUniform,
            ),
            rt::Param::new("dense_1.bias", &[64], 5192128, rt::Initializer::Zeros),
            rt::Param::new(
                "dense_2.kernel",
                &[64, 64],
                5192192,
                rt::Initializer::GlorotUniform,
            ),
            rt::Param::new("dense_2.bias", &[64], 5196288, rt::Initializer::Zeros),
            rt::Param::new(
                "dense_3.kernel",
                &[64, 64],
                5196352,
                rt::Initializer::GlorotUniform,
            ),
            rt::Param::new("dense_3.bias", &[64], 5200448, rt::Initializer::Zeros),
            rt::Param::new(
                "dense_4.kernel",
                &[64, 1],
                5200512,
                rt::Initializer::GlorotUniform,
            ),
            rt::Param::new("dense_4.bias", &[1], 5200576, rt::Initializer::Zeros),
            rt::Param::new(
                "dense.kernel",
                &[32, 1],
                5200577,
                rt::Initializer::GlorotUniform,
            ),
            rt::Param::new("dense.bias", &[1], 5200609, rt::Initializer::Zeros),
        ];
        /// The number of weights, moving statistics included.
        pub const PARAMETERS: usize = rt::param_count(Self::PARAMS);
        /// Multiply-adds for one sample.
        pub const MACS: u64 = rt::mac_count(<Self as rt::Network>::LAYERS);
        /// The size of the workspace, in bytes.
        pub const WORKSPACE_BYTES: usize = HeadlineWorkspace::LAYOUT.len
            * ::core::mem::size_of::<f32>();
    }
    impl rt::Network for Headline {
        type Element = f32;
        type Input = HeadlineInput;
        type Output = HeadlineOutput;
        type Workspace = HeadlineWorkspace;
        type Predictions = ::core::result::Result<
            rt::alloc::vec::Vec<HeadlineOutput>,
            rt::BadSample,
        >;
        const NAME: &'static str = "Headline";
        const PARAMS: &'static [rt::Param] = Self::PARAMS;
        const LAYERS: &'static [rt::LayerInfo] = &[
            rt::LayerInfo::new("headline", "InputLayer", &[100], 0, 0, 0),
            rt::LayerInfo::new("extra", "InputLayer", &[5], 0, 0, 0),
            rt::LayerInfo::new(
                "embedding",
                "Embedding",
                &[100, 512],
                5120000,
                5120000,
                0,
            ),
            rt::LayerInfo::new("lstm", "LSTM", &[32], 69760, 69760, 6963200),
            rt::LayerInfo::new("dense", "Dense", &[1], 33, 33, 32),
            rt::LayerInfo::new("concatenate", "Concatenate", &[37], 0, 0, 0),
            rt::LayerInfo::new("dense_1", "Dense", &[64], 2432, 2432, 2368),
            rt::LayerInfo::new("dense_2", "Dense", &[64], 4160, 4160, 4096),
            rt::LayerInfo::new("dense_3", "Dense", &[64], 4160, 4160, 4096),
            rt::LayerInfo::new("dense_4", "Dense", &[1], 65, 65, 64),
        ];
        fn check_input(x: &HeadlineInput) -> ::core::result::Result<(), rt::BadInput> {
            rt::check_ids("headline", rt::Tensor::as_flat(&x.headline), 10000)?;
            ::core::result::Result::Ok(())
        }
        #[inline(always)]
        fn forward<S: rt::Simd>(
            &self,
            simd: S,
            x: &HeadlineInput,
            workspace: &mut HeadlineWorkspace,
            y: &mut HeadlineOutput,
        ) {
            let memory = &mut workspace.0[..];
            {
                let [embedding] = rt::regions(memory, [HeadlineRegions::EMBEDDING]);
                rt::embedding::infer(
                    &self.embedding,
                    rt::Tensor::as_flat(&x.headline),
                    embedding,
                );
            }
            {
                let [embedding, lstm, lstm_scratch] = rt::regions(
                    memory,
                    [
                        HeadlineRegions::EMBEDDING,
                        HeadlineRegions::LSTM,
                        HeadlineRegions::LSTM_SCRATCH,
                    ],
                );
                rt::lstm::infer(
                    simd,
                    LstmShape,
                    &self.lstm,
                    rt::recurrent::Sequence {
                        x: embedding,
                        mask: rt::None,
                        initial_state: [rt::None, rt::None],
                        state: rt::None,
                        y: lstm,
                        final_state: [rt::None, rt::None],
                        scratch: lstm_scratch,
                    },
                    rt::activations::Tanh,
                    rt::activations::Sigmoid,
                );
            }
            {
                let [lstm] = rt::regions(memory, [HeadlineRegions::LSTM]);
                rt::dense::infer(
                    simd,
                    &self.dense,
                    lstm,
                    rt::Tensor::as_flat_mut(&mut y.aux),
                    rt::Epilogue::bias(&self.dense.bias)
                        .activation(rt::activations::Sigmoid),
                );
            }
            {
                let [concatenate_extra] = rt::regions(
                    memory,
                    [HeadlineRegions::CONCATENATE_EXTRA],
                );
                rt::copy(rt::Tensor::as_flat(&x.extra), concatenate_extra);
            }
            {
                let [concatenate, dense_1] = rt::regions(
                    memory,
                    [HeadlineRegions::CONCATENATE, HeadlineRegions::DENSE_1],
                );
                rt::dense::infer(
                    simd,
                    &self.dense_1,
                    concatenate,
                    dense_1,
                    rt::Epilogue::bias(&self.dense_1.bias)
                        .activation(rt::activations::Relu),
                );
            }
            {
                let [dense_1, dense_2] = rt::regions(
                    memory,
                    [HeadlineRegions::DENSE_1, HeadlineRegions::DENSE_2],
                );
                rt::dense::infer(
                    simd,
                    &self.dense_2,
                    dense_1,
                    dense_2,
                    rt::Epilogue::bias(&self.dense_2.bias)
                        .activation(rt::activations::Relu),
                );
            }
            {
                let [dense_2, dense_3] = rt::regions(
                    memory,
                    [HeadlineRegions::DENSE_2, HeadlineRegions::DENSE_3],
                );
                rt::dense::infer(
                    simd,
                    &self.dense_3,
                    dense_2,
                    dense_3,
                    rt::Epilogue::bias(&self.dense_3.bias)
                        .activation(rt::activations::Relu),
                );
            }
            {
                let [dense_3] = rt::regions(memory, [HeadlineRegions::DENSE_3]);
                rt::dense::infer(
                    simd,
                    &self.dense_4,
                    dense_3,
                    rt::Tensor::as_flat_mut(&mut y.main),
                    rt::Epilogue::bias(&self.dense_4.bias)
                        .activation(rt::activations::Sigmoid),
                );
            }
        }
    }
    impl Headline {
        /// Runs the network on one sample. Allocates nothing.
        #[inline]
        pub fn infer(
            &self,
            x: &HeadlineInput,
            workspace: &mut HeadlineWorkspace,
        ) -> HeadlineOutput {
            rt::Network::infer(self, x, workspace)
        }
        /// The same with a place for the output, which is overwritten: for one that is too large for the stack.
        #[inline]
        pub fn infer_into(
            &self,
            x: &HeadlineInput,
            workspace: &mut HeadlineWorkspace,
            y: &mut HeadlineOutput,
        ) {
            rt::Network::infer_into(self, x, workspace, y);
        }
    }
    impl HeadlineWorkspace {
        /// All zero; no call depends on what is in it.
        pub const fn new() -> Self {
            Self([0.0; _])
        }
    }
    impl ::core::default::Default for HeadlineWorkspace {
        fn default() -> Self {
            Self::new()
        }
    }
    #[derive(Clone, Debug, Default)]
    pub struct HeadlineActivations {
        headline: rt::alloc::vec::Vec<u32>,
        extra: rt::alloc::vec::Vec<f32>,
        embedding: rt::alloc::vec::Vec<f32>,
        lstm: rt::alloc::vec::Vec<f32>,
        dense: rt::alloc::vec::Vec<f32>,
        concatenate: rt::alloc::vec::Vec<f32>,
        dense_1: rt::alloc::vec::Vec<f32>,
        dense_2: rt::alloc::vec::Vec<f32>,
        dense_3: rt::alloc::vec::Vec<f32>,
        dense_4: rt::alloc::vec::Vec<f32>,
        lstm_saved: rt::alloc::vec::Vec<f32>,
        dense_4_logits: rt::alloc::vec::Vec<f32>,
        dense_logits: rt::alloc::vec::Vec<f32>,
    }
    impl rt::Activations for HeadlineActivations {
        type Element = f32;
        fn new(samples: usize) -> Self {
            let mut buffers = <Self as rt::Default>::default();
            rt::Activations::resize(&mut buffers, samples);
            buffers
        }
        fn resize(&mut self, samples: usize) {
            self.headline.resize(samples * 100, 0);
            self.extra.resize(samples * 5, 0.0);
            self.embedding.resize(samples * 51200, 0.0);
            self.lstm.resize(samples * 32, 0.0);
            self.dense.resize(samples * 1, 0.0);
            self.concatenate.resize(samples * 37, 0.0);
            self.dense_1.resize(samples * 64, 0.0);
            self.dense_2.resize(samples * 64, 0.0);
            self.dense_3.resize(samples * 64, 0.0);
            self.dense_4.resize(samples * 1, 0.0);
            self.lstm_saved.resize(samples * rt::lstm::saved_len::<LstmShape>(), 0.0);
            self.dense_4_logits.resize(samples * 1, 0.0);
            self.dense_logits.resize(samples * 1, 0.0);
        }
        fn load(&mut self, sample: usize, part: usize, x: &[u8]) {
            match part {
                0 => rt::load(&mut self.headline, sample, x),
                1 => rt::load(&mut self.extra, sample, x),
                _ => {}
            }
        }
        fn input(&self, part: usize) -> &[f32] {
            match part {
                1 => &self.extra,
                _ => &[],
            }
        }
        fn output(&self, part: usize) -> &[f32] {
            match part {
                0 => &self.dense_4,
                1 => &self.dense,
                _ => &[],
            }
        }
        fn output_mut(&mut self, part: usize) -> &mut [f32] {
            match part {
                0 => &mut self.dense_4,
                1 => &mut self.dense,
                _ => &mut [],
            }
        }
        fn logits(&self, part: usize) -> &[f32] {
            match part {
                0 => &self.dense_4_logits,
                1 => &self.dense_logits,
                _ => &[],
            }
        }
        fn logits_mut(&mut self, part: usize) -> &mut [f32] {
            match part {
                0 => &mut self.dense_4_logits,
                1 => &mut self.dense_logits,
                _ => &mut [],
            }
        }
    }
    impl rt::Train for Headline {
        type Activations = HeadlineActivations;
        const PHASES: usize = 1;
        const OUTPUT_ACTIVATIONS: &'static [rt::OutputActivation] = &[
            rt::OutputActivation::Sigmoid,
            rt::OutputActivation::Sigmoid,
        ];
        const TABLES: &'static [usize] = &[0];
        #[inline(always)]
        fn forward_phase<S: rt::Simd>(
            &self,
            simd: S,
            phase: usize,
            pass: &rt::Pass<'_>,
            shard: &mut rt::Shard<HeadlineActivations, Self::Element>,
        ) {
            let rt::Shard { samples, ref mut values, ref mut scratch, .. } = *shard;
            rt::embedding::infer(
                &self.embedding,
                &values.headline,
                &mut values.embedding,
            );
            rt::lstm::forward(
                simd,
                LstmShape,
                &self.lstm,
                rt::recurrent::Forward {
                    samples,
                    x: &values.embedding,
                    mask: rt::None,
                    initial_state: [rt::None, rt::None],
                    state: rt::None,
                    y: &mut values.lstm,
                    final_state: [rt::None, rt::None],
                    saved: &mut values.lstm_saved,
                    random: <rt::recurrent::Random as rt::Default>::default(),
                    scratch,
                },
                rt::activations::Tanh,
                rt::activations::Sigmoid,
            );
            rt::dense::forward(
                simd,
                &self.dense,
                &values.lstm,
                &mut values.dense_logits,
                rt::activations::Linear,
            );
            rt::activation::infer(
                simd,
                &values.dense_logits,
                &mut values.dense,
                rt::activations::Sigmoid,
            );
            rt::concatenate::forward(
                ConcatenateShape,
                samples,
                [&values.lstm, &values.extra],
                &mut values.concatenate,
            );
            rt::dense::forward(
                simd,
                &self.dense_1,
                &values.concatenate,
                &mut values.dense_1,
                rt::activations::Relu,
            );
            rt::dense::forward(
                simd,
                &self.dense_2,
                &values.dense_1,
                &mut values.dense_2,
                rt::activations::Relu,
            );
            rt::dense::forward(
                simd,
                &self.dense_3,
                &values.dense_2,
                &mut values.dense_3,
                rt::activations::Relu,
            );
            rt::dense::forward(
                simd,
                &self.dense_4,
                &values.dense_3,
                &mut values.dense_4_logits,
                rt::activations::Linear,
            );
            rt::activation::infer(
                simd,
                &values.dense_4_logits,
                &mut values.dense_4,
                rt::activations::Sigmoid,
            );
        }
        #[inline(always)]
        fn backward_phase<S: rt::Simd>(
            &self,
            simd: S,
            phase: usize,
            pass: &rt::Pass<'_>,
            shard: &mut rt::Shard<HeadlineActivations, Self::Element>,
            sums: &mut Self,
        ) {
            let rt::Shard {
                samples,
                ref mut values,
                ref mut gradients,
                ref mut scratch,
                ref mut spare,
                ..
            } = *shard;
            if !pass.from_logits[0] {
                rt::activation::backward(
                    simd,
                    &values.dense_4_logits,
                    &values.dense_4,
                    &gradients.dense_4,
                    &mut gradients.dense_4_logits,
                    rt::activations::Sigmoid,
                );
            }
            rt::dense::backward(
                simd,
                &self.dense_4,
                &values.dense_3,
                &gradients.dense_4_logits,
                &mut sums.dense_4,
                rt::Some(&mut gradients.dense_3),
                scratch,
            );
            rt::activation::backward_in_place(
                simd,
                &values.dense_3,
                &mut gradients.dense_3,
                rt::activations::Relu,
            );
            rt::dense::backward(
                simd,
                &self.dense_3,
                &values.dense_2,
                &gradients.dense_3,
                &mut sums.dense_3,
                rt::Some(&mut gradients.dense_2),
                scratch,
            );
            rt::activation::backward_in_place(
                simd,
                &values.dense_2,
                &mut gradients.dense_2,
                rt::activations::Relu,
            );
            rt::dense::backward(
                simd,
                &self.dense_2,
                &values.dense_1,
                &gradients.dense_2,
                &mut sums.dense_2,
                rt::Some(&mut gradients.dense_1),
                scratch,
            );
            rt::activation::backward_in_place(
                simd,
                &values.dense_1,
                &mut gradients.dense_1,
                rt::activations::Relu,
            );
            rt::dense::backward(
                simd,
                &self.dense_1,
                &values.concatenate,
                &gradients.dense_1,
                &mut sums.dense_1,
                rt::Some(&mut gradients.concatenate),
                scratch,
            );
            rt::concatenate::backward(
                ConcatenateShape,
                samples,
                &gradients.concatenate,
                [
                    rt::Some(&mut gradients.lstm),
                    pass.input_gradient.then_some(&mut gradients.extra),
                ],
            );
            if !pass.from_logits[1] {
                rt::activation::backward(
                    simd,
                    &values.dense_logits,
                    &values.dense,
                    &gradients.dense,
                    &mut gradients.dense_logits,
                    rt::activations::Sigmoid,
                );
            }
            {
                let [dlstm] = rt::spare(spare, samples, [32]);
                rt::dense::backward(
                    simd,
                    &self.dense,
                    &values.lstm,
                    &gradients.dense_logits,
                    &mut sums.dense,
                    rt::Some(dlstm),
                    scratch,
                );
                rt::add(simd, dlstm, &mut gradients.lstm);
            }
            rt::lstm::backward(
                simd,
                LstmShape,
                &self.lstm,
                rt::recurrent::Backward {
                    samples,
                    x: &values.embedding,
                    mask: rt::None,
                    saved: &values.lstm_saved,
                    dy: &gradients.lstm,
                    d_final_state: [rt::None, rt::None],
                    dx: rt::Some(&mut gradients.embedding),
                    d_initial_state: [rt::None, rt::None],
                    random: <rt::recurrent::Random as rt::Default>::default(),
                    scratch,
                },
                &mut sums.lstm,
                rt::activations::Tanh,
                rt::activations::Sigmoid,
            );
            if !pass.rows {
                rt::embedding::backward(
                    simd,
                    &values.headline,
                    &gradients.embedding,
                    &mut sums.embedding,
                );
            }
        }
        fn rows<'a>(
            shard: &'a rt::Shard<HeadlineActivations, Self::Element>,
            of: usize,
            list: &mut rt::alloc::vec::Vec<(u32, &'a [Self::Element])>,
        ) {
            let rt::Shard { ref values, ref gradients, .. } = *shard;
            match of {
                0 => rt::embedding::rows(&values.headline, &gradients.embedding, list),
                _ => {}
            }
        }
    }
};
