//! This project's side of `benches/peers`: exports the weights of the reference networks, then runs them on request.
//!
//! `benches/peers/run` starts it with a folder, to which it writes `<network>.safetensors` for each network.

mod protocol;
#[path = "../support/mod.rs"]
mod support;

use std::hint::black_box;
use std::path::Path;

use nn::losses::LossesFor;
use nn::metrics::MetricsFor;
use nn::prelude::*;
use nn::train::Outputs;
use nn::{Dtype, Record};
use protocol::{Failure, Job, LOSSES, STEPS, folder, id, number, serve, target};
use support::networks::{
    Attention, AudioDense, AudioGru, AudioLstm, AudioTcn, Gru, Headline, KerasCnn, LeNet, Lstm, Mlp, ResNet8, Rnn,
};

nn::network! {
    /// Nothing to compute: what is left is the call.
    struct Identity = Input<4> => ReLU;
}

/// One sample, call after call.
struct Inference<N: Network> {
    net: Box<N>,
    x: Vec<N::Input>,
    workspace: Box<N::Workspace>,
}

impl<N: Network<Element = f32>> Job for Inference<N> {
    fn check(&mut self) -> Result<Vec<f32>, Failure> {
        Ok(numbers(&self.net.infer(&self.x[0], &mut self.workspace)))
    }

    fn run(&mut self, calls: u32) -> Result<(), Failure> {
        for _ in 0..calls {
            black_box(self.net.infer(black_box(&self.x[0]), &mut self.workspace));
        }
        Ok(())
    }
}

/// A sequence, step by step.
struct Steps<N: Stream> {
    net: Box<N>,
    x: Vec<N::StepInput>,
    state: Box<N::State>,
}

impl<N: Stream<Element = f32>> Job for Steps<N> {
    fn check(&mut self) -> Result<Vec<f32>, Failure> {
        self.state = bytemuck::allocation::zeroed_box();
        Ok(self.x.iter().flat_map(|x| numbers(&self.net.step(x, &mut self.state))).collect())
    }

    fn run(&mut self, calls: u32) -> Result<(), Failure> {
        for _ in 0..calls {
            black_box(self.net.step(black_box(&self.x[0]), &mut self.state));
        }
        Ok(())
    }
}

/// Steps of training on one batch.
struct Training<N: Train, L> {
    model: Model<N, L, Adam>,
    x: Vec<N::Input>,
    y: Vec<u8>,
}

impl<N: Train<Element = f32>, L: LossesFor<Outputs<N>, u8, f32>> Job for Training<N, L> {
    fn check(&mut self) -> Result<Vec<f32>, Failure> {
        (0..LOSSES).map(|_| self.step()).collect()
    }

    fn run(&mut self, calls: u32) -> Result<(), Failure> {
        (0..calls).try_for_each(|_| self.step().map(|loss| _ = black_box(loss)))
    }
}

impl<N: Train<Element = f32>, L: LossesFor<Outputs<N>, u8, f32>> Training<N, L> {
    /// The loss before the step.
    fn step(&mut self) -> Result<f32, Failure> {
        let logs = self.model.train_on_batch(&self.x, &self.y, None)?;
        Ok(logs.get("loss").ok_or("no loss")? as f32)
    }
}

/// A network in which no tensor's values are all alike: what starts as zeros or ones gets some variation.
fn network<N: Network<Element = f32>>() -> Box<N> {
    let mut net = N::new(&mut nn::rng(1));
    for param in N::PARAMS {
        let values = &mut net.as_flat_mut()[param.range()];
        let start = values[0];
        if values.iter().all(|value| *value == start) {
            values.iter_mut().enumerate().for_each(|(place, value)| *value = start + number(place) / 10.0);
        }
    }
    net
}

/// Samples whose numbers go on from one to the next.
fn samples<X: Record>(count: usize) -> Vec<X> {
    let mut xs = bytemuck::allocation::zeroed_vec::<X>(count);
    for (index, part) in X::PARTS.iter().enumerate() {
        for (sample, x) in xs.iter_mut().enumerate() {
            let places = sample * part.len()..(sample + 1) * part.len();
            match part.dtype {
                Dtype::U32 => {
                    bytemuck::cast_slice_mut(x.part_mut(index)).copy_from_slice(&places.map(id).collect::<Vec<_>>())
                }
                _ => {
                    bytemuck::cast_slice_mut(x.part_mut(index)).copy_from_slice(&places.map(number).collect::<Vec<_>>())
                }
            }
        }
    }
    xs
}

/// All numbers of an output.
fn numbers<Y: Record>(y: &Y) -> Vec<f32> {
    (0..Y::PARTS.len()).flat_map(|index| bytemuck::pod_collect_to_vec(y.part(index))).collect()
}

fn infer<N: Network<Element = f32>>() -> Box<dyn Job> {
    Box::new(Inference::<N> { net: network(), x: samples(1), workspace: N::workspace() })
}

fn step<N: Stream<Element = f32>>() -> Box<dyn Job> {
    Box::new(Steps::<N> { net: network(), x: samples(STEPS), state: bytemuck::allocation::zeroed_box() })
}

fn train<N, L>(batch: usize, classes: usize, loss: L) -> Box<dyn Job>
where
    N: Train<Element = f32>,
    L: LossesFor<Outputs<N>, u8, f32> + 'static,
    (): MetricsFor<f32, Outputs<N>>,
{
    let y = (0..batch).map(|sample| target(sample, classes)).collect();
    Box::new(Training::<N, L> { model: network::<N>().compile(Adam::new(1e-3), loss, ()), x: samples(batch), y })
}

/// A job by its name.
fn job(name: &str) -> Result<Box<dyn Job>, Failure> {
    let words: Vec<&str> = name.split(':').collect();
    let batch = words.get(2).map_or(Ok(1), |batch| batch.parse())?;
    Ok(match words[..] {
        ["infer", "identity"] => infer::<Identity>(),
        ["infer", "lenet"] => infer::<LeNet>(),
        ["infer", "keras_cnn"] => infer::<KerasCnn>(),
        ["infer", "mlp"] => infer::<Mlp>(),
        ["infer", "rnn"] => infer::<Rnn>(),
        ["infer", "lstm"] => infer::<Lstm>(),
        ["infer", "gru"] => infer::<Gru>(),
        ["infer", "headline"] => infer::<Headline>(),
        ["infer", "resnet8"] => infer::<ResNet8>(),
        ["infer", "attention"] => infer::<Attention>(),
        ["infer", "audio_lstm"] => step::<AudioLstm>(),
        ["infer", "audio_gru"] => step::<AudioGru>(),
        ["infer", "audio_tcn"] => step::<AudioTcn>(),
        ["infer", "audio_dense"] => step::<AudioDense>(),
        ["train", "lenet", _] => train::<LeNet, _>(batch, 10, SparseCategoricalCrossentropy::from_logits()),
        ["train", "keras_cnn", _] => train::<KerasCnn, _>(batch, 10, SparseCategoricalCrossentropy::default()),
        ["train", "mlp", _] => train::<Mlp, _>(batch, 2, BinaryCrossentropy::default()),
        ["train", "lstm", _] => train::<Lstm, _>(batch, 2, BinaryCrossentropy::default()),
        ["train", "gru", _] => train::<Gru, _>(batch, 2, BinaryCrossentropy::default()),
        _ => return Err("no such job".into()),
    })
}

/// Writes the weights of all networks.
fn export(folder: &Path) -> Result<(), Failure> {
    fn save<N: Network<Element = f32>>(folder: &Path, name: &str) -> Result<(), Failure> {
        Ok(network::<N>().save(folder.join(name).with_extension("safetensors"))?)
    }
    save::<Identity>(folder, "identity")?;
    save::<LeNet>(folder, "lenet")?;
    save::<KerasCnn>(folder, "keras_cnn")?;
    save::<Mlp>(folder, "mlp")?;
    save::<Rnn>(folder, "rnn")?;
    save::<Lstm>(folder, "lstm")?;
    save::<Gru>(folder, "gru")?;
    save::<Headline>(folder, "headline")?;
    save::<ResNet8>(folder, "resnet8")?;
    save::<Attention>(folder, "attention")?;
    save::<AudioLstm>(folder, "audio_lstm")?;
    save::<AudioGru>(folder, "audio_gru")?;
    save::<AudioTcn>(folder, "audio_tcn")?;
    save::<AudioDense>(folder, "audio_dense")
}

fn main() -> Result<(), Failure> {
    let Ok(folder) = folder() else {
        println!("`benches/peers/run` compares the networks with other engines; this is its worker.");
        return Ok(());
    };
    export(&folder)?;
    serve(job)
}
