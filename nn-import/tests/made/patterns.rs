//! Layers that a file has written out: each becomes one again, and computes what the arithmetic says.

use nn_run::Data;

use super::file::{Attribute, File};
use super::{close, model, numbers, run, shares};

/// A function of single elements, by nodes and constants, and the layer that it is.
#[track_caller]
fn function(constants: &[f32], nodes: &[&str], layer: &str, of: fn(f64) -> f64) {
    let mut file = File::new(&[("x", &[1, 9])]);
    for (place, number) in constants.iter().enumerate() {
        file = file.array(&format!("c{place}"), &[], &[*number]);
    }
    let file = nodes.iter().fold(file, |file, node| file.node(node, &[]));
    let model = model(&file.finish(&["y"]));
    assert_eq!(model.text, format!("pub struct Model = Input<9> => {layer};\n"));
    let x: Vec<f32> = numbers(9, 1).iter().map(|x| 5.0 * x).collect();
    close(&run(&model, &[Data::Real(&x)]), &x.iter().map(|x| of(f64::from(*x))).collect::<Vec<_>>(), &model);
}

fn by_tanh(x: f64) -> f64 {
    0.5 * x * (1.0 + ((2.0 / std::f64::consts::PI).sqrt() * (x + 0.044_715 * x.powi(3))).tanh())
}

#[test]
fn gelu_by_tanh_in_the_orders_of_exporters() {
    let layer = "GELU<approximate = true>";
    let constants = [3.0, 0.044_715, 0.797_884_6, 1.0, 0.5];
    let nodes =
        ["a = Pow(x, c0)", "b = Mul(a, c1)", "c = Add(x, b)", "d = Mul(c, c2)", "e = Tanh(d)", "f = Add(e, c3)"];
    function(&constants, &[&nodes[..], &["g = Mul(x, c4)", "y = Mul(g, f)"]].concat(), layer, by_tanh);
    function(&constants, &[&nodes[..], &["g = Mul(x, f)", "y = Mul(c4, g)"]].concat(), layer, by_tanh);
    let nodes = ["a = Mul(x, x)", "b = Mul(a, c1)", "c = Add(c3, b)", "g = Mul(x, c2)", "d = Mul(g, c)", "e = Tanh(d)"];
    function(
        &constants,
        &[&nodes[..], &["f = Add(e, c3)", "h = Mul(f, x)", "y = Mul(h, c4)"]].concat(),
        layer,
        by_tanh,
    );
}

#[test]
fn gelu_by_erf() {
    let constants = [std::f32::consts::SQRT_2, 1.0, 0.5];
    let nodes = ["a = Div(x, c0)", "b = Erf(a)", "c = Add(b, c1)", "d = Mul(x, c)", "y = Mul(d, c2)"];
    function(&constants, &nodes, "GELU", |x| {
        let erf = |x: f64| {
            let step = x / 4000.0;
            let at = |t: f64| (-t * t).exp() * 2.0 / std::f64::consts::PI.sqrt();
            (0..4000).map(|i| (at(i as f64 * step) + at((i + 1) as f64 * step)) / 2.0 * step).sum::<f64>()
        };
        0.5 * x * (1.0 + erf(x / 2.0_f64.sqrt()))
    });
}

#[test]
fn functions_of_single_elements() {
    let silu: fn(f64) -> f64 = |x| x / (1.0 + (-x).exp());
    function(&[], &["a = Sigmoid(x)", "y = Mul(x, a)"], "SiLU", silu);
    function(&[1.0], &["a = Neg(x)", "b = Exp(a)", "c = Add(b, c0)", "y = Div(x, c)"], "SiLU", silu);
    function(&[1.0], &["a = Neg(x)", "b = Exp(a)", "c = Add(b, c0)", "y = Div(c0, c)"], "Sigmoid", |x| {
        1.0 / (1.0 + (-x).exp())
    });
    function(&[1.0], &["a = Exp(x)", "b = Add(c0, a)", "y = Log(b)"], "Softplus", |x| (1.0 + x.exp()).ln());
    function(&[1.0], &["a = Exp(x)", "b = Add(c0, a)", "c = Log(b)", "d = Tanh(c)", "y = Mul(d, x)"], "Mish", |x| {
        x * (1.0 + x.exp()).ln().tanh()
    });
    function(&[], &["a = Softplus(x)", "b = Tanh(a)", "y = Mul(x, b)"], "Mish", |x| x * (1.0 + x.exp()).ln().tanh());
    function(&[1.0], &["a = Abs(x)", "b = Add(c0, a)", "y = Div(x, b)"], "Softsign", |x| x / (1.0 + x.abs()));
    let clip = ["a = Add(x, c0)", "b = Clip(a, c1, c2)"];
    let hard = |x: f64| x * (x + 3.0).clamp(0.0, 6.0) / 6.0;
    let constants = [3.0, 0.0, 6.0];
    function(&constants, &[&clip[..], &["c = Mul(x, b)", "y = Div(c, c2)"]].concat(), "HardSwish", hard);
    function(&constants, &[&clip[..], &["c = Div(b, c2)", "y = Mul(c, x)"]].concat(), "HardSwish", hard);
    function(&constants, &[&clip[..], &["y = Div(b, c2)"]].concat(), "HardSigmoid", |x| {
        (x + 3.0).clamp(0.0, 6.0) / 6.0
    });
}

#[test]
fn what_is_read_elsewhere_too_stays_arithmetic() {
    let file = File::new(&[("x", &[1, 9])]).node("a = Sigmoid(x)", &[]).node("y = Mul(x, a)", &[]);
    let model = model(&file.finish(&["y", "a"]));
    assert!(!model.text.contains("SiLU") && model.text.contains("Sigmoid"), "{}", model.text);
}

#[test]
fn other_numbers_are_other_functions() {
    let file = File::new(&[("x", &[1, 9])]).array("c", &[], &[1.702]);
    let file = file.node("a = Mul(x, c)", &[]).node("b = Sigmoid(a)", &[]).node("y = Mul(x, b)", &[]);
    let model = model(&file.finish(&["y"]));
    assert!(!model.text.contains("SiLU"), "{}", model.text);
}

const LAST: &[Attribute] = &[Attribute::Ints("axes", &[-1])];

fn centered(row: &[f64]) -> Vec<f64> {
    let mean = row.iter().sum::<f64>() / row.len() as f64;
    let variance = row.iter().map(|x| (x - mean).powi(2)).sum::<f64>() / row.len() as f64;
    row.iter().map(|x| (x - mean) / (variance + 1e-5).sqrt()).collect()
}

fn of_rows(x: &[f32], width: usize, of: fn(&[f64]) -> Vec<f64>) -> Vec<f64> {
    let x: Vec<f64> = x.iter().map(|x| f64::from(*x)).collect();
    x.chunks(width).flat_map(of).collect()
}

/// `d * d` or a power of 2, by a root or a power, with weights.
#[test]
fn layer_normalization() {
    let file = || {
        let file = File::new(&[("x", &[1, 4, 6])]).array("two", &[], &[2.0]).array("half", &[], &[0.5]);
        let file = file.array("e", &[], &[1e-5]).array("norm.weight", &[6], &numbers(6, 2));
        file.array("norm.bias", &[6], &numbers(6, 3)).node("m = ReduceMean(x)", LAST).node("d = Sub(x, m)", &[])
    };
    let weights = |all: Vec<f64>| -> Vec<f64> {
        let (gamma, beta) = (numbers(6, 2), numbers(6, 3));
        all.iter().enumerate().map(|(i, x)| x * f64::from(gamma[i % 6]) + f64::from(beta[i % 6])).collect()
    };
    let by_power = file().node("s = Pow(d, two)", &[]).node("v = ReduceMean(s)", LAST).node("w = Add(v, e)", &[]);
    let by_root = by_power.node("r = Sqrt(w)", &[]).node("n = Div(d, r)", &[]).node("g = Mul(n, norm.weight)", &[]);
    let by_product = file().node("s = Mul(d, d)", &[]).node("v = ReduceMean(s)", LAST).node("w = Add(e, v)", &[]);
    let by_half = by_product.node("r = Pow(w, half)", &[]).node("i = Reciprocal(r)", &[]).node("n = Mul(i, d)", &[]);
    let by_half = by_half.node("g = Mul(norm.weight, n)", &[]);
    let x: Vec<f32> = numbers(24, 1);
    for file in [by_root, by_half] {
        let model = model(&file.node("y = Add(g, norm.bias)", &[]).finish(&["y"]));
        assert!(model.text.contains("=> norm: LayerNormalization<epsilon = 1e-5>;"), "{}", model.text);
        close(&run(&model, &[Data::Real(&x)]), &weights(of_rows(&x, 6, centered)), &model);
    }
    // As TensorFlow takes it apart.
    let file = file().node("s = Mul(d, d)", &[]).node("v = ReduceMean(s)", LAST).node("w = Add(v, e)", &[]);
    let file = file.node("r = Sqrt(w)", &[]).node("i = Reciprocal(r)", &[]).node("g = Mul(i, norm.weight)", &[]);
    let file = file.node("a = Mul(x, g)", &[]).node("b = Mul(m, g)", &[]).node("c = Sub(norm.bias, b)", &[]);
    let model = model(&file.node("y = Add(a, c)", &[]).finish(&["y"]));
    assert!(model.text.contains("LayerNormalization<epsilon = 1e-5>;"), "{}", model.text);
    close(&run(&model, &[Data::Real(&x)]), &weights(of_rows(&x, 6, centered)), &model);
}

#[test]
fn layer_normalization_without_weights() {
    let file = File::new(&[("x", &[1, 4, 6])]).array("e", &[], &[1e-5]).node("m = ReduceMean(x)", LAST);
    let file = file.node("d = Sub(x, m)", &[]).node("s = Mul(d, d)", &[]).node("v = ReduceMean(s)", LAST);
    let file = file.node("w = Add(v, e)", &[]).node("r = Sqrt(w)", &[]).node("y = Div(d, r)", &[]);
    let model = model(&file.finish(&["y"]));
    assert!(model.text.contains("LayerNormalization<epsilon = 1e-5, center = false, scale = false>"), "{}", model.text);
    let x = numbers(24, 5);
    close(&run(&model, &[Data::Real(&x)]), &of_rows(&x, 6, centered), &model);
}

#[test]
fn root_of_the_mean_of_squares() {
    let file = File::new(&[("x", &[1, 4, 6])]).array("e", &[], &[1e-6]).array("g", &[6], &numbers(6, 2));
    let file = file.array("two", &[], &[2.0]).node("s = Pow(x, two)", &[]).node("m = ReduceMean(s)", LAST);
    let file = file.node("w = Add(m, e)", &[]).node("r = Sqrt(w)", &[]).node("i = Reciprocal(r)", &[]);
    let model = model(&file.node("n = Mul(x, i)", &[]).node("y = Mul(g, n)", &[]).finish(&["y"]));
    assert_eq!(model.text, "pub struct Model = Input<4, 6> => RMSNormalization<epsilon = 1e-6>;\n");
    let x = numbers(24, 5);
    let of = |row: &[f64]| {
        let mean = row.iter().map(|x| x * x).sum::<f64>() / row.len() as f64;
        let gamma = numbers(6, 2);
        row.iter().zip(gamma).map(|(x, g)| x / (mean + 1e-6).sqrt() * f64::from(g)).collect()
    };
    close(&run(&model, &[Data::Real(&x)]), &of_rows(&x, 6, of), &model);
}

/// Each channel of an image by itself: written out, and as groups that are instances.
#[test]
fn instance_and_group_normalization() {
    let space: &[Attribute] = &[Attribute::Ints("axes", &[2, 3])];
    let file = File::new(&[("x", &[1, 4, 3, 5])]).array("e", &[], &[1e-5]).array("g", &[4, 1, 1], &numbers(4, 2));
    let file = file.array("b", &[4, 1, 1], &numbers(4, 3)).node("m = ReduceMean(x)", space).node("d = Sub(x, m)", &[]);
    let file = file.node("s = Mul(d, d)", &[]).node("v = ReduceMean(s)", space).node("w = Add(v, e)", &[]);
    let file = file.node("r = Sqrt(w)", &[]).node("n = Div(d, r)", &[]).node("k = Mul(n, g)", &[]);
    let instances = model(&file.node("y = Add(k, b)", &[]).finish(&["y"]));
    assert!(instances.text.contains("GroupNormalization<4, axis = 1, epsilon = 1e-5>"), "{}", instances.text);
    let file = File::new(&[("x", &[1, 4, 3, 5])]).ints("in", &[1, 2, -1]).ints("out", &[1, 4, 3, 5]);
    let file = file.array("one", &[2], &[1.0; 2]).array("zero", &[2], &[0.0; 2]).array("g", &[4, 1, 1], &numbers(4, 2));
    let file = file.array("b", &[4, 1, 1], &numbers(4, 3)).node("a = Reshape(x, in)", &[]);
    let file = file.node("n = InstanceNormalization(a, one, zero)", &[Attribute::Float("epsilon", 1e-5)]);
    let file = file.node("c = Reshape(n, out)", &[]).node("k = Mul(c, g)", &[]).node("y = Add(k, b)", &[]);
    let groups = model(&file.finish(&["y"]));
    assert_eq!(groups.text, "pub struct Model = Input<4, 3, 5> => GroupNormalization<2, axis = 1, epsilon = 1e-5>;\n");
    let x = numbers(60, 5);
    for (model, width) in [(instances, 15), (groups, 30)] {
        let (gamma, beta) = (numbers(4, 2), numbers(4, 3));
        let want = of_rows(&x, width, centered);
        let want = want.iter().enumerate().map(|(i, x)| x * f64::from(gamma[i / 15]) + f64::from(beta[i / 15]));
        close(&run(&model, &[Data::Real(&x)]), &want.collect::<Vec<_>>(), &model);
    }
}

#[test]
fn softmax_written_out() {
    let x = numbers(24, 5);
    let file = || File::new(&[("x", &[1, 4, 6])]);
    let last: &[Attribute] = &[Attribute::Ints("axes", &[-1])];
    let plain = file().ints("last", &[-1]).node("e = Exp(x)", &[]).node("s = ReduceSum(e, last)", &[]);
    let safe = file().ints("last", &[-1]).node("m = ReduceMax(x)", last).node("d = Sub(x, m)", &[]);
    let safe = safe.node("e = Exp(d)", &[]).node("s = ReduceSum(e, last)", &[]);
    for file in [plain, safe] {
        let model = model(&file.node("y = Div(e, s)", &[]).finish(&["y"]));
        assert_eq!(model.text, "pub struct Model = Input<4, 6> => Softmax;\n");
        close(&run(&model, &[Data::Real(&x)]), &of_rows(&x, 6, shares), &model);
    }
    let model = model(&file().node("s = Softmax(x)", &[]).node("y = Log(s)", &[]).finish(&["y"]));
    assert_eq!(model.text, "pub struct Model = Input<4, 6> => LogSoftmax;\n");
}

/// A scale and an offset behind convolutions of both kinds.
#[test]
fn scales_become_part_of_convolutions() {
    let pads: &[Attribute] = &[Attribute::Ints("pads", &[1, 1, 1, 1]), Attribute::Int("group", 2)];
    let file = |op: &str, kernel: &[usize]| {
        let file = File::new(&[("x", &[1, 4, 5, 5])]).array("k", kernel, &numbers(kernel.iter().product(), 1));
        let file = file.array("b", &[6], &numbers(6, 2)).node(&format!("c = {op}(x, k, b)"), pads);
        file.array("s", &[1, 6, 1, 1], &numbers(6, 3)).array("o", &[6, 1, 1], &numbers(6, 4))
    };
    let x = numbers(100, 5);
    for (op, kernel) in [("Conv", [6, 2, 3, 3]), ("ConvTranspose", [4, 3, 3, 3])] {
        let folded = file(op, &kernel).node("m = Mul(c, s)", &[]).node("y = Sub(m, o)", &[]);
        let folded = model(&folded.finish(&["y"]));
        assert!(!folded.text.contains('*') && !folded.text.contains(" - "), "{}", folded.text);
        let plain = model(&file(op, &kernel).finish(&["c"]));
        let want = run(&plain, &[Data::Real(&x)]);
        let (scale, offset) = (numbers(6, 3), numbers(6, 4));
        let at = |place: usize| place / 25;
        let want =
            want.iter().enumerate().map(|(i, x)| f64::from(*x) * f64::from(scale[at(i)]) - f64::from(offset[at(i)]));
        close(&run(&folded, &[Data::Real(&x)]), &want.collect::<Vec<_>>(), &folded);
    }
}

#[test]
fn one_hot_rows_times_a_table_are_an_embedding() {
    let table = numbers(5 * 3, 1);
    let file = || File::new(&[]).ids("x", &[1, 4]).array("table", &[5, 3], &table);
    let compared = file().ints("last", &[-1]).ints("all", &[0, 1, 2, 3, 4]).node("u = Unsqueeze(x, last)", &[]);
    let compared = compared.node("q = Equal(u, all)", &[]).node("h = Cast(q)", &[Attribute::Int("to", 1)]);
    let one_hot = file().ints("count", &[5]).array("pair", &[2], &[0.0, 1.0]).node("h = OneHot(x, count, pair)", &[]);
    for file in [compared, one_hot] {
        let model = model(&file.node("y = MatMul(h, table)", &[]).finish(&["y"]));
        assert_eq!(model.text, "pub struct Model = Input<4, dtype = u32> => Embedding<5, 3>;\n");
        let want: Vec<f64> =
            [4, 0, 2, 2].iter().flat_map(|row| table[row * 3..][..3].iter().map(|x| f64::from(*x))).collect();
        close(&run(&model, &[Data::U32(&[4, 0, 2, 2])]), &want, &model);
    }
}
