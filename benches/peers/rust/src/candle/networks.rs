//! The networks in candle-nn's layers, with the exported weights in their layouts.

use std::collections::HashMap;
use std::path::Path;

use candle_core::{D, DType, Device, Error, Module, Result, Tensor, Var, bail, safetensors};
use candle_nn::rnn::{GRU, GRUConfig, LSTM, LSTMConfig, RNN};
use candle_nn::{Activation, Conv2d, Conv2dConfig, Embedding, LayerNorm, Linear, Sequential, VarBuilder, ops, seq};

/// Keras adds this to a variance.
const EPSILON: f64 = 1e-3;

/// Exported weights, of which layers are made.
pub struct Weights {
    exported: HashMap<String, Tensor>,
    training: bool,
    /// The weights of the layers so far, if they are to be trained.
    pub trained: Vec<Var>,
}

impl Weights {
    pub fn load(folder: &Path, name: &str, training: bool) -> Result<Self> {
        let exported = safetensors::load(folder.join(name).with_extension("safetensors"), &Device::Cpu)?;
        Ok(Self { exported, training, trained: Vec::new() })
    }

    fn take(&mut self, layer: &str, part: &str) -> Result<Tensor> {
        let name = format!("{layer}.{part}");
        self.exported.remove(&name).ok_or_else(|| Error::Msg(format!("no weight `{name}`")))
    }

    /// A layer's tensor: one that is trained, or one that is not.
    fn tensor(&mut self, values: &Tensor) -> Result<Tensor> {
        let values = values.contiguous()?;
        if !self.training {
            return Ok(values);
        }
        let var = Var::from_tensor(&values)?;
        self.trained.push(var.clone());
        Ok(var.as_tensor().clone())
    }

    fn bias(&mut self, layer: &str) -> Result<Tensor> {
        let bias = self.take(layer, "bias")?.flatten_all()?;
        self.tensor(&bias)
    }

    fn conv(&mut self, layer: &str, padding: usize) -> Result<Conv2d> {
        let kernel = self.take(layer, "kernel")?.permute((3, 2, 0, 1))?;
        let config = Conv2dConfig { padding, ..Conv2dConfig::default() };
        Ok(Conv2d::new(self.tensor(&kernel)?, Some(self.bias(layer)?), config))
    }

    fn dense(&mut self, layer: &str) -> Result<Linear> {
        let kernel = self.take(layer, "kernel")?.t()?;
        Ok(Linear::new(self.tensor(&kernel)?, Some(self.bias(layer)?)))
    }

    /// A dense layer behind a picture of this height, width and channels, which candle flattens with the channels first.
    fn flat(&mut self, layer: &str, picture: (usize, usize, usize)) -> Result<Linear> {
        let kernel = self.take(layer, "kernel")?;
        let (rows, columns) = kernel.dims2()?;
        let (height, width, channels) = picture;
        let ordered = kernel.reshape((height, width, channels, columns))?.permute((2, 0, 1, 3))?;
        let kernel = ordered.contiguous()?.reshape((rows, columns))?.t()?;
        Ok(Linear::new(self.tensor(&kernel)?, Some(self.bias(layer)?)))
    }

    fn embedding(&mut self, layer: &str) -> Result<Embedding> {
        let table = self.take(layer, "embeddings")?;
        let width = table.dim(1)?;
        Ok(Embedding::new(self.tensor(&table)?, width))
    }

    fn norm(&mut self, layer: &str) -> Result<LayerNorm> {
        let (gamma, beta) = (self.take(layer, "gamma")?, self.take(layer, "beta")?);
        Ok(LayerNorm::new(self.tensor(&gamma)?, self.tensor(&beta)?, EPSILON))
    }

    /// A projection from or to heads.
    fn heads(&mut self, layer: &str, inputs: usize) -> Result<Linear> {
        let kernel = self.take(layer, "kernel")?.reshape((inputs, ()))?.t()?;
        Ok(Linear::new(self.tensor(&kernel)?, Some(self.bias(layer)?)))
    }

    /// The weights of a recurrent layer under candle's names, their gates in candle's order; and its inputs and units.
    fn gates(&mut self, layer: &str, order: &[usize]) -> Result<(VarBuilder<'static>, usize, usize)> {
        let ordered = |values: Tensor| {
            let gates = values.chunk(order.len(), D::Minus1)?;
            Tensor::cat(&order.iter().map(|gate| &gates[*gate]).collect::<Vec<_>>(), D::Minus1)
        };
        let kernel = ordered(self.take(layer, "kernel")?)?;
        let recurrent = ordered(self.take(layer, "recurrent_kernel")?)?;
        let bias = ordered(self.take(layer, "bias")?)?;
        let (inputs, units) = (kernel.dim(0)?, recurrent.dim(0)?);
        let mut weights = HashMap::from([
            ("weight_ih_l0".to_owned(), self.tensor(&kernel.t()?)?),
            ("weight_hh_l0".to_owned(), self.tensor(&recurrent.t()?)?),
        ]);
        let biases = if bias.rank() == 2 { vec![bias.get(0)?, bias.get(1)?] } else { vec![bias] };
        for (name, bias) in ["bias_ih_l0", "bias_hh_l0"].into_iter().zip(&biases) {
            weights.insert(name.to_owned(), self.tensor(bias)?);
        }
        Ok((VarBuilder::from_tensors(weights, DType::F32, &Device::Cpu), inputs, units))
    }

    fn lstm(&mut self, layer: &str) -> Result<LSTM> {
        let (weights, inputs, units) = self.gates(layer, &[0, 1, 2, 3])?;
        LSTM::new(inputs, units, LSTMConfig { b_hh_init: None, ..LSTMConfig::default() }, weights)
    }

    fn gru(&mut self, layer: &str) -> Result<GRU> {
        let (weights, inputs, units) = self.gates(layer, &[1, 0, 2])?;
        GRU::new(inputs, units, GRUConfig::default(), weights)
    }
}

/// A network; for training without the activation of its last layer, which candle's losses contain.
pub fn build(name: &str, w: &mut Weights) -> Result<Sequential> {
    let training = w.training;
    let drop = move |x: &Tensor| if training { ops::dropout(x, 0.5) } else { Ok(x.clone()) };
    let sigmoid = move |x: &Tensor| if training { Ok(x.clone()) } else { ops::sigmoid(x) };
    let softmax = move |x: &Tensor| if training { Ok(x.clone()) } else { ops::softmax_last_dim(x) };
    let relu = Activation::Relu;
    Ok(match name {
        "identity" => seq().add(relu),
        "lenet" => {
            let x = seq().add(w.conv("conv1", 0)?).add_fn(pool).add(relu);
            let x = x.add(w.conv("conv2", 0)?).add_fn(pool).add(relu).add_fn(|x| x.flatten_from(1));
            let x = x.add(w.flat("dense", (5, 5, 16))?).add(relu).add(w.dense("dense_1")?).add(relu);
            x.add(w.dense("dense_2")?)
        }
        "keras_cnn" => {
            let x = seq().add(w.conv("conv2d", 1)?).add(relu).add_fn(pool);
            let x = x.add(w.conv("conv2d_1", 1)?).add(relu).add_fn(pool).add_fn(|x| x.flatten_from(1));
            let x = x.add(w.flat("dense", (16, 16, 64))?).add(relu);
            x.add(w.dense("dense_1")?).add_fn(softmax)
        }
        "mlp" => {
            let x = seq().add(w.dense("dense")?).add(relu).add_fn(drop);
            let x = x.add(w.dense("dense_1")?).add(relu).add_fn(drop);
            x.add(w.dense("dense_2")?).add_fn(sigmoid)
        }
        "lstm" => {
            let (first, second) = (w.lstm("lstm")?, w.lstm("lstm_1")?);
            let x = seq().add(w.embedding("embedding")?).add_fn(move |x| steps(&first, x, |state| &state.h));
            let x = x.add_fn(move |x| last(&second, x, |state| &state.h));
            x.add(w.dense("dense")?).add_fn(sigmoid)
        }
        "gru" => {
            let (first, second) = (w.gru("gru")?, w.gru("gru_1")?);
            let x = seq().add(w.embedding("embedding")?).add_fn(move |x| steps(&first, x, |state| &state.h));
            let x = x.add_fn(move |x| last(&second, x, |state| &state.h));
            x.add(w.dense("dense")?).add_fn(sigmoid)
        }
        "attention" => attention(w)?,
        _ => bail!("not written for candle"),
    })
}

/// Where the size is odd, candle's gradient would go to other pixels than those that were the largest.
fn pool(x: &Tensor) -> Result<Tensor> {
    let (_, _, height, width) = x.dims4()?;
    x.narrow(2, 0, height / 2 * 2)?.narrow(3, 0, width / 2 * 2)?.max_pool2d(2)
}

/// The outputs of all time steps.
fn steps<R: RNN>(layer: &R, x: &Tensor, output: fn(&R::State) -> &Tensor) -> Result<Tensor> {
    let states = layer.seq(x)?;
    Tensor::stack(&states.iter().map(output).collect::<Vec<_>>(), 1)
}

fn last<R: RNN>(layer: &R, x: &Tensor, output: fn(&R::State) -> &Tensor) -> Result<Tensor> {
    let states = layer.seq(x)?;
    states.last().map(|state| output(state).clone()).ok_or_else(|| Error::Msg("no time steps".into()))
}

/// Four heads of 32 and a dense layer, each added to what went into it and normalized.
fn attention(w: &mut Weights) -> Result<Sequential> {
    let [query, key, value] =
        ["query", "key", "value"].map(|part| w.heads(&format!("multi_head_attention.{part}"), 64));
    let (query, key, value) = (query?, key?, value?);
    let output = w.heads("multi_head_attention.attention_output", 128)?;
    let split = |x: Tensor| x.reshape(((), 10, 4, 32))?.transpose(1, 2)?.contiguous();
    let mixed = move |x: &Tensor| {
        let (q, k, v) = (split(query.forward(x)?)?, split(key.forward(x)?)?, split(value.forward(x)?)?);
        let scores = (q.matmul(&k.t()?)? * 32f64.powf(-0.5))?;
        let seen = ops::softmax_last_dim(&scores)?.matmul(&v)?;
        x + output.forward(&seen.transpose(1, 2)?.reshape(((), 10, 128))?)?
    };
    let (wide, narrow) = (w.dense("dense")?, w.dense("dense_1")?);
    let dense = move |x: &Tensor| x + narrow.forward(&wide.forward(x)?.gelu_erf()?)?;
    Ok(seq().add_fn(mixed).add(w.norm("layer_normalization")?).add_fn(dense).add(w.norm("layer_normalization_1")?))
}
