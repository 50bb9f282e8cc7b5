//! Parts that are there several times.

use nn_run::Data;

use super::file::{Attribute, File};
use super::{close, model, numbers, run};

/// Blocks of a dense layer, a function and a shortcut, with names as PyTorch gives them.
pub fn residual(blocks: usize, functions: &[&str]) -> File {
    let mut file = File::new(&[("x", &[1, 4])]);
    let mut from = "x".to_owned();
    for (block, function) in functions.iter().cycle().take(blocks).enumerate() {
        for name in ["first", "second"] {
            let prefix = format!("encoder.{block}.{name}");
            let seed = block * 2 + usize::from(name == "second");
            file = file.array(&format!("{prefix}.weight"), &[4, 4], &numbers(16, seed));
            file = file.array(&format!("{prefix}.bias"), &[4], &numbers(4, seed + 20));
        }
        let gemm = &[Attribute::Int("transB", 1)];
        let part = |name: &str| format!("encoder.{block}.{name}.weight, encoder.{block}.{name}.bias");
        file = file.node(&format!("a{block} = Gemm({from}, {})", part("first")), gemm);
        file = file.node(&format!("b{block} = {function}(a{block})"), &[]);
        file = file.node(&format!("c{block} = Gemm(b{block}, {})", part("second")), gemm);
        file = file.node(&format!("d{block} = Relu(c{block})"), &[]);
        file = file.node(&format!("e{block} = Add({from}, d{block})"), &[]);
        from = format!("e{block}");
    }
    file.node(&format!("y = Tanh({from})"), &[])
}

/// The same in `f64`.
fn computed(x: &[f32], blocks: usize) -> Vec<f64> {
    let mut x: Vec<f64> = x.iter().map(|x| f64::from(*x)).collect();
    let dense = |x: &[f64], seed: usize| -> Vec<f64> {
        let (kernel, bias) = (numbers(16, seed), numbers(4, seed + 20));
        let sum =
            |row: usize| (0..4).map(|i| x[i] * f64::from(kernel[row * 4 + i])).sum::<f64>() + f64::from(bias[row]);
        (0..4).map(sum).collect()
    };
    for block in 0..blocks {
        let inner: Vec<f64> = dense(&x, block * 2).iter().map(|x| x.tanh()).collect();
        let inner = dense(&inner, block * 2 + 1);
        x.iter_mut().zip(inner).for_each(|(x, d)| *x += d.max(0.0));
    }
    x.iter().map(|x| x.tanh()).collect()
}

#[test]
fn parts_that_are_the_same_become_a_block() {
    let model = model(&residual(3, &["Tanh"]).finish(&["y"]));
    let text = "pub struct Model(x: Input<4>) -> y {
    block encoder(x) -> y {
        let relu = x => first: Dense<4> => Tanh => second: Dense<4> => ReLU;
        let y = x + relu;
    }
    let y = x => [encoder; 3] => Tanh;
}
";
    assert_eq!(model.text, text);
    let names: Vec<&str> = model.weights.iter().map(|weight| weight.name.as_str()).collect();
    assert_eq!(names[..3], ["encoder_1_first.kernel", "encoder_1_first.bias", "encoder_1_second.kernel"]);
    assert_eq!(names[11], "encoder_3_second.bias");
    let x = numbers(4, 50);
    close(&run(&model, &[Data::Real(&x)]), &computed(&x, 3), &model);
}

#[test]
fn parts_that_differ_are_no_block() {
    let model = model(&residual(2, &["Tanh", "Sigmoid"]).finish(&["y"]));
    assert!(!model.text.contains("block"), "{}", model.text);
    assert!(model.text.contains("encoder_0_first: Dense<4>"), "{}", model.text);
}

#[test]
fn layers_that_follow_each_other_again_are_a_repeat() {
    let mut file = File::new(&[("x", &[1, 4])]);
    let mut from = "x".to_owned();
    for layer in 0..3 {
        file = file.array(&format!("w{layer}"), &[4, 4], &numbers(16, layer));
        file = file.node(&format!("a{layer} = MatMul({from}, w{layer})"), &[]);
        file = file.node(&format!("b{layer} = Tanh(a{layer})"), &[]);
        from = format!("b{layer}");
    }
    let model = model(&file.node(&format!("y = Softmax({from})"), &[]).finish(&["y"]));
    assert_eq!(model.text, "pub struct Model = Input<4> => [Dense<4, use_bias = false> => Tanh; 3] => Softmax;\n");
    let x = numbers(4, 50);
    let mut want: Vec<f64> = x.iter().map(|x| f64::from(*x)).collect();
    for layer in 0..3 {
        let kernel = numbers(16, layer);
        let sum = |column: usize| (0..4).map(|row| want[row] * f64::from(kernel[row * 4 + column])).sum::<f64>().tanh();
        want = (0..4).map(sum).collect();
    }
    close(&run(&model, &[Data::Real(&x)]), &super::shares(&want), &model);
}
