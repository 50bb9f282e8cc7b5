//! burn: modules of its own layers on flex, its backend for processors.

#[path = "burn/network.rs"]
mod network;
#[path = "../../protocol.rs"]
#[allow(dead_code, reason = "each worker uses its part")]
mod protocol;

use std::hint::black_box;
use std::path::Path;

use burn::nn::loss::{BinaryCrossEntropyLoss, BinaryCrossEntropyLossConfig, CrossEntropyLoss, CrossEntropyLossConfig};
use burn::optim::{AdamConfig, GradientsParams, ModuleOptimizer};
use burn::tensor::activation::{sigmoid, softmax};
use burn::tensor::{Device, Int, Tensor, TensorData};
use network::{Net, X};
use protocol::{Failure, Job, LOSSES, folder, id, number, serve, target};

struct Inference {
    net: Net,
    x: X,
    /// What the network does to its scores.
    last: fn(Tensor<2>) -> Tensor<2>,
}

impl Inference {
    fn new(folder: &Path, name: &str) -> Result<Self, Failure> {
        let last: fn(Tensor<2>) -> Tensor<2> = match name {
            "lenet" => |scores| scores,
            "keras_cnn" => |scores| softmax(scores, 1),
            _ => sigmoid,
        };
        let device = Device::flex();
        Ok(Self { net: Net::load(folder, name, &device)?, x: samples(name, 1, &device), last })
    }

    fn infer(&self) -> Tensor<2> {
        (self.last)(self.net.scores(self.x.clone()))
    }
}

impl Job for Inference {
    fn check(&mut self) -> Result<Vec<f32>, Failure> {
        Ok(self.infer().into_data().iter().collect())
    }

    fn run(&mut self, calls: u32) -> Result<(), Failure> {
        for _ in 0..calls {
            black_box(self.infer());
        }
        Ok(())
    }
}

/// The classes of a batch, and what it costs to miss them.
enum Loss {
    Classes(Tensor<1, Int>, CrossEntropyLoss),
    Binary(Tensor<2, Int>, BinaryCrossEntropyLoss),
}

/// Steps on one batch.
struct Training {
    /// The optimizer takes it and gives it back.
    net: Option<Net>,
    x: X,
    loss: Loss,
    adam: ModuleOptimizer,
}

impl Training {
    fn new(folder: &Path, name: &str, batch: usize) -> Result<Self, Failure> {
        let device = Device::flex().autodiff();
        let targets = |classes| (0..batch).map(|sample| i32::from(target(sample, classes))).collect::<Vec<_>>();
        let loss = if ["lenet", "keras_cnn"].contains(&name) {
            let y = Tensor::from_data(TensorData::new(targets(10), [batch]), &device);
            Loss::Classes(y, CrossEntropyLossConfig::new().init(&device))
        } else {
            let y = Tensor::from_data(TensorData::new(targets(2), [batch, 1]), &device);
            Loss::Binary(y, BinaryCrossEntropyLossConfig::new().with_logits(true).init(&device))
        };
        Ok(Self {
            net: Some(Net::load(folder, name, &device)?),
            x: samples(name, batch, &device),
            loss,
            adam: AdamConfig::new().with_epsilon(1e-7).init(),
        })
    }

    /// The loss before the step.
    fn step(&mut self) -> Result<f32, Failure> {
        let net = self.net.take().ok_or("a step before this one failed")?;
        let scores = net.scores(self.x.clone());
        let loss = match &self.loss {
            Loss::Classes(y, loss) => loss.forward(scores, y.clone()),
            Loss::Binary(y, loss) => loss.forward(scores, y.clone()),
        };
        let gradients = GradientsParams::from_grads(loss.backward(), &net);
        self.net = Some(self.adam.step(1e-3, net, gradients));
        Ok(loss.into_scalar())
    }
}

impl Job for Training {
    fn check(&mut self) -> Result<Vec<f32>, Failure> {
        (0..LOSSES).map(|_| self.step()).collect()
    }

    fn run(&mut self, calls: u32) -> Result<(), Failure> {
        (0..calls).try_for_each(|_| self.step().map(|loss| _ = black_box(loss)))
    }
}

fn samples(name: &str, count: usize, device: &Device) -> X {
    let pictures = |size: usize, channels: usize| {
        let numbers = (0..count * size * size * channels).map(number).collect::<Vec<_>>();
        let x: Tensor<4> = Tensor::from_data(TensorData::new(numbers, [count, size, size, channels]), &Device::flex());
        // Their channels first, and copied, so that no call does it.
        X::Pictures(Tensor::from_data(x.permute([0, 3, 1, 2]).into_data(), device))
    };
    match name {
        "lenet" => pictures(28, 1),
        "keras_cnn" => pictures(64, 3),
        "mlp" => {
            let numbers = (0..count * 20).map(number).collect::<Vec<_>>();
            X::Numbers(Tensor::from_data(TensorData::new(numbers, [count, 20]), device))
        }
        _ => {
            let ids: Vec<i32> = (0..count * 80).map(|place| id(place).cast_signed()).collect();
            X::Ids(Tensor::from_data(TensorData::new(ids, [count, 80]), device))
        }
    }
}

/// A job by its name.
fn job(folder: &Path, name: &str) -> Result<Box<dyn Job>, Failure> {
    match name.split(':').collect::<Vec<_>>()[..] {
        ["infer", name] => Ok(Box::new(Inference::new(folder, name)?)),
        ["train", name, batch] => Ok(Box::new(Training::new(folder, name, batch.parse()?)?)),
        _ => Err("no such job".into()),
    }
}

fn main() -> Result<(), Failure> {
    let folder = folder()?;
    serve(|name| job(&folder, name))
}
