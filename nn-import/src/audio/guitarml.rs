//! GuitarML's JSON: one recurrent layer of PyTorch's and a linear one, whose result may be added to the input.

use serde_json::Value as Json;

use super::{nested, size, steps, unsupported, with_input};
use crate::script::{Operand, What};
use crate::written::Array;
use crate::{ImportError, Model, Options};

const FORMAT: &str = "GuitarML";

pub fn read(json: &Json, options: &Options) -> Result<Model, ImportError> {
    let data = &json["model_data"];
    let (inputs, units) = (size(data, "input_size", FORMAT)?, size(data, "hidden_size", FORMAT)?);
    let outputs = size(data, "output_size", FORMAT).unwrap_or(1);
    let kind = data["unit_type"].as_str().unwrap_or("LSTM");
    if data["num_layers"].as_u64().unwrap_or(1) != 1 {
        return Err(unsupported("`rec`".to_owned(), "only one recurrent layer is read".to_owned()));
    }
    let array = |name: &str, shape: &[usize]| {
        let (_, values) = nested(&json["state_dict"][name]);
        if values.len() != shape.iter().product::<usize>() {
            let reason = format!("`{name}` has {} numbers, where {shape:?} are wanted", values.len());
            return Err(ImportError::Format { format: FORMAT, reason });
        }
        Ok(Array::new(shape, values))
    };
    let gates = match kind {
        "LSTM" => 4,
        "GRU" => 3,
        other => return Err(unsupported("`rec`".to_owned(), format!("there is no recurrent layer `{other}`"))),
    };
    let kernel = array("rec.weight_ih_l0", &[gates, units, inputs])?;
    let recurrent = array("rec.weight_hh_l0", &[gates, units, units])?;
    let biases = [array("rec.bias_ih_l0", &[gates, units])?, array("rec.bias_hh_l0", &[gates, units])?];
    let linear = [array("lin.weight", &[outputs, units])?.permuted(&[1, 0]), array("lin.bias", &[outputs])?];
    let (mut written, audio) = with_input("effect", vec![steps(options), inputs]);
    let own = if gates == 4 { lstm(kernel, recurrent, biases) } else { gru(kernel, recurrent, biases) };
    let arguments = format!("{units}, return_sequences = true");
    let rec = written.layer(kind, arguments, &[audio], Some("rec"), own);
    let mut at = written.layer("Dense", outputs.to_string(), &[rec], Some("lin"), linear.to_vec());
    if data["skip"].as_u64().unwrap_or(0) != 0 {
        let dry = match inputs {
            1 => audio,
            _ => written.script.push(What::Slice(".., 0..1".to_owned()), vec![Operand::Value(audio)], 1, "dry"),
        };
        at = written.infix('+', at, dry);
    }
    written.script.outputs.push(("output".to_owned(), at));
    written.finish()
}

/// `[gates][units][in]` as `[in][gates · units]`.
fn transposed(array: &Array) -> Array {
    let [gates, units, inputs] = array.shape[..] else { return array.clone() };
    Array::new(&[gates * units, inputs], array.values.clone()).permuted(&[1, 0])
}

/// PyTorch's gates i, f, g, o are Keras' i, f, c, o; its two biases are added.
fn lstm(kernel: Array, recurrent: Array, [a, b]: [Array; 2]) -> Vec<Array> {
    let bias: Vec<f32> = a.values.iter().zip(&b.values).map(|(a, b)| a + b).collect();
    vec![transposed(&kernel), transposed(&recurrent), Array::new(&[bias.len()], bias)]
}

/// PyTorch's gates r, z, n are Keras' in the order z, r, h; both biases stay.
fn gru(kernel: Array, recurrent: Array, biases: [Array; 2]) -> Vec<Array> {
    let ordered = |array: Array| {
        let each = array.values.len() / 3;
        let mut values = array.values;
        let (r, rest) = values.split_at_mut(each);
        r.swap_with_slice(&mut rest[..each]);
        Array { values, ..array }
    };
    let biases: Vec<f32> = biases.into_iter().flat_map(|bias| ordered(bias).values).collect();
    let bias = Array::new(&[2, biases.len() / 2], biases);
    vec![transposed(&ordered(kernel)), transposed(&ordered(recurrent)), bias]
}
