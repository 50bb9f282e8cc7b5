//! Training of networks written by hand, with the simplest optimizer and metrics.

mod errors;
mod fit;
mod several;
mod step;
mod tape;

use super::nets::{Centred, Mlp};
use super::{Model, Train};
use crate::element::Element;
use crate::error::FitError;
use crate::losses::{MeanSquaredError, SparseCategoricalCrossentropy};
use crate::metrics::Metric;
use crate::network::Network;
use crate::optimizers::Optimizer;
use crate::params::Param;
use crate::tensor::Tensor1;

/// `w -= rate · g`.
pub(crate) struct Descent(pub f64);

impl<T: Element> Optimizer<T> for Descent {
    fn name(&self) -> &'static str {
        "descent"
    }
    fn learning_rate(&self) -> f64 {
        self.0
    }
    fn set_learning_rate(&mut self, rate: f64) -> Result<(), FitError> {
        self.0 = rate;
        Ok(())
    }
    fn iterations(&self) -> u64 {
        0
    }
    fn step(&mut self, params: &[Param], weights: &mut [T], gradients: &[T]) {
        let trainable = params.iter().filter(|param| param.trainable);
        for index in trainable.flat_map(Param::range) {
            weights[index] -= T::from_f64(self.0) * gradients[index];
        }
    }
    fn slots(&self) -> Vec<(&'static str, &[T])> {
        Vec::new()
    }
}

/// The mean of `|y_true - y_pred|` over the rows of outputs of one element.
#[derive(Default)]
pub(crate) struct Mae(f64, f64);

impl<T: Element> Metric<T> for Mae {
    fn name(&self) -> &str {
        "mae"
    }
    fn reset(&mut self) {
        *self = Self::default();
    }
    fn update(&mut self, y_true: &[T], y_pred: &[T], classes: usize, width: usize, weights: Option<&[T]>) {
        assert_eq!((classes, width), (1, 1));
        for (index, (&y_true, &y_pred)) in y_true.iter().zip(y_pred).enumerate() {
            let weight = weights.map_or(1.0, |weights| Element::to_f64(weights[index]));
            self.0 += weight * Element::to_f64((y_true - y_pred).abs());
            self.1 += weight;
        }
    }
    fn result(&self) -> f64 {
        if self.1 == 0.0 { 0.0 } else { self.0 / self.1 }
    }
}

/// A number between -1 and 1 that looks random.
pub(crate) fn noise(index: usize) -> f64 {
    (super::key::mix(index as u64, 7) >> 11) as f64 / (1_u64 << 52) as f64 - 1.0
}

/// Weights between -1 and 1.
pub(crate) fn random<N: Network>() -> Box<N> {
    let mut network = N::zeros();
    network.as_flat_mut().iter_mut().enumerate().for_each(|(i, w)| *w = N::Element::from_f64(noise(i)));
    network
}

pub(crate) type Line = Model<Centred, MeanSquaredError, Descent>;

/// A regression with its samples.
pub(crate) fn line(samples: usize, rate: f64) -> (Line, Vec<Tensor1<2, f64>>, Vec<f64>) {
    let model = random::<Centred>().compile(Descent(rate), MeanSquaredError::default(), (Mae::default(),));
    let x: Vec<_> = (0..samples).map(|i| Tensor1([noise(1000 + 2 * i), noise(1001 + 2 * i)])).collect();
    let y = x.iter().map(|x| 0.5 + x[0] - 2.0 * x[1]).collect();
    (model, x, y)
}

pub(crate) type Classes = Model<Mlp, SparseCategoricalCrossentropy, Descent>;

/// A classification with its samples.
pub(crate) fn classes(samples: usize, rate: f64) -> (Classes, Vec<Tensor1<3>>, Vec<u8>) {
    let model = random::<Mlp>().compile(Descent(rate), SparseCategoricalCrossentropy::default(), ());
    let number = |index| noise(index) as f32;
    let x: Vec<_> = (0..samples).map(|i| Tensor1([number(3 * i), number(3 * i + 1), number(3 * i + 2)])).collect();
    let y = x.iter().map(|x| u8::from(x[0] + x[1] > x[2])).collect();
    (model, x, y)
}

/// A pool of so many threads.
pub(crate) fn pool(threads: usize) -> rayon::ThreadPool {
    rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap()
}
