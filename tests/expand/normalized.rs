/// A convolution whose BatchNormalization becomes part of it, and one with zeros around its input.
/**
| layer | output | parameters | multiply-adds |
| --- | --- | ---: | ---: |
| `Input` | 12×12×3 | | |
| conv2d: `Conv2D<8, 3, use_bias = false>` | 10×10×8 | 216 | 21600 |
| batch_normalization: `BatchNorm` | 10×10×8 | 32 | 800 |
| re_lu: `ReLU` | 10×10×8 |  |  |
| conv2d_1: `Conv2D<8, 3, padding = same>` | 10×10×8 | 584 | 57600 |
| global_average_pooling2d: `GlobalAvgPool2D` | 8 |  |  |
| dropout: `Dropout<0.2>` | 8 |  |  |
| dense: `Dense<4, activation = softmax>` | 4 | 36 | 32 |
*/
#[derive(::core::clone::Clone, ::core::marker::Copy)]
#[repr(C, align(64))]
#[allow(deprecated, unused_braces)]
struct Normalized {
    /// `Conv2D<8, 3, use_bias = false>`
    pub conv2d: ::nn::__rt::conv2d::Conv2D<
        3,
        3,
        3,
        8,
        ::core::primitive::f32,
        [::core::primitive::f32; 0],
    >,
    /// `BatchNorm`
    pub batch_normalization: ::nn::__rt::batch_normalization::BatchNormalization<
        8,
        ::core::primitive::f32,
        [::core::primitive::f32; 8],
        [::core::primitive::f32; 8],
    >,
    /// `Conv2D<8, 3, padding = same>`
    pub conv2d_1: ::nn::__rt::conv2d::Conv2D<
        3,
        3,
        8,
        8,
        ::core::primitive::f32,
        [::core::primitive::f32; 8],
    >,
    /// `Dense<4, activation = softmax>`
    pub dense: ::nn::__rt::dense::Dense<
        8,
        4,
        ::core::primitive::f32,
        [::core::primitive::f32; 4],
    >,
    #[doc(hidden)]
    pub __padding: [::core::primitive::f32; ::nn::__rt::padding::<
        ::core::primitive::f32,
    >(Normalized::PARAMETERS)],
}
/// One sample for [`Normalized`].
type NormalizedInput = ::nn::__rt::Tensor3<12, 12, 3, ::core::primitive::f32>;
/// What [`Normalized`] makes of one sample.
type NormalizedOutput = ::nn::__rt::Tensor1<4, ::core::primitive::f32>;
/// The memory that [`Normalized`] needs beside its weights while it infers.
#[allow(deprecated)]
#[derive(::core::clone::Clone, ::core::marker::Copy)]
#[repr(C, align(64))]
struct NormalizedWorkspace(
    [::core::primitive::f32; Normalized::WORKSPACE_BYTES
        / ::core::mem::size_of::<::core::primitive::f32>()],
);
#[allow(dead_code, deprecated, unused_imports, unused_variables, unused_braces)]
#[allow(non_camel_case_types, non_snake_case)]
const _: () = {
    use ::nn::__rt::{self as rt, Clone, Copy, Debug, Default, primitives::*};
    rt::names!(
        batch_normalization_folded buffers conv2d_1 conv2d_1_scratch conv2d_scratch
        dense_linear first global_average_pooling2d gradients input memory other output
        part pass phase re_lu sample samples scale scratch shard shift simd statistics
        sums values workspace x y
    );
    const _: rt::markers::Conv2D = rt::markers::Conv2D;
    const _: rt::markers::BatchNorm = rt::markers::BatchNorm;
    const _: rt::markers::ReLU = rt::markers::ReLU;
    const _: rt::markers::Conv2D = rt::markers::Conv2D;
    const _: rt::markers::GlobalAvgPool2D = rt::markers::GlobalAvgPool2D;
    const _: rt::markers::Dropout = rt::markers::Dropout;
    const _: rt::markers::Dense = rt::markers::Dense;
    /// `Conv2D<8, 3, use_bias = false>`: 12×12×3 to 10×10×8.
    #[derive(Clone, Copy)]
    struct Conv2dShape;
    impl rt::conv2d::Conv2DShape for Conv2dShape {
        const INPUT: [usize; 3] = [12, 12, 3];
        const FILTERS: usize = 8;
        const KERNEL_SIZE: [usize; 2] = [3, 3];
        const TILINGS: rt::Option<rt::tiles::Tilings> = rt::Some(
            rt::tiles::Tilings::new(
                4,
                [
                    rt::tiles::channels(5, 1, 2),
                    rt::tiles::channels(10, 1, 1),
                    rt::tiles::pixels(4, 4, true),
                    rt::tiles::channels(10, 1, 2),
                ],
            ),
        );
    }
    /// `Conv2D<8, 3, padding = same>`: 10×10×8 to 10×10×8.
    #[derive(Clone, Copy)]
    struct Conv2d_1Shape;
    impl rt::conv2d::Conv2DShape for Conv2d_1Shape {
        const INPUT: [usize; 3] = [10, 10, 8];
        const FILTERS: usize = 8;
        const KERNEL_SIZE: [usize; 2] = [3, 3];
        const PADS: [[usize; 2]; 2] = [[1, 1], [1, 1]];
        const TILINGS: rt::Option<rt::tiles::Tilings> = rt::Some(
            rt::tiles::Tilings::new(
                4,
                [
                    rt::tiles::channels(5, 1, 2),
                    rt::tiles::channels(10, 1, 1),
                    rt::tiles::pixels(4, 4, true),
                    rt::tiles::channels(10, 1, 2),
                ],
            ),
        );
    }
    rt::plain!(Normalized { conv2d, batch_normalization, conv2d_1, dense, __padding });
    rt::plain!(NormalizedWorkspace { 0 });
    impl ::core::cmp::PartialEq for Normalized {
        /// Whether all weights are equal; as in Rust, NaN equals nothing.
        fn eq(&self, other: &Self) -> ::core::primitive::bool {
            rt::Network::as_flat(self) == rt::Network::as_flat(other)
        }
    }
    impl NormalizedWorkspace {
        const LAYOUT: rt::memory::Layout<7> = rt::memory::place([
            rt::memory::region(1152, 0, 1),
            rt::memory::region(
                rt::conv2d::scratch_len::<Conv2dShape, Conv2dDestination, f32>(),
                0,
                0,
            ),
            rt::memory::region(16, 0, 0),
            rt::memory::region(800, 1, 2),
            rt::memory::region(
                rt::conv2d::scratch_len::<Conv2d_1Shape, rt::conv2d::Plain, f32>(),
                1,
                1,
            ),
            rt::memory::region(8, 2, 3),
            rt::memory::region(4, 3, 4),
        ]);
    }
    struct NormalizedRegions;
    impl NormalizedRegions {
        const RE_LU: ::core::ops::Range<usize> = NormalizedWorkspace::LAYOUT.range(0);
        const CONV2D_SCRATCH: ::core::ops::Range<usize> = NormalizedWorkspace::LAYOUT
            .range(1);
        const BATCH_NORMALIZATION_FOLDED: ::core::ops::Range<usize> = NormalizedWorkspace::LAYOUT
            .range(2);
        const CONV2D_1: ::core::ops::Range<usize> = NormalizedWorkspace::LAYOUT.range(3);
        const CONV2D_1_SCRATCH: ::core::ops::Range<usize> = NormalizedWorkspace::LAYOUT
            .range(4);
        const GLOBAL_AVERAGE_POOLING2D: ::core::ops::Range<usize> = NormalizedWorkspace::LAYOUT
            .range(5);
        const DENSE_LINEAR: ::core::ops::Range<usize> = NormalizedWorkspace::LAYOUT
            .range(6);
    }
    impl Normalized {
        /// The weights, in Keras' order, which is the order of the fields.
        pub const PARAMS: &'static [rt::Param] = &[
            rt::Param::new(
                "conv2d.kernel",
                &[3, 3, 3, 8],
                0,
                rt::Initializer::GlorotUniform,
            ),
            rt::Param::new(
                "batch_normalization.gamma",
                &[8],
                216,
                rt::Initializer::Ones,
            ),
            rt::Param::new(
                "batch_normalization.beta",
                &[8],
                224,
                rt::Initializer::Zeros,
            ),
            rt::Param::new(
                    "batch_normalization.moving_mean",
                    &[8],
                    232,
                    rt::Initializer::Zeros,
                )
                .frozen(),
            rt::Param::new(
                    "batch_normalization.moving_variance",
                    &[8],
                    240,
                    rt::Initializer::Ones,
                )
                .frozen(),
            rt::Param::new(
                "conv2d_1.kernel",
                &[3, 3, 8, 8],
                248,
                rt::Initializer::GlorotUniform,
            ),
            rt::Param::new("conv2d_1.bias", &[8], 824, rt::Initializer::Zeros),
            rt::Param::new("dense.kernel", &[8, 4], 832, rt::Initializer::GlorotUniform),
            rt::Param::new("dense.bias", &[4], 864, rt::Initializer::Zeros),
        ];
        /// The number of weights, moving statistics included.
        pub const PARAMETERS: usize = rt::param_count(Self::PARAMS);
        /// Multiply-adds for one sample.
        pub const MACS: u64 = rt::mac_count(<Self as rt::Network>::LAYERS);
        /// The size of the workspace, in bytes.
        pub const WORKSPACE_BYTES: usize = NormalizedWorkspace::LAYOUT.len
            * ::core::mem::size_of::<f32>();
    }
    #[derive(Clone, Copy)]
    struct Conv2dDestination;
    impl rt::conv2d::Destination<Conv2dShape> for Conv2dDestination {
        const BORDER: rt::conv2d::Border = rt::conv2d::Border::new([1, 1], [1, 1]);
        const TILINGS: rt::Option<rt::tiles::Tilings> = rt::Some(
            rt::tiles::Tilings::new(
                4,
                [
                    rt::tiles::channels(5, 1, 2),
                    rt::tiles::channels(10, 1, 1),
                    rt::tiles::pixels(4, 4, true),
                    rt::tiles::channels(10, 1, 2),
                ],
            ),
        );
    }
    impl rt::Network for Normalized {
        type Element = f32;
        type Input = NormalizedInput;
        type Output = NormalizedOutput;
        type Workspace = NormalizedWorkspace;
        type Predictions = rt::alloc::vec::Vec<NormalizedOutput>;
        const NAME: &'static str = "Normalized";
        const PARAMS: &'static [rt::Param] = Self::PARAMS;
        const LAYERS: &'static [rt::LayerInfo] = &[
            rt::LayerInfo::new("input", "InputLayer", &[12, 12, 3], 0, 0, 0),
            rt::LayerInfo::new("conv2d", "Conv2D", &[10, 10, 8], 216, 216, 21600),
            rt::LayerInfo::new(
                "batch_normalization",
                "BatchNormalization",
                &[10, 10, 8],
                32,
                16,
                800,
            ),
            rt::LayerInfo::new("re_lu", "ReLU", &[10, 10, 8], 0, 0, 0),
            rt::LayerInfo::new("conv2d_1", "Conv2D", &[10, 10, 8], 584, 584, 57600),
            rt::LayerInfo::new(
                "global_average_pooling2d",
                "GlobalAveragePooling2D",
                &[8],
                0,
                0,
                0,
            ),
            rt::LayerInfo::new("dropout", "Dropout", &[8], 0, 0, 0),
            rt::LayerInfo::new("dense", "Dense", &[4], 36, 36, 32),
        ];
        #[inline(always)]
        fn forward<S: rt::Simd>(
            &self,
            simd: S,
            x: &NormalizedInput,
            workspace: &mut NormalizedWorkspace,
            y: &mut NormalizedOutput,
        ) {
            let (input, output) = (rt::Tensor::as_flat(x), rt::Tensor::as_flat_mut(y));
            let memory = &mut workspace.0[..];
            {
                let [re_lu, conv2d_scratch, batch_normalization_folded] = rt::regions(
                    memory,
                    [
                        NormalizedRegions::RE_LU,
                        NormalizedRegions::CONV2D_SCRATCH,
                        NormalizedRegions::BATCH_NORMALIZATION_FOLDED,
                    ],
                );
                rt::conv2d::clear_border(
                    [10, 10, 8],
                    rt::conv2d::Border::new([1, 1], [1, 1]),
                    re_lu,
                );
                let (scale, shift) = rt::split(&mut batch_normalization_folded[..], 8);
                rt::batch_normalization::fold(
                    simd,
                    &self.batch_normalization,
                    0.001,
                    scale,
                    shift,
                );
                rt::conv2d::infer(
                    simd,
                    Conv2dShape,
                    Conv2dDestination,
                    &self.conv2d,
                    input,
                    re_lu,
                    conv2d_scratch,
                    rt::Epilogue::bias(&self.conv2d.bias)
                        .affine((scale, shift))
                        .activation(rt::activations::Relu),
                );
            }
            {
                let [re_lu, conv2d_1, conv2d_1_scratch] = rt::regions(
                    memory,
                    [
                        NormalizedRegions::RE_LU,
                        NormalizedRegions::CONV2D_1,
                        NormalizedRegions::CONV2D_1_SCRATCH,
                    ],
                );
                rt::conv2d::infer(
                    simd,
                    Conv2d_1Shape,
                    rt::conv2d::Plain,
                    &self.conv2d_1,
                    re_lu,
                    conv2d_1,
                    conv2d_1_scratch,
                    rt::Epilogue::bias(&self.conv2d_1.bias),
                );
            }
            {
                let [conv2d_1, global_average_pooling2d] = rt::regions(
                    memory,
                    [
                        NormalizedRegions::CONV2D_1,
                        NormalizedRegions::GLOBAL_AVERAGE_POOLING2D,
                    ],
                );
                rt::global_pool2d::infer(
                    simd,
                    rt::pool2d::Kind::Average,
                    [10, 10, 8],
                    conv2d_1,
                    global_average_pooling2d,
                );
            }
            {
                let [global_average_pooling2d, dense_linear] = rt::regions(
                    memory,
                    [
                        NormalizedRegions::GLOBAL_AVERAGE_POOLING2D,
                        NormalizedRegions::DENSE_LINEAR,
                    ],
                );
                rt::dense::infer(
                    simd,
                    &self.dense,
                    global_average_pooling2d,
                    dense_linear,
                    rt::Epilogue::bias(&self.dense.bias),
                );
            }
            {
                let [dense_linear] = rt::regions(
                    memory,
                    [NormalizedRegions::DENSE_LINEAR],
                );
                rt::softmax::infer(simd, [1, 4, 1], dense_linear, output);
            }
        }
    }
    impl Normalized {
        /// Runs the network on one sample. Allocates nothing.
        #[inline]
        pub fn infer(
            &self,
            x: &NormalizedInput,
            workspace: &mut NormalizedWorkspace,
        ) -> NormalizedOutput {
            rt::Network::infer(self, x, workspace)
        }
        /// The same with a place for the output, which is overwritten: for one that is too large for the stack.
        #[inline]
        pub fn infer_into(
            &self,
            x: &NormalizedInput,
            workspace: &mut NormalizedWorkspace,
            y: &mut NormalizedOutput,
        ) {
            rt::Network::infer_into(self, x, workspace, y);
        }
    }
    impl NormalizedWorkspace {
        /// All zero; no call depends on what is in it.
        pub const fn new() -> Self {
            Self([0.0; _])
        }
    }
    impl ::core::default::Default for NormalizedWorkspace {
        fn default() -> Self {
            Self::new()
        }
    }
    #[derive(Clone, Debug, Default)]
    struct NormalizedActivations {
        input: rt::alloc::vec::Vec<f32>,
        conv2d: rt::alloc::vec::Vec<f32>,
        batch_normalization: rt::alloc::vec::Vec<f32>,
        re_lu: rt::alloc::vec::Vec<f32>,
        conv2d_1: rt::alloc::vec::Vec<f32>,
        global_average_pooling2d: rt::alloc::vec::Vec<f32>,
        dropout: rt::alloc::vec::Vec<f32>,
        dense_linear: rt::alloc::vec::Vec<f32>,
        dense: rt::alloc::vec::Vec<f32>,
        __batch_normalization_partial: rt::batch_normalization::Partial<f32>,
    }
    impl rt::Activations for NormalizedActivations {
        type Element = f32;
        fn new(samples: usize) -> Self {
            let mut buffers = <Self as rt::Default>::default();
            rt::Activations::resize(&mut buffers, samples);
            buffers
        }
        fn resize(&mut self, samples: usize) {
            self.input.resize(samples * 432, 0.0);
            self.conv2d.resize(samples * 800, 0.0);
            self.batch_normalization.resize(samples * 800, 0.0);
            self.re_lu.resize(samples * 800, 0.0);
            self.conv2d_1.resize(samples * 800, 0.0);
            self.global_average_pooling2d.resize(samples * 8, 0.0);
            self.dropout.resize(samples * 8, 0.0);
            self.dense_linear.resize(samples * 4, 0.0);
            self.dense.resize(samples * 4, 0.0);
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
            &self.dense_linear
        }
        fn logits_mut(&mut self, part: usize) -> &mut [f32] {
            &mut self.dense_linear
        }
        fn partial(
            &self,
            phase: usize,
        ) -> rt::Option<&rt::batch_normalization::Partial<f32>> {
            match phase {
                0 => rt::Some(&self.__batch_normalization_partial),
                _ => rt::None,
            }
        }
    }
    impl rt::Train for Normalized {
        type Activations = NormalizedActivations;
        const PHASES: usize = 2;
        const OUTPUT_ACTIVATIONS: &'static [rt::OutputActivation] = &[
            rt::OutputActivation::Softmax,
        ];
        #[inline(always)]
        fn forward_phase<S: rt::Simd>(
            &self,
            simd: S,
            phase: usize,
            pass: &rt::Pass<'_>,
            shard: &mut rt::Shard<NormalizedActivations, Self::Element>,
        ) {
            let rt::Shard { samples, first, ref mut values, ref mut scratch, .. } = *shard;
            match phase {
                0 => {
                    rt::conv2d::forward(
                        simd,
                        Conv2dShape,
                        &self.conv2d,
                        samples,
                        &values.input,
                        &mut values.conv2d,
                        rt::activations::Linear,
                        scratch,
                    );
                    rt::batch_normalization::gather(
                        simd,
                        [100, 8, 1],
                        samples,
                        &values.conv2d,
                        &mut values.__batch_normalization_partial,
                    );
                }
                1 => {
                    rt::batch_normalization::forward(
                        simd,
                        [100, 8, 1],
                        &self.batch_normalization,
                        &pass.statistics[0],
                        0.001,
                        samples,
                        &values.conv2d,
                        &mut values.batch_normalization,
                    );
                    rt::activation::infer(
                        simd,
                        &values.batch_normalization,
                        &mut values.re_lu,
                        rt::activations::Relu,
                    );
                    rt::conv2d::forward(
                        simd,
                        Conv2d_1Shape,
                        &self.conv2d_1,
                        samples,
                        &values.re_lu,
                        &mut values.conv2d_1,
                        rt::activations::Linear,
                        scratch,
                    );
                    rt::global_pool2d::forward(
                        simd,
                        rt::pool2d::Kind::Average,
                        [10, 10, 8],
                        samples,
                        &values.conv2d_1,
                        &mut values.global_average_pooling2d,
                    );
                    rt::dropout::forward(
                        simd,
                        0.2,
                        pass.key,
                        0,
                        (first * 8) as u64,
                        &values.global_average_pooling2d,
                        &mut values.dropout,
                    );
                    rt::dense::forward(
                        simd,
                        &self.dense,
                        &values.dropout,
                        &mut values.dense_linear,
                        rt::activations::Linear,
                    );
                    rt::softmax::infer(
                        simd,
                        [samples, 4, 1],
                        &values.dense_linear,
                        &mut values.dense,
                    );
                }
                _ => {}
            }
        }
        #[inline(always)]
        fn backward_phase<S: rt::Simd>(
            &self,
            simd: S,
            phase: usize,
            pass: &rt::Pass<'_>,
            shard: &mut rt::Shard<NormalizedActivations, Self::Element>,
            sums: &mut Self,
        ) {
            let rt::Shard {
                samples,
                first,
                ref mut values,
                ref mut gradients,
                ref mut scratch,
                ..
            } = *shard;
            match phase {
                0 => {
                    rt::batch_normalization::backward(
                        simd,
                        [100, 8, 1],
                        &self.batch_normalization,
                        &pass.statistics[0],
                        0.001,
                        samples,
                        &values.conv2d,
                        &gradients.batch_normalization,
                        &mut gradients.conv2d,
                    );
                    rt::conv2d::backward(
                        simd,
                        Conv2dShape,
                        &self.conv2d,
                        samples,
                        &values.input,
                        &gradients.conv2d,
                        &mut sums.conv2d,
                        pass.input_gradient.then_some(&mut gradients.input),
                        scratch,
                    );
                }
                1 => {
                    if !pass.from_logits[0] {
                        rt::softmax::backward(
                            simd,
                            [samples, 4, 1],
                            &values.dense,
                            &gradients.dense,
                            &mut gradients.dense_linear,
                        );
                    }
                    rt::dense::backward(
                        simd,
                        &self.dense,
                        &values.dropout,
                        &gradients.dense_linear,
                        &mut sums.dense,
                        rt::Some(&mut gradients.dropout),
                        scratch,
                    );
                    rt::dropout::backward(
                        simd,
                        0.2,
                        pass.key,
                        0,
                        (first * 8) as u64,
                        &gradients.dropout,
                        &mut gradients.global_average_pooling2d,
                    );
                    rt::global_pool2d::backward(
                        simd,
                        rt::pool2d::Kind::Average,
                        [10, 10, 8],
                        samples,
                        &values.conv2d_1,
                        &values.global_average_pooling2d,
                        &gradients.global_average_pooling2d,
                        &mut gradients.conv2d_1,
                    );
                    rt::conv2d::backward(
                        simd,
                        Conv2d_1Shape,
                        &self.conv2d_1,
                        samples,
                        &values.re_lu,
                        &gradients.conv2d_1,
                        &mut sums.conv2d_1,
                        rt::Some(&mut gradients.re_lu),
                        scratch,
                    );
                    rt::activation::backward(
                        simd,
                        &values.batch_normalization,
                        &values.re_lu,
                        &gradients.re_lu,
                        &mut gradients.batch_normalization,
                        rt::activations::Relu,
                    );
                    rt::batch_normalization::gather_backward(
                        simd,
                        [100, 8, 1],
                        &pass.statistics[0],
                        0.001,
                        samples,
                        &values.conv2d,
                        &gradients.batch_normalization,
                        &mut gradients.__batch_normalization_partial,
                        &mut sums.batch_normalization,
                    );
                }
                _ => {}
            }
        }
        fn update_moving(&mut self, statistics: &[rt::batch_normalization::Statistics]) {
            rt::batch_normalization::update_moving(
                &mut self.batch_normalization,
                &statistics[0],
                0.99,
            );
        }
    }
    const _: () = rt::shape::within_budget(
        "Normalized",
        "parameters",
        Normalized::PARAMETERS as u64,
        2000u64,
    );
    const _: () = rt::shape::within_budget(
        "Normalized",
        "multiply-adds",
        Normalized::MACS,
        200000u64,
    );
};
