//! Operations that are written as others: of ONNX, of runtimes, and on whole numbers.

use nn_import::{Options, onnx};
use nn_run::Data;

use super::file::{Attribute, File};
use super::{close, model, numbers, run};

const MS: &str = "com.microsoft";

/// What one file computes is what another does.
#[track_caller]
fn same(fused: File, plain: File, x: &[f32]) -> String {
    let (fused, plain) = (model(&fused.finish(&["y"])), model(&plain.finish(&["y"])));
    let want: Vec<f64> = run(&plain, &[Data::Real(x)]).into_iter().map(f64::from).collect();
    close(&run(&fused, &[Data::Real(x)]), &want, &fused);
    fused.text
}

#[test]
fn blocks_of_pixels_become_channels_and_back() {
    let x: Vec<f32> = (0..48).map(|i| i as f32).collect();
    let block = Attribute::Int("blocksize", 2);
    // By the definition: out[c][h * 2 + i][w * 2 + j] = in[…][h][w].
    for (mode, channel) in [("DCR", [1, 2, 4, 2]), ("CRD", [4, 2, 1, 2])] {
        let file = File::new(&[("x", &[1, 8, 2, 3])]);
        let model = model(&file.node("y = DepthToSpace(x)", &[block, Attribute::Text("mode", mode)]).finish(&["y"]));
        let [of_c, ..] = channel;
        let want = (0..48).map(|place| {
            let (c, row, column) = (place / 24, place / 6 % 4, place % 6);
            let (i, j) = (row % 2, column % 2);
            let from = if of_c == 1 { (i * 2 + j) * 2 + c } else { c * 4 + i * 2 + j };
            (from * 6 + row / 2 * 3 + column / 2) as f64
        });
        close(&run(&model, &[Data::Real(&x)]), &want.collect::<Vec<_>>(), &model);
        let file = File::new(&[("x", &[1, 8, 2, 3])]).node("d = DepthToSpace(x)", &[block]);
        let back = super::model(&file.node("y = SpaceToDepth(d)", &[block]).finish(&["y"]));
        close(&run(&back, &[Data::Real(&x)]), &x.iter().map(|x| f64::from(*x)).collect::<Vec<_>>(), &back);
    }
}

#[test]
fn the_largest_element_and_where_it_is() {
    let file = File::new(&[("x", &[1, 4, 3])]).ints("k", &[1]).node("y, i = TopK(x, k)", &[Attribute::Int("axis", 1)]);
    let model = model(&file.clone().finish(&["y"]));
    let x = numbers(12, 1);
    let want: Vec<f64> = (0..3).map(|c| (0..4).map(|r| f64::from(x[r * 3 + c])).fold(f64::MIN, f64::max)).collect();
    close(&run(&model, &[Data::Real(&x)]), &want, &model);
    let file = File::new(&[("x", &[1, 4, 3])]).ints("k", &[2]).node("y, i = TopK(x, k)", &[]);
    let error = onnx::read(&file.finish(&["y"]), &Options::new()).unwrap_err().to_string();
    assert!(error.contains("the 2 largest elements") && error.contains("help"), "{error}");
}

#[test]
fn transposed_convolutions_without_strides_are_convolutions() {
    let attributes = [Attribute::Int("group", 2), Attribute::Ints("pads", &[0, 1, 2, 1])];
    let file = || File::new(&[("x", &[1, 4, 5, 6])]).array("b", &[6], &numbers(6, 2));
    let whole = file().array("k", &[4, 3, 3, 2], &numbers(72, 1));
    let fused = whole.node("y = ConvTranspose(x, k, b)", &attributes);
    let text = model(&fused.clone().finish(&["y"])).text;
    assert!(!text.contains("Transpose") && text.contains("groups = 2"), "{text}");
    // A stride keeps it transposed; its other pixels are the same.
    let strides = [attributes[0], Attribute::Ints("pads", &[0, 1, 2, 1]), Attribute::Ints("strides", &[2, 2])];
    let strided = file().array("k", &[4, 3, 3, 2], &numbers(72, 1)).node("y = ConvTranspose(x, k, b)", &strides);
    let strided = model(&strided.finish(&["y"]));
    assert_eq!(strided.text.matches("Conv2DTranspose").count(), 2, "{}", strided.text);
    let x = numbers(120, 5);
    for (model, stride) in [(model(&fused.finish(&["y"])), 1), (strided, 2)] {
        let (height, width) = (4 * stride + 3 - 2, 5 * stride + 2 - 2);
        let (kernel, bias) = (numbers(72, 1), numbers(6, 2));
        let mut want = vec![0.0; 6 * height * width];
        for (place, out) in want.iter_mut().enumerate() {
            let (filter, row, column) = (place / height / width, place / width % height, place % width + 1);
            *out = f64::from(bias[filter]);
            for channel in filter / 3 * 2..filter / 3 * 2 + 2 {
                for (h, w) in (0..5).flat_map(|h| (0..6).map(move |w| (h, w))) {
                    let (i, j) = (row.wrapping_sub(h * stride), column.wrapping_sub(w * stride));
                    if i < 3 && j < 2 {
                        let weight = kernel[((channel * 3 + filter % 3) * 3 + i) * 2 + j];
                        *out += f64::from(weight) * f64::from(x[(channel * 5 + h) * 6 + w]);
                    }
                }
            }
        }
        close(&run(&model, &[Data::Real(&x)]), &want, &model);
    }
}

#[test]
fn fused_products_and_functions() {
    let x = numbers(12, 1);
    let file = || {
        let file =
            File::new(&[("x", &[1, 3, 4])]).array("w", &[5, 4], &numbers(20, 2)).array("b", &[4], &numbers(4, 3));
        file.array("by", &[], &[0.5])
    };
    let turned: &[Attribute] = &[Attribute::Ints("perm", &[1, 0])];
    let plain = file().node("t = Transpose(w)", turned).node("p = MatMul(x, t)", &[]).node("y = Mul(p, by)", &[]);
    let options = [Attribute::Int("transB", 1), Attribute::Float("alpha", 0.5)];
    same(file().of(MS, "y = FusedMatMul(x, w)", &options), plain, &x);
    let sum = || file().node("s = Add(x, b)", &[]);
    let text = same(file().of(MS, "y = BiasGelu(x, b)", &[]), sum().opset(20).node("y = Gelu(s)", &[]), &x);
    assert!(text.contains("GELU") && !text.contains("approximate"), "{text}");
    let by_tanh: &[Attribute] = &[Attribute::Text("approximate", "tanh")];
    same(file().of(MS, "y = FastGelu(x, b)", &[]), sum().opset(20).node("y = Gelu(s)", by_tanh), &x);
    same(file().of(MS, "y = Gelu(x)", &[]), file().opset(20).node("y = Gelu(x)", &[]), &x);
    let plain = file().array("a", &[], &[1.702]).node("p = Mul(x, a)", &[]).node("s = Sigmoid(p)", &[]);
    same(file().of(MS, "y = QuickGelu(x)", &[]), plain.node("y = Mul(x, s)", &[]), &x);
}

#[test]
fn fused_convolutions() {
    let x = numbers(36, 1);
    let file =
        || File::new(&[("x", &[1, 4, 9])]).array("k", &[4, 4, 3], &numbers(48, 2)).array("b", &[4], &numbers(4, 3));
    let pads = Attribute::Ints("pads", &[1, 1]);
    let plain = || file().node("c = Conv(x, k, b)", &[pads]);
    let leaky = [pads, Attribute::Text("activation", "LeakyRelu"), Attribute::Float("activation_alpha", 0.3)];
    let fused = file().of(MS, "y = FusedConv(x, k, b)", &leaky);
    let text = same(fused, plain().node("y = LeakyRelu(c)", &[Attribute::Float("alpha", 0.3)]), &x);
    assert!(text.contains("LeakyReLU<negative_slope = 0.3>"), "{text}");
    let fused = file().of(MS, "y = FusedConv(x, k, b, x)", &[pads, Attribute::Text("activation", "Relu")]);
    same(fused, plain().node("s = Add(c, x)", &[]).node("y = Relu(s)", &[]), &x);
}

#[test]
fn sums_that_are_normalized() {
    let x = numbers(12, 1);
    let file = || {
        let file = File::new(&[("x", &[1, 3, 4])]).array("g", &[4], &numbers(4, 2)).array("b", &[4], &numbers(4, 3));
        file.array("w", &[4, 4], &numbers(16, 5)).node("z = MatMul(x, w)", &[])
    };
    let epsilon = Attribute::Float("epsilon", 1e-6);
    let options: &[Attribute] = &[epsilon, Attribute::Int("axis", -1)];
    let sum = || file().node("s = Add(x, z)", &[]);
    let plain = sum().node("n = LayerNormalization(s, g, b)", options).node("y = Add(n, s)", &[]);
    let fused = file().of(MS, "n, m, i, s = SkipLayerNormalization(x, z, g, b)", &[epsilon]);
    same(fused.node("y = Add(n, s)", &[]), plain, &x);
    let plain = sum().opset(23).node("y = RMSNormalization(s, g)", options);
    same(file().of(MS, "y = SkipSimplifiedLayerNormalization(x, z, g)", &[epsilon]), plain, &x);
    let plain = file().opset(23).node("y = RMSNormalization(x, g)", options);
    same(file().node("y = SimplifiedLayerNormalization(x, g)", options), plain, &x);
}

#[test]
fn embeddings_that_are_added_and_normalized() {
    let tables = [(1, 7), (2, 3), (3, 2)].map(|(seed, rows)| numbers(rows * 4, seed));
    let file = File::new(&[]).ids("x", &[1, 3]).ids("segments", &[1, 3]).array("words", &[7, 4], &tables[0]);
    let file = file.array("places", &[3, 4], &tables[1]).array("kinds", &[2, 4], &tables[2]);
    let file = file.array("g", &[4], &numbers(4, 2)).array("b", &[4], &numbers(4, 3));
    let call = "y, mask = EmbedLayerNormalization(x, segments, words, places, kinds, g, b)";
    let model = model(&file.of(MS, call, &[Attribute::Float("epsilon", 1e-6)]).finish(&["y"]));
    let (ids, segments) = ([6_u32, 0, 3], [0_u32, 1, 1]);
    let mut want = Vec::new();
    for step in 0..3 {
        let row =
            |table: &[f32], at: u32| table[at as usize * 4..][..4].iter().map(|x| f64::from(*x)).collect::<Vec<_>>();
        let parts = [row(&tables[0], ids[step]), row(&tables[1], step as u32), row(&tables[2], segments[step])];
        let sum: Vec<f64> = (0..4).map(|at| parts.iter().map(|part| part[at]).sum()).collect();
        let mean = sum.iter().sum::<f64>() / 4.0;
        let root = (sum.iter().map(|x| (x - mean).powi(2)).sum::<f64>() / 4.0 + 1e-6).sqrt();
        let (gamma, beta) = (numbers(4, 2), numbers(4, 3));
        want.extend((0..4).map(|at| (sum[at] - mean) / root * f64::from(gamma[at]) + f64::from(beta[at])));
    }
    close(&run(&model, &[Data::U32(&ids), Data::U32(&segments)]), &want, &model);
    assert_eq!(model.text.matches("Embedding<").count(), 2, "{}", model.text);
}

/// Weights of whole numbers are floats again; nothing is rounded while the network runs.
#[test]
fn whole_numbers_become_floats() {
    let x = numbers(12, 1);
    let integers: Vec<i64> = (0..8).map(|i| i * 37 % 200 - 100).collect();
    let floats: Vec<f32> = integers.iter().map(|x| (*x as f32 - 3.0) * 0.25).collect();
    let base = || File::new(&[("x", &[1, 3, 4])]).array("scale", &[], &[0.25]).array("kernel", &[4, 2], &floats);
    let file = || base().whole("w", &[4, 2], &integers).whole("zero", &[], &[3]);
    let plain = || base().node("y = MatMul(x, kernel)", &[]);
    let dequantized = file().node("f = DequantizeLinear(w, scale, zero)", &[]).node("y = MatMul(x, f)", &[]);
    same(dequantized, plain(), &x);
    let product = file().node("q, s, z = DynamicQuantizeLinear(x)", &[]).node("i = MatMulInteger(q, w, z, zero)", &[]);
    let product = product.node("f = Cast(i)", &[Attribute::Int("to", 1)]).node("t = Mul(s, scale)", &[]);
    let text = same(product.node("y = Mul(f, t)", &[]), plain(), &x);
    assert!(text.contains("Dense<2"), "{text}");
    same(file().of(MS, "y = DynamicQuantizeMatMul(x, w, scale, zero)", &[]), plain(), &x);
}

#[test]
fn a_recurrent_layer_of_whole_numbers() {
    let turned = |values: &[i64], rows: usize, columns: usize| -> Vec<f32> {
        (0..columns).flat_map(|c| (0..rows).map(move |r| values[r * columns + c] as f32 * 0.01)).collect()
    };
    let whole = |count: i64, by: i64| (0..count).map(|i| i * by % 200 - 100).collect::<Vec<i64>>();
    let (kernel, recurrent) = (whole(4 * 8, 37), whole(2 * 8, 53));
    let base = || {
        let file = File::new(&[("x", &[5, 1, 4])]).array("b", &[1, 16], &numbers(16, 2));
        file.array("w", &[1, 8, 4], &turned(&kernel, 4, 8)).array("r", &[1, 8, 2], &turned(&recurrent, 2, 8))
    };
    let size = [Attribute::Int("hidden_size", 2)];
    let file = base().whole("wi", &[1, 4, 8], &kernel).whole("ri", &[1, 2, 8], &recurrent);
    let file = file.array("s", &[1], &[0.01]).whole("z", &[1], &[0]);
    let fused = file.of(MS, "y = DynamicQuantizeLSTM(x, wi, ri, b, , , , , s, z, s, z)", &size);
    same(fused, base().node("y = LSTM(x, w, r, b)", &size), &numbers(20, 1));
}

/// Files of operations that are written as others.
pub fn all() -> Vec<File> {
    let image = || File::new(&[("x", &[1, 4, 5, 6])]).array("k", &[4, 3, 3, 2], &numbers(72, 1));
    let one = |text: &str| image().node(text, &[Attribute::Int("group", 2), Attribute::Int("blocksize", 2)]);
    let norm = File::new(&[("x", &[1, 4, 6])]).array("e", &[], &[1e-5]);
    let norm = norm.node("m = ReduceMean(x)", &[Attribute::Ints("axes", &[-1])]).node("d = Sub(x, m)", &[]);
    let norm = norm.node("s = Mul(d, d)", &[]).node("v = ReduceMean(s)", &[Attribute::Ints("axes", &[-1])]);
    let norm = norm.node("w = Add(v, e)", &[]).node("r = Sqrt(w)", &[]).node("y = Div(d, r)", &[]);
    let whole = File::new(&[("x", &[1, 3, 4])]).whole("w", &[4, 2], &[3; 8]).array("s", &[2], &[0.5, 0.25]);
    let whole = whole.whole("z", &[], &[1]).node("f = DequantizeLinear(w, s, z)", &[]).node("y = MatMul(x, f)", &[]);
    vec![one("y = ConvTranspose(x, k)"), one("y = DepthToSpace(x)"), norm, whole]
}
