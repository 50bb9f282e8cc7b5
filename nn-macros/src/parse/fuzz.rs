//! Whatever stands in a network, the macro answers with errors and not with a panic.

use proc_macro2::TokenStream;

use crate::diagnostics::alone;
use crate::testing::shape;

const SEEDS: &[&str] = &[
    "/// Doc\n#[dtype(f64)] #[budget(params <= 10, workspace <= 16 KiB)] pub struct A = Input<8, 8, 3, dtype = f64>
     => a: Conv2D<6, (3, 1), strides = (2, 1), padding = same, kernel_initializer = normal(0.0, -0.1)> => MaxPool2D<2>
     => [b: Dense<4, activation = leaky_relu(0.2)> => [ReLU; 2]; 3] => Flatten => Reshape<2, -1> => Softmax<axis = -1>;",
    "Input<H, 28, 1> => Conv2D<F, { K + 1 }, groups = G> => PReLU<shared_axes = (1, 2)> => BatchNorm<axis = 1>
     => GlobalAvgPool2D<keepdims = true> => Reshape<crate::N, -1> => Dropout<0.5, seed = 3> => Dense<{ 2 * 3 }>",
    "struct B(x: Input<4>, y: Input<3>) -> (z, w) { let z = Concatenate(x, y) => LSTM<3>; let w = x + y * 2; }",
    "#[stream] Net => -> = < > , ; [ ( { 0 -1 1.5 \"same\" 'c' 3u8 99999999999999999999999999 } ) ] :: : + r#type _ self",
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

#[test]
fn nothing_panics() {
    let seeds = words();
    let all: Vec<String> = seeds.concat();
    let mut dice = Dice(1);
    let mut read = 0;
    for _ in 0..2500 {
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
            if let Err(reports) = shape(&source) {
                assert!(!reports.is_empty(), "no network and no error in {source}");
                syn::parse2::<syn::Expr>(alone(&reports)).expect("an expression");
            }
        }
    }
    assert!(read > 500, "only {read} of the texts are tokens");
}
