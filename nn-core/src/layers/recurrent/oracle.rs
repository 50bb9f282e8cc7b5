//! The formulas, word for word: what every kernel must agree with.

use super::{Kind, RecurrentShape};

/// A function of one number.
pub(crate) type Scalar = fn(f64) -> f64;

/// A layer with all it takes.
#[derive(Clone, Debug)]
pub(crate) struct Oracle {
    pub(crate) kind: Kind,
    pub(crate) activation: Scalar,
    pub(crate) recurrent_activation: Scalar,
    pub(crate) kernel: Vec<f64>,
    pub(crate) recurrent_kernel: Vec<f64>,
    pub(crate) bias: Vec<f64>,
}

/// One sample.
#[derive(Clone, Debug)]
pub(crate) struct Sample {
    pub(crate) x: Vec<f64>,
    pub(crate) mask: Option<Vec<f64>>,
    /// h and c.
    pub(crate) states: [Vec<f64>; 2],
    /// What dropout multiplies the inputs and the last output with.
    pub(crate) drops: [Vec<f64>; 2],
}

/// `vector · matrix`.
fn product(vector: &[f64], matrix: &[f64], columns: usize) -> Vec<f64> {
    (0..columns).map(|j| vector.iter().enumerate().map(|(i, x)| x * matrix[i * columns + j]).sum()).collect()
}

fn times(a: &[f64], b: &[f64]) -> Vec<f64> {
    a.iter().zip(b).map(|(a, b)| a * b).collect()
}

impl Oracle {
    /// The next h and c.
    fn step<L: RecurrentShape>(&self, x: &[f64], [h, c]: [&[f64]; 2], [drop_x, drop_h]: [&[f64]; 2]) -> [Vec<f64>; 2] {
        let (units, columns) = (L::UNITS, self.kind.gates() * L::UNITS);
        let (act, gate) = (self.activation, self.recurrent_activation);
        let bias = |row: usize, j: usize| self.bias.get(row * columns + j).copied().unwrap_or(0.0);
        let dropped = times(h, drop_h);
        let input = product(&times(x, drop_x), &self.kernel, columns);
        let inner = product(&dropped, &self.recurrent_kernel, columns);
        let sum = |index: usize, unit: usize| {
            let j = index * units + unit;
            input[j] + bias(0, j) + inner[j] + if self.kind == Kind::Gru && L::RESET_AFTER { bias(1, j) } else { 0.0 }
        };
        let all = |next: &dyn Fn(usize) -> f64| -> Vec<f64> { (0..units).map(next).collect() };
        match self.kind {
            Kind::SimpleRnn => [all(&|u| act(sum(0, u))), vec![0.0; units]],
            Kind::Lstm => {
                let c = all(&|u| gate(sum(1, u)) * c[u] + gate(sum(0, u)) * act(sum(2, u)));
                [all(&|u| gate(sum(3, u)) * act(c[u])), c]
            }
            Kind::Gru => {
                let reset = all(&|u| gate(sum(1, u)));
                let inner = if L::RESET_AFTER {
                    all(&|u| reset[u] * (inner[2 * units + u] + bias(1, 2 * units + u)))
                } else {
                    product(&times(&reset, &dropped), &self.recurrent_kernel, columns)[2 * units..].to_vec()
                };
                let candidate = |u: usize| act(input[2 * units + u] + bias(0, 2 * units + u) + inner[u]);
                let update = |u: usize| gate(sum(0, u));
                [all(&|u| update(u) * h[u] + (1.0 - update(u)) * candidate(u)), vec![0.0; units]]
            }
        }
    }

    /// The rows of the output one after the other, and the last h and c.
    pub(crate) fn run<L: RecurrentShape>(&self, sample: &Sample) -> (Vec<f64>, [Vec<f64>; 2]) {
        let Sample { x, mask, states, drops } = sample.clone();
        let [mut h, mut c] = states;
        let (mut rows, mut row) = (Vec::new(), vec![0.0; L::UNITS]);
        for step in 0..L::STEPS {
            let time = if L::GO_BACKWARDS { L::STEPS - 1 - step } else { step };
            if mask.as_ref().is_none_or(|mask| mask[time] != 0.0) {
                let x = &x[time * L::INPUTS..(time + 1) * L::INPUTS];
                [h, c] = self.step::<L>(x, [&h, &c], [&drops[0], &drops[1]]);
                row = h.clone();
            } else if L::ZERO_OUTPUT_FOR_MASK {
                row = vec![0.0; L::UNITS];
            }
            rows.push(row.clone());
        }
        if !L::RETURN_SEQUENCES {
            rows.drain(..L::STEPS - 1);
        } else if L::OUTPUT_IN_TIME && L::GO_BACKWARDS {
            rows.reverse();
        }
        (rows.concat(), [h, c])
    }
}
