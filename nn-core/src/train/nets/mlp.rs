//! `Input<3> => Dense<4, activation = tanh, kernel_regularizer = l2(0.01)> => Dropout<0.25> => Dense<2, activation = softmax>`.

use bytemuck::{Pod, Zeroable};
use fearless_simd::Simd;

use super::{dense, dense_backward, layer, param};
use crate::layers::dense::Dense;
use crate::network::Network;
use crate::params::{LayerInfo, Param};
use crate::regularizers::Regularizer;
use crate::rt;
use crate::tensor::Tensor1;
use crate::train::{Activations, OutputActivation, Pass, Shard, Train};

#[derive(Clone, Copy, Debug, PartialEq, Pod, Zeroable)]
#[repr(C)]
pub(crate) struct Mlp {
    pub dense: Dense<3, 4>,
    pub dense_1: Dense<4, 2>,
}

impl Network for Mlp {
    type Element = f32;
    type Input = Tensor1<3>;
    type Output = Tensor1<2>;
    type Workspace = [f32; 4];
    type Predictions = Vec<Self::Output>;

    const NAME: &'static str = "Mlp";
    const PARAMS: &'static [Param] = &[
        Param { regularizer: Some(Regularizer { l1: 0.0, l2: 0.01 }), ..param("dense.kernel", &[3, 4], 0) },
        param("dense.bias", &[4], 12),
        param("dense_1.kernel", &[4, 2], 16),
        param("dense_1.bias", &[2], 24),
    ];
    const LAYERS: &'static [LayerInfo] = &[
        layer("input", "InputLayer", &[3], 0, 0),
        layer("dense", "Dense", &[4], 16, 12),
        layer("dropout", "Dropout", &[4], 0, 0),
        layer("dense_1", "Dense", &[2], 10, 8),
    ];

    #[inline(always)]
    fn forward<S: Simd>(&self, _: S, x: &Self::Input, hidden: &mut [f32; 4], y: &mut Self::Output) {
        dense(&self.dense, &x.0, hidden);
        hidden.iter_mut().for_each(|h| *h = h.tanh());
        dense(&self.dense_1, hidden, &mut y.0);
        softmax(&mut y.0);
    }
}

fn softmax(row: &mut [f32]) {
    let max = row.iter().copied().fold(f32::MIN, f32::max);
    row.iter_mut().for_each(|x| *x = (*x - max).exp());
    let sum: f32 = row.iter().sum();
    row.iter_mut().for_each(|x| *x /= sum);
}

#[derive(Clone, Debug)]
pub(crate) struct Buffers {
    x: Vec<f32>,
    tanh: Vec<f32>,
    dropped: Vec<f32>,
    logits: Vec<f32>,
    y: Vec<f32>,
}

impl Activations for Buffers {
    type Element = f32;

    fn new(samples: usize) -> Self {
        let zeros = |size| vec![0.0; samples * size];
        Self { x: zeros(3), tanh: zeros(4), dropped: zeros(4), logits: zeros(2), y: zeros(2) }
    }
    fn resize(&mut self, samples: usize) {
        self.x.resize(samples * 3, 0.0);
        self.tanh.resize(samples * 4, 0.0);
        self.dropped.resize(samples * 4, 0.0);
        self.logits.resize(samples * 2, 0.0);
        self.y.resize(samples * 2, 0.0);
    }
    fn load(&mut self, sample: usize, _: usize, x: &[u8]) {
        rt::load(&mut self.x, sample, x);
    }
    fn input(&self, _: usize) -> &[f32] {
        &self.x
    }
    fn output(&self, _: usize) -> &[f32] {
        &self.y
    }
    fn output_mut(&mut self, _: usize) -> &mut [f32] {
        &mut self.y
    }
    fn logits(&self, _: usize) -> &[f32] {
        &self.logits
    }
    fn logits_mut(&mut self, _: usize) -> &mut [f32] {
        &mut self.logits
    }
}

/// Which hidden values a step drops: a quarter of them.
fn scale(key: u64, index: usize) -> f32 {
    let mixed = (key ^ index as u64).wrapping_mul(0x9E37_79B9_7F4A_7C15) >> 62;
    if mixed == 0 { 0.0 } else { 1.0 / 0.75 }
}

impl Train for Mlp {
    type Activations = Buffers;
    const PHASES: usize = 1;
    const OUTPUT_ACTIVATIONS: &'static [OutputActivation] = &[OutputActivation::Softmax];

    #[inline(always)]
    fn forward_phase<S: Simd>(&self, _: S, _: usize, pass: &Pass<'_>, shard: &mut Shard<Buffers, f32>) {
        let n = shard.samples;
        let values = &mut shard.values;
        dense(&self.dense, &values.x[..3 * n], &mut values.tanh[..4 * n]);
        for (index, (tanh, dropped)) in values.tanh[..4 * n].iter_mut().zip(&mut values.dropped).enumerate() {
            *tanh = tanh.tanh();
            *dropped = *tanh * scale(pass.key, 4 * shard.first + index);
        }
        dense(&self.dense_1, &values.dropped[..4 * n], &mut values.logits[..2 * n]);
        values.y[..2 * n].copy_from_slice(&values.logits[..2 * n]);
        values.y[..2 * n].chunks_exact_mut(2).for_each(softmax);
    }

    #[inline(always)]
    fn backward_phase<S: Simd>(
        &self,
        _: S,
        _: usize,
        pass: &Pass<'_>,
        shard: &mut Shard<Buffers, f32>,
        gradients: &mut Self,
    ) {
        let n = shard.samples;
        let (values, d) = (&shard.values, &mut shard.gradients);
        if !pass.from_logits[0] {
            for ((y, dy), dz) in values.y.chunks(2).zip(d.y.chunks(2)).zip(d.logits.chunks_mut(2)).take(n) {
                let dot = y[0] * dy[0] + y[1] * dy[1];
                (0..2).for_each(|i| dz[i] = y[i] * (dy[i] - dot));
            }
        }
        let dropped = &values.dropped[..4 * n];
        dense_backward(&self.dense_1, (dropped, &d.logits[..2 * n]), &mut d.dropped[..4 * n], &mut gradients.dense_1);
        for index in 0..4 * n {
            let tanh = values.tanh[index];
            d.tanh[index] = d.dropped[index] * scale(pass.key, 4 * shard.first + index) * (1.0 - tanh * tanh);
        }
        dense_backward(&self.dense, (&values.x[..3 * n], &d.tanh[..4 * n]), &mut d.x[..3 * n], &mut gradients.dense);
    }
}
