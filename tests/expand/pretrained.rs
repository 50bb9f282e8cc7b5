/// A weight file whose tensors lie in another order than the fields.
/**
| layer | output | parameters | multiply-adds |
| --- | --- | ---: | ---: |
| `Input` | 4 | | |
| dense: `Dense<3>` | 3 | 15 | 12 |
| dense_1: `Dense<2>` | 2 | 8 | 6 |
*/
#[derive(::core::clone::Clone, ::core::marker::Copy)]
#[repr(C, align(64))]
#[allow(deprecated, unused_braces)]
pub struct Pretrained {
    /// `Dense<3>`
    pub dense: ::nn::__rt::dense::Dense<
        4,
        3,
        ::core::primitive::f32,
        [::core::primitive::f32; 3],
    >,
    /// `Dense<2>`
    pub dense_1: ::nn::__rt::dense::Dense<
        3,
        2,
        ::core::primitive::f32,
        [::core::primitive::f32; 2],
    >,
    #[doc(hidden)]
    pub __padding: [::core::primitive::f32; ::nn::__rt::padding::<
        ::core::primitive::f32,
    >(Pretrained::PARAMETERS)],
}
/// One sample for [`Pretrained`].
pub type PretrainedInput = ::nn::__rt::Tensor1<4, ::core::primitive::f32>;
/// What [`Pretrained`] makes of one sample.
pub type PretrainedOutput = ::nn::__rt::Tensor1<2, ::core::primitive::f32>;
/// The memory that [`Pretrained`] needs beside its weights while it infers.
#[allow(deprecated)]
#[derive(::core::clone::Clone, ::core::marker::Copy)]
#[repr(C, align(64))]
pub struct PretrainedWorkspace(
    [::core::primitive::f32; Pretrained::WORKSPACE_BYTES
        / ::core::mem::size_of::<::core::primitive::f32>()],
);
#[allow(dead_code, deprecated, unused_imports, unused_variables, unused_braces)]
#[allow(non_camel_case_types, non_snake_case)]
const _: () = {
    use ::nn::__rt::{self as rt, Clone, Copy, Debug, Default, primitives::*};
    rt::names!(
        buffers dense gradients input memory other output part pass phase sample samples
        scratch shard simd sums values workspace x y
    );
    const _: rt::markers::Dense = rt::markers::Dense;
    const _: rt::markers::Dense = rt::markers::Dense;
    rt::plain!(Pretrained { dense, dense_1, __padding });
    rt::plain!(PretrainedWorkspace { 0 });
    impl ::core::cmp::PartialEq for Pretrained {
        /// Whether all weights are equal; as in Rust, NaN equals nothing.
        fn eq(&self, other: &Self) -> ::core::primitive::bool {
            rt::Network::as_flat(self) == rt::Network::as_flat(other)
        }
    }
    impl PretrainedWorkspace {
        const LAYOUT: rt::memory::Layout<1> = rt::memory::place([
            rt::memory::region(3, 0, 1),
        ]);
    }
    struct PretrainedRegions;
    impl PretrainedRegions {
        const DENSE: ::core::ops::Range<usize> = PretrainedWorkspace::LAYOUT.range(0);
    }
    impl Pretrained {
        /// The weights, in Keras' order, which is the order of the fields.
        pub const PARAMS: &'static [rt::Param] = &[
            rt::Param::new("dense.kernel", &[4, 3], 0, rt::Initializer::GlorotUniform),
            rt::Param::new("dense.bias", &[3], 12, rt::Initializer::Zeros),
            rt::Param::new(
                "dense_1.kernel",
                &[3, 2],
                15,
                rt::Initializer::GlorotUniform,
            ),
            rt::Param::new("dense_1.bias", &[2], 21, rt::Initializer::Zeros),
        ];
        /// The number of weights, moving statistics included.
        pub const PARAMETERS: usize = rt::param_count(Self::PARAMS);
        /// Multiply-adds for one sample.
        pub const MACS: u64 = rt::mac_count(<Self as rt::Network>::LAYERS);
        /// The size of the workspace, in bytes.
        pub const WORKSPACE_BYTES: usize = PretrainedWorkspace::LAYOUT.len
            * ::core::mem::size_of::<f32>();
    }
    impl rt::Network for Pretrained {
        type Element = f32;
        type Input = PretrainedInput;
        type Output = PretrainedOutput;
        type Workspace = PretrainedWorkspace;
        type Predictions = rt::alloc::vec::Vec<PretrainedOutput>;
        const NAME: &'static str = "Pretrained";
        const PARAMS: &'static [rt::Param] = Self::PARAMS;
        const LAYERS: &'static [rt::LayerInfo] = &[
            rt::LayerInfo::new("input", "InputLayer", &[4], 0, 0, 0),
            rt::LayerInfo::new("dense", "Dense", &[3], 15, 15, 12),
            rt::LayerInfo::new("dense_1", "Dense", &[2], 8, 8, 6),
        ];
        #[inline(always)]
        fn forward<S: rt::Simd>(
            &self,
            simd: S,
            x: &PretrainedInput,
            workspace: &mut PretrainedWorkspace,
            y: &mut PretrainedOutput,
        ) {
            let (input, output) = (rt::Tensor::as_flat(x), rt::Tensor::as_flat_mut(y));
            let memory = &mut workspace.0[..];
            {
                let [dense] = rt::regions(memory, [PretrainedRegions::DENSE]);
                rt::dense::infer(
                    simd,
                    &self.dense,
                    input,
                    dense,
                    rt::Epilogue::bias(&self.dense.bias),
                );
            }
            {
                let [dense] = rt::regions(memory, [PretrainedRegions::DENSE]);
                rt::dense::infer(
                    simd,
                    &self.dense_1,
                    dense,
                    output,
                    rt::Epilogue::bias(&self.dense_1.bias),
                );
            }
        }
    }
    impl Pretrained {
        /// Runs the network on one sample. Allocates nothing.
        #[inline]
        pub fn infer(
            &self,
            x: &PretrainedInput,
            workspace: &mut PretrainedWorkspace,
        ) -> PretrainedOutput {
            rt::Network::infer(self, x, workspace)
        }
        /// The same with a place for the output, which is overwritten: for one that is too large for the stack.
        #[inline]
        pub fn infer_into(
            &self,
            x: &PretrainedInput,
            workspace: &mut PretrainedWorkspace,
            y: &mut PretrainedOutput,
        ) {
            rt::Network::infer_into(self, x, workspace, y);
        }
    }
    impl PretrainedWorkspace {
        /// All zero; no call depends on what is in it.
        pub const fn new() -> Self {
            Self([0.0; _])
        }
    }
    impl ::core::default::Default for PretrainedWorkspace {
        fn default() -> Self {
            Self::new()
        }
    }
    #[derive(Clone, Debug, Default)]
    pub struct PretrainedActivations {
        input: rt::alloc::vec::Vec<f32>,
        dense: rt::alloc::vec::Vec<f32>,
        dense_1: rt::alloc::vec::Vec<f32>,
    }
    impl rt::Activations for PretrainedActivations {
        type Element = f32;
        fn new(samples: usize) -> Self {
            let mut buffers = <Self as rt::Default>::default();
            rt::Activations::resize(&mut buffers, samples);
            buffers
        }
        fn resize(&mut self, samples: usize) {
            self.input.resize(samples * 4, 0.0);
            self.dense.resize(samples * 3, 0.0);
            self.dense_1.resize(samples * 2, 0.0);
        }
        fn load(&mut self, sample: usize, part: usize, x: &[u8]) {
            rt::load(&mut self.input, sample, x);
        }
        fn input(&self, part: usize) -> &[f32] {
            &self.input
        }
        fn output(&self, part: usize) -> &[f32] {
            &self.dense_1
        }
        fn output_mut(&mut self, part: usize) -> &mut [f32] {
            &mut self.dense_1
        }
        fn logits(&self, part: usize) -> &[f32] {
            &self.dense_1
        }
        fn logits_mut(&mut self, part: usize) -> &mut [f32] {
            &mut self.dense_1
        }
    }
    impl rt::Train for Pretrained {
        type Activations = PretrainedActivations;
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
            shard: &mut rt::Shard<PretrainedActivations, Self::Element>,
        ) {
            let rt::Shard { ref mut values, .. } = *shard;
            rt::dense::forward(
                simd,
                &self.dense,
                &values.input,
                &mut values.dense,
                rt::activations::Linear,
            );
            rt::dense::forward(
                simd,
                &self.dense_1,
                &values.dense,
                &mut values.dense_1,
                rt::activations::Linear,
            );
        }
        #[inline(always)]
        fn backward_phase<S: rt::Simd>(
            &self,
            simd: S,
            phase: usize,
            pass: &rt::Pass<'_>,
            shard: &mut rt::Shard<PretrainedActivations, Self::Element>,
            sums: &mut Self,
        ) {
            let rt::Shard { ref mut values, ref mut gradients, ref mut scratch, .. } = *shard;
            rt::dense::backward(
                simd,
                &self.dense_1,
                &values.dense,
                &gradients.dense_1,
                &mut sums.dense_1,
                rt::Some(&mut gradients.dense),
                scratch,
            );
            rt::dense::backward(
                simd,
                &self.dense,
                &values.input,
                &gradients.dense,
                &mut sums.dense,
                pass.input_gradient.then_some(&mut gradients.input),
                scratch,
            );
        }
    }
    impl Pretrained {
        /// The weights of `../tests/data/sorted.safetensors`, in read-only memory.
        pub const PRETRAINED: &'static Self = {
            static WEIGHTS: [rt::Line; ::core::mem::size_of::<Pretrained>() / 64] = rt::embedded(
                ::core::include_bytes!(
                    ::core::concat!(::core::env!("CARGO_MANIFEST_DIR"),
                    "/../tests/data/sorted.safetensors")
                ),
                &[292..340, 280..292, 348..372, 340..348],
            );
            rt::bytemuck::must_cast_ref(&WEIGHTS)
        };
    }
};
