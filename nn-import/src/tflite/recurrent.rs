//! `UNIDIRECTIONAL_SEQUENCE_LSTM`.

use super::nodes::{Converter, Options, Stop, int, ints};
use super::schema::Operator;
use crate::onnx::array::{Array, Type};
use crate::onnx::flat::Problem;

/// The gates in the order of ONNX (i, o, f, c), as TFLite numbers them (i, f, c, o).
const GATES: [usize; 4] = [0, 3, 1, 2];
/// Where the inputs of each kind begin.
const KERNELS: usize = 1;
const RECURRENT: usize = 5;
const BIASES: usize = 12;

pub fn lstm(converter: &mut Converter<'_>, operator: &Operator<'_>) -> Result<(), Stop> {
    let options = Options(operator.options);
    let has = |place: usize| operator.inputs.get(place).copied().flatten().is_some();
    let strange =
        [(9..12, "looks at its cells (peepholes)"), (16..18, "projects its outputs"), (20..24, "normalizes its gates")];
    if let Some((_, what)) = strange.into_iter().find(|(places, _)| places.clone().any(has)) {
        return Err(Problem::new(format!("it {what}")).into());
    }
    if options.byte(0)? != 4 {
        return Err(Problem::new("its activation is not `tanh`").into());
    }
    let bounded = options.0.map_or(Ok(0.0), |table| table.float(1, 0.0))?;
    if bounded != 0.0 {
        return Err(Problem::new("it keeps its cells within bounds").into());
    }
    if !has(KERNELS) {
        return Err(Problem::new("its input and forget gates are one").into());
    }
    let stacked = |first: usize, what: &str| -> Result<Array, Problem> {
        let gates = GATES.map(|gate| converter.constant(operator, first + gate, what));
        let mut values = Vec::new();
        let mut shape = Vec::new();
        for gate in gates {
            let gate = gate?;
            if !shape.is_empty() && shape != gate.shape {
                return Err(Problem::new(format!("its {what} have several shapes")));
            }
            values.extend_from_slice(&gate.values);
            shape = gate.shape;
        }
        let rows = shape.first().copied().unwrap_or(0) * 4;
        let shape = [1, rows].into_iter().chain(shape.into_iter().skip(1)).collect();
        Ok(Array::new(Type::Real, shape, values))
    };
    let (kernel, recurrent, bias) =
        (stacked(KERNELS, "weights")?, stacked(RECURRENT, "recurrent weights")?, stacked(BIASES, "biases")?);
    let units = recurrent.shape.get(2).copied().unwrap_or(0);
    if bias.shape.len() != 2 || kernel.shape.len() != 3 || recurrent.shape != [1, 4 * units, units] {
        return Err(Problem::new("its weights do not fit each other").into());
    }
    // The biases of the input, and none of the state.
    let both = bias.values.iter().copied().chain(std::iter::repeat_n(0.0, 4 * units)).collect();
    let bias = Array::new(Type::Real, vec![1, 8 * units], both);
    let steps_first = options.flag(3)?;
    let mut x = converter.input(operator, 0)?;
    if !steps_first {
        x = converter.node("Transpose", vec![x], vec![ints("perm", [1, 0, 2])]);
    }
    let layer = converter.layer(operator);
    let weights =
        [(layer.as_str(), kernel), ("", recurrent), ("", bias)].map(|(hint, array)| converter.array(hint, array));
    let inputs = [x].into_iter().chain(weights).collect();
    let value = converter.node("LSTM", inputs, vec![int("hidden_size", units as i64)]);
    let value = converter.node("Squeeze", vec![value], vec![ints("axes", [1])]);
    let output = converter.output(operator, 0)?;
    if steps_first {
        return Ok(converter.end(value, 0, output)?);
    }
    converter.write("Transpose", vec![value], vec![ints("perm", [1, 0, 2])], vec![output]);
    Ok(())
}
