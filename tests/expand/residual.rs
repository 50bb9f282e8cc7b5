/// A block whose shortcut is a convolution.
/**
| layer | output | parameters | multiply-adds |
| --- | --- | ---: | ---: |
| x: `Input` | 8×8×4 | | |
| c1: `Conv2D<8, 3, strides = 2, padding = same, activation = relu>` | 4×4×8 | 296 | 4608 |
| c2: `Conv2D<8, 3, padding = same, use_bias = false>` | 4×4×8 | 576 | 9216 |
| bn: `BatchNormalization` | 4×4×8 | 32 | 128 |
| c0: `Conv2D<8, 1, strides = 2>` | 4×4×8 | 40 | 512 |
| add: `inside + shortcut` | 4×4×8 |  |  |
| re_lu: `ReLU` | 4×4×8 |  |  |
| flatten: `Flatten` | 128 |  |  |
| dense: `Dense<3>` | 3 | 387 | 384 |
*/
#[derive(::core::clone::Clone, ::core::marker::Copy)]
#[repr(C, align(64))]
#[allow(deprecated, unused_braces)]
pub struct Block {
    /// `Conv2D<8, 3, strides = 2, padding = same, activation = relu>`
    pub c1: ::nn::__rt::conv2d::Conv2D<
        3,
        3,
        4,
        8,
        ::core::primitive::f32,
        [::core::primitive::f32; 8],
    >,
    /// `Conv2D<8, 3, padding = same, use_bias = false>`
    pub c2: ::nn::__rt::conv2d::Conv2D<
        3,
        3,
        8,
        8,
        ::core::primitive::f32,
        [::core::primitive::f32; 0],
    >,
    /// `BatchNormalization`
    pub bn: ::nn::__rt::batch_normalization::BatchNormalization<
        8,
        ::core::primitive::f32,
        [::core::primitive::f32; 8],
        [::core::primitive::f32; 8],
    >,
    /// `Conv2D<8, 1, strides = 2>`
    pub c0: ::nn::__rt::conv2d::Conv2D<
        1,
        1,
        4,
        8,
        ::core::primitive::f32,
        [::core::primitive::f32; 8],
    >,
    /// `Dense<3>`
    pub dense: ::nn::__rt::dense::Dense<
        128,
        3,
        ::core::primitive::f32,
        [::core::primitive::f32; 3],
    >,
    #[doc(hidden)]
    pub __padding: [::core::primitive::f32; ::nn::__rt::padding::<
        ::core::primitive::f32,
    >(Block::PARAMETERS)],
}
/// One sample for [`Block`].
pub type BlockInput = ::nn::__rt::Tensor3<8, 8, 4, ::core::primitive::f32>;
/// What [`Block`] makes of one sample.
pub type BlockOutput = ::nn::__rt::Tensor1<3, ::core::primitive::f32>;
/// The memory that [`Block`] needs beside its weights while it infers.
#[allow(deprecated)]
#[derive(::core::clone::Clone, ::core::marker::Copy)]
#[repr(C, align(64))]
pub struct BlockWorkspace(
    [::core::primitive::f32; Block::WORKSPACE_BYTES
        / ::core::mem::size_of::<::core::primitive::f32>()],
);
#[allow(dead_code, deprecated, unused_imports, unused_variables, unused_braces)]
#[allow(non_camel_case_types, non_snake_case)]
const _: () = {
    use ::nn::__rt::{self as rt, Clone, Copy, Debug, Default, primitives::*};
    rt::names!(
        bn bn_folded buffers c0_scratch c1 c1_padded c1_scratch c2_scratch dx gradients
        input memory other output part pass phase re_lu sample samples scale scratch
        shard shift simd spare statistics sums values workspace x y
    );
    const _: rt::markers::Conv2D = rt::markers::Conv2D;
    const _: rt::markers::Conv2D = rt::markers::Conv2D;
    const _: rt::markers::BatchNormalization = rt::markers::BatchNormalization;
    const _: rt::markers::Conv2D = rt::markers::Conv2D;
    const _: rt::markers::Add = rt::markers::Add;
    const _: rt::markers::ReLU = rt::markers::ReLU;
    const _: rt::markers::Flatten = rt::markers::Flatten;
    const _: rt::markers::Dense = rt::markers::Dense;
    /// `Conv2D<8, 3, strides = 2, padding = same, activation = relu>`: 8×8×4 to 4×4×8.
    #[derive(Clone, Copy)]
    struct C1Shape;
    impl rt::conv2d::Conv2DShape for C1Shape {
        const INPUT: [usize; 3] = [8, 8, 4];
        const FILTERS: usize = 8;
        const KERNEL_SIZE: [usize; 2] = [3, 3];
        const STRIDES: [usize; 2] = [2, 2];
        const PADS: [[usize; 2]; 2] = [[0, 1], [0, 1]];
        const TILINGS: rt::Option<rt::tiles::Tilings> = rt::Some(
            rt::tiles::Tilings::new(
                4,
                [
                    rt::tiles::channels(4, 1, 2),
                    rt::tiles::channels(4, 1, 1),
                    rt::tiles::channels(4, 1, 1),
                    rt::tiles::channels(4, 1, 2),
                ],
            ),
        );
    }
    /// `Conv2D<8, 3, padding = same, use_bias = false>`: 4×4×8 to 4×4×8.
    #[derive(Clone, Copy)]
    struct C2Shape;
    impl rt::conv2d::Conv2DShape for C2Shape {
        const INPUT: [usize; 3] = [4, 4, 8];
        const FILTERS: usize = 8;
        const KERNEL_SIZE: [usize; 2] = [3, 3];
        const PADS: [[usize; 2]; 2] = [[1, 1], [1, 1]];
        const TILINGS: rt::Option<rt::tiles::Tilings> = rt::Some(
            rt::tiles::Tilings::new(
                4,
                [
                    rt::tiles::channels(4, 1, 2),
                    rt::tiles::channels(4, 1, 1),
                    rt::tiles::pixels(8, 2, true),
                    rt::tiles::channels(4, 1, 2),
                ],
            ),
        );
    }
    /// `Conv2D<8, 1, strides = 2>`: 8×8×4 to 4×4×8.
    #[derive(Clone, Copy)]
    struct C0Shape;
    impl rt::conv2d::Conv2DShape for C0Shape {
        const INPUT: [usize; 3] = [8, 8, 4];
        const FILTERS: usize = 8;
        const KERNEL_SIZE: [usize; 2] = [1, 1];
        const STRIDES: [usize; 2] = [2, 2];
        const TILINGS: rt::Option<rt::tiles::Tilings> = rt::Some(
            rt::tiles::Tilings::new(
                4,
                [
                    rt::tiles::channels(4, 1, 2),
                    rt::tiles::channels(4, 1, 1),
                    rt::tiles::channels(4, 1, 1),
                    rt::tiles::channels(4, 1, 2),
                ],
            ),
        );
    }
    /// `inside + shortcut`: 4×4×8 to 4×4×8.
    #[derive(Clone, Copy)]
    struct AddShape;
    impl rt::merge::MergeShape<2> for AddShape {
        const KIND: rt::merge::Kind = rt::merge::Kind::Add;
        const INPUTS: [&'static [usize]; 2] = [&[4, 4, 8], &[4, 4, 8]];
    }
    rt::plain!(Block { c1, c2, bn, c0, dense, __padding });
    rt::plain!(BlockWorkspace { 0 });
    impl ::core::cmp::PartialEq for Block {
        /// Whether all weights are equal; as in Rust, NaN equals nothing.
        fn eq(&self, other: &Self) -> ::core::primitive::bool {
            rt::Network::as_flat(self) == rt::Network::as_flat(other)
        }
    }
    impl BlockWorkspace {
        const LAYOUT: rt::memory::Layout<8> = rt::memory::place([
            rt::memory::region(324, 0, 1),
            rt::memory::region(288, 1, 2),
            rt::memory::region(
                rt::conv2d::scratch_len::<C1Shape, C1Destination, f32>(),
                1,
                1,
            ),
            rt::memory::region(128, 2, 3),
            rt::memory::region(
                rt::conv2d::scratch_len::<C2Shape, rt::conv2d::Plain, f32>(),
                2,
                2,
            ),
            rt::memory::region(16, 2, 2),
            rt::memory::region(128, 3, 4),
            rt::memory::region(
                rt::conv2d::scratch_len::<C0Shape, rt::conv2d::Plain, f32>(),
                3,
                3,
            ),
        ]);
    }
    struct BlockRegions;
    impl BlockRegions {
        const C1_PADDED: ::core::ops::Range<usize> = BlockWorkspace::LAYOUT.range(0);
        const C1: ::core::ops::Range<usize> = BlockWorkspace::LAYOUT.range(1);
        const C1_SCRATCH: ::core::ops::Range<usize> = BlockWorkspace::LAYOUT.range(2);
        const BN: ::core::ops::Range<usize> = BlockWorkspace::LAYOUT.range(3);
        const C2_SCRATCH: ::core::ops::Range<usize> = BlockWorkspace::LAYOUT.range(4);
        const BN_FOLDED: ::core::ops::Range<usize> = BlockWorkspace::LAYOUT.range(5);
        const RE_LU: ::core::ops::Range<usize> = BlockWorkspace::LAYOUT.range(6);
        const C0_SCRATCH: ::core::ops::Range<usize> = BlockWorkspace::LAYOUT.range(7);
    }
    impl Block {
        /// The weights, in Keras' order, which is the order of the fields.
        pub const PARAMS: &'static [rt::Param] = &[
            rt::Param::new(
                "c1.kernel",
                &[3, 3, 4, 8],
                0,
                rt::Initializer::GlorotUniform,
            ),
            rt::Param::new("c1.bias", &[8], 288, rt::Initializer::Zeros),
            rt::Param::new(
                "c2.kernel",
                &[3, 3, 8, 8],
                296,
                rt::Initializer::GlorotUniform,
            ),
            rt::Param::new("bn.gamma", &[8], 872, rt::Initializer::Ones),
            rt::Param::new("bn.beta", &[8], 880, rt::Initializer::Zeros),
            rt::Param::new("bn.moving_mean", &[8], 888, rt::Initializer::Zeros).frozen(),
            rt::Param::new("bn.moving_variance", &[8], 896, rt::Initializer::Ones)
                .frozen(),
            rt::Param::new(
                "c0.kernel",
                &[1, 1, 4, 8],
                904,
                rt::Initializer::GlorotUniform,
            ),
            rt::Param::new("c0.bias", &[8], 936, rt::Initializer::Zeros),
            rt::Param::new(
                "dense.kernel",
                &[128, 3],
                944,
                rt::Initializer::GlorotUniform,
            ),
            rt::Param::new("dense.bias", &[3], 1328, rt::Initializer::Zeros),
        ];
        /// The number of weights, moving statistics included.
        pub const PARAMETERS: usize = rt::param_count(Self::PARAMS);
        /// Multiply-adds for one sample.
        pub const MACS: u64 = rt::mac_count(<Self as rt::Network>::LAYERS);
        /// The size of the workspace, in bytes.
        pub const WORKSPACE_BYTES: usize = BlockWorkspace::LAYOUT.len
            * ::core::mem::size_of::<f32>();
    }
    #[derive(Clone, Copy)]
    struct C1Destination;
    impl rt::conv2d::Destination<C1Shape> for C1Destination {
        const BORDER: rt::conv2d::Border = rt::conv2d::Border::new([1, 1], [1, 1]);
        const TILINGS: rt::Option<rt::tiles::Tilings> = rt::Some(
            rt::tiles::Tilings::new(
                4,
                [
                    rt::tiles::channels(4, 1, 2),
                    rt::tiles::channels(4, 1, 1),
                    rt::tiles::channels(4, 1, 1),
                    rt::tiles::channels(4, 1, 2),
                ],
            ),
        );
    }
    impl rt::Network for Block {
        type Element = f32;
        type Input = BlockInput;
        type Output = BlockOutput;
        type Workspace = BlockWorkspace;
        type Predictions = rt::alloc::vec::Vec<BlockOutput>;
        const NAME: &'static str = "Block";
        const PARAMS: &'static [rt::Param] = Self::PARAMS;
        const LAYERS: &'static [rt::LayerInfo] = &[
            rt::LayerInfo::new("x", "InputLayer", &[8, 8, 4], 0, 0, 0),
            rt::LayerInfo::new("c1", "Conv2D", &[4, 4, 8], 296, 296, 4608),
            rt::LayerInfo::new("c2", "Conv2D", &[4, 4, 8], 576, 576, 9216),
            rt::LayerInfo::new("bn", "BatchNormalization", &[4, 4, 8], 32, 16, 128),
            rt::LayerInfo::new("c0", "Conv2D", &[4, 4, 8], 40, 40, 512),
            rt::LayerInfo::new("add", "Add", &[4, 4, 8], 0, 0, 0),
            rt::LayerInfo::new("re_lu", "ReLU", &[4, 4, 8], 0, 0, 0),
            rt::LayerInfo::new("flatten", "Flatten", &[128], 0, 0, 0),
            rt::LayerInfo::new("dense", "Dense", &[3], 387, 387, 384),
        ];
        #[inline(always)]
        fn forward<S: rt::Simd>(
            &self,
            simd: S,
            x: &BlockInput,
            workspace: &mut BlockWorkspace,
            y: &mut BlockOutput,
        ) {
            let (input, output) = (rt::Tensor::as_flat(x), rt::Tensor::as_flat_mut(y));
            let memory = &mut workspace.0[..];
            {
                let [c1_padded] = rt::regions(memory, [BlockRegions::C1_PADDED]);
                rt::conv2d::pad(
                    simd,
                    [8, 8, 4],
                    rt::conv2d::Border::new([0, 1], [0, 1]),
                    input,
                    c1_padded,
                );
            }
            {
                let [c1_padded, c1, c1_scratch] = rt::regions(
                    memory,
                    [BlockRegions::C1_PADDED, BlockRegions::C1, BlockRegions::C1_SCRATCH],
                );
                rt::conv2d::clear_border(
                    [4, 4, 8],
                    rt::conv2d::Border::new([1, 1], [1, 1]),
                    c1,
                );
                rt::conv2d::infer(
                    simd,
                    C1Shape,
                    C1Destination,
                    &self.c1,
                    c1_padded,
                    c1,
                    c1_scratch,
                    rt::Epilogue::bias(&self.c1.bias).activation(rt::activations::Relu),
                );
            }
            {
                let [c1, bn, c2_scratch, bn_folded] = rt::regions(
                    memory,
                    [
                        BlockRegions::C1,
                        BlockRegions::BN,
                        BlockRegions::C2_SCRATCH,
                        BlockRegions::BN_FOLDED,
                    ],
                );
                let (scale, shift) = rt::split(&mut bn_folded[..], 8);
                rt::batch_normalization::fold(simd, &self.bn, 0.001, scale, shift);
                rt::conv2d::infer(
                    simd,
                    C2Shape,
                    rt::conv2d::Plain,
                    &self.c2,
                    c1,
                    bn,
                    c2_scratch,
                    rt::Epilogue::bias(&self.c2.bias).affine((scale, shift)),
                );
            }
            {
                let [bn, re_lu, c0_scratch] = rt::regions(
                    memory,
                    [BlockRegions::BN, BlockRegions::RE_LU, BlockRegions::C0_SCRATCH],
                );
                rt::conv2d::infer(
                    simd,
                    C0Shape,
                    rt::conv2d::Plain,
                    &self.c0,
                    input,
                    re_lu,
                    c0_scratch,
                    rt::Epilogue::bias(&self.c0.bias)
                        .plus(bn)
                        .after_pool(rt::activations::Relu),
                );
            }
            {
                let [re_lu] = rt::regions(memory, [BlockRegions::RE_LU]);
                rt::dense::infer(
                    simd,
                    &self.dense,
                    re_lu,
                    output,
                    rt::Epilogue::bias(&self.dense.bias),
                );
            }
        }
    }
    impl Block {
        /// Runs the network on one sample. Allocates nothing.
        #[inline]
        pub fn infer(
            &self,
            x: &BlockInput,
            workspace: &mut BlockWorkspace,
        ) -> BlockOutput {
            rt::Network::infer(self, x, workspace)
        }
        /// The same with a place for the output, which is overwritten: for one that is too large for the stack.
        #[inline]
        pub fn infer_into(
            &self,
            x: &BlockInput,
            workspace: &mut BlockWorkspace,
            y: &mut BlockOutput,
        ) {
            rt::Network::infer_into(self, x, workspace, y);
        }
    }
    impl BlockWorkspace {
        /// All zero; no call depends on what is in it.
        pub const fn new() -> Self {
            Self([0.0; _])
        }
    }
    impl ::core::default::Default for BlockWorkspace {
        fn default() -> Self {
            Self::new()
        }
    }
    #[derive(Clone, Debug, Default)]
    pub struct BlockActivations {
        x: rt::alloc::vec::Vec<f32>,
        c1: rt::alloc::vec::Vec<f32>,
        c2: rt::alloc::vec::Vec<f32>,
        bn: rt::alloc::vec::Vec<f32>,
        c0: rt::alloc::vec::Vec<f32>,
        add: rt::alloc::vec::Vec<f32>,
        re_lu: rt::alloc::vec::Vec<f32>,
        dense: rt::alloc::vec::Vec<f32>,
        __bn_partial: rt::batch_normalization::Partial<f32>,
    }
    impl rt::Activations for BlockActivations {
        type Element = f32;
        fn new(samples: usize) -> Self {
            let mut buffers = <Self as rt::Default>::default();
            rt::Activations::resize(&mut buffers, samples);
            buffers
        }
        fn resize(&mut self, samples: usize) {
            self.x.resize(samples * 256, 0.0);
            self.c1.resize(samples * 128, 0.0);
            self.c2.resize(samples * 128, 0.0);
            self.bn.resize(samples * 128, 0.0);
            self.c0.resize(samples * 128, 0.0);
            self.add.resize(samples * 128, 0.0);
            self.re_lu.resize(samples * 128, 0.0);
            self.dense.resize(samples * 3, 0.0);
        }
        fn load(&mut self, sample: usize, part: usize, x: &[u8]) {
            rt::load(&mut self.x, sample, x);
        }
        fn input(&self, part: usize) -> &[f32] {
            &self.x
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
        fn partial(
            &self,
            phase: usize,
        ) -> rt::Option<&rt::batch_normalization::Partial<f32>> {
            match phase {
                0 => rt::Some(&self.__bn_partial),
                _ => rt::None,
            }
        }
    }
    impl rt::Train for Block {
        type Activations = BlockActivations;
        const PHASES: usize = 2;
        const OUTPUT_ACTIVATIONS: &'static [rt::OutputActivation] = &[
            rt::OutputActivation::Other,
        ];
        #[inline(always)]
        fn forward_phase<S: rt::Simd>(
            &self,
            simd: S,
            phase: usize,
            pass: &rt::Pass<'_>,
            shard: &mut rt::Shard<BlockActivations, Self::Element>,
        ) {
            let rt::Shard { samples, ref mut values, ref mut scratch, .. } = *shard;
            match phase {
                0 => {
                    rt::conv2d::forward(
                        simd,
                        C1Shape,
                        &self.c1,
                        samples,
                        &values.x,
                        &mut values.c1,
                        rt::activations::Relu,
                        scratch,
                    );
                    rt::conv2d::forward(
                        simd,
                        C2Shape,
                        &self.c2,
                        samples,
                        &values.c1,
                        &mut values.c2,
                        rt::activations::Linear,
                        scratch,
                    );
                    rt::batch_normalization::gather(
                        simd,
                        [16, 8, 1],
                        samples,
                        &values.c2,
                        &mut values.__bn_partial,
                    );
                }
                1 => {
                    rt::batch_normalization::forward(
                        simd,
                        [16, 8, 1],
                        &self.bn,
                        &pass.statistics[0],
                        0.001,
                        samples,
                        &values.c2,
                        &mut values.bn,
                    );
                    rt::conv2d::forward(
                        simd,
                        C0Shape,
                        &self.c0,
                        samples,
                        &values.x,
                        &mut values.c0,
                        rt::activations::Linear,
                        scratch,
                    );
                    rt::merge::forward(
                        simd,
                        AddShape,
                        samples,
                        [&values.bn, &values.c0],
                        &mut values.add,
                    );
                    rt::activation::infer(
                        simd,
                        &values.add,
                        &mut values.re_lu,
                        rt::activations::Relu,
                    );
                    rt::dense::forward(
                        simd,
                        &self.dense,
                        &values.re_lu,
                        &mut values.dense,
                        rt::activations::Linear,
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
            shard: &mut rt::Shard<BlockActivations, Self::Element>,
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
            match phase {
                0 => {
                    rt::batch_normalization::backward(
                        simd,
                        [16, 8, 1],
                        &self.bn,
                        &pass.statistics[0],
                        0.001,
                        samples,
                        &values.c2,
                        &gradients.bn,
                        &mut gradients.c2,
                    );
                    rt::conv2d::backward(
                        simd,
                        C2Shape,
                        &self.c2,
                        samples,
                        &values.c1,
                        &gradients.c2,
                        &mut sums.c2,
                        rt::Some(&mut gradients.c1),
                        scratch,
                    );
                    rt::activation::backward_in_place(
                        simd,
                        &values.c1,
                        &mut gradients.c1,
                        rt::activations::Relu,
                    );
                    {
                        let [dx] = rt::spare(spare, samples, [256]);
                        rt::conv2d::backward(
                            simd,
                            C1Shape,
                            &self.c1,
                            samples,
                            &values.x,
                            &gradients.c1,
                            &mut sums.c1,
                            pass.input_gradient.then_some(dx),
                            scratch,
                        );
                        if pass.input_gradient {
                            rt::add(simd, dx, &mut gradients.x);
                        }
                    }
                }
                1 => {
                    rt::dense::backward(
                        simd,
                        &self.dense,
                        &values.re_lu,
                        &gradients.dense,
                        &mut sums.dense,
                        rt::Some(&mut gradients.re_lu),
                        scratch,
                    );
                    rt::activation::backward(
                        simd,
                        &values.add,
                        &values.re_lu,
                        &gradients.re_lu,
                        &mut gradients.add,
                        rt::activations::Relu,
                    );
                    rt::merge::backward(
                        simd,
                        AddShape,
                        samples,
                        [&values.bn, &values.c0],
                        &gradients.add,
                        [rt::Some(&mut gradients.bn), rt::Some(&mut gradients.c0)],
                    );
                    rt::conv2d::backward(
                        simd,
                        C0Shape,
                        &self.c0,
                        samples,
                        &values.x,
                        &gradients.c0,
                        &mut sums.c0,
                        pass.input_gradient.then_some(&mut gradients.x),
                        scratch,
                    );
                    rt::batch_normalization::gather_backward(
                        simd,
                        [16, 8, 1],
                        &pass.statistics[0],
                        0.001,
                        samples,
                        &values.c2,
                        &gradients.bn,
                        &mut gradients.__bn_partial,
                        &mut sums.bn,
                    );
                }
                _ => {}
            }
        }
        fn update_moving(&mut self, statistics: &[rt::batch_normalization::Statistics]) {
            rt::batch_normalization::update_moving(&mut self.bn, &statistics[0], 0.99);
        }
    }
};
