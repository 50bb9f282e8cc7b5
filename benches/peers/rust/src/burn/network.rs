//! The networks in burn's layers, with the exported weights in their layouts.

use std::collections::HashMap;
use std::fs;
use std::path::Path;

use burn::module::{Module, Param};
use burn::nn::conv::{Conv2d, Conv2dConfig};

use burn::nn::pool::{MaxPool2d, MaxPool2dConfig};
use burn::nn::{
    Dropout, DropoutConfig, Embedding, EmbeddingConfig, GateController, Gru, GruConfig, Linear, LinearConfig, Lstm,
    LstmConfig, PaddingConfig2d,
};
use burn::tensor::activation::relu;
use burn::tensor::{Device, Int, Tensor, TensorData};
use safetensors::SafeTensors;

use crate::protocol::Failure;

/// What goes into a network.
#[derive(Clone)]
pub enum X {
    Ids(Tensor<2, Int>),
    Pictures(Tensor<4>),
    Numbers(Tensor<2>),
}

/// Any of the networks: ids through recurrent layers, or pictures through convolutions, and then dense layers.
#[derive(Module, Debug)]
pub struct Net {
    embedding: Option<Embedding>,
    lstm: Vec<Lstm>,
    gru: Vec<Gru>,
    convs: Vec<Conv2d>,
    pool: MaxPool2d,
    dense: Vec<Linear>,
    dropout: Option<Dropout>,
}

impl Net {
    pub fn load(folder: &Path, name: &str, device: &Device) -> Result<Self, Failure> {
        let w = &mut Weights::load(folder, name, device)?;
        let mut net = Self {
            embedding: None,
            lstm: Vec::new(),
            gru: Vec::new(),
            convs: Vec::new(),
            pool: MaxPool2dConfig::new([2, 2]).with_strides([2, 2]).init(),
            dense: Vec::new(),
            dropout: None,
        };
        match name {
            "lenet" => {
                net.convs = vec![w.conv("conv1", 0)?, w.conv("conv2", 0)?];
                net.dense = vec![w.flat("dense", [5, 5, 16])?, w.dense("dense_1")?, w.dense("dense_2")?];
            }
            "keras_cnn" => {
                net.convs = vec![w.conv("conv2d", 1)?, w.conv("conv2d_1", 1)?];
                net.dense = vec![w.flat("dense", [16, 16, 64])?, w.dense("dense_1")?];
            }
            "mlp" => {
                net.dense = vec![w.dense("dense")?, w.dense("dense_1")?, w.dense("dense_2")?];
                net.dropout = Some(DropoutConfig::new(0.5).init());
            }
            "lstm" => {
                net.embedding = Some(w.embedding("embedding")?);
                net.lstm = vec![w.lstm("lstm")?, w.lstm("lstm_1")?];
                net.dense = vec![w.dense("dense")?];
            }
            "gru" => {
                net.embedding = Some(w.embedding("embedding")?);
                net.gru = vec![w.gru("gru")?, w.gru("gru_1")?];
                net.dense = vec![w.dense("dense")?];
            }
            _ => return Err("not written for burn".into()),
        }
        Ok(net)
    }

    /// The scores, before the activation of the last layer.
    pub fn scores(&self, x: X) -> Tensor<2> {
        let mut x = match x {
            X::Ids(ids) => self.text(ids),
            X::Pictures(x) => self.picture(x),
            X::Numbers(x) => x,
        };
        for (layer, dense) in self.dense.iter().enumerate() {
            x = dense.forward(x);
            if layer + 1 < self.dense.len() {
                x = relu(x);
                if let Some(dropout) = &self.dropout {
                    x = dropout.forward(x);
                }
            }
        }
        x
    }

    /// The last step of the recurrent layers.
    fn text(&self, ids: Tensor<2, Int>) -> Tensor<2> {
        let mut x: Tensor<3> = match &self.embedding {
            Some(embedding) => embedding.forward(ids),
            None => ids.float().unsqueeze_dim(2),
        };
        for lstm in &self.lstm {
            x = lstm.forward(x, None).0;
        }
        for gru in &self.gru {
            x = gru.forward(x, None);
        }
        let [count, steps, units] = x.dims();
        x.slice([0..count, steps - 1..steps, 0..units]).reshape([count, units])
    }

    /// Pooling goes before the activation, which then has less to do: the result is the same.
    fn picture(&self, mut x: Tensor<4>) -> Tensor<2> {
        for conv in &self.convs {
            x = relu(self.pool.forward(conv.forward(x)));
        }
        x.flatten(1, 3)
    }
}

/// Exported weights, of which layers are made.
struct Weights<'d> {
    exported: HashMap<String, TensorData>,
    device: &'d Device,
}

impl<'d> Weights<'d> {
    fn load(folder: &Path, name: &str, device: &'d Device) -> Result<Self, Failure> {
        let bytes = fs::read(folder.join(name).with_extension("safetensors"))?;
        let numbers =
            |bytes: &[u8]| bytes.as_chunks().0.iter().map(|number| f32::from_le_bytes(*number)).collect::<Vec<_>>();
        let tensors = SafeTensors::deserialize(&bytes)?.tensors().into_iter();
        let exported = tensors.map(|(name, each)| (name, TensorData::new(numbers(each.data()), each.shape().to_vec())));
        Ok(Self { exported: exported.collect(), device })
    }

    fn take<const D: usize>(&mut self, layer: &str, part: &str) -> Result<Tensor<D>, Failure> {
        let name = format!("{layer}.{part}");
        let values = self.exported.remove(&name).ok_or_else(|| format!("no weight `{name}`"))?;
        Ok(Tensor::from_data(values, &Device::flex()))
    }

    fn param<const D: usize>(&self, values: Tensor<D>) -> Param<Tensor<D>> {
        Param::from_tensor(Tensor::from_data(values.into_data(), self.device))
    }

    fn conv(&mut self, layer: &str, padding: usize) -> Result<Conv2d, Failure> {
        let (kernel, bias) = (self.take::<4>(layer, "kernel")?.permute([3, 2, 0, 1]), self.take(layer, "bias")?);
        let [outputs, inputs, height, width] = kernel.dims();
        let config = Conv2dConfig::new([inputs, outputs], [height, width]);
        let padding = PaddingConfig2d::Explicit(padding, padding, padding, padding);
        let mut conv = config.with_padding(padding).init(self.device);
        conv.weight = self.param(kernel);
        conv.bias = Some(self.param(bias));
        Ok(conv)
    }

    fn linear(&self, kernel: Tensor<2>, bias: Tensor<1>) -> Linear {
        let [inputs, outputs] = kernel.dims();
        let mut linear = LinearConfig::new(inputs, outputs).init(self.device);
        linear.weight = self.param(kernel);
        linear.bias = Some(self.param(bias));
        linear
    }

    fn dense(&mut self, layer: &str) -> Result<Linear, Failure> {
        let (kernel, bias) = (self.take(layer, "kernel")?, self.take(layer, "bias")?);
        Ok(self.linear(kernel, bias))
    }

    /// A dense layer behind a picture of this height, width and channels, which burn flattens with the channels first.
    fn flat(&mut self, layer: &str, [height, width, channels]: [usize; 3]) -> Result<Linear, Failure> {
        let (kernel, bias) = (self.take::<2>(layer, "kernel")?, self.take(layer, "bias")?);
        let [rows, columns] = kernel.dims();
        let kernel = kernel.reshape([height, width, channels, columns]).permute([2, 0, 1, 3]).reshape([rows, columns]);
        Ok(self.linear(kernel, bias))
    }

    fn embedding(&mut self, layer: &str) -> Result<Embedding, Failure> {
        let table = self.take::<2>(layer, "embeddings")?;
        let [ids, width] = table.dims();
        let mut embedding = EmbeddingConfig::new(ids, width).init(self.device);
        embedding.weight = self.param(table);
        Ok(embedding)
    }

    /// The part of recurrent weights that one gate has; `bias` has a row for the inputs and one for the state.
    fn gate(&self, gate: &mut GateController, number: usize, kernels: &[Tensor<2>; 2], bias: &Tensor<2>) {
        let units = kernels[1].dims()[0];
        let columns = number * units..(number + 1) * units;
        let part = |side: usize| {
            let bias = bias.clone().slice([side..side + 1, columns.clone()]).reshape([units]);
            let rows = kernels[side].dims()[0];
            self.linear(kernels[side].clone().slice([0..rows, columns.clone()]), bias)
        };
        gate.input_transform = part(0);
        gate.hidden_transform = part(1);
    }

    fn lstm(&mut self, layer: &str) -> Result<Lstm, Failure> {
        let kernels = [self.take::<2>(layer, "kernel")?, self.take::<2>(layer, "recurrent_kernel")?];
        let bias = self.take::<1>(layer, "bias")?.unsqueeze::<2>();
        let bias = Tensor::cat(vec![bias.clone(), bias.zeros_like()], 0);
        let [inputs, units] = kernels.each_ref().map(|kernel| kernel.dims()[0]);
        let mut lstm = LstmConfig::new(inputs, units, true).init(self.device);
        self.gate(&mut lstm.input_gate, 0, &kernels, &bias);
        self.gate(lstm.forget_gate.as_mut().ok_or("no gate to forget with")?, 1, &kernels, &bias);
        self.gate(&mut lstm.cell_gate, 2, &kernels, &bias);
        self.gate(&mut lstm.output_gate, 3, &kernels, &bias);
        Ok(lstm)
    }

    fn gru(&mut self, layer: &str) -> Result<Gru, Failure> {
        let kernels = [self.take::<2>(layer, "kernel")?, self.take::<2>(layer, "recurrent_kernel")?];
        let bias = self.take::<2>(layer, "bias")?;
        let [inputs, units] = kernels.each_ref().map(|kernel| kernel.dims()[0]);
        let mut gru = GruConfig::new(inputs, units, true).init(self.device);
        self.gate(&mut gru.update_gate, 0, &kernels, &bias);
        self.gate(&mut gru.reset_gate, 1, &kernels, &bias);
        self.gate(&mut gru.new_gate, 2, &kernels, &bias);
        Ok(gru)
    }
}
