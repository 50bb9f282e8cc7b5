/// Numbers, parts and weights of its own.
/**
| layer | output | parameters | multiply-adds |
| --- | --- | ---: | ---: |
| x: `Input` | 4×6 | | |
| scale: `weight<trainable = false> scale: [6] = ones` | 6 | 6 |  |
| mix: `weight mix: [3, 2] = normal(0.0, 0.02)` | 3×2 | 6 |  |
| multiply: `x * scale` | 4×6 |  |  |
| rescaling: `x * scale - 1.0` | 4×6 |  |  |
| split: `Split<2>` | 4×3 |  |  |
| constant: `0.5` | 1 |  |  |
| greater: `Greater` | 4×3 |  |  |
| get_item: `b[-1]` | 3 |  |  |
| where_: `Where` | 4×3 |  |  |
| matmul: `Matmul` | 4×2 |  | 24 |
| dense: `Dense<3>` | 4×3 | 9 | 24 |
| variance: `Variance<axis = 2>` | 4 |  |  |
| rescaling_1: `Rescaling<-0.5, offset = 1.0>` | 4 |  |  |
*/
#[derive(::core::clone::Clone, ::core::marker::Copy)]
#[repr(C, align(64))]
#[allow(deprecated, unused_braces)]
pub struct Arithmetic {
    /// `weight<trainable = false> scale: [6] = ones`
    pub scale: [::core::primitive::f32; 6],
    /// `weight mix: [3, 2] = normal(0.0, 0.02)`
    pub mix: [[::core::primitive::f32; 2]; 3],
    /// `Dense<3>`
    pub dense: ::nn::__rt::dense::Dense<
        2,
        3,
        ::core::primitive::f32,
        [::core::primitive::f32; 3],
    >,
    #[doc(hidden)]
    pub __padding: [::core::primitive::f32; ::nn::__rt::padding::<
        ::core::primitive::f32,
    >(Arithmetic::PARAMETERS)],
}
/// One sample for [`Arithmetic`].
pub type ArithmeticInput = ::nn::__rt::Tensor2<4, 6, ::core::primitive::f32>;
/// What [`Arithmetic`] makes of one sample.
#[derive(
    ::core::clone::Clone,
    ::core::marker::Copy,
    ::core::fmt::Debug,
    ::core::default::Default,
    ::core::cmp::PartialEq,
)]
#[repr(C)]
pub struct ArithmeticOutput {
    /// 4×3 of `f32`.
    pub y: ::nn::__rt::Tensor2<4, 3, ::core::primitive::f32>,
    /// 4 of `f32`.
    pub best: ::nn::__rt::Tensor1<4, ::core::primitive::f32>,
}
/// The memory that [`Arithmetic`] needs beside its weights while it infers.
#[allow(deprecated)]
#[derive(::core::clone::Clone, ::core::marker::Copy)]
#[repr(C, align(64))]
pub struct ArithmeticWorkspace(
    [::core::primitive::f32; Arithmetic::WORKSPACE_BYTES
        / ::core::mem::size_of::<::core::primitive::f32>()],
);
#[allow(dead_code, deprecated, unused_imports, unused_variables, unused_braces)]
#[allow(non_camel_case_types, non_snake_case)]
const _: () = {
    use ::nn::__rt::{self as rt, Clone, Copy, Debug, Default, primitives::*};
    rt::names!(
        buffers constant ddense dsplit get_item gradients index input matmul memory other
        output part pass phase rescaling sample samples scale scratch shard simd spare
        split split_part_2 sums values variance_scratch where_ workspace x y
    );
    const _: rt::markers::Weight = rt::markers::Weight;
    const _: rt::markers::Weight = rt::markers::Weight;
    const _: rt::markers::Multiply = rt::markers::Multiply;
    const _: rt::markers::Rescaling = rt::markers::Rescaling;
    const _: rt::markers::Split = rt::markers::Split;
    const _: rt::markers::Constant = rt::markers::Constant;
    const _: rt::markers::Greater = rt::markers::Greater;
    const _: rt::markers::GetItem = rt::markers::GetItem;
    const _: rt::markers::Where = rt::markers::Where;
    const _: rt::markers::Matmul = rt::markers::Matmul;
    const _: rt::markers::Dense = rt::markers::Dense;
    const _: rt::markers::Variance = rt::markers::Variance;
    const _: rt::markers::Rescaling = rt::markers::Rescaling;
    /// `x * scale`: 4×6 to 4×6.
    #[derive(Clone, Copy)]
    struct MultiplyShape;
    impl rt::merge::MergeShape<2> for MultiplyShape {
        const KIND: rt::merge::Kind = rt::merge::Kind::Multiply;
        const INPUTS: [&'static [usize]; 2] = [&[4, 6], &[6]];
    }
    /// `Greater`: 4×3 to 4×3.
    #[derive(Clone, Copy)]
    struct GreaterShape;
    impl rt::merge::MergeShape<2> for GreaterShape {
        const KIND: rt::merge::Kind = rt::merge::Kind::Greater;
        const INPUTS: [&'static [usize]; 2] = [&[4, 3], &[1]];
    }
    /// `Where`: 4×3 to 4×3.
    #[derive(Clone, Copy)]
    struct Where_Shape;
    impl rt::merge::MergeShape<3> for Where_Shape {
        const KIND: rt::merge::Kind = rt::merge::Kind::Where;
        const INPUTS: [&'static [usize]; 3] = [&[4, 3], &[4, 3], &[3]];
    }
    rt::plain!(Arithmetic { scale, mix, dense, __padding });
    rt::plain!(ArithmeticWorkspace { 0 });
    impl ::core::cmp::PartialEq for Arithmetic {
        /// Whether all weights are equal; as in Rust, NaN equals nothing.
        fn eq(&self, other: &Self) -> ::core::primitive::bool {
            rt::Network::as_flat(self) == rt::Network::as_flat(other)
        }
    }
    rt::plain!(ArithmeticOutput { y, best });
    impl rt::Record for ArithmeticOutput {
        type Parts = (rt::Tensor2<4, 3, f32>, rt::Tensor1<4, f32>);
        const PARTS: &'static [rt::Part] = &[
            rt::Part {
                name: "y",
                shape: &[4, 3],
                dtype: rt::Dtype::F32,
            },
            rt::Part {
                name: "best",
                shape: &[4],
                dtype: rt::Dtype::F32,
            },
        ];
        fn part(&self, index: usize) -> &[u8] {
            match index {
                0 => rt::bytemuck::bytes_of(&self.y),
                1 => rt::bytemuck::bytes_of(&self.best),
                _ => &[],
            }
        }
        fn part_mut(&mut self, index: usize) -> &mut [u8] {
            match index {
                0 => rt::bytemuck::bytes_of_mut(&mut self.y),
                1 => rt::bytemuck::bytes_of_mut(&mut self.best),
                _ => &mut [],
            }
        }
    }
    impl ArithmeticWorkspace {
        const LAYOUT: rt::memory::Layout<8> = rt::memory::place([
            rt::memory::region(24, 0, 1),
            rt::memory::region(12, 1, 5),
            rt::memory::region(12, 1, 4),
            rt::memory::region(1, 2, 3),
            rt::memory::region(12, 3, 6),
            rt::memory::region(3, 4, 5),
            rt::memory::region(8, 6, 7),
            rt::memory::region(4, 8, 8),
        ]);
    }
    struct ArithmeticRegions;
    impl ArithmeticRegions {
        const RESCALING: ::core::ops::Range<usize> = ArithmeticWorkspace::LAYOUT
            .range(0);
        const SPLIT: ::core::ops::Range<usize> = ArithmeticWorkspace::LAYOUT.range(1);
        const SPLIT_PART_2: ::core::ops::Range<usize> = ArithmeticWorkspace::LAYOUT
            .range(2);
        const CONSTANT: ::core::ops::Range<usize> = ArithmeticWorkspace::LAYOUT.range(3);
        const WHERE_: ::core::ops::Range<usize> = ArithmeticWorkspace::LAYOUT.range(4);
        const GET_ITEM: ::core::ops::Range<usize> = ArithmeticWorkspace::LAYOUT.range(5);
        const MATMUL: ::core::ops::Range<usize> = ArithmeticWorkspace::LAYOUT.range(6);
        const VARIANCE_SCRATCH: ::core::ops::Range<usize> = ArithmeticWorkspace::LAYOUT
            .range(7);
    }
    impl Arithmetic {
        /// The weights, in Keras' order, which is the order of the fields.
        pub const PARAMS: &'static [rt::Param] = &[
            rt::Param::new("scale", &[6], 0, rt::Initializer::Ones).frozen(),
            rt::Param::new("mix", &[3, 2], 6, rt::Initializer::Normal(0.0, 0.02)),
            rt::Param::new("dense.kernel", &[2, 3], 12, rt::Initializer::GlorotUniform),
            rt::Param::new("dense.bias", &[3], 18, rt::Initializer::Zeros),
        ];
        /// The number of weights, moving statistics included.
        pub const PARAMETERS: usize = rt::param_count(Self::PARAMS);
        /// Multiply-adds for one sample.
        pub const MACS: u64 = rt::mac_count(<Self as rt::Network>::LAYERS);
        /// The size of the workspace, in bytes.
        pub const WORKSPACE_BYTES: usize = ArithmeticWorkspace::LAYOUT.len
            * ::core::mem::size_of::<f32>();
    }
    impl rt::Network for Arithmetic {
        type Element = f32;
        type Input = ArithmeticInput;
        type Output = ArithmeticOutput;
        type Workspace = ArithmeticWorkspace;
        type Predictions = rt::alloc::vec::Vec<ArithmeticOutput>;
        const NAME: &'static str = "Arithmetic";
        const PARAMS: &'static [rt::Param] = Self::PARAMS;
        const LAYERS: &'static [rt::LayerInfo] = &[
            rt::LayerInfo::new("x", "InputLayer", &[4, 6], 0, 0, 0),
            rt::LayerInfo::new("scale", "Weight", &[6], 6, 0, 0),
            rt::LayerInfo::new("mix", "Weight", &[3, 2], 6, 6, 0),
            rt::LayerInfo::new("multiply", "Multiply", &[4, 6], 0, 0, 0),
            rt::LayerInfo::new("rescaling", "Rescaling", &[4, 6], 0, 0, 0),
            rt::LayerInfo::new("split", "Split", &[4, 3], 0, 0, 0),
            rt::LayerInfo::new("constant", "Constant", &[1], 0, 0, 0),
            rt::LayerInfo::new("greater", "Greater", &[4, 3], 0, 0, 0),
            rt::LayerInfo::new("get_item", "GetItem", &[3], 0, 0, 0),
            rt::LayerInfo::new("where_", "Where", &[4, 3], 0, 0, 0),
            rt::LayerInfo::new("matmul", "Matmul", &[4, 2], 0, 0, 24),
            rt::LayerInfo::new("dense", "Dense", &[4, 3], 9, 9, 24),
            rt::LayerInfo::new("variance", "Variance", &[4], 0, 0, 0),
            rt::LayerInfo::new("rescaling_1", "Rescaling", &[4], 0, 0, 0),
        ];
        #[inline(always)]
        fn forward<S: rt::Simd>(
            &self,
            simd: S,
            x: &ArithmeticInput,
            workspace: &mut ArithmeticWorkspace,
            y: &mut ArithmeticOutput,
        ) {
            let input = rt::Tensor::as_flat(x);
            let memory = &mut workspace.0[..];
            {
                let [rescaling] = rt::regions(memory, [ArithmeticRegions::RESCALING]);
                rt::merge::infer(
                    simd,
                    MultiplyShape,
                    [input, self.scale.as_slice()],
                    rescaling,
                    rt::activations::Rescaling {
                        center: 0.0,
                        scale: 1.0,
                        offset: -1.0,
                    },
                );
            }
            {
                let [rescaling, split, split_part_2] = rt::regions(
                    memory,
                    [
                        ArithmeticRegions::RESCALING,
                        ArithmeticRegions::SPLIT,
                        ArithmeticRegions::SPLIT_PART_2,
                    ],
                );
                rt::slice::infer(
                    &const {
                        rt::slice::SliceSizes::new(&[4, 6], &[[0, 1, 4], [0, 1, 3]])
                    },
                    rescaling,
                    split,
                );
                rt::slice::infer(
                    &const {
                        rt::slice::SliceSizes::new(&[4, 6], &[[0, 1, 4], [3, 1, 3]])
                    },
                    rescaling,
                    split_part_2,
                );
            }
            {
                let [constant] = rt::regions(memory, [ArithmeticRegions::CONSTANT]);
                rt::fill(constant, 0.5);
            }
            {
                let [split, constant, where_] = rt::regions(
                    memory,
                    [
                        ArithmeticRegions::SPLIT,
                        ArithmeticRegions::CONSTANT,
                        ArithmeticRegions::WHERE_,
                    ],
                );
                rt::merge::infer(
                    simd,
                    GreaterShape,
                    [split, constant],
                    where_,
                    rt::activations::Linear,
                );
            }
            {
                let [split_part_2, get_item] = rt::regions(
                    memory,
                    [ArithmeticRegions::SPLIT_PART_2, ArithmeticRegions::GET_ITEM],
                );
                rt::slice::infer(
                    &const {
                        rt::slice::SliceSizes::new(&[4, 3], &[[3, 1, 1], [0, 1, 3]])
                    },
                    split_part_2,
                    get_item,
                );
            }
            {
                let [where_, split, get_item] = rt::regions(
                    memory,
                    [
                        ArithmeticRegions::WHERE_,
                        ArithmeticRegions::SPLIT,
                        ArithmeticRegions::GET_ITEM,
                    ],
                );
                rt::merge::infer_in_place(
                    simd,
                    Where_Shape,
                    where_,
                    [split, get_item],
                    rt::activations::Linear,
                );
            }
            {
                let [where_, matmul] = rt::regions(
                    memory,
                    [ArithmeticRegions::WHERE_, ArithmeticRegions::MATMUL],
                );
                rt::matmul::infer(
                    simd,
                    &const { rt::matmul::MatmulSizes::new(&[4, 3], &[3, 2]) },
                    [where_, self.mix.as_flattened()],
                    matmul,
                );
            }
            {
                let [matmul] = rt::regions(memory, [ArithmeticRegions::MATMUL]);
                rt::dense::infer(
                    simd,
                    &self.dense,
                    matmul,
                    rt::Tensor::as_flat_mut(&mut y.y),
                    rt::Epilogue::bias(&self.dense.bias),
                );
            }
            {
                let [variance_scratch] = rt::regions(
                    memory,
                    [ArithmeticRegions::VARIANCE_SCRATCH],
                );
                rt::reduce::variance(
                    simd,
                    &const { rt::reduce::ReduceSizes::new(&[4, 3], &[false, true]) },
                    rt::Tensor::as_flat(&y.y),
                    variance_scratch,
                    rt::Tensor::as_flat_mut(&mut y.best),
                );
            }
            {
                rt::activation::in_place(
                    simd,
                    rt::Tensor::as_flat_mut(&mut y.best),
                    rt::activations::Rescaling {
                        center: 0.0,
                        scale: -0.5,
                        offset: 1.0,
                    },
                );
            }
        }
    }
    impl Arithmetic {
        /// Runs the network on one sample. Allocates nothing.
        #[inline]
        pub fn infer(
            &self,
            x: &ArithmeticInput,
            workspace: &mut ArithmeticWorkspace,
        ) -> ArithmeticOutput {
            rt::Network::infer(self, x, workspace)
        }
        /// The same with a place for the output, which is overwritten: for one that is too large for the stack.
        #[inline]
        pub fn infer_into(
            &self,
            x: &ArithmeticInput,
            workspace: &mut ArithmeticWorkspace,
            y: &mut ArithmeticOutput,
        ) {
            rt::Network::infer_into(self, x, workspace, y);
        }
    }
    impl ArithmeticWorkspace {
        /// All zero; no call depends on what is in it.
        pub const fn new() -> Self {
            Self([0.0; _])
        }
    }
    impl ::core::default::Default for ArithmeticWorkspace {
        fn default() -> Self {
            Self::new()
        }
    }
    #[derive(Clone, Debug, Default)]
    pub struct ArithmeticActivations {
        x: rt::alloc::vec::Vec<f32>,
        scale: rt::alloc::vec::Vec<f32>,
        mix: rt::alloc::vec::Vec<f32>,
        multiply: rt::alloc::vec::Vec<f32>,
        rescaling: rt::alloc::vec::Vec<f32>,
        split: rt::alloc::vec::Vec<f32>,
        split_part_2: rt::alloc::vec::Vec<f32>,
        constant: rt::alloc::vec::Vec<f32>,
        greater: rt::alloc::vec::Vec<f32>,
        get_item: rt::alloc::vec::Vec<f32>,
        where_: rt::alloc::vec::Vec<f32>,
        matmul: rt::alloc::vec::Vec<f32>,
        dense: rt::alloc::vec::Vec<f32>,
        variance: rt::alloc::vec::Vec<f32>,
        rescaling_1: rt::alloc::vec::Vec<f32>,
        variance_saved: rt::alloc::vec::Vec<f32>,
    }
    impl rt::Activations for ArithmeticActivations {
        type Element = f32;
        fn new(samples: usize) -> Self {
            let mut buffers = <Self as rt::Default>::default();
            rt::Activations::resize(&mut buffers, samples);
            buffers
        }
        fn resize(&mut self, samples: usize) {
            self.x.resize(samples * 24, 0.0);
            self.scale.resize(samples * 6, 0.0);
            self.mix.resize(samples * 6, 0.0);
            self.multiply.resize(samples * 24, 0.0);
            self.rescaling.resize(samples * 24, 0.0);
            self.split.resize(samples * 12, 0.0);
            self.split_part_2.resize(samples * 12, 0.0);
            self.constant.resize(samples * 1, 0.0);
            self.greater.resize(samples * 12, 0.0);
            self.get_item.resize(samples * 3, 0.0);
            self.where_.resize(samples * 12, 0.0);
            self.matmul.resize(samples * 8, 0.0);
            self.dense.resize(samples * 12, 0.0);
            self.variance.resize(samples * 4, 0.0);
            self.rescaling_1.resize(samples * 4, 0.0);
            self.variance_saved.resize(samples * 4, 0.0);
        }
        fn load(&mut self, sample: usize, part: usize, x: &[u8]) {
            rt::load(&mut self.x, sample, x);
        }
        fn input(&self, part: usize) -> &[f32] {
            &self.x
        }
        fn output(&self, part: usize) -> &[f32] {
            match part {
                0 => &self.dense,
                1 => &self.rescaling_1,
                _ => &[],
            }
        }
        fn output_mut(&mut self, part: usize) -> &mut [f32] {
            match part {
                0 => &mut self.dense,
                1 => &mut self.rescaling_1,
                _ => &mut [],
            }
        }
        fn logits(&self, part: usize) -> &[f32] {
            match part {
                0 => &self.dense,
                1 => &self.rescaling_1,
                _ => &[],
            }
        }
        fn logits_mut(&mut self, part: usize) -> &mut [f32] {
            match part {
                0 => &mut self.dense,
                1 => &mut self.rescaling_1,
                _ => &mut [],
            }
        }
    }
    impl rt::Train for Arithmetic {
        type Activations = ArithmeticActivations;
        const PHASES: usize = 1;
        const OUTPUT_ACTIVATIONS: &'static [rt::OutputActivation] = &[
            rt::OutputActivation::Other,
            rt::OutputActivation::Other,
        ];
        #[inline(always)]
        fn forward_phase<S: rt::Simd>(
            &self,
            simd: S,
            phase: usize,
            pass: &rt::Pass<'_>,
            shard: &mut rt::Shard<ArithmeticActivations, Self::Element>,
        ) {
            let rt::Shard { samples, ref mut values, .. } = *shard;
            rt::weight::forward(self.scale.as_slice(), &mut values.scale);
            rt::weight::forward(self.mix.as_flattened(), &mut values.mix);
            rt::merge::forward(
                simd,
                MultiplyShape,
                samples,
                [&values.x, &values.scale],
                &mut values.multiply,
            );
            rt::activation::infer(
                simd,
                &values.multiply,
                &mut values.rescaling,
                rt::activations::Rescaling {
                    center: 0.0,
                    scale: 1.0,
                    offset: -1.0,
                },
            );
            rt::slice::infer(
                &const { rt::slice::SliceSizes::new(&[4, 6], &[[0, 1, 4], [0, 1, 3]]) },
                &values.rescaling,
                &mut values.split,
            );
            rt::slice::infer(
                &const { rt::slice::SliceSizes::new(&[4, 6], &[[0, 1, 4], [3, 1, 3]]) },
                &values.rescaling,
                &mut values.split_part_2,
            );
            rt::fill(&mut values.constant, 0.5);
            rt::merge::forward(
                simd,
                GreaterShape,
                samples,
                [&values.split, &values.constant],
                &mut values.greater,
            );
            rt::slice::infer(
                &const { rt::slice::SliceSizes::new(&[4, 3], &[[3, 1, 1], [0, 1, 3]]) },
                &values.split_part_2,
                &mut values.get_item,
            );
            rt::merge::forward(
                simd,
                Where_Shape,
                samples,
                [&values.greater, &values.split, &values.get_item],
                &mut values.where_,
            );
            rt::matmul::infer(
                simd,
                &const { rt::matmul::MatmulSizes::new(&[4, 3], &[3, 2]) },
                [&values.where_, &values.mix],
                &mut values.matmul,
            );
            rt::dense::forward(
                simd,
                &self.dense,
                &values.matmul,
                &mut values.dense,
                rt::activations::Linear,
            );
            rt::reduce::variance(
                simd,
                &const { rt::reduce::ReduceSizes::new(&[4, 3], &[false, true]) },
                &values.dense,
                &mut values.variance_saved,
                &mut values.variance,
            );
            rt::activation::infer(
                simd,
                &values.variance,
                &mut values.rescaling_1,
                rt::activations::Rescaling {
                    center: 0.0,
                    scale: -0.5,
                    offset: 1.0,
                },
            );
        }
        #[inline(always)]
        fn backward_phase<S: rt::Simd>(
            &self,
            simd: S,
            phase: usize,
            pass: &rt::Pass<'_>,
            shard: &mut rt::Shard<ArithmeticActivations, Self::Element>,
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
            rt::activation::backward(
                simd,
                &values.variance,
                &values.rescaling_1,
                &gradients.rescaling_1,
                &mut gradients.variance,
                rt::activations::Rescaling {
                    center: 0.0,
                    scale: -0.5,
                    offset: 1.0,
                },
            );
            {
                let [ddense] = rt::spare(spare, samples, [12]);
                rt::reduce::backward_variance(
                    simd,
                    &const { rt::reduce::ReduceSizes::new(&[4, 3], &[false, true]) },
                    [&values.dense, &values.variance_saved],
                    &gradients.variance,
                    ddense,
                );
                rt::add(simd, ddense, &mut gradients.dense);
            }
            rt::dense::backward(
                simd,
                &self.dense,
                &values.matmul,
                &gradients.dense,
                &mut sums.dense,
                rt::Some(&mut gradients.matmul),
                scratch,
            );
            rt::matmul::backward(
                simd,
                &const { rt::matmul::MatmulSizes::new(&[4, 3], &[3, 2]) },
                [&values.where_, &values.mix],
                &gradients.matmul,
                [rt::Some(&mut gradients.where_), rt::Some(&mut gradients.mix)],
            );
            rt::merge::backward(
                simd,
                Where_Shape,
                samples,
                [&values.greater, &values.split, &values.get_item],
                &gradients.where_,
                [
                    rt::Some(&mut gradients.greater),
                    rt::Some(&mut gradients.split),
                    rt::Some(&mut gradients.get_item),
                ],
            );
            rt::slice::backward(
                &const { rt::slice::SliceSizes::new(&[4, 3], &[[3, 1, 1], [0, 1, 3]]) },
                &gradients.get_item,
                &mut gradients.split_part_2,
            );
            {
                let [dsplit] = rt::spare(spare, samples, [12]);
                rt::merge::backward(
                    simd,
                    GreaterShape,
                    samples,
                    [&values.split, &values.constant],
                    &gradients.greater,
                    [rt::Some(dsplit), rt::None],
                );
                rt::add(simd, dsplit, &mut gradients.split);
            }
            rt::clear(&mut gradients.rescaling);
            rt::slice::place(
                &const { rt::slice::SliceSizes::new(&[4, 6], &[[0, 1, 4], [0, 1, 3]]) },
                &gradients.split,
                &mut gradients.rescaling,
            );
            rt::slice::place(
                &const { rt::slice::SliceSizes::new(&[4, 6], &[[0, 1, 4], [3, 1, 3]]) },
                &gradients.split_part_2,
                &mut gradients.rescaling,
            );
            rt::activation::backward(
                simd,
                &values.multiply,
                &values.rescaling,
                &gradients.rescaling,
                &mut gradients.multiply,
                rt::activations::Rescaling {
                    center: 0.0,
                    scale: 1.0,
                    offset: -1.0,
                },
            );
            rt::merge::backward(
                simd,
                MultiplyShape,
                samples,
                [&values.x, &values.scale],
                &gradients.multiply,
                [
                    pass.input_gradient.then_some(&mut gradients.x),
                    rt::Some(&mut gradients.scale),
                ],
            );
            rt::weight::backward(simd, &gradients.mix, sums.mix.as_flattened_mut());
            rt::weight::backward(simd, &gradients.scale, sums.scale.as_mut_slice());
        }
    }
};
