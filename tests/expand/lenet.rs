/// LeNet-5 for 28×28 grey-scale digits.
/**
| layer | output | parameters | multiply-adds |
| --- | --- | ---: | ---: |
| `Input` | 28×28×1 | | |
| conv1: `Conv2D<6, 3>` | 26×26×6 | 60 | 36504 |
| max_pooling2d: `MaxPool2D<2>` | 13×13×6 |  |  |
| re_lu: `ReLU` | 13×13×6 |  |  |
| conv2: `Conv2D<16, 3>` | 11×11×16 | 880 | 104544 |
| max_pooling2d_1: `MaxPool2D<2>` | 5×5×16 |  |  |
| re_lu_1: `ReLU` | 5×5×16 |  |  |
| flatten: `Flatten` | 400 |  |  |
| dense: `Dense<120, activation = relu>` | 120 | 48120 | 48000 |
| dense_1: `Dense<84, activation = relu>` | 84 | 10164 | 10080 |
| dense_2: `Dense<10>` | 10 | 850 | 840 |
*/
#[derive(::core::clone::Clone, ::core::marker::Copy)]
#[repr(C, align(64))]
#[allow(deprecated, unused_braces)]
pub struct LeNet {
    /// `Conv2D<6, 3>`
    pub conv1: ::nn::__rt::conv2d::Conv2D<
        3,
        3,
        1,
        6,
        ::core::primitive::f32,
        [::core::primitive::f32; 6],
    >,
    /// `Conv2D<16, 3>`
    pub conv2: ::nn::__rt::conv2d::Conv2D<
        3,
        3,
        6,
        16,
        ::core::primitive::f32,
        [::core::primitive::f32; 16],
    >,
    /// `Dense<120, activation = relu>`
    pub dense: ::nn::__rt::dense::Dense<
        400,
        120,
        ::core::primitive::f32,
        [::core::primitive::f32; 120],
    >,
    /// `Dense<84, activation = relu>`
    pub dense_1: ::nn::__rt::dense::Dense<
        120,
        84,
        ::core::primitive::f32,
        [::core::primitive::f32; 84],
    >,
    /// `Dense<10>`
    pub dense_2: ::nn::__rt::dense::Dense<
        84,
        10,
        ::core::primitive::f32,
        [::core::primitive::f32; 10],
    >,
    #[doc(hidden)]
    pub __padding: [::core::primitive::f32; ::nn::__rt::padding::<
        ::core::primitive::f32,
    >(LeNet::PARAMETERS)],
}
/// One sample for [`LeNet`].
pub type LeNetInput = ::nn::__rt::Tensor3<28, 28, 1, ::core::primitive::f32>;
/// What [`LeNet`] makes of one sample.
pub type LeNetOutput = ::nn::__rt::Tensor1<10, ::core::primitive::f32>;
/// The memory that [`LeNet`] needs beside its weights while it infers.
#[allow(deprecated)]
#[derive(::core::clone::Clone, ::core::marker::Copy)]
#[repr(C, align(64))]
pub struct LeNetWorkspace(
    [::core::primitive::f32; LeNet::WORKSPACE_BYTES
        / ::core::mem::size_of::<::core::primitive::f32>()],
);
#[allow(dead_code, deprecated, unused_imports, unused_variables, unused_braces)]
#[allow(non_camel_case_types, non_snake_case)]
const _: () = {
    use ::nn::__rt::{self as rt, Clone, Copy, Debug, Default, primitives::*};
    rt::names!(
        buffers conv1_scratch conv2_scratch dense dense_1 gradients input kept memory
        other output part pass phase re_lu re_lu_1 rows sample samples scratch shard simd
        sums values workspace x xs y ys
    );
    const _: rt::markers::Conv2D = rt::markers::Conv2D;
    const _: rt::markers::MaxPool2D = rt::markers::MaxPool2D;
    const _: rt::markers::ReLU = rt::markers::ReLU;
    const _: rt::markers::Conv2D = rt::markers::Conv2D;
    const _: rt::markers::MaxPool2D = rt::markers::MaxPool2D;
    const _: rt::markers::ReLU = rt::markers::ReLU;
    const _: rt::markers::Flatten = rt::markers::Flatten;
    const _: rt::markers::Dense = rt::markers::Dense;
    const _: rt::markers::Dense = rt::markers::Dense;
    const _: rt::markers::Dense = rt::markers::Dense;
    /// `Conv2D<6, 3>`: 28×28×1 to 26×26×6.
    #[derive(Clone, Copy)]
    struct Conv1Shape;
    impl rt::conv2d::Conv2DShape for Conv1Shape {
        const INPUT: [usize; 3] = [28, 28, 1];
        const FILTERS: usize = 6;
        const KERNEL_SIZE: [usize; 2] = [3, 3];
        const TILINGS: rt::Option<rt::tiles::Tilings> = rt::Some(
            rt::tiles::Tilings::new(
                4,
                [
                    rt::tiles::channels(4, 1, 2),
                    rt::tiles::channels(9, 1, 1),
                    rt::tiles::pixels(3, 8, true),
                    rt::tiles::channels(9, 1, 2),
                ],
            ),
        );
    }
    /// `MaxPool2D<2>`: 26×26×6 to 13×13×6.
    #[derive(Clone, Copy)]
    struct MaxPooling2dShape;
    impl rt::pool2d::Pool2DShape for MaxPooling2dShape {
        const KIND: rt::pool2d::Kind = rt::pool2d::Kind::Max;
        const INPUT: [usize; 3] = [26, 26, 6];
        const POOL_SIZE: [usize; 2] = [2, 2];
        const STRIDES: [usize; 2] = [2, 2];
    }
    /// `Conv2D<16, 3>`: 13×13×6 to 11×11×16.
    #[derive(Clone, Copy)]
    struct Conv2Shape;
    impl rt::conv2d::Conv2DShape for Conv2Shape {
        const INPUT: [usize; 3] = [13, 13, 6];
        const FILTERS: usize = 16;
        const KERNEL_SIZE: [usize; 2] = [3, 3];
        const TILINGS: rt::Option<rt::tiles::Tilings> = rt::Some(
            rt::tiles::Tilings::new(
                4,
                [
                    rt::tiles::channels(3, 1, 4),
                    rt::tiles::channels(6, 1, 2),
                    rt::tiles::channels(11, 1, 1),
                    rt::tiles::channels(11, 1, 2),
                ],
            ),
        );
    }
    /// `MaxPool2D<2>`: 11×11×16 to 5×5×16.
    #[derive(Clone, Copy)]
    struct MaxPooling2d_1Shape;
    impl rt::pool2d::Pool2DShape for MaxPooling2d_1Shape {
        const KIND: rt::pool2d::Kind = rt::pool2d::Kind::Max;
        const INPUT: [usize; 3] = [11, 11, 16];
        const POOL_SIZE: [usize; 2] = [2, 2];
        const STRIDES: [usize; 2] = [2, 2];
    }
    rt::plain!(LeNet { conv1, conv2, dense, dense_1, dense_2, __padding });
    rt::plain!(LeNetWorkspace { 0 });
    impl ::core::cmp::PartialEq for LeNet {
        /// Whether all weights are equal; as in Rust, NaN equals nothing.
        fn eq(&self, other: &Self) -> ::core::primitive::bool {
            rt::Network::as_flat(self) == rt::Network::as_flat(other)
        }
    }
    impl LeNetWorkspace {
        const LAYOUT: rt::memory::Layout<6> = rt::memory::place([
            rt::memory::region(1014, 0, 1),
            rt::memory::region(
                rt::conv2d::scratch_len::<Conv1Shape, Conv1Destination, f32>(),
                0,
                0,
            ),
            rt::memory::region(400, 1, 2),
            rt::memory::region(
                rt::conv2d::scratch_len::<Conv2Shape, Conv2Destination, f32>(),
                1,
                1,
            ),
            rt::memory::region(120, 2, 3),
            rt::memory::region(84, 3, 4),
        ]);
    }
    struct LeNetRegions;
    impl LeNetRegions {
        const RE_LU: ::core::ops::Range<usize> = LeNetWorkspace::LAYOUT.range(0);
        const CONV1_SCRATCH: ::core::ops::Range<usize> = LeNetWorkspace::LAYOUT.range(1);
        const RE_LU_1: ::core::ops::Range<usize> = LeNetWorkspace::LAYOUT.range(2);
        const CONV2_SCRATCH: ::core::ops::Range<usize> = LeNetWorkspace::LAYOUT.range(3);
        const DENSE: ::core::ops::Range<usize> = LeNetWorkspace::LAYOUT.range(4);
        const DENSE_1: ::core::ops::Range<usize> = LeNetWorkspace::LAYOUT.range(5);
    }
    impl LeNet {
        /// The weights, in Keras' order, which is the order of the fields.
        pub const PARAMS: &'static [rt::Param] = &[
            rt::Param::new(
                "conv1.kernel",
                &[3, 3, 1, 6],
                0,
                rt::Initializer::GlorotUniform,
            ),
            rt::Param::new("conv1.bias", &[6], 54, rt::Initializer::Zeros),
            rt::Param::new(
                "conv2.kernel",
                &[3, 3, 6, 16],
                60,
                rt::Initializer::GlorotUniform,
            ),
            rt::Param::new("conv2.bias", &[16], 924, rt::Initializer::Zeros),
            rt::Param::new(
                "dense.kernel",
                &[400, 120],
                940,
                rt::Initializer::GlorotUniform,
            ),
            rt::Param::new("dense.bias", &[120], 48940, rt::Initializer::Zeros),
            rt::Param::new(
                "dense_1.kernel",
                &[120, 84],
                49060,
                rt::Initializer::GlorotUniform,
            ),
            rt::Param::new("dense_1.bias", &[84], 59140, rt::Initializer::Zeros),
            rt::Param::new(
                "dense_2.kernel",
                &[84, 10],
                59224,
                rt::Initializer::GlorotUniform,
            ),
            rt::Param::new("dense_2.bias", &[10], 60064, rt::Initializer::Zeros),
        ];
        /// The number of weights, moving statistics included.
        pub const PARAMETERS: usize = rt::param_count(Self::PARAMS);
        /// Multiply-adds for one sample.
        pub const MACS: u64 = rt::mac_count(<Self as rt::Network>::LAYERS);
        /// The size of the workspace, in bytes.
        pub const WORKSPACE_BYTES: usize = LeNetWorkspace::LAYOUT.len
            * ::core::mem::size_of::<f32>();
    }
    #[derive(Clone, Copy)]
    struct Conv1Destination;
    impl rt::conv2d::Destination<Conv1Shape> for Conv1Destination {
        const POOL: rt::Option<rt::conv2d::Pooling> = rt::Some(rt::conv2d::Pooling {
            kind: rt::pool2d::Kind::Max,
            size: [2, 2],
        });
        const TILINGS: rt::Option<rt::tiles::Tilings> = rt::Some(
            rt::tiles::Tilings::new(
                    4,
                    [
                        rt::tiles::channels(1, 4, 2),
                        rt::tiles::pixels(3, 4, true),
                        rt::tiles::pixels(6, 4, true),
                        rt::tiles::pixels(6, 4, true),
                    ],
                )
                .bare([
                    rt::tiles::channels(1, 4, 2),
                    rt::tiles::pixels(3, 4, true),
                    rt::tiles::pixels(6, 4, false),
                    rt::tiles::channels(2, 4, 2),
                ]),
        );
    }
    #[derive(Clone, Copy)]
    struct Conv2Destination;
    impl rt::conv2d::Destination<Conv2Shape> for Conv2Destination {
        const POOL: rt::Option<rt::conv2d::Pooling> = rt::Some(rt::conv2d::Pooling {
            kind: rt::pool2d::Kind::Max,
            size: [2, 2],
        });
        const TILINGS: rt::Option<rt::tiles::Tilings> = rt::Some(
            rt::tiles::Tilings::new(
                4,
                [
                    rt::tiles::channels(5, 1, 2),
                    rt::tiles::channels(5, 1, 2),
                    rt::tiles::channels(5, 2, 1),
                    rt::tiles::channels(5, 1, 4),
                ],
            ),
        );
    }
    struct LeNetSample;
    impl LeNetSample {
        const LAYOUT: rt::memory::Layout<2> = rt::memory::place([
            rt::memory::region(400, 1, 2),
            rt::memory::region(120, 2, 3),
        ]);
    }
    struct LeNetKept;
    impl LeNetKept {
        const RE_LU_1: ::core::ops::Range<usize> = LeNetSample::LAYOUT.range(0);
        const DENSE: ::core::ops::Range<usize> = LeNetSample::LAYOUT.range(1);
    }
    impl rt::Network for LeNet {
        type Element = f32;
        type Input = LeNetInput;
        type Output = LeNetOutput;
        type Workspace = LeNetWorkspace;
        type Predictions = rt::alloc::vec::Vec<LeNetOutput>;
        const NAME: &'static str = "LeNet";
        const PARAMS: &'static [rt::Param] = Self::PARAMS;
        const LAYERS: &'static [rt::LayerInfo] = &[
            rt::LayerInfo::new("input", "InputLayer", &[28, 28, 1], 0, 0, 0),
            rt::LayerInfo::new("conv1", "Conv2D", &[26, 26, 6], 60, 60, 36504),
            rt::LayerInfo::new("max_pooling2d", "MaxPooling2D", &[13, 13, 6], 0, 0, 0),
            rt::LayerInfo::new("re_lu", "ReLU", &[13, 13, 6], 0, 0, 0),
            rt::LayerInfo::new("conv2", "Conv2D", &[11, 11, 16], 880, 880, 104544),
            rt::LayerInfo::new("max_pooling2d_1", "MaxPooling2D", &[5, 5, 16], 0, 0, 0),
            rt::LayerInfo::new("re_lu_1", "ReLU", &[5, 5, 16], 0, 0, 0),
            rt::LayerInfo::new("flatten", "Flatten", &[400], 0, 0, 0),
            rt::LayerInfo::new("dense", "Dense", &[120], 48120, 48120, 48000),
            rt::LayerInfo::new("dense_1", "Dense", &[84], 10164, 10164, 10080),
            rt::LayerInfo::new("dense_2", "Dense", &[10], 850, 850, 840),
        ];
        #[inline(always)]
        fn forward<S: rt::Simd>(
            &self,
            simd: S,
            x: &LeNetInput,
            workspace: &mut LeNetWorkspace,
            y: &mut LeNetOutput,
        ) {
            let (input, output) = (rt::Tensor::as_flat(x), rt::Tensor::as_flat_mut(y));
            let memory = &mut workspace.0[..];
            {
                let [re_lu, conv1_scratch] = rt::regions(
                    memory,
                    [LeNetRegions::RE_LU, LeNetRegions::CONV1_SCRATCH],
                );
                rt::conv2d::infer(
                    simd,
                    Conv1Shape,
                    Conv1Destination,
                    &self.conv1,
                    input,
                    re_lu,
                    conv1_scratch,
                    rt::Epilogue::bias(&self.conv1.bias)
                        .after_pool(rt::activations::Relu),
                );
            }
            {
                let [re_lu, re_lu_1, conv2_scratch] = rt::regions(
                    memory,
                    [
                        LeNetRegions::RE_LU,
                        LeNetRegions::RE_LU_1,
                        LeNetRegions::CONV2_SCRATCH,
                    ],
                );
                rt::conv2d::infer(
                    simd,
                    Conv2Shape,
                    Conv2Destination,
                    &self.conv2,
                    re_lu,
                    re_lu_1,
                    conv2_scratch,
                    rt::Epilogue::bias(&self.conv2.bias)
                        .after_pool(rt::activations::Relu),
                );
            }
            {
                let [re_lu_1, dense] = rt::regions(
                    memory,
                    [LeNetRegions::RE_LU_1, LeNetRegions::DENSE],
                );
                rt::dense::infer(
                    simd,
                    &self.dense,
                    re_lu_1,
                    dense,
                    rt::Epilogue::bias(&self.dense.bias)
                        .activation(rt::activations::Relu),
                );
            }
            {
                let [dense, dense_1] = rt::regions(
                    memory,
                    [LeNetRegions::DENSE, LeNetRegions::DENSE_1],
                );
                rt::dense::infer(
                    simd,
                    &self.dense_1,
                    dense,
                    dense_1,
                    rt::Epilogue::bias(&self.dense_1.bias)
                        .activation(rt::activations::Relu),
                );
            }
            {
                let [dense_1] = rt::regions(memory, [LeNetRegions::DENSE_1]);
                rt::dense::infer(
                    simd,
                    &self.dense_2,
                    dense_1,
                    output,
                    rt::Epilogue::bias(&self.dense_2.bias),
                );
            }
        }
        const TOGETHER: usize = rt::shape::together(
            &[48000],
            LeNetSample::LAYOUT.len * ::core::mem::size_of::<f32>(),
        );
        #[inline(always)]
        fn forward_together<S: rt::Simd>(
            &self,
            simd: S,
            xs: &[&LeNetInput],
            workspace: &mut LeNetWorkspace,
            [kept,
            scratch,
            ]: &mut [rt::alloc::vec::Vec<f32>; 2],
            ys: &mut [LeNetOutput],
        ) {
            for ((x, kept), y) in xs
                .iter()
                .copied()
                .zip(rt::kept(kept, xs.len(), LeNetSample::LAYOUT.len))
                .zip(&mut *ys)
            {
                let (input, output) = (
                    rt::Tensor::as_flat(x),
                    rt::Tensor::as_flat_mut(y),
                );
                let memory = &mut workspace.0[..];
                {
                    let [re_lu, conv1_scratch] = rt::regions(
                        memory,
                        [LeNetRegions::RE_LU, LeNetRegions::CONV1_SCRATCH],
                    );
                    rt::conv2d::infer(
                        simd,
                        Conv1Shape,
                        Conv1Destination,
                        &self.conv1,
                        input,
                        re_lu,
                        conv1_scratch,
                        rt::Epilogue::bias(&self.conv1.bias)
                            .after_pool(rt::activations::Relu),
                    );
                }
                {
                    let [re_lu, re_lu_1, conv2_scratch] = rt::regions(
                        memory,
                        [
                            LeNetRegions::RE_LU,
                            LeNetRegions::RE_LU_1,
                            LeNetRegions::CONV2_SCRATCH,
                        ],
                    );
                    rt::conv2d::infer(
                        simd,
                        Conv2Shape,
                        Conv2Destination,
                        &self.conv2,
                        re_lu,
                        re_lu_1,
                        conv2_scratch,
                        rt::Epilogue::bias(&self.conv2.bias)
                            .after_pool(rt::activations::Relu),
                    );
                }
                rt::carry(memory, LeNetRegions::RE_LU_1, kept, LeNetKept::RE_LU_1);
            }
            {
                let rows = xs
                    .iter()
                    .copied()
                    .zip(rt::kept(kept, xs.len(), LeNetSample::LAYOUT.len))
                    .zip(&mut *ys)
                    .map(|((x, kept), y)| {
                        let (input, output) = (
                            rt::Tensor::as_flat(x),
                            rt::Tensor::as_flat_mut(y),
                        );
                        let [re_lu_1, dense] = rt::regions(
                            kept,
                            [LeNetKept::RE_LU_1, LeNetKept::DENSE],
                        );
                        (&*re_lu_1, &mut *dense)
                    });
                rt::dense::together(
                    simd,
                    &self.dense,
                    xs.len(),
                    rows,
                    scratch,
                    rt::Epilogue::bias(&self.dense.bias)
                        .activation(rt::activations::Relu),
                );
            }
            for ((x, kept), y) in xs
                .iter()
                .copied()
                .zip(rt::kept(kept, xs.len(), LeNetSample::LAYOUT.len))
                .zip(&mut *ys)
            {
                let (input, output) = (
                    rt::Tensor::as_flat(x),
                    rt::Tensor::as_flat_mut(y),
                );
                let memory = &mut workspace.0[..];
                rt::carry(kept, LeNetKept::DENSE, memory, LeNetRegions::DENSE);
                {
                    let [dense, dense_1] = rt::regions(
                        memory,
                        [LeNetRegions::DENSE, LeNetRegions::DENSE_1],
                    );
                    rt::dense::infer(
                        simd,
                        &self.dense_1,
                        dense,
                        dense_1,
                        rt::Epilogue::bias(&self.dense_1.bias)
                            .activation(rt::activations::Relu),
                    );
                }
                {
                    let [dense_1] = rt::regions(memory, [LeNetRegions::DENSE_1]);
                    rt::dense::infer(
                        simd,
                        &self.dense_2,
                        dense_1,
                        output,
                        rt::Epilogue::bias(&self.dense_2.bias),
                    );
                }
            }
        }
    }
    impl LeNet {
        /// Runs the network on one sample. Allocates nothing.
        #[inline]
        pub fn infer(
            &self,
            x: &LeNetInput,
            workspace: &mut LeNetWorkspace,
        ) -> LeNetOutput {
            rt::Network::infer(self, x, workspace)
        }
        /// The same with a place for the output, which is overwritten: for one that is too large for the stack.
        #[inline]
        pub fn infer_into(
            &self,
            x: &LeNetInput,
            workspace: &mut LeNetWorkspace,
            y: &mut LeNetOutput,
        ) {
            rt::Network::infer_into(self, x, workspace, y);
        }
    }
    impl LeNetWorkspace {
        /// All zero; no call depends on what is in it.
        pub const fn new() -> Self {
            Self([0.0; _])
        }
    }
    impl ::core::default::Default for LeNetWorkspace {
        fn default() -> Self {
            Self::new()
        }
    }
    #[derive(Clone, Debug, Default)]
    pub struct LeNetActivations {
        input: rt::alloc::vec::Vec<f32>,
        conv1: rt::alloc::vec::Vec<f32>,
        max_pooling2d: rt::alloc::vec::Vec<f32>,
        re_lu: rt::alloc::vec::Vec<f32>,
        conv2: rt::alloc::vec::Vec<f32>,
        max_pooling2d_1: rt::alloc::vec::Vec<f32>,
        re_lu_1: rt::alloc::vec::Vec<f32>,
        dense: rt::alloc::vec::Vec<f32>,
        dense_1: rt::alloc::vec::Vec<f32>,
        dense_2: rt::alloc::vec::Vec<f32>,
    }
    impl rt::Activations for LeNetActivations {
        type Element = f32;
        fn new(samples: usize) -> Self {
            let mut buffers = <Self as rt::Default>::default();
            rt::Activations::resize(&mut buffers, samples);
            buffers
        }
        fn resize(&mut self, samples: usize) {
            self.input.resize(samples * 784, 0.0);
            self.conv1.resize(samples * 4056, 0.0);
            self.max_pooling2d.resize(samples * 1014, 0.0);
            self.re_lu.resize(samples * 1014, 0.0);
            self.conv2.resize(samples * 1936, 0.0);
            self.max_pooling2d_1.resize(samples * 400, 0.0);
            self.re_lu_1.resize(samples * 400, 0.0);
            self.dense.resize(samples * 120, 0.0);
            self.dense_1.resize(samples * 84, 0.0);
            self.dense_2.resize(samples * 10, 0.0);
        }
        fn load(&mut self, sample: usize, part: usize, x: &[u8]) {
            rt::load(&mut self.input, sample, x);
        }
        fn input(&self, part: usize) -> &[f32] {
            &self.input
        }
        fn output(&self, part: usize) -> &[f32] {
            &self.dense_2
        }
        fn output_mut(&mut self, part: usize) -> &mut [f32] {
            &mut self.dense_2
        }
        fn logits(&self, part: usize) -> &[f32] {
            &self.dense_2
        }
        fn logits_mut(&mut self, part: usize) -> &mut [f32] {
            &mut self.dense_2
        }
    }
    impl rt::Train for LeNet {
        type Activations = LeNetActivations;
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
            shard: &mut rt::Shard<LeNetActivations, Self::Element>,
        ) {
            let rt::Shard { samples, ref mut values, ref mut scratch, .. } = *shard;
            rt::conv2d::forward(
                simd,
                Conv1Shape,
                &self.conv1,
                samples,
                &values.input,
                &mut values.conv1,
                rt::activations::Linear,
                scratch,
            );
            rt::pool2d::forward(
                simd,
                MaxPooling2dShape,
                samples,
                &values.conv1,
                &mut values.max_pooling2d,
            );
            rt::activation::infer(
                simd,
                &values.max_pooling2d,
                &mut values.re_lu,
                rt::activations::Relu,
            );
            rt::conv2d::forward(
                simd,
                Conv2Shape,
                &self.conv2,
                samples,
                &values.re_lu,
                &mut values.conv2,
                rt::activations::Linear,
                scratch,
            );
            rt::pool2d::forward(
                simd,
                MaxPooling2d_1Shape,
                samples,
                &values.conv2,
                &mut values.max_pooling2d_1,
            );
            rt::activation::infer(
                simd,
                &values.max_pooling2d_1,
                &mut values.re_lu_1,
                rt::activations::Relu,
            );
            rt::dense::forward(
                simd,
                &self.dense,
                &values.re_lu_1,
                &mut values.dense,
                rt::activations::Relu,
            );
            rt::dense::forward(
                simd,
                &self.dense_1,
                &values.dense,
                &mut values.dense_1,
                rt::activations::Relu,
            );
            rt::dense::forward(
                simd,
                &self.dense_2,
                &values.dense_1,
                &mut values.dense_2,
                rt::activations::Linear,
            );
        }
        #[inline(always)]
        fn backward_phase<S: rt::Simd>(
            &self,
            simd: S,
            phase: usize,
            pass: &rt::Pass<'_>,
            shard: &mut rt::Shard<LeNetActivations, Self::Element>,
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
                &values.dense,
                &gradients.dense_1,
                &mut sums.dense_1,
                rt::Some(&mut gradients.dense),
                scratch,
            );
            rt::activation::backward_in_place(
                simd,
                &values.dense,
                &mut gradients.dense,
                rt::activations::Relu,
            );
            rt::dense::backward(
                simd,
                &self.dense,
                &values.re_lu_1,
                &gradients.dense,
                &mut sums.dense,
                rt::Some(&mut gradients.re_lu_1),
                scratch,
            );
            rt::activation::backward(
                simd,
                &values.max_pooling2d_1,
                &values.re_lu_1,
                &gradients.re_lu_1,
                &mut gradients.max_pooling2d_1,
                rt::activations::Relu,
            );
            rt::pool2d::backward(
                simd,
                MaxPooling2d_1Shape,
                samples,
                &values.conv2,
                &values.max_pooling2d_1,
                &gradients.max_pooling2d_1,
                &mut gradients.conv2,
            );
            rt::conv2d::backward(
                simd,
                Conv2Shape,
                &self.conv2,
                samples,
                &values.re_lu,
                &gradients.conv2,
                &mut sums.conv2,
                rt::Some(&mut gradients.re_lu),
                scratch,
            );
            rt::activation::backward(
                simd,
                &values.max_pooling2d,
                &values.re_lu,
                &gradients.re_lu,
                &mut gradients.max_pooling2d,
                rt::activations::Relu,
            );
            rt::pool2d::backward(
                simd,
                MaxPooling2dShape,
                samples,
                &values.conv1,
                &values.max_pooling2d,
                &gradients.max_pooling2d,
                &mut gradients.conv1,
            );
            rt::conv2d::backward(
                simd,
                Conv1Shape,
                &self.conv1,
                samples,
                &values.input,
                &gradients.conv1,
                &mut sums.conv1,
                pass.input_gradient.then_some(&mut gradients.input),
                scratch,
            );
        }
    }
};
