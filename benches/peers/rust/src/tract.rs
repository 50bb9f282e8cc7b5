//! tract: the ONNX graphs, optimised.

#[path = "../../protocol.rs"]
#[allow(dead_code, reason = "each worker uses its part")]
mod protocol;

use std::hint::black_box;
use std::path::Path;

use protocol::{Failure, Job, STEPS, folder, id, number, serve};
use tract_onnx::prelude::*;

/// A network and its inputs.
struct Inference {
    state: TypedSimpleState,
    facts: Vec<TypedFact>,
    x: TVec<TValue>,
    /// It takes one time step: inputs and outputs behind the first are its state.
    step: bool,
}

impl Inference {
    fn load(folder: &Path, name: &str) -> Result<Self, Failure> {
        let path = folder.join(name).with_extension("onnx");
        let model = tract_onnx::onnx().model_for_path(path)?.into_optimized()?;
        let inputs = 0..model.inputs.len();
        let facts = inputs.map(|input| model.input_fact(input).cloned()).collect::<TractResult<Vec<_>>>()?;
        let (state, x) = (model.into_runnable()?.spawn()?, tvec![]);
        let mut network = Self { state, facts, x, step: name.starts_with("audio") };
        network.check()?;
        Ok(network)
    }
}

impl Job for Inference {
    fn check(&mut self) -> Result<Vec<f32>, Failure> {
        self.x = self.facts.iter().map(|fact| sample(fact, 0)).collect::<Result<_, _>>()?;
        if !self.step {
            return numbers(&self.state.run(self.x.clone())?);
        }
        for (x, fact) in self.x.iter_mut().zip(&self.facts).skip(1) {
            *x = Tensor::zero_dt(fact.datum_type, shape(fact)?)?.into_tvalue();
        }
        let mut ys = Vec::new();
        for step in 0..STEPS {
            self.x[0] = sample(&self.facts[0], step)?;
            let outputs = self.state.run(self.x.clone())?;
            ys.extend(numbers(&outputs[..1])?);
            self.x.truncate(1);
            self.x.extend(outputs.into_iter().skip(1));
        }
        Ok(ys)
    }

    fn run(&mut self, calls: u32) -> Result<(), Failure> {
        for _ in 0..calls {
            black_box(self.state.run(self.x.clone())?);
        }
        Ok(())
    }
}

fn shape(fact: &TypedFact) -> Result<&[usize], Failure> {
    fact.shape.as_concrete().ok_or_else(|| "a shape is not known".into())
}

/// A sample of one input.
fn sample(fact: &TypedFact, sample: usize) -> Result<TValue, Failure> {
    let shape = shape(fact)?;
    let len: usize = shape.iter().product();
    let places = sample * len..(sample + 1) * len;
    let tensor = if fact.datum_type == f32::datum_type() {
        Tensor::from_shape(shape, &places.map(number).collect::<Vec<_>>())?
    } else {
        Tensor::from_shape(shape, &places.map(|place| id(place) as i32).collect::<Vec<_>>())?
    };
    Ok(tensor.into_tvalue())
}

/// All numbers of some outputs.
fn numbers(ys: &[TValue]) -> Result<Vec<f32>, Failure> {
    let mut numbers = Vec::new();
    for y in ys {
        numbers.extend_from_slice(y.try_as_plain_ram()?.as_slice::<f32>()?);
    }
    Ok(numbers)
}

fn main() -> Result<(), Failure> {
    let folder = folder()?;
    serve(|job| match job.split_once(':') {
        Some(("infer", name)) => Ok(Box::new(Inference::load(&folder, name)?)),
        _ => Err("tract does not train".into()),
    })
}
