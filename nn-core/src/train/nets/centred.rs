//! `Input<2> => Dense<3, bias_regularizer = l1(0.02)> => Centre => Dense<1>` in f64, where `Centre` subtracts the mean of the batch,
//! or, at inference, a moving mean: what BatchNormalization does to the phases, without the rest of it.

use bytemuck::{Pod, Zeroable};
use fearless_simd::Simd;

use super::{dense, dense_backward, layer, param};
use crate::layers::batch_normalization::{Partial, Statistics};
use crate::layers::dense::Dense;
use crate::network::Network;
use crate::params::{LayerInfo, Param};
use crate::regularizers::Regularizer;
use crate::rt;
use crate::tensor::Tensor1;
use crate::train::{Activations, OutputActivation, Pass, Shard, Train};

#[derive(Clone, Copy, Debug, PartialEq, Pod, Zeroable)]
#[repr(C)]
pub(crate) struct Centred {
    pub dense: Dense<2, 3, f64>,
    pub moving_mean: [f64; 3],
    pub dense_1: Dense<3, 1, f64>,
}

impl Network for Centred {
    type Element = f64;
    type Input = Tensor1<2, f64>;
    type Output = Tensor1<1, f64>;
    type Workspace = [f64; 3];
    type Predictions = Vec<Self::Output>;

    const NAME: &'static str = "Centred";
    const PARAMS: &'static [Param] = &[
        param("dense.kernel", &[2, 3], 0),
        Param { regularizer: Some(Regularizer { l1: 0.02, l2: 0.0 }), ..param("dense.bias", &[3], 6) },
        Param { trainable: false, ..param("centre.moving_mean", &[3], 9) },
        param("dense_1.kernel", &[3, 1], 12),
        param("dense_1.bias", &[1], 15),
    ];
    const LAYERS: &'static [LayerInfo] = &[
        layer("input", "InputLayer", &[2], 0, 0),
        layer("dense", "Dense", &[3], 9, 6),
        LayerInfo { trainable: 0, ..layer("centre", "Centre", &[3], 3, 0) },
        layer("dense_1", "Dense", &[1], 4, 3),
    ];

    #[inline(always)]
    fn forward<S: Simd>(&self, _: S, x: &Self::Input, hidden: &mut [f64; 3], y: &mut Self::Output) {
        dense(&self.dense, &x.0, hidden);
        hidden.iter_mut().zip(&self.moving_mean).for_each(|(h, mean)| *h -= mean);
        dense(&self.dense_1, hidden, &mut y.0);
    }
}

#[derive(Clone, Debug)]
pub(crate) struct Buffers {
    x: Vec<f64>,
    hidden: Vec<f64>,
    centred: Vec<f64>,
    y: Vec<f64>,
    partial: Partial<f64>,
}

impl Activations for Buffers {
    type Element = f64;

    fn new(samples: usize) -> Self {
        let zeros = |size| vec![0.0; samples * size];
        Self { x: zeros(2), hidden: zeros(3), centred: zeros(3), y: zeros(1), partial: Partial::default() }
    }
    fn resize(&mut self, samples: usize) {
        self.x.resize(samples * 2, 0.0);
        self.hidden.resize(samples * 3, 0.0);
        self.centred.resize(samples * 3, 0.0);
        self.y.resize(samples, 0.0);
    }
    fn load(&mut self, sample: usize, _: usize, x: &[u8]) {
        rt::load(&mut self.x, sample, x);
    }
    fn input(&self, _: usize) -> &[f64] {
        &self.x
    }
    fn output(&self, _: usize) -> &[f64] {
        &self.y
    }
    fn output_mut(&mut self, _: usize) -> &mut [f64] {
        &mut self.y
    }
    fn logits(&self, _: usize) -> &[f64] {
        &self.y
    }
    fn logits_mut(&mut self, _: usize) -> &mut [f64] {
        &mut self.y
    }
    fn partial(&self, phase: usize) -> Option<&Partial<f64>> {
        (phase == 0).then_some(&self.partial)
    }
}

/// The sums of rows of three.
fn sums(rows: &[f64]) -> Vec<f64> {
    (0..3).map(|unit| rows.iter().skip(unit).step_by(3).sum()).collect()
}

impl Train for Centred {
    type Activations = Buffers;
    const PHASES: usize = 2;
    const OUTPUT_ACTIVATIONS: &'static [OutputActivation] = &[OutputActivation::Other];

    #[inline(always)]
    fn forward_phase<S: Simd>(&self, _: S, phase: usize, pass: &Pass<'_>, shard: &mut Shard<Buffers, f64>) {
        let n = shard.samples;
        let values = &mut shard.values;
        if phase == 0 {
            let hidden = &mut values.hidden[..3 * n];
            dense(&self.dense, &values.x[..2 * n], hidden);
            let mean = sums(hidden).iter().map(|sum| sum / n as f64).collect();
            (values.partial.mean, values.partial.m2, values.partial.count) = (mean, vec![0.0; 3], n);
            return;
        }
        for index in 0..3 * n {
            values.centred[index] = values.hidden[index] - pass.statistics[0].mean[index % 3];
        }
        dense(&self.dense_1, &values.centred[..3 * n], &mut values.y[..n]);
    }

    #[inline(always)]
    fn backward_phase<S: Simd>(
        &self,
        _: S,
        phase: usize,
        pass: &Pass<'_>,
        shard: &mut Shard<Buffers, f64>,
        gradients: &mut Self,
    ) {
        let n = shard.samples;
        let (values, d) = (&shard.values, &mut shard.gradients);
        if phase == 1 {
            let (centred, dcentred) = (&values.centred[..3 * n], &mut d.centred[..3 * n]);
            dense_backward(&self.dense_1, (centred, &d.y[..n]), dcentred, &mut gradients.dense_1);
            (d.partial.dbeta, d.partial.dgamma) = (sums(dcentred), vec![0.0; 3]);
            return;
        }
        let Statistics { dbeta, count, .. } = &pass.statistics[0];
        for index in 0..3 * n {
            d.hidden[index] = d.centred[index] - dbeta[index % 3] / *count as f64;
        }
        dense_backward(&self.dense, (&values.x[..2 * n], &d.hidden[..3 * n]), &mut d.x[..2 * n], &mut gradients.dense);
    }

    fn update_moving(&mut self, statistics: &[Statistics]) {
        for (moving, mean) in self.moving_mean.iter_mut().zip(&statistics[0].mean) {
            *moving += 0.1 * (mean - *moving);
        }
    }
}
