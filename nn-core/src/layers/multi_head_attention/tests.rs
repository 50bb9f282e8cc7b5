//! Against the formula and its differences, on every level of SIMD, and against Keras' results.

use fearless_simd::{Level, dispatch};

use super::oracle::{Problem, attend};
use super::*;
use crate::element::{Dtype, Element};
use crate::kernels::testing::{levels, random};
use crate::layers::dropout;
use crate::layers::normalization::oracle::{Golden, differences};

/// `y` at inference, `y` in training, and the gradients of weights, query, value and key.
type Results<T> = [Vec<T>; 6];

/// What a shard of a batch takes, beside the problem.
#[derive(Clone, Copy)]
struct Options {
    level: Level,
    dropout: Dropout,
}

fn run<G: MultiHeadAttentionShape, W: Weights<T> + bytemuck::Pod, T: Element>(
    shape: G,
    problem: &Problem,
    dy: &[f64],
    Options { level, dropout }: Options,
) -> Results<T> {
    let narrow = |x: &[f64]| -> Vec<T> { x.iter().map(|x| T::from_f64(*x)).collect() };
    let mut weights: Box<W> = bytemuck::zeroed_box();
    bytemuck::cast_slice_mut::<W, T>(std::slice::from_mut(&mut *weights)).copy_from_slice(&narrow(&problem.weights));
    let mut sums = weights.clone();
    bytemuck::cast_slice_mut::<W, T>(std::slice::from_mut(&mut *sums)).fill(T::one());
    let samples = problem.samples;
    let [query, value, key] = [0, 1, 2].map(|i| narrow(&problem.inputs[i]));
    let [query_mask, value_mask, key_mask] = [0, 1, 2].map(|i| problem.masks[i].as_ref().map(|mask| narrow(mask)));
    let masks = Masks { query: query_mask.as_deref(), value: value_mask.as_deref(), key: key_mask.as_deref() };
    let nans = |len: usize| vec![T::nan(); len];
    let (mut inferred, mut y) = (nans(dy.len()), nans(dy.len()));
    let (mut dquery, mut dvalue, mut dkey) = (nans(query.len()), nans(value.len()), nans(key.len()));
    let (mut scratch, mut more) = (nans(scratch_len::<G, T>()), nans(3));
    let mut kept = nans(samples * kept_len::<G, T>());
    let dy = narrow(dy);
    dispatch!(level, simd => {
        for sample in 0..samples {
            let part = |x: &'_ [T]| { let len = x.len() / samples; sample * len..(sample + 1) * len };
            let one = |mask: Option<&'_ Vec<T>>| mask.map(|mask| mask[part(mask)].to_vec());
            let own = [&query_mask, &value_mask, &key_mask].map(|mask| one(mask.as_ref()));
            let masks = Masks { query: own[0].as_deref(), value: own[1].as_deref(), key: own[2].as_deref() };
            let (query, value, key) = (&query[part(&query)], &value[part(&value)], &key[part(&key)]);
            let place = part(&inferred);
            infer(simd, shape, &*weights, query, value, key, masks, &mut inferred[place], &mut scratch);
        }
        forward(
            simd, shape, &*weights, samples, &query, &value, &key, masks, dropout, &mut y, &mut kept, &mut more,
        );
        backward(
            simd, shape, &*weights, samples, &query, &value, &key, masks, dropout, &kept, &dy, &mut *sums,
            [Some(&mut dquery), Some(&mut dvalue), Some(&mut dkey)], &mut more,
        );
        let mut unused = weights.clone();
        let none = [None, None, None];
        backward(
            simd, shape, &*weights, samples, &query, &value, &key, masks, dropout, &kept, &dy, &mut *unused, none,
            &mut more,
        );
    });
    let sums = bytemuck::cast_slice::<W, T>(std::slice::from_ref(&*sums));
    let dweights = sums.iter().map(|sum| *sum - T::one()).collect();
    [inferred, y, dweights, dquery, dvalue, dkey]
}

/// Random inputs; numbers that an f32 holds.
fn problem<G: MultiHeadAttentionShape>(weights: usize, samples: usize) -> Problem {
    let numbers = |seed, count| -> Vec<f64> { random::<f32>(seed, count).into_iter().map(f64::from).collect() };
    let [steps, seen] = [samples * G::QUERY[0], samples * G::VALUE[0]];
    let inputs = [numbers(2, steps * G::QUERY[1]), numbers(3, seen * G::VALUE[1]), numbers(4, seen * G::KEY)];
    Problem { samples, weights: numbers(1, weights), inputs, masks: [None, None, None], kept: Vec::new() }
}

#[track_caller]
fn close<T: Element>(got: &[T], want: &[f64], tolerance: f64, what: &str) {
    assert_eq!(got.len(), want.len(), "{what}");
    let largest = want.iter().fold(1.0, |largest: f64, want| largest.max(want.abs()));
    for (i, (got, want)) in got.iter().zip(want).enumerate() {
        let error = (Element::to_f64(*got) - want).abs();
        assert!(error <= tolerance * largest, "{what}[{i}] is {got}, not {want}");
    }
}

/// Replaces one part of a problem: the weights, or an input.
fn with(problem: &Problem, part: usize, values: &[f64]) -> Problem {
    let mut problem = problem.clone();
    match part {
        0 => problem.weights = values.to_vec(),
        part => problem.inputs[part - 1] = values.to_vec(),
    }
    problem
}

fn part(problem: &Problem, part: usize) -> &[f64] {
    if part == 0 { &problem.weights } else { &problem.inputs[part - 1] }
}

/// Compares the outputs with the formula, and the gradients with differences of it: each of them, or along a few
/// directions.
fn compare<G: MultiHeadAttentionShape, T: Element>(
    problem: &Problem,
    biased: bool,
    dy: &[f64],
    got: &Results<T>,
    what: &str,
) {
    let (fine, rough) = if T::DTYPE == Dtype::F32 { (2e-5, 4e-5) } else { (1e-13, 1e-7) };
    if problem.kept.is_empty() {
        close(&got[0], &attend::<G>(problem, biased), fine, &format!("{what}: y at inference"));
    }
    close(&got[1], &attend::<G>(problem, biased), fine, &format!("{what}: y in training"));
    let loss = |problem: &Problem| -> f64 { attend::<G>(problem, biased).iter().zip(dy).map(|(y, dy)| y * dy).sum() };
    let small = problem.weights.len() < 300;
    for (index, name) in ["dweights", "dquery", "dvalue", "dkey"].into_iter().enumerate() {
        let (at, got) = (part(problem, index), &got[index + 2]);
        let loss = |values: &[f64]| loss(&with(problem, index, values));
        if small {
            close(got, &differences(at, loss), rough, &format!("{what}: {name}"));
            continue;
        }
        for seed in 10..14 {
            let direction = random::<f64>(seed, at.len());
            let moved = |by: &[f64]| -> f64 {
                loss(&at.iter().zip(&direction).map(|(at, direction)| at + by[0] * direction).collect::<Vec<_>>())
            };
            let along: f64 = got.iter().zip(&direction).map(|(got, to)| Element::to_f64(*got) * to).sum();
            let norm = got.iter().map(|got| Element::to_f64(*got).powi(2)).sum::<f64>().sqrt();
            let error = (along - differences(&[0.0], moved)[0]).abs();
            assert!(error <= 10.0 * rough * norm.max(1.0), "{what}: {name} along {seed} is off by {error}");
        }
    }
}

fn check<G: MultiHeadAttentionShape, N: Weights<f32> + bytemuck::Pod, D: Weights<f64> + bytemuck::Pod>(
    shape: G,
    samples: usize,
    masks: [Option<&[f64]>; 3],
    what: &str,
) {
    let mut problem = problem::<G>(size_of::<D>() / 8, samples);
    problem.masks = masks.map(|mask| mask.map(<[f64]>::to_vec));
    let dy: Vec<f64> = random(7, samples * G::QUERY[0] * G::OUTPUT);
    let biased = bytemuck::zeroed_box::<D>().parts()[0].bias.len() > 0;
    for level in levels() {
        let (what, options) = (format!("{what} at {level:?}"), Options { level, dropout: Dropout::NONE });
        compare::<G, f64>(&problem, biased, &dy, &run::<G, D, f64>(shape, &problem, &dy, options), &what);
        compare::<G, f32>(&problem, biased, &dy, &run::<G, N, f32>(shape, &problem, &dy, options), &what);
    }
}

macro_rules! shape {
    ($name:ident, [$t:literal, $q:literal], [$s:literal, $v:literal], $k:literal, $heads:literal x [$kd:literal, $vd:literal],
        $out:literal, [$hb:literal, $ob:literal] $(, $causal:ident)?) => {
        mod $name {
            use super::*;
            #[derive(Clone, Copy)]
            pub(super) struct Shape;
            impl MultiHeadAttentionShape for Shape {
                const QUERY: [usize; 2] = [$t, $q];
                const VALUE: [usize; 2] = [$s, $v];
                const KEY: usize = $k;
                const HEADS: usize = $heads;
                const KEY_DIM: usize = $kd;
                const VALUE_DIM: usize = $vd;
                const OUTPUT: usize = $out;
                $(const USE_CAUSAL_MASK: bool = stringify!($causal).len() > 0;)?
            }
            pub(super) type Of<T> = MultiHeadAttention<$q, $k, $v, $heads, $kd, $vd, $out, $hb, $ob, T>;
            pub(super) fn check(samples: usize, masks: [Option<&[f64]>; 3]) {
                super::check::<Shape, Of<f32>, Of<f64>>(Shape, samples, masks, stringify!($name));
            }
        }
    };
}

const NO_MASKS: [Option<&[f64]>; 3] = [None; 3];

shape!(own, [5, 6], [5, 6], 6, 2 x [3, 3], 6, [2, 6]);
shape!(cross, [4, 6], [5, 3], 3, 2 x [3, 3], 6, [2, 6]);
shape!(cross_key, [4, 6], [5, 3], 2, 2 x [3, 3], 6, [2, 6]);
shape!(value_dim, [5, 6], [5, 6], 6, 2 x [3, 4], 6, [2, 6]);
shape!(no_bias, [5, 6], [5, 6], 6, 3 x [2, 2], 6, [0, 0]);
shape!(causal, [5, 6], [5, 6], 6, 2 x [3, 3], 6, [2, 6], causal);
shape!(causal_cross, [3, 4], [5, 3], 3, 2 x [3, 3], 4, [2, 4], causal);
shape!(output_shape, [5, 6], [5, 6], 6, 2 x [3, 3], 4, [2, 4]);
shape!(one_head, [4, 3], [4, 3], 3, 1 x [5, 5], 3, [1, 3]);
shape!(padding, [3, 4], [6, 5], 5, 2 x [3, 3], 4, [2, 4]);
shape!(smallest, [1, 1], [1, 1], 1, 1 x [1, 1], 1, [1, 1]);
shape!(block, [10, 64], [10, 64], 64, 4 x [32, 32], 64, [4, 64]);
shape!(long, [70, 9], [41, 7], 5, 2 x [17, 20], 33, [2, 33]);
shape!(long_causal, [70, 9], [70, 9], 9, 2 x [5, 18], 9, [2, 9], causal);

#[test]
fn every_kind_of_layer() {
    own::check(3, NO_MASKS);
    cross::check(2, NO_MASKS);
    cross_key::check(2, NO_MASKS);
    value_dim::check(2, NO_MASKS);
    no_bias::check(2, NO_MASKS);
    causal::check(2, NO_MASKS);
    causal_cross::check(2, NO_MASKS);
    output_shape::check(2, NO_MASKS);
    one_head::check(2, NO_MASKS);
    smallest::check(3, NO_MASKS);
}

#[test]
fn sizes_of_several_blocks() {
    block::check(1, NO_MASKS);
    long::check(2, NO_MASKS);
    long_causal::check(1, NO_MASKS);
}

/// Of the two samples, the second has a query and all of a value that do not count: the mean of all values then.
#[test]
fn masks() {
    let (query, value) = ([1.0, 1.0, 0.0, 0.0, 1.0, 1.0], [1.0, 1.0, 1.0, 0.0, 1.0, 0.0]);
    let key = [0.0, 1.0, 1.0, 1.0, 1.0, 1.0];
    let value = [&value[..], &[0.0; 6]].concat();
    let key = [&key[..], &[1.0; 6]].concat();
    padding::check(2, [None, Some(&value), None]);
    padding::check(2, [None, None, Some(&key)]);
    padding::check(2, [Some(&query), None, None]);
    padding::check(2, [Some(&query), Some(&value), Some(&key)]);
}

#[test]
fn masks_with_the_causal_mask() {
    // The first query sees the first key only, which is masked.
    causal::check(1, [None, Some(&[0.0, 1.0, 1.0, 0.0, 1.0]), None]);
    causal_cross::check(1, [Some(&[1.0, 0.0, 1.0]), Some(&[1.0, 1.0, 0.0, 1.0, 1.0]), None]);
    let mut mask = [1.0; 70];
    (mask[0], mask[33], mask[69]) = (0.0, 0.0, 0.0);
    long_causal::check(1, [Some(&mask), Some(&mask), None]);
}

/// The factors that the dropout of a batch gives to its shares.
fn factors(dropout: Dropout, count: usize) -> Vec<f64> {
    let mut factors = vec![0.0; count];
    dispatch!(Level::new(), simd => {
        dropout::forward(simd, dropout.rate, dropout.key, dropout.layer, 0, &vec![1.0; count], &mut factors);
    });
    factors
}

#[test]
fn dropout_of_shares() {
    let dropout = Dropout { rate: 0.4, key: 3, layer: 1, first: 0 };
    let mut problem = problem::<cross::Shape>(size_of::<cross::Of<f64>>() / 8, 3);
    problem.kept = factors(dropout, 3 * 2 * 5 * 4);
    assert!(problem.kept.contains(&0.0));
    let dy = random::<f64>(7, 3 * 4 * 6);
    for level in levels() {
        let got = run::<_, cross::Of<f64>, f64>(cross::Shape, &problem, &dy, Options { level, dropout });
        compare::<cross::Shape, f64>(&problem, true, &dy, &got, "dropout");
        // The last sample by itself, in a shard of its own.
        let mut last = problem.clone();
        last.samples = 1;
        last.inputs = [0, 1, 2].map(|i| problem.inputs[i][problem.inputs[i].len() / 3 * 2..].to_vec());
        let options = Options { level, dropout: Dropout { first: 2, ..dropout } };
        let alone = run::<_, cross::Of<f64>, f64>(cross::Shape, &last, &dy[48..], options);
        assert_eq!(alone[1], got[1][48..]);
        assert_eq!(alone[3], got[3][48..]);
    }
}

#[test]
fn weights_lie_as_in_keras() {
    let mut weights: cross_key::Of<f32> = bytemuck::Zeroable::zeroed();
    let flat: &mut [f32] = bytemuck::cast_slice_mut(std::slice::from_mut(&mut weights));
    flat.iter_mut().enumerate().for_each(|(i, value)| *value = i as f32);
    assert_eq!(weights.query.kernel[1][1][2], 11.0);
    assert_eq!(weights.query.bias[1][0], 39.0);
    assert_eq!(weights.key.kernel[0][0][0], 42.0);
    assert_eq!(weights.value.kernel[0][0][0], 60.0);
    assert_eq!(weights.attention_output.kernel[0][0][0], 84.0);
    assert_eq!(weights.attention_output.bias[5], 125.0);
}

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
        masks: [None, None, None],
        kept: Vec::new(),
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
        masks: [None, Some(ids.iter().map(|id| if *id == 0 { 0.0 } else { 1.0 }).collect()), None],
        kept: Vec::new(),
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
