//! candle: networks of candle-nn's layers; those that are trained here, and the attention block.

#[path = "candle/networks.rs"]
mod networks;
#[path = "../../protocol.rs"]
#[allow(dead_code, reason = "each worker uses its part")]
mod protocol;

use std::hint::black_box;
use std::path::Path;

use candle_core::{DType, Device, Module, Result, Tensor};
use candle_nn::{AdamW, Optimizer, ParamsAdamW, Sequential, loss};
use networks::Weights;
use protocol::{Failure, Job, LOSSES, folder, id, number, serve, target};

/// What the protocol wants.
type Outcome<T> = std::result::Result<T, Failure>;

/// A layer and what goes into it.
struct Inference {
    network: Sequential,
    x: Tensor,
}

impl Job for Inference {
    fn check(&mut self) -> Outcome<Vec<f32>> {
        Ok(self.network.forward(&self.x)?.flatten_all()?.to_vec1()?)
    }

    fn run(&mut self, calls: u32) -> Outcome<()> {
        for _ in 0..calls {
            black_box(self.network.forward(&self.x)?);
        }
        Ok(())
    }
}

/// Steps on one batch.
struct Training {
    network: Sequential,
    x: Tensor,
    y: Tensor,
    /// The loss of a batch's scores and targets.
    loss: fn(&Tensor, &Tensor) -> Result<Tensor>,
    adam: AdamW,
}

impl Training {
    fn new(folder: &Path, name: &str, batch: usize) -> Result<Self> {
        let mut weights = Weights::load(folder, name, true)?;
        let network = networks::build(name, &mut weights)?;
        let binary = ["mlp", "lstm", "gru"].contains(&name);
        let classes = if binary { 2 } else { 10 };
        let mut y = Tensor::from_iter((0..batch).map(|sample| u32::from(target(sample, classes))), &Device::Cpu)?;
        if binary {
            y = y.to_dtype(DType::F32)?.reshape((batch, 1))?;
        }
        let loss = if binary { loss::binary_cross_entropy_with_logit } else { loss::cross_entropy };
        let options = ParamsAdamW { lr: 1e-3, eps: 1e-7, weight_decay: 0.0, ..ParamsAdamW::default() };
        Ok(Self { network, x: samples(name, batch)?, y, loss, adam: AdamW::new(weights.trained, options)? })
    }

    /// The loss before the step.
    fn step(&mut self) -> Result<f32> {
        let loss = (self.loss)(&self.network.forward(&self.x)?, &self.y)?;
        self.adam.backward_step(&loss)?;
        loss.to_scalar()
    }
}

impl Job for Training {
    fn check(&mut self) -> Outcome<Vec<f32>> {
        (0..LOSSES).map(|_| Ok(self.step()?)).collect()
    }

    fn run(&mut self, calls: u32) -> Outcome<()> {
        for _ in 0..calls {
            black_box(self.step()?);
        }
        Ok(())
    }
}

/// Samples; those of pictures have their channels first.
fn samples(name: &str, count: usize) -> Result<Tensor> {
    let numbers = |shape: &[usize]| {
        let len = shape.iter().product();
        Tensor::from_vec((0..len).map(number).collect(), shape, &Device::Cpu)
    };
    match name {
        "lenet" => numbers(&[count, 28, 28, 1])?.permute((0, 3, 1, 2))?.contiguous(),
        "keras_cnn" => numbers(&[count, 64, 64, 3])?.permute((0, 3, 1, 2))?.contiguous(),
        "mlp" => numbers(&[count, 20]),
        "attention" => numbers(&[count, 10, 64]),
        "identity" => numbers(&[count, 4]),
        _ => Tensor::from_vec((0..count * 80).map(id).collect(), (count, 80), &Device::Cpu),
    }
}

/// A job by its name.
fn job(folder: &Path, name: &str) -> Outcome<Box<dyn Job>> {
    match name.split(':').collect::<Vec<_>>()[..] {
        ["infer", name] => {
            let network = networks::build(name, &mut Weights::load(folder, name, false)?)?;
            Ok(Box::new(Inference { network, x: samples(name, 1)? }))
        }
        ["train", name, batch] => Ok(Box::new(Training::new(folder, name, batch.parse()?)?)),
        _ => Err("no such job".into()),
    }
}

fn main() -> Outcome<()> {
    let folder = folder()?;
    serve(|name| job(&folder, name))
}
