/**
| layer | output | parameters | multiply-adds |
| --- | --- | ---: | ---: |
| `Input` | 8×8×4 | | |
| conv2d: `Conv2D<4, 3, padding = same, activation = relu>` | 8×8×4 | 148 | 9216 |
| conv2d_1: `Conv2D<4, 3, padding = same, activation = relu>` | 8×8×4 | 148 | 9216 |
| conv2d_2: `Conv2D<4, 3, padding = same, activation = relu>` | 8×8×4 | 148 | 9216 |
*/
#[derive(::core::clone::Clone, ::core::marker::Copy)]
#[repr(C, align(64))]
#[allow(deprecated, unused_braces)]
struct Repeated {
    /// `Conv2D<4, 3, padding = same, activation = relu>`
    pub conv2d: ::nn::__rt::conv2d::Conv2D<
        3,
        3,
        4,
        4,
        ::core::primitive::f32,
        [::core::primitive::f32; 4],
    >,
    /// `Conv2D<4, 3, padding = same, activation = relu>`
    pub conv2d_1: ::nn::__rt::conv2d::Conv2D<
        3,
        3,
        4,
        4,
        ::core::primitive::f32,
        [::core::primitive::f32; 4],
    >,
    /// `Conv2D<4, 3, padding = same, activation = relu>`
    pub conv2d_2: ::nn::__rt::conv2d::Conv2D<
        3,
        3,
        4,
        4,
        ::core::primitive::f32,
        [::core::primitive::f32; 4],
    >,
    #[doc(hidden)]
    pub __padding: [::core::primitive::f32; ::nn::__rt::padding::<
        ::core::primitive::f32,
    >(Repeated::PARAMETERS)],
}
/// One sample for [`Repeated`].
type RepeatedInput = ::nn::__rt::Tensor3<8, 8, 4, ::core::primitive::f32>;
/// What [`Repeated`] makes of one sample.
type RepeatedOutput = ::nn::__rt::Tensor3<8, 8, 4, ::core::primitive::f32>;
/// The memory that [`Repeated`] needs beside its weights while it infers.
#[allow(deprecated)]
#[derive(::core::clone::Clone, ::core::marker::Copy)]
#[repr(C, align(64))]
struct RepeatedWorkspace(
    [::core::primitive::f32; Repeated::WORKSPACE_BYTES
        / ::core::mem::size_of::<::core::primitive::f32>()],
);
#[allow(dead_code, deprecated, unused_imports, unused_variables, unused_braces)]
#[allow(non_camel_case_types, non_snake_case)]
const _: () = {
    use ::nn::__rt::{self as rt, Clone, Copy, Debug, Default, primitives::*};
    rt::names!(
        buffers conv2d conv2d_1 conv2d_1_scratch conv2d_2_scratch conv2d_padded
        conv2d_scratch gradients input memory other output part pass phase sample samples
        scratch shard simd sums values workspace x y
    );
    const _: rt::markers::Conv2D = rt::markers::Conv2D;
    const _: rt::markers::Conv2D = rt::markers::Conv2D;
    const _: rt::markers::Conv2D = rt::markers::Conv2D;
    /// `Conv2D<4, 3, padding = same, activation = relu>`: 8×8×4 to 8×8×4.
    #[derive(Clone, Copy)]
    struct Conv2dShape;
    impl rt::conv2d::Conv2DShape for Conv2dShape {
        const INPUT: [usize; 3] = [8, 8, 4];
        const FILTERS: usize = 4;
        const KERNEL_SIZE: [usize; 2] = [3, 3];
        const PADS: [[usize; 2]; 2] = [[1, 1], [1, 1]];
        const TILINGS: rt::Option<rt::tiles::Tilings> = rt::Some(
            rt::tiles::Tilings::new(
                4,
                [
                    rt::tiles::channels(8, 1, 1),
                    rt::tiles::pixels(4, 2, true),
                    rt::tiles::pixels(2, 5, true),
                    rt::tiles::channels(8, 1, 1),
                ],
            ),
        );
    }
    #[allow(unused_imports)]
    use Conv2dShape as Conv2d_1Shape;
    #[allow(unused_imports)]
    use Conv2dShape as Conv2d_2Shape;
    rt::plain!(Repeated { conv2d, conv2d_1, conv2d_2, __padding });
    rt::plain!(RepeatedWorkspace { 0 });
    impl ::core::cmp::PartialEq for Repeated {
        /// Whether all weights are equal; as in Rust, NaN equals nothing.
        fn eq(&self, other: &Self) -> ::core::primitive::bool {
            rt::Network::as_flat(self) == rt::Network::as_flat(other)
        }
    }
    impl RepeatedWorkspace {
        const LAYOUT: rt::memory::Layout<6> = rt::memory::place([
            rt::memory::region(400, 0, 1),
            rt::memory::region(400, 1, 2),
            rt::memory::region(
                rt::conv2d::scratch_len::<Conv2dShape, Conv2dDestination, f32>(),
                1,
                1,
            ),
            rt::memory::region(400, 2, 3),
            rt::memory::region(
                rt::conv2d::scratch_len::<Conv2d_1Shape, Conv2d_1Destination, f32>(),
                2,
                2,
            ),
            rt::memory::region(
                rt::conv2d::scratch_len::<Conv2d_2Shape, rt::conv2d::Plain, f32>(),
                3,
                3,
            ),
        ]);
    }
    struct RepeatedRegions;
    impl RepeatedRegions {
        const CONV2D_PADDED: ::core::ops::Range<usize> = RepeatedWorkspace::LAYOUT
            .range(0);
        const CONV2D: ::core::ops::Range<usize> = RepeatedWorkspace::LAYOUT.range(1);
        const CONV2D_SCRATCH: ::core::ops::Range<usize> = RepeatedWorkspace::LAYOUT
            .range(2);
        const CONV2D_1: ::core::ops::Range<usize> = RepeatedWorkspace::LAYOUT.range(3);
        const CONV2D_1_SCRATCH: ::core::ops::Range<usize> = RepeatedWorkspace::LAYOUT
            .range(4);
        const CONV2D_2_SCRATCH: ::core::ops::Range<usize> = RepeatedWorkspace::LAYOUT
            .range(5);
    }
    impl Repeated {
        /// The weights, in Keras' order, which is the order of the fields.
        pub const PARAMS: &'static [rt::Param] = &[
            rt::Param::new(
                "conv2d.kernel",
                &[3, 3, 4, 4],
                0,
                rt::Initializer::GlorotUniform,
            ),
            rt::Param::new("conv2d.bias", &[4], 144, rt::Initializer::Zeros),
            rt::Param::new(
                "conv2d_1.kernel",
                &[3, 3, 4, 4],
                148,
                rt::Initializer::GlorotUniform,
            ),
            rt::Param::new("conv2d_1.bias", &[4], 292, rt::Initializer::Zeros),
            rt::Param::new(
                "conv2d_2.kernel",
                &[3, 3, 4, 4],
                296,
                rt::Initializer::GlorotUniform,
            ),
            rt::Param::new("conv2d_2.bias", &[4], 440, rt::Initializer::Zeros),
        ];
        /// The number of weights, moving statistics included.
        pub const PARAMETERS: usize = rt::param_count(Self::PARAMS);
        /// Multiply-adds for one sample.
        pub const MACS: u64 = rt::mac_count(<Self as rt::Network>::LAYERS);
        /// The size of the workspace, in bytes.
        pub const WORKSPACE_BYTES: usize = RepeatedWorkspace::LAYOUT.len
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
                    rt::tiles::channels(8, 1, 1),
                    rt::tiles::pixels(4, 2, true),
                    rt::tiles::pixels(2, 5, true),
                    rt::tiles::channels(8, 1, 1),
                ],
            ),
        );
    }
    #[allow(unused_imports)]
    use Conv2dDestination as Conv2d_1Destination;
    impl rt::Network for Repeated {
        type Element = f32;
        type Input = RepeatedInput;
        type Output = RepeatedOutput;
        type Workspace = RepeatedWorkspace;
        type Predictions = rt::alloc::vec::Vec<RepeatedOutput>;
        const NAME: &'static str = "Repeated";
        const PARAMS: &'static [rt::Param] = Self::PARAMS;
        const LAYERS: &'static [rt::LayerInfo] = &[
            rt::LayerInfo::new("input", "InputLayer", &[8, 8, 4], 0, 0, 0),
            rt::LayerInfo::new("conv2d", "Conv2D", &[8, 8, 4], 148, 148, 9216),
            rt::LayerInfo::new("conv2d_1", "Conv2D", &[8, 8, 4], 148, 148, 9216),
            rt::LayerInfo::new("conv2d_2", "Conv2D", &[8, 8, 4], 148, 148, 9216),
        ];
        #[inline(always)]
        fn forward<S: rt::Simd>(
            &self,
            simd: S,
            x: &RepeatedInput,
            workspace: &mut RepeatedWorkspace,
            y: &mut RepeatedOutput,
        ) {
            let (input, output) = (rt::Tensor::as_flat(x), rt::Tensor::as_flat_mut(y));
            let memory = &mut workspace.0[..];
            {
                let [conv2d_padded] = rt::regions(
                    memory,
                    [RepeatedRegions::CONV2D_PADDED],
                );
                rt::conv2d::pad(
                    simd,
                    [8, 8, 4],
                    rt::conv2d::Border::new([1, 1], [1, 1]),
                    input,
                    conv2d_padded,
                );
            }
            {
                let [conv2d_padded, conv2d, conv2d_scratch] = rt::regions(
                    memory,
                    [
                        RepeatedRegions::CONV2D_PADDED,
                        RepeatedRegions::CONV2D,
                        RepeatedRegions::CONV2D_SCRATCH,
                    ],
                );
                rt::conv2d::clear_border(
                    [8, 8, 4],
                    rt::conv2d::Border::new([1, 1], [1, 1]),
                    conv2d,
                );
                rt::conv2d::infer(
                    simd,
                    Conv2dShape,
                    Conv2dDestination,
                    &self.conv2d,
                    conv2d_padded,
                    conv2d,
                    conv2d_scratch,
                    rt::Epilogue::bias(&self.conv2d.bias)
                        .activation(rt::activations::Relu),
                );
            }
            {
                let [conv2d, conv2d_1, conv2d_1_scratch] = rt::regions(
                    memory,
                    [
                        RepeatedRegions::CONV2D,
                        RepeatedRegions::CONV2D_1,
                        RepeatedRegions::CONV2D_1_SCRATCH,
                    ],
                );
                rt::conv2d::clear_border(
                    [8, 8, 4],
                    rt::conv2d::Border::new([1, 1], [1, 1]),
                    conv2d_1,
                );
                rt::conv2d::infer(
                    simd,
                    Conv2d_1Shape,
                    Conv2d_1Destination,
                    &self.conv2d_1,
                    conv2d,
                    conv2d_1,
                    conv2d_1_scratch,
                    rt::Epilogue::bias(&self.conv2d_1.bias)
                        .activation(rt::activations::Relu),
                );
            }
            {
                let [conv2d_1, conv2d_2_scratch] = rt::regions(
                    memory,
                    [RepeatedRegions::CONV2D_1, RepeatedRegions::CONV2D_2_SCRATCH],
                );
                rt::conv2d::infer(
                    simd,
                    Conv2d_2Shape,
                    rt::conv2d::Plain,
                    &self.conv2d_2,
                    conv2d_1,
                    output,
                    conv2d_2_scratch,
                    rt::Epilogue::bias(&self.conv2d_2.bias)
                        .activation(rt::activations::Relu),
                );
            }
        }
    }
    impl Repeated {
        /// Runs the network on one sample. Allocates nothing.
        #[inline]
        pub fn infer(
            &self,
            x: &RepeatedInput,
            workspace: &mut RepeatedWorkspace,
        ) -> RepeatedOutput {
            rt::Network::infer(self, x, workspace)
        }
        /// The same with a place for the output, which is overwritten: for one that is too large for the stack.
        #[inline]
        pub fn infer_into(
            &self,
            x: &RepeatedInput,
            workspace: &mut RepeatedWorkspace,
            y: &mut RepeatedOutput,
        ) {
            rt::Network::infer_into(self, x, workspace, y);
        }
    }
    impl RepeatedWorkspace {
        /// All zero; no call depends on what is in it.
        pub const fn new() -> Self {
            Self([0.0; _])
        }
    }
    impl ::core::default::Default for RepeatedWorkspace {
        fn default() -> Self {
            Self::new()
        }
    }
    #[derive(Clone, Debug, Default)]
    struct RepeatedActivations {
        input: rt::alloc::vec::Vec<f32>,
        conv2d: rt::alloc::vec::Vec<f32>,
        conv2d_1: rt::alloc::vec::Vec<f32>,
        conv2d_2: rt::alloc::vec::Vec<f32>,
    }
    impl rt::Activations for RepeatedActivations {
        type Element = f32;
        fn new(samples: usize) -> Self {
            let mut buffers = <Self as rt::Default>::default();
            rt::Activations::resize(&mut buffers, samples);
            buffers
        }
        fn resize(&mut self, samples: usize) {
            self.input.resize(samples * 256, 0.0);
            self.conv2d.resize(samples * 256, 0.0);
            self.conv2d_1.resize(samples * 256, 0.0);
            self.conv2d_2.resize(samples * 256, 0.0);
        }
        fn load(&mut self, sample: usize, part: usize, x: &[u8]) {
            rt::load(&mut self.input, sample, x);
        }
        fn input(&self, part: usize) -> &[f32] {
            &self.input
        }
        fn output(&self, part: usize) -> &[f32] {
            &self.conv2d_2
        }
        fn output_mut(&mut self, part: usize) -> &mut [f32] {
            &mut self.conv2d_2
        }
        fn logits(&self, part: usize) -> &[f32] {
            &self.conv2d_2
        }
        fn logits_mut(&mut self, part: usize) -> &mut [f32] {
            &mut self.conv2d_2
        }
    }
    impl rt::Train for Repeated {
        type Activations = RepeatedActivations;
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
            shard: &mut rt::Shard<RepeatedActivations, Self::Element>,
        ) {
            let rt::Shard { samples, ref mut values, ref mut scratch, .. } = *shard;
            rt::conv2d::forward(
                simd,
                Conv2dShape,
                &self.conv2d,
                samples,
                &values.input,
                &mut values.conv2d,
                rt::activations::Relu,
                scratch,
            );
            rt::conv2d::forward(
                simd,
                Conv2d_1Shape,
                &self.conv2d_1,
                samples,
                &values.conv2d,
                &mut values.conv2d_1,
                rt::activations::Relu,
                scratch,
            );
            rt::conv2d::forward(
                simd,
                Conv2d_2Shape,
                &self.conv2d_2,
                samples,
                &values.conv2d_1,
                &mut values.conv2d_2,
                rt::activations::Relu,
                scratch,
            );
        }
        #[inline(always)]
        fn backward_phase<S: rt::Simd>(
            &self,
            simd: S,
            phase: usize,
            pass: &rt::Pass<'_>,
            shard: &mut rt::Shard<RepeatedActivations, Self::Element>,
            sums: &mut Self,
        ) {
            let rt::Shard {
                samples,
                ref mut values,
                ref mut gradients,
                ref mut scratch,
                ..
            } = *shard;
            rt::activation::backward_in_place(
                simd,
                &values.conv2d_2,
                &mut gradients.conv2d_2,
                rt::activations::Relu,
            );
            rt::conv2d::backward(
                simd,
                Conv2d_2Shape,
                &self.conv2d_2,
                samples,
                &values.conv2d_1,
                &gradients.conv2d_2,
                &mut sums.conv2d_2,
                rt::Some(&mut gradients.conv2d_1),
                scratch,
            );
            rt::activation::backward_in_place(
                simd,
                &values.conv2d_1,
                &mut gradients.conv2d_1,
                rt::activations::Relu,
            );
            rt::conv2d::backward(
                simd,
                Conv2d_1Shape,
                &self.conv2d_1,
                samples,
                &values.conv2d,
                &gradients.conv2d_1,
                &mut sums.conv2d_1,
                rt::Some(&mut gradients.conv2d),
                scratch,
            );
            rt::activation::backward_in_place(
                simd,
                &values.conv2d,
                &mut gradients.conv2d,
                rt::activations::Relu,
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
    }
};
