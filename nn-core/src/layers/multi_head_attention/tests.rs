//! Against the formula and its differences, on every level of SIMD.

mod golden;

use crate::kernels::vectors::dispatch;
use fearless_simd::Level;

use super::oracle::{Problem, attend};
use super::*;
use crate::element::{Dtype, Element};
use crate::kernels::testing::{levels, random};
use crate::layers::dropout;
use crate::layers::normalization::oracle::differences;

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
    let [query_mask, value_mask, key_mask, pairs] =
        [0, 1, 2, 3].map(|i| problem.masks[i].as_ref().map(|mask| narrow(mask)));
    let masks = Masks {
        query: query_mask.as_deref(),
        value: value_mask.as_deref(),
        key: key_mask.as_deref(),
        attention: pairs.as_deref(),
    };
    let nans = |len: usize| vec![T::nan(); len];
    let (mut inferred, mut y) = (nans(dy.len()), nans(dy.len()));
    let (mut dquery, mut dvalue, mut dkey) = (nans(query.len()), nans(value.len()), nans(key.len()));
    let (mut scratch, mut more) = (nans(scratch_len::<G, T>()), nans(3));
    let mut saved = nans(samples * saved_len::<G, T>());
    let dy = narrow(dy);
    dispatch!(level, simd => {
        for sample in 0..samples {
            let part = |x: &'_ [T]| { let len = x.len() / samples; sample * len..(sample + 1) * len };
            let one = |mask: Option<&'_ Vec<T>>| mask.map(|mask| mask[part(mask)].to_vec());
            let own = [&query_mask, &value_mask, &key_mask, &pairs].map(|mask| one(mask.as_ref()));
            let [of_query, of_value, of_key, attention] = own.each_ref().map(|mask| mask.as_deref());
            let masks = Masks { query: of_query, value: of_value, key: of_key, attention };
            let (query, value, key) = (&query[part(&query)], &value[part(&value)], &key[part(&key)]);
            let place = part(&inferred);
            infer(simd, shape, &*weights, query, value, key, masks, &mut inferred[place], &mut scratch);
        }
        forward(
            simd, shape, &*weights, samples, &query, &value, &key, masks, dropout, &mut y, &mut saved, &mut more,
        );
        backward(
            simd, shape, &*weights, samples, &query, &value, &key, masks, dropout, &saved, &dy, &mut *sums,
            [Some(&mut dquery), Some(&mut dvalue), Some(&mut dkey)], &mut more,
        );
        let mut unused = weights.clone();
        let none = [None, None, None];
        backward(
            simd, shape, &*weights, samples, &query, &value, &key, masks, dropout, &saved, &dy, &mut *unused, none,
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
    Problem { samples, weights: numbers(1, weights), inputs, masks: [None, None, None, None], saved: Vec::new() }
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

/// A gradient by differences of the formula: all of it, or what it comes to along one direction.
enum Gradient {
    All(Vec<f64>),
    Along(Vec<f64>, f64),
}

impl Gradient {
    fn of<G: MultiHeadAttentionShape>(problem: &Problem, biased: bool, dy: &[f64], index: usize) -> Self {
        let loss = |values: &[f64]| -> f64 {
            attend::<G>(&with(problem, index, values), biased).iter().zip(dy).map(|(y, dy)| y * dy).sum()
        };
        let at = part(problem, index);
        if problem.weights.len() < 300 {
            return Gradient::All(differences(at, loss));
        }
        let direction = random::<f64>(10, at.len());
        let moved = |by: &[f64]| -> f64 {
            loss(&at.iter().zip(&direction).map(|(at, direction)| at + by[0] * direction).collect::<Vec<_>>())
        };
        let along = differences(&[0.0], moved)[0];
        Gradient::Along(direction, along)
    }

    #[track_caller]
    fn compare<T: Element>(&self, got: &[T], tolerance: f64, what: &str) {
        match self {
            Gradient::All(want) => close(got, want, tolerance, what),
            Gradient::Along(direction, want) => {
                let along: f64 = got.iter().zip(direction).map(|(got, to)| Element::to_f64(*got) * to).sum();
                let norm = got.iter().map(|got| Element::to_f64(*got).powi(2)).sum::<f64>().sqrt();
                let error = (along - want).abs();
                assert!(error <= 10.0 * tolerance * norm.max(1.0), "{what} is off by {error}");
            }
        }
    }
}

/// What the formula and its differences give.
struct Expected {
    y: Vec<f64>,
    gradients: [Gradient; 4],
    dropout: bool,
}

impl Expected {
    fn of<G: MultiHeadAttentionShape>(problem: &Problem, biased: bool, dy: &[f64]) -> Self {
        let gradients = [0, 1, 2, 3].map(|index| Gradient::of::<G>(problem, biased, dy, index));
        Expected { y: attend::<G>(problem, biased), gradients, dropout: !problem.saved.is_empty() }
    }

    #[track_caller]
    fn compare<T: Element>(&self, got: &Results<T>, what: &str) {
        let (fine, rough) = if T::DTYPE == Dtype::F32 { (2e-5, 4e-5) } else { (1e-13, 1e-7) };
        if !self.dropout {
            close(&got[0], &self.y, fine, &format!("{what}: y at inference"));
        }
        close(&got[1], &self.y, fine, &format!("{what}: y in training"));
        for (index, name) in ["dweights", "dquery", "dvalue", "dkey"].into_iter().enumerate() {
            self.gradients[index].compare(&got[index + 2], rough, &format!("{what}: {name}"));
        }
    }
}

#[track_caller]
fn check<G: MultiHeadAttentionShape, N: Weights<f32> + bytemuck::Pod, D: Weights<f64> + bytemuck::Pod>(
    shape: G,
    samples: usize,
    masks: [Option<&[f64]>; 3],
    what: &str,
) {
    let mut problem = problem::<G>(size_of::<D>() / 8, samples);
    let [query, value, key] = masks.map(|mask| mask.map(<[f64]>::to_vec));
    // Of pairs: about every third is hidden, and all of those of some queries.
    let len = samples * G::ATTENTION_MASK.iter().product::<usize>();
    let pairs = (0..len).map(|i| if (i * 7 + i / 3) % 5 < 2 || i < G::VALUE[0] { 0.0 } else { 1.0 }).collect();
    problem.masks = [query, value, key, (G::ATTENTION_MASK != [1; 3]).then_some(pairs)];
    let dy: Vec<f64> = random(7, samples * G::QUERY[0] * G::OUTPUT);
    let biased = !bytemuck::zeroed_box::<D>().parts()[0].bias.is_empty();
    let expected = Expected::of::<G>(&problem, biased, &dy);
    for level in levels() {
        let (what, options) = (format!("{what} at {level:?}"), Options { level, dropout: Dropout::NONE });
        expected.compare(&run::<G, D, f64>(shape, &problem, &dy, options), &what);
        expected.compare(&run::<G, N, f32>(shape, &problem, &dy, options), &what);
    }
}

macro_rules! shape {
    ($name:ident, [$t:literal, $q:literal], [$s:literal, $v:literal], $k:literal, $heads:literal x [$kd:literal, $vd:literal],
        $out:literal, [$hb:literal, $ob:literal] $(, $causal:ident)? $(; pairs $pairs:expr)?) => {
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
                $(const ATTENTION_MASK: [usize; 3] = $pairs;)?
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
shape!(pairs, [4, 6], [5, 3], 3, 2 x [3, 3], 6, [2, 6]; pairs [1, 4, 5]);
shape!(pairs_of_heads, [4, 6], [5, 3], 3, 2 x [3, 3], 6, [2, 6]; pairs [2, 4, 5]);
shape!(pairs_of_queries, [4, 6], [5, 3], 3, 2 x [3, 3], 6, [2, 6]; pairs [2, 4, 1]);
shape!(causal_pairs, [70, 9], [70, 9], 9, 2 x [5, 18], 9, [2, 9], causal; pairs [1, 70, 70]);
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
fn masks_of_pairs() {
    pairs::check(2, NO_MASKS);
    pairs::check(2, [Some(&[1.0, 0.0, 1.0, 1.0].repeat(2)), Some(&[1.0, 1.0, 0.0, 1.0, 1.0].repeat(2)), None]);
    pairs_of_heads::check(2, NO_MASKS);
    pairs_of_queries::check(2, NO_MASKS);
    causal_pairs::check(1, NO_MASKS);
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
        dropout::forward(simd, dropout.rate, dropout.key, dropout.stream, 0, &vec![1.0; count], &mut factors);
    });
    factors
}

#[test]
fn dropout_of_shares() {
    let dropout = Dropout { rate: 0.4, key: 3, stream: 1, first: 0 };
    let mut problem = problem::<cross::Shape>(size_of::<cross::Of<f64>>() / 8, 3);
    problem.saved = factors(dropout, 3 * 2 * 5 * 4);
    assert!(problem.saved.contains(&0.0));
    let dy = random::<f64>(7, 3 * 4 * 6);
    let expected = Expected::of::<cross::Shape>(&problem, true, &dy);
    for level in levels() {
        let got = run::<_, cross::Of<f64>, f64>(cross::Shape, &problem, &dy, Options { level, dropout });
        expected.compare(&got, "dropout");
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
