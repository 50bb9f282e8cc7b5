//! Against Keras' results.

use super::*;
use crate::layers::normalization::oracle::Golden;

/// A case of Keras' results; the names of its inputs for query, value and key.
fn golden<G: MultiHeadAttentionShape, W: Weights<f32> + bytemuck::Pod>(
    golden: &Golden,
    case: &str,
    shape: G,
    names: [&str; 3],
) {
    let wide = |name: &str| -> Vec<f64> { golden.tensor::<f32>(case, name).into_iter().map(f64::from).collect() };
    let weights: Box<W> = bytemuck::zeroed_box();
    let biased = !weights.parts()[0].bias.is_empty();
    let params: Vec<String> = ["query", "key", "value", "attention_output"]
        .iter()
        .flat_map(|part| {
            [format!("param.multi_head_attention.{part}.kernel"), format!("param.multi_head_attention.{part}.bias")]
        })
        .filter(|name| biased || !name.ends_with("bias"))
        .collect();
    let inputs = names.map(|name| wide(&format!("input.{name}")));
    let problem = Problem {
        samples: inputs[0].len() / G::QUERY[0] / G::QUERY[1],
        weights: params.iter().flat_map(|name| wide(name)).collect(),
        inputs,
        masks: [None, None, None, None],
        saved: Vec::new(),
    };
    for level in levels() {
        let options = Options { level, dropout: Dropout::NONE };
        let [inferred, y, mut dweights, dquery, dvalue, dkey] =
            run::<G, W, f32>(shape, &problem, &wide("dy.y"), options);
        golden.compare(case, "output.y", &inferred);
        golden.compare(case, "output.y", &y);
        let dx = [dquery, dvalue, dkey];
        for name in names {
            let same = (0..3).filter(|&i| names[i] == name);
            let sum = same.fold(vec![0.0; 0], |sum: Vec<f32>, i| match sum.is_empty() {
                true => dx[i].clone(),
                false => sum.iter().zip(&dx[i]).map(|(a, b)| a + b).collect(),
            });
            golden.compare(case, &format!("grad_input.{name}"), &sum);
        }
        for name in &params {
            let rest = dweights.split_off(wide(name).len());
            golden.compare(case, &format!("grad_{name}"), &dweights);
            dweights = rest;
        }
    }
}

#[test]
fn as_keras() {
    let Some(file) = Golden::open("attention") else { return };
    const SAME: [&str; 3] = ["x"; 3];
    golden::<_, own::Of<f32>>(&file, "mha_self", own::Shape, SAME);
    golden::<_, cross::Of<f32>>(&file, "mha_cross", cross::Shape, ["query", "value", "value"]);
    golden::<_, cross_key::Of<f32>>(&file, "mha_cross_key", cross_key::Shape, ["query", "value", "key"]);
    golden::<_, value_dim::Of<f32>>(&file, "mha_value_dim", value_dim::Shape, SAME);
    golden::<_, no_bias::Of<f32>>(&file, "mha_no_bias", no_bias::Shape, SAME);
    golden::<_, causal::Of<f32>>(&file, "mha_causal", causal::Shape, SAME);
    golden::<_, causal_cross::Of<f32>>(&file, "mha_causal_cross", causal_cross::Shape, ["q", "v", "v"]);
    golden::<_, output_shape::Of<f32>>(&file, "mha_output_shape", output_shape::Shape, SAME);
    golden::<_, one_head::Of<f32>>(&file, "mha_one_head", one_head::Shape, SAME);
}

/// The value is an embedding, whose mask hides the padding.
#[test]
fn as_keras_with_padding() {
    let Some(file) = Golden::open("attention") else { return };
    let read = |name: &str| file.tensor::<f32>("mha_padding_mask", name);
    let wide = |values: Vec<f32>| -> Vec<f64> { values.into_iter().map(f64::from).collect() };
    let ids: Vec<usize> = read("input.ids").iter().map(|id| id.to_bits() as usize).collect();
    let embeddings = wide(read("param.embedding.embeddings"));
    let value: Vec<f64> = ids.iter().flat_map(|id| embeddings[id * 5..][..5].to_vec()).collect();
    let parts = ["query", "key", "value", "attention_output"];
    let names =
        parts.iter().flat_map(|part| ["kernel", "bias"].map(|name| format!("multi_head_attention.{part}.{name}")));
    let problem = Problem {
        samples: 4,
        weights: names.clone().flat_map(|name| wide(read(&format!("param.{name}")))).collect(),
        inputs: [wide(read("input.q")), value.clone(), value],
        masks: [None, Some(ids.iter().map(|id| if *id == 0 { 0.0 } else { 1.0 }).collect()), None, None],
        saved: Vec::new(),
    };
    for level in levels() {
        let options = Options { level, dropout: Dropout::NONE };
        let [inferred, y, mut dweights, dquery, dvalue, dkey] =
            run::<_, padding::Of<f32>, f32>(padding::Shape, &problem, &wide(read("dy.y")), options);
        let compare = |name: &str, got: &[f32]| file.compare("mha_padding_mask", name, got);
        compare("output.y", &inferred);
        compare("output.y", &y);
        compare("grad_input.q", &dquery);
        let mut dembeddings = vec![0.0; 9 * 5];
        for (id, rows) in ids.iter().zip(dvalue.chunks_exact(5).zip(dkey.chunks_exact(5))) {
            for (i, (value, key)) in rows.0.iter().zip(rows.1).enumerate() {
                dembeddings[id * 5 + i] += value + key;
            }
        }
        compare("grad_param.embedding.embeddings", &dembeddings);
        for name in names.clone() {
            let rest = dweights.split_off(read(&format!("param.{name}")).len());
            compare(&format!("grad_param.{name}"), &dweights);
            dweights = rest;
        }
    }
}
