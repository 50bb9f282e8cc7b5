//! Whatever stands in a network, the macro answers with errors and not with a panic.

use std::collections::HashSet;

use proc_macro2::TokenStream;

use crate::diagnostics::alone;
use crate::testing::{shape, wire};
use crate::wire::What;

const SEEDS: &[&str] = &[
    "/// Doc\n#[dtype(f64)] #[budget(params <= 10, workspace <= 16 KiB)] pub struct A = Input<8, 8, 3, dtype = f64>
     => a: Conv2D<6, (3, 1), strides = (2, 1), padding = same, kernel_initializer = normal(0.0, -0.1)> => MaxPool2D<2>
     => [b: Dense<4, activation = leaky_relu(0.2)> => [ReLU; 2]; 3] => Flatten => Reshape<2, -1> => Softmax<axis = -1>;",
    "Input<H, 28, 1> => Conv2D<F, { K + 1 }, groups = G> => PReLU<shared_axes = (1, 2)> => BatchNorm<axis = 1>
     => GlobalAvgPool2D<keepdims = true> => Reshape<crate::N, -1> => Dropout<0.5, seed = 3> => Dense<{ 2 * 3 }>",
    "struct B(x: Input<4>, y: Input<3>) -> (z, w) { let z = Concatenate(x, y) => LSTM<3>; let w = x + y * 2; }",
    "struct C(a: Input<9, 9, 3>, ids: Input<5, dtype = u32>) -> (p, q,) {
     block res<const F: usize, const S: usize>(x) -> y { let a = x => Conv2D<F, 3> => [Dense<{ 2 * F }>; S]; let y = a + x; }
     layer shared = Dense<4>; let (h, _, c) = LSTM<3, return_state = true>(ids, a => res<4, 2> => shared, c: Add(a, ids => shared));
     block two(x, y) -> (a, b) { let a = x - y => res<1, S = 2>; let b = y * (x => ReLU); } let p = h => first: res<N, 1>;
     let (q, h) = two(h, c); let q = q => [two; 2] => TimeDistributed<Dense<3>>; return q; }",
    "#[stream] #[weights(\"a.safetensors\")] Net => -> = < > , ; [ ( { 0 -1 1.5 \"same\" 'c' 3u8 99999999999999999999999999 } ) ] :: : + r#type _ self",
];

/// A small generator of numbers: the same ones each time.
struct Dice(u64);

impl Dice {
    fn roll(&mut self, sides: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) as usize % sides
    }
}

fn words() -> Vec<Vec<String>> {
    let split = |seed: &&str| {
        let mut spaced = String::new();
        for (at, letter) in seed.char_indices() {
            let word = |c: char| c.is_alphanumeric() || "_.\"'".contains(c);
            let before = seed[..at].chars().next_back();
            let pairs = [('=', '>'), ('-', '>'), (':', ':'), ('<', '=')];
            let joined =
                before.is_some_and(|before| (word(before) && word(letter)) || pairs.contains(&(before, letter)));
            if !joined {
                spaced.push(' ');
            }
            spaced.push(letter);
        }
        spaced.split_whitespace().map(String::from).collect()
    };
    SEEDS.iter().map(split).collect()
}

/// Whatever was wrong: nodes come after what they use, and a network without mistakes has one name for each.
fn check_graph(source: &str) {
    let (Some(graph), reports) = wire(source) else { return };
    for (id, node) in graph.nodes.iter().enumerate() {
        assert!(node.inputs.iter().all(|input| input.node < id) && node.weights <= id, "in {source}");
    }
    assert!(graph.outputs.iter().all(|output| output.value.node < graph.nodes.len()), "in {source}");
    if reports.is_empty() {
        let layers = || graph.nodes.iter().filter(|node| matches!(node.what, What::Layer(_)));
        let names: HashSet<_> = layers().map(|node| node.name.to_string()).collect();
        assert_eq!(names.len(), layers().count(), "in {source}");
        let owners = graph.nodes.iter().enumerate().filter(|(id, node)| node.weights == *id);
        let owners = owners.filter(|(_, node)| matches!(node.what, What::Layer(_))).count();
        assert_eq!(graph.fields.len(), owners, "in {source}");
    }
}

#[test]
fn nothing_panics() {
    let seeds = words();
    let all: Vec<String> = seeds.concat();
    let mut dice = Dice(1);
    let mut read = 0;
    for _ in 0..1200 {
        let mut text = seeds[dice.roll(seeds.len())].clone();
        for _ in 0..=dice.roll(4) {
            let at = dice.roll(text.len());
            match dice.roll(4) {
                0 => drop(text.remove(at)),
                1 => text.insert(at, all[dice.roll(all.len())].clone()),
                2 => text[at] = all[dice.roll(all.len())].clone(),
                _ => {
                    let other = dice.roll(text.len());
                    text.swap(at, other);
                }
            }
        }
        let source = text.join(" ");
        if source.parse::<TokenStream>().is_ok() {
            read += 1;
            check_graph(&source);
            if let Err(reports) = shape(&source) {
                assert!(!reports.is_empty(), "no network and no error in {source}");
                syn::parse2::<syn::Expr>(alone(&reports)).expect("an expression");
            }
        }
    }
    assert!(read > 400, "only {read} of the texts are tokens");
}
