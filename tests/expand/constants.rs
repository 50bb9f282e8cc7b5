/// Sizes that only the compiler can see.
/**
| layer | output | parameters | multiply-adds |
| --- | --- | ---: | ---: |
| `Input` | FEATURES | | |
| hidden: `Dense<{ 2 * FEATURES }, activation = tanh>` | ? | … | … |
| dense: `Dense<CLASSES>` | CLASSES | … | … |
*/
#[derive(::core::clone::Clone, ::core::marker::Copy)]
#[repr(C, align(64))]
#[allow(deprecated, unused_braces)]
pub(crate) struct Constants {
    /// `Dense<{ 2 * FEATURES }, activation = tanh>`
    pub hidden: ::nn::__rt::dense::Dense<
        { FEATURES },
        { 2 * FEATURES },
        ::core::primitive::f64,
        [::core::primitive::f64; { 2 * FEATURES }],
    >,
    /// `Dense<CLASSES>`
    pub dense: ::nn::__rt::dense::Dense<
        { 2 * FEATURES },
        { CLASSES },
        ::core::primitive::f64,
        [::core::primitive::f64; { CLASSES }],
    >,
    #[doc(hidden)]
    pub __padding: [::core::primitive::f64; ::nn::__rt::padding::<
        ::core::primitive::f64,
    >(Constants::PARAMETERS)],
}
/// One sample for [`Constants`].
pub(crate) type ConstantsInput = ::nn::__rt::Tensor1<
    { FEATURES },
    ::core::primitive::f64,
>;
/// What [`Constants`] makes of one sample.
pub(crate) type ConstantsOutput = ::nn::__rt::Tensor1<
    { CLASSES },
    ::core::primitive::f64,
>;
/// The memory that [`Constants`] needs beside its weights while it infers.
#[allow(deprecated)]
#[derive(::core::clone::Clone, ::core::marker::Copy)]
#[repr(C, align(64))]
pub(crate) struct ConstantsWorkspace(
    [::core::primitive::f64; Constants::WORKSPACE_BYTES
        / ::core::mem::size_of::<::core::primitive::f64>()],
);
#[allow(deprecated, unused_braces)]
const _: () = {
    use ::nn::__rt as __nn_rt;
    impl Constants {
        #[doc(hidden)]
        const __SIZE_0: ::core::primitive::usize = { FEATURES };
        #[doc(hidden)]
        const __SIZE_1: ::core::primitive::usize = { 2 * FEATURES };
        #[doc(hidden)]
        const __SIZE_2: ::core::primitive::usize = { CLASSES };
    }
};
#[allow(dead_code, deprecated, unused_imports, unused_variables, unused_braces)]
#[allow(non_camel_case_types, non_snake_case)]
const _: () = {
    use ::nn::__rt::{self as rt, Clone, Copy, Debug, Default, primitives::*};
    rt::names!(
        buffers gradients hidden input kept memory other output part pass phase rows
        sample samples scratch shard simd sums values workspace x xs y ys
    );
    const _: () = {
        let _ = rt::shape::expect(
            rt::shape::input("Input<FEATURES>", [{ Constants::__SIZE_0 }]),
        );
    };
    const _: () = {
        let _ = rt::shape::expect(
            rt::shape::dense(
                "Dense<{ 2 * FEATURES }, activation = tanh>",
                [{ Constants::__SIZE_0 }],
                { Constants::__SIZE_1 },
            ),
        );
    };
    const _: () = {
        let _ = rt::shape::expect(
            rt::shape::dense(
                "Dense<CLASSES>",
                [{ Constants::__SIZE_1 }],
                { Constants::__SIZE_2 },
            ),
        );
    };
    const _: rt::markers::Dense = rt::markers::Dense;
    const _: rt::markers::Dense = rt::markers::Dense;
    rt::plain!(Constants { hidden, dense, __padding });
    rt::plain!(ConstantsWorkspace { 0 });
    impl ::core::cmp::PartialEq for Constants {
        /// Whether all weights are equal; as in Rust, NaN equals nothing.
        fn eq(&self, other: &Self) -> ::core::primitive::bool {
            rt::Network::as_flat(self) == rt::Network::as_flat(other)
        }
    }
    impl ConstantsWorkspace {
        const LAYOUT: rt::memory::Layout<1> = rt::memory::place([
            rt::memory::region({ Constants::__SIZE_1 }, 0, 1),
        ]);
    }
    struct ConstantsRegions;
    impl ConstantsRegions {
        const HIDDEN: ::core::ops::Range<usize> = ConstantsWorkspace::LAYOUT.range(0);
    }
    impl Constants {
        /// The weights, in Keras' order, which is the order of the fields.
        pub const PARAMS: &'static [rt::Param] = &[
            rt::Param::new(
                "hidden.kernel",
                &[{ Constants::__SIZE_0 }, { Constants::__SIZE_1 }],
                0,
                rt::Initializer::GlorotUniform,
            ),
            rt::Param::new(
                "hidden.bias",
                &[{ Constants::__SIZE_1 }],
                { 1 * { Constants::__SIZE_1 } * { Constants::__SIZE_0 } },
                rt::Initializer::Zeros,
            ),
            rt::Param::new(
                "dense.kernel",
                &[{ Constants::__SIZE_1 }, { Constants::__SIZE_2 }],
                {
                    0 + { Constants::__SIZE_1 }
                        + { 1 * { Constants::__SIZE_1 } * { Constants::__SIZE_0 } }
                },
                rt::Initializer::GlorotUniform,
            ),
            rt::Param::new(
                "dense.bias",
                &[{ Constants::__SIZE_2 }],
                {
                    0 + { Constants::__SIZE_1 }
                        + { 1 * { Constants::__SIZE_1 } * { Constants::__SIZE_2 } }
                        + { 1 * { Constants::__SIZE_1 } * { Constants::__SIZE_0 } }
                },
                rt::Initializer::Zeros,
            ),
        ];
        /// The number of weights, moving statistics included.
        pub const PARAMETERS: usize = rt::param_count(Self::PARAMS);
        /// Multiply-adds for one sample.
        pub const MACS: u64 = rt::mac_count(<Self as rt::Network>::LAYERS);
        /// The size of the workspace, in bytes.
        pub const WORKSPACE_BYTES: usize = ConstantsWorkspace::LAYOUT.len
            * ::core::mem::size_of::<f64>();
    }
    struct ConstantsSample;
    impl ConstantsSample {
        const LAYOUT: rt::memory::Layout<1> = rt::memory::place([
            rt::memory::region({ Constants::__SIZE_1 }, 0, 1),
        ]);
    }
    struct ConstantsKept;
    impl ConstantsKept {
        const HIDDEN: ::core::ops::Range<usize> = ConstantsSample::LAYOUT.range(0);
    }
    impl rt::Network for Constants {
        type Element = f64;
        type Input = ConstantsInput;
        type Output = ConstantsOutput;
        type Workspace = ConstantsWorkspace;
        type Predictions = rt::alloc::vec::Vec<ConstantsOutput>;
        const NAME: &'static str = "Constants";
        const PARAMS: &'static [rt::Param] = Self::PARAMS;
        const LAYERS: &'static [rt::LayerInfo] = &[
            rt::LayerInfo::new(
                "input",
                "InputLayer",
                &[{ Constants::__SIZE_0 }],
                0,
                0,
                0,
            ),
            rt::LayerInfo::new(
                "hidden",
                "Dense",
                &[{ Constants::__SIZE_1 }],
                {
                    0 + { Constants::__SIZE_1 }
                        + { 1 * { Constants::__SIZE_1 } * { Constants::__SIZE_0 } }
                },
                {
                    0 + { Constants::__SIZE_1 }
                        + { 1 * { Constants::__SIZE_1 } * { Constants::__SIZE_0 } }
                },
                { 1 * { Constants::__SIZE_1 } * { Constants::__SIZE_0 } },
            ),
            rt::LayerInfo::new(
                "dense",
                "Dense",
                &[{ Constants::__SIZE_2 }],
                {
                    0 + { Constants::__SIZE_2 }
                        + { 1 * { Constants::__SIZE_1 } * { Constants::__SIZE_2 } }
                },
                {
                    0 + { Constants::__SIZE_2 }
                        + { 1 * { Constants::__SIZE_1 } * { Constants::__SIZE_2 } }
                },
                { 1 * { Constants::__SIZE_1 } * { Constants::__SIZE_2 } },
            ),
        ];
        #[inline(always)]
        fn forward<S: rt::Simd>(
            &self,
            simd: S,
            x: &ConstantsInput,
            workspace: &mut ConstantsWorkspace,
            y: &mut ConstantsOutput,
        ) {
            let (input, output) = (rt::Tensor::as_flat(x), rt::Tensor::as_flat_mut(y));
            let memory = &mut workspace.0[..];
            {
                let [hidden] = rt::regions(memory, [ConstantsRegions::HIDDEN]);
                rt::dense::infer(
                    simd,
                    &self.hidden,
                    input,
                    hidden,
                    rt::Epilogue::bias(&self.hidden.bias)
                        .activation(rt::activations::Tanh),
                );
            }
            {
                let [hidden] = rt::regions(memory, [ConstantsRegions::HIDDEN]);
                rt::dense::infer(
                    simd,
                    &self.dense,
                    hidden,
                    output,
                    rt::Epilogue::bias(&self.dense.bias),
                );
            }
        }
        const TOGETHER: usize = rt::shape::together(
            &[
                { 1 * { Constants::__SIZE_1 } * { Constants::__SIZE_0 } },
                { 1 * { Constants::__SIZE_1 } * { Constants::__SIZE_2 } },
            ],
            ConstantsSample::LAYOUT.len * ::core::mem::size_of::<f64>(),
        );
        #[inline(always)]
        fn forward_together<S: rt::Simd>(
            &self,
            simd: S,
            xs: &[&ConstantsInput],
            workspace: &mut ConstantsWorkspace,
            [kept,
            scratch,
            ]: &mut [rt::alloc::vec::Vec<f64>; 2],
            ys: &mut [ConstantsOutput],
        ) {
            {
                let rows = xs
                    .iter()
                    .copied()
                    .zip(rt::kept(kept, xs.len(), ConstantsSample::LAYOUT.len))
                    .zip(&mut *ys)
                    .map(|((x, kept), y)| {
                        let (input, output) = (
                            rt::Tensor::as_flat(x),
                            rt::Tensor::as_flat_mut(y),
                        );
                        let [hidden] = rt::regions(kept, [ConstantsKept::HIDDEN]);
                        (&*input, &mut *hidden)
                    });
                rt::dense::together(
                    simd,
                    &self.hidden,
                    xs.len(),
                    rows,
                    scratch,
                    rt::Epilogue::bias(&self.hidden.bias)
                        .activation(rt::activations::Tanh),
                );
            }
            {
                let rows = xs
                    .iter()
                    .copied()
                    .zip(rt::kept(kept, xs.len(), ConstantsSample::LAYOUT.len))
                    .zip(&mut *ys)
                    .map(|((x, kept), y)| {
                        let (input, output) = (
                            rt::Tensor::as_flat(x),
                            rt::Tensor::as_flat_mut(y),
                        );
                        let [hidden] = rt::regions(kept, [ConstantsKept::HIDDEN]);
                        (&*hidden, &mut *output)
                    });
                rt::dense::together(
                    simd,
                    &self.dense,
                    xs.len(),
                    rows,
                    scratch,
                    rt::Epilogue::bias(&self.dense.bias),
                );
            }
        }
    }
    impl Constants {
        /// Runs the network on one sample. Allocates nothing.
        #[inline]
        pub fn infer(
            &self,
            x: &ConstantsInput,
            workspace: &mut ConstantsWorkspace,
        ) -> ConstantsOutput {
            rt::Network::infer(self, x, workspace)
        }
        /// The same with a place for the output, which is overwritten: for one that is too large for the stack.
        #[inline]
        pub fn infer_into(
            &self,
            x: &ConstantsInput,
            workspace: &mut ConstantsWorkspace,
            y: &mut ConstantsOutput,
        ) {
            rt::Network::infer_into(self, x, workspace, y);
        }
    }
    impl ConstantsWorkspace {
        /// All zero; no call depends on what is in it.
        pub const fn new() -> Self {
            Self([0.0; _])
        }
    }
    impl ::core::default::Default for ConstantsWorkspace {
        fn default() -> Self {
            Self::new()
        }
    }
    #[derive(Clone, Debug, Default)]
    pub(crate) struct ConstantsActivations {
        input: rt::alloc::vec::Vec<f64>,
        hidden: rt::alloc::vec::Vec<f64>,
        dense: rt::alloc::vec::Vec<f64>,
    }
    impl rt::Activations for ConstantsActivations {
        type Element = f64;
        fn new(samples: usize) -> Self {
            let mut buffers = <Self as rt::Default>::default();
            rt::Activations::resize(&mut buffers, samples);
            buffers
        }
        fn resize(&mut self, samples: usize) {
            self.input.resize(samples * { Constants::__SIZE_0 }, 0.0);
            self.hidden.resize(samples * { Constants::__SIZE_1 }, 0.0);
            self.dense.resize(samples * { Constants::__SIZE_2 }, 0.0);
        }
        fn load(&mut self, sample: usize, part: usize, x: &[u8]) {
            rt::load(&mut self.input, sample, x);
        }
        fn input(&self, part: usize) -> &[f64] {
            &self.input
        }
        fn output(&self, part: usize) -> &[f64] {
            &self.dense
        }
        fn output_mut(&mut self, part: usize) -> &mut [f64] {
            &mut self.dense
        }
        fn logits(&self, part: usize) -> &[f64] {
            &self.dense
        }
        fn logits_mut(&mut self, part: usize) -> &mut [f64] {
            &mut self.dense
        }
    }
    impl rt::Train for Constants {
        type Activations = ConstantsActivations;
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
            shard: &mut rt::Shard<ConstantsActivations, Self::Element>,
        ) {
            let rt::Shard { ref mut values, .. } = *shard;
            rt::dense::forward(
                simd,
                &self.hidden,
                &values.input,
                &mut values.hidden,
                rt::activations::Tanh,
            );
            rt::dense::forward(
                simd,
                &self.dense,
                &values.hidden,
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
            shard: &mut rt::Shard<ConstantsActivations, Self::Element>,
            sums: &mut Self,
        ) {
            let rt::Shard { ref mut values, ref mut gradients, ref mut scratch, .. } = *shard;
            rt::dense::backward(
                simd,
                &self.dense,
                &values.hidden,
                &gradients.dense,
                &mut sums.dense,
                rt::Some(&mut gradients.hidden),
                scratch,
            );
            rt::activation::backward_in_place(
                simd,
                &values.hidden,
                &mut gradients.hidden,
                rt::activations::Tanh,
            );
            rt::dense::backward(
                simd,
                &self.hidden,
                &values.input,
                &gradients.hidden,
                &mut sums.hidden,
                pass.input_gradient.then_some(&mut gradients.input),
                scratch,
            );
        }
    }
};
