//! `Input<6> => Dense<8, activation = relu> => Dense<3>` written by hand, with what is public.

use bytemuck::{Pod, Zeroable};
use fearless_simd::Simd;
use nn_core::initializers::Initializer::{GlorotUniform, Zeros};
use nn_core::layers::dense::Dense;
use nn_core::rt;
use nn_core::train::{Activations, OutputActivation, Pass, Shard, Train};
use nn_core::{LayerInfo, Network, Param, Tensor1};

#[derive(Clone, Copy, Debug, PartialEq, Pod, Zeroable)]
#[repr(C)]
pub struct Mlp {
    dense: Dense<6, 8>,
    dense_1: Dense<8, 3>,
}

const WEIGHT: Param = Param {
    name: "dense.kernel",
    shape: &[6, 8],
    offset: 0,
    trainable: true,
    initializer: GlorotUniform,
    regularizer: None,
    penalty: None,
    constraint: None,
};

impl Network for Mlp {
    type Element = f32;
    type Input = Tensor1<6>;
    type Output = Tensor1<3>;
    type Workspace = [f32; 8];
    type Predictions = Vec<Self::Output>;
    const NAME: &'static str = "Mlp";
    const PARAMS: &'static [Param] = &[
        WEIGHT,
        Param { name: "dense.bias", shape: &[8], offset: 48, initializer: Zeros, ..WEIGHT },
        Param { name: "dense_1.kernel", shape: &[8, 3], offset: 56, ..WEIGHT },
        Param { name: "dense_1.bias", shape: &[3], offset: 80, initializer: Zeros, ..WEIGHT },
    ];
    const LAYERS: &'static [LayerInfo] = &[];

    #[inline(always)]
    fn forward<S: Simd>(&self, _: S, x: &Self::Input, hidden: &mut [f32; 8], y: &mut Self::Output) {
        *hidden = self.hidden(&x.0);
        y.0 = self.output(hidden);
    }
}

impl Mlp {
    #[inline(always)]
    fn hidden(&self, x: &[f32; 6]) -> [f32; 8] {
        let sum = |unit: usize| (0..6).fold(self.dense.bias[unit], |sum, i| sum + x[i] * self.dense.kernel[i][unit]);
        std::array::from_fn(|unit| sum(unit).max(0.0))
    }

    #[inline(always)]
    fn output(&self, hidden: &[f32; 8]) -> [f32; 3] {
        let layer = &self.dense_1;
        std::array::from_fn(|unit| (0..8).fold(layer.bias[unit], |sum, i| sum + hidden[i] * layer.kernel[i][unit]))
    }
}

#[derive(Clone, Debug)]
pub struct Buffers {
    x: Vec<[f32; 6]>,
    hidden: Vec<[f32; 8]>,
    y: Vec<[f32; 3]>,
}

impl Activations for Buffers {
    type Element = f32;
    fn new(samples: usize) -> Self {
        Self { x: vec![[0.0; 6]; samples], hidden: vec![[0.0; 8]; samples], y: vec![[0.0; 3]; samples] }
    }
    fn resize(&mut self, samples: usize) {
        self.x.resize(samples, [0.0; 6]);
        self.hidden.resize(samples, [0.0; 8]);
        self.y.resize(samples, [0.0; 3]);
    }
    fn load(&mut self, sample: usize, _: usize, x: &[u8]) {
        rt::load(self.x.as_flattened_mut(), sample, x);
    }
    fn input(&self, _: usize) -> &[f32] {
        self.x.as_flattened()
    }
    fn output(&self, _: usize) -> &[f32] {
        self.y.as_flattened()
    }
    fn output_mut(&mut self, _: usize) -> &mut [f32] {
        self.y.as_flattened_mut()
    }
    fn logits(&self, _: usize) -> &[f32] {
        self.output(0)
    }
    fn logits_mut(&mut self, _: usize) -> &mut [f32] {
        self.output_mut(0)
    }
}

impl Train for Mlp {
    type Activations = Buffers;
    const PHASES: usize = 1;
    const OUTPUT_ACTIVATIONS: &'static [OutputActivation] = &[OutputActivation::Other];

    #[inline(always)]
    fn forward_phase<S: Simd>(&self, _: S, _: usize, _: &Pass<'_>, shard: &mut Shard<Buffers, f32>) {
        let Buffers { x, hidden, y } = &mut shard.values;
        for sample in 0..shard.samples {
            hidden[sample] = self.hidden(&x[sample]);
            y[sample] = self.output(&hidden[sample]);
        }
    }

    #[inline(always)]
    fn backward_phase<S: Simd>(
        &self,
        _: S,
        _: usize,
        _: &Pass<'_>,
        shard: &mut Shard<Buffers, f32>,
        gradients: &mut Self,
    ) {
        for sample in 0..shard.samples {
            let (x, hidden) = (&shard.values.x[sample], &shard.values.hidden[sample]);
            let dy = &shard.gradients.y[sample];
            (0..3).for_each(|unit| gradients.dense_1.bias[unit] += dy[unit]);
            for i in (0..8).filter(|&i| hidden[i] > 0.0) {
                let row = &mut gradients.dense_1.kernel[i];
                (0..3).for_each(|unit| row[unit] += hidden[i] * dy[unit]);
                let dz: f32 = (0..3).map(|unit| self.dense_1.kernel[i][unit] * dy[unit]).sum();
                gradients.dense.bias[i] += dz;
                (0..6).for_each(|j| gradients.dense.kernel[j][i] += x[j] * dz);
            }
        }
    }
}
