//! Keras' own results for the activations: the cases of the folder that `NN_GOLDEN` names.

use std::path::Path;

use crate::kernels::vectors::dispatch;
use fearless_simd::Level;
use safetensors::SafeTensors;
use serde_json::Value;

use super::tests::run;
use super::*;
use crate::kernels::testing::levels;
use crate::layers::prelu::{PReLU, PReLUShape};
use crate::layers::{prelu, softmax};

/// `y` and `dx`.
type Results<T> = [Vec<T>; 2];

fn softmax<T: Element>(level: Level, dims: [usize; 3], log: bool, x: &[T], dy: &[T]) -> Results<T> {
    let (mut y, mut dx) = (vec![T::zero(); x.len()], vec![T::zero(); x.len()]);
    if log {
        dispatch!(level, simd => softmax::infer_log(simd, dims, x, &mut y));
        dispatch!(level, simd => softmax::backward_log(simd, dims, &y, dy, &mut dx));
    } else {
        dispatch!(level, simd => softmax::infer(simd, dims, x, &mut y));
        dispatch!(level, simd => softmax::backward(simd, dims, &y, dy, &mut dx));
    }
    [y, dx]
}

fn relu(negative_slope: f64, max_value: Option<f64>, threshold: f64) -> ReluOptions {
    ReluOptions { negative_slope, max_value, threshold }
}

/// One layer of a case; `shape` has the batch first. None where this file does not know the layer.
fn layer<T: Element>(level: Level, text: &str, shape: &[usize], x: &[T], dy: &[T]) -> Option<Results<T>> {
    let last = shape[shape.len() - 1];
    let rows = x.len() / last;
    Some(match text {
        "Activation<linear>" => run(level, x, dy, Linear),
        "Activation<relu>" | "ReLU" => run(level, x, dy, Relu),
        "Activation<relu6>" => run(level, x, dy, Relu6),
        "Activation<leaky_relu>" => run(level, x, dy, LeakyRelu(0.2)),
        "Activation<leaky_relu(0.3)>" | "LeakyReLU" => run(level, x, dy, LeakyRelu(0.3)),
        "LeakyReLU<negative_slope = 0.05>" => run(level, x, dy, LeakyRelu(0.05)),
        "Activation<elu>" | "ELU" => run(level, x, dy, Elu(1.0)),
        "Activation<elu(0.5)>" => run(level, x, dy, Elu(0.5)),
        "ELU<alpha = 0.3>" => run(level, x, dy, Elu(0.3)),
        "Activation<selu>" => run(level, x, dy, Selu),
        "Activation<gelu>" => run(level, x, dy, Gelu),
        "Activation<gelu(approximate)>" => run(level, x, dy, GeluApproximate),
        "Activation<sigmoid>" | "Sigmoid" => run(level, x, dy, Sigmoid),
        "Activation<hard_sigmoid>" => run(level, x, dy, HardSigmoid),
        "Activation<tanh>" | "Tanh" => run(level, x, dy, Tanh),
        "Activation<softplus>" => run(level, x, dy, Softplus),
        "Activation<softsign>" => run(level, x, dy, Softsign),
        "Activation<swish>" | "Activation<silu>" => run(level, x, dy, Swish),
        "Activation<hard_swish>" => run(level, x, dy, HardSwish),
        "Activation<mish>" => run(level, x, dy, Mish),
        "Activation<exponential>" => run(level, x, dy, Exponential),
        "ReLU<max_value = 6.0>" => run(level, x, dy, relu(0.0, Some(6.0), 0.0)),
        "ReLU<negative_slope = 0.1>" => run(level, x, dy, relu(0.1, None, 0.0)),
        "ReLU<max_value = 4.0, negative_slope = 0.25>" => run(level, x, dy, relu(0.25, Some(4.0), 0.0)),
        "ReLU<max_value = 4.0, negative_slope = 0.25, threshold = 0.4>" => {
            run(level, x, dy, relu(0.25, Some(4.0), 0.4))
        }
        "Activation<softmax>" | "Softmax" => softmax(level, [rows, last, 1], false, x, dy),
        "Activation<log_softmax>" => softmax(level, [rows, last, 1], true, x, dy),
        "Softmax<axis = 1>" => softmax(level, [shape[0], shape[1], x.len() / shape[0] / shape[1]], false, x, dy),
        _ => return None,
    })
}

#[derive(Clone, Copy)]
struct Own;
impl PReLUShape for Own {
    const SHAPE: &'static [usize] = &[4, 3];
    const SHARED: &'static [bool] = &[false, false];
}

#[derive(Clone, Copy)]
struct Shared;
impl PReLUShape for Shared {
    const SHAPE: &'static [usize] = &[4, 5, 3];
    const SHARED: &'static [bool] = &[true, true, false];
}

/// `y`, `dx` and the gradients of the slopes.
fn prelu<G: PReLUShape, const N: usize>(
    level: Level,
    shape: G,
    alpha: &[f32],
    samples: usize,
    x: &[f32],
    dy: &[f32],
) -> [Vec<f32>; 3] {
    let weights = PReLU { alpha: <[f32; N]>::try_from(alpha).unwrap() };
    let mut gradients = PReLU { alpha: [0.0; N] };
    let (mut y, mut dx) = (vec![0.0; x.len()], vec![0.0; x.len()]);
    dispatch!(level, simd => prelu::infer(simd, shape, &weights, x, &mut y));
    dispatch!(level, simd => prelu::backward(simd, shape, &weights, samples, x, dy, &mut dx, &mut gradients));
    [y, dx, gradients.alpha.to_vec()]
}

struct Case<'a> {
    value: &'a Value,
    file: &'a SafeTensors<'a>,
}

impl Case<'_> {
    fn name(&self) -> &str {
        self.value["name"].as_str().unwrap()
    }

    fn tensor<T: Element>(&self, name: &str) -> Vec<T> {
        let tensor = self.file.tensor(&format!("{}/{name}", self.name())).unwrap();
        bytemuck::pod_collect_to_vec(tensor.data())
    }

    fn compare<T: Element>(&self, name: &str, got: &[T]) {
        let rtol = self.value["rtol"].as_f64().unwrap();
        let atol = self.value["atols"][name].as_f64().unwrap();
        let want = self.tensor::<T>(name);
        assert_eq!(got.len(), want.len(), "{} {name}", self.name());
        for (index, (&got, &want)) in got.iter().zip(&want).enumerate() {
            let (got, want) = (got.to_f64(), want.to_f64());
            let close = (got - want).abs() <= atol + rtol * want.abs();
            assert!(close, "{} {name}[{index}]: {got}, not {want}", self.name());
        }
    }

    /// Whether the case is one of ours.
    fn run<T: Element>(&self, level: Level) -> bool {
        let sizes = self.value["inputs"]["x"]["shape"].as_array().unwrap();
        let batch = self.value["batch"].as_u64().unwrap() as usize;
        let shape: Vec<usize> =
            core::iter::once(batch).chain(sizes.iter().map(|size| size.as_u64().unwrap() as usize)).collect();
        let layers: Vec<&str> = self.value["dsl"].as_str().unwrap().split(" => ").skip(1).collect();
        let (x, mut d) = (self.tensor::<T>("input.x"), self.tensor::<T>("dy.y"));
        let mut values = vec![x];
        for text in &layers {
            let x = values.last().unwrap();
            match layer(level, text, &shape, x, x) {
                Some([y, _]) => values.push(y),
                None => return false,
            }
        }
        for (text, x) in layers.iter().zip(&values).rev() {
            let Some([_, dx]) = layer(level, text, &shape, x, &d) else { return false };
            d = dx;
        }
        self.compare("output.y", values.last().unwrap());
        self.compare("grad_input.x", &d);
        true
    }

    fn run_prelu(&self, level: Level) -> bool {
        let batch = self.value["batch"].as_u64().unwrap() as usize;
        let [x, dy, alpha] = ["input.x", "dy.y", "param.p_re_lu.alpha"].map(|name| self.tensor::<f32>(name));
        let [y, dx, dalpha] = match self.value["dsl"].as_str().unwrap() {
            "Input<4, 3> => PReLU" => prelu::<_, 12>(level, Own, &alpha, batch, &x, &dy),
            "Input<4, 5, 3> => PReLU<shared_axes = (1, 2)>" => prelu::<_, 3>(level, Shared, &alpha, batch, &x, &dy),
            _ => return false,
        };
        self.compare("output.y", &y);
        self.compare("grad_input.x", &dx);
        self.compare("grad_param.p_re_lu.alpha", &dalpha);
        true
    }
}

#[test]
fn as_keras() {
    let Some(folder) = std::env::var_os("NN_GOLDEN") else {
        println!("skipped: NN_GOLDEN does not name a folder of golden cases");
        return;
    };
    let folder = Path::new(&folder);
    let cases: Value = serde_json::from_slice(&std::fs::read(folder.join("cases.json")).unwrap()).unwrap();
    let bytes = std::fs::read(folder.join("activation.safetensors")).unwrap();
    let file = SafeTensors::deserialize(&bytes).unwrap();
    let mut passed = 0;
    for value in cases["cases"].as_array().unwrap().iter().filter(|case| case["group"] == "activation") {
        let case = Case { value, file: &file };
        for level in levels() {
            let known = match (value["dtype"].as_str(), value["dsl"].as_str().is_some_and(|dsl| dsl.contains("PReLU")))
            {
                (_, true) => case.run_prelu(level),
                (Some("f64"), _) => case.run::<f64>(level),
                _ => case.run::<f32>(level),
            };
            // Dense layers are not this module's.
            assert!(known || value["dsl"].as_str().unwrap().contains("Dense"), "unknown: {}", value["dsl"]);
            passed += usize::from(known);
        }
    }
    println!("{passed} runs passed");
    assert!(passed > 0);
}
