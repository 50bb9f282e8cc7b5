//! `Input<2> => Dense<3, bias_regularizer = l1(0.02)> => Centre => Dense<1>` in f64, where `Centre` subtracts the mean of the batch,
//! or, at inference, a moving mean: what BatchNormalization does to the phases, without the rest of it.

use bytemuck::{Pod, Zeroable};
use fearless_simd::Simd;

use super::{dense, dense_backward, layer, param};
use crate::layers::dense::Dense;
use crate::network::Network;
use crate::params::{LayerInfo, Param};
use crate::regularizers::Regularizer;
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
}

impl Activations for Buffers {
    type Element = f64;
    type Input = Tensor1<2, f64>;

    fn new(samples: usize) -> Self {
        let zeros = |size| vec![0.0; samples * size];
        Self { x: zeros(2), hidden: zeros(3), centred: zeros(3), y: zeros(1) }
    }
    fn resize(&mut self, samples: usize) {
        self.x.resize(samples * 2, 0.0);
        self.hidden.resize(samples * 3, 0.0);
        self.centred.resize(samples * 3, 0.0);
        self.y.resize(samples, 0.0);
    }
    fn load(&mut self, sample: usize, x: &Tensor1<2, f64>) {
        self.x[2 * sample..][..2].copy_from_slice(&x.0);
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
}

/// The mean of the batch and that of the gradients.
#[derive(Clone, Debug, Default)]
pub(crate) struct Means {
    forward: [f64; 3],
    backward: [f64; 3],
}

/// The mean of rows of three over all shards.
fn mean<'a>(rows: impl Iterator<Item = (&'a [f64], usize)>) -> [f64; 3] {
    let mut sum = [0.0; 3];
    let mut count = 0;
    for (rows, samples) in rows {
        rows[..3 * samples].iter().enumerate().for_each(|(index, x)| sum[index % 3] += x);
        count += samples;
    }
    sum.map(|sum| sum / count as f64)
}

impl Train for Centred {
    type Activations = Buffers;
    type Statistics = Means;
    const PHASES: usize = 2;
    const OUTPUT_ACTIVATIONS: &'static [OutputActivation] = &[OutputActivation::Other];

    #[inline(always)]
    fn forward_phase<S: Simd>(&self, _: S, phase: usize, pass: &Pass<'_, Means>, shard: &mut Shard<Buffers, f64>) {
        let n = shard.samples;
        let values = &mut shard.values;
        if phase == 0 {
            return dense(&self.dense, &values.x[..2 * n], &mut values.hidden[..3 * n]);
        }
        for index in 0..3 * n {
            values.centred[index] = values.hidden[index] - pass.statistics.forward[index % 3];
        }
        dense(&self.dense_1, &values.centred[..3 * n], &mut values.y[..n]);
    }

    #[inline(always)]
    fn backward_phase<S: Simd>(
        &self,
        _: S,
        phase: usize,
        pass: &Pass<'_, Means>,
        shard: &mut Shard<Buffers, f64>,
        gradients: &mut Self,
    ) {
        let n = shard.samples;
        let (values, d) = (&shard.values, &mut shard.gradients);
        if phase == 1 {
            let centred = &values.centred[..3 * n];
            return dense_backward(
                &self.dense_1,
                (centred, &d.y[..n]),
                &mut d.centred[..3 * n],
                &mut gradients.dense_1,
            );
        }
        for index in 0..3 * n {
            d.hidden[index] = d.centred[index] - pass.statistics.backward[index % 3];
        }
        dense_backward(&self.dense, (&values.x[..2 * n], &d.hidden[..3 * n]), &mut d.x[..2 * n], &mut gradients.dense);
    }

    fn synchronise_forward(phase: usize, shards: &[Shard<Buffers, f64>], statistics: &mut Means) {
        assert_eq!(phase, 0);
        statistics.forward = mean(shards.iter().map(|shard| (&shard.values.hidden[..], shard.samples)));
    }

    fn synchronise_backward(phase: usize, shards: &[Shard<Buffers, f64>], statistics: &mut Means) {
        assert_eq!(phase, 1);
        statistics.backward = mean(shards.iter().map(|shard| (&shard.gradients.centred[..], shard.samples)));
    }

    fn update_moving(&mut self, statistics: &Means) {
        for (moving, mean) in self.moving_mean.iter_mut().zip(statistics.forward) {
            *moving += 0.1 * (mean - *moving);
        }
    }
}
