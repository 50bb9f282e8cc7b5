//! Random graphs: whatever the plan does with them, nothing is lost.

use super::memory;
use crate::testing::fine;

/// Numbers below a limit, the same in every run.
struct Random(u64);

impl Random {
    fn below(&mut self, limit: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(self.0 >> 33).expect("31 bits") % limit
    }
}

/// The lengths of the inputs.
const INPUTS: [usize; 2] = [16, 32];

/// A graph that grows by one value after another.
struct Growing {
    random: Random,
    body: String,
    /// The length of each value, and how often it is read.
    values: Vec<(usize, usize)>,
}

impl Growing {
    fn read(&mut self, value: usize) -> String {
        self.values[value].1 += 1;
        format!("v{value}")
    }

    fn any(&mut self) -> usize {
        // Late values are read more often, and chains come to be.
        let (count, early) = (self.values.len(), self.random.below(3) == 0);
        if early { self.random.below(count) } else { count - 1 - self.random.below(count.min(3)) }
    }

    /// Another value of the length of this one; often itself.
    fn alike(&mut self, value: usize) -> usize {
        let len = self.values[value].0;
        let alike: Vec<usize> = (0..self.values.len()).filter(|other| self.values[*other].0 == len).collect();
        alike[self.random.below(alike.len())]
    }

    fn grow(&mut self) {
        let from = self.any();
        let len = self.values[from].0;
        let units = 16 * (1 + self.random.below(3));
        let (expression, len) = match self.random.below(16) {
            0 | 1 => (format!("{} => Dense<{units}>", self.read(from)), units),
            2 => (format!("{} => Dense<{units}, activation = softmax>", self.read(from)), units),
            3 => (format!("{} => Tanh", self.read(from)), len),
            4 => (format!("{} => ReLU => Softmax", self.read(from)), len),
            5 => (format!("{} => Dropout<0.5>", self.read(from)), len),
            6 => (format!("{} => Reshape<{}, 16> => Tanh => Flatten", self.read(from), len / 16), len),
            7 | 8 => {
                let other = self.alike(from);
                let operator = ["+", "-", "*"][self.random.below(3)];
                (format!("{} {operator} {}", self.read(from), self.read(other)), len)
            }
            9 => {
                let others = [self.alike(from), self.alike(from)];
                let [b, c] = others.map(|other| self.read(other));
                (format!("Maximum({}, {b}, {c}) => ReLU", self.read(from)), len)
            }
            10 => (format!("{} * 0.5 + 1.0", self.read(from)), len),
            11 => {
                let name = format!("w{}", self.values.len());
                self.body += &format!("weight {name}: [{len}] = ones; ");
                (format!("{} / {name} - {name}", self.read(from)), len)
            }
            12 => (format!("{}[-16..]", self.read(from)), 16),
            13 if len.is_multiple_of(32) => {
                let (whole, part) = (self.read(from), self.values.len());
                self.body += &format!("let (v{part}, v{}) = {whole} => Split<2>; ", part + 1);
                self.values.extend([(len / 2, 0), (len / 2, 0)]);
                return;
            }
            _ => {
                let others = [self.any(), self.any()];
                let total = len + others.map(|other| self.values[other].0).iter().sum::<usize>();
                let [b, c] = others.map(|other| self.read(other));
                (format!("Concatenate({}, {b}, {c})", self.read(from)), total)
            }
        };
        self.body += &format!("let v{} = {expression}; ", self.values.len());
        self.values.push((len, 0));
    }

    /// The network: what nobody reads is an output, and some of the rest.
    fn source(mut self) -> String {
        for input in 0..INPUTS.len() {
            if self.values[input].1 == 0 {
                self.body += &format!("let v{} = v{input} => Dense<16>; ", self.values.len());
                self.values[input].1 = 1;
                self.values.push((16, 0));
            }
        }
        let unread = |(value, (_, reads)): (usize, &(usize, usize))| (*reads == 0).then_some(value);
        let mut outputs: Vec<usize> = self.values.iter().enumerate().filter_map(unread).collect();
        for _ in 0..self.random.below(3) {
            let value = INPUTS.len() + self.random.below(self.values.len() - INPUTS.len());
            if !outputs.contains(&value) {
                outputs.push(value);
            }
        }
        let names: Vec<String> = (0..outputs.len()).map(|index| format!("y{index}")).collect();
        let aliases: String =
            outputs.iter().zip(&names).map(|(value, name)| format!("let {name} = v{value}; ")).collect();
        format!("struct Net(v0: Input<16>, v1: Input<32>) -> ({}) {{ {}{aliases}}}", names.join(", "), self.body)
    }
}

#[test]
fn random_graphs_lose_nothing() {
    let (mut longer, mut total) = (0, 0);
    for seed in 0..400 {
        let mut graph =
            Growing { random: Random(seed), body: String::new(), values: INPUTS.map(|len| (len, 0)).to_vec() };
        for _ in 0..2 + seed % 14 {
            graph.grow();
        }
        let source = graph.source();
        // The last one is the one that fails.
        println!("{source}");
        let [len, least] = memory::check(&fine(&source).graph);
        assert!(len * 100 <= least * 120, "a workspace of {len}, {least} are alive: {source}");
        longer += usize::from(len > least);
        total += 1;
    }
    println!("{longer} of {total} above the bound");
    assert!(longer * 50 <= total, "{longer} of {total} workspaces are larger than what is alive");
}
