/**
| layer | output | parameters | multiply-adds |
| --- | --- | ---: | ---: |
| `Input` | 4 | | |
| dense: `Dense<3>` | 3 | 15 | 12 |
*/
#[derive(::core::clone::Clone, ::core::marker::Copy)]
#[repr(C, align(64))]
#[allow(deprecated, unused_braces)]
struct Smallest {
    /// `Dense<3>`
    pub dense: ::nn::__rt::dense::Dense<
        4,
        3,
        ::core::primitive::f32,
        [::core::primitive::f32; 3],
    >,
    #[doc(hidden)]
    pub __padding: [::core::primitive::f32; ::nn::__rt::padding::<
        ::core::primitive::f32,
    >(Smallest::PARAMETERS)],
}
/// One sample for [`Smallest`].
type SmallestInput = ::nn::__rt::Tensor1<4, ::core::primitive::f32>;
/// What [`Smallest`] makes of one sample.
type SmallestOutput = ::nn::__rt::Tensor1<3, ::core::primitive::f32>;
/// The memory that [`Smallest`] needs beside its weights while it infers.
#[allow(deprecated)]
#[derive(::core::clone::Clone, ::core::marker::Copy)]
#[repr(C, align(64))]
struct SmallestWorkspace(
    [::core::primitive::f32; Smallest::WORKSPACE_BYTES
        / ::core::mem::size_of::<::core::primitive::f32>()],
);
#[allow(dead_code, deprecated, unused_imports, unused_variables, unused_braces)]
#[allow(non_camel_case_types, non_snake_case)]
const _: () = {
    use ::nn::__rt::{self as rt, Clone, Copy, Debug, Default, primitives::*};
    rt::names!(
        buffers gradients input memory other output part pass phase sample samples
        scratch shard simd sums values workspace x y
    );
    const _: rt::markers::Dense = rt::markers::Dense;
    rt::plain!(Smallest { dense, __padding });
    rt::plain!(SmallestWorkspace { 0 });
    impl ::core::cmp::PartialEq for Smallest {
        /// Whether all weights are equal; as in Rust, NaN equals nothing.
        fn eq(&self, other: &Self) -> ::core::primitive::bool {
            rt::Network::as_flat(self) == rt::Network::as_flat(other)
        }
    }
    impl SmallestWorkspace {
        const LAYOUT: rt::memory::Layout<0> = rt::memory::place([]);
    }
    impl Smallest {
        /// The weights, in Keras' order, which is the order of the fields.
        pub const PARAMS: &'static [rt::Param] = &[
            rt::Param::new("dense.kernel", &[4, 3], 0, rt::Initializer::GlorotUniform),
            rt::Param::new("dense.bias", &[3], 12, rt::Initializer::Zeros),
        ];
        /// The number of weights, moving statistics included.
        pub const PARAMETERS: usize = rt::param_count(Self::PARAMS);
        /// Multiply-adds for one sample.
        pub const MACS: u64 = rt::mac_count(<Self as rt::Network>::LAYERS);
        /// The size of the workspace, in bytes.
        pub const WORKSPACE_BYTES: usize = SmallestWorkspace::LAYOUT.len
            * ::core::mem::size_of::<f32>();
    }
    impl rt::Network for Smallest {
        type Element = f32;
        type Input = SmallestInput;
        type Output = SmallestOutput;
        type Workspace = SmallestWorkspace;
        type Predictions = rt::alloc::vec::Vec<SmallestOutput>;
        const NAME: &'static str = "Smallest";
        const PARAMS: &'static [rt::Param] = Self::PARAMS;
        const LAYERS: &'static [rt::LayerInfo] = &[
            rt::LayerInfo::new("input", "InputLayer", &[4], 0, 0, 0),
            rt::LayerInfo::new("dense", "Dense", &[3], 15, 15, 12),
        ];
        #[inline(always)]
        fn forward<S: rt::Simd>(
            &self,
            simd: S,
            x: &SmallestInput,
            workspace: &mut SmallestWorkspace,
            y: &mut SmallestOutput,
        ) {
            let (input, output) = (rt::Tensor::as_flat(x), rt::Tensor::as_flat_mut(y));
            {
                rt::dense::infer(
                    simd,
                    &self.dense,
                    input,
                    output,
                    rt::Epilogue::bias(&self.dense.bias),
                );
            }
        }
    }
    impl Smallest {
        /// Runs the network on one sample. Allocates nothing.
        #[inline]
        pub fn infer(
            &self,
            x: &SmallestInput,
            workspace: &mut SmallestWorkspace,
        ) -> SmallestOutput {
            rt::Network::infer(self, x, workspace)
        }
        /// The same with a place for the output, which is overwritten: for one that is too large for the stack.
        #[inline]
        pub fn infer_into(
            &self,
            x: &SmallestInput,
            workspace: &mut SmallestWorkspace,
            y: &mut SmallestOutput,
        ) {
            rt::Network::infer_into(self, x, workspace, y);
        }
    }
    impl SmallestWorkspace {
        /// All zero; no call depends on what is in it.
        pub const fn new() -> Self {
            Self([0.0; _])
        }
    }
    impl ::core::default::Default for SmallestWorkspace {
        fn default() -> Self {
            Self::new()
        }
    }
    #[derive(Clone, Debug, Default)]
    struct SmallestActivations {
        input: rt::alloc::vec::Vec<f32>,
        dense: rt::alloc::vec::Vec<f32>,
    }
    impl rt::Activations for SmallestActivations {
        type Element = f32;
        fn new(samples: usize) -> Self {
            let mut buffers = <Self as rt::Default>::default();
            rt::Activations::resize(&mut buffers, samples);
            buffers
        }
        fn resize(&mut self, samples: usize) {
            self.input.resize(samples * 4, 0.0);
            self.dense.resize(samples * 3, 0.0);
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
    impl rt::Train for Smallest {
        type Activations = SmallestActivations;
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
            shard: &mut rt::Shard<SmallestActivations, Self::Element>,
        ) {
            let rt::Shard { ref mut values, .. } = *shard;
            rt::dense::forward(
                simd,
                &self.dense,
                &values.input,
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
            shard: &mut rt::Shard<SmallestActivations, Self::Element>,
            sums: &mut Self,
        ) {
            let rt::Shard { ref mut values, ref mut gradients, ref mut scratch, .. } = *shard;
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
};
