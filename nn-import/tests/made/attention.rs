//! Attention that a file has written out, or that a runtime has fused.

use nn_run::Data;

use super::file::{Attribute, File};
use super::{close, model, numbers, run, shares};

/// Self-attention of 2 heads, in `f64`: kernels of rows × columns, heads one behind the other.
fn attention(x: &[f32], steps: usize, kernels: [&[f32]; 4], biases: [&[f32]; 4], is_causal: bool) -> Vec<f64> {
    let width = x.len() / steps;
    let x: Vec<f64> = x.iter().map(|x| f64::from(*x)).collect();
    let dense = |x: &[f64], kernel: &[f32], bias: &[f32]| -> Vec<f64> {
        let columns = bias.len();
        let row = |row: &[f64]| -> Vec<f64> {
            let sum = |column: usize| -> f64 {
                row.iter().enumerate().map(|(i, x)| x * f64::from(kernel[i * columns + column])).sum()
            };
            (0..columns).map(|column| sum(column) + f64::from(bias[column])).collect()
        };
        x.chunks(x.len() / steps).flat_map(row).collect()
    };
    let [query, key, value] = [0, 1, 2].map(|i| dense(&x, kernels[i], biases[i]));
    let size = width / 2;
    let mut joined = vec![0.0; x.len()];
    for head in 0..2 {
        for step in 0..steps {
            let of = |all: &[f64], step: usize, at: usize| all[step * width + head * size + at];
            let score = |other: usize| {
                let sum: f64 = (0..size).map(|at| of(&query, step, at) * of(&key, other, at)).sum();
                if is_causal && other > step { f64::NEG_INFINITY } else { sum / (size as f64).sqrt() }
            };
            let shares = shares(&(0..steps).map(score).collect::<Vec<_>>());
            for at in 0..size {
                let sum = (0..steps).map(|other| shares[other] * of(&value, other, at)).sum();
                joined[step * width + head * size + at] = sum;
            }
        }
    }
    dense(&joined, kernels[3], biases[3])
}

const ORDER: &[Attribute] = &[Attribute::Ints("perm", &[0, 2, 1, 3])];

/// Three projections, as PyTorch's transformers have them.
pub fn of_three(is_causal: bool) -> File {
    let (kernels, biases) = weights();
    let mut file = File::new(&[("x", &[1, 3, 4])]).ints("heads", &[1, 3, 2, 2]).ints("all", &[1, 3, 4]);
    for (place, name) in ["q", "k", "v", "o"].iter().enumerate() {
        file = file.array(&format!("{name}w"), &[4, 4], &kernels[place]);
        file = file.array(&format!("{name}b"), &[4], &biases[place]);
    }
    for name in ["q", "k", "v"] {
        file = file.node(&format!("{name}1 = MatMul(x, {name}w)"), &[]);
        file = file.node(&format!("{name}2 = Add({name}1, {name}b)"), &[]);
        file = file.node(&format!("{name}3 = Reshape({name}2, heads)"), &[]);
    }
    let turned: &[Attribute] = &[Attribute::Ints("perm", &[0, 2, 3, 1])];
    file = file.node("q4 = Transpose(q3)", ORDER).node("k4 = Transpose(k3)", turned).node("v4 = Transpose(v3)", ORDER);
    let low = -1e9;
    let mask = [0.0, low, low, 0.0, 0.0, low, 0.0, 0.0, 0.0];
    file = file.array("root", &[], &[2.0_f32.sqrt()]).array("mask", &[1, 1, 3, 3], &mask);
    file = file.node("s = MatMul(q4, k4)", &[]).node("t = Div(s, root)", &[]);
    let masked = if is_causal { file.node("u = Add(t, mask)", &[]) } else { file.node("u = Identity(t)", &[]) };
    let file = masked.node("p = Softmax(u)", &[Attribute::Int("axis", -1)]).node("w = MatMul(p, v4)", &[]);
    let file = file.node("z = Transpose(w)", ORDER).node("a = Reshape(z, all)", &[]);
    file.node("b = MatMul(a, ow)", &[]).node("y = Add(ob, b)", &[])
}

fn weights() -> ([Vec<f32>; 4], [Vec<f32>; 4]) {
    ([1, 2, 3, 4].map(|seed| numbers(16, seed)), [5, 6, 7, 8].map(|seed| numbers(4, seed)))
}

#[test]
fn attention_of_three_projections() {
    let (kernels, biases) = weights();
    for is_causal in [false, true] {
        let model = model(&of_three(is_causal).finish(&["y"]));
        let causal = if is_causal { ", use_causal_mask = true" } else { "" };
        assert_eq!(model.text, format!("pub struct Model = Input<3, 4> => MultiHeadAttention<2, 2{causal}>;\n"));
        let x = numbers(12, 9);
        let want =
            attention(&x, 3, kernels.each_ref().map(Vec::as_slice), biases.each_ref().map(Vec::as_slice), is_causal);
        close(&run(&model, &[Data::Real(&x)]), &want, &model);
    }
}

/// One projection for query, key and value, whose scale is within the query.
pub fn of_one() -> File {
    let (kernels, _) = weights();
    let all: Vec<f32> = (0..4)
        .flat_map(|row| (0..3).flat_map(move |part| (0..4).map(move |c| (row, part, c))))
        .map(|(row, part, c)| kernels[part][row * 4 + c])
        .collect();
    let file = File::new(&[("x", &[1, 3, 4])]).array("w", &[4, 12], &all).array("o", &[4, 4], &kernels[3]);
    let file = file.ints("split", &[1, 3, 3, 2, 2]).ints("all", &[1, 3, 4]).array("by", &[], &[0.5_f32.sqrt()]);
    let file = file.ints("0", &[0]).ints("1", &[1]).ints("2", &[2]).ints("drop", &[0]);
    let file = file.node("a = MatMul(x, w)", &[]).node("b = Reshape(a, split)", &[]);
    let mut file = file.node("c = Transpose(b)", &[Attribute::Ints("perm", &[2, 0, 3, 1, 4])]);
    for (name, at) in [("q", 0), ("k", 1), ("v", 2)] {
        file = file.node(&format!("{name}1 = Gather(c, {at})"), &[Attribute::Int("axis", 0)]);
        file = file.node(&format!("{name} = Squeeze({name}1, drop)"), &[]);
    }
    let file = file.node("r = Mul(q, by)", &[]).node("t = Transpose(k)", &[Attribute::Ints("perm", &[0, 1, 3, 2])]);
    let file = file.node("s = MatMul(r, t)", &[]).node("p = Softmax(s)", &[Attribute::Int("axis", 3)]);
    let file = file.node("h = MatMul(p, v)", &[]).node("z = Transpose(h)", ORDER).node("j = Reshape(z, all)", &[]);
    file.node("y = MatMul(j, o)", &[])
}

#[test]
fn attention_of_one_projection() {
    let zero = [0.0; 4];
    let model = model(&of_one().finish(&["y"]));
    assert_eq!(model.text, "pub struct Model = Input<3, 4> => MultiHeadAttention<2, 2, use_bias = false>;\n");
    let x = numbers(12, 9);
    let kernels = weights().0;
    let want = attention(&x, 3, kernels.each_ref().map(Vec::as_slice), [&zero; 4], false);
    close(&run(&model, &[Data::Real(&x)]), &want, &model);
}

/// An operation that has one matrix for query, key and value.
pub fn packed() -> File {
    let file = File::new(&[("x", &[1, 3, 4])]).array("w", &[4, 12], &numbers(48, 1)).array("b", &[12], &numbers(12, 2));
    let file = file.array("ow", &[4, 4], &numbers(16, 3));
    file.of("com.microsoft", "a = Attention(x, w, b)", &[Attribute::Int("num_heads", 2)]).node("y = MatMul(a, ow)", &[])
}

/// The same by the operations of runtimes, and by that of ONNX 23.
#[test]
fn fused_attention() {
    let kernels = [1, 2, 3, 4].map(|seed| numbers(16, seed));
    let biases = [5, 6, 7, 8].map(|seed| numbers(4, seed));
    let beside = |parts: &[Vec<f32>], rows: usize| -> Vec<f32> {
        (0..rows).flat_map(|row| parts.iter().flat_map(move |part| part[row * 4..][..4].iter().copied())).collect()
    };
    let x = numbers(12, 9);
    let heads = Attribute::Int("num_heads", 2);
    let end = |file: File| {
        let file = file.array("ow", &[4, 4], &kernels[3]).array("ob", &[4], &biases[3]);
        model(&file.node("b = MatMul(a, ow)", &[]).node("y = Add(b, ob)", &[]).finish(&["y"]))
    };
    let file = || File::new(&[("x", &[1, 3, 4])]).array("b", &[12], &beside(&biases[..3], 1));
    let packed = file().array("w", &[4, 12], &beside(&kernels[..3], 4));
    let packed = packed.of("com.microsoft", "a = Attention(x, w, b)", &[heads, Attribute::Int("unidirectional", 1)]);
    let mut three = file();
    for (place, name) in ["q", "k", "v"].iter().enumerate() {
        three = three.array(&format!("{name}w"), &[4, 4], &kernels[place]);
        three = three.node(&format!("{name} = MatMul(x, {name}w)"), &[]);
    }
    let of_onnx = three.clone();
    let three = three.of("com.microsoft", "a = MultiHeadAttention(q, k, v, b)", &[heads]);
    let counts = [Attribute::Int("q_num_heads", 2), Attribute::Int("kv_num_heads", 2), Attribute::Int("is_causal", 1)];
    let of_onnx = of_onnx.opset(23).node("a = Attention(q, k, v)", &counts);
    let zero = [0.0; 4];
    let [a, b, c, d] = &kernels;
    let [e, f, g, h] = &biases;
    for (file, biases, is_causal) in [(packed, [e, f, g, h], true), (three, [e, f, g, h], false)] {
        let model = end(file);
        let causal = if is_causal { ", use_causal_mask = true" } else { "" };
        assert_eq!(model.text, format!("pub struct Model = Input<3, 4> => MultiHeadAttention<2, 2{causal}>;\n"));
        let want = attention(&x, 3, [a, b, c, d], biases.map(Vec::as_slice), is_causal);
        close(&run(&model, &[Data::Real(&x)]), &want, &model);
    }
    let model = end(of_onnx);
    let want = attention(&x, 3, [a, b, c, d], [&zero, &zero, &zero, h], true);
    close(&run(&model, &[Data::Real(&x)]), &want, &model);
}
