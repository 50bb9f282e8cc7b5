//! Texts a second, learned from and made into ids: `cargo bench -p nn-preprocessing --bench texts`.
//!
//! 400 000 texts of 12 words on average, of 50 000 words that are as frequent as those of a language, on one thread and on all.

use std::hint::black_box;
use std::time::Instant;

use nn_preprocessing::{OutputMode, TextVectorization, TextVectorizationOptions};
use rayon::ThreadPoolBuilder;

/// A generator of numbers that are random enough.
struct Random(u64);

impl Random {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        self.0 >> 33
    }

    /// Small numbers often, those near `below` seldom.
    fn zipf(&mut self, below: f64) -> u64 {
        let part = self.next() as f64 / (1_u64 << 31) as f64;
        below.powf(part) as u64
    }
}

fn texts(count: usize) -> Vec<String> {
    let mut random = Random(1);
    let text = |_| {
        let words = 4 + random.next() % 17;
        let mut text = String::new();
        for word in 0..words {
            let number = random.zipf(50_000.0);
            let ending = ["", "ing", "ed", "s"][(number % 4) as usize];
            let first = if word == 0 { "W" } else { " w" };
            text += &format!("{first}{:x}{ending}", number.wrapping_mul(0x9e37_79b9) % 0xfff_ffff);
        }
        text + "."
    };
    (0..count).map(text).collect()
}

fn main() {
    let texts = texts(400_000);
    let bytes: usize = texts.iter().map(String::len).sum();
    println!(
        "{} texts, {:.0} bytes each; thousands of texts a second\n",
        texts.len(),
        bytes as f64 / texts.len() as f64
    );
    println!("{:>8}{:>10}{:>12}{:>12}{:>12}", "threads", "adapt", "to 16 ids", "to counts", "n-grams");
    for threads in [1, 0] {
        let Ok(pool) = ThreadPoolBuilder::new().num_threads(threads).build() else { continue };
        let measured = |call: &mut (dyn FnMut() + Send)| {
            let mut best = f64::MAX;
            for _ in 0..3 {
                let start = Instant::now();
                pool.install(&mut *call);
                best = best.min(start.elapsed().as_secs_f64());
            }
            texts.len() as f64 / best / 1e3
        };
        let layer = |options| TextVectorization::new(options).unwrap_or_default();
        let mut ids = layer(TextVectorizationOptions { max_tokens: Some(20_000), ..Default::default() });
        let adapt = measured(&mut || ids.adapt(&texts).unwrap_or_default());
        let to_ids = measured(&mut || drop(black_box(ids.samples::<[u32; 16], _, 16>(&texts))));
        let few = TextVectorizationOptions {
            max_tokens: Some(100),
            output_mode: OutputMode::Count,
            ..TextVectorizationOptions::default()
        };
        let mut counts = layer(few);
        counts.adapt(&texts).unwrap_or_default();
        let to_counts = measured(&mut || drop(black_box(counts.transform::<u8>(&texts))));
        let mut pairs =
            layer(TextVectorizationOptions { ngrams: Some(2.into()), max_tokens: Some(20_000), ..Default::default() });
        let ngrams = measured(&mut || pairs.adapt(&texts).unwrap_or_default());
        println!("{:>8}{adapt:>10.0}{to_ids:>12.0}{to_counts:>12.0}{ngrams:>12.0}", pool.current_num_threads());
    }
}
