//! The formula, word for word.

use super::MultiHeadAttentionShape;

/// Everything that goes into a layer, in training, for some samples.
#[derive(Clone)]
pub(super) struct Problem {
    pub(super) samples: usize,
    /// In the order of memory.
    pub(super) weights: Vec<f64>,
    /// Query, value, key.
    pub(super) inputs: [Vec<f64>; 3],
    /// Of query, value, key, and of pairs.
    pub(super) masks: [Option<Vec<f64>>; 4],
    /// The factor of each share, by sample, head, key and query; empty without dropout.
    pub(super) saved: Vec<f64>,
}

/// `x · kernel + bias`, with the weights taken from the front of `weights`.
fn project(x: &[f64], [input, output]: [usize; 2], biased: bool, weights: &mut &[f64]) -> Vec<f64> {
    let (kernel, rest) = weights.split_at(input * output);
    let (bias, rest) = rest.split_at(if biased { output } else { 0 });
    *weights = rest;
    let row = |x: &[f64]| -> Vec<f64> {
        let sum = |o: usize| (0..input).map(|i| x[i] * kernel[i * output + o]).sum::<f64>();
        (0..output).map(|o| sum(o) + bias.get(o).unwrap_or(&0.0)).collect()
    };
    x.chunks_exact(input).flat_map(row).collect()
}

/// The output of every sample.
pub(super) fn attend<G: MultiHeadAttentionShape>(problem: &Problem, biased: bool) -> Vec<f64> {
    let mut weights = &problem.weights[..];
    let ([steps, features], [keys, value_features]) = (G::QUERY, G::VALUE);
    let (k_dim, v_dim) = (G::HEADS * G::KEY_DIM, G::HEADS * G::VALUE_DIM);
    let [query, value, key] = &problem.inputs;
    let q = project(query, [features, k_dim], biased, &mut weights);
    let k = project(key, [G::KEY, k_dim], biased, &mut weights);
    let v = project(value, [value_features, v_dim], biased, &mut weights);
    let mut context = vec![0.0; problem.samples * steps * v_dim];
    for sample in 0..problem.samples {
        for head in 0..G::HEADS {
            for i in 0..steps {
                let shares = shares::<G>(problem, [sample, head, i], &q, &k);
                for (j, share) in shares.iter().enumerate() {
                    for d in head * G::VALUE_DIM..(head + 1) * G::VALUE_DIM {
                        context[(sample * steps + i) * v_dim + d] += share * v[(sample * keys + j) * v_dim + d];
                    }
                }
            }
        }
    }
    let y = project(&context, [v_dim, G::OUTPUT], biased, &mut weights);
    assert!(weights.is_empty());
    y
}

/// What one query gives to each key.
fn shares<G: MultiHeadAttentionShape>(
    problem: &Problem,
    [sample, head, i]: [usize; 3],
    q: &[f64],
    k: &[f64],
) -> Vec<f64> {
    let ([steps, _], [keys, _], width) = (G::QUERY, G::VALUE, G::HEADS * G::KEY_DIM);
    let shows = |mask: usize, at: usize| problem.masks[mask].as_ref().is_none_or(|mask| mask[at] > 0.0);
    let scores: Vec<f64> = (0..keys)
        .map(|j| {
            let at = sample * keys + j;
            let causal = !G::USE_CAUSAL_MASK || j <= i;
            let [heads, queries, all] = G::ATTENTION_MASK;
            let pair = [(heads, head), (queries, i), (all, j)];
            let pair = pair.iter().fold(sample, |at, (len, index)| at * len + index % len);
            if !(shows(3, pair) && shows(0, sample * steps + i) && shows(1, at) && shows(2, at) && causal) {
                return -1e30;
            }
            let pair = |d: usize| q[(sample * steps + i) * width + d] * k[at * width + d];
            (head * G::KEY_DIM..(head + 1) * G::KEY_DIM).map(pair).sum::<f64>() / (G::KEY_DIM as f64).sqrt()
        })
        .collect();
    let max = scores.iter().copied().fold(f64::NEG_INFINITY, f64::max);
    let sum: f64 = scores.iter().map(|score| (score - max).exp()).sum();
    let saved = |j: usize| problem.saved.get(((sample * G::HEADS + head) * keys + j) * steps + i).unwrap_or(&1.0);
    scores.iter().enumerate().map(|(j, score)| (score - max).exp() / sum * saved(j)).collect()
}
