//! The formula, word for word, and what the tests of the three layers share.

use std::path::{Path, PathBuf};

use fearless_simd::Level;

use crate::element::{Dtype, Element};
use crate::kernels::testing::{assert_close, levels, random};

/// Which statistic and which weight belongs to each element of a sample.
pub(crate) struct Oracle {
    pub(crate) statistic: Vec<usize>,
    pub(crate) weight: Vec<usize>,
    pub(crate) centered: bool,
    pub(crate) epsilon: f64,
}

/// The index of each element among those that differ along the axes that `counts` names.
fn index(shape: &[usize], counts: impl Fn(usize) -> bool) -> Vec<usize> {
    let len: usize = shape.iter().product();
    let one = |mut element: usize| {
        let (mut index, mut stride) = (0, 1);
        for axis in (0..shape.len()).rev() {
            if counts(axis) {
                index += element % shape[axis] * stride;
                stride *= shape[axis];
            }
            element /= shape[axis];
        }
        index
    };
    (0..len).map(one).collect()
}

impl Oracle {
    pub(crate) fn along(shape: &[usize], normalized: &[bool], centered: bool, epsilon: f64) -> Self {
        let (statistic, weight) = (index(shape, |axis| !normalized[axis]), index(shape, |axis| normalized[axis]));
        Oracle { statistic, weight, centered, epsilon }
    }

    pub(crate) fn groups(dims: [usize; 3], groups: usize, epsilon: f64) -> Self {
        let weight = index(&dims, |axis| axis == 1);
        let statistic = weight.iter().map(|channel| channel / (dims[1] / groups)).collect();
        Oracle { statistic, weight, centered: true, epsilon }
    }

    fn weights(&self) -> usize {
        1 + self.weight.iter().max().unwrap()
    }

    /// `y` of some samples.
    fn normalize(&self, gamma: &[f64], beta: &[f64], x: &[f64]) -> Vec<f64> {
        x.chunks_exact(self.statistic.len()).flat_map(|x| self.sample(gamma, beta, x)).collect()
    }

    fn sample(&self, gamma: &[f64], beta: &[f64], x: &[f64]) -> Vec<f64> {
        let mean = |values: &dyn Fn(usize) -> f64| -> Vec<f64> {
            let mut sums = vec![(0.0, 0.0); x.len()];
            for (i, statistic) in self.statistic.iter().enumerate() {
                sums[*statistic] = (sums[*statistic].0 + values(i), sums[*statistic].1 + 1.0);
            }
            sums.into_iter().map(|(sum, count)| sum / count).collect()
        };
        let center = mean(&|i| if self.centered { x[i] } else { 0.0 });
        let variance = mean(&|i| (x[i] - center[self.statistic[i]]).powi(2));
        let y = |i: usize| {
            let (statistic, weight) = (self.statistic[i], self.weight[i]);
            let normalized = (x[i] - center[statistic]) / (variance[statistic] + self.epsilon).sqrt();
            normalized * gamma.get(weight).unwrap_or(&1.0) + beta.get(weight).unwrap_or(&0.0)
        };
        (0..x.len()).map(y).collect()
    }

    /// Compares a layer with the formula and with central differences.
    ///
    /// `layer(level, gamma, beta, samples, x, dy)` gives `y` at inference, `y` in training, `dgamma`, `dbeta`, `dx`, the
    /// gradients of the weights added to ones.
    #[track_caller]
    pub(crate) fn check<T: Element>(
        &self,
        [scale, center]: [bool; 2],
        offset: f64,
        what: &str,
        layer: impl Fn(Level, &[T], &[T], usize, &[T], &[T]) -> [Vec<T>; 5],
    ) {
        const SAMPLES: usize = 3;
        let narrow = |values: &[f64]| -> Vec<T> { values.iter().map(|value| T::from_f64(*value)).collect() };
        let len = SAMPLES * self.statistic.len();
        // Numbers that an f32 holds.
        let numbers = |seed, count| -> Vec<f64> { random::<f32>(seed, count).into_iter().map(f64::from).collect() };
        let x: Vec<f64> = numbers(1, len).iter().map(|x| f64::from((2.0 * x + offset) as f32)).collect();
        let dy = numbers(2, len);
        let gamma = numbers(3, if scale { self.weights() } else { 0 });
        let beta = numbers(4, if center { self.weights() } else { 0 });
        let loss = |gamma: &[f64], beta: &[f64], x: &[f64]| -> f64 {
            self.normalize(gamma, beta, x).iter().zip(&dy).map(|(y, dy)| y * dy).sum()
        };
        let y = self.normalize(&gamma, &beta, &x);
        let one_more = |gradient: Vec<f64>| -> Vec<f64> { gradient.iter().map(|value| value + 1.0).collect() };
        let expected = [
            y.clone(),
            y,
            one_more(differences(&gamma, |gamma| loss(gamma, &beta, &x))),
            one_more(differences(&beta, |beta| loss(&gamma, beta, &x))),
            differences(&x, |x| loss(&gamma, &beta, x)),
        ];
        let terms = 400 + (offset * 40.0) as usize;
        for level in levels() {
            let got = layer(level, &narrow(&gamma), &narrow(&beta), SAMPLES, &narrow(&x), &narrow(&dy));
            for (i, name) in ["y", "y in training", "dgamma", "dbeta", "dx"].into_iter().enumerate() {
                let what = format!("{what} at {level:?}: {name}");
                if i < 2 || T::DTYPE == Dtype::F32 {
                    assert_close(&got[i], &narrow(&expected[i]), terms, &what);
                } else {
                    close(&got[i], &expected[i], &what);
                }
            }
        }
    }
}

/// Panics unless `got` agrees with differences of `f64`.
#[track_caller]
fn close<T: Element>(got: &[T], expected: &[f64], what: &str) {
    assert_eq!(got.len(), expected.len(), "{what}: lengths");
    for (i, (got, expected)) in got.iter().zip(expected).enumerate() {
        assert!((Element::to_f64(*got) - expected).abs() < 1e-7, "{what}: element {i} is {got}, not {expected}");
    }
}

/// The gradient of a function by central differences.
pub(crate) fn differences(at: &[f64], f: impl Fn(&[f64]) -> f64) -> Vec<f64> {
    let moved = |i: usize, by: f64| {
        let mut at = at.to_vec();
        at[i] += by;
        f(&at)
    };
    (0..at.len()).map(|i| (moved(i, 1e-5) - moved(i, -1e-5)) / 2e-5).collect()
}

/// Keras' own results, from the folder that `NN_GOLDEN` names, or else from the repository's.
pub(crate) struct Golden {
    cases: serde_json::Value,
    bytes: Vec<u8>,
}

impl Golden {
    /// The cases of a group; `None`, and a line that says so, where there is no such folder.
    pub(crate) fn open(group: &str) -> Option<Self> {
        let ours = || Path::new(env!("CARGO_MANIFEST_DIR")).join("../tests/golden/fixtures");
        let folder = std::env::var_os("NN_GOLDEN").map_or_else(ours, PathBuf::from);
        let Ok(cases) = std::fs::read(folder.join("cases.json")) else {
            println!("skipped: no golden cases in {}", folder.display());
            return None;
        };
        let bytes = std::fs::read(folder.join(format!("{group}.safetensors"))).unwrap();
        Some(Golden { cases: serde_json::from_slice(&cases).unwrap(), bytes })
    }

    /// The numbers of a tensor.
    pub(crate) fn tensor<T: Element>(&self, case: &str, name: &str) -> Vec<T> {
        let file = safetensors::SafeTensors::deserialize(&self.bytes).unwrap();
        bytemuck::pod_collect_to_vec(file.tensor(&format!("{case}/{name}")).unwrap().data())
    }

    /// Panics unless `got` agrees with a tensor, within the tolerances of the case.
    #[track_caller]
    pub(crate) fn compare<T: Element>(&self, case: &str, name: &str, got: &[T]) {
        let value = self.cases["cases"].as_array().unwrap().iter().find(|value| value["name"] == case).unwrap();
        let (rtol, atol) = (value["rtol"].as_f64().unwrap(), value["atols"][name].as_f64().unwrap());
        let want = self.tensor::<T>(case, name);
        assert_eq!(got.len(), want.len(), "{case} {name}");
        for (i, (got, want)) in got.iter().zip(&want).enumerate() {
            let (got, want) = (Element::to_f64(*got), Element::to_f64(*want));
            assert!((got - want).abs() <= atol + rtol * want.abs(), "{case} {name}[{i}]: {got}, not {want}");
        }
    }
}
